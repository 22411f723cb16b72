"""Fixtures for the search: transformers' greedy and beam search on table-driven toy models.

Each case is kept only if single and double precision agree on it, so a comparison never hangs on the last
bit.

Usage: python search_oracle.py  (writes tests/fixtures/generate/search.json)
"""

import random
import warnings

import torch
from common import FIXTURES, versions, write
from toy_model import END, PAD, VOCABULARY, ToyModel, tables
from transformers import logging

ABOUT = """
Toy models: logits for the next token = tables[name][before][last], where `before` is the token before the
last one, or the pad token if there is none. `ids` are the new tokens, the end token included if it was
chosen. Beam search returns num_beams sequences, best first, with transformers' score: sum of log-
probabilities of the new tokens (after repetition penalty and n-gram ban) divided by (their number **
length_penalty), the end token counted. As in transformers, repetition_penalty acts on logits in greedy search
and on log-probabilities (after log-softmax, not normalised again) in beam search. Tables are rows of
[before][last][next], flattened; values are exact to 3 decimals.
""".strip().replace("\n", " ")


def options(rng: random.Random) -> dict:
    """One random set of options, under transformers' names."""
    beams = rng.choice((1, 1, 2, 3, 4, 5))
    chosen = {"num_beams": beams, "max_new_tokens": rng.choice((1, 2, 5, 8, 12, 20))}
    chosen["repetition_penalty"] = rng.choice((1.0, 1.0, 1.0, 1.3, 2.0, 0.8))
    chosen["no_repeat_ngram_size"] = rng.choice((0, 0, 0, 1, 2, 3))
    chosen["min_new_tokens"] = rng.choice((0, 0, 0, 3))
    if beams > 1:
        chosen["length_penalty"] = rng.choice((1.0, 1.0, 0.0, 0.6, 2.0, -1.0))
        chosen["early_stopping"] = rng.choice((False, False, True, "never"))
    return chosen


def until_end(ids: list[int]) -> list[int]:
    """Without what is padded after the end token."""
    return ids[: ids.index(END) + 1] if END in ids else ids


def run(model: ToyModel, prompt: list[int], chosen: dict) -> list[dict]:
    """transformers' answer: sequences, best first."""
    beams = chosen["num_beams"]
    out = model.generate(
        torch.tensor([prompt]),
        do_sample=False,
        return_dict_in_generate=True,
        output_scores=True,
        use_cache=False,
        num_return_sequences=beams,
        **chosen,
    )
    sequences = [until_end(row[len(prompt) :].tolist()) for row in out.sequences]
    if beams == 1:
        return [{"ids": sequences[0]}]
    return [
        {"ids": ids, "score": score.item()}
        for ids, score in zip(sequences, out.sequences_scores, strict=True)
    ]


def main() -> None:
    """Write the cases that both precisions agree on."""
    warnings.filterwarnings("ignore")
    logging.set_verbosity_error()
    rng = random.Random(11)
    named = tables()
    single = {name: ToyModel(table).eval() for name, table in named.items()}
    double = {name: ToyModel(table.double()).eval() for name, table in named.items()}
    cases, dropped = [], 0
    while len(cases) < 400:
        name, chosen = rng.choice(list(named)), options(rng)
        prompt = [rng.randrange(2, VOCABULARY) for _ in range(rng.choice((1, 1, 2, 3, 5)))]
        answer, check = run(single[name], prompt, chosen), run(double[name], prompt, chosen)
        if [row["ids"] for row in answer] != [row["ids"] for row in check]:
            dropped += 1
            continue
        for row, exact in zip(answer, check, strict=True):
            if "score" in row:
                row["score"] = round(exact["score"], 6)
        cases.append({"table": name, "prompt": prompt, "options": chosen, "sequences": answer})
    head = {
        "about": ABOUT,
        "versions": versions(),
        "vocabulary": VOCABULARY,
        "pad_token_id": PAD,
        "eos_token_id": END,
        "dropped_for_precision": dropped,
        "tables": {name: [round(v, 3) for v in table.flatten().tolist()] for name, table in named.items()},
    }
    write(FIXTURES / "generate" / "search.json", head, {"cases": cases})


if __name__ == "__main__":
    main()
