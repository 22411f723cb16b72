"""Take out of a traced graph what only computes shapes, so that a pass over a short sentence is mostly its
mathematics.

Tracing leaves chains of Shape, Gather, Unsqueeze and Concat before each Reshape. `constant_reshapes` runs the
graph on inputs of several sizes and looks at what each Reshape is asked for: a number that never changes is
written down, one that always equals the same dimension of its input becomes 0 ("copy"), one remaining number
becomes -1 ("the rest"). The exporter's own check against PyTorch, on yet other sizes, confirms it.
"""

import numpy as np
import onnx
import onnxruntime
from onnx import ModelProto, NodeProto, helper, numpy_helper

Feeds = list[dict[str, np.ndarray]]


def run(model: ModelProto, outputs: list[str], feeds: Feeds) -> list[list[np.ndarray]]:
    """Values inside the graph, for each feed."""
    watched = ModelProto.FromString(model.SerializeToString())
    del watched.graph.output[:]
    watched.graph.output.extend(helper.make_empty_tensor_value_info(name) for name in outputs)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(
        watched.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return [session.run(outputs, feed) for feed in feeds]


def reshape_rule(asked: list[np.ndarray], shapes: list[tuple[int, ...]]) -> list[int] | None:
    """The constant that stands for what was asked for with inputs of these shapes; None if there is none."""
    rule = []
    for i in range(len(asked[0])):
        numbers = [int(shape[i]) for shape in asked]
        if len(set(numbers)) == 1 and numbers[0] != 0:
            rule.append(numbers[0])
        elif all(
            i < len(shape) and shape[i] == number for shape, number in zip(shapes, numbers, strict=True)
        ):
            rule.append(0)
        else:
            rule.append(-1)
    return rule if rule.count(-1) <= 1 else None


def constant_reshapes(model: ModelProto, feeds: Feeds) -> None:
    """Give every Reshape a constant shape, where it has one."""
    reshapes = [node for node in model.graph.node if node.op_type == "Reshape"]
    names = list(dict.fromkeys(name for node in reshapes for name in node.input))
    values = run(model, names, feeds)
    at = {name: i for i, name in enumerate(names)}
    for node in reshapes:
        asked = [row[at[node.input[1]]] for row in values]
        rule = reshape_rule(asked, [row[at[node.input[0]]].shape for row in values])
        if rule is not None:
            name = "shape_" + "_".join(map(str, rule)).replace("-", "minus")
            if all(tensor.name != name for tensor in model.graph.initializer):
                model.graph.initializer.append(numpy_helper.from_array(np.array(rule, np.int64), name))
            node.input[1] = name


def constants(model: ModelProto) -> dict[str, np.ndarray]:
    """Values known without running: initializers and Constant nodes."""
    known = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Constant":
            known[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    return known


def value_types(model: ModelProto) -> dict[str, int]:
    """The element type of every value that shape inference finds."""
    graph = onnx.shape_inference.infer_shapes(model).graph
    return {value.name: value.type.tensor_type.elem_type for value in [*graph.value_info, *graph.input]}


def changes_nothing(
    node: NodeProto, known: dict[str, np.ndarray], makers: dict[str, NodeProto], types: dict
) -> bool:
    """x * 1, a cast to x's own type, or x + zeros (T5's cross-attention has no position bias and adds zeros
    of the scores' own shape)."""
    if node.op_type == "Cast":
        return types.get(node.input[0]) == node.attribute[0].i
    if node.op_type == "Mul":
        return any(
            name in known and known[name].size == 1 and known[name].item() == 1 for name in node.input[1:]
        )
    if node.op_type == "Add" and node.input[1] in makers:
        maker = makers[node.input[1]]
        return maker.op_type == "ConstantOfShape" and not numpy_helper.to_array(maker.attribute[0].t).any()
    return False


def drop_no_ops(model: ModelProto) -> None:
    """Bypass what changes nothing."""
    known, types = constants(model), value_types(model)
    makers = {name: node for node in model.graph.node for name in node.output}
    names: dict[str, str] = {}
    kept = []
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = names.get(name, name)
        if changes_nothing(node, known, makers, types):
            names[node.output[0]] = node.input[0]
        else:
            kept.append(node)
    del model.graph.node[:]
    model.graph.node.extend(kept)


def share_constants(model: ModelProto) -> None:
    """Constant nodes become initializers, equal ones one."""
    taken: dict[tuple, str] = {}
    names: dict[str, str] = {}
    kept = []
    for node in model.graph.node:
        if node.op_type == "Constant":
            tensor = node.attribute[0].t
            value = numpy_helper.to_array(tensor)
            key = (tensor.data_type, value.shape, value.tobytes())
            if key not in taken:
                taken[key] = f"constant_{len(taken)}"
                model.graph.initializer.append(numpy_helper.from_array(value, taken[key]))
            names[node.output[0]] = taken[key]
            continue
        for i, name in enumerate(node.input):
            node.input[i] = names.get(name, name)
        kept.append(node)
    del model.graph.node[:]
    model.graph.node.extend(kept)


def drop_dead(model: ModelProto) -> None:
    """Remove nodes and initializers that no output needs."""
    needed = {value.name for value in model.graph.output}
    kept = []
    for node in reversed(model.graph.node):
        if needed & set(node.output):
            needed |= set(node.input)
            kept.append(node)
    del model.graph.node[:]
    model.graph.node.extend(reversed(kept))
    initializers = [tensor for tensor in model.graph.initializer if tensor.name in needed]
    del model.graph.initializer[:]
    model.graph.initializer.extend(initializers)
    del model.graph.value_info[:]


def simplify(model: ModelProto, feeds: Feeds) -> ModelProto:
    """All of the above; the graph computes the same."""
    constant_reshapes(model, feeds)
    drop_no_ops(model)
    share_constants(model)
    drop_dead(model)
    return onnx.shape_inference.infer_shapes(model)
