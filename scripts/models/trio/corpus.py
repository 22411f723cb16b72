"""The sentence pairs, and which of them are never trained on."""

import hashlib
import lzma
from dataclasses import dataclass
from pathlib import Path

CORPUS = Path(__file__).parents[1] / "corpus" / "eng-fra.tsv.xz"
HELD_OUT_KEY = "trilens-held-out-1"
HELD_OUT_PER_MILLE = 25

Pair = tuple[str, str]


@dataclass(frozen=True)
class Corpus:
    """Pairs of (English, French), in the corpus's order."""

    training: list[Pair]
    held_out: list[Pair]

    def english(self, part: str = "training") -> list[str]:
        """The distinct English sentences of a part."""
        return list(dict.fromkeys(pair[0] for pair in getattr(self, part)))

    def french(self, part: str = "training") -> list[str]:
        """The distinct French sentences of a part."""
        return list(dict.fromkeys(pair[1] for pair in getattr(self, part)))


def letters(sentence: str) -> str:
    """The sentence without case, spaces and punctuation: what makes two sentences the same for the split."""
    return "".join(char for char in sentence.casefold() if char.isalnum())


def is_held_out(english: str) -> bool:
    """Whether a sentence is kept from training: a keyed hash of its letters, so it never depends on the
    others."""
    digest = hashlib.sha256(f"{HELD_OUT_KEY}:{letters(english)}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 1000 < HELD_OUT_PER_MILLE


def read(path: Path = CORPUS) -> Corpus:
    """Read and split the corpus. A pair whose French side is also held out goes to neither part."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        pairs = [tuple(line.rstrip("\n").split("\t")) for line in lines]
    held_out = [pair for pair in pairs if is_held_out(pair[0])]
    seen = {letters(pair[1]) for pair in held_out}
    training = [pair for pair in pairs if not is_held_out(pair[0]) and letters(pair[1]) not in seen]
    return Corpus(training, held_out)
