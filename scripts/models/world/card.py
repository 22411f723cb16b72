"""Writes DATA.md, the data card of the whole training corpus, from the files that are there.

python -m world.card        after python -m world.generate
"""

import json
import random
import re
from collections import Counter
from pathlib import Path

from trio import corpus

from . import lexicon, parse
from .generate import FOLDER, HELD_COMBINATIONS_PER_MILLE, HELD_TEXTS_PER_MILLE

CARD = Path(__file__).parent / "DATA.md"
PARTS = {
    "train": "trained on",
    "held_text": f"held out: {HELD_TEXTS_PER_MILLE} in 1,000 texts, by the hash of the text",
    "held_combination": f"held out: a line with a word that never stand together in training "
    f"({HELD_COMBINATIONS_PER_MILLE} in 1,000 combinations, by hash)",
    "held_template": "held out: plots of which no text was ever trained on",
}


def documents(part: str) -> list[dict]:
    """All documents of a part."""
    return [json.loads(line) for line in (FOLDER / f"{part}.jsonl").open(encoding="utf-8")]


def text(document: dict, side: int) -> str:
    """A document in English (0) or French (1)."""
    return " ".join(pair[side] for pair in document["sentences"])


def words(documents: list[dict], side: int) -> Counter:
    """How often each word form stands in them, case ignored."""
    return Counter(w.lower() for d in documents for w in re.findall(r"[^\W\d_]+", text(d, side)))


def part_row(part: str) -> str:
    """One line of the table."""
    found = documents(part)
    sizes = [sum(len(text(d, side).encode()) for d in found) for side in (0, 1)]
    count = sum(len(text(d, 0).split()) for d in found)
    nats = sum(d["nats"] for d in found)
    return (
        f"| {part} | {PARTS[part]} | {len(found):,} | {count:,} | {sizes[0] / 1e6:.1f} + {sizes[1] / 1e6:.1f} | "
        f"{nats / len(found):.1f} | {nats / count:.2f} |"
    )


def sample(document: dict) -> str:
    """A document with what belongs to it."""
    lines = [f"*{document['kind']}* — {text(document, 0)}", "", f"> {text(document, 1)}", ""]
    for question, answer, _, _ in document["questions"][:2]:
        lines.append(f"- {question} *{answer}*")
    if document["summary"]:
        lines.append(f"- In short: {document['summary'][0]}")
    return "\n".join(lines)


def card() -> str:
    """The whole page."""
    train, everyday = documents("train"), corpus.read()
    plots, shared = parse.read()
    english, french = words(train, 0), words(train, 1)
    chosen = random.Random(7).sample(train, 8)
    lines = sum(len(found) for found in shared.values()) + len(
        re.findall(r"(?m)^ +[^#\n]+ \| .+$", sources())
    )
    kinds = Counter(d["kind"] for d in train)
    pairs = [len(part) for part in (everyday.training, everyday.held_out, everyday.validation)]
    size = sum(len(e.encode()) + len(f.encode()) for e, f in everyday.training) / 1e6
    kinds_text = ", ".join(f"{count:,} of kind {kind}" for kind, count in kinds.most_common())
    return f"""# The training data

All three models learn from the same two parts. `scripts/models/make data` rebuilds them.

## Everyday sentences

English–French sentence pairs of the Tatoeba project, CC BY 2.0 FR, filtered for a classroom: see
`scripts/models/corpus/ABOUT.md` for source, terms, changes and attribution. {pairs[0]:,} pairs are trained on
({size:.1f} MB in both languages), {pairs[1] + pairs[2]:,} are held out by a keyed hash of the English sentence's letters; a pair whose
French side is also held out goes to neither part. By another hash {pairs[2]:,} of them (and half of the world's held-out texts) choose the
checkpoint; scores are measured on the other {pairs[1]:,}.

## The small world

Made by `python -m world.generate` from what stands in this folder ({len(plots)} plots, about {lines:,} written lines in both languages,
{len({n.en for group in lexicon.nouns().values() for n in group}):,} nouns, {len({a.en for group in lexicon.adjectives().values() for a in group})} adjectives, {len(lexicon.people(""))} names). Licence: MIT, as the project. Two in three texts are vignettes: one to four sentences that turn on one thing (agreement over a gap, who did
what to whom, he or she, opposites, causes, sums, judgements, French gender and word order), in many patterns and words, told both ways
round; plots alone did not teach these. The lines were written for Trilens,
by a language model under its maintainers' eyes; nothing in them is from elsewhere. The training part has {kinds_text};
{len(english):,} different English word forms ({sum(c >= 20 for c in english.values()):,} of them at least 20 times) and {len(french):,} French ones.
{sum(len(d["questions"]) for d in train):,} questions with answers, {sum(d["summary"] is not None for d in train):,} true summaries, {sum(d["mood"] is not None for d in train):,} texts that end well or badly.

| part | what it is | texts | English words | MB, English + French | nats a text | nats a word |
|---|---|---|---|---|---|---|
{chr(10).join(part_row(part) for part in PARTS)}

*Nats* are the generator's own entropy, -log of the probability of the choices that it made (cast, lines, options): an upper
bound of the text's entropy, as the same text can come about in more than one way. A model cannot be better on average; how
near it comes is told in its card.

## Eight samples, not chosen

{(chr(10) * 2 + "---" + chr(10) * 2).join(sample(d) for d in chosen)}

## What is known to be wrong with it

- A small set of plots told in many ways: after a few hundred texts a reader knows the plots, and so does a model. It shows what
  an architecture can do with regularities that are there, not what it would do with the world.
- The people are names without a history; men and women do the same things, by chance.
- The French is the written line's own translation, grammatical agreement by rules; who writes the lines may err.
"""


def sources() -> str:
    """All plot files."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(parse.FOLDER.glob("*.txt")))


def main() -> None:
    """Write the card."""
    CARD.write_text(card(), encoding="utf-8")
    print(f"{CARD.name}: {CARD.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
