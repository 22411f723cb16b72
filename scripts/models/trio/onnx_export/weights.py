"""How weights are stored in the files, and how they are read back.

Large matrices are int8 with one f32 scale for each output channel (a row of a vocabulary's embedding); what
is small or where rounding costs more than it saves (biases, norms, positions, token types, relative position
biases) is f16. Plain operators at the outer level make f32 of them, from initializers only, so that a runtime
computes them once, when it loads:

    NAME.f16 --Cast--> NAME
    NAME.i8 --Cast--> NAME.i8.f32 --Mul NAME.i8.scale--> NAME

NAME is PyTorch's; `.transposed` follows it where the file holds the matrix transposed. A Cast is exact and a
Mul is one rounded product of f32: every runtime, and `read` here, gets the same numbers.
"""

from dataclasses import dataclass

import numpy as np
import onnx
import torch
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from torch import nn
from transformers import PreTrainedModel
from transformers.pytorch_utils import Conv1D

from .edit import rename, subgraphs

SMALLEST = 64  # numbers; shorter constants stay as they are
MOST = 127  # of an int8; -128 is not used
CLIPPING = np.linspace(0.85, 1.0, 16)  # shares of a channel's largest number that are tried as its range


@dataclass(frozen=True)
class Stored:
    """One weight of PyTorch: `value` f32 is `steps` int8 times `scale` f32, or a number that f16 holds."""

    name: str
    value: np.ndarray
    steps: np.ndarray | None = None
    scale: np.ndarray | None = None

    def transposed(self) -> "Stored":
        """The same matrix the other way round."""
        parts = (self.value, self.steps, self.scale)
        turned = [None if part is None else np.ascontiguousarray(part.T) for part in parts]
        return Stored(self.name + ".transposed", *turned)


def dequantised(steps: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """What Cast and Mul make of them."""
    return steps.astype(np.float32) * scale.astype(np.float32)


def quantised(value: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """(int8 as `value`, f32 scale that broadcasts over it). Several ranges are tried for each channel along
    `axis`, each with the scale that fits its integers best; the smallest squared error wins."""
    other = 1 - axis
    exact = value.astype(np.float64)
    largest = np.abs(exact).max(axis=other, keepdims=True)
    largest[largest < np.finfo(np.float32).tiny * 256] = 1  # a channel of zeros
    best_steps = np.zeros(value.shape, np.int8)
    best_scale = np.ones(largest.shape, np.float32)
    best_error = np.full(largest.shape, np.inf)
    for share in CLIPPING:
        scale = largest * share / MOST
        steps = np.clip(np.rint(exact / scale), -MOST, MOST)
        square = (steps * steps).sum(axis=other, keepdims=True)
        fitted = (exact * steps).sum(axis=other, keepdims=True) / np.maximum(square, 1)
        scale = np.where(square > 0, fitted, scale).astype(np.float32)
        steps = np.clip(np.rint(exact / scale), -MOST, MOST)
        error = ((exact - dequantised(steps, scale)) ** 2).sum(axis=other, keepdims=True)
        better = error < best_error
        best_steps = np.where(better, steps, best_steps).astype(np.int8)
        best_scale, best_error = np.where(better, scale, best_scale), np.where(better, error, best_error)
    return best_steps, best_scale


def channel_axes(model: PreTrainedModel) -> dict[str, int]:
    """The names of the matrices that are stored as int8 -> the axis of their output channels."""
    axes = {}
    for module in model.modules():
        words = isinstance(module, nn.Embedding) and module.num_embeddings == model.config.vocab_size
        if isinstance(module, nn.Linear) or words:
            axes[id(module.weight)] = 0
        elif isinstance(module, Conv1D):
            axes[id(module.weight)] = 1
    return {name: axes[id(weight)] for name, weight in model.named_parameters() if id(weight) in axes}


@torch.no_grad()
def round_to_shipped(model: PreTrainedModel) -> dict[bytes, Stored]:
    """Round every weight, in place, to what the files hold; bytes of a rounded weight -> how it is stored."""
    axes, known = channel_axes(model), {}
    for name, parameter in model.named_parameters():
        exact = parameter.detach().float().numpy()
        if name in axes:
            steps, scale = quantised(exact, axes[name])
            stored = Stored(name, dequantised(steps, scale), steps, scale)
        else:
            stored = Stored(name, exact.astype(np.float16).astype(np.float32))
        parameter.copy_(torch.from_numpy(stored.value))
        known[stored.value.tobytes()] = stored
    return known


def cast(name: str, source: str, target: str) -> NodeProto:
    """To f32."""
    return helper.make_node("Cast", [source], [target], name=f"/weights/{name}/Cast", to=TensorProto.FLOAT)


def half(name: str, value: np.ndarray) -> tuple[list, list]:
    """Nodes and initializers of an f16 weight."""
    source = name + ".f16"
    return [cast(name, source, name)], [numpy_helper.from_array(value.astype(np.float16), source)]


def whole_numbers(stored: Stored) -> tuple[list, list]:
    """Nodes and initializers of an int8 weight."""
    name, steps, scale = stored.name, stored.name + ".i8", stored.name + ".i8.scale"
    whole = steps + ".f32"
    nodes = [
        cast(name, steps, whole),
        helper.make_node("Mul", [whole, scale], [name], name=f"/weights/{name}/Mul"),
    ]
    return nodes, [numpy_helper.from_array(stored.steps, steps), numpy_helper.from_array(stored.scale, scale)]


def found(value: np.ndarray, known: dict[bytes, Stored]) -> Stored | None:
    """The weight of PyTorch that a constant of the graph is, as it lies there."""
    if value.tobytes() in known:
        return known[value.tobytes()]
    turned = np.ascontiguousarray(value.T).tobytes() if value.ndim == 2 else b""
    return known[turned].transposed() if turned in known else None


def store(model: ModelProto, known: dict[bytes, Stored]) -> int:
    """Move the weights to the outer graph, each once, as the text above says. A weight that is another's
    transpose becomes a Transpose of it. Other constants become f16 where that holds them exactly. Returns the
    bytes of the weights."""
    taken: dict[bytes, str] = {}
    nodes, initializers, names = [], [], {}
    constants = [(g, tensor) for g in subgraphs(model.graph) for tensor in g.initializer]
    # A weight as PyTorch holds it comes before its transpose, so that the transpose can refer to it.
    constants.sort(key=lambda item: numpy_helper.to_array(item[1]).tobytes() not in known)
    for graph, tensor in constants:
        value = numpy_helper.to_array(tensor)
        if value.dtype != np.float32 or value.size < SMALLEST:
            continue
        stored = found(value, known)
        if stored is None and not np.array_equal(value, value.astype(np.float16)):
            continue
        graph.initializer.remove(tensor)
        key = value.tobytes()
        if key in taken:
            names[tensor.name] = taken[key]
            continue
        name = stored.name if stored is not None else tensor.name
        turned = np.ascontiguousarray(value.T).tobytes() if value.ndim == 2 else b""
        if turned in taken:
            added = (
                [
                    helper.make_node(
                        "Transpose", [taken[turned]], [name], name=f"/weights/{name}/Transpose", perm=[1, 0]
                    )
                ],
                [],
            )
        else:
            added = half(name, value) if stored is None or stored.steps is None else whole_numbers(stored)
        nodes, initializers = nodes + added[0], initializers + added[1]
        taken[key] = names[tensor.name] = name
    rename(model.graph, names)
    body = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend(nodes + body)
    model.graph.initializer.extend(initializers)
    return sum(len(tensor.raw_data) for tensor in initializers)


def read(model: ModelProto) -> dict[str, torch.Tensor]:
    """PyTorch's names -> weights in f32, as a runtime computes them."""
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    weights = {}
    for name, tensor in tensors.items():
        if name.endswith(".f16"):
            value, name = numpy_helper.to_array(tensor).astype(np.float32), name.removesuffix(".f16")
        elif name.endswith(".i8"):
            scale = numpy_helper.to_array(tensors[name + ".scale"])
            value = dequantised(numpy_helper.to_array(tensor), scale)
            name = name.removesuffix(".i8")
        else:
            continue
        if name.endswith(".transposed"):
            value, name = np.ascontiguousarray(value.T), name.removesuffix(".transposed")
        weights[name] = torch.from_numpy(value)
    return weights


def alone(model: ModelProto) -> ModelProto:
    """A model without inputs that gives out every stored weight, made by the file's own nodes."""
    nodes = [n for n in model.graph.node if n.name.startswith("/weights/") and n.op_type != "Transpose"]
    inside = {name for node in nodes for name in node.input}
    outputs = [node.output[0] for node in nodes if node.output[0] not in inside]
    tensors = [tensor for tensor in model.graph.initializer if tensor.name in inside]
    infos = [helper.make_empty_tensor_value_info(name) for name in outputs]
    graph = helper.make_graph(nodes, "weights", [], infos, tensors)
    made = helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
    return onnx.shape_inference.infer_shapes(made)
