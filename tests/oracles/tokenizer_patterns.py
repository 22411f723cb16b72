"""Where the reference cuts text with the regular expressions that src/tokenize/regex.hpp takes.

Writes tests/fixtures/tokenizers/patterns.json: for each pattern a digest (64-bit FNV-1a) of the cuts in every fifty of the
strings of tokenizer_stream.py, and, for case folding, every codepoint that a pattern takes; the same digests for UnicodeScripts. A string's record is the byte
offsets [begin, end) of its pieces as 32-bit little-endian numbers, then one byte, 255.

Usage: python tokenizer_patterns.py   (needs tokenizers and numpy)
"""

import json
import struct

import tokenizers
from tokenizer_digests import BLOCK, hexes
from tokenizer_families import GPT4, GPT4O, QWEN2
from tokenizer_stream import MATERIALS, Stream
from tokenizers import Regex, pre_tokenizers

SEED = 20261124
BLOCKS = 40
PATTERNS = [
    GPT4,
    GPT4O,
    QWEN2,
    # GPT-4's as tiktoken has it, possessive
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s",
    # CLIP, inverted there
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+",
    # DeepSeek V3, its last part
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    # BLOOM
    r" ?[^(\s|[.,!?…。，、।۔،])]+",
    r"\P{L}+", r"\p{^L}{2,3}", r"[\W\d_]", r"\w+|[^\w\s]+", r"\D+", r"^.|.$", r"(?:a|ab)(?:c|bcd|\s)?e?", r"(a|e)(?=\p{M})", r"[^a-z]{2,}", r"\p{Lu}\p{Ll}*", r".+", r"x?y*[ ]", r"\n+",
]
FOLDED = [r"(?i:s)", r"(?i:k)", r"(?i:i)", r"(?i:[tml])", r"(?i:v)"]


def cuts(splitter, text: str) -> bytes:
    """The record of one string."""
    starts = [0]
    for char in text:
        starts.append(starts[-1] + len(char.encode()))
    pieces = splitter.pre_tokenize_str(text)
    return b"".join([struct.pack("<II", starts[a], starts[b]) for _, (a, b) in pieces]) + b"\xff"


def main() -> None:
    """Compute and write."""
    rows = []
    for pattern in PATTERNS:
        splitter = pre_tokenizers.Split(Regex(pattern), "isolated")
        stream = Stream(SEED)
        blocks = [b"".join([cuts(splitter, stream.next()) for _ in range(BLOCK)]) for _ in range(BLOCKS)]
        rows.append({"pattern": pattern, "blocks": hexes(blocks)})
    folded = []
    for pattern in FOLDED:
        splitter = pre_tokenizers.Split(Regex(pattern), "isolated")
        taken = [c for c in range(0x20, 0x110000) if not 0xD800 <= c < 0xE000 and len(splitter.pre_tokenize_str("=" + chr(c))) == 2]
        folded.append({"pattern": pattern, "takes": taken})
    stream = Stream(SEED)
    scripts = [b"".join([cuts(pre_tokenizers.UnicodeScripts(), stream.next()) for _ in range(BLOCK)]) for _ in range(BLOCKS)]
    head = {"about": "Written by tests/oracles/tokenizer_patterns.py", "reference": f"tokenizers {tokenizers.__version__}", "seed": SEED, "strings_in_a_block": BLOCK}
    lines = [",\n".join(json.dumps(row, separators=(",", ":")) for row in part) for part in (rows, folded)]
    text = json.dumps(head)[:-1] + ',\n"patterns":[\n' + lines[0] + '\n],\n"folded":[\n' + lines[1] + '\n],\n"scripts":' + json.dumps(hexes(scripts), separators=(",", ":")) + "}\n"
    (MATERIALS.parent / "patterns.json").write_text(text, encoding="utf-8")
    print([len(row["takes"]) for row in folded])


if __name__ == "__main__":
    main()
