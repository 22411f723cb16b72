"""The test strings of the tokenizer families: an endless, seeded stream that Python and C++ compose alike.

One description for both sides (tests/tokenize/stream.hpp is the other): every choice is `next() % n` of splitmix64, drawn in
the order written here, over the lists of tests/fixtures/tokenizers/materials.json. The strings need no file of their own, so
20,000 of them for each family cost nothing.

Usage: python tokenizer_stream.py SEED COUNT   prints them as JSON, one a line
"""

import json
import pathlib
import sys

from splitmix import SplitMix

MATERIALS = pathlib.Path(__file__).resolve().parents[1] / "fixtures" / "tokenizers" / "materials.json"
JOINERS = ["", " ", "\n", "  ", "\u200d", ",", "-", "\u0301"]


class Stream:
    """String after string; the same seed gives the same strings."""

    def __init__(self, seed: int):
        self.random = SplitMix(seed)
        self.materials = json.loads(MATERIALS.read_text(encoding="utf-8"))

    def next(self) -> str:
        """The next string: one kind in sixteen, or two to four of them joined."""
        kind = self._below(18)
        return self._one(kind) if kind < 16 else self._joined(2 + self._below(3))

    def _below(self, n: int) -> int:
        return self.random.next() % n

    def _pick(self, items):
        return items[self._below(len(items))]

    def _from(self, name: str) -> str:
        return self._pick(self.materials[name])

    def _joined(self, count: int) -> str:
        out = self._one(self._below(16))
        for _ in range(count - 1):
            out += self._pick(JOINERS)
            out += self._one(self._below(16))
        return out

    def _one(self, kind: int) -> str:
        if kind < 5:
            return self._sentence()
        return [
            lambda: self._from("code"),
            self._emoji,
            self._marks,
            self._right_to_left,
            self._controls,
            lambda: self._from("naughty"),
            self._unicode,
            self._ascii,
            self._repeated,
            self._special,
            self._slice,
        ][kind - 5]()

    def _words(self, words: list[str], count: int) -> str:
        out = self._pick(words)
        for _ in range(count - 1):
            out += " " if self._below(8) else self._from("spaces")
            out += self._pick(words)
        return out

    def _sentence(self) -> str:
        words = self._from("scripts")
        out = self._words(words, 1 + self._below(9))
        return out + ["", ".", "!", "?", " ", "\n", "...", ","][self._below(8)]

    def _emoji(self) -> str:
        return "".join([self._from("emoji") + ["", "", " ", "\u200d", "\ufe0f", "a"][self._below(6)] for _ in range(1 + self._below(6))])

    def _marks(self) -> str:
        out = ""
        for _ in range(1 + self._below(5)):
            out += self._from("bases")
            for _ in range(self._below(6)):
                out += self._from("marks")
        return out

    def _right_to_left(self) -> str:
        out = ""
        for _ in range(1 + self._below(5)):
            words = self.materials["scripts"][[0, 9, 10, 11, 12][self._below(5)]]
            out += self._from("bidi") if self._below(3) == 0 else ""
            out += self._pick(words)
            out += [" ", "-", ", ", ""][self._below(4)]
        return out

    def _controls(self) -> str:
        out = ""
        for _ in range(1 + self._below(6)):
            out += self._from("controls") if self._below(2) else self._pick(self.materials["scripts"][0])
        return out

    def _unicode(self) -> str:
        first, last = self._from("ranges")
        out = ""
        for _ in range(1 + self._below(20)):
            if self._below(6) == 0:
                first, last = self._from("ranges")
            out += chr(first + self._below(last - first + 1))
        return out

    def _ascii(self) -> str:
        return "".join([chr(0x20 + self._below(0x5F)) for _ in range(1 + self._below(40))])

    def _repeated(self) -> str:
        name = ["bases", "marks", "controls", "spaces", "emoji", "specials", "naughty"][self._below(7)]
        return self._from(name) * (1 + self._below(60 if name != "naughty" else 3))

    def _special(self) -> str:
        out = ""
        for _ in range(1 + self._below(4)):
            out += self._from("specials")
            out += ["", " ", "a", self._pick(self.materials["scripts"][0])][self._below(4)]
        return out

    def _slice(self) -> str:
        """A piece out of the middle of a sentence, cut between any two characters."""
        text = self._sentence()
        begin = self._below(len(text))
        return text[begin : begin + 1 + self._below(len(text) - begin)]


def main() -> None:
    stream = Stream(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        print(json.dumps(stream.next(), ensure_ascii=False))


if __name__ == "__main__":
    main()
