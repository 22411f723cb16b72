"""Reads the plot files, tells each plot many times, and reports what is wrong by file and line.

python -m world.check                       all files
python -m world.check plots/home.txt        one file (with the shared lists of all)
python -m world.check --show 5 FILE…        also prints five texts of each plot
"""

import argparse
import random
import re
import sys
from pathlib import Path

from . import parse
from .lexicon import WorldError
from .tell import Document, Teller

SUSPECT_ENGLISH = re.compile(
    r"[{}<>|]|\b(a|an|the|some) (a|an|the|some|his|her|my|your)\b|\ba [aeio]\w+|  | [,.?!]|(?<![.?!\"':)])$"
)
SUSPECT_FRENCH = re.compile(
    r"[{}<>|\u0001]|\b(le|la|de|les|du|un|une) (le|la|les|un|une|du|des)\b|\b(que|de|je|ne|se|le|la) [aeiouéèêâàî]\w*|"
    r"  |\w[?!:;]| [,.]|(?<![.?!\"':)])$"
)
# Right although they look wrong.
FINE_FRENCH = re.compile(
    r"\b(de|que|le|la) (un|une|onze|oui|yaourt)\b|\bde (la|le|les)\b|\bque (le|la|les|un|une|du|des)\b|\bl'un des\b"
)


def problems(document: Document) -> list[str]:
    """What looks wrong in a text."""
    found = []
    pairs = list(document.sentences) + [(q, f) for q, _, f, _ in document.questions]
    for english, french in pairs:
        match = SUSPECT_ENGLISH.search(english)
        if match:
            found.append(f"English looks wrong at “{match.group() or 'its end'}”: {english}")
        match = SUSPECT_FRENCH.search(FINE_FRENCH.sub("_", french))
        if match:
            found.append(f"French looks wrong at “{match.group() or 'its end'}”: {french}")
    return found


def show(document: Document) -> None:
    """Print a text with all that belongs to it."""
    print(
        f"\n== {document.plot} ({document.kind}{', held out' if document.held else ''}, mood {document.mood})"
    )
    print(document.english())
    print(" ".join(fr for _, fr in document.sentences))
    for question, answer, question_fr, answer_fr in document.questions:
        print(f"  ? {question} {answer}  |  {question_fr} {answer_fr}")
    if document.summary:
        print("  =", "  |  ".join(document.summary))
    for pair in document.wrong:
        print("  x", "  |  ".join(pair))


def main() -> int:
    """Command line; the number of problems decides the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--times", type=int, default=200, help="how often each plot is told")
    parser.add_argument("--show", type=int, default=0, help="how many texts of each plot to print")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    errors: list[str] = []
    _, shared = parse.read(errors=[])
    plots, own = parse.read(arguments.files or None, errors)
    print(*errors, sep="\n", end="\n" if errors else "")
    count = len(errors)
    for plot in plots:
        seen: set[str] = set()
        texts: set[str] = set()
        rng = random.Random(arguments.seed)
        for number in range(arguments.times):
            try:
                document = Teller(plot, shared | own, rng).tell()
            except WorldError as error:
                if str(error) not in seen:
                    print(error)
                seen.add(str(error))
                continue
            texts.add(document.english())
            for problem in problems(document):
                key = problem.split(":")[0]
                if key not in seen:
                    print(f"{plot.where} ({plot.name}): {problem}")
                seen.add(key)
            if number < arguments.show:
                show(document)
        if len(texts) < 0.9 * arguments.times and plot.kind != "fact":
            print(f"{plot.where} ({plot.name}): only {len(texts)} different texts in {arguments.times}")
        count += len(seen)
    print(f"{len(plots)} plots, {count} problems")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
