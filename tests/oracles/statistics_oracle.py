"""Fixtures for row statistics and softmax, by numpy in double precision.

Usage: python statistics_oracle.py  (writes tests/fixtures/tensor/statistics.json)
"""

import math

import numpy as np
from common import FIXTURES, write
from splitmix import SplitMix

ABOUT = (
    "Logits are single precision: null is -infinity, \"nan\" is NaN; {seed, size, scale} stands for scale * (2 * uniform - 1) "
    "with uniform from splitmix64 (src/base/random.hpp), rounded to single precision. NaN counts as -infinity. `top` is "
    "[id, logit] by falling logit, then rising id, without -infinity. `probabilities` are [id, softmax]."
)


def values(row) -> np.ndarray:
    """The row in single precision, -infinity for NaN."""
    if isinstance(row, dict):
        random = SplitMix(row["seed"])
        return np.array([row["scale"] * (2 * random.uniform() - 1) for _ in range(row["size"])], dtype=np.float32)
    return np.array([-math.inf if x is None or x == "nan" else x for x in row], dtype=np.float32)


def case(name: str, row, top_k: int) -> dict:
    """What the code has to find for one row."""
    logits = values(row)
    order = [i for i in np.lexsort((np.arange(len(logits)), -logits)) if logits[i] > -math.inf]
    out = {"name": name, "logits": row, "top_k": top_k, "top": [[int(i), float(logits[i])] for i in order[:top_k]],
           "log_sum_exp": None, "entropy": 0.0, "probabilities": []}
    if order:
        exact = logits.astype(np.float64)
        shifted = exact - exact.max()
        out["log_sum_exp"] = float(exact.max() + math.log(math.fsum(np.exp(shifted))))
        p = np.exp(exact - out["log_sum_exp"])
        out["entropy"] = float(-math.fsum(x * math.log(x) for x in p if x > 0))
        out["probabilities"] = [[int(i), float(p[i])] for i in (order[:5] + order[-5:])]
    return out


def main() -> None:
    """Write ties, gaps, odd sizes and whole vocabularies."""
    ties = [1.0, 3.0, 3.0, 2.0, 3.0, 1.0, 2.0]
    rows = {
        "empty": [], "one": [2.5], "one_nothing": [None], "two": [-1.0, 4.0], "three_equal": [0.5, 0.5, 0.5], "ties": ties,
        "all_nothing": [None] * 5, "all_nan": ["nan"] * 4, "gaps": [None, 1.0, None, -2.0, 0.0, None],
        "nan_among": ["nan", 1.0, 2.0, "nan", 0.5], "nan_first_and_nothing": ["nan", None, 3.0], "zeros": [0.0, -0.0, 0.0],
        "huge": [3e38, 1e38, -3e38], "far_apart": [1000.0, 0.0, -1000.0, 998.0], "very_negative": [-1000.0, -1001.0, -1002.0],
        "tiny_steps": [1.0, 1.0000001, 1.0000002, 0.9999999],
    }
    rows |= {f"size_{n}": {"seed": n, "size": n, "scale": 6.0} for n in (63, 64, 65, 255, 256, 257, 1023, 4096, 50257)}
    cases = [case(name, row, k) for name, row in rows.items() for k in (0, 1, 3, 10, 64)]
    write(FIXTURES / "tensor" / "statistics.json", {"about": ABOUT, "versions": {"numpy": np.__version__}}, "cases", cases)


if __name__ == "__main__":
    main()
