"""Edits on ONNX graphs: names, no-ops, the two decoders of T5 merged into one."""

import onnx
from onnx import GraphProto, ModelProto, TensorProto, helper


def subgraphs(graph: GraphProto) -> list[GraphProto]:
    """The graph and every graph inside its nodes."""
    found = [graph]
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                found += subgraphs(attribute.g)
    return found


def rename(graph: GraphProto, names: dict[str, str]) -> None:
    """Rename values wherever a node reads or writes them."""
    for node in graph.node:
        for values in (node.input, node.output):
            for i, name in enumerate(values):
                if name in names:
                    values[i] = names[name]
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                rename(attribute.g, names)
    for outputs in (graph.output, graph.input):
        for value in outputs:
            value.name = names.get(value.name, value.name)


def without_identities(model: ModelProto) -> ModelProto:
    """Bypass Identity nodes and casts to the type a Softmax already has; the attention stays
    MatMul-…-Softmax-MatMul."""
    graph = model.graph
    makers = {name: node for node in graph.node for name in node.output}
    outputs = {value.name for value in graph.output}
    names = {}
    for node in list(graph.node):
        maker = makers.get(node.input[0]) if node.input else None
        redundant = node.op_type == "Identity" or (
            node.op_type == "Cast"
            and maker is not None
            and maker.op_type == "Softmax"
            and node.attribute[0].i == TensorProto.FLOAT
        )
        if redundant and node.output[0] not in outputs:
            names[node.output[0]] = names.get(node.input[0], node.input[0])
            graph.node.remove(node)
    rename(graph, names)
    return model


def prefixed(graph: GraphProto, prefix: str) -> None:
    """Give every value that the graph makes itself (weights and nodes) a prefix; inputs keep their names."""
    own = [tensor.name for tensor in graph.initializer] + [
        name for node in graph.node for name in node.output if name
    ]
    rename(graph, {name: f"{prefix}/{name.removeprefix('/')}" for name in own})
    for tensor in graph.initializer:
        tensor.name = f"{prefix}/{tensor.name.removeprefix('/')}"
    for node in graph.node:
        node.name = f"{prefix}/{node.name.removeprefix('/')}"
    del graph.value_info[:]


def merge_decoders(first: ModelProto, later: ModelProto) -> ModelProto:
    """Optimum's layout: one `If` on use_cache_branch; `then` has the past, `else` has none. What the later
    pass does not make (the encoder's keys and values) it gives back empty, as Optimum's files do."""
    inputs = {value.name: value for value in list(first.graph.input) + list(later.graph.input)}
    outputs = [onnx.ValueInfoProto.FromString(value.SerializeToString()) for value in first.graph.output]
    names = [value.name for value in outputs]
    made = {value.name for value in later.graph.output}
    branches = {}
    for key, model in (("else_branch", first), ("then_branch", later)):
        graph = model.graph
        prefix = "with_past" if key == "then_branch" else "no_past"
        prefixed(graph, prefix)
        graph.name = prefix
        del graph.input[:]
        if key == "then_branch":
            by_name = {value.name: value for value in graph.output}
            del graph.output[:]
            for value in outputs:
                if value.name in made:
                    graph.output.append(by_name[f"{prefix}/{value.name}"])
                    continue
                name = f"{prefix}/{value.name}"
                shape = (
                    [0]
                    + [dim.dim_value for dim in value.type.tensor_type.shape.dim[1:2]]
                    + [1, head_size(value)]
                )
                empty = helper.make_tensor(name + ".empty", TensorProto.FLOAT, shape, [])
                graph.node.append(
                    helper.make_node("Constant", [], [name], name=name + "/Constant", value=empty)
                )
                graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        branches[key] = graph
    condition = helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1])
    choice = helper.make_node("If", ["use_cache_branch"], names, name="optimum::if", **branches)
    graph = helper.make_graph([choice], "merged", list(inputs.values()) + [condition], outputs)
    return helper.make_model(
        graph, opset_imports=first.opset_import, ir_version=first.ir_version, producer_name="trilens"
    )


def head_size(value: onnx.ValueInfoProto) -> int:
    """The last, fixed dimension."""
    return value.type.tensor_type.shape.dim[3].dim_value
