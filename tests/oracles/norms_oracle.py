"""Fixtures of the machine's colours: norms of hidden states, and cosines from block to block, by transformers.

All in double precision. What follows the text is what the model writes greedily: behind the text of a GPT-2, behind the
start of a T5's decoder. Weights are the shipped ones (see models_oracle.py).

Usage: python norms_oracle.py  (writes tests/fixtures/models/norms.json)
"""

import torch
from each_family import write_each_family
from models_oracle import encode
from trio.objectives import PREFIX

TEXTS = ["The red dog chased the cat.", "Tom ate an apple in the garden because he was hungry."]
WRITTEN = 4


def stack(name: str, states: tuple[torch.Tensor, ...]) -> dict:
    """[state][position] norms, [block][position] cosines."""
    rows = [s[0].double() for s in states]
    turned = [torch.nn.functional.cosine_similarity(a, b, dim=-1).tolist() for a, b in zip(rows, rows[1:], strict=False)]
    return {"id": name, "norms": [r.norm(dim=-1).tolist() for r in rows], "cosine": turned}


def case(family: str, model, tokenizer, text: str) -> dict:
    """Of one text."""
    inputs = encode(tokenizer, (PREFIX if family == "t5" else "") + text)
    if family == "bert":
        return {"text": text, "written": [], "stacks": [stack("encoder", model(**inputs, output_hidden_states=True).hidden_states)]}
    all_ids = model.generate(**inputs, num_beams=1, do_sample=False, max_new_tokens=WRITTEN)
    if family == "gpt2":
        written = all_ids[0, inputs["input_ids"].shape[1]:].tolist()
        return {"text": text, "written": written, "stacks": [stack("decoder", model(input_ids=all_ids, output_hidden_states=True).hidden_states)]}
    out = model(**inputs, decoder_input_ids=all_ids, output_hidden_states=True)
    return {"text": text, "written": all_ids[0, 1:].tolist(),
            "stacks": [stack("encoder", out.encoder_hidden_states), stack("decoder", out.decoder_hidden_states)]}


def main() -> None:
    """All texts of all three."""
    write_each_family("norms.json", lambda family, model, tokenizer: [case(family, model, tokenizer, text) for text in TEXTS])


if __name__ == "__main__":
    main()
