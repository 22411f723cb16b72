"""What the oracle scripts share: where things lie, and a compact way to write fixtures."""

import json
import sys
from pathlib import Path

import tokenizers
import torch
import transformers

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "models"))
FIXTURES = ROOT / "tests" / "fixtures"


def versions() -> dict[str, str]:
    """The reference's own versions, kept in every fixture."""
    return {
        "transformers": transformers.__version__,
        "tokenizers": tokenizers.__version__,
        "torch": torch.__version__.split("+")[0],
    }


def dump(value) -> str:
    """JSON without spaces, characters as they are."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write(path: Path, head: dict, sections: dict[str, list]) -> None:
    """Write a fixture: the head on lines of its own, then one line for each entry of each section."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{dump(key)}:{dump(value)}" for key, value in head.items()]
    lines += [f"{dump(name)}:[\n" + ",\n".join(map(dump, rows)) + "\n]" for name, rows in sections.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    counts = {name: len(rows) for name, rows in sections.items()}
    print(f"{path.relative_to(ROOT)}: {counts}, {path.stat().st_size:,} bytes")
