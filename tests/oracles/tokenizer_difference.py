"""Shows the first string for which Trilens and the reference differ.

When tests/tokenize finds a block of strings whose digest is not the reference's, it leaves what it computed in
build/tokenizer-differences/FAMILY-LIST-BLOCK.json. This script reads that, asks the reference about the same strings, and
prints the first that differs, with the tokens of both sides from the first difference on.

Usage: python tokenizer_difference.py build/tokenizer-differences/FILE.json [HOW_MANY]   (needs tokenizers)
"""

import json
import sys

import tokenizer_digests
import tokenizer_families


def show(text: str, ours: list, theirs: list) -> None:
    """One string, and where the two sides part."""
    print(f"text      {json.dumps(text)}  {text!r}")
    for i in range(max(len(ours[0]), len(theirs[0]))):
        a, b = (side[0][i] if i < len(side[0]) else None for side in (ours, theirs))
        if a != b:
            print(f"token {i}   Trilens {a}   reference {b}   [id, begin, end, special, token]")
            break
    for name, a, b in zip(("decoded", "without special tokens"), ours[1:], theirs[1:], strict=True):
        if a != b:
            print(f"{name}\n  Trilens   {a!r}\n  reference {b!r}")


def main() -> None:
    """Compare and print."""
    found = json.loads(open(sys.argv[1], encoding="utf-8").read())
    left = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    tokenizer = tokenizer_families.load(found["family"])
    for text, ours in zip(found["texts"], found["rows"], strict=True):
        theirs = tokenizer_digests.rows_of(tokenizer, text)
        if ours == theirs:
            continue
        show(text, ours, theirs)
        left -= 1
        if left == 0:
            return
    print("no difference left" if left else "")


if __name__ == "__main__":
    main()
