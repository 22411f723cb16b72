"""Make the hub fixtures: tests/fixtures/hub/<name>/ as a folder of the Hub, from random weights.

    build/hub-venv/bin/python scripts/models/tiny/make.py              all
    build/hub-venv/bin/python scripts/models/tiny/make.py t5 bart      some
    build/hub-venv/bin/python scripts/models/tiny/make.py --weights    the checkpoints only, where the oracle looks for them

Needs requirements.txt of this folder. The checkpoints themselves go to build/hub/<name>/ (not committed): hub_oracle.py
(tests/oracles) reads them there.
"""

import argparse
import shutil
import sys
import warnings
from pathlib import Path

import transformers

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "scripts" / "models"))
from tiny import exports, families, vocabularies

FIXTURES, WEIGHTS = ROOT / "tests" / "fixtures" / "hub", ROOT / "build" / "hub"
KEPT = ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json")


def make(checkpoint: families.Checkpoint, export: bool) -> None:
    """One folder."""
    tokenizer = vocabularies.make(checkpoint.family)
    model = families.build(checkpoint, len(tokenizer), tokenizer.get_vocab())
    weights, folder = WEIGHTS / checkpoint.name, FIXTURES / checkpoint.name
    shutil.rmtree(weights, ignore_errors=True)
    model.save_pretrained(weights)
    tokenizer.save_pretrained(weights)
    if not export:
        return
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "onnx").mkdir(parents=True)
    for name in KEPT:
        if (weights / name).exists():
            shutil.copy(weights / name, folder / name)
    exports.optimum(model, checkpoint, folder / "onnx")
    exports.variants(model, checkpoint, folder / "onnx")
    exports.traced(model, checkpoint, folder / "onnx")
    for path in sorted((folder / "onnx").iterdir()):
        print(f"{checkpoint.name}/onnx/{path.name}: {path.stat().st_size:,} bytes", flush=True)


def main() -> None:
    """All, or those that are named."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("names", nargs="*")
    arguments.add_argument("--weights", action="store_true")
    chosen = arguments.parse_args()
    warnings.filterwarnings("ignore")
    transformers.logging.set_verbosity_error()
    for checkpoint in families.CHECKPOINTS:
        if not chosen.names or checkpoint.name in chosen.names:
            make(checkpoint, not chosen.weights)


if __name__ == "__main__":
    main()
