"""Writes the small world: build/world/train.jsonl and the held-out parts, one document a line.

    python -m world.generate [--documents 90000] [--seed 1]

A document is held out by what it holds, never by chance of the run: a plot marked `held` (held_template), a
(line, word) combination whose keyed hash says so (held_combination), or the hash of its text (held_text). So a
larger run never moves a text from one part to the other.
"""

import argparse
import hashlib
import json
import os
import random
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from . import parse
from .tell import Document, Teller

KEY = "trilens-world-1"
HELD_COMBINATIONS_PER_MILLE, HELD_TEXTS_PER_MILLE = 25, 20
# How much of the world each kind is: facts are few and short, so they say themselves again soon.
SHARES = {"story": 1.0, "dialogue": 1.0, "description": 0.9, "review": 0.8, "fact": 0.5, "vignette": 6.0}
FOLDER = Path(os.environ.get("TRILENS_WORLD", Path(__file__).parents[3] / "build" / "world"))


def per_mille(text: str) -> int:
    """A keyed hash, 0 to 999."""
    return int.from_bytes(hashlib.sha256(f"{KEY}:{text}".encode()).digest()[:8], "big") % 1000


def part(document: Document) -> str:
    """Which file a document belongs to."""
    if document.held:
        return "held_template"
    if any(per_mille(each) < HELD_COMBINATIONS_PER_MILLE for each in document.combinations):
        return "held_combination"
    return "held_text" if per_mille(document.english()) < HELD_TEXTS_PER_MILLE else "train"


def row(document: Document) -> dict:
    """What is written of a document."""
    made = asdict(document)
    del made["held"], made["combinations"]
    return made | {"nats": round(document.nats, 2)}


def generate(documents: int, seed: int, folder: Path = FOLDER) -> Counter:
    """Write all parts; returns how many documents each has."""
    plots, shared = parse.read()
    rng = random.Random(seed)
    weights = [SHARES[plot.kind] for plot in plots]
    folder.mkdir(parents=True, exist_ok=True)
    names = ("train", "held_text", "held_combination", "held_template")
    files = {name: (folder / f"{name}.jsonl.part").open("w", encoding="utf-8") for name in names}
    counts, seen, limit = (
        Counter(),
        set(),
        {"held_template": documents // 30, "held_combination": documents // 30},
    )
    attempts = 0
    while counts["train"] < documents and attempts < 4 * documents:
        attempts += 1
        document = Teller(rng.choices(plots, weights)[0], shared, rng).tell()
        text, where = document.english(), part(document)
        if text in seen or counts[where] >= limit.get(where, documents):
            counts["repeated"] += text in seen
            continue
        seen.add(text)
        counts[where] += 1
        counts[f"{where} bytes"] += len(text.encode()) + sum(
            len(fr.encode()) + 1 for _, fr in document.sentences
        )
        files[where].write(json.dumps(row(document), ensure_ascii=False) + "\n")
    for name, file in files.items():
        file.close()
        (folder / f"{name}.jsonl.part").rename(folder / f"{name}.jsonl")
    return counts


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=90_000, help="of the training part")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    for name, count in sorted(generate(arguments.documents, arguments.seed).items()):
        print(f"{name:26}{count:12,}")


if __name__ == "__main__":
    main()
