"""How the three are asked in the scores: ids in, ids out, in batches, with transformers' own models and the
shipped weights. Wordings are those of the tasks that they were trained on."""

import re

import numpy as np
import torch
from tokenizers import Tokenizer
from torch.nn.functional import log_softmax
from transformers import PreTrainedModel

from . import load, models, paths
from .gpt2_tasks import LABELS
from .pieces import Pieces
from .samples import Question
from .t5_tasks import CONTEXT, INTO_ENGLISH, INTO_FRENCH, QUESTION, SUMMARIZE

GROUP = 50
ASK, REPLY, SUMMARY = LABELS[False]
PREFIX = {"into_french": INTO_FRENCH, "into_english": INTO_ENGLISH}
# (what stands before the source, before the target)
NAMES = {"into_french": ("English:", "French:"), "into_english": ("French:", "English:")}
# Ids of a text, a place in it, the right token there.
Place = tuple[list[int], int, int]


def groups(items: list) -> list[list]:
    """Items in groups that fit one pass."""
    return [items[i : i + GROUP] for i in range(0, len(items), GROUP)]


class Model:
    """A family's model and tokenizer."""

    def __init__(self, family: str, model: PreTrainedModel | None = None):
        self.family, self.model = family, model or load.load(family)
        self.tokenizer = Tokenizer.from_file(str(paths.assets(family) / "tokenizer.json"))
        self.size = self.tokenizer.get_vocab_size()
        self.pieces = Pieces(self.tokenizer, space=family == "gpt2")
        marks = {"bert": ("[CLS]", "[SEP]"), "gpt2": ("<|endoftext|>",) * 2, "t5": ("<pad>", "</s>")}[family]
        self.first, self.last = map(self.tokenizer.token_to_id, marks)
        self.mask = self.tokenizer.token_to_id("[MASK]")

    def row(self, text: str) -> list[int]:
        """A whole text as the family sees it when it judges it."""
        return [self.first, *self.pieces.text(text), self.last]

    def decode(self, ids: list[int]) -> str:
        """Text with its special tokens."""
        return self.tokenizer.decode(ids, skip_special_tokens=False)


def padded(rows: list[list[int]], fill: int, left: bool = False) -> tuple[torch.Tensor, torch.Tensor]:
    """(ids, mask) of rows of different lengths."""
    longest = max(map(len, rows))
    gaps = [[fill] * (longest - len(row)) for row in rows]
    ids = [gap + row if left else row + gap for row, gap in zip(rows, gaps, strict=True)]
    masks = [[0] * len(gap) for gap in gaps]
    mask = [
        gap + [1] * len(row) if left else [1] * len(row) + gap for row, gap in zip(rows, masks, strict=True)
    ]
    return torch.tensor(ids), torch.tensor(mask)


def in_order(items: list, size, step) -> list:
    """step(group) for groups of items of about one size; the results in the items' order."""
    order = sorted(range(len(items)), key=lambda i: size(items[i]))
    made: list = [None] * len(items)
    for group in groups(order):
        for i, result in zip(group, step([items[i] for i in group]), strict=True):
            made[i] = result
    return made


@torch.no_grad()
def at_masks(asked: Model, places: list[Place]) -> list[tuple[int, float, int]]:
    """BERT's guess at one place of each row of ids, with the right token's (loss in nats, rank)."""

    def step(group: list[Place]) -> list[tuple[int, float, int]]:
        ids, mask = padded([row for row, _, _ in group], 0)
        hidden = asked.model.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        chosen = hidden[torch.arange(len(group)), torch.tensor([place for _, place, _ in group])]
        scores = log_softmax(asked.model.cls(chosen).double(), -1)
        right = scores.gather(-1, torch.tensor([[token] for _, _, token in group]))
        ranks = (scores > right).sum(-1).tolist()
        return list(zip(scores.argmax(-1).tolist(), (-right[:, 0]).tolist(), ranks, strict=True))

    return in_order(places, lambda item: len(item[0]), step)


@torch.no_grad()
def of_texts(asked: Model, rows: list[list[int]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """GPT-2's (losses in nats, ranks) of all tokens of each row but the first."""

    def step(group: list[list[int]]) -> list[tuple[np.ndarray, np.ndarray]]:
        ids, _ = padded(group, asked.last)
        scores = log_softmax(asked.model(input_ids=ids[:, :-1], use_cache=False).logits.double(), -1)
        right = scores.gather(-1, ids[:, 1:, None])
        ranks = (scores > right).sum(-1).numpy()
        losses = -right[..., 0].numpy()
        return [(losses[n, : len(row) - 1], ranks[n, : len(row) - 1]) for n, row in enumerate(group)]

    return in_order(rows, len, step)


@torch.no_grad()
def next_tokens(asked: Model, rows: list[list[int]]) -> list[int]:
    """GPT-2's likeliest next token after each row."""

    def step(group: list[list[int]]) -> list[int]:
        ids, _ = padded(group, asked.last)
        logits = asked.model(input_ids=ids, use_cache=False).logits
        return (
            logits[torch.arange(len(group)), torch.tensor([len(row) - 1 for row in group])]
            .argmax(-1)
            .tolist()
        )

    return in_order(rows, len, step)


@torch.no_grad()
def of_targets(asked: Model, pairs: list[tuple[list[int], list[int]]]) -> list[np.ndarray]:
    """T5's losses in nats of each target's tokens."""

    def step(group: list[tuple[list[int], list[int]]]) -> list[np.ndarray]:
        ids, mask = padded([source for source, _ in group], 0)
        labels, _ = padded([target for _, target in group], 0)
        scores = log_softmax(
            asked.model(input_ids=ids, attention_mask=mask, labels=labels).logits.double(), -1
        )
        losses = -scores.gather(-1, labels[..., None])[..., 0].numpy()
        return [losses[n, : len(target)] for n, (_, target) in enumerate(group)]

    return in_order(pairs, lambda pair: len(pair[0]) + len(pair[1]), step)


@torch.no_grad()
def written(asked: Model, rows: list[list[int]], new, beams: int = 1) -> list[str]:
    """What GPT-2 or T5 writes after each row, at most new(length of the longest row of a group) tokens."""

    def step(group: list[list[int]]) -> list[str]:
        most = new(max(map(len, group)))
        if asked.family == "gpt2":
            group = [row[-(models.POSITIONS - most) :] for row in group]
        ids, mask = padded(group, asked.last if asked.family == "gpt2" else 0, left=asked.family == "gpt2")
        made = asked.model.generate(
            input_ids=ids,
            attention_mask=mask,
            do_sample=False,
            num_beams=beams,
            max_new_tokens=most,
            pad_token_id=asked.last if asked.family == "gpt2" else 0,
        )
        skip = ids.shape[1] if asked.family == "gpt2" else 1
        return [asked.decode(row[skip:].tolist()) for row in made]

    return in_order(rows, len, step)


def until(text: str, *stops: str) -> str:
    """The text before the first of the stops."""
    ends = [text.find(stop) for stop in stops if stop in text]
    return text[: min(ends)] if ends else text


def prompt(asked: Model, text: str) -> list[int]:
    """GPT-2's ids of a text that it goes on with."""
    return [asked.first, *asked.pieces.text(text)]


def source(asked: Model, text: str) -> list[int]:
    """T5's ids of a source."""
    return [*asked.pieces.text(text), asked.last]


def translated(asked: Model, sources: list[str], direction: str, shots=(), beams: int = 1) -> list[str]:
    """Translations. `shots` are (English, French) pairs before the sentence, for GPT-2."""

    def room(length: int) -> int:
        return min(60, 2 * length + 8)

    if asked.family == "t5":
        made = written(asked, [source(asked, PREFIX[direction] + s) for s in sources], room, beams)
        return [re.sub(r"<[^>]*>", "", until(text, "</s>")).strip() for text in made]
    before, after = NAMES[direction]
    pairs = [pair if direction == "into_french" else pair[::-1] for pair in shots]
    start = "".join(f"{before} {one} {after} {two} " for one, two in pairs)
    made = written(asked, [prompt(asked, f"{start}{before} {s} {after}") for s in sources], room)
    return [until(text, "<|endoftext|>", before, after).strip() for text in made]


def answers(asked: Model, items: list[Question]) -> list[str]:
    """Short answers. BERT is told how many pieces the answer has, and fills them all at once."""
    if asked.family == "bert":
        return [asked.decode(ids) for ids in filled(asked, items)]
    if asked.family == "t5":
        rows = [source(asked, QUESTION + i.question + CONTEXT + i.text) for i in items]
        return [until(text, "</s>").strip() for text in written(asked, rows, lambda _: 16)]
    rows = [prompt(asked, f"{i.text} {ASK} {i.question} {REPLY}") for i in items]
    made = written(asked, rows, lambda _: 16)
    return [re.split(r"[.?!](?:\s|$)", until(text, "<|endoftext|>", ASK))[0].strip() for text in made]


def filled(asked: Model, items: list[Question]) -> list[list[int]]:
    """BERT's likeliest pieces at the [MASK]s for the answers."""
    places, counts = [], []
    for item in items:
        before = [asked.first, *asked.pieces.text(f"{item.text} {item.question}")]
        answer = asked.pieces.text(item.answer)
        row = [*before, *[asked.mask] * len(answer), *asked.pieces.text("."), asked.last]
        places += [(row, len(before) + n, piece) for n, piece in enumerate(answer)]
        counts.append(len(answer))
    found = iter(guess for guess, _, _ in at_masks(asked, places))
    return [[next(found) for _ in range(count)] for count in counts]


def summaries(asked: Model, texts: list[str]) -> list[str]:
    """One sentence on each text."""
    if asked.family == "t5":
        made = written(asked, [source(asked, SUMMARIZE + text) for text in texts], lambda _: 32)
        return [until(text, "</s>").strip() for text in made]
    made = written(asked, [prompt(asked, f"{text} {SUMMARY}") for text in texts], lambda _: 32)
    return [until(text, "<|endoftext|>").strip() for text in made]


def missing_words(asked: Model, items: list[tuple[str, str, str]]) -> list[str]:
    """First guesses for one missing word. GPT-2 sees only what is before it; BERT is told that it is one
    piece, T5 is not."""
    if asked.family == "t5":
        rows = [source(asked, f"{before}<extra_id_0>{after}") for before, _, after in items]
        made = [re.search(r"<extra_id_0>(.*?)(?:<|$)", text) for text in written(asked, rows, lambda _: 8)]
        return [found.group(1).strip() if found else "" for found in made]
    if asked.family == "gpt2":
        rows = [prompt(asked, before.rstrip()) for before, _, _ in items]
        return [asked.decode([token]).strip() for token in next_tokens(asked, rows)]
    places = []
    for before, word, after in items:
        left, right = [asked.first, *asked.pieces.text(before)], asked.pieces.text(word)[0]
        places.append(([*left, asked.mask, *asked.pieces.text(after), asked.last], len(left), right))
    return [asked.decode([guess]).strip() for guess, _, _ in at_masks(asked, places)]
