"""Fixtures of the leak test: hidden states of a text and of the same with one word replaced, by transformers.

Differences are ||after - before|| / ||before|| and cosines, in double precision, position by position; positions
are paired from the start up to the change and from the end back to it. Weights are the shipped ones (see
models_oracle.py).

Usage: python leak_oracle.py  (writes tests/fixtures/models/leak.json)
"""

import torch
from each_family import write_each_family
from models_oracle import encode
from trio.objectives import PREFIX

CASES = [
    ("The red dog chased the cat.", "The red dog chased the moon."),
    ("The red dog chased the cat.", "The green dog chased the cat."),
    ("Tom ate an apple in the garden.", "Anna ate an apple in the garden."),
    ("I saw the house yesterday.", "I saw the unbelievably house yesterday."),
]


def pairs(before: list[int], after: list[int]) -> tuple[list[tuple[int, int]], int, int]:
    """Position pairs, and how many tokens are equal before and after the change."""
    prefix = 0
    while prefix < min(len(before), len(after)) and before[prefix] == after[prefix]:
        prefix += 1
    suffix = 0
    while suffix < min(len(before), len(after)) - prefix and before[-1 - suffix] == after[-1 - suffix]:
        suffix += 1
    shorter = min(len(before), len(after))
    head = [(i, i) for i in range(shorter - suffix)]
    tail = [(len(before) - k, len(after) - k) for k in range(suffix, 0, -1)]
    return head + tail, prefix, suffix


def compare(before: tuple[torch.Tensor, ...], after: tuple[torch.Tensor, ...], at: list[tuple[int, int]]) -> dict:
    """[state][pair] differences and cosines."""
    rows = {"difference": [], "cosine": []}
    for a, b in zip(before, after, strict=True):
        x = torch.stack([a[0, i] for i, _ in at]).double()
        y = torch.stack([b[0, j] for _, j in at]).double()
        rows["difference"].append(((y - x).norm(dim=-1) / x.norm(dim=-1)).tolist())
        rows["cosine"].append(torch.nn.functional.cosine_similarity(x, y, dim=-1).tolist())
    return rows


def one_stack(model, tokenizer, text: str, changed: str) -> dict:
    """An encoder alone or a decoder alone."""
    first, second = encode(tokenizer, text), encode(tokenizer, changed)
    at, prefix, suffix = pairs(first["input_ids"][0].tolist(), second["input_ids"][0].tolist())
    states = [model(**e, output_hidden_states=True).hidden_states for e in (first, second)]
    return {"pairs": at, "prefix": prefix, "suffix": suffix} | compare(*states, at)


def two_stacks(model, tokenizer, text: str, changed: str) -> dict:
    """T5: its encoder, and its decoder over what it writes of the first text."""
    first, second = encode(tokenizer, PREFIX + text), encode(tokenizer, PREFIX + changed)
    at, prefix, suffix = pairs(first["input_ids"][0].tolist(), second["input_ids"][0].tolist())
    written = model.generate(**first, num_beams=1, do_sample=False, max_new_tokens=64)
    ids = [i for i in written[0].tolist() if i != tokenizer.eos_token_id]
    read = torch.tensor([ids])
    outs = [model(**e, decoder_input_ids=read, output_hidden_states=True) for e in (first, second)]
    same = [(i, i) for i in range(len(ids))]
    return {
        "pairs": at, "prefix": prefix, "suffix": suffix,
        **compare(*(o.encoder_hidden_states for o in outs), at),
        "output": {"ids": ids} | compare(*(o.decoder_hidden_states for o in outs), same),
    }


def compared(family: str, model, tokenizer) -> list[dict]:
    """Every case of one model."""
    stack = two_stacks if family == "t5" else one_stack
    return [{"text": a, "changed": b} | stack(model, tokenizer, a, b) for a, b in CASES]


def main() -> None:
    """All cases of all three."""
    write_each_family("leak.json", compared)


if __name__ == "__main__":
    main()
