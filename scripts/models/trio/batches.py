"""Batches of about the same number of tokens, each of sequences of about the same length."""

import random
from collections.abc import Iterator

import torch

from .objectives import IGNORED, Example

Batch = dict[str, torch.Tensor]


def pad(examples: list[Example], padding: int) -> Batch:
    """Examples as tensors [batch, longest] i64, with an attention mask for the inputs."""

    def stack(name: str, fill: int) -> torch.Tensor:
        longest = max(len(example[name]) for example in examples)
        return torch.tensor([example[name] + [fill] * (longest - len(example[name])) for example in examples])

    mask = [{"mask": [1] * len(example["input_ids"])} for example in examples]
    longest = max(len(row["mask"]) for row in mask)
    return {
        "input_ids": stack("input_ids", padding),
        "labels": stack("labels", IGNORED),
        "attention_mask": torch.tensor([row["mask"] + [0] * (longest - len(row["mask"])) for row in mask]),
    }


def size(example: Example) -> int:
    """What an example costs in tokens; T5 reads one side and writes the other."""
    ids, labels = len(example["input_ids"]), len(example["labels"])
    return ids if ids == labels else ids + labels


def bucketed(
    source: Iterator[Example], tokens: int, rng: random.Random, padding: int, pool: int = 24
) -> Iterator[Batch]:
    """Endless batches of about `tokens` tokens. `pool` batches are drawn together and sorted by length."""
    while True:
        drawn, total = [], 0
        while total < tokens * pool:
            drawn.append(next(source))
            total += size(drawn[-1])
        drawn.sort(key=lambda example: (size(example), rng.random()))
        batches, current = [], []
        for example in drawn:
            if current and (len(current) + 1) * size(example) > tokens:
                batches.append(current)
                current = []
            current.append(example)
        batches.append(current)
        rng.shuffle(batches)
        yield from (pad(batch, padding) for batch in batches)
