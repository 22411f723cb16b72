"""Fills the slots of a line in both languages; README.md lists them."""

import re
from dataclasses import dataclass

from . import french
from .lexicon import Adjective, Noun, Phrase, Place, WorldError

SLOT = re.compile(r"\{([^{}]*)\}")
PARTS = re.compile(
    r"(?P<base>\w+)(?:\.(?P<form>\w+))?(?::(?P<of>\w+)(?P<plural>\.s)?)?(?:\+(?P<plus>\w+))?(?:\.(?P<post>\w+))?"
)
ENGLISH_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
FRENCH_ONES = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit "
    "dix-neuf"
).split()
FRENCH_TENS = "vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt".split()
PRONOUNS = {
    "he": ("he", "she"),
    "him": ("him", "her"),
    "his": ("his", "her"),
    "himself": ("himself", "herself"),
}
OWN = {"my": "m", "your": "t", "their": "l", "our": "n", "mon": "m", "ton": "t", "leur": "l", "notre": "n"}


@dataclass(frozen=True)
class Person:
    """Somebody: the names are plain ("Emma", "the baker", "brother"); `owner` is the variable a relative
    belongs to."""

    en: str
    fr: str
    female: bool
    owner: str | None = None


@dataclass(frozen=True)
class Number:
    """A whole number, written in words."""

    value: int


Value = Person | Noun | Place | Adjective | Phrase | Number


@dataclass
class Names:
    """How each person is called in the present line, and which of its bare mentions are pronouns."""

    en: dict[str, str]
    fr: dict[str, str]
    pronouns: dict[str, list[bool]]
    pair_pronoun: bool = False


def english_number(value: int) -> str:
    """In words, 0 to 99."""
    if value < 20:
        return ENGLISH_ONES[value]
    tens, ones = ENGLISH_TENS[value // 10 - 2], value % 10
    return f"{tens}-{ENGLISH_ONES[ones]}" if ones else tens


def french_number(value: int, feminine: bool = False) -> str:
    """In words, 0 to 99; `un` agrees."""
    one = "une" if feminine else "un"
    if value < 20:
        return one if value == 1 else FRENCH_ONES[value]
    tens, ones = FRENCH_TENS[value // 10 - 2], value % 10 + (10 if value // 10 in (7, 9) else 0)
    if value == 80:
        return "quatre-vingts"
    if ones in (1, 11) and value < 80:
        return f"{tens} et {one if ones == 1 else FRENCH_ONES[11]}"
    if ones == 0:
        return tens
    return f"{tens}-{one if ones == 1 else FRENCH_ONES[ones]}"


def a(words: str) -> str:
    """a key, an apple."""
    vowel = words[0].lower() in "aeiou" and not re.match(r"(?i)(uni|use|euro|one\b|ukulele)", words)
    return ("an " if vowel or re.match(r"(?i)(hour|honest)", words) else "a ") + words


def contracted(preposition: str, name: str) -> str:
    """du boulanger, au boulanger, d'Emma, à Emma."""
    if name.startswith("le "):
        return {"de": "du ", "à": "au "}[preposition] + name[3:]
    return french.of(name) if preposition == "de" else f"à {name}"


class Filler:
    """Fills the slots of one side of one line."""

    def __init__(self, cast: dict[str, Value], names: Names, in_french: bool, where: str):
        self.cast, self.names, self.fr, self.where = cast, names, in_french, where
        self.seen: dict[str, int] = {}

    def fill(self, text: str) -> str:
        """The text without slots."""
        return SLOT.sub(lambda match: self.slot(match.group(1)), text)

    def wrong(self, slot: str, why: str) -> WorldError:
        """What is wrong with a slot."""
        return WorldError(f"{self.where}: {{{slot}}}: {why}")

    def value(self, name: str, slot: str) -> Value:
        """What a variable stands for."""
        if name not in self.cast:
            raise self.wrong(slot, f"{name} is not in the cast")
        return self.cast[name]

    def feminine(self, name: str, slot: str) -> bool:
        """The gender of a person or of a French noun."""
        value = self.value(name, slot)
        if not isinstance(value, Person | Noun | Place):
            raise self.wrong(slot, f"{name} has no gender")
        return value.female if isinstance(value, Person) else value.feminine

    def slot(self, slot: str) -> str:
        """One slot."""
        choice = re.fullmatch(r"(\w+)\?([^:]*):(.*)", slot)
        if choice:
            return choice.group(3) if self.feminine(choice.group(1), slot) else choice.group(2)
        match = PARTS.fullmatch(slot)
        if not match:
            raise self.wrong(slot, "is not a slot")
        value = self.value(match["base"], slot)
        kinds = {
            Person: self.person,
            Noun: self.noun,
            Place: self.place,
            Adjective: self.adjective,
            Phrase: self.phrase,
            Number: self.number,
        }
        filled = kinds[type(value)](value, match, slot)
        if filled is None:
            raise self.wrong(slot, f"no such form of a {type(value).__name__.lower()} in this language")
        return filled

    def person(self, value: Person, m: re.Match, slot: str) -> str | None:
        """A person, or two."""
        form, female = m["form"], value.female
        if m["plus"]:
            return self.two(m, slot)
        name = (self.names.fr if self.fr else self.names.en)[m["base"]]
        if form is None:
            return self.mention(m["base"], name, female)
        self.seen.setdefault(m["base"], 0)
        if form == "name":
            return name
        if not self.fr:
            return PRONOUNS[form][female] if form in PRONOUNS else None
        return {
            "il": "elle" if female else "il",
            "le": ("la" if female else "le") + french.LINK,
            "lui": "lui",
            "e": "e" if female else "",
            "de": contracted("de", name),
            "à": contracted("à", name),
        }.get(form)

    def mention(self, variable: str, name: str, female: bool) -> str:
        """The name, or he, she, il, elle as it was decided for this line."""
        decided = self.names.pronouns.get(variable, [])
        number = self.seen.get(variable, 0)
        self.seen[variable] = number + 1
        if number < len(decided) and not decided[number] or number >= len(decided) and number == 0:
            return name
        return ("elle" if female else "il") if self.fr else ("she" if female else "he")

    def two(self, m: re.Match, slot: str) -> str | None:
        """Two persons together."""
        first, second = self.value(m["base"], slot), self.value(m["plus"], slot)
        if not isinstance(second, Person):
            raise self.wrong(slot, f"{m['plus']} is not a person")
        names, female = (self.names.fr if self.fr else self.names.en), first.female and second.female
        together = f"{names[m['base']]} {'et' if self.fr else 'and'} {names[m['plus']]}"
        they = ("elles" if female else "ils") if self.fr else "they"
        forms = {None: they if self.names.pair_pronoun else together, "name": together}
        if self.fr:
            forms |= {"s": "es" if female else "s", "e": "e" if female else "", "il": they, "ils": they}
        else:
            forms |= {"they": "they", "them": "them", "their": "their"}
        return forms.get(m["post"])

    def noun(self, value: Noun, m: re.Match, slot: str) -> str | None:
        """A noun with article, possessive, number and adjective."""
        added = self.value(m["plus"], slot) if m["plus"] else None
        if added is not None and not isinstance(added, Adjective):
            raise self.wrong(slot, f"{m['plus']} is not an adjective")
        form = m["form"]
        if self.fr:
            return self.french_noun(value, form, added)
        one, more = (f"{added.en} {word}" if added else word for word in (value.en, value.en_s))
        if form == "his":
            owner = self.value(m["of"] or "", slot)
            return f"{PRONOUNS['his'][owner.female]} {one}"
        return {
            None: one,
            "s": more,
            "a": f"some {one}" if value.mass else a(one),
            "the": f"the {one}",
            "the_s": f"the {more}",
            "this": f"this {one}",
            "it": "it",
        }.get(form, f"{form} {one}" if form in ("my", "your", "their", "our") else None)

    def french_noun(self, value: Noun, form: str | None, added: Adjective | None) -> str | None:
        """The French half of `noun`."""
        one, more = (french.with_adjective(value, added, plural) for plural in (False, True))
        feminine = value.feminine
        if form in ("his", "son"):
            return french.possessive("s", one, feminine)
        if form in OWN:
            return french.possessive(OWN[form], one, feminine)
        return {
            None: one,
            "s": more,
            "a": french.indefinite(value, one),
            "un": french.indefinite(value, one),
            "the": french.ARTICLE + french.the(one, feminine),
            "the_s": f"{french.ARTICLE}les {more}",
            "this": french.this(one, feminine),
            "du": french.of_the(one, feminine),
            "au": french.to_the(one, feminine),
            "de": french.of(one),
            "il": "elle" if feminine else "il",
            "le": ("la" if feminine else "le") + french.LINK,
            "lui": "lui",
            "e": "e" if feminine else "",
        }.get(form)

    def place(self, value: Place, m: re.Match, slot: str) -> str | None:
        """A place with its preposition."""
        if self.fr:
            the = french.ARTICLE + french.the(value.fr, value.feminine)
            forms = {"at": value.fr_at, "to": value.fr_to, "from": value.fr_from, "the": the, None: value.fr}
            forms |= {
                "du": value.fr_from,
                "il": "elle" if value.feminine else "il",
                "e": "e" if value.feminine else "",
            }
            return forms.get(m["form"])
        start = "from " if value.en[0].isupper() else "from the "
        forms = {
            "at": value.en_at,
            "to": value.en_to,
            "from": start + value.en,
            "the": start[5:] + value.en,
            None: value.en,
        }
        return forms.get(m["form"])

    def adjective(self, value: Adjective, m: re.Match, slot: str) -> str | None:
        """An adjective, agreeing in French."""
        if m["form"] not in (None, "er"):
            return None
        if not self.fr:
            return value.en_er if m["form"] == "er" else value.en
        feminine = bool(m["of"]) and self.feminine(m["of"], slot)
        word = french.agreeing(value, feminine, bool(m["plural"]))
        return (
            {"bon": "meilleur", "bonne": "meilleure", "mauvais": "pire", "mauvaise": "pire"}.get(
                word, f"plus {word}"
            )
            if m["form"] == "er"
            else word
        )

    def phrase(self, value: Phrase, m: re.Match, slot: str) -> str:
        """A ready phrase; {w.2} is its second form."""
        form = m["form"] or "1"
        if not form.isdigit() or not 1 <= int(form) <= len(value.forms):
            raise self.wrong(slot, f"has {len(value.forms)} forms")
        return value.forms[int(form) - 1][self.fr]

    def number(self, value: Number, m: re.Match, slot: str) -> str:
        """three; three keys."""
        if not 0 <= value.value < 100:
            raise self.wrong(slot, f"{value.value} is out of range")
        word = french_number(value.value) if self.fr else english_number(value.value)
        if not m["of"]:
            return word
        noun = self.value(m["of"], slot)
        if not isinstance(noun, Noun):
            raise self.wrong(slot, f"{m['of']} is not a noun")
        added = self.value(m["plus"], slot) if m["plus"] else None
        many = value.value > 1 or (value.value == 0 and not self.fr)
        if self.fr:
            word = french_number(value.value, noun.feminine)
            return f"{word} {french.with_adjective(noun, added, many)}"
        return " ".join(filter(None, (word, added.en if added else "", noun.en_s if many else noun.en)))
