"""transformers' own `generate` on the shipped models, under several sets of options."""

import copy

import torch
from measures import number

OFF = {
    "num_beams": 1,
    "repetition_penalty": 1.0,
    "no_repeat_ngram_size": 0,
    "min_new_tokens": 0,
    "max_new_tokens": 16,
}
BEAM = {"num_beams": 4, "length_penalty": 1.0, "early_stopping": False}
SETTINGS = {
    "greedy": {},
    "greedy, long": {"max_new_tokens": 40},
    "greedy, one token": {"max_new_tokens": 1},
    "greedy, at least 12": {"min_new_tokens": 12},
    "repetition penalty 1.5": {"repetition_penalty": 1.5},
    "no repeated 2-grams": {"no_repeat_ngram_size": 2, "min_new_tokens": 14},
    "beam 4": BEAM,
    "beam 4, length penalty 0.6": BEAM | {"length_penalty": 0.6},
    "beam 4, length penalty 2": BEAM | {"length_penalty": 2.0},
    "beam 4, early stopping": BEAM | {"early_stopping": True},
    "beam 3, no repeated 2-grams, repetition penalty 1.2": BEAM
    | {"num_beams": 3, "no_repeat_ngram_size": 2, "repetition_penalty": 1.2},
}


def answer(model, encoding: dict, options: dict) -> list[dict]:
    """Sequences of new tokens, best first; padding after the end token removed."""
    start = 0 if model.config.is_encoder_decoder else encoding["input_ids"].shape[1]
    out = model.generate(
        **encoding,
        do_sample=False,
        return_dict_in_generate=True,
        output_scores=True,
        num_return_sequences=options["num_beams"],
        **options,
    )
    end = model.generation_config.eos_token_id
    found = []
    for i, row in enumerate(out.sequences.tolist()):
        ids = row[start + 1 :] if model.config.is_encoder_decoder else row[start:]
        ids = ids[: ids.index(end) + 1] if end in ids else ids
        found.append({"ids": ids})
        if options["num_beams"] > 1:
            found[-1]["score"] = number(out.sequences_scores[i])
    return found


def cases(model, tokenizer, texts: list[str]) -> list[dict]:
    """Every text under every setting, where single and double precision agree."""
    exact = copy.deepcopy(model).double()
    made = []
    for index, text in enumerate(texts):
        encoding = {name: torch.tensor([tokenizer(text)[name]]) for name in ("input_ids", "attention_mask")}
        for name, changes in SETTINGS.items():
            if index >= 4 and name not in ("greedy", "beam 4"):
                continue
            options = OFF | changes
            sequences, check = answer(model, encoding, options), answer(exact, encoding, options)
            if [s["ids"] for s in sequences] != [s["ids"] for s in check]:
                continue
            made.append(
                {
                    "name": name,
                    "text": text,
                    "input_ids": encoding["input_ids"][0].tolist(),
                    "options": options,
                    "sequences": sequences,
                    "output": tokenizer.decode(
                        sequences[0]["ids"], skip_special_tokens=True, clean_up_tokenization_spaces=False
                    ),
                }
            )
    return made
