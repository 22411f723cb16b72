"""Print what a family learns from, decoded back to text, and how fast it is made.

python -m trio.show t5 [--count 10] [--kind world.answer] [--part held_text]
"""

import argparse
import itertools
import random
import time
from collections import Counter, defaultdict

from tokenizers import Tokenizer

from . import corpus, objectives, paths
from .models import POSITIONS

TIMED = 20_000


def words(tokenizer: Tokenizer, ids: list[int]) -> str:
    """The text with its special tokens."""
    return tokenizer.decode(ids, skip_special_tokens=False)


def told(family: str, tokenizer: Tokenizer, example: objectives.Example) -> str:
    """One example: what is given, and what is asked."""
    ids, labels = example["input_ids"], example["labels"]
    if family == "gpt2":
        return words(tokenizer, ids)
    if family == "t5":
        return f"{words(tokenizer, ids)}\n      => {words(tokenizer, labels)}"
    asked = [
        tokenizer.id_to_token(label) + ("" if given == 4 else f"({tokenizer.id_to_token(given)})")
        for given, label in zip(ids, labels, strict=True)
        if label != objectives.IGNORED
    ]
    line = f"{words(tokenizer, ids)}\n      ? {' '.join(asked)}"
    if "pair" in example:
        line += f"\n      ~ {told(family, tokenizer, example['pair'])}"
    return line


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("family", choices=paths.FAMILIES)
    parser.add_argument("--count", type=int, default=10, help="examples of each kind")
    parser.add_argument("--kind", help="only this one")
    parser.add_argument("--part", help="what is held out instead: everyday or a part of the world")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(paths.assets(given.family) / "tokenizer.json"))
    data = corpus.read()
    if given.part:
        data = data.held(given.part)
    dense = 0.0 if given.part else objectives.DENSE_SHARE[given.family]
    draw = objectives.Draw(random.Random(given.seed), POSITIONS, dense)
    source = objectives.examples(given.family, data, tokenizer, draw)
    began, kinds, used = time.perf_counter(), defaultdict(list), Counter()
    for example in itertools.islice(source, TIMED):
        kinds[example["kind"]].append(example)
        used[example["kind"]] += objectives.tokens(given.family, example)
    took, total = time.perf_counter() - began, used.total()
    for kind, made in sorted(kinds.items()):
        if given.kind in (None, kind):
            print(f"\n== {kind}: {used[kind] / total:.1%} of the tokens, {used[kind] / len(made):.0f} each")
            for example in draw.rng.sample(made, min(given.count, len(made))):
                print("  -", told(given.family, tokenizer, example))
    print(f"\n{total / took:.0f} tokens a second, {len(kinds)} kinds, {TIMED} examples")


if __name__ == "__main__":
    main()
