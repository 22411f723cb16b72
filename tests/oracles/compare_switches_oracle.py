"""Fixtures of the switches on the bundled trio: what is predicted at rest and switched, by transformers.

A mask is replaced from outside, by hooks on the attention modules that hand them another one [1, 1, query, key]; heads
are multiplied in what the output projection gets. Weights are the shipped ones (see models_oracle.py). Probabilities,
entropies and ranks are over the whole vocabulary, in double precision.

Usage: python compare_switches_oracle.py  (writes tests/fixtures/models/compare_switches.json)
"""

import contextlib
import inspect

import torch
from each_family import write_each_family
from models_oracle import encode
from trio.objectives import PREFIX

TOP, CONTINUATION, ANSWER = 8, 12, 64
LOWEST = torch.finfo(torch.float32).min

CAUSAL, BOTH = {"mask": "causal"}, {"mask": "bidirectional"}
CASES = {
    "bert": [
        ("The ___ barked at the postman.", {"self": CAUSAL}),
        ("The dog that chased the cats ___ tired.", {"self": {"mask": "window", "window": 2}}),
        ("The dog that chased the cats ___ tired.", {"self": {"heads": [[0, 0.5], [1, 0]]}}),
        ("She ___ the red ball to her ___.", {"self": CAUSAL}),
    ],
    "gpt2": [
        ("Once upon a time, there was a little", {"self": BOTH}),
        ("The dog that chased the cats", {"self": {"mask": "window", "window": 2}}),
        ("Tom and Anna went to the park. They saw a", {"self": {"heads": [[0, 0.5]]}}),
    ],
    "t5": [
        ("The cat sees the red car.", {"connection": 0}),
        ("The cat sees the red car.", {"self": CAUSAL}),
        ("I have a big house.", {"decoder_self": {"mask": "window", "window": 1}}),
        ("I have a big house.", {"cross": {"heads": [[0], [1, 0]]}}),
        ("The dog that chased the cats ___ tired.", {"self": {"mask": "window", "window": 2}}),
    ],
}


def modules(family: str, model) -> dict[str, list[tuple]]:
    """kind -> layers of (attention, name of its mask, output projection)"""
    if family == "bert":
        return {"self": [(x.attention.self, "attention_mask", x.attention.output.dense) for x in model.bert.encoder.layer]}
    if family == "gpt2":
        return {"self": [(x.attn, "attention_mask", x.attn.c_proj) for x in model.transformer.h]}
    layers = {"self": [x.layer[0].SelfAttention for x in model.encoder.block]}
    layers["decoder_self"] = [x.layer[0].SelfAttention for x in model.decoder.block]
    layers["cross"] = [x.layer[1].EncDecAttention for x in model.decoder.block]
    return {kind: [(x, "mask", x.o) for x in row] for kind, row in layers.items()}


def bias(setting: dict, past: int, queries: int) -> torch.Tensor:
    """[1, 1, query, key]: the first query stands at position `past`."""
    distance = torch.arange(past, past + queries)[:, None] - torch.arange(past + queries)[None, :]
    allowed = {
        "causal": distance >= 0,
        "bidirectional": distance == distance,
        "window": (distance >= 0) & (distance < setting.get("window", 0)),
    }[setting["mask"]]
    return torch.where(allowed, 0.0, LOWEST)[None, None]


def past_of(cache, layer: int) -> int:
    """How many keys an attention has from earlier steps."""
    if cache is None:
        return 0
    return int(getattr(cache, "self_attention_cache", cache).get_seq_length(layer))


def other_mask(name: str, setting: dict, layer: int):
    """A hook that gives the attention another mask."""

    def hook(module, args, kwargs):
        bound = inspect.signature(module.forward).bind(*args, **kwargs)
        cache = bound.arguments.get("past_key_values") or bound.arguments.get("kwargs", {}).get("past_key_values")
        bound.arguments[name] = bias(setting, past_of(cache, layer), bound.arguments["hidden_states"].shape[1])
        return bound.args, bound.kwargs

    return hook


def other_heads(factors: torch.Tensor):
    """A hook that multiplies the heads in what the output projection gets, [1, Q, H * D]."""

    def hook(_, args):
        split = args[0].view(*args[0].shape[:-1], len(factors), -1)
        return ((split * factors[:, None]).flatten(-2),)

    return hook


@contextlib.contextmanager
def switched(family: str, model, heads: int, switches: dict):
    """The model with these switches set."""
    hooks = []
    for kind, layers in modules(family, model).items():
        setting = switches.get(kind, {})
        for index, (attention, name, projection) in enumerate(layers):
            if setting.get("mask", "native") != "native":
                hooks.append(attention.register_forward_pre_hook(other_mask(name, setting, index), with_kwargs=True))
            factors = torch.ones(heads)
            for head, factor in enumerate((setting.get("heads", []) + [[]] * len(layers))[index]):
                factors[head] = factor
            if kind == "cross":
                factors = factors * switches.get("connection", 1)
            hooks.append(projection.register_forward_pre_hook(other_heads(factors)))
    yield
    for hook in hooks:
        hook.remove()


def take(family: str, model, tokenizer, text: str) -> tuple[list[int], list[torch.Tensor], str | None]:
    """Positions, logits at each, and what is written."""
    if family == "bert":
        inputs = encode(tokenizer, text.replace("___", tokenizer.mask_token))
        places = (inputs["input_ids"][0] == tokenizer.mask_token_id).nonzero().flatten().tolist()
        logits = model(**inputs).logits[0]
        return places, [logits[i] for i in places], None
    if family == "gpt2":
        inputs = encode(tokenizer, text)
        row = model(**inputs).logits[0, -1]
        length = inputs["input_ids"].shape[1]
        written = model.generate(**inputs, num_beams=1, do_sample=False, max_new_tokens=CONTINUATION)
        return [length - 1], [row], tokenizer.decode(written[0, length:], skip_special_tokens=True)
    start = model.config.decoder_start_token_id
    if "___" in text:
        inputs = encode(tokenizer, text.replace("___", "<extra_id_0>"))
        sentinel = tokenizer.convert_tokens_to_ids("<extra_id_0>")
        place = inputs["input_ids"][0].tolist().index(sentinel)
        return [place], [model(**inputs, decoder_input_ids=torch.tensor([[start, sentinel]])).logits[0, -1]], None
    inputs = encode(tokenizer, PREFIX + text)
    row = model(**inputs, decoder_input_ids=torch.tensor([[start]])).logits[0, -1]
    written = model.generate(**inputs, num_beams=1, do_sample=False, max_new_tokens=ANSWER)
    return [0], [row], tokenizer.decode(written[0], skip_special_tokens=True)


def change(before: torch.Tensor, after: torch.Tensor) -> dict:
    """What moved between two rows of logits."""
    a, b = before.double().softmax(-1), after.double().softmax(-1)

    def entropy(p):
        return float(-(p * p.clamp_min(1e-300).log2()).sum())

    ids = sorted({*before.topk(TOP).indices.tolist(), *after.topk(TOP).indices.tolist()})
    words = [
        {
            "id": i, "before": float(a[i]), "after": float(b[i]),
            "rank_before": int((before > before[i]).sum()) + 1, "rank_after": int((after > after[i]).sum()) + 1,
        }
        for i in ids
    ]
    return {"entropy_before": entropy(a), "entropy_after": entropy(b), "moved": float((b - a).abs().sum() / 2), "words": words}


def compared(family: str, model, tokenizer) -> list[dict]:
    """Every case of one model."""
    made = []
    for text, switches in CASES[family]:
        places, before, answer_before = take(family, model, tokenizer, text)
        with switched(family, model, model.config.num_attention_heads, switches):
            _, after, answer_after = take(family, model, tokenizer, text)
        moved = [{"position": p} | change(x, y) for p, x, y in zip(places, before, after, strict=True)]
        # A decoder's first token has no past to lose: there the answer must differ.
        if max(m["moved"] for m in moved) < 1e-3 and answer_before == answer_after:
            raise SystemExit(f"{family}, {text}, {switches}: changes nothing and so tests nothing")
        made.append({"text": text, "switches": switches, "places": moved, "answer_before": answer_before, "answer_after": answer_after})
        print(family, switches, [round(m["moved"], 3) for m in moved], answer_before, "->", answer_after)
    return made


def main() -> None:
    """All cases of all three."""
    write_each_family("compare_switches.json", compared)


if __name__ == "__main__":
    main()
