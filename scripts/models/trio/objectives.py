"""From text to what each family learns from: masked words, next words, corrupted spans and translations.

An example is a dictionary of lists of ids. -100 among the labels means: not asked.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tokenizers import Tokenizer

from . import text
from .corpus import Corpus

IGNORED = -100
PREFIX = "translate English to French: "
MASKED_SHARE, SINGLE_MASK_SHARE = 0.2, 0.35
# In training, this share of examples has more taken out than anyone will ask for: each then teaches more. The
# held-out examples have none of them.
DENSE_SHARE, DENSE_MASKED_SHARE = 0.5, 0.35
SPAN_WORDS = ((1, 0.6), (2, 0.25), (3, 0.15))
Example = dict[str, list[int]]


@dataclass
class Draw:
    """Where an example's randomness comes from, how long it may be, and whether dense ones are among them."""

    rng: random.Random
    longest: int
    dense_share: float = 0.0

    def dense(self) -> bool:
        """Whether this example is a dense one; draws nothing if there are none."""
        return self.dense_share > 0 and self.rng.random() < self.dense_share


def mask_some(ids: list[int], words: list[int | None], tokenizer: Tokenizer, draw: Draw) -> Example:
    """BERT: some tokens asked (80 % masked, 10 % another token, 10 % kept), or one whole word or token
    masked."""
    mask, rng, dense = tokenizer.token_to_id("[MASK]"), draw.rng, draw.dense()
    places = [i for i, word in enumerate(words) if word is not None]
    labels, ids = [IGNORED] * len(ids), list(ids)
    if not dense and rng.random() < SINGLE_MASK_SHARE:
        chosen = rng.choice(places)
        whole = rng.random() < 0.5
        for i in places:
            if i == chosen or (whole and words[i] == words[chosen]):
                labels[i], ids[i] = ids[i], mask
        return {"input_ids": ids, "labels": labels}
    share = DENSE_MASKED_SHARE if dense else MASKED_SHARE
    for i in rng.sample(places, max(1, round(share * len(places)))):
        labels[i] = ids[i]
        roll = rng.random()
        if roll < 0.8:
            ids[i] = mask
        elif roll < 0.9:
            ids[i] = rng.randrange(5, tokenizer.get_vocab_size())
    return {"input_ids": ids, "labels": labels}


def bert_example(passage: str, tokenizer: Tokenizer, draw: Draw) -> Example:
    """One masked passage, [CLS] … [SEP]."""
    encoding = tokenizer.encode(passage)
    ids, words = encoding.ids, encoding.word_ids
    if len(ids) > draw.longest:
        ids, words = ids[: draw.longest - 1] + ids[-1:], words[: draw.longest - 1] + words[-1:]
    return mask_some(ids, words, tokenizer, draw)


def gpt2_example(passage: str, tokenizer: Tokenizer, draw: Draw) -> Example:
    """One passage that ends with the end token, and in half of the cases starts with it (as a document
    would)."""
    end = tokenizer.token_to_id("<|endoftext|>")
    ids = ([end] if draw.rng.random() < 0.5 else []) + tokenizer.encode(passage).ids + [end]
    ids = ids[: draw.longest]
    return {"input_ids": ids, "labels": ids[1:] + [IGNORED]}


def spans(length: int, draw: Draw) -> list[tuple[int, int]]:
    """One to four separate stretches [first, last) among `length` items, in order; never all items unless
    one. Dense: up to twelve."""
    rng = draw.rng
    if draw.dense():
        count = min(12, max(1, length // 3))
    else:
        count = 1 if length <= 5 else rng.choice((1, 2)) if length <= 16 else rng.choice((2, 3, 4))
    taken: list[tuple[int, int]] = []
    sizes, weights = zip(*SPAN_WORDS, strict=True)
    for _ in range(count):
        size = min(rng.choices(sizes, weights)[0], max(1, length - 1))
        first = rng.randrange(length - size + 1)
        if all(first + size < a or first > b for a, b in taken):
            taken.append((first, first + size))
    return sorted(taken)


def corrupt_words(passage: str, tokenizer: Tokenizer, draw: Draw) -> Example:
    """T5: whole words replaced in the text, which is how a visitor writes a blank."""
    words = re.findall(r"\w+(?:['-]\w+)*", passage) or [passage]
    places = [match.span() for match in re.finditer(r"\w+(?:['-]\w+)*", passage)] or [(0, len(passage))]
    source, target, done = "", "", 0
    chosen = spans(len(words), draw)
    for n, (first, last) in enumerate(chosen):
        start, stop = places[first][0], places[last - 1][1]
        source += passage[done:start] + f"<extra_id_{n}>"
        target += f"<extra_id_{n}> {passage[start:stop]} "
        done = stop
    source, target = source + passage[done:], target + f"<extra_id_{len(chosen)}>"
    return {"input_ids": tokenizer.encode(source).ids, "labels": tokenizer.encode(target).ids}


def corrupt_tokens(passage: str, tokenizer: Tokenizer, draw: Draw) -> Example:
    """T5's own span corruption, on tokens."""
    ids = tokenizer.encode(passage).ids
    body, end = ids[:-1], ids[-1:]
    first_sentinel = tokenizer.token_to_id("<extra_id_0>")
    source, target, done = [], [], 0
    chosen = spans(len(body), draw)
    for n, (first, last) in enumerate(chosen):
        source += body[done:first] + [first_sentinel - n]
        target += [first_sentinel - n] + body[first:last]
        done = last
    return {"input_ids": source + body[done:] + end, "labels": target + [first_sentinel - len(chosen)] + end}


def t5_span_example(passage: str, tokenizer: Tokenizer, draw: Draw) -> Example:
    """One corrupted passage, on words or on tokens."""
    corrupt = corrupt_words if draw.rng.random() < 0.5 else corrupt_tokens
    return {name: ids[: draw.longest] for name, ids in corrupt(passage, tokenizer, draw).items()}


def t5_translation_example(pair: tuple[str, str], tokenizer: Tokenizer, longest: int) -> Example:
    """One translation with its prefix."""
    english, french = (tokenizer.encode(side).ids for side in (PREFIX + pair[0], pair[1]))
    return {"input_ids": english[:longest], "labels": french[:longest]}


def examples(family: str, corpus: Corpus, tokenizer: Tokenizer, draw: Draw) -> Iterator[Example]:
    """Endless training examples of a family; T5 takes both of its tasks in turn at random."""
    source = text.passages(corpus, draw.rng)
    pairs = text.translations(corpus, draw.rng)
    while True:
        if family == "bert":
            yield bert_example(next(source), tokenizer, draw)
        elif family == "gpt2":
            yield gpt2_example(next(source), tokenizer, draw)
        elif draw.rng.random() < 0.5:
            yield t5_translation_example(next(pairs), tokenizer, draw.longest)
        else:
            yield t5_span_example(next(source), tokenizer, draw)
