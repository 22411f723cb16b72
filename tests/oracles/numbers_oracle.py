"""Fixtures of the accounts of one number: attention weights and logits, by transformers' own modules and plain numpy.

An attention cell: query and key are caught behind the projections (forward hooks), everything after them is numpy in
double precision: dot product, scale, T5's position bias (transformers' compute_bias), causal mask, softmax, mix of
values. That the softmax row is the one that transformers computed is checked here. A prediction: the last hidden
state, the output projection's row, the dot product, and the log-sum-exp of transformers' logits. T5's bucket rule
comes on its own, for the sizes of shipped and of public models. Weights are the shipped ones (see models_oracle.py).

Usage: python numbers_oracle.py  (writes tests/fixtures/models/numbers.json)
"""

import numpy as np
import torch
from common import FIXTURES, versions, write
from head_oracle import parts
from lens_oracle import prompt, run
from measures import digest, number
from models_oracle import encode
from transformers import logging
from transformers.models.t5.modeling_t5 import T5Attention
from trio import load, paths

TEXTS = ["The dog ___ tired.", "She drinks a cup of ___ every morning."]
# kind, layer, head, query, key
CELLS = {
    "bert": [("self", 0, 0, 1, 2), ("self", 2, 3, 3, 1)],
    "gpt2": [("self", 0, 1, 1, 0), ("self", 3, 2, 0, 1)],
    "t5": [("self", 0, 0, 3, 1), ("self", 2, 1, 0, 3), ("decoder_self", 1, 2, 2, 0), ("decoder_self", 0, 0, 0, 1), ("cross", 1, 1, 1, 2)],
}
BUCKETS = [(32, 64), (32, 128), (8, 16)]


def modules(model, kind: str, layer: int):
    """(modules behind which q, k and v stand, the attention module)"""
    if model.config.model_type == "bert":
        attention = model.bert.encoder.layer[layer].attention.self
        return (attention.query, attention.key, attention.value), attention
    if model.config.model_type == "gpt2":
        attention = model.transformer.h[layer].attn
        return (attention.c_attn,), attention
    stack = model.encoder if kind == "self" else model.decoder
    sub = stack.block[layer].layer[1 if kind == "cross" else 0]
    attention = sub.EncDecAttention if kind == "cross" else sub.SelfAttention
    return (attention.q, attention.k, attention.v), attention


def bias_of(model, kind: str, head: int, rows: int, columns: int) -> np.ndarray:
    """T5 adds its first layer's table in every layer, in cross-attention nothing."""
    if model.config.model_type != "t5" or kind == "cross":
        return np.zeros((rows, columns))
    stack = model.encoder if kind == "self" else model.decoder
    return stack.block[0].layer[0].SelfAttention.compute_bias(rows, columns)[0, head].double().numpy()


def cell(family: str, model, inputs: dict, what: tuple) -> dict:
    """One attention cell, from q and k on."""
    kind, layer, head, query, key = what
    behind, _ = modules(model, kind, layer)
    caught = []
    hooks = [m.register_forward_hook(lambda _, __, out: caught.append(out[0].detach())) for m in behind]
    said = model(**inputs, output_attentions=True)
    for hook in hooks:
        hook.remove()
    if len(behind) == 1:
        caught = list(caught[0].chunk(3, dim=-1))
    heads = model.config.num_attention_heads
    q, k, v = (x.view(len(x), heads, -1)[:, head].double().numpy() for x in caught)
    maps = {"self": "encoder_attentions", "decoder_self": "decoder_attentions", "cross": "cross_attentions"} if family == "t5" else {"self": "attentions"}
    own = said[maps[kind]][layer][0, head].double().numpy()
    scale = 1.0 if family == "t5" else 1 / np.sqrt(q.shape[-1])
    bias = bias_of(model, kind, head, len(q), len(k))
    scores = q @ k.T * scale + bias
    causal = family == "gpt2" or kind == "decoder_self"
    seen = scores[query].copy()
    if causal:
        seen[query + 1 :] = -np.inf
    weights = np.exp(seen - seen.max())
    weights /= weights.sum()
    assert np.abs(weights - own[query]).max() < 1e-5, (family, what)
    return {
        "kind": kind, "layer": layer, "head": head, "query": query, "key": key, "scale": number(scale), "visible": not causal or key <= query,
        "q": [number(x) for x in q[query]], "k": [number(x) for x in k[key]], "v": [number(x) for x in v[key]],
        "dot": number(q[query] @ k[key]), "bias": number(bias[query, key]), "score": number(scores[query, key]),
        "weights": [number(x) for x in weights], "mix": [number(x) for x in weights @ v],
    }  # fmt: skip


def prediction(model, tokenizer, family: str, text: str) -> dict:
    """What the model says at its first marked position, and its second choice."""
    _, marked, states, logits = run(family, model, tokenizer, text)
    position = marked[0]
    _, projection, _ = parts(model)
    hidden = states[-1][0, position].double()
    read = hidden
    if family == "bert":
        read = model.cls.predictions.transform(states[-1])[0, position].double()
    if family == "t5":
        read = hidden * (model.model_dim**-0.5 if model.config.tie_word_embeddings else 1.0)
    row = logits[position].double()
    out = {"text": text, "position": position, "hidden": [number(x) for x in hidden], "log_sum_exp": number(row.logsumexp(-1)), "words": []}
    for token in row.topk(2).indices.tolist():
        weights = projection.weight[token].double()
        bias = 0.0 if projection.bias is None else float(projection.bias[token])
        logit = float(read @ weights) + bias
        assert abs(logit - float(row[token])) < 1e-4, (family, text)
        out["words"].append({"id": token, "bias": number(bias), "dot": number(read @ weights), "logit": number(row[token]), "probability": number(row.softmax(-1)[token]),
                             "product": [number(x) for x in (read * weights)[:8]]})  # fmt: skip
    return out


def inputs_of(family: str, model, tokenizer, text: str) -> dict:
    """As the page reads the text: an encoder's blank in place, a T5 with what it writes."""
    encoded = encode(tokenizer, prompt(family, text))
    if family != "t5":
        return encoded
    output, *_ = run(family, model, tokenizer, text)
    return encoded | {"decoder_input_ids": torch.tensor([output])}


def buckets() -> list[dict]:
    """T5's bucket of every distance from -150 to 150."""
    distances = torch.arange(-150, 151)
    return [
        {"buckets": count, "max_distance": far, "both_sides": both, "first": -150,
         "of": T5Attention._relative_position_bucket(distances, bidirectional=both, num_buckets=count, max_distance=far).tolist()}
        for count, far in BUCKETS for both in (True, False)
    ]  # fmt: skip


def main() -> None:
    """All cells and predictions of all three."""
    logging.set_verbosity_error()
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    made, digests = {"buckets": buckets()}, {}
    for family in paths.FAMILIES:
        model, tokenizer = load.load(family), load.tokenizer(family)
        folder = paths.assets(family) / "onnx"
        digests |= {f"trilens-{family}/{p.name}": digest(p) for p in sorted(folder.glob("*.onnx"))}
        inputs = inputs_of(family, model, tokenizer, TEXTS[0])
        made[f"{family}_cells"] = [{"text": TEXTS[0]} | cell(family, model, inputs, what) for what in CELLS[family]]
        made[f"{family}_predictions"] = [prediction(model, tokenizer, family, text) for text in TEXTS]
    write(FIXTURES / "models" / "numbers.json", {"versions": versions(), "digests": digests}, made)


if __name__ == "__main__":
    main()
