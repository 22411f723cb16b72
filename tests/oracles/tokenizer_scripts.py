"""Which characters the reference's UnicodeScripts keeps together, asked of the reference itself, character by character.

Writes src/tokenize/unicode_scripts.inc: ranges of characters of one script, {first, last, script}. Scripts are numbered as they appear: only
whether two are the same matters. A character that is in no range belongs to any script (it alone gives no piece: that is how it is told).
Kana and the long mark are Han's, as the reference has it. With --check it writes nothing and fails where the file differs.

Usage: python tokenizer_scripts.py [--check]   (needs tokenizers)
"""

import pathlib
import sys

import tokenizers
from tokenizers.pre_tokenizers import UnicodeScripts

OUT = pathlib.Path(__file__).resolve().parents[2] / "src" / "tokenize" / "unicode_scripts.inc"


def ranges() -> list[list[int]]:
    """[first, last, script]"""
    cut = UnicodeScripts().pre_tokenize_str
    found: list[list[int]] = []
    examples: list[str] = []  # a character of each script
    for code in (*range(0xD800), *range(0xE000, 0x110000)):
        c = chr(code)
        if not cut(c):
            continue
        last = found[-1] if found else None
        if last and len(cut(examples[last[2]] + c)) == 1:
            script = last[2]
        else:
            script = next((i for i, e in enumerate(examples) if len(cut(e + c)) == 1), len(examples))
            if script == len(examples):
                examples.append(c)
        if last and last[2] == script and last[1] == code - 1:
            last[1] = code
        else:
            found.append([code, code, script])
    return found


def main() -> None:
    """Write, or compare."""
    rows = ["{0x%X, 0x%X, %d}," % tuple(r) for r in ranges()]
    lines = [" ".join(rows[i : i + 5]) for i in range(0, len(rows), 5)]
    head = f"// Made by tests/oracles/tokenizer_scripts.py from tokenizers {tokenizers.__version__}: first, last, script.\n"
    text = head + "\n".join(lines) + "\n"
    if "--check" in sys.argv:
        sys.exit(0 if OUT.read_text() == text else f"{OUT} differs")
    OUT.write_text(text)
    print(f"{OUT.name}: {len(rows)} ranges, {len(text):,} bytes")


if __name__ == "__main__":
    main()
