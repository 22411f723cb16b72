"""Fixtures of an encoder's blanks filled one at a time, by transformers.

Each step is a whole pass over the text with the words that earlier steps have put into it; it fills the blank whose first word
has the greatest probability (of two alike, the one further left). Probabilities and entropies in double precision. Weights are
the shipped ones (see models_oracle.py).

Usage: python fill_steps_oracle.py  (writes tests/fixtures/models/fill_steps.json)
"""

import torch
from common import FIXTURES, versions, write
from measures import digest
from models_oracle import encode
from transformers import logging
from trio import load, paths

TEXTS = [
    "The ___ chased the ___.",
    "Tom ate an ___ in the ___ with his ___.",
    "The red ___ was hungry.",
    "___ ___ ___ ___ ___",
    "Le ___ mange une ___ dans le ___.",
]


def blank_rows(model, ids: torch.Tensor, open_blanks: list[int]) -> list[dict]:
    """What one pass says of each open blank: the first word, its probability, the entropy in bits."""
    rows = model(input_ids=ids).logits[0, open_blanks].double().log_softmax(-1)
    out = []
    for position, row in zip(open_blanks, rows, strict=True):
        best = int(row.argmax())
        out.append({"position": position, "id": best, "probability": row[best].exp().item(),
                    "entropy_bits": (-(row.exp() * row).sum() / torch.tensor(2.0).log()).item()})
    return out


def filled(model, tokenizer, text: str) -> list[dict]:
    """The steps, each with all open blanks and the one that it fills."""
    ids = encode(tokenizer, text.replace("___", tokenizer.mask_token))["input_ids"]
    steps = []
    while open_blanks := [i for i, t in enumerate(ids[0].tolist()) if t == tokenizer.mask_token_id]:
        blanks = blank_rows(model, ids, open_blanks)
        chosen = max(blanks, key=lambda b: b["probability"])
        ids[0, chosen["position"]] = chosen["id"]
        steps.append({"position": chosen["position"], "id": chosen["id"], "blanks": blanks})
        if chosen["id"] == tokenizer.mask_token_id:
            raise ValueError(f"the model would write a blank into {text!r}")
    return steps


def main() -> None:
    """All texts."""
    logging.set_verbosity_error()
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    model, tokenizer = load.load("bert"), load.tokenizer("bert")
    made = [{"text": text, "steps": filled(model, tokenizer, text)} for text in TEXTS]
    digests = {f"trilens-bert/{p.name}": digest(p) for p in sorted((paths.assets("bert") / "onnx").glob("*.onnx"))}
    write(FIXTURES / "models" / "fill_steps.json", {"versions": versions(), "digests": digests}, {"texts": made})


if __name__ == "__main__":
    main()
