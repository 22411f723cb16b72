"""The training logs: build/training/<family>/log.jsonl of the run that is shipped, and those of smaller runs
in folders of their own, build/training/scaling…/<family>/log.jsonl."""

import json
import math
from pathlib import Path

from . import paths


def lines(folder: Path) -> list[dict]:
    """A training log, without what a resumed training did twice; empty where there is none."""
    path, kept = folder / "log.jsonl", []
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            # The mean of the last weights is judged at the end, after the same step.
            while kept and kept[-1]["step"] >= entry["step"] and "averaged_held_out_loss" not in entry:
                kept.pop()
            kept.append(entry)
    return kept


def entries(folder: Path) -> list[dict]:
    """Its reports in the course of the training."""
    return [entry for entry in lines(folder) if "held_out_loss" in entry]


def best(folder: Path) -> dict:
    """What is said of the checkpoint that is kept: its tokens, its loss in all and by task."""

    def loss(entry: dict) -> float:
        return entry.get("held_out_loss", entry.get("averaged_held_out_loss", math.inf))

    entry = min(lines(folder), key=loss)
    return {
        "kept_at_tokens": entry["tokens"],
        "held_out_nats_per_asked_token": round(loss(entry), 4),
        "by_task": entry.get("held_out", {}),
    }


def ends(family: str) -> list[dict]:
    """What each run of a family came to, by tokens; the shipped one is called "shipped"."""
    folders = {"shipped": paths.TRAINING / family}
    for folder in sorted(paths.TRAINING.glob(f"scaling*/{family}")):
        folders[folder.parent.name] = folder
    made = []
    for name, folder in folders.items():
        log = entries(folder)
        if log:
            took = {"tokens": log[-1]["tokens"], "minutes": round(log[-1]["minutes"], 1)}
            made.append({"run": name} | took | best(folder))
    return sorted(made, key=lambda run: run["tokens"])


def power(runs: list[dict]) -> dict | None:
    """loss = a · tokens^-b through at least three runs (least squares of the logarithms), and what twice the
    tokens would give by it. An extrapolation: it knows no lowest loss."""
    if len({run["tokens"] for run in runs}) < 3:
        return None
    x = [math.log(run["tokens"]) for run in runs]
    y = [math.log(run["held_out_nats_per_asked_token"]) for run in runs]
    middle, level = sum(x) / len(x), sum(y) / len(y)
    slope = sum((a - middle) * (b - level) for a, b in zip(x, y, strict=True)) / sum(
        (a - middle) ** 2 for a in x
    )
    errors = [abs(math.exp(level + slope * (a - middle) - b) - 1) for a, b in zip(x, y, strict=True)]
    last = runs[-1]["tokens"]
    return {
        "exponent": round(-slope, 4),
        "largest_error_of_fit_percent": round(100 * max(errors), 2),
        "nats_at_twice_the_tokens": round(math.exp(level + slope * (math.log(2 * last) - middle)), 4),
        "nats_at_ten_times_the_tokens": round(math.exp(level + slope * (math.log(10 * last) - middle)), 4),
    }
