"""Fixtures of generation as the page shows it, by transformers on the shipped weights.

For each case: greedy and beam search behind a forced prefix (decoder_input_ids, or ids behind the prompt), what the
model gives each forced token, one step's distribution under temperature, top-k and top-p by transformers' own warpers,
and, for T5, cross-attention (mean of all layers and heads) of the positions that chose each token.

Usage: python generation_oracle.py  (writes tests/fixtures/models/generation.json)
"""

import torch
from common import FIXTURES, versions, write
from measures import digest
from models_oracle import encode
from transformers import LogitsProcessorList, TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper, logging
from trio import load, paths
from trio.objectives import PREFIX

TEXTS = {"gpt2": ["Tom went to the", "The red dog"], "t5": ["The red dog chased the cat.", "Anna ate an apple in the garden."]}
PREFIXES = {"gpt2": ["", " old house"], "t5": ["", "Le chat"]}
WARPS = [
    {"temperature": 1.0, "top_k": 0, "top_p": 0.9},
    {"temperature": 0.7, "top_k": 20, "top_p": 0.8},
    {"temperature": 1.6, "top_k": 7, "top_p": 1.0},
    {"temperature": 2.0, "top_k": 0, "top_p": 0.95},
]
NEW, BEAMS, TOP = 6, 3, 8


def prefix_ids(family: str, tokenizer, words: str) -> list[int]:
    """The tokens of a forced prefix, without marks."""
    return tokenizer(words, add_special_tokens=False)["input_ids"] if words else []


def warped(logits: torch.Tensor, options: dict) -> dict:
    """One row under the warpers, one by one, so that each cut has a name."""
    row = logits[None].clone()
    if options["temperature"] != 1.0:
        row = TemperatureLogitsWarper(options["temperature"])(None, row)
    after_k = TopKLogitsWarper(options["top_k"])(None, row) if options["top_k"] else row
    after_p = TopPLogitsWarper(options["top_p"])(None, after_k) if options["top_p"] < 1 else after_k
    whole = LogitsProcessorList()
    if options["temperature"] != 1.0:
        whole.append(TemperatureLogitsWarper(options["temperature"]))
    if options["top_k"]:
        whole.append(TopKLogitsWarper(options["top_k"]))
    if options["top_p"] < 1:
        whole.append(TopPLogitsWarper(options["top_p"]))
    assert torch.equal(whole(None, logits[None].clone()), after_p)
    before, after = torch.softmax(logits.double(), -1), torch.softmax(after_p[0].double(), -1)
    seen = torch.softmax(after_k[0].double(), -1)
    order = logits.argsort(descending=True, stable=True)[:TOP]
    left = torch.isfinite(after_p[0])
    return {
        "options": options,
        "left": int(left.sum()),
        "cut_by_top_k": int((torch.isfinite(row[0]) & ~torch.isfinite(after_k[0])).sum()),
        "cut_by_top_p": int((torch.isfinite(after_k[0]) & ~left).sum()),
        "kept": before[left].sum().item(),
        "tokens": [
            {"id": i, "before": before[i].item(), "after": after[i].item(), "cumulative": seen[order[: n + 1]].sum().item()}
            for n, i in enumerate(order.tolist())
        ],
    }


def until_end(ids: list[int], end: int) -> list[int]:
    """Without what is padded after the end token."""
    return ids[: ids.index(end) + 1] if end in ids else ids


def case(family: str, model, tokenizer, text: str, words: str) -> dict:
    """Everything about one text and one prefix."""
    forced = prefix_ids(family, tokenizer, words)
    given = encode(tokenizer, (PREFIX if family == "t5" else "") + text)
    if family == "t5":
        start = torch.tensor([[model.config.decoder_start_token_id, *forced]])
        inputs = given | {"decoder_input_ids": start}
        before = 1
    else:
        ids = torch.cat([given["input_ids"], torch.tensor([forced], dtype=torch.long)], dim=1)
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        before = given["input_ids"].shape[1]
    greedy = model.generate(**inputs, do_sample=False, num_beams=1, max_new_tokens=NEW)[0].tolist()
    beam = model.generate(**inputs, do_sample=False, num_beams=BEAMS, max_new_tokens=NEW, num_return_sequences=BEAMS,
                          return_dict_in_generate=True, output_scores=True)
    read = torch.tensor([greedy])
    if family == "t5":
        out = model(**given, decoder_input_ids=read, output_attentions=True)
    else:
        out = model(input_ids=read)
    logits = out.logits[0]
    written = greedy[before:]
    steps = torch.log_softmax(logits.double(), -1)
    at = before + len(forced)  # the first that nobody forced was chosen from the position before it
    made = {
        "text": text, "prefix": words, "prefix_ids": forced, "ids": written,
        "probabilities": [steps[before - 1 + i, token].exp().item() for i, token in enumerate(written)],
        "beams": {
            "ids": until_end(beam.sequences[0][before:].tolist(), tokenizer.eos_token_id), "score": beam.sequences_scores[0].item(),
            "indices": beam.beam_indices[0].tolist(),
        },
        "warped": [warped(logits[at - 1], options) for options in WARPS],
    }
    if family == "t5":
        mean = torch.stack(out.cross_attentions).double().mean(dim=(0, 2))[0]  # [query, source]
        made["cross"] = [mean[before - 1 + i].tolist() for i in range(len(written))]
    return made


def main() -> None:
    """All cases of both."""
    logging.set_verbosity_error()
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    made, digests = {}, {}
    for family, texts in TEXTS.items():
        model, tokenizer = load.load(family), load.tokenizer(family)
        if family == "t5":
            model.set_attn_implementation("eager")
        folder = paths.assets(family) / "onnx"
        digests |= {f"trilens-{family}/{p.name}": digest(p) for p in sorted(folder.glob("*.onnx"))}
        made[family] = [case(family, model, tokenizer, text, words) for text in texts for words in PREFIXES[family]]
    write(FIXTURES / "models" / "generation.json", {"versions": versions(), "digests": digests}, made)


if __name__ == "__main__":
    main()
