"""Where things lie. Checkpoints stay outside the repository's history, under build/. TRILENS_ASSETS and
TRILENS_TRAINING name other folders, to try things without touching what is shipped."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[3]
ASSETS = Path(os.environ.get("TRILENS_ASSETS") or ROOT / "assets" / "models").resolve()
TRAINING = Path(os.environ.get("TRILENS_TRAINING") or ROOT / "build" / "training").resolve()
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
