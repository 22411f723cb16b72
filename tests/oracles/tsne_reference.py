"""Principal components and exact t-SNE in plain numpy, as src/analysis/space.hpp and tsne.hpp define them.

t-SNE after van der Maaten and Hinton 2008; `check` compares the gradient with finite differences of the divergence.
"""

import numpy as np
from splitmix import SplitMix

EXAGGERATION, EXAGGERATED, CALM, ITERATIONS = 4.0, 50, 250, 1000


def unit(points: np.ndarray) -> np.ndarray:
    """Rows of length 1, in single precision as the code keeps them."""
    exact = points.astype(np.float64)
    lengths = np.linalg.norm(exact, axis=1, keepdims=True)
    return np.where(lengths > 0, exact / np.where(lengths > 0, lengths, 1), 0).astype(np.float32)


def principal(units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[item, 2] by the singular values, and the shares of variance; signs as numpy gives them."""
    exact = units.astype(np.float64)
    centred = exact - exact.mean(0)
    u, s, _ = np.linalg.svd(centred, full_matrices=False)
    return u[:, :2] * s[:2], s[:2] ** 2 / (s**2).sum()


def squared(units: np.ndarray) -> np.ndarray:
    """Squared Euclidean distances."""
    exact = units.astype(np.float64)
    return ((exact[:, None] - exact[None]) ** 2).sum(-1)


def neighbours(distances: np.ndarray, perplexity: float) -> np.ndarray:
    """Joint probabilities: rows of the wanted perplexity (bisection), made symmetric."""
    n = len(distances)
    rows = np.zeros((n, n))
    for i in range(n):
        others = np.arange(n) != i
        d = distances[i, others] - distances[i, others].min()
        low, high, beta = 0.0, np.inf, 1.0
        for _ in range(200):
            p = np.exp(-beta * d)
            total = p.sum()
            gap = np.log(total) + beta * (p @ d) / total - np.log(perplexity)
            if abs(gap) < 1e-10:
                break
            low, high = (beta, high) if gap > 0 else (low, beta)
            beta = beta * 2 if np.isinf(high) else (low + high) / 2
        rows[i, others] = p / total
    return (rows + rows.T) / (2 * n)


def divergence(p: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Kullback-Leibler divergence in nats, and its gradient."""
    near = 1 / (1 + ((y[:, None] - y[None]) ** 2).sum(-1))
    np.fill_diagonal(near, 0)
    q = near / near.sum()
    seen = p > 0
    nats = float((p[seen] * np.log(p[seen] / np.maximum(q[seen], 1e-300))).sum())
    pull = 4 * (p - q) * near
    return nats, (pull[:, :, None] * (y[:, None] - y[None])).sum(1)


def start(n: int, seed: int) -> np.ndarray:
    """The seeded first positions."""
    random = SplitMix(seed)
    values = []
    for _ in range(2 * n):
        u, v = 1 - random.uniform(), random.uniform()
        values.append(1e-4 * np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v))
    return np.array(values).reshape(n, 2)


def tsne(p: np.ndarray, seed: int, iterations: int) -> np.ndarray:
    """Positions after so many steps."""
    y = start(len(p), seed)
    velocity, gains = np.zeros_like(y), np.ones_like(y)
    for t in range(iterations):
        _, gradient = divergence(p * (EXAGGERATION if t < EXAGGERATED else 1), y)
        same = (gradient > 0) == (velocity > 0)
        gains = np.maximum(0.01, np.where(same, gains * 0.8, gains + 0.2))
        velocity = (0.5 if t < CALM else 0.8) * velocity - len(p) / EXAGGERATION * gains * gradient
        y = y + velocity
        y = y - y.mean(0)
    return y


def check(p: np.ndarray, y: np.ndarray) -> None:
    """The gradient is that of the divergence."""
    _, gradient = divergence(p, y)
    for i in range(len(y)):
        for k in range(2):
            step = np.zeros_like(y)
            step[i, k] = 1e-6
            slope = (divergence(p, y + step)[0] - divergence(p, y - step)[0]) / 2e-6
            assert abs(slope - gradient[i, k]) < 1e-7, (i, k, slope, gradient[i, k])
