"""What the scores are measured on: the same held-out texts, questions and words for all three families.

Samples are drawn with fixed seeds from sorted lists, so they depend on the data alone.
"""

import json
import math
import random
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from . import corpus, load, paths

# How many of each; `evaluate --share` takes a part of them, to try things out.
SENTENCES, DOCUMENTS, PLACES, TRANSLATIONS, QUESTIONS, SUMMARIES, BLANKS = 400, 100, 15, 300, 120, 60, 400
# Documents and sentences longer than this (words between spaces) would not leave every family room for a
# task.
LONGEST_TEXT, LONGEST_SENTENCE = 100, 30
SHOTS = 3
SETS = ("everyday_english", "everyday_french", *corpus.HELD_WORLD)


@dataclass(frozen=True)
class Question:
    """A question about a text. `answer` has no full stop, as in training."""

    text: str
    question: str
    answer: str


@dataclass(frozen=True)
class Translation:
    """A source with everything that is right for it."""

    source: str
    references: tuple[str, ...]


class Samples:
    """Held-out samples of the data."""

    def __init__(self, data: corpus.Corpus, share: float = 1.0):
        self.data, self.share = data, share

    def some(self, items: list, count: int, seed: int) -> list:
        """At most `count` (times the share) of the items."""
        return random.Random(seed).sample(items, min(len(items), max(2, round(count * self.share))))

    def documents(self, part: str) -> list[corpus.Document]:
        """The held-out documents of a part that are short enough."""
        return [d for d in self.data.held_documents[part] if len(d.text().split()) <= LONGEST_TEXT]

    def texts(self) -> dict[str, list[str]]:
        """Sentences, and the English of documents, by set."""
        made = {
            "everyday_english": self.some(sorted(self.data.english("held_out")), SENTENCES, 1),
            "everyday_french": self.some(sorted(self.data.french("held_out")), SENTENCES, 2),
        }
        for part in corpus.HELD_WORLD:
            made[part] = self.some(sorted({d.text() for d in self.documents(part)}), DOCUMENTS, 3)
        return {name: texts for name, texts in made.items() if texts}

    def trained(self) -> dict[str, list[str]]:
        """Texts that were trained on, to see whether the held-out ones are harder."""
        known = sorted({d.text() for d in self.data.documents if len(d.text().split()) <= LONGEST_TEXT})
        return {"trained_text": self.some(known, DOCUMENTS, 3)} if known else {}

    def questions(self) -> dict[str, list[Question]]:
        """English questions on documents, by part."""
        made = {}
        for part in corpus.HELD_WORLD:
            rows = {
                (d.text(), row[0], row[1].rstrip(" ."))
                for d in self.documents(part)
                for row in d.questions
                if row[1].rstrip(" .")
            }
            if rows:
                made[part] = [Question(*row) for row in self.some(sorted(rows), QUESTIONS, 4)]
        return made

    def summaries(self) -> dict[str, list[tuple[str, str]]]:
        """(English text, its summary) by part."""
        made = {}
        for part in corpus.HELD_WORLD:
            rows = {(d.text(), d.summary[0]) for d in self.documents(part) if d.summary}
            if rows:
                made[part] = self.some(sorted(rows), SUMMARIES, 5)
        return made

    def translations(self) -> dict[str, dict[str, list[Translation]]]:
        """{"everyday", "world"} → {"into_french", "into_english"} → sentences. World sentences are those that
        no training document has."""
        seen = {sentence for d in self.data.documents for sentence in d.sentences}
        world = {
            pair
            for part in corpus.HELD_WORLD
            for d in self.documents(part)
            for pair in d.sentences
            if pair[1] and pair not in seen and len(pair[0].split()) <= LONGEST_SENTENCE
        }
        made: dict[str, dict[str, list[Translation]]] = {}
        for name, pairs in (("everyday", self.data.held_out), ("world", sorted(world))):
            made[name] = {}
            for direction, side in (("into_french", 0), ("into_english", 1)):
                right: dict[str, dict[str, None]] = {}
                for pair in pairs:
                    right.setdefault(pair[side], {})[pair[1 - side]] = None
                chosen = self.some(sorted(right), TRANSLATIONS, 6)
                made[name][direction] = [Translation(source, tuple(right[source])) for source in chosen]
        return made

    def shots(self) -> dict[str, list[corpus.Pair]]:
        """The training pairs that stand before a sentence to translate, by part; the same for every
        sentence."""
        everyday = [pair for pair in self.data.training if 4 <= len(pair[0].split()) <= 8]
        world = [s for d in self.data.documents for s in d.sentences if s[1] and 4 <= len(s[0].split()) <= 10]
        draw = random.Random(7)
        return {"everyday": draw.sample(everyday, SHOTS), "world": draw.sample(world, SHOTS) if world else []}

    def blanks(self) -> list[tuple[str, str, str]]:
        """(before, word, after): one word taken out of each sentence, of those that are one piece in all
        vocabularies."""
        rng, made, words = random.Random(8), [], whole_words()
        sentences = sorted(self.data.english("held_out"))
        for sentence in rng.sample(sentences, len(sentences)):
            places = [
                m
                for m in re.finditer(r"[A-Za-z]+", sentence)
                if m.group() in words
                and m.start() > 0
                and sentence[m.start() - 1] == " "
                and sentence[m.end() : m.end() + 1] in ("", " ", ".", "?", "!", ",")
            ]
            if places:
                chosen = rng.choice(places)
                made.append((sentence[: chosen.start()], chosen.group(), sentence[chosen.end() :]))
        return made[: max(2, round(BLANKS * self.share))]


def whole_words() -> set[str]:
    """Words that are one piece for all three tokenizers inside a sentence."""
    bert, gpt2, t5 = (set(load.tokenizer(family).get_vocab()) for family in paths.FAMILIES)
    return {
        piece[1:]
        for piece in t5
        if piece.startswith("▁") and piece[1:].lower() in bert and "Ġ" + piece[1:] in gpt2
    }


def told(part: str) -> list[dict]:
    """The generator's rows of a part."""
    with (corpus.WORLD / f"{part}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@cache
def plots(part: str) -> Counter:
    """How many documents each plot has."""
    return Counter(row["plot"] for row in told(part))


def generator_nats(part: str) -> dict[str, float]:
    """English text → what the generator needed to tell it: its choices within the plot (the file's "nats")
    and the plot itself, by how often the files have it. An upper bound of -log p of the text."""
    counts = plots(part if part == "held_template" else "train")
    total = sum(counts.values())
    return {
        " ".join(sentence[0] for sentence in row["sentences"]): row["nats"]
        - math.log(counts[row["plot"]] / total)
        for row in told(part)
        if row["plot"] in counts
    }
