"""Score the shipped models on what is held out.

    python -m trio.evaluate                 all, each part in a process of its own, two at a time; publishes
    python -m trio.evaluate bert            one part: bert, gpt2, t5, phenomena, or untrained
    python -m trio.evaluate --share 0.05    with a part of the samples, to try things out

"untrained" asks the phenomena of random weights. Writes build/training/<family>/scores.json, and there
phenomena.json and phenomena_untrained.json; trio.publish makes assets/models/scores.json of all.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import sacrebleu
import torch
from transformers import logging

from . import asking, corpus, objectives, paths, publish, scores
from .asking import Model
from .onnx_export import quality
from .samples import PLACES, Samples

# The slowest first.
PARTS = ("t5", "untrained", "phenomena", "gpt2", "bert")
ROUNDING_TEXTS = 100


class Clock:
    """How long each measure takes."""

    def __init__(self, what: str):
        self.what, self.began = what, time.monotonic()

    def tell(self, measure: str) -> None:
        """Print and start anew."""
        now = time.monotonic()
        print(f"{self.what:10}{measure:20}{now - self.began:7.1f} s", flush=True)
        self.began = now


def rounding(family: str, samples: Samples) -> dict | None:
    """Loss in nats per token with the weights as trained and as shipped, on everyday and world texts; None
    where there is no checkpoint."""
    if not (paths.training(family) / "best.pt").exists():
        return None
    texts = {name: rows[:ROUNDING_TEXTS] for name, rows in samples.texts().items()}

    def losses(asked: Model, name: str) -> list:
        if family == "bert":
            places = scores.masked_places(asked, texts[name], 4)
            return [[loss] for _, loss, _ in asking.at_masks(asked, places)]
        if family == "gpt2":
            return [found for found, _ in asking.of_texts(asked, [asked.row(text) for text in texts[name]])]
        items = samples.translations()[name]["into_french"][:ROUNDING_TEXTS]
        rows = [
            (asking.source(asked, objectives.PREFIX + item.source), asking.source(asked, item.references[0]))
            for item in items
        ]
        return asking.of_targets(asked, rows)

    def measure(model) -> dict:
        asked = Model(family, model)
        names = ("everyday", "world") if family == "t5" else ("everyday_english", "held_text")
        return {name: float(np.concatenate(losses(asked, name)).mean()) for name in names}

    made = quality.quality(family, measure)
    return {
        "nats_per_token_as_trained": {k: round(v, 5) for k, v in made["full"].items()},
        "nats_per_token_as_shipped": {k: round(v, 5) for k, v in made["shipped"].items()},
        "largest_relative_change_percent": round(100 * made["worst"], 3),
        "limit_percent": round(100 * quality.LIMIT, 3),
    }


def bert(asked: Model, samples: Samples, clock: Clock) -> dict:
    """The encoder's own measure."""
    counted, made = scores.Counted(asked, samples.data), {}
    for name, texts in samples.texts().items():
        most = None if name.startswith("everyday") else PLACES
        made[name] = scores.masked(asked, counted, texts, most)
        clock.tell(f"masked {name}"[:19])
    return {"masked_token": made}


def gpt2(asked: Model, samples: Samples, clock: Clock) -> dict:
    """The decoder's own measure, and translations as continuations."""
    counted, made = scores.Counted(asked, samples.data), {}
    form = scores.form_nats(asked, samples.data)
    clock.tell("form")
    for name, texts in (samples.texts() | samples.trained()).items():
        texts = [text for text in texts if len(asked.row(text)) <= asked.model.config.n_positions]
        made[name] = scores.perplexity(asked, counted, texts)
        if not name.startswith("everyday"):
            part = "train" if name == "trained_text" else name
            made[name]["generator"] = scores.beside_generator(part, texts, made[name], form)
    clock.tell("next token")
    shots = samples.shots()
    ways = {
        "zero_shot": lambda sources, direction, part: asking.translated(asked, sources, direction),
        "three_shot": lambda sources, direction, part: asking.translated(
            asked, sources, direction, shots[part]
        ),
    }
    found = scores.translations(ways, samples, copies=False)
    clock.tell("translation")
    return {"next_token": made, "translation": found}


def t5(asked: Model, samples: Samples, clock: Clock) -> dict:
    """The encoder-decoder's own measure."""

    def way(sources: list[str], direction: str, part: str, beams: int) -> list[str]:
        return asking.translated(asked, sources, direction, beams=beams)

    ways = {"greedy": partial(way, beams=1), "beam4": partial(way, beams=4)}
    found = scores.translations(ways, samples, copies=True)
    clock.tell("translation")
    return {"translation": found}


def evaluate(family: str, share: float = 1.0) -> dict:
    """All scores of a family."""
    clock = Clock(family)
    samples, asked = Samples(corpus.read(), share), Model(family)
    clock.tell("reading")
    made = {"bert": bert, "gpt2": gpt2, "t5": t5}[family](asked, samples, clock)
    made["missing_word"] = scores.missing_words(asked, samples)
    made["answer"] = scores.answers(asked, samples)
    clock.tell("words, answers")
    if family != "bert":
        made["summary"] = scores.summaries(asked, samples)
        clock.tell("summaries")
    made["rounding"] = rounding(family, samples)
    clock.tell("rounding")
    made["sacrebleu"] = sacrebleu.__version__
    write(paths.training(family) / "scores.json", made)
    return made


def write(path, made: dict) -> None:
    """As JSON, readable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def measure(part: str, share: float) -> None:
    """A part in this process."""
    torch.set_num_threads(1)
    logging.set_verbosity_error()
    if part == "phenomena":
        from . import phenomena

        clock = Clock(part)
        write(paths.TRAINING / "phenomena.json", phenomena.all_phenomena())
        clock.tell("all")
    elif part == "untrained":
        untrained()
    else:
        evaluate(part, share)


def untrained() -> None:
    """The phenomena with random weights and the same tokenizers, in a folder that goes away."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for family in paths.FAMILIES:
            shutil.copytree(
                paths.assets(family), folder / f"trilens-{family}", ignore=shutil.ignore_patterns("onnx")
            )
        environment = os.environ | {"TRILENS_ASSETS": name, "TRILENS_TRAINING": name}
        for command in (("trio.export", "--fresh"), ("trio.evaluate", "phenomena")):
            subprocess.run(
                [sys.executable, "-m", *command], env=environment, check=True, stdout=subprocess.DEVNULL
            )
        shutil.copy(folder / "phenomena.json", paths.TRAINING / "phenomena_untrained.json")


def measure_all(share: float) -> None:
    """Each part in a process of its own; the log of each is printed by itself."""
    environment = os.environ | {"TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"}

    def start(part: str) -> int:
        command = [sys.executable, "-m", "trio.evaluate", part, "--share", str(share)]
        return subprocess.run(command, env=environment, check=False).returncode

    with ThreadPoolExecutor(2) as pool:
        codes = dict(zip(PARTS, pool.map(start, PARTS), strict=True))
    failed = [part for part, code in codes.items() if code]
    if failed:
        raise SystemExit(f"stopped with an error: {', '.join(failed)}; what was measured is kept")
    publish.main()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--share", type=float, default=1.0, help="of the samples (default 1)")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if not arguments.parts:
        measure_all(arguments.share)
    for part in arguments.parts:
        measure(part, arguments.share)


if __name__ == "__main__":
    main()
