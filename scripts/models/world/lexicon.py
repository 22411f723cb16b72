"""The words of the small world: rows of lexicon/*.tsv, by class."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "lexicon"


class WorldError(Exception):
    """Something in the data files is wrong; says what and where."""


@dataclass(frozen=True)
class Noun:
    """A thing. Mass nouns (water) have no plural: their plurals are the singular."""

    en: str
    en_s: str
    fr: str
    fr_s: str
    feminine: bool
    mass: bool


@dataclass(frozen=True)
class Place:
    """A place with its prepositions, which both languages choose by the noun."""

    en: str
    fr: str
    feminine: bool
    en_at: str
    en_to: str
    fr_at: str
    fr_to: str
    fr_from: str


@dataclass(frozen=True)
class Adjective:
    """Forms: masculine, feminine, their plurals; `vowel` is the masculine before a vowel (bel) or None."""

    en: str
    en_er: str
    m: str
    f: str
    mp: str
    fp: str
    vowel: str | None
    before: bool
    opposite: str


@dataclass(frozen=True)
class Phrase:
    """Ready pairs: [(English, French), …], the first is what the plain slot gives."""

    forms: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Job:
    """A person named by the job."""

    en: str
    m: str
    f: str


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a file; "-" means none."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        found = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for number, row in enumerate(found, 2):
        if None in row or None in row.values():
            raise WorldError(f"lexicon/{name}:{number}: not as many columns as the header has")
    return found


def by_class(name: str, make) -> dict[str, list]:
    """Class -> what `make` makes of its rows, in the file's order."""
    classes: dict[str, list] = {}
    for row in rows(name):
        for each in row["classes"].split(","):
            classes.setdefault(each.strip(), []).append(make(row))
    return classes


def noun(row: dict[str, str]) -> Noun:
    """A row of nouns.tsv."""
    mass = row["en_plural"] == "-"
    plural = (row["en"], row["fr"]) if mass else (row["en_plural"], row["fr_plural"])
    return Noun(row["en"], plural[0], row["fr"], plural[1], row["gender"] == "f", mass)


def place(row: dict[str, str]) -> Place:
    """A row of places.tsv."""
    names = ("en_at", "en_to", "fr_at", "fr_to", "fr_from")
    return Place(row["en"], row["fr"], row["gender"] == "f", *(row[n] for n in names))


def adjective(row: dict[str, str]) -> Adjective:
    """A row of adjectives.tsv."""
    vowel = None if row["fr_m_vowel"] == "-" else row["fr_m_vowel"]
    forms = (row[n] for n in ("en", "en_er", "fr_m", "fr_f", "fr_mp", "fr_fp"))
    return Adjective(*forms, vowel, row["position"] == "pre", row["opposite"])


@cache
def nouns() -> dict[str, list[Noun]]:
    """Nouns by class."""
    return by_class("nouns.tsv", noun)


@cache
def places() -> dict[str, list[Place]]:
    """Places by class."""
    return by_class("places.tsv", place)


@cache
def adjectives() -> dict[str, list[Adjective]]:
    """Adjectives by class."""
    return by_class("adjectives.tsv", adjective)


@cache
def phrases() -> dict[str, list[Phrase]]:
    """Ready phrases by class."""
    return by_class("phrases.tsv", lambda row: Phrase(((row["en"], row["fr"]),)))


@cache
def opposites() -> dict[str, Adjective]:
    """English adjective -> its antonym."""
    known = {a.en: a for group in adjectives().values() for a in group}
    return {a.en: known[a.opposite] for a in known.values() if a.opposite in known}


@cache
def people(age: str) -> list[tuple[str, bool]]:
    """(name, female) of all, or of those that may be a child or an adult."""
    return [
        (r["name"], r["gender"] == "f") for r in rows("people.tsv") if age == "" or r["age"] in (age, "any")
    ]


@cache
def relatives() -> list[tuple[str, str, bool]]:
    """(English, French, female)."""
    return [(r["en"], r["fr"], r["gender"] == "f") for r in rows("relatives.tsv")]


@cache
def jobs() -> list[Job]:
    """Jobs, each a man's or a woman's."""
    return [Job(r["en"], r["fr_m"], r["fr_f"]) for r in rows("jobs.tsv")]


@cache
def aspirated() -> frozenset[str]:
    """French words with h aspiré: no elision before them."""
    return frozenset((FOLDER / "h_aspire.txt").read_text(encoding="utf-8").split())
