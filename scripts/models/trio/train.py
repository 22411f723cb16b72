"""Train one model for a number of tokens; resumes where it stopped.

    python -m trio.train bert --tokens 40000000
    python -m trio.train bert                        as build/training/plan.json says; see plan.py
    python -m trio.train bert --tokens 4000000 --name scaling-4M
    python -m trio.train bert --tokens 50000000      after 40,000,000 are done: a second decay, from a third of the rate

Files in build/training/[name/]<family>/: last.pt (to resume), best.pt (lowest held-out loss), log.jsonl. One
process uses one core; the three run side by side.
"""

import argparse
import json
import math
import random
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer

from . import batches, corpus, kernels, losses, models, objectives, paths
from .engine import Engine
from .leaves import Weights
from .optimizers import Optimizer
from .plan import Plan

# The size of a change, for matrices (Muon) and for the rest (Adam): docs/decisions/trio-training.md.
RATES = {"muon": (2e-3, 5e-3), "adamw": (1.5e-3, 2e-3)}
STEP_TOKENS = 8192
MICRO_TOKENS = {"cpu": batches.MICRO_TOKENS, "cuda": STEP_TOKENS}
TOGETHER = 0.2  # how much finding a sentence's translation counts, beside its masked words
TEMPERATURE = 0.05
EVALUATION_EXAMPLES = 1500
AVERAGE_EVERY, AVERAGE_KEPT = 8, 0.95


class Trainer:
    """One model, its optimiser and its place in the plan."""

    def __init__(self, family: str, options: argparse.Namespace):
        self.family, self.options = family, options
        base = paths.TRAINING / options.name
        self.folder = base / family
        self.folder.mkdir(parents=True, exist_ok=True)
        self.plan = Plan(base / "plan.json", options.tokens or 0)
        self.tokenizer = Tokenizer.from_file(str(paths.assets(family) / "tokenizer.json"))
        self.data = corpus.read()
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.model = models.fresh(family).to(self.device)
        self.weights = Weights(family, self.model)
        self.engine = None
        if self.device == "cpu" and kernels.library():
            self.engine = Engine(family, self.model, self.weights)
        self.optimizer = Optimizer(self.weights, options.optimizer == "muon")
        self.step, self.elapsed, self.tokens, self.best = 0, 0.0, 0, math.inf
        self.kinds: dict[str, int] = {}
        self.average: torch.Tensor | None = None
        self.resume()
        self.evaluation = self.held_out()

    def held_out(self) -> list[batches.Batch]:
        """The same examples of the validation half each time, made as the training examples are."""
        rng = random.Random(20261123)
        draw = objectives.Draw(rng, models.POSITIONS)
        source = objectives.examples(self.family, self.data.chosen_by(), self.tokenizer, draw)
        chosen = [next(source) for _ in range(self.options.evaluation)]
        groups = batches.grouped(self.family, chosen, rng, MICRO_TOKENS[self.device])
        return [batches.tensors(self.family, group, self.kinds) for group in groups]

    def resume(self) -> None:
        """Take up the last checkpoint, if there is one."""
        path = self.folder / "last.pt"
        if not path.exists():
            return
        saved = torch.load(path, map_location=self.device, weights_only=False)
        self.weights.flat.copy_(saved["flat"])
        self.weights.refresh()
        self.optimizer.load_state_dict(saved["optimizer"])
        for name in ("step", "elapsed", "tokens", "best", "average"):
            setattr(self, name, saved[name])
        if saved["decay_from"] is not None:
            self.plan.tokens, self.plan.decay_share, self.plan.decay_from = (
                saved[k] for k in ("planned", "decay_share", "decay_from")
            )
        if self.plan.go_on(self.tokens, self.options.tokens or 0):
            self.average = None

    def save(self, name: str, whole: bool) -> None:
        """Write a checkpoint in one piece: a reader never sees half of one."""
        model = {key: value.contiguous().clone() for key, value in self.model.state_dict().items()}
        state = {"model": model, "step": self.step, "elapsed": self.elapsed, "tokens": self.tokens}
        state["best"] = self.best
        if whole:
            plan = self.plan
            state |= {"flat": self.weights.flat, "average": self.average}
            state["optimizer"] = self.optimizer.state_dict()
            state |= {"planned": plan.tokens, "decay_share": plan.decay_share, "decay_from": plan.decay_from}
        torch.save(state, self.folder / (name + ".part"))
        Path(self.folder / (name + ".part")).rename(self.folder / name)

    def log(self, entry: dict) -> None:
        """One line of log.jsonl, also printed."""
        entry = {"step": self.step, "minutes": round(self.elapsed / 60, 2), "tokens": self.tokens} | entry
        with (self.folder / "log.jsonl").open("a") as out:
            out.write(json.dumps(entry) + "\n")
        print(self.family, json.dumps(entry), flush=True)

    def per_kind(self, sums: dict[int, list[float]]) -> dict[str, float]:
        """Mean losses by the names of the kinds."""
        names = {number: name for name, number in self.kinds.items()}
        return {names[number]: round(total / count, 3) for number, (total, count) in sorted(sums.items())}

    @staticmethod
    def add(sums: dict[int, list[float]], kinds: torch.Tensor, values: torch.Tensor) -> None:
        """Add a batch's losses to the sums of their kinds."""
        totals, counts = torch.bincount(kinds, values), torch.bincount(kinds)
        for number in counts.nonzero()[:, 0].tolist():
            entry = sums.setdefault(number, [0.0, 0])
            entry[0] += totals[number].item()
            entry[1] += counts[number].item()

    def values(self, batch: batches.Batch, asked: int, tokens: int) -> tuple[torch.Tensor, float | None]:
        """Forward and backward of one of a step's micro-batches: each loss, and that of finding
        translations."""
        if self.engine is None:
            each, hidden = losses.each(self.family, self.model, batch)
            total = each.sum() / asked
        else:
            hidden = self.engine.hidden(batch)
            total, each = self.engine.loss(hidden, batch, 1 / asked)
        together = None
        if batch["pairs"]:
            nce = losses.together(hidden, batch, TEMPERATURE)
            total, together = total + nce * (TOGETHER * batch["tokens"] / tokens), nce.item()
        total.backward()
        if self.engine is not None:
            self.engine.finish()
        return each.detach(), together

    def learn(self, taken: list[batches.Batch], sums: dict, together: list[float]) -> float:
        """One step; returns the gradients' norm."""
        asked, tokens = sum(b["places"].numel() for b in taken), sum(b["tokens"] for b in taken)
        for batch in (losses.moved(batch, self.device) for batch in taken):
            each, nce = self.values(batch, asked, tokens)
            self.add(sums, batch["kinds"], each)
            if nce is not None:
                together.append(nce)
        share = self.plan.rate(self.tokens)
        norm = self.optimizer.step(self.options.matrices * share, self.options.rest * share)
        self.step, self.tokens = self.step + 1, self.tokens + tokens
        if self.plan.decay_from is not None and self.step % AVERAGE_EVERY == 0:
            if self.average is None:
                self.average = self.weights.flat.clone()
            self.average.lerp_(self.weights.flat, 1 - AVERAGE_KEPT)
        return norm

    @torch.no_grad()
    def evaluate(self) -> tuple[float, dict[str, float], float | None]:
        """Mean held-out loss over what is asked; by kind; and of finding translations."""
        sums: dict[int, list[float]] = {}
        together = []
        for batch in (losses.moved(batch, self.device) for batch in self.evaluation):
            if self.engine is None:
                each, hidden = losses.each(self.family, self.model, batch)
            else:
                hidden = self.engine.hidden(batch)
                _, each = self.engine.loss(hidden, batch, 0.0)
            if batch["pairs"] > 1:
                together.append(losses.together(hidden, batch, TEMPERATURE).item())
            self.add(sums, batch["kinds"], each)
        total, count = (sum(entry[i] for entry in sums.values()) for i in (0, 1))
        return total / count, self.per_kind(sums), sum(together) / len(together) if together else None

    def report(self, sums: dict, entry: dict) -> None:
        """Evaluate, log, keep what is best, and save."""
        held_out, kinds, together = self.evaluate()
        total, count = (sum(pair[i] for pair in sums.values()) for i in (0, 1))
        means = {"training_loss": round(total / max(1, count), 4), "held_out_loss": round(held_out, 4)}
        entry = means | entry
        if together is not None:
            entry["held_out_together"] = round(together, 3)
        self.log(entry | {"held_out": kinds, "training": self.per_kind(sums)})
        if held_out < self.best:
            self.best = held_out
            self.save("best.pt", whole=False)
        self.save("last.pt", whole=True)

    def finish(self) -> None:
        """Compare the mean of the last weights with the last weights; the better of all is best.pt."""
        if self.average is None:
            return
        last = self.weights.flat.clone()
        self.weights.flat.copy_(self.average)
        self.weights.refresh()
        held_out, kinds, _ = self.evaluate()
        self.log({"averaged_held_out_loss": round(held_out, 4), "held_out": kinds})
        if held_out < self.best:
            self.best = held_out
            self.save("best.pt", whole=False)
        self.weights.flat.copy_(last)
        self.weights.refresh()

    def run(self) -> None:
        """Train until the plan is done."""
        rng = random.Random(1_000_003 * (1 + self.step))
        draw = objectives.Draw(rng, models.POSITIONS, objectives.DENSE_SHARE[self.family])
        source = objectives.examples(self.family, self.data, self.tokenizer, draw)
        stream = batches.endless(self.family, source, rng, self.kinds, MICRO_TOKENS[self.device])
        stream = batches.steps(stream, self.options.step_tokens)
        before, began = self.elapsed, time.monotonic()
        self.plan.read()
        while self.tokens < self.plan.tokens:
            sums, together, norms, room, drawing = {}, [], [], 0, 0.0
            since, seen = time.monotonic(), self.tokens
            while self.tokens < self.plan.tokens and time.monotonic() - since < self.options.report_every:
                now = time.monotonic()
                taken = next(stream)
                drawing += time.monotonic() - now
                room += sum(batch["room"] for batch in taken)
                norms.append(self.learn(taken, sums, together))
                self.elapsed = before + time.monotonic() - began
            passed = time.monotonic() - since
            speed = (self.tokens - seen) / passed
            entry = {
                "tokens_per_second": round(speed),
                "minutes_left": round((self.plan.tokens - self.tokens) / speed / 60, 1),
                "rate": round(self.plan.rate(self.tokens), 4),
                "norm": round(sum(norms) / len(norms), 3),
                "drawing_share": round(drawing / passed, 3),
                "padding_share": round(1 - (self.tokens - seen) / room, 3),
            }
            if together:
                entry["together"] = round(sum(together) / len(together), 3)
            self.report(sums, entry)
            self.plan.read()
        self.finish()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("family", choices=paths.FAMILIES)
    parser.add_argument("--tokens", type=int, help="how many in all; plan.json, if any, comes first")
    parser.add_argument("--name", default="", help="a folder of its own under build/training")
    parser.add_argument("--report-every", type=float, default=60, help="seconds")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--optimizer", choices=list(RATES), default="muon")
    parser.add_argument("--matrices", type=float, help="learning rate of the matrices")
    parser.add_argument("--rest", type=float, help="learning rate of embeddings, norms and biases")
    parser.add_argument("--step-tokens", type=int, default=STEP_TOKENS)
    parser.add_argument("--evaluation", type=int, default=EVALUATION_EXAMPLES, help="held-out examples")
    options = parser.parse_args()
    options.matrices = options.matrices or RATES[options.optimizer][0]
    options.rest = options.rest or RATES[options.optimizer][1]
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(20261123)
    kernels.keep_memory()
    Trainer(options.family, options).run()


if __name__ == "__main__":
    main()
