"""Export a model to a folder in the Hub's layout."""

import copy
import json
import shutil
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn
from transformers import GenerationConfig, PreTrainedModel

from .. import models, objectives, paths
from . import edit, graphs, simplify

OPSET = 17
Axes = dict[str, dict[int, str]]


def rounded(model: PreTrainedModel) -> PreTrainedModel:
    """The model with every weight rounded to f16, held in f32: the weights that are shipped and compared
    with."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(parameter.half().float())
    return model.eval()


def trace(
    graph: nn.Module, arguments: tuple[Tensor, ...], names: tuple[list[str], list[str]], axes: Axes
) -> onnx.ModelProto:
    """Plain operators, dynamic axes."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = Path(folder) / "model.onnx"
        torch.onnx.export(
            graph.eval(),
            arguments,
            path,
            input_names=names[0],
            output_names=names[1],
            dynamic_axes=axes,
            opset_version=OPSET,
            do_constant_folding=True,
            dynamo=False,
        )
        traced = edit.without_identities(onnx.load(path))
    return simplify.simplify(traced, feeds(traced))


def feeds(model: onnx.ModelProto) -> simplify.Feeds:
    """Inputs of several sizes for a traced graph, made from the names of its dimensions."""
    made = []
    for batch, sequence, past, encoder in ((2, 5, 3, 7), (3, 11, 0, 6), (1, 1, 8, 9)):
        sizes = {
            "batch_size": batch,
            "sequence_length": sequence,
            "past_sequence_length": past,
            "decoder_sequence_length": sequence,
            "past_decoder_sequence_length": past,
            "encoder_sequence_length": encoder,
        }
        feed = {}
        for value in model.graph.input:
            kind = value.type.tensor_type
            shape = [
                dim.dim_value or sum(sizes[name] for name in dim.dim_param.split(" + "))
                for dim in kind.shape.dim
            ]
            ones = np.ones(shape, onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type))
            feed[value.name] = ones
        made.append(feed)
    return made


def known_weights(model: PreTrainedModel) -> dict[bytes, str]:
    """Bytes of each weight -> its name, so that the file uses PyTorch's names."""
    return {parameter.detach().numpy().tobytes(): name for name, parameter in model.named_parameters()}


def save(model: onnx.ModelProto, known: dict[bytes, str], path: Path) -> None:
    """Store the weights small, check and write."""
    edit.to_half(model, known)
    model.producer_name, model.producer_version = "trilens", "1"
    model.doc_string = "weights: f16, cast to f32 when loaded"
    onnx.checker.check_model(model, full_check=True)
    path.parent.mkdir(exist_ok=True)
    onnx.save(model, path)


def ids(*shape: int) -> Tensor:
    """Example ids."""
    return torch.randint(5, 4000, shape)


def example_past(count: int, length: int) -> tuple[Tensor, ...]:
    """Example keys and values."""
    return tuple(torch.randn(2, models.HEADS, length, models.WIDTH // models.HEADS) for _ in range(count))


def export_bert(model: PreTrainedModel, folder: Path) -> None:
    """model.onnx"""
    inputs = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {name: {0: "batch_size", 1: "sequence_length"} for name in [*inputs, "logits"]}
    arguments = ids(2, 7), torch.ones(2, 7, dtype=torch.long), torch.zeros(2, 7, dtype=torch.long)
    save(
        trace(graphs.BertGraph(model), arguments, (inputs, ["logits"]), axes),
        known_weights(model),
        folder / "model.onnx",
    )


class PlainConv1D(nn.Module):
    """GPT-2's Conv1D as a product and a sum, instead of flattening, Gemm and unflattening."""

    def __init__(self, layer: nn.Module):
        super().__init__()
        self.weight, self.bias = layer.weight, layer.bias

    def forward(self, hidden: Tensor) -> Tensor:
        """[B,S,in] -> [B,S,out]"""
        return torch.matmul(hidden, self.weight) + self.bias


def export_gpt2(model: PreTrainedModel, folder: Path) -> None:
    """model.onnx with past; works with a past of length 0."""
    model = copy.deepcopy(model)
    for block in model.transformer.h:
        block.attn.c_attn, block.attn.c_proj = PlainConv1D(block.attn.c_attn), PlainConv1D(block.attn.c_proj)
        block.mlp.c_fc, block.mlp.c_proj = PlainConv1D(block.mlp.c_fc), PlainConv1D(block.mlp.c_proj)
    layers = range(model.config.n_layer)
    past = [f"past_key_values.{i}.{kind}" for i in layers for kind in ("key", "value")]
    present = [f"present.{i}.{kind}" for i in layers for kind in ("key", "value")]
    axes = {
        "input_ids": {0: "batch_size", 1: "sequence_length"},
        "position_ids": {0: "batch_size", 1: "sequence_length"},
        "attention_mask": {0: "batch_size", 1: "past_sequence_length + sequence_length"},
        "logits": {0: "batch_size", 1: "sequence_length"},
    }
    axes |= {name: {0: "batch_size", 2: "past_sequence_length"} for name in past}
    axes |= {name: {0: "batch_size", 2: "past_sequence_length + sequence_length"} for name in present}
    inputs = ["input_ids", "attention_mask", "position_ids"]
    positions = torch.arange(3, 8)[None].repeat(2, 1)
    arguments = (ids(2, 5), torch.ones(2, 8, dtype=torch.long), positions, *example_past(len(past), 3))
    traced = trace(graphs.Gpt2Graph(model), arguments, (inputs + past, ["logits", *present]), axes)
    save(traced, known_weights(model), folder / "model.onnx")


def export_t5(model: PreTrainedModel, folder: Path) -> None:
    """encoder_model.onnx and decoder_model_merged.onnx."""
    known = known_weights(model)
    encoder = {0: "batch_size", 1: "encoder_sequence_length"}
    mask = torch.ones(2, 6, dtype=torch.long)
    save(
        trace(
            graphs.T5EncoderGraph(model),
            (ids(2, 6), mask),
            (["input_ids", "attention_mask"], ["last_hidden_state"]),
            dict.fromkeys(("input_ids", "attention_mask", "last_hidden_state"), encoder),
        ),
        known,
        folder / "encoder_model.onnx",
    )

    sides = [
        f"{i}.{side}.{kind}"
        for i in range(model.config.num_decoder_layers)
        for side in ("decoder", "encoder")
        for kind in ("key", "value")
    ]
    past = ["past_key_values." + name for name in sides]
    present = ["present." + name for name in sides]
    inputs = ["encoder_attention_mask", "input_ids", "encoder_hidden_states"]
    decoder = {0: "batch_size", 1: "decoder_sequence_length"}
    axes = {
        "encoder_attention_mask": encoder,
        "encoder_hidden_states": encoder,
        "input_ids": decoder,
        "logits": decoder,
    }
    for name in sides:
        length = "encoder_sequence_length" if "encoder" in name else "past_decoder_sequence_length"
        grown = length if "encoder" in name else "past_decoder_sequence_length + decoder_sequence_length"
        axes["past_key_values." + name] = {0: "batch_size", 2: length}
        axes["present." + name] = {0: "batch_size", 2: grown}
    graph, memory = graphs.T5DecoderGraph(model), torch.randn(2, 6, models.WIDTH)
    first = trace(graph, (mask, ids(2, 4), memory), (inputs, ["logits", *present]), axes)
    kept = [name for name in present if ".decoder." in name]
    keys = [example_past(1, 6 if "encoder" in name else 3)[0] for name in past]
    later = trace(graph, (mask, ids(2, 4), memory, *keys), (inputs + past, ["logits", *kept]), axes)
    save(edit.merge_decoders(first, later), known, folder / "decoder_model_merged.onnx")


def write_configs(family: str, model: PreTrainedModel, folder: Path) -> None:
    """config.json and generation_config.json."""
    model.config.architectures = [type(model).__name__]
    if family == "t5":
        model.config.task_specific_params = {
            "translation_en_to_fr": {"prefix": objectives.PREFIX, "num_beams": 4}
        }
    model.config.save_pretrained(folder)
    if family == "bert":
        return
    settings = {
        "gpt2": {"bos_token_id": 4095, "eos_token_id": 4095, "pad_token_id": 4095},
        "t5": {"decoder_start_token_id": 0, "eos_token_id": 1, "pad_token_id": 0},
    }[family]
    GenerationConfig(**settings).save_pretrained(folder)


def export(family: str, model: PreTrainedModel) -> None:
    """Everything but the tokenizer and the card."""
    folder = paths.assets(family)
    model = rounded(model)
    write_configs(family, model, folder)
    shutil.rmtree(folder / "onnx", ignore_errors=True)
    {"bert": export_bert, "gpt2": export_gpt2, "t5": export_t5}[family](model, folder / "onnx")
    sizes = {path.name: path.stat().st_size for path in sorted((folder / "onnx").iterdir())}
    print(json.dumps({"model": folder.name, "parameters": models.parameters(model), "bytes": sizes}))
