"""GPT-2's tasks: texts to go on with, and lines that put a task into text, as anyone can type them."""

from tokenizers import Tokenizer

from .bert_tasks import MOODS
from .example import IGNORED, Draw, Example
from .pieces import Pieces
from .text import chosen, vary

# The real tokenizer adds nothing, so a visitor's prompt has no <|endoftext|> before it; but only after one is
# the first word predicted, and what begins a text is learned.
WITHOUT_START = 0.2
SHOTS = ((1, 0.40), (2, 0.20), (3, 0.20), (4, 0.12), (5, 0.08))
INTO_FRENCH = 2 / 3
LABELS = {False: ("Question:", "Answer:", "Summary:"), True: ("Question :", "Réponse :", "Résumé :")}


class Gpt2:
    """Makes GPT-2's examples."""

    def __init__(self, tokenizer: Tokenizer, draw: Draw):
        self.draw, self.pieces = draw, Pieces(tokenizer, space=True)
        self.end = tokenizer.token_to_id("<|endoftext|>")

    def line(self, text: str, begins: bool = True, ends: bool = True) -> Example | None:
        """A text, mostly with its beginning marked, if it `begins` here, and its end; None if too long."""
        ids = self.pieces.text(text)
        if begins and self.draw.rng.random() >= WITHOUT_START:
            ids = [self.end, *ids]
        if ends:
            ids.append(self.end)
        if len(ids) > self.draw.longest:
            return None
        return {"input_ids": ids, "labels": ids[1:] + [IGNORED]}

    def text(self, source) -> Example | None:
        """A sentence or a story."""
        text, begins, ends = source.story()
        return self.line(vary(text, self.draw.rng, stop=False), begins, ends)

    def translation(self, source) -> Example | None:
        """Sentences with their translations, the same way for all."""
        rows = [source.pair() for _ in range(chosen(SHOTS, self.draw.rng))]
        if None in rows:
            return None
        if self.draw.rng.random() < INTO_FRENCH:
            return self.line(" ".join(f"English: {english} French: {french}" for english, french in rows))
        return self.line(" ".join(f"French: {french} English: {english}" for english, french in rows))

    def answer(self, source) -> Example | None:
        """A text and one to three questions with their answers."""
        told = source.questions()
        if told is None:
            return None
        text, rows, french = told
        ask, reply, _ = LABELS[french]
        asked = [f"{ask} {question} {reply} {answer}." for question, answer in rows]
        return self.line(" ".join([text, *asked]))

    def summary(self, source) -> Example | None:
        """A text and its summary."""
        told = source.summary()
        return told and self.line(f"{told[0]} {LABELS[told[2]][2]} {told[1]}")

    def mood(self, source) -> Example | None:
        """A text and how it was."""
        told = source.mood()
        if told is None:
            return None
        text, good, french = told
        start, words = MOODS[french]
        return self.line(f"{text} {start} {words[good]}.")
