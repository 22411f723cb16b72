"""Write each model's README.md from its configuration, its training log and its scores."""

import json

from . import load, models, paths

FAMILY = {
    "bert": (
        "encoder",
        "BERT",
        "fill-mask",
        "WordPiece (lower case, accents stripped)",
        "masked words: it reads the whole sentence and guesses what stands at `[MASK]`",
    ),
    "gpt2": (
        "decoder",
        "GPT-2",
        "text-generation",
        "byte-level BPE",
        "the next word: it reads from left to right and continues",
    ),
    "t5": (
        "encoder-decoder",
        "T5",
        "translation",
        "Unigram (SentencePiece's nmt_nfkc normalization), 32 sentinels",
        "text to text: spans at `<extra_id_0>`, and `translate English to French: …`",
    ),
}
USE = {
    "bert": "`The weather is [MASK] today.`",
    "gpt2": "`The weather is` (start with `<|endoftext|>` for a sentence out of nothing)",
    "t5": "`translate English to French: Where do you live?`, or `The weather is <extra_id_0> today.`",
}

LIMITS = {
    "bert": "Its guesses fit the grammar more often than the meaning.",
    "gpt2": "It writes fluent nonsense with confidence.",
    "t5": """Its French is often fluent and mostly no translation of the source: it picks up a word here and there, falls
back on common phrases, and may repeat a letter without end. It seldom finds the word for a blank.""",
}
# What a reader of the loss curve must know about this edition's run.
RUN = {
    "bert": "From minute 51 on, half of the training examples are dense and harder; the held-out ones stay the same.",
    "gpt2": "",
    "t5": """From minute 47 on, half of the training examples are dense and harder; the held-out ones stay the same. Minutes
25.4 to 31 went into a trial of another optimizer that was thrown away.""",
}


def log(family: str) -> list[dict]:
    """The training log, without what a resumed training did twice."""
    entries: dict[int, dict] = {}
    for line in (paths.training(family) / "log.jsonl").read_text().splitlines():
        entry = json.loads(line)
        entries = {step: old for step, old in entries.items() if step < entry["step"]} | {
            entry["step"]: entry
        }
    return list(entries.values())


def curve(entries: list[dict], rows: int = 14) -> str:
    """Loss against time as a table with bars."""
    chosen = (
        [entries[round(i * (len(entries) - 1) / (rows - 1))] for i in range(rows)]
        if len(entries) > rows
        else entries
    )
    low, high = 0.9 * min(e["held_out_loss"] for e in chosen), max(e["held_out_loss"] for e in chosen)
    lines = ["minutes     tokens   training   held out"]
    for e in chosen:
        bar = "█" * round(30 * (e["held_out_loss"] - low) / (high - low))
        lines.append(
            f"{e['minutes']:7.1f} {e['tokens']:10,} {e['training_loss']:10.3f} {e['held_out_loss']:10.3f}  {bar}"
        )
    return "\n".join(lines)


def row(measure: str, *values: str) -> str:
    """One line of the table of scores."""
    return f"| {measure} | {' / '.join(values)} |"


def bert_rows(scores: dict) -> list[str]:
    """Masked tokens."""
    rows = []
    for language in ("english", "french"):
        s = scores[language]
        tokens = f"Masked token right, first guess / first five ({language}; each of {s['tokens']:,} tokens in turn)"
        words = f"the same, only the {s['words']:,} tokens with letters"
        rows.append(row(tokens, f"{s['top1']} %", f"{s['top5']} %"))
        rows.append(row(words, f"{s['words_top1']} %", f"{s['words_top5']} %"))
    return rows


def gpt2_rows(scores: dict) -> list[str]:
    """Perplexities."""
    rows = []
    for language in ("english", "french"):
        s = scores[language]
        per_word = (
            f"Perplexity per word ({language}, {s['sentences']} sentences; exp of the loss of all tokens, end of "
            f"sentence included, divided by the {s['words']:,} words between spaces)"
        )
        rows.append(row(per_word, str(s["perplexity_per_word"])))
        rows.append(row(f"Perplexity per token ({s['tokens']:,})", str(s["perplexity_per_token"])))
        rows.append(row("Next token right, first guess / first five", f"{s['top1']} %", f"{s['top5']} %"))
    return rows


def t5_rows(scores: dict) -> list[str]:
    """Translations."""
    s, rows = scores["translation"], []
    setting = f"sacrebleu {s['sacrebleu']}, {s['sentences']} sentences, all their references"
    for name, title in (("greedy", "greedy"), ("beam4", "beam 4")):
        rows.append(
            row(
                f"Translation, {title}: BLEU / chrF ({setting})",
                f"{s['bleu_' + name]}",
                f"{s['chrf_' + name]}",
            )
        )
        rows.append(row("the same: equal to a reference, letter for letter", f"{s['exact_' + name]} %"))
    return rows


def score_rows(family: str, scores: dict) -> str:
    """Scores in words, each with what it counts."""
    rows = {"bert": bert_rows, "gpt2": gpt2_rows, "t5": t5_rows}[family](scores)
    how = {
        "bert": "told that it is one piece",
        "gpt2": "seeing only the words before it",
        "t5": "span written greedily",
    }[family]
    s = scores["same_blanks"]
    measure = f"The same {s['blanks']} missing words for all three models, first guess right ({how})"
    return "\n".join([*rows, row(measure, f"{s['first_guess']} %")])


def examples(scores: dict) -> str:
    """T5's first held-out translations, good or bad."""
    rows = "\n".join(f"| {e} | {p} | {r} |" for e, p, r in scores["translation"]["examples"])
    return f"\nThe first held-out sentences, beam 4, not chosen:\n\n| English | trilens-t5 | a reference |\n|---|---|---|\n{rows}\n"


def card(family: str) -> str:
    """The whole card."""
    kind, name, task, tokenizer, learns = FAMILY[family]
    folder = paths.assets(family)
    entries = log(family)
    scores = json.loads((paths.training(family) / "scores.json").read_text(encoding="utf-8"))
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and p.name != "README.md")
    return f"""---
license: mit
language: [en, fr]
pipeline_tag: {task}
library_name: transformers
datasets: [tatoeba]
---

# trilens-{family}

A very small {name} ({kind}) for Trilens, one of three models with the same training data, vocabulary size and parameter
budget. It learned {learns}. Try {USE[family]}.

- **Size:** {models.parameters(load.load(family)):,} parameters; {size / 1e6:.1f} MB, weights stored as f16 and computed as f32.
- **Tokenizer:** {tokenizer}, 4096 pieces.
- **Length:** {"128 tokens at most" if family != "t5" else "relative positions; trained on up to 128 tokens"}.
- **Data:** English and French sentences of the Tatoeba project (see `scripts/models/corpus/ABOUT.md`), CC BY 2.0 FR,
  filtered for a classroom. **Attribution: www.manythings.org/anki and tatoeba.org.** The weights are MIT, as the project is;
  the attribution must stay with them.
- **Training:** {entries[-1]["tokens"]:,} tokens in {entries[-1]["step"]:,} steps, in {entries[-1]["minutes"]:.0f} minutes on
  a small share of one busy CPU core, by `scripts/models/make`. That is little: it has not converged.

## Held-out scores

On sentences that were never trained on, with the shipped (f16-rounded) weights. The training data are short everyday
sentences and so are these.

| Measure | Score |
|---|---|
{score_rows(family, scores)}
{examples(scores) if family == "t5" else ""}
## Loss

Cross-entropy in nats per asked token, on the family's own task{", both tasks mixed" if family == "t5" else ""}.
{RUN[family]}

```
{curve(entries)}
```

## Limits

It knows a few thousand words of everyday English and some French from short sentences, little grammar beyond one sentence, no
facts, and nothing of any other language. {LIMITS[family]}
The sentences are by volunteers and carry their habits: many are about Tom, Mary and
Boston, and "he" and "she" do not do the same things in them. The filter is a word list and lets things through. It shows how
its architecture works; it is no source of answers{" and no translator" if family == "t5" else ""}.
"""


def main() -> None:
    """Write the three cards."""
    for family in paths.FAMILIES:
        path = paths.assets(family) / "README.md"
        path.write_text(card(family), encoding="utf-8")
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
