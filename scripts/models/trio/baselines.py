"""What the scores are to be compared with: counts of tokens, of answers, and sentences that are copied."""

import itertools
import math
import re
from collections import Counter, defaultdict

import numpy as np

from . import corpus
from .pieces import Pieces
from .samples import Question

NAME = re.compile(r"(?<![.?!:\"] )(?<!^)\b[A-Z][a-z]+\b")


def training_texts(data: corpus.Corpus) -> list[str]:
    """Everything that is trained on, once: distinct sentences of the pairs, and documents in both
    languages."""
    documents = [d.text() for d in data.documents]
    documents += [d.text(french=True) for d in data.documents if d.bilingual()]
    return data.english() + data.french() + documents


def rows(data: corpus.Corpus, pieces: Pieces, first: int, last: int) -> list[list[int]]:
    """The training texts as ids between two marks."""
    return [[first, *pieces.text(text), last] for text in training_texts(data)]


def discount(counts: np.ndarray) -> float:
    """What absolute discounting takes from each count (Ney, Essen and Kneser 1994)."""
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    return once / (once + 2 * twice) if once else 0.5


class Unigram:
    """How often each token is, one added."""

    def __init__(self, texts: list[list[int]], size: int):
        counts = np.bincount(np.concatenate([np.array(row[1:]) for row in texts]), minlength=size) + 1.0
        self.shares = counts / counts.sum()

    def distribution(self, first: int, second: int) -> np.ndarray:
        """The same everywhere."""
        return self.shares


class Trigram:
    """P(token | two others): interpolated Kneser–Ney. `between`: the others are the two neighbours, else the
    two tokens before. Where they were not seen together, the second alone decides, then nothing."""

    def __init__(self, texts: list[list[int]], size: int, between: bool):
        self.size = size
        flat = np.concatenate([np.array(row if between else [row[0], *row], dtype=np.int64) for row in texts])
        ends = np.cumsum([len(row) + (not between) for row in texts])
        # A window of three that runs from one text into the next is none.
        inside = np.ones(len(flat) - 2, dtype=bool)
        for back in (1, 2):
            inside[ends[:-1] - back] = False
        a, b, c = flat[:-2][inside], flat[1:-1][inside], flat[2:][inside]
        first, second, token = (a, c, b) if between else (a, b, c)
        self.three, self.threes = np.unique((first * size + second) * size + token, return_counts=True)
        self.two, self.twos = np.unique(self.three % (size * size), return_counts=True)
        ones = np.bincount(self.two % size, minlength=size).astype(float)
        less = discount(ones)
        taken = np.minimum(ones, less).sum()
        self.ones = (np.maximum(ones - less, 0) + taken / size) / ones.sum()
        self.less = discount(self.twos), discount(self.threes)

    def distribution(self, first: int, second: int) -> np.ndarray:
        """Over the vocabulary."""
        shares = self.ones.copy()
        orders = ((self.two, self.twos, second), (self.three, self.threes, first * self.size + second))
        for (keys, counts, context), less in zip(orders, self.less, strict=True):
            begin, end = np.searchsorted(keys, [context * self.size, (context + 1) * self.size])
            if end > begin:
                seen = counts[begin:end]
                total = seen.sum()
                shares *= less * len(seen) / total
                shares[keys[begin:end] % self.size] += (seen - less) / total
        return shares


def judge(model: Unigram | Trigram, asked: list[tuple[int, int, int]]) -> tuple[list[float], list[int]]:
    """Losses in nats and ranks of (first, second, right token)."""
    losses, ranks = [], []
    for first, second, right in asked:
        shares = model.distribution(first, second)
        losses.append(-math.log(shares[right]))
        ranks.append(int((shares > shares[right]).sum()))
    return losses, ranks


def first_word(question: str) -> str:
    """What kind of question it is."""
    return question.split()[0].lower()


class Answers:
    """The most frequent answer to questions that begin so; for "who", the last name in the text."""

    def __init__(self, data: corpus.Corpus):
        counts: dict[str, Counter] = defaultdict(Counter)
        for document in data.documents:
            for question, answer, *_ in document.questions:
                counts[first_word(question)][answer.rstrip(" .")] += 1
        self.frequent = {word: counter.most_common(1)[0][0] for word, counter in counts.items()}

    def answer(self, item: Question) -> str:
        """The guess."""
        word = first_word(item.question)
        if word in ("who", "whom"):
            names = NAME.findall(item.text)
            if names:
                return names[-1]
        return self.frequent.get(word, "")


class Nearest:
    """The translation of the training sentence that shares most with the source: words weighted by how rare
    they are, as a share of the words of both."""

    COMMON = 5000

    def __init__(self, pairs: list[corpus.Pair]):
        self.pairs = pairs
        self.places: dict[str, list[int]] = defaultdict(list)
        self.words = [set(re.findall(r"\w+", source.lower())) for source, _ in pairs]
        for i, words in enumerate(self.words):
            for word in words:
                self.places[word].append(i)
        self.weights = {word: math.log(len(pairs) / len(found)) for word, found in self.places.items()}

    def weight(self, words: set[str]) -> float:
        """Of all words together."""
        return sum(self.weights.get(word, math.log(len(self.pairs))) for word in words)

    def translate(self, source: str) -> str:
        """What is found; the source itself where nothing is."""
        words = set(re.findall(r"\w+", source.lower()))
        shared: dict[int, float] = defaultdict(float)
        rare = sorted((w for w in words if w in self.places), key=lambda word: len(self.places[word]))
        for n, word in enumerate(rare):
            if n and len(self.places[word]) > self.COMMON:
                for i in shared:
                    if word in self.words[i]:
                        shared[i] += self.weights[word]
                continue
            for i in self.places[word]:
                shared[i] += self.weights[word]
        if not shared:
            return source
        whole = self.weight(words)
        likeliest = sorted(shared, key=shared.get, reverse=True)[:200]
        best = max(likeliest, key=lambda i: shared[i] / (whole + self.weight(self.words[i]) - shared[i]))
        return self.pairs[best][1]


class Words:
    """Guesses for a missing English word: the most frequent word, and the most frequent one after the word
    before."""

    def __init__(self, data: corpus.Corpus):
        words, after = Counter(), defaultdict(Counter)
        for sentence in data.english() + [d.text() for d in data.documents]:
            found = re.findall(r"[A-Za-z']+", sentence.lower())
            words.update(found)
            for one, two in itertools.pairwise(found):
                after[one][two] += 1
        self.frequent = words.most_common(1)[0][0]
        self.after = {one: counter.most_common(1)[0][0] for one, counter in after.items()}

    def next(self, before: str) -> str:
        """From what is before the blank."""
        found = re.findall(r"[A-Za-z']+", before.lower())
        return self.after.get(found[-1], self.frequent) if found else self.frequent
