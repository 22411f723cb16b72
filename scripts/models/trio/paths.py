"""Where things lie. Checkpoints stay outside the repository's history, under build/."""

from pathlib import Path

ROOT = Path(__file__).parents[3]
ASSETS = ROOT / "assets" / "models"
TRAINING = ROOT / "build" / "training"
FIXTURES = ROOT / "tests" / "fixtures"
FAMILIES = ("bert", "gpt2", "t5")


def assets(family: str) -> Path:
    """The folder that the page loads, in the Hub's layout."""
    return ASSETS / f"trilens-{family}"


def training(family: str) -> Path:
    """Checkpoints and logs."""
    folder = TRAINING / family
    folder.mkdir(parents=True, exist_ok=True)
    return folder
