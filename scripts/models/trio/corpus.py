"""What the models learn from, in two parts of about the same size: everyday sentence pairs (Tatoeba) and
documents of the small world (world/README.md); and which of both are never trained on."""

import hashlib
import json
import lzma
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from . import paths

CORPUS = Path(__file__).parents[1] / "corpus" / "eng-fra.tsv.xz"
WORLD = Path(os.environ.get("TRILENS_WORLD") or paths.ROOT / "build" / "world")
# New texts of known plots; known plots with unseen combinations of words; unseen plots.
HELD_WORLD = ("held_text", "held_combination", "held_template")
HELD_OUT_KEY = "trilens-held-out-1"
HELD_OUT_PER_MILLE = 25
VALIDATION_KEY = "trilens-validation-1"
# The corpus has "Qui ?" and "Qui?"; the world only the first, which is how French is written.
TIGHT = re.compile(r"(?<=[^\s?!;])([?!;])")

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Document:
    """A text of the small world. Where it has French, it has all of it."""

    kind: str
    plot: str
    sentences: tuple[tuple[str, str | None], ...]
    questions: tuple[tuple[str, str, str | None, str | None], ...]
    summary: tuple[str, str | None] | None
    wrong: tuple[tuple[str, str | None], ...]
    mood: str | None

    def bilingual(self) -> bool:
        """Whether every sentence has its French."""
        return all(french for _, french in self.sentences)

    def text(self, french: bool = False) -> str:
        """The whole text in one language."""
        return " ".join(sentence[french] for sentence in self.sentences)


@dataclass(frozen=True)
class Corpus:
    """Pairs of (English, French) in the corpus's order, and documents: for training, for choosing the checkpoint
    (validation), and held out for the scores."""

    training: list[Pair]
    held_out: list[Pair]
    documents: list[Document] = field(default_factory=list)
    held_documents: dict[str, list[Document]] = field(default_factory=dict)
    validation: list[Pair] = field(default_factory=list)
    validation_documents: list[Document] = field(default_factory=list)

    def english(self, part: str = "training") -> list[str]:
        """The distinct English sentences of a part of the pairs."""
        return list(dict.fromkeys(pair[0] for pair in getattr(self, part)))

    def french(self, part: str = "training") -> list[str]:
        """The distinct French sentences of a part of the pairs."""
        return list(dict.fromkeys(pair[1] for pair in getattr(self, part)))

    def held(self, part: str | None = None) -> "Corpus":
        """What is held out, in the place of what is trained on: all, "everyday", or one of HELD_WORLD."""
        pairs = self.held_out if part in (None, "everyday") else []
        texts = [
            document
            for name, documents in self.held_documents.items()
            if part in (None, name)
            for document in documents
        ]
        return Corpus(pairs, [], texts)

    def chosen_by(self) -> "Corpus":
        """What checkpoints and rates are chosen by, in the place of what is trained on."""
        return Corpus(self.validation, [], self.validation_documents)


def is_validation(english: str) -> bool:
    """Which half of what is held out chooses the checkpoint; the scores are measured on the other."""
    return hashlib.sha256(f"{VALIDATION_KEY}:{letters(english)}".encode()).digest()[0] % 2 == 1


def letters(sentence: str) -> str:
    """The sentence without case, spaces and punctuation: what makes two sentences the same for the split."""
    return "".join(char for char in sentence.casefold() if char.isalnum())


def is_held_out(english: str) -> bool:
    """Whether a sentence is kept from training: a keyed hash of its letters, so it never depends on the
    others."""
    digest = hashlib.sha256(f"{HELD_OUT_KEY}:{letters(english)}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 1000 < HELD_OUT_PER_MILLE


def read_pairs(path: Path = CORPUS) -> tuple[list[Pair], list[Pair]]:
    """Training and held-out pairs. A pair whose French side is also held out goes to neither part."""
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    pairs = [(english, TIGHT.sub(r" \1", french)) for english, french in rows]
    split = {english: is_held_out(english) for english in dict.fromkeys(pair[0] for pair in pairs)}
    held_out = [pair for pair in pairs if split[pair[0]]]
    seen = {letters(pair[1]) for pair in held_out}
    training = [pair for pair in pairs if not split[pair[0]] and letters(pair[1]) not in seen]
    return training, held_out


def document(line: str) -> Document:
    """One line of the generator's output."""
    row = json.loads(line)
    summary = tuple(row["summary"]) if row.get("summary") else None
    rows = {name: tuple(tuple(item) for item in row.get(name) or ()) for name in ("questions", "wrong")}
    sentences = tuple(tuple(sentence) for sentence in row["sentences"])
    return Document(
        row["kind"], row["plot"], sentences, rows["questions"], summary, rows["wrong"], row.get("mood")
    )


def read_documents(path: Path) -> list[Document]:
    """A file of the small world; empty where the generator has not been run (python -m world.generate)."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as lines:
        return [document(line) for line in lines]


def read(world: Path = WORLD) -> Corpus:
    """Both parts."""
    training, held_out = read_pairs()
    halves: tuple[list[Pair], list[Pair]] = ([], [])
    for pair in held_out:
        halves[is_validation(pair[0])].append(pair)
    held, validation = {}, []
    for name in HELD_WORLD:
        held[name] = []
        for text in read_documents(world / f"{name}.jsonl"):
            (validation if is_validation(text.text()) else held[name]).append(text)
    return Corpus(training, halves[0], read_documents(world / "train.jsonl"), held, halves[1], validation)
