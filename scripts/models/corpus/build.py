"""Build the filtered corpus (eng-fra.tsv.xz) from the original file of sentence pairs.

Usage: python build.py ORIGINAL.tsv.xz
"""

import lzma
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
PLAIN = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u200b": "",
        "\u2019": "'",
        "\u2018": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u2026": "...",
        "\u2010": "-",
        "\u2011": "-",
        "\u00ad": "",
    }
)
LONGEST = 40  # words


def blocked_patterns() -> tuple[re.Pattern, re.Pattern]:
    """The word list as one pattern for English and one for French."""
    _, english, french = re.split(r"(?m)^\[\w+\]$", (HERE / "blocked_words.txt").read_text(encoding="utf-8"))
    return tuple(
        re.compile(r"(?<!\w)(?:" + "|".join(words.split()) + r")(?!\w)") for words in (english, french)
    )


def clean(text: str) -> str:
    """Plain spaces, apostrophes and quotation marks; single spaces."""
    return re.sub(r" +", " ", text.translate(PLAIN)).strip()


def build(original: Path) -> None:
    """Write the filtered file and print how many pairs went, and why."""
    blocked = blocked_patterns()
    kept: dict[tuple[str, str], None] = {}
    counts = {"read": 0, "blocked": 0, "unusable": 0, "repeated": 0}
    with lzma.open(original, "rt", encoding="utf-8") as lines:
        for line in lines:
            counts["read"] += 1
            pair = tuple(clean(side) for side in line.rstrip("\n").split("\t")[:2])
            if len(pair) != 2 or not all(
                side.isprintable() and 0 < len(side.split()) <= LONGEST for side in pair
            ):
                counts["unusable"] += 1
            elif any(pattern.search(side.lower()) for pattern, side in zip(blocked, pair, strict=True)):
                counts["blocked"] += 1
            elif pair in kept:
                counts["repeated"] += 1
            else:
                kept[pair] = None
    text = "".join(f"{english}\t{french}\n" for english, french in kept)
    with lzma.open(HERE / "eng-fra.tsv.xz", "wb", preset=9 | lzma.PRESET_EXTREME) as out:
        out.write(text.encode("utf-8"))
    print(counts | {"kept": len(kept)})


if __name__ == "__main__":
    build(Path(sys.argv[1]))
