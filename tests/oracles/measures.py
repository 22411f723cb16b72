"""Compact, self-describing pieces of the model fixtures."""

import hashlib
from pathlib import Path

import torch

TOP, FIXED_IDS = 20, (0, 1, 2, 3, 17, 500, 1234, 2048, 3333, 4095, 6143)


def number(value: float) -> float:
    """Seven significant digits, as f32 has."""
    return float(f"{float(value):.7g}")


def flat(tensor: torch.Tensor) -> dict:
    """A whole tensor: shape and values, row by row."""
    return {"shape": list(tensor.shape), "values": [number(v) for v in tensor.flatten().tolist()]}


def distribution(logits: torch.Tensor, top: int = TOP) -> dict:
    """A row of logits [V] f32: enough of it to compare the whole."""
    exact = logits.double()
    probabilities = exact.softmax(-1)
    values, ids = exact.topk(top)
    return {
        "top": [
            [i, number(v), number(probabilities[i])]
            for i, v in zip(ids.tolist(), values.tolist(), strict=True)
        ],
        "fixed": [[i, number(exact[i])] for i in FIXED_IDS],
        "logsumexp": number(exact.logsumexp(-1)),
        "entropy": number(-(probabilities * exact.log_softmax(-1)).sum()),
    }


def rows(logits: torch.Tensor) -> list[dict]:
    """Logits [S,V] at the first, a middle and the last position."""
    positions = sorted({0, logits.shape[0] // 2, logits.shape[0] - 1})
    return [{"position": p} | distribution(logits[p]) for p in positions]


def hidden_summary(states: tuple[torch.Tensor, ...]) -> list[list[dict]]:
    """Hidden states [layer][1,S,d]: per layer and position the first 16 numbers and the length of the
    vector."""
    return [
        [
            {"head": [number(v) for v in vector[:16].tolist()], "norm": number(vector.norm())}
            for vector in layer[0]
        ]
        for layer in states
    ]


def pooled(last: torch.Tensor) -> dict:
    """Sentence vectors from the last hidden state [S,d]: mean over all tokens, first token, last token."""
    return {"mean": flat(last.mean(0)), "first": flat(last[0]), "last": flat(last[-1])}


def digest(path: Path) -> str:
    """SHA-256 of a file: the fixture belongs to exactly this model."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
