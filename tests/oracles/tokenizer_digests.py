"""What the reference makes of 24,000 strings with each family's tokenizer, as one 64-bit digest for every fifty.

Writes tests/fixtures/tokenizers/families/digests.json. The strings are those of tokenizer_stream.py (another seed for each
family) and, apart, those of npm's big-list-of-naughty-strings, which is installed for the tests and not kept here. A string's
record is what `record` returns; a block's digest is 64-bit FNV-1a over the records of its strings. tests/tokenize/families.cpp
computes the same, and where a block differs leaves what it found in build/; tokenizer_difference.py then shows the string.

Usage: python tokenizer_digests.py [FAMILY ...]   (needs tokenizers and numpy; other families' digests stay as they are)
"""

import json
import struct
import sys

import numpy
import tokenizer_families
import tokenizers
from tokenizer_stream import Stream

BLOCK = 50
BLOCKS = 480
FILE = tokenizer_families.FOLDER / "digests.json"
NAUGHTY = tokenizer_families.ROOT / "node_modules" / "big-list-of-naughty-strings" / "blns.json"


def fnv1a(data: bytes) -> int:
    """64-bit FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def fnv1a_of_all(blocks: list[bytes]) -> list[int]:
    """The same for many at once."""
    lengths = numpy.array([len(b) for b in blocks])
    rows = numpy.zeros((lengths.max(), len(blocks)), dtype=numpy.uint64)
    for i, block in enumerate(blocks):
        rows[: len(block), i] = numpy.frombuffer(block, dtype=numpy.uint8)
    values = numpy.full(len(blocks), 0xCBF29CE484222325, dtype=numpy.uint64)
    with numpy.errstate(over="ignore"):
        for at, row in enumerate(rows):
            values = numpy.where(at < lengths, (values ^ row) * numpy.uint64(0x100000001B3), values)
    return [int(v) for v in values]


def rows_of(tokenizer: tokenizers.Tokenizer, text: str) -> list:
    """Tokens as [id, begin, end, special, token], offsets in bytes; the decoded text, with and without special tokens.

    A token is `id_to_token` of its id. (`encoding.tokens` is that but for two models, where it is the text under the token
    instead: what Unigram does not know, and an added token with the white space it takes along.)
    """
    encoding = tokenizer.encode(text)
    starts = [0]
    for char in text:
        starts.append(starts[-1] + len(char.encode()))
    columns = zip(encoding.ids, encoding.offsets, encoding.special_tokens_mask, strict=True)
    tokens = [[i, starts[a], starts[b], special, tokenizer.id_to_token(i)] for i, (a, b), special in columns]
    return [tokens, tokenizer.decode(encoding.ids, skip_special_tokens=False), tokenizer.decode(encoding.ids, skip_special_tokens=True)]


def record(tokenizer: tokenizers.Tokenizer, text: str) -> bytes:
    """The same as bytes: numbers little-endian, texts ended by a zero byte."""
    tokens, decoded, skipped = rows_of(tokenizer, text)
    parts = [struct.pack("<IIIB", i, a, b, special) + token.encode() + b"\0" for i, a, b, special, token in tokens]
    return b"".join(parts) + decoded.encode() + b"\0" + skipped.encode() + b"\0"


def seed_of(family: str) -> int:
    """Each family reads strings of its own."""
    return fnv1a(family.encode())


def naughty() -> list[str]:
    """npm's list; the strings that Python cannot write as UTF-8 are none."""
    return json.loads(NAUGHTY.read_text(encoding="utf-8"))


def hexes(blocks: list[bytes]) -> list[str]:
    """Digests as sixteen digits."""
    return [f"{v:016x}" for v in fnv1a_of_all(blocks)]


def digests_of(family: str) -> dict:
    """One family's."""
    tokenizer = tokenizer_families.load(family)
    stream = Stream(seed_of(family))
    blocks = [b"".join([record(tokenizer, stream.next()) for _ in range(BLOCK)]) for _ in range(BLOCKS)]
    strings = naughty()
    blns = [b"".join([record(tokenizer, s) for s in strings[i : i + BLOCK]]) for i in range(0, len(strings), BLOCK)]
    return {"seed": str(seed_of(family)), "blocks": hexes(blocks), "naughty": hexes(blns)}


def main() -> None:
    """Compute and write."""
    chosen = sys.argv[1:] or list(tokenizer_families.FAMILIES)
    known = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {"families": {}}
    for family in chosen:
        known["families"][family] = digests_of(family)
        print(family)
    head = {"about": "Written by tests/oracles/tokenizer_digests.py", "reference": f"tokenizers {tokenizers.__version__}", "strings_in_a_block": BLOCK}
    rows = ",\n".join(json.dumps(k) + ":" + json.dumps(v, separators=(",", ":")) for k, v in sorted(known["families"].items()))
    FILE.write_text(json.dumps(head)[:-1] + ',\n"families":{\n' + rows + "\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
