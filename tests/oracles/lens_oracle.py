"""Fixtures of the logit lens: the head of transformers' own modules on the hidden states after each block, at every position.

For each state and position: the five likeliest tokens with their probabilities, entropy in bits, and probability
and rank of the final answer (the likeliest token of the last state, whose logits are the model's own). settled: the
first state from which on the answer stays at rank 1. In double precision from f32 logits. Weights are the shipped
ones (see models_oracle.py).

Usage: python lens_oracle.py  (writes tests/fixtures/models/lens.json)
"""

import math

import torch
from each_family import write_each_family
from head_oracle import parts
from measures import number
from models_oracle import encode
from trio.objectives import PREFIX

TOP = 5
# As they are written on the page; the last has no blank.
TEXTS = ["The dog ___ tired.", "She drinks a cup of ___ every morning.", "He can ___ English very ___.", "Tom is my best friend."]


def prompt(family: str, text: str) -> str:
    """The text as the page gives it to the family."""
    if family == "bert":
        return text.replace("___", "[MASK]")
    if family == "gpt2":
        return text.split("___")[0].rstrip()
    for number_of_blank in range(text.count("___")):
        text = text.replace("___", f"<extra_id_{number_of_blank}>", 1)
    return text if "<extra_id_" in text else PREFIX + text


def hide_last_word(ids: torch.Tensor, tokenizer) -> int:
    """An encoder without a blank hides the last piece with a letter or digit."""
    for at in range(ids.shape[1] - 1, -1, -1):
        token = tokenizer.convert_ids_to_tokens(int(ids[0, at]))
        if token not in tokenizer.all_special_tokens and any(c.isalnum() for c in token):
            ids[0, at] = tokenizer.mask_token_id
            return at
    raise ValueError("nothing to hide")


def run(family: str, model, tokenizer, text: str) -> tuple[list[int], list[int], list[torch.Tensor], torch.Tensor]:
    """(ids that are looked at, marked positions, states, the model's own logits)"""
    encoded = encode(tokenizer, prompt(family, text))
    ids = encoded["input_ids"]
    if family == "bert":
        marked = [i for i, t in enumerate(ids[0].tolist()) if t == tokenizer.mask_token_id] or [hide_last_word(ids, tokenizer)]
        said = model(**encoded, output_hidden_states=True)
        return ids[0].tolist(), marked, list(said.hidden_states), said.logits[0]
    if family == "gpt2":
        said = model(**encoded, output_hidden_states=True)
        return ids[0].tolist(), [ids.shape[1] - 1], list(said.hidden_states), said.logits[0]
    written = model.generate(**encoded, num_beams=1, do_sample=False, max_new_tokens=64)
    output = [i for i in written[0].tolist() if i != tokenizer.eos_token_id]
    sentinels = {i for i in ids[0].tolist() if tokenizer.convert_ids_to_tokens(i).startswith("<extra_id_")}
    marked = [i for i, t in enumerate(output) if t in sentinels] or [0]
    said = model(**encoded, decoder_input_ids=torch.tensor([output]), output_hidden_states=True)
    return output, marked, list(said.decoder_hidden_states), said.logits[0]


def cell(logits: torch.Tensor, answer: int) -> dict:
    """One state at one position."""
    exact = logits.double()
    shares = exact.softmax(-1)
    values, ids = shares.topk(TOP)
    return {
        "top": [[i, number(v)] for i, v in zip(ids.tolist(), values.tolist(), strict=True)],
        "entropy_bits": number(-(shares * exact.log_softmax(-1)).sum() / math.log(2)),
        "probability": number(shares[answer]),
        "rank": int((exact > exact[answer]).sum()) + 1,
        # to the next rank on either side, in logits: closer than rounding, and the rank may be another
        "clear": number((exact - exact[answer]).abs().topk(2, largest=False).values[1]),
    }


def lens(family: str, model, tokenizer, text: str) -> dict:
    """All states and positions of one text."""
    ids, marked, states, own = run(family, model, tokenizer, text)
    _, _, head = parts(model)
    answers = own.argmax(-1).tolist()
    layers = [head(state)[0] for state in states[:-1]] + [own]
    cells = [[cell(layer[p], answers[p]) for p in range(len(ids))] for layer in layers]
    settled = []
    for p in range(len(ids)):
        leads = [row[p]["rank"] == 1 for row in cells]
        settled.append(max((s + 1 for s, first in enumerate(leads) if not first), default=0))
    return {"text": text, "ids": ids, "marked": marked, "answers": answers, "settled": settled, "cells": cells}


def main() -> None:
    """All texts of all three."""
    write_each_family("lens.json", lambda family, model, tokenizer: [lens(family, model, tokenizer, text) for text in TEXTS])


if __name__ == "__main__":
    main()
