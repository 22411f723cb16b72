"""Sampled continuations: transformers' logits processors, and a seeded draw that any language can repeat.

The random numbers are splitmix64's (src/base/random.hpp): u = (next >> 11) * 2^-53, one for each token. The
token is the first id, in ascending order, whose running sum of probabilities exceeds u.
"""

import copy

import torch
from sampling_oracle import draw, process

WORD = (1 << 64) - 1
OPTIONS = [
    {"temperature": 1.0, "top_k": 0, "top_p": 1.0},
    {"temperature": 0.7, "top_k": 0, "top_p": 1.0},
    {"temperature": 1.0, "top_k": 20, "top_p": 1.0},
    {"temperature": 1.2, "top_k": 0, "top_p": 0.8},
    {"temperature": 0.9, "top_k": 50, "top_p": 0.9, "repetition_penalty": 1.3, "no_repeat_ngram_size": 2},
]
MARGIN = 1e-5


def uniforms(seed: int):
    """splitmix64 as numbers in [0, 1)."""
    state = seed & WORD
    while True:
        state = (state + 0x9E3779B97F4A7C15) & WORD
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
        yield ((z ^ (z >> 31)) >> 11) * 2.0**-53


def next_logits(model, encoding: dict, history: list[int]) -> torch.Tensor:
    """Logits [V] f64 after the history, computed without a cache."""
    if model.config.is_encoder_decoder:
        return model(**encoding, decoder_input_ids=torch.tensor([history])).logits[0, -1].double()
    return model(input_ids=torch.tensor([history])).logits[0, -1].double()


def sample(model, encoding: dict, options: dict, seed: int, count: int) -> list[int] | None:
    """New ids, the end token included; None if a draw comes too near to the border between two tokens."""
    start = [0] if model.config.is_encoder_decoder else encoding["input_ids"][0].tolist()
    history, numbers, made = list(start), uniforms(seed), []
    while len(made) < count:
        probabilities = process(next_logits(model, encoding, history), history, options)
        u = next(numbers)
        if (probabilities.cumsum(0) - u).abs().min() < MARGIN:
            return None
        made.append(draw(probabilities, u))
        history.append(made[-1])
        if made[-1] == model.generation_config.eos_token_id:
            break
    return made


def sampled_cases(model, tokenizer, texts: list[str]) -> list[dict]:
    """Every text with every set of options, where single and double precision agree."""
    exact, made = copy.deepcopy(model).double(), []
    for t, text in enumerate(texts):
        encoding = {name: torch.tensor([tokenizer(text)[name]]) for name in ("input_ids", "attention_mask")}
        for o, chosen in enumerate(OPTIONS):
            options = {"repetition_penalty": 1.0, "no_repeat_ngram_size": 0} | chosen
            seed = 1000 * t + o
            ids = sample(model, encoding, options, seed, 16)
            if ids is None or ids != sample(exact, encoding, options, seed, 16):
                continue
            made.append(
                {
                    "text": text,
                    "input_ids": encoding["input_ids"][0].tolist(),
                    "options": options | {"max_new_tokens": 16},
                    "seed": seed,
                    "ids": ids,
                    "output": tokenizer.decode(
                        ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
                    ),
                }
            )
    return made
