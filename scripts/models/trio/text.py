"""Training text: which sentence comes next, and in which small variations."""

import random
from collections.abc import Iterator

from .corpus import Corpus

ENGLISH_SHARE = 0.7
# How many sentences of one language stand together: most stand alone, a few fill the whole window.
JOINED = ((1, 0.80), (2, 0.12), (3, 0.06), (10, 0.02))
WITHOUT_STOP, LOWER_START = 0.2, 0.05


def endless(items: list, rng: random.Random) -> Iterator:
    """Every item once, in a random order, and again in another."""
    order = list(range(len(items)))
    while True:
        rng.shuffle(order)
        for index in order:
            yield items[index]


def vary(sentence: str, rng: random.Random) -> str:
    """Sometimes without the final full stop, sometimes with a small first letter: as visitors type."""
    if rng.random() < WITHOUT_STOP and sentence.endswith(".") and not sentence.endswith(".."):
        sentence = sentence[:-1]
    if rng.random() < LOWER_START and not sentence.startswith("I"):
        sentence = sentence[0].lower() + sentence[1:]
    return sentence


def passages(corpus: Corpus, rng: random.Random) -> Iterator[str]:
    """Endless English and French passages of one or more sentences."""
    sources = endless(corpus.english(), rng), endless(corpus.french(), rng)
    counts, weights = zip(*JOINED, strict=True)
    while True:
        source = sources[0] if rng.random() < ENGLISH_SHARE else sources[1]
        count = rng.choices(counts, weights)[0]
        yield vary(" ".join(next(source) for _ in range(count)), rng)


def translations(corpus: Corpus, rng: random.Random) -> Iterator[tuple[str, str]]:
    """Endless (English, French) pairs, as an example for the text-to-text task."""
    for english, french in endless(corpus.training, rng):
        yield vary(english, rng), french
