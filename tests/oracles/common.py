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
    return {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__,
            "torch": torch.__version__.split("+")[0]}


def write(path: Path, head: dict, rows_name: str, rows: list) -> None:
    """Write a fixture: the head on lines of its own, then one line for each row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    dump = lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))  # noqa: E731
    lines = [f"{dump(key)}:{dump(value)},\n" for key, value in head.items()]
    body = ",\n".join(dump(row) for row in rows)
    path.write_text("{\n" + "".join(lines) + f"{dump(rows_name)}:[\n{body}\n]\n}}\n", encoding="utf-8")
    print(f"{path.relative_to(ROOT)}: {len(rows)} {rows_name}, {path.stat().st_size:,} bytes")
