"""Writes tests/fixtures/runtime/*.onnx: small models that make ONNX Runtime Web do what ours will ask of it.

Run with any Python that has `onnx` (see RECORDED below): python tests/oracles/runtime_models.py
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto as T
from onnx import helper as h
from onnx import numpy_helper

OUT = Path(__file__).resolve().parents[1] / "fixtures" / "runtime"
OPSET = [h.make_opsetid("", 17)]


def value(name, type_, dims):
    return h.make_tensor_value_info(name, type_, dims)


def constant(name, array):
    return numpy_helper.from_array(np.asarray(array), name)


def save(name, nodes, inputs, outputs, initializers=()):
    graph = h.make_graph(nodes, name, inputs, outputs, list(initializers))
    model = h.make_model(graph, opset_imports=OPSET, producer_name="trilens")
    model.ir_version = 9
    onnx.checker.check_model(model, full_check=True)
    (OUT / f"{name}.onnx").write_bytes(model.SerializeToString())


def affine():
    """y = 2 x + bias (wrong shapes fail at run time), and its sum over the last axis."""
    save(
        "affine",
        [
            h.make_node("MatMul", ["x", "w"], ["xw"]),
            h.make_node("Add", ["xw", "b"], ["y"]),
            h.make_node("ReduceSum", ["y", "axes"], ["sum"], keepdims=0),
        ],
        [value("x", T.FLOAT, ["rows", "width"])],
        [value("y", T.FLOAT, ["rows", 4]), value("sum", T.FLOAT, ["rows"])],
        [
            constant("w", (2 * np.eye(4)).astype(np.float32)),
            constant("b", np.arange(4, dtype=np.float32)),
            constant("axes", np.array([1], dtype=np.int64)),
        ],
    )


def cache():
    """A key/value cache as decoders have it: present = concat(past, new) along axis 2; past may have length 0."""
    save(
        "cache",
        [
            h.make_node("Concat", ["past", "new"], ["present"], axis=2),
            h.make_node("ReduceSum", ["present", "axes"], ["total"], keepdims=0),
        ],
        [value("past", T.FLOAT, ["batch", 2, "past", 3]), value("new", T.FLOAT, ["batch", 2, "tokens", 3])],
        [value("present", T.FLOAT, ["batch", 2, "all", 3]), value("total", T.FLOAT, ["batch"])],
        [constant("axes", np.array([1, 2, 3], dtype=np.int64))],
    )


def branch():
    """`If` on a bool[1] input, as merged decoders have it: then 3 x, else x + 1, with an int64 gather before it."""
    then_graph = h.make_graph(
        [h.make_node("Mul", ["rows_of", "three"], ["then_out"])], "then", [], [value("then_out", T.FLOAT, None)]
    )
    else_graph = h.make_graph(
        [h.make_node("Add", ["rows_of", "one"], ["else_out"])], "else", [], [value("else_out", T.FLOAT, None)]
    )
    save(
        "branch",
        [
            h.make_node("Gather", ["table", "ids"], ["rows_of"], axis=0),
            h.make_node("If", ["use_cache_branch"], ["chosen"], then_branch=then_graph, else_branch=else_graph),
            h.make_node("MatMul", ["chosen", "turn"], ["y"]),
        ],
        [value("ids", T.INT64, ["rows"]), value("use_cache_branch", T.BOOL, [1])],
        [value("y", T.FLOAT, ["rows", 4]), value("chosen", T.FLOAT, ["rows", 4])],
        [
            constant("table", np.arange(20, dtype=np.float32).reshape(5, 4)),
            constant("three", np.float32(3)),
            constant("one", np.float32(1)),
            constant("turn", np.eye(4, dtype=np.float32)[::-1].copy()),
        ],
    )


def types():
    """Passes i64, i32 and bool through, so that every element type crosses the border both ways."""
    save(
        "types",
        [
            h.make_node("Add", ["wide", "wide"], ["wide_twice"]),
            h.make_node("Add", ["narrow", "narrow"], ["narrow_twice"]),
            h.make_node("Not", ["flag"], ["flag_not"]),
        ],
        [value("wide", T.INT64, ["n"]), value("narrow", T.INT32, ["n"]), value("flag", T.BOOL, ["n"])],
        [value("wide_twice", T.INT64, ["n"]), value("narrow_twice", T.INT32, ["n"]), value("flag_not", T.BOOL, ["n"])],
    )


def unknown():
    """A well-formed model with an operation that nobody has."""
    graph = h.make_graph(
        [h.make_node("Telepathy", ["x"], ["y"])], "unknown", [value("x", T.FLOAT, [1])], [value("y", T.FLOAT, [1])]
    )
    model = h.make_model(graph, opset_imports=OPSET, producer_name="trilens")
    model.ir_version = 9
    (OUT / "unknown.onnx").write_bytes(model.SerializeToString())


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    for make in (affine, cache, branch, types, unknown):
        make()
    RECORDED = {"onnx": onnx.__version__, "numpy": np.__version__, "opset": 17}
    (OUT / "recorded.json").write_text(json.dumps(RECORDED, indent=2) + "\n")
