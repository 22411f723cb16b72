"""Fixtures for sampling: probabilities after transformers' logits processors, and which token a random number
picks.

Usage: python sampling_oracle.py  (writes tests/fixtures/generate/sampling.json)
"""

import random

import torch
from common import FIXTURES, versions, write
from transformers import (
    LogitsProcessorList,
    NoRepeatNGramLogitsProcessor,
    RepetitionPenaltyLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)
from trio import load

ABOUT = """
Order: repetition_penalty, no_repeat_ngram_size, temperature, top_k, top_p, then softmax in double precision.
Off-values: 1, 0, 1, 0, 1. null among logits is -infinity. `probabilities` are [id, probability] for what is
left. `draws` are [u, id]: the first id, in ascending order, whose running sum of probabilities exceeds u.
`history` is the sequence so far. Logits are rows named in `rows`.
""".strip().replace("\n", " ")


@torch.no_grad()
def real_logits(prompt: str) -> torch.Tensor:
    """trilens-gpt2's logits for the next token."""
    ids = load.tokenizer("gpt2")(prompt)["input_ids"]
    return load.load("gpt2")(input_ids=torch.tensor([ids])).logits[0, -1]


def rows() -> dict[str, torch.Tensor]:
    """Named rows of logits, f64, rounded so that JSON carries them exactly."""
    generator = torch.Generator().manual_seed(3)
    named = {
        "one": torch.tensor([0.5]),
        "two": torch.tensor([1.0, -1.0]),
        "uniform": torch.zeros(10),
        "ties": torch.tensor([2.0, 1.0, 2.0, 1.0, 0.0, 1.0, -1.0, 2.0]),
        "negative": -torch.rand(20, generator=generator) * 8 - 1,
        "huge": torch.tensor([1000.0, 999.0, -1000.0, 0.0, 998.5]),
        "masked": torch.tensor([1.0, -torch.inf, 0.5, -torch.inf, 0.25, -2.0]),
        "random_37": 3 * torch.randn(37, generator=generator),
        "random_100": 2 * torch.randn(100, generator=generator),
        "zipf_257": -torch.log(torch.arange(1, 258).float())[torch.randperm(257, generator=generator)],
        "peaked_64": torch.cat([torch.tensor([9.0]), torch.randn(63, generator=generator)]),
        "gpt2_4096": real_logits("She wants to go to"),
    }
    return {name: (row.double() * 1e4).round() / 1e4 for name, row in named.items()}


def process(logits: torch.Tensor, history: list[int], options: dict) -> torch.Tensor:
    """Probabilities [vocabulary] f64 by transformers' own processors."""
    steps = LogitsProcessorList()
    if options["repetition_penalty"] != 1.0:
        steps.append(RepetitionPenaltyLogitsProcessor(options["repetition_penalty"]))
    if options["no_repeat_ngram_size"] > 0:
        steps.append(NoRepeatNGramLogitsProcessor(options["no_repeat_ngram_size"]))
    if options["temperature"] != 1.0:
        steps.append(TemperatureLogitsWarper(options["temperature"]))
    if options["top_k"] > 0:
        steps.append(TopKLogitsWarper(options["top_k"]))
    if options["top_p"] < 1.0:
        steps.append(TopPLogitsWarper(options["top_p"]))
    return torch.softmax(steps(torch.tensor([history]), logits[None].clone())[0], dim=-1)


def draw(probabilities: torch.Tensor, u: float) -> int:
    """The first id whose running sum exceeds u."""
    above = (probabilities.cumsum(0) > u).nonzero()
    return above[0].item() if len(above) else probabilities.nonzero()[-1].item()


def case(name: str, logits: torch.Tensor, rng: random.Random) -> dict:
    """One row under one random set of options."""
    options = {
        "temperature": rng.choice((1.0, 0.1, 0.7, 1.5, 3.0)),
        "top_k": rng.choice((0, 0, 1, 3, 10, 50)),
        "top_p": rng.choice((1.0, 1.0, 0.1, 0.5, 0.9, 0.999)),
        "repetition_penalty": rng.choice((1.0, 1.0, 1.2, 2.0, 0.8)),
        "no_repeat_ngram_size": rng.choice((0, 0, 0, 1, 2, 3)),
    }
    if name in ("ties", "uniform"):
        options["top_p"] = 1.0  # which of equal tokens top-p keeps is not defined
    if len(logits) < 5:
        options["no_repeat_ngram_size"] = 0  # everything could be banned
    history = [rng.randrange(len(logits)) for _ in range(rng.choice((1, 2, 4)))]
    probabilities = process(logits, history, options)
    assert torch.isfinite(probabilities).all()
    left = probabilities.nonzero().flatten().tolist()
    numbers = [round(rng.random(), 9) for _ in range(6)]
    kept = left if len(left) <= 300 else sorted(left, key=lambda i: -probabilities[i])[:40]
    return {
        "row": name,
        "history": history,
        "options": options,
        "left": len(left),
        "probabilities": [[i, float(f"{probabilities[i].item():.12g}")] for i in kept],
        "draws": [[u, draw(probabilities, u)] for u in numbers],
    }


def main() -> None:
    """Write a few hundred cases."""
    rng = random.Random(5)
    named = rows()
    cases = []
    for name, logits in named.items():
        for _ in range(8 if len(logits) > 200 else 24):
            cases.append(case(name, logits, rng))
    plain = {name: [None if v == -torch.inf else v for v in row.tolist()] for name, row in named.items()}
    head = {"about": ABOUT, "versions": versions(), "rows": plain}
    write(FIXTURES / "generate" / "sampling.json", head, {"cases": cases})


if __name__ == "__main__":
    main()
