"""BERT's tasks: masked words in passages, translations and answers, and texts with the same meaning."""

import re

from tokenizers import Tokenizer

from .example import IGNORED, Draw, Example
from .pieces import Pieces
from .text import chosen, vary

SPECIALS = 5  # [PAD] [UNK] [CLS] [SEP] [MASK] have the first ids
MASKED, DENSE_MASKED = (0.15, 0.25), 0.45
# A short text often has one blank, as visitors write them; in a longer one that would teach too little.
SINGLE_SHARE, SINGLE_LONGEST = 0.6, 24
WHOLE_WORDS = 0.5
PAIR_MASKED, BESIDE_MASKED = 0.15, 0.12  # in dense examples twice as many
ANSWER_FORMS = (("after", 0.5), ("before", 0.3), ("inside", 0.2))
YES_NO = {"yes", "no", "oui", "non"}
MOODS = {False: ("It was", ("bad", "good")), True: ("C'était", ("mauvais", "bon"))}


class Bert:
    """Makes BERT's examples."""

    def __init__(self, tokenizer: Tokenizer, draw: Draw):
        self.draw, self.pieces, self.size = draw, Pieces(tokenizer), tokenizer.get_vocab_size()
        self.cls, self.sep, self.mask = map(tokenizer.token_to_id, ("[CLS]", "[SEP]", "[MASK]"))
        names = [tokenizer.id_to_token(i) for i in range(self.size)]
        self.continues = [name.startswith("##") for name in names]
        self.is_word = [any(char.isalnum() for char in name) for name in names]

    def words(self, ids: list[int], first: int = 0, last: int | None = None) -> list[list[int]]:
        """The places of each word's pieces."""
        groups: list[list[int]] = []
        for i in range(first, len(ids) if last is None else last):
            piece = ids[i]
            if piece < SPECIALS:
                continue
            if groups and self.continues[piece]:
                groups[-1].append(i)
            else:
                groups.append([i])
        return groups

    def hide(self, example: Example, places: list[int], always: bool = False) -> None:
        """Ask for the pieces at these places: 80 % masked (or all), 10 % another piece, 10 % left."""
        ids, labels, rng = example["input_ids"], example["labels"], self.draw.rng
        for i in places:
            if labels[i] != IGNORED:
                continue
            labels[i] = ids[i]
            roll = 0.0 if always else rng.random()
            if roll < 0.8:
                ids[i] = self.mask
            elif roll < 0.9:
                ids[i] = rng.randrange(SPECIALS, self.size)

    def hide_share(self, example: Example, words: list[list[int]], share: float) -> None:
        """Ask for a share of the words: whole ones, or of their pieces."""
        units = words
        if self.draw.rng.random() >= WHOLE_WORDS:
            units = [[place] for word in words for place in word]
        for unit in self.draw.rng.sample(units, min(len(units), max(1, round(share * len(units))))):
            self.hide(example, unit)

    def more(self, share: float) -> float:
        """Twice the share in dense examples."""
        return 2 * share if self.draw.dense() else share

    def hide_one(self, example: Example, words: list[list[int]]) -> None:
        """Ask for one word or one piece of it; only seldom a punctuation mark."""
        rng, ids = self.draw.rng, example["input_ids"]
        real = [word for word in words if self.is_word[ids[word[0]]]]
        word = rng.choice(real if real and rng.random() < 0.93 else words)
        self.hide(example, word if rng.random() < WHOLE_WORDS else [rng.choice(word)], always=True)

    def hide_some(self, example: Example, words: list[list[int]]) -> None:
        """One blank or some words, as it comes."""
        dense = self.draw.dense()
        if not dense and len(words) <= SINGLE_LONGEST and self.draw.rng.random() < SINGLE_SHARE:
            self.hide_one(example, words)
        else:
            self.hide_share(example, words, DENSE_MASKED if dense else self.draw.rng.uniform(*MASKED))

    def plain(self, first: list[int], second: list[int] | None = None) -> Example | None:
        """[CLS] first [SEP] (second [SEP]) with nothing asked yet; None if it is empty or too long."""
        ids = [self.cls, *first, self.sep]
        example = {}
        if second is not None:
            example["token_type_ids"] = [0] * len(ids) + [1] * (len(second) + 1)
            ids += [*second, self.sep]
        if not first or len(ids) > self.draw.longest:
            return None
        return {"input_ids": ids, "labels": [IGNORED] * len(ids)} | example

    def masked(self, source) -> Example | None:
        """A passage; what does not fit into the window is left out."""
        ids = self.pieces.text(vary(source.passage()[0], self.draw.rng))
        example = self.plain(ids[: self.draw.longest - 2])
        if example:
            self.hide_some(example, self.words(example["input_ids"]))
        return example

    def translation(self, source) -> Example | None:
        """A sentence and its translation, something asked on both sides: each helps the other."""
        pair = source.pair()
        if pair is None:
            return None
        sides = [self.pieces.text(vary(side, self.draw.rng)) for side in pair]
        if self.draw.rng.random() < 1 / 3:
            sides.reverse()
        example = self.plain(*sides)
        if example:
            middle = len(sides[0]) + 1
            ids = example["input_ids"]
            for words in (self.words(ids, 0, middle), self.words(ids, middle)):
                self.hide_some(example, words)
        return example

    def pair(self, source) -> Example | None:
        """Two texts with the same meaning, in sequences of their own, with few masks or none."""
        same = source.same()
        if same is None:
            return None
        made = [self.plain(self.pieces.text(vary(side, self.draw.rng))) for side in same]
        if None in made:
            return None
        for example in made:
            if self.draw.rng.random() < 0.7:
                self.hide_share(example, self.words(example["input_ids"]), self.more(PAIR_MASKED))
        return made[0] | {"pair": made[1]}

    def beside(self, example: Example) -> None:
        """In half of the cases ask for a few other words too, so that a long text teaches more."""
        if self.draw.rng.random() < 0.5:
            self.hide_share(example, self.words(example["input_ids"]), self.more(BESIDE_MASKED))

    def answer(self, source) -> Example | None:
        """A text and questions with blanks for answers: after the text, before it, or inside the text."""
        told = source.questions()
        if told is None:
            return None
        text, rows, _ = told
        form = chosen(ANSWER_FORMS, self.draw.rng)
        if form == "inside" and rows[0][1].lower() not in YES_NO:
            made = self.answer_inside(text, *rows[0])
            if made:
                return made
        blanks, ids = [], []
        for question, answer in rows:
            ids += self.pieces.text(question)
            blank = self.pieces.text(answer)
            blanks.append((len(ids), len(blank)))
            ids += blank + self.pieces.text(".")
        body = self.pieces.text(text)
        example = self.plain(body + ids) if form == "after" else self.plain(ids, body)
        if example is None:
            return None
        offset = 1 + (len(body) if form == "after" else 0)
        for first, count in blanks:
            self.hide(example, list(range(offset + first, offset + first + count)), always=True)
        self.beside(example)
        return example

    def answer_inside(self, text: str, question: str, answer: str) -> Example | None:
        """[CLS] question [SEP] text [SEP] with the answer hidden wherever the text has it."""
        found = re.split(rf"(?<!\w){re.escape(answer)}(?!\w)", text, flags=re.IGNORECASE)
        if len(found) == 1:
            return None
        parts = [self.pieces.text(part) for part in found]
        blank, asked, body = self.pieces.text(answer), self.pieces.text(question), []
        places = []
        for n, part in enumerate(parts):
            if n:
                places += range(len(body), len(body) + len(blank))
                body += blank
            body += part
        example = self.plain(asked, body)
        if example:
            self.hide(example, [len(asked) + 2 + place for place in places], always=True)
            self.beside(example)
        return example

    def mood(self, source) -> Example | None:
        """A text and how it was, as a blank."""
        told = source.mood()
        if told is None:
            return None
        text, good, french = told
        start, words = MOODS[french]
        body, word = self.pieces.text(f"{text} {start}"), self.pieces.text(words[good])
        example = self.plain(body + word + self.pieces.text("."))
        if example:
            self.hide(example, list(range(1 + len(body), 1 + len(body) + len(word))), always=True)
            self.beside(example)
        return example
