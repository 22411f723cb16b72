"""Fixtures for the models: logits, attentions, hidden states, q and k, predictions and continuations by
transformers.

The weights are read from the exported files (int8 and f16, computed in f32, eager attention), so a fixture
belongs to the model whose digest it carries. Hidden states are transformers' `hidden_states`: the embeddings
first; the last is after the final norm.

Usage: python models_oracle.py  (writes tests/fixtures/models/<id>.json)
"""

import sys

import torch
from common import FIXTURES, versions, write
from continuations import cases
from measures import digest, distribution, flat, hidden_summary, pooled, rows
from model_texts import BLANKS, MASKED, PROMPTS, SENTENCES, TRANSLATED
from sampled import sampled_cases
from transformers import logging
from trio import load, paths
from trio.objectives import PREFIX

FULL, SHORT = 3, 2  # how many sentences have their attentions, and their hidden states, written
QK_LAYER = 1


def encode(tokenizer, text: str) -> dict:
    """A batch of one."""
    return {name: torch.tensor([values]) for name, values in tokenizer(text).items()}


def by_head(values: torch.Tensor, heads: int) -> torch.Tensor:
    """[position, heads * size] -> [head, position, size]"""
    return values.view(len(values), heads, -1).transpose(0, 1)


def watch_qk(attention, heads: int) -> dict:
    """Hooks that keep q and k [head, position, size] of one attention module."""
    kept = {}

    def keep(name):
        def hook(_, __, output):
            kept[name] = by_head(output[0], heads)

        return hook

    for name, module in attention.items():
        module.register_forward_hook(keep(name))
    return kept


def top_rows(tokenizer, row: dict, count: int = 10) -> list[dict]:
    """Readable predictions."""
    return [
        {"id": i, "token": tokenizer.convert_ids_to_tokens(i), "logit": v, "probability": p}
        for i, v, p in row["top"][:count]
    ]


def decoder_only_or_encoder(family: str, model, tokenizer) -> dict:
    """What BERT and GPT-2 share: logits, attentions, hidden states, vectors."""
    made = {"logits": [], "attentions": [], "hidden_states": [], "embeddings": []}
    for index, text in enumerate(SENTENCES):
        encoding = encode(tokenizer, text)
        out = model(**encoding, output_attentions=True, output_hidden_states=True)
        head = {"text": text, "ids": encoding["input_ids"][0].tolist()}
        made["logits"].append(head | {"rows": rows(out.logits[0])})
        made["embeddings"].append(head | pooled(out.hidden_states[-1][0]))
        if index < FULL:
            made["attentions"].append(head | {"self": flat(torch.stack([a[0] for a in out.attentions]))})
        if index < SHORT:
            made["hidden_states"].append(
                head | {"layers": hidden_summary(out.hidden_states), "last": flat(out.hidden_states[-1][0])}
            )
    return made


def bert(model, tokenizer) -> dict:
    """The encoder: also fills blanks."""
    layer = model.bert.encoder.layer[QK_LAYER].attention.self
    kept = watch_qk({"q": layer.query, "k": layer.key}, model.config.num_attention_heads)
    made = decoder_only_or_encoder("bert", model, tokenizer)
    encoding = encode(tokenizer, SENTENCES[0])
    model(**encoding)
    made["q_k"] = [
        {"text": SENTENCES[0], "layer": QK_LAYER} | {name: flat(value) for name, value in kept.items()}
    ]
    made["fill_mask"] = []
    for text in MASKED:
        encoding = encode(tokenizer, text)
        ids = encoding["input_ids"][0].tolist()
        logits = model(**encoding).logits[0]
        masks = [
            {"position": p} | distribution(logits[p])
            for p, i in enumerate(ids)
            if i == tokenizer.mask_token_id
        ]
        for mask in masks:
            mask["top"] = top_rows(tokenizer, mask)
        made["fill_mask"].append({"text": text, "ids": ids, "masks": masks})
    return made


def gpt2(model, tokenizer) -> dict:
    """The decoder: also continues."""
    made = decoder_only_or_encoder("gpt2", model, tokenizer)
    kept = {}
    model.transformer.h[QK_LAYER].attn.c_attn.register_forward_hook(
        lambda _, __, out: kept.update(qkv=out[0])
    )
    model(**encode(tokenizer, SENTENCES[0]))
    q, k, _ = kept["qkv"].chunk(3, dim=-1)
    made["q_k"] = [
        {"text": SENTENCES[0], "layer": QK_LAYER}
        | {name: flat(by_head(value, model.config.n_head)) for name, value in (("q", q), ("k", k))}
    ]
    made["next_token"] = []
    for text in PROMPTS:
        encoding = encode(tokenizer, text)
        row = distribution(model(**encoding).logits[0, -1])
        made["next_token"].append(
            {"text": text, "ids": encoding["input_ids"][0].tolist()} | row | {"top": top_rows(tokenizer, row)}
        )
    made["generate"] = cases(model, tokenizer, PROMPTS)
    made["sample"] = sampled_cases(model, tokenizer, PROMPTS[:6])
    return made


def t5_pair(model, tokenizer, source: str, target: str) -> tuple[dict, object]:
    """A source and a given target: the decoder reads the start token and the target without its end."""
    encoding = encode(tokenizer, source)
    labels = tokenizer(target)["input_ids"]
    read = torch.tensor([[0, *labels[:-1]]])
    out = model(**encoding, decoder_input_ids=read, output_attentions=True, output_hidden_states=True)
    return {
        "source": source,
        "target": target,
        "ids": encoding["input_ids"][0].tolist(),
        "decoder_ids": read[0].tolist(),
    }, out


def t5(model, tokenizer) -> dict:
    """The encoder-decoder: also translates and fills spans."""
    made = {
        "logits": [],
        "attentions": [],
        "hidden_states": [],
        "embeddings": [],
        "q_k": [],
        "fill_mask": [],
        "next_token": [],
    }
    block = model.decoder.block[QK_LAYER].layer[1].EncDecAttention
    kept = watch_qk({"q": block.q, "k": block.k}, model.config.num_attention_heads)
    targets = ["J'aime ta maison.", "Où habites-tu ?", "Elle lit un livre."]
    pairs = [(PREFIX + TRANSLATED[i], targets[i]) for i in range(3)]
    pairs += [("The sky is <extra_id_0>.", "<extra_id_0> blue <extra_id_1>"), (PREFIX + "Tom", "Tom.")]
    for index, (source, target) in enumerate(pairs):
        head, out = t5_pair(model, tokenizer, source, target)
        if index == 0:
            made["q_k"] = [
                head | {"kind": "cross", "layer": QK_LAYER} | {name: flat(v) for name, v in kept.items()}
            ]
        made["logits"].append(head | {"rows": rows(out.logits[0])})
        if index < FULL:
            kinds = {
                "self": out.encoder_attentions,
                "decoder_self": out.decoder_attentions,
                "cross": out.cross_attentions,
            }
            made["attentions"].append(
                head | {k: flat(torch.stack([a[0] for a in v])) for k, v in kinds.items()}
            )
        if index < SHORT:
            made["hidden_states"].append(
                head
                | {
                    "encoder": hidden_summary(out.encoder_hidden_states),
                    "decoder": hidden_summary(out.decoder_hidden_states),
                    "encoder_last": flat(out.encoder_last_hidden_state[0]),
                }
            )
    for text in SENTENCES:
        encoding = encode(tokenizer, text)
        memory = model.encoder(**encoding).last_hidden_state[0]
        made["embeddings"].append({"text": text, "ids": encoding["input_ids"][0].tolist()} | pooled(memory))
    for text in BLANKS:
        encoding = encode(tokenizer, text)
        read = torch.tensor([[0, tokenizer.convert_tokens_to_ids("<extra_id_0>")]])
        row = distribution(model(**encoding, decoder_input_ids=read).logits[0, -1])
        made["fill_mask"].append(
            {"text": text, "ids": encoding["input_ids"][0].tolist(), "decoder_ids": read[0].tolist()}
            | row
            | {"top": top_rows(tokenizer, row)}
        )
    for text in TRANSLATED:
        encoding = encode(tokenizer, PREFIX + text)
        row = distribution(model(**encoding, decoder_input_ids=torch.tensor([[0]])).logits[0, -1])
        made["next_token"].append(
            {"text": PREFIX + text, "ids": encoding["input_ids"][0].tolist(), "decoder_ids": [0]}
            | row
            | {"top": top_rows(tokenizer, row)}
        )
    made["generate"] = cases(model, tokenizer, [PREFIX + text for text in TRANSLATED] + BLANKS)
    made["sample"] = sampled_cases(model, tokenizer, [PREFIX + text for text in TRANSLATED[:4]] + BLANKS[:2])
    return made


def write_family(family: str, sections: dict) -> None:
    """One line for each entry of each section."""
    folder = paths.assets(family)
    head = {
        "about": " ".join((__doc__ or "").split("\n\n")[1].split()),
        "model": folder.name,
        "versions": versions(),
        "files": {p.name: digest(p) for p in sorted((folder / "onnx").glob("*.onnx"))},
    }
    write(FIXTURES / "models" / f"trilens-{family}.json", head, sections)


@torch.no_grad()
def main() -> None:
    """Write one fixture for each family named, or for all."""
    logging.set_verbosity_error()
    torch.set_num_threads(1)
    for family in sys.argv[1:] or paths.FAMILIES:
        answers = {"bert": bert, "gpt2": gpt2, "t5": t5}[family]
        write_family(family, answers(load.load(family), load.tokenizer(family)))


if __name__ == "__main__":
    main()
