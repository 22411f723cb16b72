"""Train one model within a budget of minutes; resumes where it stopped.

The learning rate follows the share of the budget that has passed, so it has come down when the time is over,
however fast the machine is. Files in build/training/<family>/: last.pt (to resume), best.pt (lowest held-out
loss), log.jsonl.
"""

import argparse
import json
import math
import os
import random
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer

from . import batches, corpus, losses, models, objectives, paths

LEARNING_RATE = {"bert": 1.5e-3, "gpt2": 1.5e-3, "t5": 1.5e-3}
WARMUP_STEPS, FINAL_SHARE, WEIGHT_DECAY, CLIP = 200, 0.01, 0.05, 1.0
BATCH_TOKENS = {"cpu": 1024, "cuda": 8192}
PADDING = 0
EVALUATION_PASSAGES = 500


def parameter_groups(family: str, model: torch.nn.Module) -> list[dict]:
    """Matrices decay, vectors do not. T5 has no 1/sqrt(d) in its attention and embeddings of size one: its
    queries learn slower and its embeddings faster, in proportion to their size, as Adafactor would have
    it."""
    groups = {
        "decay": ([], 1.0, WEIGHT_DECAY),
        "plain": ([], 1.0, 0.0),
        "query": ([], 0.4, 0.0),
        "embedding": ([], 5.0, 0.0),
    }
    for name, parameter in model.named_parameters():
        if family == "t5" and name.startswith("shared"):
            key = "embedding"
        elif family == "t5" and ".q." in name:
            key = "query"
        else:
            key = "decay" if parameter.ndim == 2 and "bias" not in name else "plain"
        groups[key][0].append(parameter)
    return [{"params": p, "scale": scale, "weight_decay": decay} for p, scale, decay in groups.values() if p]


def schedule(step: int, share: float) -> float:
    """Warm-up by steps, then a cosine over the share of the budget that has passed."""
    cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, share)))
    return min(1.0, (step + 1) / WARMUP_STEPS) * (FINAL_SHARE + (1 - FINAL_SHARE) * cosine)


def held_out_batches(family: str, tokenizer: Tokenizer, data: corpus.Corpus) -> list[batches.Batch]:
    """The same held-out examples each time, made as the training examples are."""
    rng = random.Random(20261123)
    held_out = corpus.Corpus(data.held_out, [])
    source = objectives.examples(family, held_out, tokenizer, objectives.Draw(rng, models.POSITIONS))
    chosen = sorted((next(source) for _ in range(EVALUATION_PASSAGES)), key=batches.size)
    return [batches.pad(chosen[i : i + 50], PADDING) for i in range(0, len(chosen), 50)]


class Trainer:
    """One model, its optimizer and its place in the budget."""

    def __init__(self, family: str, minutes: float, attention: str = "eager"):
        self.family, self.budget = family, minutes * 60
        self.folder = paths.training(family)
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.tokenizer = Tokenizer.from_file(str(paths.assets(family) / "tokenizer.json"))
        self.data = corpus.read()
        self.model = models.fresh(family, attention).to(self.device)
        if family == "gpt2":  # the same function as gelu_new, in one operation instead of eight
            for block in self.model.transformer.h:
                block.mlp.act = torch.nn.GELU(approximate="tanh")
        self.optimizer = torch.optim.AdamW(
            parameter_groups(family, self.model), lr=1.0, betas=(0.9, 0.98), eps=1e-9, fused=True
        )
        self.step, self.elapsed, self.tokens, self.best = 0, 0.0, 0, math.inf
        self.resume()
        self.evaluation = held_out_batches(family, self.tokenizer, self.data)

    def resume(self) -> None:
        """Take up the last checkpoint, if there is one."""
        path = self.folder / "last.pt"
        if path.exists():
            saved = torch.load(path, map_location=self.device, weights_only=False)
            self.model.load_state_dict(saved["model"])
            self.optimizer.load_state_dict(saved["optimizer"])
            self.step, self.elapsed, self.tokens, self.best = (
                saved[k] for k in ("step", "elapsed", "tokens", "best")
            )

    def save(self, name: str, optimizer: bool) -> None:
        """Write a checkpoint in one piece: a reader never sees half of one."""
        state = {
            "model": self.model.state_dict(),
            "step": self.step,
            "elapsed": self.elapsed,
            "tokens": self.tokens,
            "best": self.best,
        }
        if optimizer:
            state["optimizer"] = self.optimizer.state_dict()
        torch.save(state, self.folder / (name + ".part"))
        Path(self.folder / (name + ".part")).rename(self.folder / name)

    def log(self, entry: dict) -> None:
        """One line of log.jsonl, also printed."""
        line = json.dumps(
            {"step": self.step, "minutes": round(self.elapsed / 60, 2), "tokens": self.tokens} | entry
        )
        with (self.folder / "log.jsonl").open("a") as out:
            out.write(line + "\n")
        print(line, flush=True)

    @torch.no_grad()
    def evaluate(self) -> float:
        """Mean held-out loss over what is asked."""
        total = asked = 0.0
        for batch in self.evaluation:
            batch = {name: tensor.to(self.device) for name, tensor in batch.items()}
            with torch.autocast(self.device, torch.bfloat16):
                logits, labels = losses.asked_logits(self.family, self.model, batch)
            total += torch.nn.functional.cross_entropy(logits.float(), labels, reduction="sum").item()
            asked += labels.numel()
        return total / asked

    def learn(self, batch: batches.Batch) -> float:
        """One step; returns its loss."""
        rate = LEARNING_RATE[self.family] * schedule(self.step, self.elapsed / self.budget)
        for group in self.optimizer.param_groups:
            group["lr"] = rate * group["scale"]
        batch = {name: tensor.to(self.device) for name, tensor in batch.items()}
        with torch.autocast(self.device, torch.bfloat16):
            loss = losses.loss(self.family, self.model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.step += 1
        self.tokens += int(batch["attention_mask"].sum())
        if self.family == "t5":
            self.tokens += int((batch["labels"] != objectives.IGNORED).sum())
        return loss.item()

    def report(self, recent: list[float], speed: float) -> None:
        """Evaluate, log, keep what is best, and save."""
        held_out = self.evaluate()
        self.log(
            {
                "training_loss": round(sum(recent) / len(recent), 4),
                "held_out_loss": round(held_out, 4),
                "tokens_per_second": round(speed),
                "learning_rate": round(self.optimizer.param_groups[0]["lr"], 6),
            }
        )
        if held_out < self.best:
            self.best = held_out
            self.save("best.pt", optimizer=False)
        self.save("last.pt", optimizer=True)

    def run(self, every_seconds: float) -> None:
        """Train until the budget is used."""
        rng = random.Random(1_000_003 * (1 + self.step))
        draw = objectives.Draw(rng, models.POSITIONS, objectives.DENSE_SHARE)
        source = objectives.examples(self.family, self.data, self.tokenizer, draw)
        stream = batches.bucketed(source, BATCH_TOKENS[self.device], rng, PADDING)
        recent, reported, tokens_then = [], time.monotonic(), self.tokens
        before, began = self.elapsed, time.monotonic()
        while self.elapsed < self.budget:
            recent.append(self.learn(next(stream)))
            self.elapsed = before + time.monotonic() - began
            since = time.monotonic() - reported
            if since > every_seconds or self.elapsed >= self.budget:
                self.report(recent, (self.tokens - tokens_then) / since)
                recent, reported, tokens_then = [], time.monotonic(), self.tokens


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("family", choices=paths.FAMILIES)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--report-every", type=float, default=150, help="seconds")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    if hasattr(os, "nice"):
        os.nice(19)  # whatever else the machine does comes first
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(20261123)
    Trainer(arguments.family, arguments.minutes).run(arguments.report_every)


if __name__ == "__main__":
    main()
