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

from .. import models, paths, t5_tasks
from . import edit, graphs, simplify, weights

OPSET = 17
Known = dict[bytes, weights.Stored]
Axes = dict[str, dict[int, str]]


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


def save(model: onnx.ModelProto, known: Known, path: Path) -> None:
    """Store the weights small, check and write."""
    weights.store(model, known)
    model.producer_name, model.producer_version = "trilens", "2"
    model.doc_string = "weights: int8 times an f32 scale per output channel, or f16; f32 once loaded"
    onnx.checker.check_model(model, full_check=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, path)


def ids(model: PreTrainedModel, *shape: int) -> Tensor:
    """Example ids."""
    return torch.randint(5, model.config.vocab_size, shape)


def head_size(model: PreTrainedModel) -> int:
    """Numbers of a key; T5 says it itself, and it need not be width / heads."""
    config = model.config
    return getattr(config, "d_kv", None) or config.hidden_size // config.num_attention_heads


def example_past(model: PreTrainedModel, count: int, length: int) -> tuple[Tensor, ...]:
    """Example keys and values."""
    shape = 2, model.config.num_attention_heads, length, head_size(model)
    return tuple(torch.randn(shape) for _ in range(count))


def export_bert(model: PreTrainedModel, known: Known, folder: Path) -> None:
    """model.onnx"""
    inputs = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {name: {0: "batch_size", 1: "sequence_length"} for name in [*inputs, "logits"]}
    ones = torch.ones(2, 7, dtype=torch.long)
    arguments = ids(model, 2, 7), ones, torch.zeros_like(ones)
    save(
        trace(graphs.BertGraph(model), arguments, (inputs, ["logits"]), axes),
        known,
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


def export_gpt2(model: PreTrainedModel, known: Known, folder: Path) -> None:
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
    ones = torch.ones(2, 8, dtype=torch.long)
    arguments = (ids(model, 2, 5), ones, positions, *example_past(model, len(past), 3))
    traced = trace(graphs.Gpt2Graph(model), arguments, (inputs + past, ["logits", *present]), axes)
    save(traced, known, folder / "model.onnx")


def export_t5(model: PreTrainedModel, known: Known, folder: Path) -> None:
    """encoder_model.onnx and decoder_model_merged.onnx."""
    encoder = {0: "batch_size", 1: "encoder_sequence_length"}
    mask = torch.ones(2, 6, dtype=torch.long)
    save(
        trace(
            graphs.T5EncoderGraph(model),
            (ids(model, 2, 6), mask),
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
    graph, memory = graphs.T5DecoderGraph(model), torch.randn(2, 6, model.config.hidden_size)
    first = trace(graph, (mask, ids(model, 2, 4), memory), (inputs, ["logits", *present]), axes)
    kept = [name for name in present if ".decoder." in name]
    keys = [example_past(model, 1, 6 if "encoder" in name else 3)[0] for name in past]
    later = trace(graph, (mask, ids(model, 2, 4), memory, *keys), (inputs + past, ["logits", *kept]), axes)
    save(edit.merge_decoders(first, later), known, folder / "decoder_model_merged.onnx")


# As T5's own config.json names its tasks; a program that adds a prefix finds here what there is.
T5_TASKS = {
    "translation_en_to_fr": {"prefix": t5_tasks.INTO_FRENCH, "num_beams": 4},
    "translation_fr_to_en": {"prefix": t5_tasks.INTO_ENGLISH, "num_beams": 4},
    "summarization": {"prefix": t5_tasks.SUMMARIZE},
    "question_answering": {"prefix": t5_tasks.QUESTION},
    "correction": {"prefix": t5_tasks.CORRECT},
    "sentiment": {"prefix": t5_tasks.SENTIMENT},
}


def write_configs(family: str, model: PreTrainedModel, folder: Path) -> None:
    """config.json and generation_config.json."""
    model.config.architectures = [type(model).__name__]
    if family == "t5":
        model.config.task_specific_params = T5_TASKS
    model.config.save_pretrained(folder)
    if family == "bert":
        return
    end = model.config.eos_token_id
    settings = {
        "gpt2": {"bos_token_id": end, "eos_token_id": end, "pad_token_id": end},
        "t5": {"decoder_start_token_id": 0, "eos_token_id": 1, "pad_token_id": 0},
    }[family]
    GenerationConfig(**settings).save_pretrained(folder)


def export(family: str, model: PreTrainedModel) -> PreTrainedModel:
    """Everything but the tokenizer and the card. Returns the model with the weights that the files hold."""
    folder = paths.assets(family)
    folder.mkdir(parents=True, exist_ok=True)
    known = weights.round_to_shipped(model.eval())
    write_configs(family, model, folder)
    shutil.rmtree(folder / "onnx", ignore_errors=True)
    {"bert": export_bert, "gpt2": export_gpt2, "t5": export_t5}[family](model, known, folder / "onnx")
    sizes = {path.name: path.stat().st_size for path in sorted((folder / "onnx").iterdir())}
    print(json.dumps({"model": folder.name, "parameters": models.parameters(model), "bytes": sizes}))
    return model
