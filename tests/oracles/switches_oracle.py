"""What switches of an attention do, by transformers: tests/fixtures/switches/<graph>.json for tests/scripts/switches.test.mjs.

The models are those of onnx_graphs.py, built again from the same seed. An intervention is made from outside, by hooks on the modules: the mask
that an attention is given is replaced or added to, and what goes into the output projection is multiplied head by head. Each result is compared
here with the rewritten graph too, run by ONNX Runtime; more than TOLERANCE apart ends the script.

Usage: python switches_oracle.py PATH/TO/trilens_open_up   (build/native; needs what onnx_graphs.py needs)
"""

import inspect
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx_graphs as graphs
import onnxruntime
import torch
from common import FIXTURES, dump, versions

TOLERANCE = 1e-5
LOWEST = torch.finfo(torch.float32).min
BATCH, LENGTH, PAST, SOURCE = graphs.BATCH, graphs.LENGTH, graphs.PAST, graphs.SOURCE
HEADS, LAYERS, WIDTH = graphs.HEADS, graphs.LAYERS, graphs.WIDTH


def modules(family: str, model) -> dict[str, list[tuple]]:
    """kind -> layers of (attention, name of its mask, output projection); for a T5 encoder, its own `self`."""
    if family == "bert":
        return {"self": [(x.attention.self, "attention_mask", x.attention.output.dense) for x in model.bert.encoder.layer]}
    if family == "gpt2":
        return {"self": [(x.attn, "attention_mask", x.attn.c_proj) for x in model.transformer.h]}
    if family == "t5_encoder":
        own = [x.layer[0].SelfAttention for x in model.encoder.block]
        return {"self": [(x, "mask", x.o) for x in own]}
    if family == "t5":
        own = [x.layer[0].SelfAttention for x in model.decoder.block]
        cross = [x.layer[1].EncDecAttention for x in model.decoder.block]
        return {"decoder_self": [(x, "mask", x.o) for x in own], "cross": [(x, "mask", x.o) for x in cross]}
    layers = model.model.decoder.layers
    return {
        "decoder_self": [(x.self_attn, "attention_mask", x.self_attn.out_proj) for x in layers],
        "cross": [(x.encoder_attn, "attention_mask", x.encoder_attn.out_proj) for x in layers],
    }


def change_mask(name: str, keep: bool, bias: torch.Tensor | None):
    """A hook that gives the attention another mask."""

    def hook(module, args, kwargs):
        bound = inspect.signature(module.forward).bind(*args, **kwargs)
        mask = bound.arguments.get(name) if keep else None
        if bias is not None:
            mask = bias if mask is None else mask + bias
        bound.arguments[name] = mask
        return bound.args, bound.kwargs

    return hook


def change_heads(factors: torch.Tensor):
    """A hook that multiplies the heads [H, Q|1, 1] in what the output projection gets, [B, Q, H * D]."""

    def hook(_, args):
        split = args[0].view(*args[0].shape[:-1], HEADS, -1)
        return ((split * factors.transpose(0, 1)).flatten(-2),)

    return hook


def layer_of(tensor: torch.Tensor | None, layer: int) -> torch.Tensor | None:
    """A leading dimension of 1 stands for all layers."""
    return None if tensor is None else tensor[0 if len(tensor) == 1 else layer]


def reference(family: str, model, call, switches: dict[str, torch.Tensor]) -> list[torch.Tensor]:
    """The outputs of `call` with the switches set."""
    hooks = []
    for kind, layers in modules(family, model).items():
        given = {name.rsplit(".", 1)[1]: value for name, value in switches.items() if name.startswith(f"switch.{kind}.")}
        keep = bool(given.get("own_mask", torch.tensor(True)))
        factors = given.get("heads", torch.ones(1, HEADS, 1, 1)) * given.get("connection", torch.ones(1))
        for index, (attention, name, projection) in enumerate(layers):
            bias = layer_of(given.get("bias"), index)
            hooks.append(attention.register_forward_pre_hook(change_mask(name, keep, bias), with_kwargs=True))
            per_layer = layer_of(factors, index).expand(HEADS, -1, -1)
            hooks.append(projection.register_forward_pre_hook(change_heads(per_layer)))
    with torch.no_grad():
        out = call()
    for hook in hooks:
        hook.remove()
    return list(out) if isinstance(out, tuple) else [out]


def triangle(queries: int, keys: int, window: int | None = None) -> torch.Tensor:
    """[1, 1, 1, Q, K] causal, the last query at the last key; within a window of so many keys."""
    distance = torch.arange(keys - queries, keys)[:, None] - torch.arange(keys)[None, :]
    allowed = (distance >= 0) & (distance < (window or keys))
    return torch.where(allowed, 0.0, LOWEST)[None, None, None]


def cases(kinds: list[str], queries: int, keys: dict[str, int]) -> dict[str, dict[str, torch.Tensor]]:
    """name -> switches that are not at rest"""
    off = torch.tensor([False])
    out: dict[str, dict[str, torch.Tensor]] = {"rest": {}}
    for kind in kinds:
        name, width = f"switch.{kind}.", keys[kind]
        out |= {
            f"{kind} without its own mask": {name + "own_mask": off},
            f"{kind} with a bias for each layer, head, query and key": {name + "bias": torch.randn(LAYERS, BATCH, HEADS, queries, width)},
            f"{kind} heads": {name + "heads": torch.tensor([[0.0, 1.0], [1.5, -0.5]])[:, :, None, None]},
            f"{kind} heads of one query": {name + "heads": torch.rand(1, 1, queries, 1)},
        }
        if kind == "cross":
            out["cross cut"] = {"switch.cross.connection": torch.zeros(1)}
            out["cross cut, heads set"] = out["cross cut"] | {name + "heads": torch.full((1, 1, 1, 1), 3.0)}
        else:
            causal = {name + "own_mask": off, name + "bias": triangle(queries, width)}
            out[f"{kind} causal"] = causal
            out[f"{kind} window"] = causal | {name + "bias": triangle(queries, width, 2)}
    return out


def padded(length: int, left: bool = False) -> torch.Tensor:
    """The second row has two places less."""
    mask = torch.ones(BATCH, length, dtype=torch.long)
    mask[1, :2 if left else None] = 0 if left else mask[1]
    if not left:
        mask[1, -2:] = 0
    return mask


def setup(graph: str) -> tuple[str, object, list[tuple]]:
    """family, model, and runs of (name, feeds by name, call, queries, keys by kind)."""
    family = graph if graph == "t5_encoder" else graph.split("_")[0]
    model = graphs.build("t5" if family == "t5_encoder" else family, "eager")
    model.eval()
    torch.manual_seed(1)
    words, mask = graphs.ids(LENGTH), padded(LENGTH)
    if family in ("bert", "t5_encoder"):
        part = graphs.Encoder(model if family == "bert" else model.get_encoder()).eval()
        return family, model, [("text", {"input_ids": words, "attention_mask": mask}, lambda: part(words, mask), LENGTH, {"self": LENGTH})]
    if family == "gpt2":
        mask = padded(PAST + LENGTH, left=True)
        positions = torch.arange(PAST, PAST + LENGTH)[None].repeat(BATCH, 1)
        past = {n: torch.randn(BATCH, HEADS, PAST, WIDTH // HEADS) for n in graphs.cache_names("past_key_values", "")}
        part = graphs.Decoder(model).eval()
        feeds = {"input_ids": words, "attention_mask": mask, "position_ids": positions, **past}
        return family, model, [("text", feeds, lambda: part(words, mask, positions, *past.values()), LENGTH, {"self": PAST + LENGTH})]
    source, encoded = padded(SOURCE), torch.randn(BATCH, SOURCE, WIDTH)
    size = getattr(model.config, "d_kv", WIDTH // HEADS)
    names = [n for part in (".decoder", ".encoder") for n in graphs.cache_names("past_key_values", part)]
    past = {n: torch.randn(BATCH, HEADS, SOURCE if ".encoder." in n else PAST, size) for n in names}
    feeds = {"encoder_attention_mask": source, "encoder_hidden_states": encoded, **past}
    first, later, word = graphs.Bridge(model, False).eval(), graphs.Bridge(model, True).eval(), words[:, :1]
    flag = torch.tensor
    return family, model, [
        ("first step", feeds | {"input_ids": words, "use_cache_branch": flag([False])}, lambda: first(source, words, encoded), LENGTH,
         {"decoder_self": LENGTH, "cross": SOURCE}),
        ("later step", feeds | {"input_ids": word, "use_cache_branch": flag([True])}, lambda: later(source, word, encoded, *past.values()), 1,
         {"decoder_self": PAST + 1, "cross": SOURCE}),
    ]


def packed(tensor: torch.Tensor) -> dict:
    """As the test feeds it."""
    types = {torch.float32: "float32", torch.int64: "int64", torch.bool: "bool"}
    values = tensor.flatten().tolist()
    if tensor.dtype == torch.float32:
        values = [float(f"{v:.9g}") for v in values]
    return {"type": types[tensor.dtype], "dims": list(tensor.shape), "data": values}


def check(graph: str, tool: str) -> None:
    """Write one fixture."""
    family, model, runs = setup(graph)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "switched.onnx"
        told = json.loads(subprocess.run([tool, FIXTURES / "onnx" / f"{graph}.onnx", path], check=True, capture_output=True).stdout)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    rest = {s["name"]: np.full(s["rest_dims"], s["rest"], "float32" if s["type"] == 1 else "bool") for s in told["switches"]}
    written, worst, moved = [], 0.0, set()
    for run_name, feeds, call, queries, keys in runs:
        plain = reference(family, model, call, {})
        made = []
        for name, switches in cases(list(keys), queries, keys).items():
            expected = reference(family, model, call, switches)
            outputs = [o.name for o in session.get_outputs()][: len(expected)]
            inputs = {k: v.numpy() for k, v in feeds.items()} | rest | {k: v.numpy() for k, v in switches.items()}
            got = session.run(outputs, inputs)
            apart = max(float(np.abs(a.numpy() - b).max()) for a, b in zip(expected, got, strict=True))
            worst = max(worst, apart)
            if apart > TOLERANCE:
                raise SystemExit(f"{graph}, {run_name}, {name}: {apart} apart")
            if float((expected[0] - plain[0]).abs().max()) > 100 * TOLERANCE:
                moved.add(name)
            made.append({"name": name, "switches": {k: packed(v) for k, v in switches.items()}, "expected": packed(expected[0])["data"]})
        written.append({"name": run_name, "output": outputs[0], "feeds": {k: packed(v) for k, v in feeds.items()}, "cases": made})
    still = {c["name"] for r in written for c in r["cases"]} - moved - {"rest"}
    # Causal is what these are: a decoder's own mask without its padding (T5 and BART have none) changes nothing.
    still -= {"decoder_self causal"}
    if still:
        raise SystemExit(f"{graph}: these change nothing and so test nothing: {still}")
    FIXTURES.joinpath("switches").mkdir(exist_ok=True)
    head = {"versions": versions(), "graph": f"{graph}.onnx", "switches": told["switches"]}
    lines = [f"{dump(k)}:{dump(v)}" for k, v in head.items()]
    runs_text = '"runs":[\n' + ",\n".join(map(dump, written)) + "\n]"
    text = "{\n" + ",\n".join([*lines, runs_text]) + "\n}\n"
    (FIXTURES / "switches" / f"{graph}.json").write_text(text, encoding="utf-8")
    print(f"{graph}: {sum(len(r['cases']) for r in written)} cases, at most {worst:.1e} apart, {len(text):,} bytes")


def main() -> None:
    """All graphs of float weights; quantized ones have no reference of their own."""
    for graph in ("bert_opset14", "bert_dynamo", "gpt2_opset14", "gpt2_sdpa", "t5_encoder", "t5_merged", "bart_merged"):
        check(graph, sys.argv[1])


if __name__ == "__main__":
    main()
