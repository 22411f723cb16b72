"""Endless training text from the two parts of the data: passages, translations, texts with questions.

Both sources have `passage`, `story`, `sentence`, `pair` and `same`; only the world has `questions`, `summary`
and `mood`. A text comes with whether it is French.
"""

import random
from collections import defaultdict
from collections.abc import Iterator

from .corpus import Document, Pair

# English is what most visitors type; French needs enough to be translated into.
ENGLISH_SHARE = 0.65
# How many everyday sentences stand together: most stand alone, a few fill the whole window, so that every
# position is learned.
JOINED = ((1, 0.84), (2, 0.10), (3, 0.045), (14, 0.015))
# A world passage is a sentence, some in a row, the whole document, or two documents.
STRETCHES = (("one", 0.25), ("some", 0.30), ("all", 0.40), ("two", 0.05))
# How many sentences in a row are translated together.
PAIRED = ((1, 0.80), (2, 0.15), (3, 0.05))
# How many stories are told from somewhere in the middle; how many single sentences are all there is.
LATER_SHARE, CLOSED_SHARE = 0.25, 0.3
PARAPHRASE_SHARE, SUMMARY_SHARE = 0.3, 0.2
WITHOUT_STOP, LOWER_START = 0.2, 0.05
Told = tuple[str, bool]


def endless(items: list, rng: random.Random) -> Iterator:
    """Every item once, in a random order, and again in another; None forever where there are none."""
    order = list(range(len(items)))
    while True:
        if not items:
            yield None
        rng.shuffle(order)
        for index in order:
            yield items[index]


def chosen(options: tuple, rng: random.Random):
    """One of ((option, weight), …)."""
    values, weights = zip(*options, strict=True)
    return rng.choices(values, weights)[0]


def vary(text: str, rng: random.Random, stop: bool = True) -> str:
    """Sometimes with a small first letter and (if `stop`) without the final full stop: as visitors type."""
    if stop and rng.random() < WITHOUT_STOP and text.endswith(".") and not text.endswith(".."):
        text = text[:-1]
    if rng.random() < LOWER_START and not text.startswith("I"):
        text = text[0].lower() + text[1:]
    return text


def paraphrases(pairs: list[Pair]) -> list[list[str]]:
    """Groups of sentences of one language that share a translation."""
    groups: list[list[str]] = []
    for side in (0, 1):
        by_translation = defaultdict(dict)
        for pair in pairs:
            by_translation[pair[1 - side]][pair[side]] = None
        groups += [list(group) for group in by_translation.values() if len(group) > 1]
    return groups


class Everyday:
    """Single sentences and their translations."""

    def __init__(self, pairs: list[Pair], rng: random.Random):
        self.rng = rng
        self.sides = [endless(list(dict.fromkeys(pair[side] for pair in pairs)), rng) for side in (0, 1)]
        self.pairs = endless(pairs, rng)
        self.groups = endless(paraphrases(pairs), rng)

    def sentence(self) -> Told:
        """One sentence."""
        french = self.rng.random() >= ENGLISH_SHARE
        return next(self.sides[french]), french

    def story(self) -> tuple[str, bool, bool]:
        """A sentence, that it begins a text, and whether it ends one: mostly not, as visitors want more."""
        return self.sentence()[0], True, self.rng.random() < CLOSED_SHARE

    def passage(self) -> Told:
        """One or more sentences, which have nothing to do with one another."""
        french = self.rng.random() >= ENGLISH_SHARE
        return " ".join(next(self.sides[french]) for _ in range(chosen(JOINED, self.rng))), french

    def pair(self) -> Pair:
        """One or more sentences with their translation."""
        rows = [next(self.pairs) for _ in range(chosen(PAIRED, self.rng))]
        return " ".join(row[0] for row in rows), " ".join(row[1] for row in rows)

    def same(self) -> Pair:
        """Two texts that mean the same: translations, or paraphrases in one language."""
        if self.rng.random() < PARAPHRASE_SHARE:
            group = next(self.groups)
            if group:
                return tuple(self.rng.sample(group, 2))
        pair = next(self.pairs)
        return pair if self.rng.random() < 0.5 else pair[::-1]


class World:
    """Documents."""

    def __init__(self, documents: list[Document], rng: random.Random):
        self.rng = rng
        self.documents = endless(documents, rng)
        self.translated = endless([d for d in documents if d.bilingual()], rng)
        self.asked = endless([d for d in documents if d.questions], rng)
        self.summed = endless([d for d in documents if d.summary], rng)
        self.judged = endless([d for d in documents if d.mood], rng)

    def is_french(self, document: Document) -> bool:
        """In which language a document is told this time."""
        return self.rng.random() >= ENGLISH_SHARE and document.bilingual()

    def sentence(self) -> Told:
        """One sentence."""
        document = next(self.documents)
        french = self.is_french(document)
        return self.rng.choice(document.sentences)[french], french

    def story(self) -> tuple[str, bool, bool]:
        """A document or its later part, whether it is the whole, and that it is told to its end."""
        document = next(self.documents)
        rows, french = document.sentences, self.is_french(document)
        first = 0
        if self.rng.random() < LATER_SHARE and len(rows) > 2:
            first = self.rng.randrange(1, len(rows) - 1)
        return " ".join(row[french] for row in rows[first:]), first == 0, True

    def passage(self) -> Told:
        """A sentence, some in a row, a document or two."""
        document, stretch = next(self.documents), chosen(STRETCHES, self.rng)
        french, rows = self.is_french(document), document.sentences
        if stretch == "two":
            other = next(self.documents)
            french = french and other.bilingual()
            return document.text(french) + " " + other.text(french), french
        if stretch == "one":
            return self.rng.choice(rows)[french], french
        if stretch == "some" and len(rows) > 2:
            first = self.rng.randrange(len(rows) - 1)
            rows = rows[first : self.rng.randrange(first + 2, len(rows) + 1)]
        return " ".join(row[french] for row in rows), french

    def pair(self) -> Pair | None:
        """One or more sentences in a row with their translation."""
        document = next(self.translated)
        if document is None:
            return None
        count = min(chosen(PAIRED, self.rng), len(document.sentences))
        first = self.rng.randrange(len(document.sentences) - count + 1)
        rows = document.sentences[first : first + count]
        return " ".join(row[0] for row in rows), " ".join(row[1] for row in rows)

    def same(self) -> Pair | None:
        """Two texts that mean the same: translations, or a text and its summary in either language."""
        if self.rng.random() < SUMMARY_SHARE:
            told = self.summary()
            if told:
                return told[:2]
        pair = self.pair()
        return pair if pair is None or self.rng.random() < 0.5 else pair[::-1]

    def questions(self, most: int = 3) -> tuple[str, list[Pair], bool] | None:
        """A text, questions about it with short answers (no full stop), and whether it is French."""
        document = next(self.asked)
        if document is None:
            return None
        french = self.is_french(document)
        rows = [row[2:] if french else row[:2] for row in document.questions]
        rows = [(question, answer.rstrip(" .")) for question, answer in rows if question and answer]
        if not rows:
            return None
        count = self.rng.randint(1, min(most, len(rows)))
        return document.text(french), self.rng.sample(rows, count), french

    def summary(self) -> tuple[str, str, bool] | None:
        """A text, its summary, and whether they are French."""
        document = next(self.summed)
        if document is None:
            return None
        french = self.is_french(document) and bool(document.summary[1])
        return document.text(french), document.summary[french], french

    def mood(self) -> tuple[str, bool, bool] | None:
        """A text, whether it ends well, and whether it is French."""
        document = next(self.judged)
        if document is None:
            return None
        french = self.is_french(document)
        return document.text(french), document.mood == "good", french
