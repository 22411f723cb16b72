"""Make the bundled models: data, tokenizers, training, export, scores, cards, fixtures.

    python scripts/models/make.py                    everything; training resumes
    python scripts/models/make.py data               one command for the corpus: everyday sentences and small world
    python scripts/models/make.py export evaluate    some steps, in the order below
    python scripts/models/make.py --list             the steps

The three trainings run side by side, one core each. Checkpoints and logs: build/training/ (or $TRILENS_TRAINING).
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ORACLES = HERE.parents[1] / "tests" / "oracles"
FAMILIES = ("bert", "gpt2", "t5")
STEPS = {
    "corpus": "filter the original pairs again (needs --original)",
    "data": "tell the small world into build/world/, and write the data card",
    "tokenizers": "train the tokenizers (the models must be trained anew after a change)",
    "train": "train, or go on training",
    "export": "the best checkpoints to assets/models/, checked against PyTorch; the catalog",
    "probes": "the phenomena with known answers, assets/probes/",
    "evaluate": "scores on what is held out, assets/models/scores.json",
    "cards": "README.md of each model, docs/phenomena.md",
    "fixtures": "the reference's answers for the tests",
}
MODULES = {"tokenizers": "trio.vocabulary", "cards": "trio.card", "probes": "probes.build"}
TOKENS, AGAIN = 45_000_000, 10_000_000
USUAL = ("data", "train", "export", "probes", "evaluate", "cards", "fixtures")


def run(*arguments: str, folder: Path = HERE) -> None:
    """One step in a process of its own; stops everything if it fails."""
    print("+", *arguments, flush=True)
    subprocess.run([sys.executable, *arguments], cwd=folder, check=True)


def train(tokens: int) -> None:
    """The three side by side, the same number of tokens each."""
    environment = os.environ | {"TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"}
    commands = [[sys.executable, "-m", "trio.train", family, "--tokens", str(tokens)] for family in FAMILIES]
    started = [subprocess.Popen(command, cwd=HERE, env=environment) for command in commands]
    codes = [process.wait() for process in started]
    if any(codes):
        raise SystemExit("a training stopped with an error; its message is above")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("steps", nargs="*", metavar="STEP", help=", ".join(STEPS))
    parser.add_argument("--list", action="store_true", help="say what the steps are")
    parser.add_argument("--tokens", type=int, default=TOKENS, help=f"seen by each model (default {TOKENS:,})")
    parser.add_argument(
        "--again", type=int, default=AGAIN, help=f"more, in a second decay (default {AGAIN:,})"
    )
    parser.add_argument("--original", help="the unfiltered pairs, eng-fra.tsv.xz, for the step corpus")
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join(f"{name:12}{what}" for name, what in STEPS.items()))
        return
    unknown = set(arguments.steps) - set(STEPS)
    if unknown:
        parser.error(f"no such step: {', '.join(sorted(unknown))}")
    for step in [name for name in STEPS if name in (arguments.steps or USUAL)]:
        if step == "corpus":
            if not arguments.original:
                parser.error("the step corpus needs --original FILE")
            run("corpus/build.py", str(Path(arguments.original).resolve()))
        elif step == "train":
            train(arguments.tokens)
            train(arguments.tokens + arguments.again)
        elif step == "data":
            run("-m", "world.generate")
            run("-m", "world.card")
        elif step == "fixtures":
            for script in ("tokenizers_oracle", "search_oracle", "sampling_oracle", "models_oracle"):
                run(f"{script}.py", folder=ORACLES)
        else:
            run("-m", MODULES.get(step, f"trio.{step}"))
        if step in ("export", "tokenizers"):
            subprocess.run([HERE.parent / "catalog"], check=True)  # sizes and digests of the new files


if __name__ == "__main__":
    main()
