"""Micro-batches of about the same number of tokens, each of sequences of about the same length, as tensors
for engine.py.

An optimiser's step takes several of them, so that it sees several lengths.
"""

import random
from collections.abc import Iterator

import numpy as np
import torch

from .example import IGNORED, Example
from .example import tokens as tokens_of

Batch = dict
MICRO_TOKENS, POOL_TOKENS = 2048, 131_072
# Pairs are told apart within their batch, so more of them stand together.
PAIRS = 1.5


def sides(family: str, example: Example) -> tuple[int, int]:
    """How long an example is: what is read and, for T5, what is written. The longer of a pair counts."""
    if family == "t5":
        return len(example["input_ids"]), len(example["labels"])
    pair = example.get("pair")
    return max(len(example["input_ids"]), len(pair["input_ids"]) if pair else 0), 0


def stack(rows: list[list[int]], fill: int) -> np.ndarray:
    """Rows of ids as one array [rows, longest]."""
    out = np.full((len(rows), max(map(len, rows))), fill, np.int64)
    for i, row in enumerate(rows):
        out[i, : len(row)] = row
    return out


def tensors(family: str, examples: list[Example], kinds: dict[str, int]) -> Batch:
    """Examples as an engine's batch. `kinds` numbers the kinds of examples as they come up. In a batch of
    pairs the first halves come first."""
    pairs = "pair" in examples[0]
    parts = examples + [example["pair"] for example in examples] if pairs else examples
    numbers = [kinds.setdefault(example.get("kind", "all"), len(kinds)) for example in examples] * (1 + pairs)
    ids = stack([part["input_ids"] for part in parts], 0)
    labels = stack([part["labels"] for part in parts], IGNORED)
    lengths = np.array([len(part["input_ids"]) for part in parts])
    batch: Batch = {"ids": torch.from_numpy(ids), "pairs": len(examples) if pairs else 0}
    ragged = family != "gpt2" and lengths.min() < ids.shape[1]
    batch["lengths"] = torch.from_numpy(lengths) if ragged else None
    if family == "t5":
        started = np.zeros_like(labels)
        started[:, 1:] = np.where(labels[:, :-1] == IGNORED, 0, labels[:, :-1])
        batch["started"] = torch.from_numpy(started)
    if any("token_type_ids" in part for part in parts):
        types = stack([part.get("token_type_ids") or [0] * len(part["input_ids"]) for part in parts], 0)
        batch["types"] = torch.from_numpy(types)
    flat = labels.reshape(-1)
    places = np.flatnonzero(flat != IGNORED)
    batch["places"], batch["labels"] = torch.from_numpy(places), torch.from_numpy(flat[places])
    batch["kinds"] = torch.from_numpy(np.array(numbers)[places // labels.shape[1]])
    batch["tokens"] = sum(tokens_of(family, example) for example in examples)
    batch["room"] = ids.size + (labels.size if family == "t5" else 0)
    return batch


def grouped(
    family: str, examples: list[Example], rng: random.Random, micro: int = MICRO_TOKENS
) -> Iterator[list[Example]]:
    """Micro-batches of examples that were drawn together, of similar lengths; pairs by themselves."""

    def order(example: Example) -> tuple:
        read, written = sides(family, example)
        return "pair" in example, (read + 3) // 4 if written else read, written, rng.random()

    current: list[Example] = []
    longest = (0, 0)
    for example in sorted(examples, key=order):
        read, written = sides(family, example)
        wider = max(longest[0], read), max(longest[1], written)
        limit = PAIRS * micro / 2 if "pair" in example else micro
        apart = current and ("pair" in current[0]) != ("pair" in example)
        if current and (apart or (len(current) + 1) * sum(wider) > limit):
            yield current
            current, wider = [], (read, written)
        current.append(example)
        longest = wider
    if current:
        yield current


def endless(
    family: str,
    source: Iterator[Example],
    rng: random.Random,
    kinds: dict[str, int],
    micro: int = MICRO_TOKENS,
) -> Iterator[Batch]:
    """Endless micro-batches; the examples of many of them are drawn together."""
    while True:
        drawn, total = [], 0
        while total < POOL_TOKENS:
            drawn.append(next(source))
            total += tokens_of(family, drawn[-1])
        groups = list(grouped(family, drawn, rng, micro))
        rng.shuffle(groups)
        for group in groups:
            yield tensors(family, group, kinds)


def steps(stream: Iterator[Batch], tokens: int) -> Iterator[list[Batch]]:
    """Micro-batches for one optimiser's step each, of `tokens` tokens or a little more."""
    while True:
        taken, total = [], 0
        while total < tokens:
            taken.append(next(stream))
            total += taken[-1]["tokens"]
        yield taken
