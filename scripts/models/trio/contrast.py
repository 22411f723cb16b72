"""Writes docs/phenomena.md: what each architecture does with each phenomenon, what was predicted, and what
contradicts it.

What is written by hand stands in scripts/models/remarks/phenomena.md and is put at the end, if it is there.
"""

from pathlib import Path

from . import paths

REMARKS = Path(__file__).parents[1] / "remarks" / "phenomena.md"
PAGE = paths.ROOT / "docs" / "phenomena.md"
FAMILIES = {
    "encoder": "encoder (BERT)",
    "decoder": "decoder (GPT-2)",
    "encoder_decoder": "encoder–decoder (T5)",
}
GOAL, SURE = 90, 0.05
FROM_THE_RIGHT = ("blank", "blank_then_translation", "answer_first")


def possible(scores: dict, row: dict, family: str) -> bool:
    """Whether an architecture can do this in principle: it can be asked, and what decides is not behind a
    decoder's back (a blank, or an answer, that is decided to its right)."""
    if "cannot" in row[family]:
        return False
    worse = {(c["phenomenon"], c["worse"]) for c in scores["contrasts"]}
    return not (row["kind"] in FROM_THE_RIGHT and (row["id"], family) in worse)


def below(scores: dict, family: str) -> list[dict]:
    """The phenomena that a family could do and does in less than GOAL per cent."""
    return [
        row for row in scores["phenomena"] if possible(scores, row, family) and row[family]["accuracy"] < GOAL
    ]


def counted(scores: dict, family: str) -> int:
    """How many it could do."""
    return sum(possible(scores, row, family) for row in scores["phenomena"])


def share(value: float) -> str:
    """Per cent in a table."""
    return f"{value:.1f}".removesuffix(".0")


def cell(scores: dict, row: dict, family: str) -> str:
    """Accuracy with its interval."""
    found = row[family]
    if "cannot" in found:
        return "cannot"
    low, high = found["interval"]
    text = f"{share(found['accuracy'])} ({share(low)}–{share(high)})"
    return text if possible(scores, row, family) else f"*{text}*"


def untrained(row: dict, family: str) -> str:
    """What the same architecture with random weights gets."""
    found = row[family].get("untrained")
    return "" if found is None else share(found["accuracy"])


def control(scores: dict) -> str:
    """The same items asked of models with random weights; empty where that was not done."""
    rows = [row for row in scores["phenomena"] if any("untrained" in row[family] for family in FAMILIES)]
    if not rows:
        return ""
    lines = ["| Phenomenon | chance | " + " | ".join(FAMILIES.values()) + " |", "|---|---|---|---|---|"]
    for row in rows:
        cells = [row["title"], share(100 * row["chance"]), *(untrained(row, family) for family in FAMILIES)]
        lines.append(f"| {' | '.join(cells)} |")
    return (
        "\n## Without training\n\nThe same items asked of the same architectures with random weights: what"
        " is above chance"
        " here comes from the items (words that two texts share, the length of a choice), not from what was"
        " learned.\n\n" + "\n".join(lines) + "\n"
    )


def table(scores: dict) -> str:
    """Phenomena and families."""
    lines = [
        "| Phenomenon | language | items | chance | " + " | ".join(FAMILIES.values()) + " |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in scores["phenomena"]:
        cells = [cell(scores, row, family) for family in FAMILIES]
        chance = share(100 * row["chance"])
        lines.append(
            f"| {row['title']} | {row['language']} | {row['items']} | {chance} | {' | '.join(cells)} |"
        )
    return "\n".join(lines)


def asked(scores: dict) -> str:
    """How each kind is asked, and why some cannot be."""
    lines = []
    for kind in dict.fromkeys(row["kind"] for row in scores["phenomena"]):
        rows = [row for row in scores["phenomena"] if row["kind"] == kind]
        lines.append(f"\n**{kind}** ({', '.join(row['title'] for row in rows)})\n")
        for family, name in FAMILIES.items():
            found = rows[0][family]
            how = f"cannot, because {found['cannot']}" if "cannot" in found else found["asked"]
            lines.append(f"- {name}: {how}.")
    return "\n".join(lines)


def judging(scores: dict) -> str:
    """A decoder that sees the whole sentence with each choice in it."""
    rows = [row for row in scores["phenomena"] if "judging_whole_sentences" in row["decoder"]]
    if not rows:
        return ""
    lines = ["| Phenomenon | going on from the left | judging whole sentences |", "|---|---|---|"]
    for row in rows:
        whole = row["decoder"]["judging_whole_sentences"]
        low, high = whole["interval"]
        lines.append(
            f"| {row['title']} | {cell(scores, row, 'decoder')} | "
            f"{share(whole['accuracy'])} ({share(low)}–{share(high)}) |"
        )
    return (
        "\n## What the decoder knows but cannot use\n\nWritten from the left, a blank must be filled before"
        " what follows is"
        " read. The same decoder can still say which whole sentence is likelier; that is no way to write.\n\n"
        + "\n".join(lines)
        + "\n"
    )


def verdict(scores: dict, contrast: dict) -> tuple[list[str], bool]:
    """([better, worse, p, corrected p, word], whether the prediction holds)."""
    row = next(row for row in scores["phenomena"] if row["id"] == contrast["phenomenon"])
    better, worse = row[contrast["better"]], row[contrast["worse"]]
    if "cannot" in better:
        return ["cannot", "", "", "", "no"], False
    if "p" not in contrast:
        holds = better["interval"][0] > 100 * row["chance"]
        return [
            share(better["accuracy"]),
            "cannot",
            "",
            "",
            "yes" if holds else "no: no better than chance",
        ], holds
    holds = contrast["corrected_p"] < SURE
    word = "yes" if holds else "no"
    if not holds and worse["accuracy"] > better["accuracy"]:
        word = "no: the other way round"
    found = [share(better["accuracy"]), share(worse["accuracy"])]
    return [*found, f"{contrast['p']:.2g}", f"{contrast['corrected_p']:.2g}", word], holds


def contrasts(scores: dict) -> str:
    """What was predicted."""
    lines = [
        "| Phenomenon | better | worse | because | better, % | worse, % | p | corrected | holds |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    titles = {row["id"]: row["title"] for row in scores["phenomena"]}
    for contrast in scores["contrasts"]:
        names = [FAMILIES[contrast[side]] for side in ("better", "worse")]
        cells = [titles[contrast["phenomenon"]], *names, contrast["because"], *verdict(scores, contrast)[0]]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def surprises(scores: dict) -> str:
    """What contradicts the predictions or misses the goal, all of it."""
    titles = {row["id"]: row["title"] for row in scores["phenomena"]}
    lines = []
    for contrast in scores["contrasts"]:
        (one, two, p, _, _), holds = verdict(scores, contrast)
        if not holds:
            better, worse = (FAMILIES[contrast[side]] for side in ("better", "worse"))
            lines.append(
                f"- **{titles[contrast['phenomenon']]}**: predicted that the {better} is better than the"
                f" {worse}; measured"
                f" {one} against {two}{f', p = {p}' if p else ''}."
            )
    lines = lines or ["- No prediction is contradicted."]
    for family, name in FAMILIES.items():
        rows, count = below(scores, family), counted(scores, family)
        found = ", ".join(f"{row['title']} {share(row[family]['accuracy'])} %" for row in rows) or "none"
        lines.append(
            f"- **{name}**: {count - len(rows)} of the {count} phenomena that it could do reach {GOAL} %;"
            f" below: {found}."
        )
    for family, name in FAMILIES.items():
        rows = [
            row["title"]
            for row in scores["phenomena"]
            if possible(scores, row, family) and row[family]["interval"][0] <= 100 * row["chance"]
        ]
        if rows:
            lines.append(f"- **{name}**, not surely better than chance: {', '.join(rows)}.")
    return "\n".join(lines)


def page(scores: dict) -> str:
    """The whole page."""
    titles = {row["id"]: row["title"] for row in scores["phenomena"]}
    all_held = list(dict.fromkeys(contrast["phenomenon"] for contrast in scores["contrasts"]))
    sure = {c["phenomenon"] for c in scores["contrasts"] if verdict(scores, c)[1]}
    held = [titles[name] for name in all_held if name in sure]
    compared = sum("p" in contrast for contrast in scores["contrasts"])
    remarks = REMARKS.read_text(encoding="utf-8").strip() if REMARKS.exists() else ""
    return f"""# Phenomena

What the three bundled models do with sentences whose right answer is known: the same items, the same training
data, the same number of parameters, so that what differs is the architecture. Written by
`scripts/models/trio/contrast.py` from `assets/models/scores.json`; the items are in `assets/probes/`, none of
them was trained on. An answer is the choice with the highest probability; no model was tuned on the items (what was changed in the items: see Remarks).

## What was measured

Accuracy in per cent with its 95 % interval: items of one frame (the same sentence with other words) go right
or wrong together, so frames are drawn anew, not items. *In italics*: what decides stands to the right of the
blank, where a decoder has not read yet, so it can in principle do no better than a guess from the left side.
"cannot": the architecture cannot be asked (see below).

{table(scores)}

## How each was asked
{asked(scores)}
{judging(scores)}{control(scores)}
## What was predicted

p: the share of resamples of the frames in which the one predicted to be better is not; corrected for the number of
comparisons ({compared}) by Holm's method. "holds": corrected p < {SURE}; where the worse one cannot be asked at all, that the
better one is surely better than chance. {len(held)} of the {len(all_held)} phenomena hold for at least one pair: {", ".join(held) or "none"}.

{contrasts(scores)}

## What contradicts the prediction or is below {GOAL} %

{surprises(scores)}
{chr(10) + remarks + chr(10) if remarks else ""}"""


def write(scores: dict, path: Path = PAGE) -> None:
    """The file."""
    path.write_text(page(scores), encoding="utf-8")
    print(path.name, path.stat().st_size)
