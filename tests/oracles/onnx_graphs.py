"""Tiny random models as several exporters write them, for tests/onnx: tests/fixtures/onnx/*.onnx.

Needs torch, transformers, onnx, onnxscript and onnxruntime (versions are printed and kept in fixtures/onnx/versions.json).
Only the structure is tested, so names are shortened and documentation is dropped; names of inputs and outputs stay.
"""

import copy
import json
import tempfile
import warnings
from pathlib import Path

import onnx
import onnxruntime
import torch
import transformers
from onnx import TensorProto, helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    BertConfig,
    BertForMaskedLM,
    DynamicCache,
    EncoderDecoderCache,
    GPT2Config,
    GPT2LMHeadModel,
    T5Config,
    T5ForConditionalGeneration,
)

warnings.filterwarnings("ignore")
FOLDER = Path(__file__).parents[1] / "fixtures" / "onnx"
LAYERS, HEADS, WIDTH, VOCABULARY = 2, 2, 8, 12
BATCH, LENGTH, PAST, SOURCE = 2, 5, 3, 7


def build(name: str, attention: str):
    """A model with weights of its own, no two tensors alike."""
    torch.manual_seed(0)
    if name == "bert":
        settings = BertConfig(vocab_size=VOCABULARY, hidden_size=WIDTH, num_hidden_layers=LAYERS, num_attention_heads=HEADS,
                              intermediate_size=16, max_position_embeddings=16)
        model = BertForMaskedLM._from_config(settings, attn_implementation=attention)
    elif name == "gpt2":
        settings = GPT2Config(vocab_size=VOCABULARY, n_embd=WIDTH, n_layer=LAYERS, n_head=HEADS, n_inner=16, n_positions=16, bos_token_id=1,
                              eos_token_id=1)
        model = GPT2LMHeadModel._from_config(settings, attn_implementation=attention)
    elif name == "t5":
        settings = T5Config(vocab_size=VOCABULARY, d_model=WIDTH, d_kv=6, d_ff=16, num_layers=LAYERS, num_heads=HEADS)
        model = T5ForConditionalGeneration._from_config(settings, attn_implementation=attention)
    else:
        settings = BartConfig(vocab_size=VOCABULARY, d_model=WIDTH, encoder_layers=LAYERS, decoder_layers=LAYERS,
                              encoder_attention_heads=HEADS, decoder_attention_heads=HEADS, encoder_ffn_dim=16,
                              decoder_ffn_dim=16, max_position_embeddings=16, pad_token_id=1, bos_token_id=0, eos_token_id=2)
        model = BartForConditionalGeneration._from_config(settings, attn_implementation=attention)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return model.eval()


def flat(cache: DynamicCache) -> list[torch.Tensor]:
    """key, value, key, value, ..."""
    return [tensor for layer in cache.layers for tensor in (layer.keys, layer.values)]


def pairs(tensors: tuple[torch.Tensor, ...]) -> DynamicCache:
    """The other way round."""
    return DynamicCache([(tensors[i], tensors[i + 1]) for i in range(0, len(tensors), 2)])


class Encoder(torch.nn.Module):
    """input_ids, attention_mask -> logits or last_hidden_state"""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, mask):
        """First output."""
        return self.model(input_ids=ids, attention_mask=mask)[0]


class Decoder(torch.nn.Module):
    """With past."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, mask, positions, *past):
        """logits, present"""
        out = self.model(input_ids=ids, attention_mask=mask, position_ids=positions, past_key_values=pairs(past), use_cache=True)
        return out.logits, *flat(out.past_key_values)


class Bridge(torch.nn.Module):
    """The decoder of an encoder-decoder, before there is a past, or after."""

    def __init__(self, model, later: bool):
        super().__init__()
        self.model, self.later = model, later

    def forward(self, mask, ids, encoded, *past):
        """logits, present (the source's keys and values in the first step only)"""
        cache = EncoderDecoderCache(pairs(past[: 2 * LAYERS]), pairs(past[2 * LAYERS :]))
        if self.later:
            cache.is_updated = dict.fromkeys(range(LAYERS), True)
        out = self.model(attention_mask=mask, decoder_input_ids=ids, encoder_outputs=(encoded,), past_key_values=cache, use_cache=True)
        own, source = flat(out.past_key_values.self_attention_cache), flat(out.past_key_values.cross_attention_cache)
        return (out.logits, *own) if self.later else (out.logits, *own, *source)


def trace(module, arguments, inputs, outputs, axes, opset, dynamo=False) -> onnx.ModelProto:
    """Export."""
    module.eval()  # else the exporter leaves what is inside in training, dropout and all, for the next export
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        extra = {"external_data": False, "verbose": False} if dynamo else {"do_constant_folding": True}
        torch.onnx.export(module, arguments, path, input_names=inputs, output_names=outputs, dynamic_axes=axes,
                          opset_version=opset, dynamo=dynamo, **extra)
        return onnx.load(path)


def ids(length: int) -> torch.Tensor:
    """Any words."""
    return torch.randint(3, VOCABULARY, (BATCH, length))


def ones(length: int) -> torch.Tensor:
    """Nothing masked."""
    return torch.ones(BATCH, length, dtype=torch.long)


def cache_names(kind: str, *parts: str) -> list[str]:
    """past_key_values.0.decoder.key, ..."""
    return [f"{kind}.{i}{part}.{what}" for part in parts for i in range(LAYERS) for what in ("key", "value")]


def encoder(model, output: str, opset: int, dynamo=False) -> onnx.ModelProto:
    """BERT, or the encoder of a T5."""
    axes = {name: {0: "batch", 1: "sequence"} for name in ("input_ids", "attention_mask", output)}
    return trace(Encoder(model), (ids(LENGTH), ones(LENGTH)), ["input_ids", "attention_mask"], [output], axes, opset, dynamo)


def decoder(model, opset: int) -> onnx.ModelProto:
    """GPT-2 with past."""
    past, present = cache_names("past_key_values", ""), cache_names("present", "")
    axes = {name: {0: "batch", 1: "sequence"} for name in ("input_ids", "position_ids", "logits")} | {"attention_mask": {0: "batch", 1: "total"}}
    axes |= {name: {0: "batch", 2: "past"} for name in past} | {name: {0: "batch", 2: "total"} for name in present}
    tensors = [torch.randn(BATCH, HEADS, PAST, WIDTH // HEADS) for _ in past]
    positions = torch.arange(PAST, PAST + LENGTH)[None].repeat(BATCH, 1)
    return trace(Decoder(model), (ids(LENGTH), ones(PAST + LENGTH), positions, *tensors),
                 ["input_ids", "attention_mask", "position_ids", *past], ["logits", *present], axes, opset)


def bridge(model, opset: int, later: bool) -> onnx.ModelProto:
    """One of the two decoders of a T5 or BART."""
    own, source = cache_names("present", ".decoder"), cache_names("present", ".encoder")
    outputs = ["logits", *own] if later else ["logits", *own, *source]
    past = [name.replace("present", "past_key_values") for name in (*own, *source)] if later else []
    inputs = ["encoder_attention_mask", "input_ids", "encoder_hidden_states"]
    # One name for lengths that differ would let the runtime take one buffer for both.
    axes = {name: {0: "batch", 2: "source" if ".encoder." in name else "past" if name in past else "total"} for name in (*outputs[1:], *past)}
    axes |= {"encoder_attention_mask": {0: "batch", 1: "source"}, "encoder_hidden_states": {0: "batch", 1: "source"},
             "input_ids": {0: "batch", 1: "sequence"}, "logits": {0: "batch", 1: "sequence"}}
    size = getattr(model.config, "d_kv", WIDTH // HEADS)
    tensors = [torch.randn(BATCH, HEADS, SOURCE if ".encoder." in name else PAST, size) for name in past]
    arguments = ones(SOURCE), ids(1 if later else LENGTH), torch.randn(BATCH, SOURCE, WIDTH), *tensors
    return trace(Bridge(model, later), arguments, [*inputs, *past], outputs, axes, opset)


def merged(first: onnx.ModelProto, later: onnx.ModelProto) -> onnx.ModelProto:
    """Both in one graph under an If, as Optimum's merge_decoders does it."""
    names = {output.name: output for output in first.graph.output}
    inputs = {value.name: value for graph in (later.graph, first.graph) for value in graph.input}
    given = {output.name: output for output in later.graph.output}
    for name in names:
        if name not in given:
            later.graph.node.append(helper.make_node("Identity", [name.replace("present", "past_key_values")], [name]))
    later_outputs = [copy.deepcopy(given.get(name, names[name])) for name in names]
    del later.graph.output[:]
    later.graph.output.extend(later_outputs)
    shared = share_initializers(first, later)
    for branch in (first.graph, later.graph):
        del branch.input[:]
    node = helper.make_node("If", ["use_cache_branch"], list(names), name="optimum::if", then_branch=later.graph, else_branch=first.graph)
    flag = helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1])
    graph = helper.make_graph([node], "merged", [*map(copy.deepcopy, inputs.values()), flag], list(names.values()), initializer=shared)
    return helper.make_model(graph, opset_imports=first.opset_import, ir_version=first.ir_version, producer_name="optimum-onnx")


def share_initializers(*models: onnx.ModelProto) -> list[TensorProto]:
    """Take the initializers out of the branches; equal ones become one."""
    shared: dict[tuple, TensorProto] = {}
    for index, model in enumerate(models):
        renamed = {}
        for tensor in model.graph.initializer:
            kept = copy.deepcopy(tensor)
            kept.name = f"b{index}.{tensor.name}"
            key = tensor.data_type, tuple(tensor.dims), onnx.numpy_helper.to_array(tensor).tobytes()
            renamed[tensor.name] = shared.setdefault(key, kept).name
        del model.graph.initializer[:]
        for node in model.graph.node:
            node.input[:] = [renamed.get(name, name) for name in node.input]
    return list(shared.values())


def shorten(model: onnx.ModelProto) -> onnx.ModelProto:
    """Short inner names, no documentation."""
    keep = {value.name for value in (*model.graph.input, *model.graph.output)}
    short: dict[str, str] = {}

    def rename(name: str) -> str:
        return name if name in keep or not name else short.setdefault(name, f"v{len(short)}")

    def visit(graph: onnx.GraphProto) -> None:
        del graph.value_info[:], graph.metadata_props[:]
        for tensor in graph.initializer:
            tensor.name = rename(tensor.name)
        for value in (*graph.input, *graph.output):
            value.name = rename(value.name)
        for node in graph.node:
            node.ClearField("name"), node.ClearField("doc_string")
            del node.metadata_props[:]
            node.input[:], node.output[:] = map(rename, node.input), map(rename, node.output)
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.GRAPH:
                    visit(attribute.g)

    visit(model.graph)
    del model.metadata_props[:]
    onnx.checker.check_model(model)
    return model


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """Weights as f16 with a Cast to f32 behind each, as the bundled models have them."""
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            array, name = onnx.numpy_helper.to_array(tensor), tensor.name
            tensor.CopyFrom(onnx.numpy_helper.from_array(array.astype("float16"), f"{name}.f16"))
            casts.append(helper.make_node("Cast", [f"{name}.f16"], [name], to=TensorProto.FLOAT))
    nodes = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*casts, *nodes])
    return model


def through_files(model: onnx.ModelProto, change) -> onnx.ModelProto:
    """For tools that read and write files."""
    with tempfile.TemporaryDirectory() as folder:
        before, after = Path(folder) / "before.onnx", Path(folder) / "after.onnx"
        onnx.save(model, before)
        change(before, after)
        return onnx.load(after)


def fuse(before: Path, after: Path) -> None:
    """ONNX Runtime's own optimizer, which puts fused operators of com.microsoft in place of the attention."""
    from onnxruntime.transformers import optimizer

    optimizer.optimize_model(str(before), "bert", num_heads=HEADS, hidden_size=WIDTH, opt_level=0).save_model_to_file(str(after))


def main() -> None:
    """Write the fixtures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    bert, t5, bart = build("bert", "eager"), build("t5", "sdpa"), build("bart", "eager")
    graphs = {
        "bert_opset14": encoder(bert, "logits", 14),
        "bert_half": halved(encoder(build("bert", "sdpa"), "logits", 17)),
        "bert_dynamo": encoder(bert, "logits", 18, dynamo=True),
        "bert_quantized": through_files(encoder(bert, "logits", 17),
                                        lambda a, b: quantize_dynamic(a, b, weight_type=QuantType.QInt8)),
        "bert_fused": through_files(encoder(bert, "logits", 17), fuse),
        "gpt2_opset14": decoder(build("gpt2", "eager"), 14),
        "gpt2_sdpa": decoder(build("gpt2", "sdpa"), 17),
        "t5_encoder": encoder(t5.get_encoder(), "last_hidden_state", 17),
        "t5_merged": merged(bridge(t5, 17, False), bridge(t5, 17, True)),
        "bart_merged": merged(bridge(bart, 14, False), bridge(bart, 14, True)),
    }
    for name, model in graphs.items():
        path = FOLDER / f"{name}.onnx"
        onnx.save(shorten(model), path)
        print(f"{path.name}: {path.stat().st_size:,} bytes")
    versions = {"torch": torch.__version__.split("+")[0], "transformers": transformers.__version__, "onnx": onnx.__version__,
                "onnxruntime": onnxruntime.__version__}
    (FOLDER / "versions.json").write_text(json.dumps(versions, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
