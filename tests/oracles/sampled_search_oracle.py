"""Fixtures for whole sampled continuations: transformers' logits processors, and draws from splitmix64.

Usage: python sampled_search_oracle.py  (writes tests/fixtures/generate/sampled_search.json)
"""

import random

import torch
from common import FIXTURES, versions, write
from splitmix import SplitMix
from toy_model import END, PAD, VOCABULARY, tables
from transformers import (
    LogitsProcessorList,
    MinNewTokensLengthLogitsProcessor,
    NoRepeatNGramLogitsProcessor,
    RepetitionPenaltyLogitsProcessor,
    SuppressTokensLogitsProcessor,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
    TopPLogitsWarper,
)

ABOUT = (
    "Tables and their logits as in search.json. A step draws u from splitmix64(seed) (src/base/random.hpp) and takes the "
    "first id whose running sum of probabilities, in id order, exceeds u. `probabilities` and `entropies` (nats) are those "
    "of the model's own softmax, before any processor. Cases that hang on less than 1e-6 are left out."
)


def processors(options: dict, prompt: int) -> LogitsProcessorList:
    """In the order of _get_logits_processor."""
    out = LogitsProcessorList()
    if options["repetition_penalty"] != 1.0:
        out.append(RepetitionPenaltyLogitsProcessor(options["repetition_penalty"]))
    if options["no_repeat_ngram_size"]:
        out.append(NoRepeatNGramLogitsProcessor(options["no_repeat_ngram_size"]))
    if options["min_new_tokens"]:
        out.append(MinNewTokensLengthLogitsProcessor(prompt, options["min_new_tokens"], END))
    if options["banned_ids"]:
        out.append(SuppressTokensLogitsProcessor(options["banned_ids"]))
    if options["temperature"] != 1.0:
        out.append(TemperatureLogitsWarper(options["temperature"]))
    if options["top_k"]:
        out.append(TopKLogitsWarper(options["top_k"]))
    if options["top_p"] < 1.0:
        out.append(TopPLogitsWarper(options["top_p"]))
    return out


def close_to_border(scores: torch.Tensor, top_p: float) -> bool:
    """Whether rounding could move a token over the border of top-p. `scores` are those before it."""
    sums = torch.softmax(scores.double(), -1).sort().values.cumsum(0)
    return bool(((sums - (1 - top_p)).abs() < 1e-6).any())


def run(table: torch.Tensor, prompt: list[int], options: dict) -> dict | None:
    """One continuation; None if it hangs on the last bits."""
    rng, sequence = SplitMix(options["seed"]), list(prompt)
    steps = processors(options, len(prompt))
    out = {"ids": [], "probabilities": [], "entropies": []}
    for _ in range(options["max_new_tokens"]):
        logits = table[sequence[-2] if len(sequence) > 1 else PAD, sequence[-1]]
        ids, scores = torch.tensor([sequence]), logits[None].clone()
        if options["top_p"] < 1.0 and close_to_border(LogitsProcessorList(steps[:-1])(ids, scores.clone())[0], options["top_p"]):
            return None
        chances = torch.softmax(steps(ids, scores)[0].double(), -1)
        sums, u = chances.cumsum(0), rng.uniform()
        if not torch.isfinite(chances).all() or ((sums - u).abs() < 1e-6).any():
            return None
        chosen = int((sums > u).nonzero()[0])
        plain = torch.softmax(logits.double(), -1)
        out["ids"].append(chosen)
        out["probabilities"].append(round(plain[chosen].item(), 9))
        out["entropies"].append(round(-(plain * plain.log()).sum().item(), 9))
        sequence.append(chosen)
        if chosen == END:
            break
    return out


def main() -> None:
    """Write three hundred cases."""
    rng, named, cases, dropped = random.Random(17), tables(), [], 0
    while len(cases) < 300:
        options = {
            "temperature": rng.choice((1.0, 0.3, 0.7, 1.5)), "top_k": rng.choice((0, 0, 2, 5, 20)),
            "top_p": rng.choice((1.0, 1.0, 0.4, 0.9)), "repetition_penalty": rng.choice((1.0, 1.0, 1.3, 0.8)),
            "no_repeat_ngram_size": rng.choice((0, 0, 2, 3)), "min_new_tokens": rng.choice((0, 0, 4)),
            "banned_ids": rng.choice(([], [], [3, 7])), "max_new_tokens": rng.choice((5, 12, 20)), "seed": rng.getrandbits(64),
        }
        name, prompt = rng.choice(list(named)), [rng.randrange(2, VOCABULARY) for _ in range(rng.choice((1, 2, 5)))]
        answer = run(named[name], prompt, options)
        if answer is None:
            dropped += 1
            continue
        cases.append({"table": name, "prompt": prompt, "options": options, **answer})
    head = {"about": ABOUT, "versions": versions(), "dropped": dropped, "eos_token_id": END}
    write(FIXTURES / "generate" / "sampled_search.json", head, "cases", cases)


if __name__ == "__main__":
    main()
