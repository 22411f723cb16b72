"""Writes each model's README.md and docs/phenomena.md from what was published: assets/models/scores.json and
the training logs. Every number is computed; what was not measured is left out."""

import argparse

from . import contrast, load, mixture, models, paths, publish, runs, tables

FAMILY = {
    "bert": (
        "encoder",
        "BERT",
        "fill-mask",
        "WordPiece (lower case, accents stripped)",
        (
            "masked words in sentences, stories, translations and answers: it reads everything and guesses what"
            " stands at"
            " `[MASK]`; and that two texts with the same meaning have similar vectors"
        ),
    ),
    "gpt2": (
        "decoder",
        "GPT-2",
        "text-generation",
        "byte-level BPE",
        (
            "the next word: it reads from left to right and goes on, also after `French:`, `Answer:` and"
            " `Summary:`"
        ),
    ),
    "t5": (
        "encoder-decoder",
        "T5",
        "translation",
        "Unigram (SentencePiece's nmt_nfkc normalization), 32 sentinels",
        "from text to text: spans at `<extra_id_0>`, and what a prefix asks for",
    ),
}
USE = {
    "bert": ("The weather is [MASK] today.", "Tom lost his key. Who lost the key? [MASK]."),
    "gpt2": (
        "The weather is",
        "English: Where do you live? French:",
        "Tom lost his key. Question: Who lost the key? Answer:",
    ),
    "t5": (
        "translate English to French: Where do you live?",
        "question: Who lost the key? context: Tom lost his key.",
        "The weather is <extra_id_0> today.",
    ),
}

ABOUT = (
    "A very small {name} ({architecture}) for Trilens, one of three models with the same training data,"
    " vocabulary size and"
    " parameter budget. It learned {learns}."
)


def curve(log: list[dict], rows: int = 14) -> str:
    """Loss against time as a table with bars."""
    last = len(log) - 1
    chosen = [log[round(i * last / (rows - 1))] for i in range(rows)] if len(log) > rows else log
    low, high = 0.9 * min(e["held_out_loss"] for e in chosen), max(e["held_out_loss"] for e in chosen)
    lines = ["minutes      tokens   training   held out"]
    for e in chosen:
        bar = "█" * round(30 * (e["held_out_loss"] - low) / max(high - low, 1e-9))
        training = e.get("training_loss")
        told = f"{training:10.3f}" if isinstance(training, int | float) else " " * 10
        lines.append(f"{e['minutes']:7.1f} {e['tokens']:11,} {told} {e['held_out_loss']:10.3f}  {bar}")
    return "\n".join(lines)


def loss(family: str) -> str:
    """The section on the loss; empty without a log."""
    log = runs.entries(paths.training(family))
    if not log:
        return ""
    return f"""## Loss

Cross-entropy in nats per asked token, all tasks mixed. Training examples may be denser and harder than the
held-out ones.

```
{curve(log)}
```
{tables.scaling(publish.published(), publish.NAMES[family])}"""


def budget(scores: dict, kind: str) -> str:
    """What the training took."""
    took = scores.get("made", {}).get("budget", {}).get(kind)
    if took is None:
        return ""
    kept = took.get("kept_at_tokens", took["tokens"])
    said = f" (kept: the weights after {kept:,}; later ones are worse on the validation half)"
    return (
        tables.item(
            f"**Training:** {took['tokens']:,} tokens{said if kept < 0.98 * took['tokens'] else ''} in"
            f" {took['steps']:,} steps, {took['minutes']:.0f} minutes; the machine:"
            f" {scores['made']['hardware']}, shared with the two others' training. By `scripts/models/make`."
        )
        + "\n"
    )


def limits(scores: dict, family: str) -> str:
    """What it cannot do, as far as it was measured."""
    kind = publish.NAMES[family]
    lines = tables.LIMITS[family](scores.get(kind, {}))
    rows = contrast.below(scores, kind) if scores.get("phenomena") else []
    if rows:
        found = ", ".join(
            f"{r['title'].lower()} ({contrast.share(r[kind]['accuracy'])}\u00a0%)" for r in rows
        )
        lines.append(
            f"Of the phenomena that its architecture could do, these are below {contrast.GOAL} %: {found}."
        )
    cannot = [r["title"].lower() for r in scores.get("phenomena", []) if "cannot" in r[kind]]
    if cannot:
        lines.append(f"It cannot be asked at all: {', '.join(cannot)}.")
    return "\n".join(tables.item(line) for line in lines)


def card(family: str, scores: dict) -> str:
    """The whole card."""
    architecture, name, task, tokenizer, learns = FAMILY[family]
    kind, folder = publish.NAMES[family], paths.assets(family)
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and p.name != "README.md")
    no_translator = " and no translator" if family == "t5" else ""
    use = "\n".join(f"    {text}" for text in USE[family])
    length = "relative positions; trained on at most" if family == "t5" else "at most"
    return f"""---
license: mit
language: [en, fr]
pipeline_tag: {task}
library_name: transformers
datasets: [tatoeba]
---

# trilens-{family}

{tables.prose(ABOUT.format(name=name, architecture=architecture, learns=learns))}{use}

- **Size:** {models.parameters(load.load(family)):,} parameters; {size / 1e6:.1f} MB with the tokenizer.
  Weights are int8 with a scale per row, other tensors f16; all is computed as f32.
- **Tokenizer:** {tokenizer}, {models.VOCABULARY} pieces.
- **Length:** {length} {models.POSITIONS} tokens.
- **Data:** {100 * mixture.DATA["everyday"]:.0f} % of the tokens are English and French sentences of the Tatoeba project (see
  `scripts/models/corpus/ABOUT.md`), CC BY 2.0 FR, filtered for a classroom.
  **Attribution: www.manythings.org/anki and tatoeba.org.**
  {100 * mixture.DATA["world"]:.0f} % are texts of a small world with their translations, questions and summaries, made by a generator
  (`scripts/models/world`, MIT, as the project is). The weights are MIT too; the attribution must stay with
  them.
{budget(scores, kind)}
## Held-out scores

With the weights as they are shipped, on what was never trained on: everyday sentences, and texts of the small
world in three parts: new texts of known plots; known plots with combinations of words that training has not;
plots that training has not. Baselines are made from the same training texts.

{tables.scores(family, scores.get(kind, {}))}
All scores of the three, with examples: `assets/models/scores.json`. What the three architectures can and
cannot do: `docs/phenomena.md`.

{loss(family)}
## Limits

{limits(scores, family)}
- It knows the words of everyday sentences and of the small world, no facts, and no language but English and
  French. The sentences are by volunteers and carry their habits: many are about Tom, Mary and Boston, and
  "he" and "she" do not do the same things in them. The filter is a word list and lets things through. It
  shows how its architecture works; it is no source of answers{no_translator}.
"""


def main() -> None:
    """Write the three cards and the page of phenomena."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="*", default=list(paths.FAMILIES))
    scores = publish.published()
    for family in parser.parse_args().families:
        path = paths.assets(family) / "README.md"
        path.write_text(card(family, scores), encoding="utf-8")
        print(f"trilens-{family}", path.name, path.stat().st_size)
    if scores.get("phenomena"):
        contrast.write(scores)


if __name__ == "__main__":
    main()
