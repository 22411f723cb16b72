"""The scores, each with how many things it counts and with its baselines beside it. Names say the unit."""

import math
import random
from collections import Counter
from collections.abc import Callable
from functools import cached_property

import numpy as np
import sacrebleu

from world import lexicon

from . import asking, baselines, corpus, objectives
from .asking import Model
from .samples import Question, Samples, Translation, generator_nats

# How many training examples the share of one form of text is counted in (see `form_nats`).
FORM_EXAMPLES = 6000


def percent(hits: list[bool]) -> float:
    """Share of hits."""
    return round(100 * sum(hits) / max(1, len(hits)), 1)


def significant(value: float, digits: int = 4) -> float:
    """Rounded to so many digits."""
    return float(f"{value:.{digits}g}")


def tops(ranks: list[int]) -> dict:
    """How often the right one is first, or among five; ranks count from 0."""
    return {"top1_percent": percent([r < 1 for r in ranks]), "top5_percent": percent([r < 5 for r in ranks])}


class Counted:
    """Baselines of a family's tokens, made from the same training texts."""

    def __init__(self, asked: Model, data: corpus.Corpus):
        self.asked, self.data = asked, data

    @cached_property
    def models(self) -> dict[str, baselines.Unigram | baselines.Trigram]:
        """Counting takes some seconds, so only where it is needed."""
        rows = baselines.rows(self.data, self.asked.pieces, self.asked.first, self.asked.last)
        between = self.asked.family == "bert"
        return {
            "unigram": baselines.Unigram(rows, self.asked.size),
            "trigram": baselines.Trigram(rows, self.asked.size, between),
        }


# The encoder ------------------------------------------------------------------------------------------------


def masked_places(asked: Model, texts: list[str], most: int | None) -> list[asking.Place]:
    """Every token of every text masked in turn; of long texts at most `most`, drawn once."""
    rng, made = random.Random(11), []
    for text in texts:
        ids = asked.row(text)
        places = range(1, len(ids) - 1)
        if most is not None and len(places) > most:
            places = sorted(rng.sample(places, most))
        made += [([*ids[:i], asked.mask, *ids[i + 1 :]], i, ids[i]) for i in places]
    return made


def masked_tops(asked: Model, places: list[asking.Place], ranks: list[int]) -> dict:
    """Of all tokens and of those with a letter."""
    letters = [any(c.isalpha() for c in asked.tokenizer.id_to_token(token)) for _, _, token in places]
    words = [rank for rank, letter in zip(ranks, letters, strict=True) if letter]
    return tops(ranks) | {f"words_{name}": value for name, value in tops(words).items()}


def masked(asked: Model, counted: Counted, texts: list[str], most: int | None) -> dict:
    """BERT: a token from all others of its text. `words_…`: tokens with a letter only."""
    places = masked_places(asked, texts, most)
    found = asking.at_masks(asked, places)
    made = {"texts": len(texts), "masked_tokens": len(places)}
    made["masked_words"] = sum(
        any(c.isalpha() for c in asked.tokenizer.id_to_token(token)) for _, _, token in places
    )
    made |= masked_tops(asked, places, [rank for _, _, rank in found])
    made["perplexity_per_token"] = significant(math.exp(np.mean([loss for _, loss, _ in found])))
    neighbours = [(row[place - 1], row[place + 1], token) for row, place, token in places]
    made["baselines"] = {}
    for name, model in counted.models.items():
        losses, ranks = baselines.judge(model, neighbours)
        made["baselines"][name] = masked_tops(asked, places, ranks) | {
            "perplexity_per_token": significant(math.exp(np.mean(losses)))
        }
    return made


# The decoder ------------------------------------------------------------------------------------------------


def perplexities(losses: float, words: int, tokens: int, ranks: list[int]) -> dict:
    """From the summed loss in nats."""
    return {
        "perplexity_per_word": significant(math.exp(losses / words)),
        "perplexity_per_token": significant(math.exp(losses / tokens)),
    } | tops(ranks)


def by_place(asked: Model, rows: list[list[int]], losses: list) -> dict:
    """Where the nats go, per text: the first token of a sentence (which line is told), names said for the first
    time and again (drawn once, then to be remembered), and all others. Sentence starts come first."""
    people, sums = {name for name, _ in lexicon.people("")}, Counter()
    for row, lost in zip(rows, losses, strict=True):
        said: set[str] = set()
        start = True
        for token, nats in zip(row[1:], lost, strict=True):
            piece = asked.tokenizer.decode([token]).strip()
            name = piece in people
            place = (
                "sentence_starts"
                if start
                else "names_again"
                if piece in said
                else "new_names"
                if name
                else "others"
            )
            sums[place] += float(nats)
            said |= {piece} if name else set()
            start = piece in (".", "?", "!")
    return {place: significant(total / len(rows)) for place, total in sums.most_common()}


def perplexity(asked: Model, counted: Counted, texts: list[str]) -> dict:
    """GPT-2: each text after the end token, its own end included. Words are what is between spaces."""
    rows = [asked.row(text) for text in texts]
    found = asking.of_texts(asked, rows)
    words, tokens = sum(len(text.split()) for text in texts), sum(len(row) - 1 for row in rows)
    total = sum(float(losses.sum()) for losses, _ in found)
    made = {"texts": len(texts), "words": words, "tokens": tokens}
    made |= perplexities(total, words, tokens, [int(r) for _, ranks in found for r in ranks])
    made["nats_per_text"] = significant(total / len(texts))
    made["nats_per_text_by_place"] = by_place(asked, rows, [losses for losses, _ in found])
    before = [trio for row in rows for trio in zip([row[0], *row], row, row[1:], strict=False)]
    made["baselines"] = {}
    for name, model in counted.models.items():
        losses, ranks = baselines.judge(model, before)
        made["baselines"][name] = perplexities(sum(losses), words, tokens, ranks)
    return made


def form_nats(asked: Model, data: corpus.Corpus) -> float | None:
    """What it costs a model that knows its mixture of tasks that just this comes: one whole document in
    English, unchanged, and then the end. -ln of the share of such among training examples that begin a
    text."""
    whole = {tuple(asked.row(document.text())) for document in data.documents}
    draw = objectives.Draw(random.Random(12), max(map(len, whole), default=0) + 60)
    source = objectives.examples(asked.family, data, asked.tokenizer, draw)
    begun = hits = 0
    for _ in range(FORM_EXAMPLES):
        ids = next(source)["input_ids"]
        if ids[0] == asked.first:
            begun += 1
            hits += tuple(ids) in whole
    return -math.log(hits / begun) if hits else None


def beside_generator(part: str, texts: list[str], made: dict, form: float | None) -> dict:
    """The decoder against the generator that told the texts. The generator's nats are those of its choices,
    an upper bound of the text's own. It knows that it tells a document of the small world; the model has to
    find out, which costs the form's nats."""
    nats = generator_nats(part)
    assert all(text in nats for text in texts), f"{part} has plots that training has not"
    generator = sum(nats[text] for text in texts) / len(texts)
    words = made["words"] / len(texts)

    def gap(model: float) -> float:
        return round(100 * (math.exp((model - generator) / words) - 1), 1)

    told = {
        "nats_per_text": significant(generator),
        "perplexity_per_word": significant(math.exp(generator / words)),
        "gap_of_perplexity_per_word_percent": gap(made["nats_per_text"]),
    }
    if form is not None:
        told |= {
            "form_nats_per_text": significant(form),
            "gap_without_form_percent": gap(made["nats_per_text"] - form),
        }
    return told


# Translations -----------------------------------------------------------------------------------------------


def compared(written: list[str], items: list[Translation]) -> dict:
    """BLEU and chrF (sacrebleu) against all references, and how many are one of them."""
    width = max(len(item.references) for item in items)
    streams = [[(item.references + (None,) * width)[n] for item in items] for n in range(width)]
    return {
        "bleu": round(sacrebleu.corpus_bleu(written, streams).score, 1),
        "chrf": round(sacrebleu.corpus_chrf(written, streams).score, 1),
        "exact_percent": percent([w in item.references for w, item in zip(written, items, strict=True)]),
    }


def translations(ways: dict[str, Callable], samples: Samples, copies: bool) -> dict:
    """{part: {direction: {sentences, each way's scores, baselines}}}. A way is (sources, direction, part) →
    translations; examples are the last way's, of the first sentences."""
    made: dict = {}
    for part, directions in samples.translations().items():
        made[part] = {}
        for direction, items in directions.items():
            if not items:
                continue
            sources = [item.source for item in items]
            scores = {"sentences": len(items)}
            for way, translate in ways.items():
                found = translate(sources, direction, part)
                scores[way] = compared(found, items)
            if copies:
                scores["baselines"] = copied(samples.data, part, direction, items)
            scores["examples"] = [
                {"source": item.source, "written": one, "reference": item.references[0]}
                for item, one in list(zip(items, found, strict=True))[:8]
            ]
            made[part][direction] = scores
    return made


def copied(data: corpus.Corpus, part: str, direction: str, items: list[Translation]) -> dict:
    """The source as it is; the translation of the nearest training sentence."""
    pairs = data.training
    if part == "world":
        pairs = sorted({pair for document in data.documents for pair in document.sentences if pair[1]})
    if direction == "into_english":
        pairs = [pair[::-1] for pair in pairs]
    nearest = baselines.Nearest(pairs)
    return {
        "source_copied": compared([item.source for item in items], items),
        "nearest_training_sentence": compared([nearest.translate(item.source) for item in items], items),
    }


# Answers, summaries, missing words --------------------------------------------------------------------------


def plain(text: str) -> str:
    """Without case, final stop, and differences of space."""
    return " ".join(text.lower().rstrip(" .").split())


def answers(asked: Model, samples: Samples) -> dict:
    """{part: exact matches}."""
    frequent, made = baselines.Answers(samples.data), {}
    for part, items in samples.questions().items():
        found = asking.answers(asked, items)
        made[part] = {
            "questions": len(items),
            "exact_percent": percent(
                [right(asked, one, item) for one, item in zip(found, items, strict=True)]
            ),
            "baselines": {
                "frequent_answer_or_last_name": {
                    "exact_percent": percent([plain(frequent.answer(i)) == plain(i.answer) for i in items])
                }
            },
            "examples": [
                {"question": i.question, "written": one, "reference": i.answer}
                for i, one in list(zip(items, found, strict=True))[:5]
            ],
        }
    return made


def right(asked: Model, found: str, item: Question) -> bool:
    """Equal, but for case, final stop, and what the tokenizer does not keep (BERT's spaces and accents)."""
    if asked.family == "bert":
        return plain(found) == plain(asked.decode(asked.pieces.text(item.answer)))
    return plain(found) == plain(item.answer)


def summaries(asked: Model, samples: Samples) -> dict:
    """{part: chrF against the generator's summary}. The baseline is the text's first sentence."""
    made = {}
    for part, rows in samples.summaries().items():
        texts, references = [text for text, _ in rows], [summary for _, summary in rows]
        first = {d.text(): d.sentences[0][0] for d in samples.documents(part)}
        found = asking.summaries(asked, texts)

        def chrf(written: list[str], references=references) -> float:
            return round(sacrebleu.corpus_chrf(written, [references]).score, 1)

        made[part] = {
            "summaries": len(rows),
            "chrf": chrf(found),
            "exact_percent": percent([plain(a) == plain(b) for a, b in zip(found, references, strict=True)]),
            "baselines": {"first_sentence": {"chrf": chrf([first[text] for text in texts])}},
            "examples": [
                {"written": one, "reference": two}
                for one, two in list(zip(found, references, strict=True))[:3]
            ],
        }
    return made


def missing_words(asked: Model, samples: Samples) -> dict:
    """The same missing words for all three: how often the first guess is the word (case ignored)."""
    items, counted = samples.blanks(), baselines.Words(samples.data)
    words = [word.lower() for _, word, _ in items]

    def share(guesses: list[str]) -> float:
        return percent([guess.lower() == word for guess, word in zip(guesses, words, strict=True)])

    return {
        "words": len(items),
        "first_guess_percent": share(asking.missing_words(asked, items)),
        "baselines": {
            "most_frequent_word": {"first_guess_percent": share([counted.frequent] * len(items))},
            "most_frequent_after_word_before": {
                "first_guess_percent": share([counted.next(before) for before, _, _ in items])
            },
        },
    }
