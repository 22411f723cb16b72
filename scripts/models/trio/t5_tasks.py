"""T5's tasks, each from text to text: spans taken out, and what a prefix asks for."""

import re

from tokenizers import Tokenizer

from .example import Draw, Example
from .mistakes import with_mistakes
from .pieces import Pieces
from .text import vary

INTO_FRENCH, INTO_ENGLISH = "translate English to French: ", "translate French to English: "
SUMMARIZE, CORRECT, SENTIMENT = "summarize: ", "correct: ", "sentiment: "
QUESTION, CONTEXT = "question: ", " context: "
MOODS = ("bad", "good")
SPAN_WORDS = ((1, 2, 3), (0.6, 0.25, 0.15))
MOST_SPANS, BY_WORDS = 16, 0.7
WORD = re.compile(r"\w+(?:['-]\w+)*")


def spans(length: int, draw: Draw) -> list[tuple[int, int]]:
    """Separate stretches [first, last) among `length` items, in order; never all items unless one. One to
    four, or one for every twelve items; dense: one for every four or five."""
    rng = draw.rng
    if draw.dense():
        count = min(MOST_SPANS, max(1, round(length / 4.5)))
    else:
        count = 1 if length <= 5 else rng.choice((1, 2)) if length <= 16 else rng.choice((2, 3, 4))
        count = max(count, length // 12)
    taken: list[tuple[int, int]] = []
    for _ in range(count):
        size = min(rng.choices(*SPAN_WORDS)[0], max(1, length - 1))
        first = rng.randrange(length - size + 1)
        if all(first + size < a or first > b for a, b in taken):
            taken.append((first, first + size))
    return sorted(taken)


class T5:
    """Makes T5's examples."""

    def __init__(self, tokenizer: Tokenizer, draw: Draw):
        self.draw, self.pieces = draw, Pieces(tokenizer)
        self.end, self.first_sentinel = map(tokenizer.token_to_id, ("</s>", "<extra_id_0>"))

    def example(self, source: str, target: str) -> Example | None:
        """From one text to the other; None if either is too long."""
        made = {
            "input_ids": [*self.pieces.text(source), self.end],
            "labels": [*self.pieces.text(target), self.end],
        }
        return made if max(map(len, made.values())) <= self.draw.longest else None

    def spans(self, source) -> Example | None:
        """A passage with stretches taken out, by words (as visitors write blanks) or by tokens (T5's way)."""
        passage = vary(source.passage()[0], self.draw.rng)
        words = self.draw.rng.random() < BY_WORDS
        return self.word_spans(passage) if words else self.token_spans(passage)

    def word_spans(self, passage: str) -> Example | None:
        """Whole words are replaced in the text; punctuation stays."""
        places = [match.span() for match in WORD.finditer(passage)] or [(0, len(passage))]
        source, target, done = "", "", 0
        chosen = spans(len(places), self.draw)
        for n, (first, last) in enumerate(chosen):
            start, stop = places[first][0], places[last - 1][1]
            source += passage[done:start] + f"<extra_id_{n}>"
            target += f"<extra_id_{n}> {passage[start:stop]} "
            done = stop
        return self.example(source + passage[done:], target + f"<extra_id_{len(chosen)}>")

    def token_spans(self, passage: str) -> Example:
        """Tokens are replaced; what does not fit into the window is left out."""
        body = self.pieces.text(passage)[: self.draw.longest - 1]
        source, target, done = [], [], 0
        chosen = spans(len(body), self.draw)
        for n, (first, last) in enumerate(chosen):
            sentinel = self.first_sentinel - n
            source += [*body[done:first], sentinel]
            target += [sentinel, *body[first:last]]
            done = last
        target += [self.first_sentinel - len(chosen), self.end]
        return {"input_ids": [*source, *body[done:], self.end], "labels": target}

    def into_french(self, source) -> Example | None:
        """English to French."""
        pair = source.pair()
        return pair and self.example(INTO_FRENCH + vary(pair[0], self.draw.rng), pair[1])

    def into_english(self, source) -> Example | None:
        """French to English."""
        pair = source.pair()
        return pair and self.example(INTO_ENGLISH + vary(pair[1], self.draw.rng), pair[0])

    def summary(self, source) -> Example | None:
        """A text to its summary."""
        told = source.summary()
        return told and self.example(SUMMARIZE + told[0], told[1])

    def answer(self, source) -> Example | None:
        """A question and its text to the short answer."""
        told = source.questions(most=1)
        if told is None:
            return None
        text, ((question, answer),), _ = told
        return self.example(QUESTION + question + CONTEXT + text, answer)

    def correct(self, source) -> Example | None:
        """A sentence with mistakes to the right one; some have none."""
        sentence, french = source.sentence()
        return self.example(CORRECT + with_mistakes(sentence, french, self.draw.rng), sentence)

    def sentiment(self, source) -> Example | None:
        """A text, in either language, to good or bad."""
        told = source.mood()
        return told and self.example(SENTIMENT + told[0], MOODS[told[1]])
