"""Scores as tables and sentences of the model cards."""

import textwrap

SETS = {
    "everyday_english": "everyday English",
    "everyday_french": "everyday French",
    "held_text": "world, new texts",
    "held_combination": "world, new combinations",
    "held_template": "world, new plots",
    "trained_text": "world, texts trained on",
}
DIRECTIONS = {"into_french": "English to French", "into_english": "French to English"}
WAYS = {
    "greedy": "greedy",
    "beam4": "beam 4",
    "zero_shot": "`English: … French:`",
    "three_shot": "the same after three examples",
    "source_copied": "baseline: the source copied",
    "nearest_training_sentence": "baseline: the nearest training sentence's translation",
}


def table(head: list[str], rows: list[list]) -> str:
    """Markdown."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]) + "\n"


def prose(text: str) -> str:
    """A paragraph in lines, and an empty line."""
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False) + "\n\n"


def item(text: str) -> str:
    """A line of a list."""
    return textwrap.fill(
        "- " + text, 120, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def pair(made: dict, *keys: str) -> str:
    """Numbers with strokes between them."""
    return " / ".join(f"{made[key]:g}" for key in keys)


def masked(scores: dict) -> str:
    """The encoder's masked tokens."""
    rows = []
    for name, s in scores.get("masked_token", {}).items():
        every, words = ("top1_percent", "top5_percent"), ("words_top1_percent", "words_top5_percent")
        base = s["baselines"]
        rows.append(
            [SETS[name], f"{s['masked_tokens']:,}", pair(s, *every), pair(s, *words)]
            + [pair(base["trigram"], *every), pair(base["unigram"], *every)]
        )
    if not rows:
        return ""
    head = [
        "Text",
        "tokens",
        "**right**",
        "only tokens with letters",
        "baseline: neighbours",
        "baseline: frequency",
    ]
    return (
        prose(
            "One token masked at a time (of world texts, 15 drawn from each), all others seen: right at the"
            " first guess / among the"
            " first five, per cent. The baseline of neighbours has counted which token stands between two"
            " others (interpolated"
            " trigrams)."
        )
        + table(head, rows)
        + "\n"
    )


def perplexity(scores: dict) -> str:
    """The decoder's perplexities."""
    rows, told = [], []
    for name, s in scores.get("next_token", {}).items():
        base = s["baselines"]
        rows.append(
            [SETS[name], f"{s['words']:,}", f"{s['perplexity_per_word']:g}", f"{s['perplexity_per_token']:g}"]
            + [pair(s, "top1_percent", "top5_percent")]
            + [f"{base[model]['perplexity_per_word']:g}" for model in ("trigram", "unigram")]
        )
        if "generator" in s:
            g = s["generator"]
            rest = g.get("gap_without_form_percent")
            told.append(
                [
                    SETS[name],
                    f"{s['nats_per_text']:g}",
                    f"{g['nats_per_text']:g}",
                    f"{s['perplexity_per_word']:g}",
                ]
                + [f"{g['perplexity_per_word']:g}", f"{g['gap_of_perplexity_per_word_percent']:g} %"]
                + [f"{rest:g} %" if rest is not None else ""]
            )
    if not rows:
        return ""
    head = ["Text", "words", "**perplexity per word**", "per token", "next token right, first / five, %"]
    text = (
        prose(
            "Perplexity: exp of the loss of all tokens, the end of the text included, divided by the words"
            " between spaces (or the"
            " tokens). Trigrams are interpolated (Kneser–Ney), over the same tokens."
        )
        + table([*head, "trigrams, per word", "frequency, per word"], rows)
        + "\n"
    )
    if not told:
        return text
    head = [
        "Text",
        "nats per text",
        "the generator's",
        "perplexity per word",
        "the generator's",
        "gap",
        "gap without form",
    ]
    return text + (
        prose(
            "Against the generator itself, which knows what it chose (an upper bound of the texts' entropy)."
            ' "Without form": less'
            " what it costs to find out that a whole document of the world comes, in English, and nothing"
            " after it, which the"
            " generator is told. New plots are in the generator, not in the training texts."
        )
        + table(head, told)
        + account(scores)
        + "\n"
    )


def account(scores: dict) -> str:
    """Where the nats above the generator's go."""
    text = scores["next_token"].get("held_text", {})
    places, told = text.get("nats_per_text_by_place"), text.get("generator")
    if not places or not told:
        return ""
    gap = text["nats_per_text"] - told["nats_per_text"]
    form, again = told.get("form_nats_per_text", 0.0), places.get("names_again", 0.0)
    return "\n" + prose(
        f"Of the {gap:.1f} nats that a new text costs more than the generator's choices, {form:.1f} are the form's"
        f" and {again:.1f} are names said again, which cost the generator nothing; the other"
        f" {gap - form - again:.1f} are lines and words. In all: {places.get('sentence_starts', 0):.1f} nats at the"
        f" first token of a sentence (which line is told), {places.get('new_names', 0):.1f} for new names,"
        f" {places.get('others', 0):.1f} for all that follows."
    )


def translation(scores: dict) -> str:
    """BLEU and chrF."""
    rows, count = [], 0
    for part, directions in scores.get("translation", {}).items():
        for direction, s in directions.items():
            count = max(count, s["sentences"])
            found = {way: s[way] for way in WAYS if way in s} | s.get("baselines", {})
            rows += [
                [
                    part,
                    DIRECTIONS[direction],
                    WAYS[way],
                    f"{m['bleu']:g}",
                    f"{m['chrf']:g}",
                    f"{m['exact_percent']:g}",
                ]
                for way, m in found.items()
            ]
    if not rows:
        return ""
    return (
        prose(
            f"Translation, at most {count} sentences each, all their references, sacrebleu"
            f" {scores.get('sacrebleu', '')}; world"
            " sentences are of those that no training text has."
        )
        + table(["Sentences", "direction", "how", "BLEU", "chrF", "equal to a reference, %"], rows)
        + "\n"
    )


HOW = {
    "bert": "told that the word is one piece, and how many pieces the answer has",
    "gpt2": "of the sentence it sees only what is before the word",
    "t5": "written greedily",
}


def tasks(family: str, scores: dict) -> str:
    """Missing words, answers, summaries."""
    rows, word = [], scores.get("missing_word")
    if word:
        base = word["baselines"]["most_frequent_after_word_before"]["first_guess_percent"]
        what = f"The same {word['words']} missing words for all three, first guess right, %"
        rows.append([what, f"{word['first_guess_percent']:g}", f"{base:g} (by the word before)"])
    for part, s in scores.get("answer", {}).items():
        base = s["baselines"]["frequent_answer_or_last_name"]["exact_percent"]
        what = f"{s['questions']} short answers ({SETS[part]}), exact match, %"
        rows.append([what, f"{s['exact_percent']:g}", f"{base:g} (frequent answer; last name)"])
    for part, s in scores.get("summary", {}).items():
        base = s["baselines"]["first_sentence"]["chrf"]
        rows.append(
            [
                f"{s['summaries']} summaries ({SETS[part]}), chrF",
                f"{s['chrf']:g}",
                f"{base:g} (first sentence)",
            ]
        )
    rounding = scores.get("rounding")
    if rounding:
        what = "What rounding the weights changes in the held-out loss, %, at most"
        rows.append(
            [what, f"{rounding['largest_relative_change_percent']:g}", f"limit {rounding['limit_percent']:g}"]
        )
    return prose(f"Tasks ({HOW[family]}).") + table(["Measure", "Score", "Baseline"], rows) if rows else ""


def examples(scores: dict) -> str:
    """The first translations, good or bad."""
    made = scores.get("translation", {}).get("everyday", {}).get("into_french", {}).get("examples", [])
    if not made:
        return ""
    rows = [[e["source"], e["written"].replace("|", " ")[:120], e["reference"]] for e in made]
    return "\nThe first held-out sentences, not chosen:\n\n" + table(
        ["English", "written", "a reference"], rows
    )


def scores(family: str, made: dict) -> str:
    """All tables of a family."""
    own = {"bert": masked, "gpt2": perplexity, "t5": lambda _: ""}[family](made)
    return own + translation(made) + tasks(family, made) + (examples(made) if family == "t5" else "")


def scaling(published: dict, kind: str) -> str:
    """What shorter trainings came to, and what longer ones might."""
    found = next((row for row in published.get("scaling", []) if row["family"] == kind), None)
    if found is None or len(found["runs"]) < 2:
        return ""
    rows = [
        [
            run["run"],
            f"{run['tokens']:,}",
            f"{run['minutes']:g}",
            f"{run['held_out_nats_per_asked_token']:.3f}",
        ]
        for run in found["runs"]
    ]
    text = "\nShorter trainings, each with a schedule of its own:\n\n"
    text += table(["Run", "tokens", "minutes", "held-out loss"], rows)
    law = found["power_law"]
    if law:
        text += "\n" + prose(
            f"A power law through them (at most {law['largest_error_of_fit_percent']:g} % off) would give"
            f" {law['nats_at_twice_the_tokens']:.3f} with twice the tokens of the longest and"
            f" {law['nats_at_ten_times_the_tokens']:.3f} with ten times: an extrapolation."
        )
    return text


def bert_limits(made: dict) -> list[str]:
    """From its masked words."""
    found, lines = made.get("masked_token", {}), []
    for name in ("everyday_english", "held_template"):
        if name in found:
            missed = 100 - found[name]["words_top5_percent"]
            what = SETS[name][0].upper() + SETS[name][1:]
            lines.append(f"{what}: {missed:.0f} of 100 masked words are not among its first five.")
    return lines + answer_limits(made)


def gpt2_limits(made: dict) -> list[str]:
    """From its perplexities."""
    found, lines = made.get("next_token", {}), []
    if {"held_text", "held_template"} <= set(found):
        known, new = (found[name]["perplexity_per_word"] for name in ("held_text", "held_template"))
        lines.append(
            f"Perplexity per word in plots that it has not seen is {new:g}, in known ones {known:g}."
        )
    return lines + answer_limits(made)


def t5_limits(made: dict) -> list[str]:
    """From its translations."""
    lines = []
    for part, directions in made.get("translation", {}).items():
        for direction, s in directions.items():
            wrong = 100 - s["beam4"]["exact_percent"]
            lines.append(
                f"{DIRECTIONS[direction]}, {part}: {wrong:.0f} of 100 translations are equal to no reference."
            )
    return lines + answer_limits(made)


def answer_limits(made: dict) -> list[str]:
    """Wrong answers on new plots."""
    found = made.get("answer", {}).get("held_template")
    if found is None:
        return []
    return [
        (
            f"Of questions on texts of new plots it answers {100 - found['exact_percent']:.0f} of 100 in other"
            " words"
            " than the reference."
        )
    ]


LIMITS = {"bert": bert_limits, "gpt2": gpt2_limits, "t5": t5_limits}
