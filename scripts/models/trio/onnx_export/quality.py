"""What rounding the weights costs: the same scores with full-precision and with shipped weights."""

from collections.abc import Callable

import torch
from transformers import PreTrainedModel

from .. import load

LIMIT = 0.005  # relative; of losses and perplexities, where no single answer's flip shows


def numbers(scores: dict, prefix: str = "") -> dict[str, float]:
    """Every number in nested scores, by its path."""
    flat = {}
    for name, value in scores.items():
        if isinstance(value, dict):
            flat |= numbers(value, f"{prefix}{name}.")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            flat[prefix + name] = float(value)
    return flat


def relative(full: dict, shipped: dict) -> dict[str, float]:
    """(shipped - full) / |full| of every number; only what differs."""
    before, after = numbers(full), numbers(shipped)
    return {
        name: (after[name] - value) / max(abs(value), 1e-9)
        for name, value in before.items()
        if name in after and after[name] != value
    }


@torch.no_grad()
def quality(family: str, measure: Callable[[PreTrainedModel], dict]) -> dict:
    """`measure` with both: {"full", "shipped", "relative", "worst"}. Compare `worst` with LIMIT."""
    full, shipped = measure(load.full_precision(family)), measure(load.load(family))
    changes = relative(full, shipped)
    worst = max(map(abs, changes.values()), default=0.0)
    return {"full": full, "shipped": shipped, "relative": changes, "worst": worst}
