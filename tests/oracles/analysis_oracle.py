"""Fixtures for src/analysis, by numpy in double precision.

Usage: python analysis_oracle.py  (writes tests/fixtures/analysis/analysis.json)
"""

import numpy as np
from common import FIXTURES, write

ABOUT = "Tensors are flattened row-major; inputs are exact in single precision."


def attention(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Rows that sum to about 1, in single precision."""
    raw = np.exp(rng.normal(size=shape))
    return (raw / raw.sum(-1, keepdims=True)).astype(np.float32)


def flat(array: np.ndarray) -> list[float]:
    """Row-major."""
    return [float(x) for x in array.flatten()]


def main() -> None:
    """Write maps, states and vectors of odd sizes."""
    rng = np.random.default_rng(5)
    cases = []
    for shape in ((1, 1, 1, 1), (2, 3, 4, 5), (4, 2, 7, 7), (3, 5, 1, 9)):
        maps = attention(rng, shape)
        exact = maps.astype(np.float64)
        cases.append({"kind": "attention", "shape": shape, "values": flat(maps), "over_heads": flat(exact.mean(1)),
                      "over_layers": flat(exact.mean(0)), "over_both": flat(exact.mean((0, 1)))})
    for tokens, width in ((1, 1), (1, 7), (3, 5), (17, 33)):
        states = rng.normal(size=(tokens, width)).astype(np.float32)
        cases.append({"kind": "pooling", "shape": (tokens, width), "values": flat(states),
                      "mean": flat(states.astype(np.float64).mean(0)), "first": flat(states[0]), "last": flat(states[-1])})
    for width in (1, 2, 5, 64, 301):
        a, b = rng.normal(size=(2, width)).astype(np.float32)
        x, y = a.astype(np.float64), b.astype(np.float64)
        cases.append({"kind": "cosine", "a": flat(a), "b": flat(b),
                      "similarity": float(x @ y / (np.linalg.norm(x) * np.linalg.norm(y)))})
    write(FIXTURES / "analysis" / "analysis.json", {"about": ABOUT, "versions": {"numpy": np.__version__}}, "cases", cases)


if __name__ == "__main__":
    main()
