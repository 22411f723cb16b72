"""Asks the shipped ONNX files every phenomenon of assets/probes/, each family in its own way, or says why it cannot.

An answer is the choice with the highest log probability. ASKED says how each kind is asked; the same sentences are
published with the scores.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass

from . import paths
from .shipped import Decoder, Encoder, EncoderDecoder
from .t5_tasks import CONTEXT, INTO_FRENCH, QUESTION, SENTIMENT, SUMMARIZE

PROBES = paths.ROOT / "assets" / "probes"
FAMILIES = ("encoder", "decoder", "encoder_decoder")
ASKED = {
    "blank": {
        "encoder": "[MASK] at the blank; the choices compared there",
        "decoder": "the text before the blank; the choices compared as what comes next (it cannot see what follows)",
        "encoder_decoder": "<extra_id_0> at the blank; the choices compared as the span written for it",
    },
    "translate": {
        "encoder": None,
        "decoder": "English: … French: — the choices compared as continuations",
        "encoder_decoder": "translate English to French: … — the choices compared as translations",
    },
    "translate_blank": {
        "encoder": "the English sentence beside the French one, [MASK] in the French one; the choices compared there",
        "decoder": "English: … French: — the whole sentences compared as continuations",
        "encoder_decoder": "translate English to French: … — the whole sentences compared as translations",
    },
    "blank_then_translation": {
        "encoder": "[MASK] at the blank, the English sentence after it; the choices compared there",
        "decoder": "the text before the blank; the choices compared as what comes next (it cannot see what follows)",
        "encoder_decoder": "<extra_id_0> at the blank, the English sentence after it; the choices compared as its span",
    },
    "answer_first": {
        "encoder": "question, [MASK]s for the answer, then the text; the mean over its pieces compared",
        "decoder": "Question: … Answer: — the choices compared as continuations, per piece (the text would come later)",
        "encoder_decoder": "question: … context: … — the choices compared as answers, per piece",
    },
    "answer": {
        "encoder": "text, question, and [MASK]s for the answer; the mean over its pieces compared",
        "decoder": "text, Question: … Answer: — the choices compared as continuations, per piece",
        "encoder_decoder": "question: … context: … — the choices compared as answers, per piece",
    },
    "summary": {
        "encoder": "mean of the final hidden states; the summary nearest to the text by cosine",
        "decoder": "text, Summary: — the choices compared as continuations, per piece",
        "encoder_decoder": "summarize: … — the choices compared as summaries, per piece",
    },
    "sentiment": {
        "encoder": "text, It was [MASK]. — good and bad compared",
        "decoder": "text, It was — good and bad compared as what comes next",
        "encoder_decoder": "sentiment: … — good and bad compared",
    },
    "retrieve": {
        "encoder": "mean of the final hidden states; the nearest by cosine",
        "decoder": "mean of the final hidden states; the nearest by cosine",
        "encoder_decoder": "mean of the encoder's states; the nearest by cosine",
    },
}
CANNOT = {
    "translate": "it has no way to write: it fills blanks in a text that is already there, so it can give no word order",
}
# What theory predicts to separate the families: (phenomenon, better, worse, why).
PREDICTED = (
    ("right_context", "encoder", "decoder", "what decides comes after the blank"),
    ("right_context", "encoder_decoder", "decoder", "what decides comes after the blank"),
    ("late_name", "encoder", "decoder", "the pronoun comes after the name"),
    ("late_name", "encoder_decoder", "decoder", "the pronoun comes after the name"),
    ("right_agreement", "encoder", "decoder", "the verb comes after the noun"),
    ("right_agreement", "encoder_decoder", "decoder", "the verb comes after the noun"),
    ("cause_right", "encoder", "decoder", "the effect comes after the cause"),
    ("cause_right", "encoder_decoder", "decoder", "the effect comes after the cause"),
    ("sentiment_flip", "encoder", "decoder", "the judgement comes later"),
    ("sentiment_flip", "encoder_decoder", "decoder", "the judgement comes later"),
    ("french_article", "encoder", "decoder", "the noun comes after its article"),
    ("french_article", "encoder_decoder", "decoder", "the noun comes after its article"),
    ("translation_after", "encoder", "decoder", "the translation comes after the blank"),
    ("translation_after", "encoder_decoder", "decoder", "the translation comes after the blank"),
    ("question_first", "encoder", "decoder", "the text comes after the question"),
    ("question_first", "encoder_decoder", "decoder", "the text comes after the question"),
    ("retrieval_translation", "encoder", "decoder", "every vector has read the whole sentence"),
    ("adjective_order", "encoder_decoder", "encoder", "an encoder cannot write"),
)


@dataclass
class Trio:
    """The three, loaded."""

    encoder: Encoder
    decoder: Decoder
    encoder_decoder: EncoderDecoder


def nearest(model, item: dict) -> list[float]:
    """Cosines."""
    query = model.embedding(item["text"])
    return [float(query @ model.embedding(choice)) for choice in item["choices"]]


def scores(trio: Trio, kind: str, family: str, item: dict) -> list[float] | None:
    """One number a choice; None where the family cannot be asked."""
    ways: dict[str, Callable] = {
        "blank": blank,
        "translate": translate,
        "translate_blank": translate_blank,
        "blank_then_translation": blank_then_translation,
        "answer": answer,
        "answer_first": answer,
        "summary": summary,
        "sentiment": sentiment,
        "retrieve": lambda trio, family, item: nearest(getattr(trio, family), item),
    }
    return ways[kind](trio, family, item) if ASKED[kind][family] else None


def blank(trio: Trio, family: str, item: dict) -> list[float]:
    """A word for ___."""
    before, after = item["text"].split("___")
    if family == "decoder":
        return [trio.decoder.continuation(before, choice) for choice in item["choices"]]
    return [getattr(trio, family).blank(before, after, choice) for choice in item["choices"]]


def translate(trio: Trio, family: str, item: dict) -> list[float]:
    """Which French sentence."""
    if family == "decoder":
        return [trio.decoder.continuation(f"English: {item['text']} French:", c) for c in item["choices"]]
    return [trio.encoder_decoder.text(INTO_FRENCH + item["text"], c) for c in item["choices"]]


def translate_blank(trio: Trio, family: str, item: dict) -> list[float]:
    """Which word in the French sentence."""
    if family == "encoder":
        before, after = item["target"].split("___")
        return [trio.encoder.blank(before, after, c, beside=item["text"]) for c in item["choices"]]
    whole = [item["target"].replace("___", choice) for choice in item["choices"]]
    return translate(trio, family, {"text": item["text"], "choices": whole})


def blank_then_translation(trio: Trio, family: str, item: dict) -> list[float]:
    """A word for ___ in a sentence whose translation comes after it."""
    before, after = item["text"].split("___")
    if family == "encoder":
        return [trio.encoder.blank(before, after, c, behind=item["behind"]) for c in item["choices"]]
    if family == "decoder":
        return blank(trio, family, item)
    return [trio.encoder_decoder.blank(before, f"{after} {item['behind']}", c) for c in item["choices"]]


def answer(trio: Trio, family: str, item: dict) -> list[float]:
    """Which short answer; an item with `behind` has its text after the question."""
    text, question, behind = item.get("text", ""), item["question"], item.get("behind")
    model, made = getattr(trio, family), []
    for choice in item["choices"]:
        if family == "encoder" and behind:
            score = model.blank(f"{question} ", ".", choice, behind=behind)
        elif family == "encoder":
            score = model.blank(f"{text} {question} ", ".", choice)
        elif family == "decoder":
            score = model.continuation(f"{text} Question: {question} Answer:".strip(), choice)
        else:
            score = model.text(f"{QUESTION}{question}{CONTEXT}{behind or text}", choice)
        made.append(score / len(model.pieces(choice)))
    return made


def summary(trio: Trio, family: str, item: dict) -> list[float]:
    """Which summary."""
    model = getattr(trio, family)
    if family == "encoder":
        return nearest(model, item)
    if family == "decoder":
        made = [model.continuation(f"{item['text']} Summary:", choice) for choice in item["choices"]]
    else:
        made = [model.text(SUMMARIZE + item["text"], choice) for choice in item["choices"]]
    return [score / len(model.pieces(choice)) for score, choice in zip(made, item["choices"], strict=True)]


def sentiment(trio: Trio, family: str, item: dict) -> list[float]:
    """Good or bad."""
    text, choices = item["text"], item["choices"]
    if family == "encoder":
        return [trio.encoder.blank(f"{text} It was ", ".", choice) for choice in choices]
    if family == "decoder":
        return [trio.decoder.continuation(f"{text} It was", choice) for choice in choices]
    return [trio.encoder_decoder.text(SENTIMENT + text, choice) for choice in choices]


def rescored(trio: Trio, item: dict) -> list[float]:
    """What the decoder says of the whole sentence with each choice in it: not how it writes, but how it can judge."""
    return [trio.decoder.whole(item["text"].replace("___", choice)) for choice in item["choices"]]


def frames(items: list[dict]) -> list[list[int]]:
    """Items made from the same line, together: they are not independent. Items without a frame stand alone."""
    found: dict[object, list[int]] = {}
    for number, item in enumerate(items):
        found.setdefault(item.get("frame", f"item {number}"), []).append(number)
    return list(found.values())


def resampled(values: list[float], groups: list[list[int]], times: int = 4000) -> list[float]:
    """Means over resampled groups (cluster bootstrap; Efron 1979, Field and Welsh 2007), sorted."""
    rng, sums = random.Random(20261124), [(sum(values[i] for i in g), len(g)) for g in groups]
    means = []
    for _ in range(times):
        drawn = rng.choices(sums, k=len(sums))
        means.append(sum(s for s, _ in drawn) / sum(n for _, n in drawn))
    return sorted(means)


def accuracy(hits: list[bool], groups: list[list[int]]) -> dict:
    """Per cent with its 95 % interval."""
    means = resampled([float(hit) for hit in hits], groups)
    low, high = means[round(0.025 * len(means))], means[round(0.975 * len(means)) - 1]
    share = sum(hits) / len(hits)
    if share in (
        0,
        1,
    ):  # nothing to resample: the interval of Wilson (1927) for as many items as there are groups
        edge = 1.96**2 / (len(groups) + 1.96**2)
        low, high = (1 - edge, 1.0) if share else (0.0, edge)
    return {"accuracy": round(100 * share, 1), "interval": [round(100 * low, 1), round(100 * high, 1)]}


def not_better(better: list[bool], worse: list[bool], groups: list[list[int]]) -> float:
    """One-sided p: the share of resamples in which `better` is not better."""
    means = resampled([float(a) - float(b) for a, b in zip(better, worse, strict=True)], groups)
    return max(1, sum(mean <= 0 for mean in means)) / len(means)


def corrected(values: list[float | None]) -> list[float | None]:
    """p corrected for the number of comparisons (Holm 1979), in the same places."""
    known = sorted((value, place) for place, value in enumerate(values) if value is not None)
    made, most = [None] * len(values), 0.0
    for rank, (value, place) in enumerate(known):
        most = max(most, min(1.0, (len(known) - rank) * value))
        made[place] = most
    return made


def measure(trio: Trio, probe: dict) -> tuple[dict, dict[str, list[bool]]]:
    """What is published of a phenomenon, and each family's hits."""
    kind, items = probe["kind"], probe["items"]
    row = {k: probe[k] for k in ("id", "title", "kind", "language", "chance")} | {"items": len(items)}
    hits: dict[str, list[bool]] = {}
    for family in FAMILIES:
        if ASKED[kind][family] is None:
            row[family] = {"cannot": CANNOT[kind]}
            continue
        made = [scores(trio, kind, family, item) for item in items]
        hits[family] = [
            max(range(len(s)), key=s.__getitem__) == i["answer"] for s, i in zip(made, items, strict=True)
        ]
        row[family] = accuracy(hits[family], frames(items)) | {"asked": ASKED[kind][family]}
    if kind == "blank":
        made = [rescored(trio, item) for item in items]
        found = [
            max(range(len(s)), key=s.__getitem__) == i["answer"] for s, i in zip(made, items, strict=True)
        ]
        row["decoder"]["judging_whole_sentences"] = accuracy(found, frames(items))
    return row, hits


def all_phenomena() -> dict:
    """{phenomena, contrasts}."""
    trio = Trio(Encoder(), Decoder(), EncoderDecoder())
    rows, hits, groups = [], {}, {}
    for path in sorted(PROBES.glob("*.json")):
        probe = json.loads(path.read_text(encoding="utf-8"))
        row, hits[probe["id"]] = measure(trio, probe)
        rows.append(row)
        groups[probe["id"]] = frames(probe["items"])
        print(
            f"{probe['id']:24}",
            *(f"{family} {row[family].get('accuracy', 'cannot')}" for family in FAMILIES),
            flush=True,
        )
    contrasts = []
    for name, better, worse, why in PREDICTED:
        entry = {"phenomenon": name, "better": better, "worse": worse, "because": why}
        if worse in hits[name]:
            entry["p"] = float(f"{not_better(hits[name][better], hits[name][worse], groups[name]):.3g}")
        contrasts.append(entry)
    for entry, value in zip(contrasts, corrected([c.get("p") for c in contrasts]), strict=True):
        if value is not None:
            entry["corrected_p"] = float(f"{value:.3g}")
    return {"phenomena": rows, "contrasts": contrasts}
