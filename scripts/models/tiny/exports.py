"""From a model to the .onnx files of a hub folder, by the tools that hub files come from.

Optimum writes the fp32 files (opset and names are its own choice), as `optimum-cli export onnx` does; transformers.js's variants are
made by the same calls of ONNX Runtime's tools as in its scripts/quantize.py: fp16 with inputs and outputs left f32, then slimmed; q8 by
ONNXQuantizer with IntegerOps, also in the branches of an If; q4 by MatMulNBits in blocks of 32. torch.onnx writes what no Optimum stands before.
"""

import shutil
import tempfile
from pathlib import Path

import onnx
import onnxslim
import torch
import transformers as t
from onnxruntime.quantization import QuantizationMode, QuantType
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer
from onnxruntime.quantization.onnx_quantizer import ONNXQuantizer
from onnxruntime.quantization.registry import IntegerOpsRegistry
from onnxruntime.transformers import float16, optimizer
from optimum.exporters.onnx import onnx_export_from_model

from tiny.families import Checkpoint

SUFFIX = {"fp16": "fp16", "fp16_border": "fp16_border", "q8": "quantized", "q4": "q4", "O2": "O2"}
BATCH, LENGTH = 2, 7


def optimum(model: t.PreTrainedModel, checkpoint: Checkpoint, folder: Path) -> None:
    """All files that Optimum writes for the task, or those that are kept."""
    with tempfile.TemporaryDirectory() as scratch:
        onnx_export_from_model(model, scratch, task=checkpoint.task, do_validation=False)
        for path in sorted(Path(scratch).glob("*.onnx")):
            if not checkpoint.keep or path.stem in checkpoint.keep:
                shutil.copy(path, folder / path.name)
    missing = [name for name in checkpoint.keep if not (folder / f"{name}.onnx").exists()]
    assert not missing, f"Optimum did not write {missing} for {checkpoint.name}"


def half(model: onnx.ModelProto, keep_io_types: bool = True) -> onnx.ModelProto:
    """_fp16, and with f16 inputs and outputs too _fp16_border. Of a merged decoder the converter makes a file that ONNX Runtime refuses, and slimming it an empty one."""
    assert all(node.op_type != "If" for node in model.graph.node), "merged decoders cannot be converted"
    return onnxslim.slim(
        float16.convert_float_to_float16(
            model, keep_io_types=keep_io_types, op_block_list=float16.DEFAULT_OP_BLOCK_LIST
        )
    )


def integer(model: onnx.ModelProto) -> onnx.ModelProto:
    """_quantized"""
    quantizer = ONNXQuantizer(
        model,
        False,
        False,
        mode=QuantizationMode.IntegerOps,
        static=False,
        weight_qType=QuantType.QInt8,
        activation_qType=QuantType.QUInt8,
        tensors_range=None,
        nodes_to_quantize=[],
        nodes_to_exclude=[],
        op_types_to_quantize=set(IntegerOpsRegistry),
        extra_options={"EnableSubgraph": True, "MatMulConstBOnly": True},
    )
    quantizer.quantize_model()
    return quantizer.model.model


def four_bits(model: onnx.ModelProto) -> onnx.ModelProto:
    """_q4"""
    quantizer = MatMulNBitsQuantizer(model, bits=4, block_size=32, is_symmetric=True)
    quantizer.process()
    return quantizer.model.model


def fused(model: onnx.ModelProto, heads: int, width: int) -> onnx.ModelProto:
    """What `optimum-cli export onnx --optimize O2` leaves of a BERT: attention in one operator of com.microsoft."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "model.onnx"
        onnx.save(model, path)
        result = optimizer.optimize_model(str(path), "bert", num_heads=heads, hidden_size=width, opt_level=0)
        return result.model


def variants(model: t.PreTrainedModel, checkpoint: Checkpoint, folder: Path) -> None:
    """Those that the checkpoint asks for, "model:q8"."""
    for wanted in checkpoint.also:
        stem, kind = wanted.split(":")
        source = onnx.load(folder / f"{stem}.onnx")
        if kind == "O2":
            made = fused(source, model.config.num_attention_heads, model.config.hidden_size)
        else:
            made = {"fp16": half, "fp16_border": lambda m: half(m, keep_io_types=False), "q8": integer, "q4": four_bits}[kind](source)
        onnx.save(made, folder / f"{stem}_{SUFFIX[kind]}.onnx")


class Plain(torch.nn.Module):
    """input_ids, attention_mask -> logits: what a user's own few lines of torch.onnx.export come to."""

    def __init__(self, model: t.PreTrainedModel):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        """Without past."""
        extra = (
            {} if self.model.config.model_type in ("bert", "distilbert", "roberta") else {"use_cache": False}
        )
        return self.model(input_ids=input_ids, attention_mask=attention_mask, **extra).logits


def traced(model: t.PreTrainedModel, checkpoint: Checkpoint, folder: Path) -> None:
    """model_torchscript.onnx by the older exporter, model_dynamo.onnx (opset 18) and model_dynamo23.onnx by the newer one."""
    ids = torch.randint(5, 100, (BATCH, LENGTH))
    arguments = ids, torch.ones_like(ids)
    names = {"input_names": ["input_ids", "attention_mask"], "output_names": ["logits"]}
    # In evaluation mode itself: the older exporter puts the whole module back into the mode that it found, dropout and all.
    plain = Plain(model).eval()
    for how in checkpoint.traced:
        path = folder / f"model_{how}.onnx"
        if how == "torchscript":
            axes = {name: {0: "batch", 1: "sequence"} for name in ("input_ids", "attention_mask", "logits")}
            torch.onnx.export(
                plain, arguments, path, dynamo=False, opset_version=14, dynamic_axes=axes, **names
            )
        else:
            shape = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
            torch.onnx.export(
                plain,
                arguments,
                path,
                dynamo=True,
                external_data=False,
                verbose=False,
                opset_version=23 if how == "dynamo23" else 18,
                dynamic_shapes=(shape, shape),
                **names,
            )
        written = onnx.load(path)
        drop_stories(written.graph)
        del written.metadata_props[:]
        for function in written.functions:
            del function.metadata_props[:]
        onnx.save(written, path)


def drop_stories(graph: onnx.GraphProto) -> None:
    """The newer exporter keeps stack traces, with paths of this machine, in every node."""
    del graph.metadata_props[:]
    for value in (*graph.value_info, *graph.input, *graph.output, *graph.initializer):
        del value.metadata_props[:]
    for node in graph.node:
        node.ClearField("doc_string")
        del node.metadata_props[:]
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                drop_stories(attribute.g)
