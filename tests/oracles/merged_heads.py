"""A graph as exporters wrote BART and Marian before 2024: heads and batch in one dimension between the products, and the mask added in four.

Writes tests/fixtures/onnx/merged_heads.onnx and tests/fixtures/switches/merged_heads.json; the expected numbers are numpy's, by the formula
softmax(q k + mask + bias) v * heads. Usage: python merged_heads.py PATH/TO/trilens_open_up
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnx import helper as h

FIXTURES = Path(__file__).parents[1] / "fixtures"
BATCH, HEADS, LENGTH, SIZE = 2, 2, 4, 3
WIDTH = HEADS * SIZE
LOW = np.float32(-3.4e38)


def weights() -> dict[str, np.ndarray]:
    """Of q, k, v and the output."""
    rng = np.random.default_rng(0)
    return {f"w{name}": (0.5 * rng.standard_normal((WIDTH, WIDTH))).astype("float32") for name in "qkvo"}


def build() -> onnx.ModelProto:
    """The graph."""
    n = h.make_node
    numbers = {"axis0": [0], "axes12": [1, 2], "heads": [HEADS], "size": [SIZE], "rest": [-1], "width": [WIDTH], "zero": 0, "first": 1, "count": HEADS}
    constants = {k: np.asarray(v, "int64") for k, v in numbers.items()} | weights() | {"one": np.float32(1), "low": LOW}
    nodes = [
        n("Shape", ["x"], ["shape"]), n("Gather", ["shape", "zero"], ["b"]), n("Gather", ["shape", "first"], ["s"]), n("Mul", ["b", "count"], ["bh"]),
        n("Unsqueeze", ["b", "axis0"], ["bu"]), n("Unsqueeze", ["s", "axis0"], ["su"]), n("Unsqueeze", ["bh", "axis0"], ["bhu"]),
        n("Concat", ["bu", "rest", "heads", "size"], ["apart"], axis=0), n("Concat", ["bhu", "rest", "size"], ["merged"], axis=0),
        n("Concat", ["bu", "heads", "su", "su"], ["wide"], axis=0), n("Concat", ["bhu", "su", "su"], ["narrow"], axis=0),
        n("Concat", ["bu", "heads", "su", "size"], ["by_head"], axis=0), n("Concat", ["bu", "su", "width"], ["joined"], axis=0),
    ]
    for t in "qkv":
        nodes += [n("MatMul", ["x", f"w{t}"], [f"{t}1"]), n("Reshape", [f"{t}1", "apart"], [f"{t}2"]),
                  n("Transpose", [f"{t}2"], [f"{t}4"], perm=[0, 2, 1, 3]), n("Reshape", [f"{t}4", "merged"], [f"{t}3"])]
    nodes += [
        n("Transpose", ["k3"], ["kt"], perm=[0, 2, 1]), n("MatMul", ["q3", "kt"], ["product"]), n("Reshape", ["product", "wide"], ["product4"]),
        n("Cast", ["attention_mask"], ["yes"], to=TensorProto.FLOAT), n("Sub", ["one", "yes"], ["no"]), n("Mul", ["no", "low"], ["mask"]),
        n("Unsqueeze", ["mask", "axes12"], ["mask4"]), n("Add", ["product4", "mask4"], ["masked"]), n("Reshape", ["masked", "narrow"], ["scores"]),
        n("Softmax", ["scores"], ["p"], axis=-1), n("MatMul", ["p", "v3"], ["context"]), n("Reshape", ["context", "by_head"], ["context4"]),
        n("Transpose", ["context4"], ["context_t"], perm=[0, 2, 1, 3]), n("Reshape", ["context_t", "joined"], ["all"]), n("MatMul", ["all", "wo"], ["y"]),
    ]
    inputs = [h.make_tensor_value_info("attention_mask", TensorProto.INT64, ["batch", "length"]),
              h.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", "length", WIDTH])]
    outputs = [h.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", "length", WIDTH])]
    initializers = [numpy_helper.from_array(np.asarray(v), k) for k, v in constants.items()]
    model = h.make_model(h.make_graph(nodes, "merged_heads", inputs, outputs, initializers), opset_imports=[h.make_opsetid("", 14)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    return model


def expected(x, mask, own=True, bias=0.0, heads=1.0) -> np.ndarray:
    """In double precision."""
    w = {k: v.astype("float64") for k, v in weights().items()}
    q, k, v = ((x @ w[f"w{t}"]).reshape(BATCH, LENGTH, HEADS, SIZE).transpose(0, 2, 1, 3) for t in "qkv")
    scores = q @ k.transpose(0, 1, 3, 2) + bias + (np.where(mask[:, None, None] == 1, 0, float(LOW)) if own else 0)
    p = np.exp(scores - scores.max(-1, keepdims=True))
    p /= p.sum(-1, keepdims=True)
    return (p @ v * heads).transpose(0, 2, 1, 3).reshape(BATCH, LENGTH, WIDTH) @ w["wo"]


def packed(array: np.ndarray) -> dict:
    """As the test feeds it."""
    kind = {"f": "float32", "i": "int64", "b": "bool"}[array.dtype.kind]
    return {"type": kind, "dims": list(array.shape), "data": array.ravel().tolist()}


def main() -> None:
    """Write both."""
    path = FIXTURES / "onnx" / "merged_heads.onnx"
    onnx.save(build(), path)
    with tempfile.TemporaryDirectory() as folder:
        told = json.loads(subprocess.run([sys.argv[1], path, Path(folder) / "x.onnx"], check=True, capture_output=True).stdout)
    rng = np.random.default_rng(1)
    x, mask = rng.standard_normal((BATCH, LENGTH, WIDTH)).astype("float32"), np.array([[1, 1, 1, 1], [1, 1, 1, 0]])
    bias, heads = rng.standard_normal((1, BATCH, HEADS, LENGTH, LENGTH)).astype("float32"), np.array([0.5, 2], "float32").reshape(1, HEADS, 1, 1)
    off = np.array([False])
    cases = [("rest", {}, {}), ("own mask off", {"own_mask": off}, {"own": False}), ("bias", {"bias": bias}, {"bias": bias[0]}), ("heads", {"heads": heads}, {"heads": heads}),
             ("all", {"bias": bias, "heads": heads, "own_mask": off}, {"own": False, "bias": bias[0], "heads": heads})]
    made = [{"name": name, "switches": {f"switch.self.{k}": packed(v) for k, v in switches.items()}, "expected": expected(x, mask, **options).ravel().tolist()}
            for name, switches, options in cases]
    run = {"name": "text", "output": "y", "feeds": {"x": packed(x), "attention_mask": packed(mask)}, "cases": made}
    out = {"versions": {"numpy": np.__version__, "onnx": onnx.__version__}, "graph": path.name, "switches": told["switches"], "runs": [run]}
    (FIXTURES / "switches" / "merged_heads.json").write_text(json.dumps(out, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
