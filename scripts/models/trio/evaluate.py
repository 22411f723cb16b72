"""Score the shipped models on the held-out sentences; writes build/training/<family>/scores.json."""

import argparse
import json
import random

import torch
from transformers import logging

from . import corpus, load, paths, scores

SENTENCES, TRANSLATIONS, BLANKS = 500, 500, 500


def whole_words() -> set[str]:
    """Words that are one piece for all three tokenizers inside a sentence."""
    bert, gpt2, t5 = (set(load.tokenizer(family).get_vocab()) for family in paths.FAMILIES)
    return {
        piece[1:]
        for piece in t5
        if piece.startswith("▁") and piece[1:].lower() in bert and "Ġ" + piece[1:] in gpt2
    }


@torch.no_grad()
def evaluate(family: str) -> dict:
    """All scores of a family."""
    data, model, tokenizer = corpus.read(), load.load(family), load.tokenizer(family)
    rng = random.Random(0)
    english = rng.sample(sorted(data.english("held_out")), SENTENCES)
    french = rng.sample(sorted(data.french("held_out")), SENTENCES)
    shuffled = random.Random(3).sample(sorted(data.english("held_out")), 2 * BLANKS)
    items = scores.blanks(shuffled, whole_words(), BLANKS)
    made = {"same_blanks": scores.same_blanks(family, model, tokenizer, items)}
    if family == "t5":
        made["translation"] = scores.translation(model, tokenizer, data, TRANSLATIONS)
    else:
        measure = scores.masked_tokens if family == "bert" else scores.perplexity
        made |= {"english": measure(model, tokenizer, english), "french": measure(model, tokenizer, french)}
    (paths.training(family) / "scores.json").write_text(
        json.dumps(made, indent=1, ensure_ascii=False), encoding="utf-8"
    )
    print(family, json.dumps(made, ensure_ascii=False), flush=True)
    return made


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="*", default=list(paths.FAMILIES))
    torch.set_num_threads(1)
    logging.set_verbosity_error()
    for family in parser.parse_args().families:
        evaluate(family)


if __name__ == "__main__":
    main()
