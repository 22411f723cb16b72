"""Tells a plot: draws the cast, takes one line of each beat, and fills it in both languages at once."""

import math
import random
import re
from dataclasses import dataclass, field

from . import french as fr
from . import lexicon
from .lexicon import Adjective, Noun, Phrase, Place, WorldError
from .parse import GROUP, Beat, Block, Cast, Line, Plot
from .slots import SLOT, Filler, Names, Number, Person, Value

PRONOUN_SHARE, SAME_LINE_PRONOUN_SHARE, PAIR_PRONOUN_SHARE = 0.7, 0.9, 0.5
Pair = tuple[str, str]


@dataclass
class Document:
    """What was told. `nats` is -log p of the choices made: an upper bound of -log p of the text.
    `combinations` are the (line, word) pairs in it."""

    plot: str
    kind: str
    held: bool
    sentences: list[Pair] = field(default_factory=list)
    questions: list[tuple[str, str, str, str]] = field(default_factory=list)
    summary: Pair | None = None
    wrong: list[Pair] = field(default_factory=list)
    mood: str | None = None
    nats: float = 0.0
    combinations: list[str] = field(default_factory=list)

    def english(self) -> str:
        """The whole text in English."""
        return " ".join(en for en, _ in self.sentences)


class Dice:
    """Random choices, counted in nats while `counting`."""

    def __init__(self, rng: random.Random):
        self.rng, self.nats = rng, 0.0

    def choose(self, items: list):
        """One of the items, all alike."""
        self.nats += math.log(len(items))
        return items[int(self.rng.random() * len(items))]

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        if share >= 1:
            return True
        taken = self.rng.random() < share
        self.nats -= math.log(share if taken else 1 - share)
        return taken


def without(items: list, taken: list) -> list:
    """The items that are not taken yet."""
    return [item for item in items if item not in taken]


class Teller:
    """Tells one document."""

    def __init__(self, plot: Plot, shared: dict[str, list[Line]], rng: random.Random):
        self.plot, self.shared, self.dice = plot, shared, Dice(rng)
        self.cast: dict[str, Value] = {}
        self.costs: dict[str, float] = {}
        self.used: set[str] = set()
        self.previous: set[str] = set()
        self.known: set[str] = set()
        self.told = Document(plot.name, plot.kind, plot.held)

    def tell(self) -> Document:
        """The document."""
        for member in self.plot.cast:
            before = self.dice.nats
            self.cast[member.name] = self.draw(member)
            self.costs[member.name] = self.dice.nats - before
            self.dice.nats = before
        blocks = [self.plot.block]
        self.block(self.plot.block, blocks)
        self.told.nats = self.dice.nats + sum(self.costs[name] for name in self.used)
        for block in blocks:
            self.told.mood = block.mood or self.told.mood
            self.told.questions += [self.question(line) for line in block.asks]
        sums = [line for block in blocks for line in block.sums]
        wrongs = [line for block in blocks for line in block.wrongs]
        if sums:
            self.told.summary = self.apart(self.dice.rng.choice(sums))
        self.dice.rng.shuffle(wrongs)
        self.told.wrong = [self.apart(line) for line in wrongs[:2]]
        return self.told

    def block(self, block: Block, taken: list[Block]) -> None:
        """The beats of a block; of alternatives, one is added to `taken`."""
        for item in block.items:
            if isinstance(item, Beat):
                if self.dice.chance(item.chance):
                    self.told.sentences.append(self.beat(item))
            else:
                branch = self.dice.choose(item)
                taken.append(branch)
                self.block(branch, taken)

    def beat(self, beat: Beat) -> Pair:
        """One line of a beat."""
        lines = list(beat.lines)
        for name in beat.uses:
            if name not in self.shared:
                raise WorldError(f"{self.plot.where}: no list `lines {name}`")
            lines += self.shared[name]
        line = self.dice.choose(lines)
        self.told.combinations += [
            f"{line.en}|{value.forms[0][0] if isinstance(value, Phrase) else value.en}"
            for name in variables(line.en)
            if isinstance(value := self.cast.get(name), Noun | Place | Adjective | Phrase)
        ]
        return self.fill(line, line.en, line.fr)

    def question(self, line: Line) -> tuple[str, str, str, str]:
        """English question and answer, French question and answer."""
        question, answer = self.apart(line), self.apart(Line(*line.answer, line.where))
        return question[0], answer[0], question[1], answer[1]

    def apart(self, line: Line) -> Pair:
        """A line that stands alone, with all names said."""
        kept, self.previous, self.known = (self.previous, self.known), set(), set()
        nats = self.dice.nats
        pair = self.fill(line, line.en, line.fr)
        self.previous, self.known = kept
        self.dice.nats = nats
        return pair

    def fill(self, line: Line, english: str, french: str) -> Pair:
        """Both sides of a line, without choices and slots."""
        english, french = self.expand(english, french)
        names = self.names(english, french)
        self.used |= {name for name in variables(english) + variables(french) if name in self.cast}
        filled = Filler(self.cast, names, False, line.where).fill(english)
        other = Filler(self.cast, names, True, line.where).fill(french)
        return sentence(re.sub(r" {2,}", " ", re.sub(r" +([,.?!])", r"\1", filled)).strip()), sentence(
            fr.finish(other)
        )

    def expand(self, english: str, french: str) -> Pair:
        """Take one option of each <choice/…>, the same in both languages."""
        taken: dict[str, int] = {}

        def take(side: str) -> str:
            number = -1

            def option(match: re.Match) -> str:
                nonlocal number
                number += 1
                label, found = match.group(1) or f"#{number}", match.group(2).split("/")
                if label not in taken:
                    taken[label] = self.dice.choose(range(len(found)))
                return found[taken[label]]

            return GROUP.sub(option, side)

        return take(english), take(french)

    def names(self, english: str, french: str) -> Names:
        """Who is called what in this line. Pronouns only where nobody else of that gender is near."""
        mentioned = [
            n for n in variables(english) + variables(french) if isinstance(self.cast.get(n), Person)
        ]
        near = self.previous | set(mentioned)
        made = Names({}, {}, {})
        for name in dict.fromkeys(mentioned):
            made.en[name], made.fr[name] = self.called(name, near, self.known | set(made.en))
            bare = [m.group(1) for m in SLOT.finditer(english) if re.match(rf"{name}(?![\w?])", m.group(1))]
            others = {n for n in near - {name} if self.cast[n].female == self.cast[name].female}
            rival = {n for n in set(mentioned) - {name} if self.cast[n].female == self.cast[name].female}
            decided = []
            for number, slot in enumerate(bare):
                if slot != name:
                    continue
                if not {name, f"{name}.name"} & set(bare[:number]):
                    clear, share = name in self.previous and not others, PRONOUN_SHARE
                else:
                    clear, share = not rival, SAME_LINE_PRONOUN_SHARE
                decided.append(clear and self.dice.chance(share))
            made.pronouns[name] = decided
        if re.search(r"\{\w+\+\w+\}", english):
            pair = {n for m in re.finditer(r"\{(\w+)\+(\w+)\}", english) for n in m.groups()}
            if pair <= self.previous and self.previous <= pair:
                made.pair_pronoun = self.dice.chance(PAIR_PRONOUN_SHARE)
        self.previous = set(mentioned)
        self.known |= self.previous
        return made

    def called(self, name: str, near: set[str], known: set[str]) -> Pair:
        """The name of a person; a relative is "her brother" where it is clear whose."""
        person = self.cast[name]
        if person.owner is None:
            return person.en, person.fr
        owner = self.cast[person.owner]
        rivals = {n for n in near - {name, person.owner} if self.cast[n].female == owner.female}
        if person.owner in known and not rivals:
            return ("her " if owner.female else "his ") + person.en, fr.possessive(
                "s", person.fr, person.female
            )
        return f"{owner.en}'s {person.en}", f"{fr.the(person.fr, person.female)} {fr.of(owner.fr)}"

    def draw(self, member: Cast) -> Value:
        """A value for a variable."""
        spec, taken = member.spec, list(self.cast.values())
        try:
            if spec[:2] == ["one", "of"] and member.rows:
                cells = self.dice.choose(member.rows)
                return Phrase(tuple(zip(cells[::2], cells[1::2], strict=True)))
            if spec[0] in ("person", "relative", "job"):
                return self.draw_person(spec, taken)
            if spec[0] == "opposite":
                return lexicon.opposites()[self.cast[spec[1]].en]
            if spec[0] == "number":
                return Number(self.dice.choose(range(int(spec[1]), int(spec[2]) + 1)))
            tables = {
                "noun": lexicon.nouns,
                "place": lexicon.places,
                "adjective": lexicon.adjectives,
                "phrase": lexicon.phrases,
            }
            if spec[0] in tables:
                return self.dice.choose(self.rows(member, without(tables[spec[0]]()[spec[1]], taken)))
            left, sign, right = spec
            values = [int(s) if s.isdigit() else self.cast[s].value for s in (left, right)]
            return Number(values[0] + values[1] if sign == "+" else values[0] - values[1])
        except (KeyError, IndexError, ValueError, AttributeError) as error:
            raise WorldError(f"{member.where}: cannot draw `{' '.join(spec)}`: {error!r}") from error

    def rows(self, member: Cast, rows: list) -> list:
        """The rows that can do what the plot asks of this variable: an antonym, a comparative, a plural."""
        if any(other.spec[:2] == ["opposite", member.name] for other in self.plot.cast):
            rows = [row for row in rows if row.en in lexicon.opposites()]
        if f"{member.name}.er" in self.plot.forms:
            rows = [row for row in rows if row.en_er != "-"]
        if self.plot.forms & {f"{member.name}.s", f"{member.name}.the_s", f":{member.name}"}:
            rows = [row for row in rows if not getattr(row, "mass", False)]
        return rows

    def draw_person(self, spec: list[str], taken: list[Value]) -> Person:
        """A name, a relative of somebody, or somebody with a job."""
        names = [value.en for value in taken if isinstance(value, Person)]
        if spec[0] == "relative":
            english, french, female = self.dice.choose([r for r in lexicon.relatives() if r[0] not in names])
            return Person(english, french, female, spec[1])
        wanted = None
        if len(spec) >= 3 and spec[-2] in ("other", "same"):
            wanted = self.cast[spec[-1]].female == (spec[-2] == "same")
        if spec[0] == "job":
            job = self.dice.choose([j for j in lexicon.jobs() if f"the {j.en}" not in names])
            female = self.dice.chance(0.5) if wanted is None else wanted
            return Person(f"the {job.en}", fr.the(job.f if female else job.m, female), female)
        age = spec[1] if len(spec) > 1 and spec[1] in ("child", "adult") else ""
        fitting = [p for p in lexicon.people(age) if p[0] not in names and wanted in (None, p[1])]
        name, female = self.dice.choose(fitting)
        return Person(name, name, female)


def variables(text: str) -> list[str]:
    """The variables in the slots of a text, in order, each once."""
    found = {}
    for match in SLOT.finditer(text):
        for name in re.findall(r"(?:^|[:+])(\w+)", match.group(1).split("?")[0]):
            found[name] = None
    return list(found)


def sentence(text: str) -> str:
    """A capital at the start and after each stop; what follows a closing quotation mark stays as it is."""
    text = re.sub(r'^("?)(\w)', lambda m: m.group(1) + m.group(2).upper(), text)
    return re.sub(r'(?<=[.?!]) +("?)(\w)', lambda m: f" {m.group(1)}{m.group(2).upper()}", text)
