"""Reads plots/*.txt; README.md describes the language. Errors name the file and the line."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from .lexicon import WorldError

FOLDER = Path(__file__).parent / "plots"
KINDS = ("story", "dialogue", "description", "fact", "review", "vignette")
GROUP = re.compile(r"<(?:(\d+):)?([^<>]*/[^<>]*)>")


@dataclass(frozen=True)
class Line:
    """A pair of sentences; `answer` only for a question."""

    en: str
    fr: str
    where: str
    answer: tuple[str, str] | None = None


@dataclass
class Beat:
    """One of its lines is told, with this probability."""

    lines: list[Line] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)
    chance: float = 1.0


@dataclass
class Block:
    """What is told in order (a list of blocks is a choice), and what is asked about it."""

    items: list = field(default_factory=list)
    asks: list[Line] = field(default_factory=list)
    sums: list[Line] = field(default_factory=list)
    wrongs: list[Line] = field(default_factory=list)
    mood: str | None = None


@dataclass
class Cast:
    """A variable, how it is drawn (words of its specification), and its own rows for `one of`."""

    name: str
    spec: list[str]
    where: str
    rows: list[list[str]] = field(default_factory=list)


@dataclass
class Plot:
    """One plot."""

    name: str
    where: str
    kind: str = "story"
    held: bool = False
    cast: list[Cast] = field(default_factory=list)
    block: Block = field(default_factory=Block)
    # Which forms its lines use: "x.s" for {x.s…}, ":x" for {n:x}.
    forms: set[str] = field(default_factory=set)


def options(text: str) -> dict[str, list[str]]:
    """The choices of one side: label or position -> options."""
    found = {}
    for number, match in enumerate(GROUP.finditer(text)):
        found[match.group(1) or f"#{number}"] = match.group(2).split("/")
    return found


def line(text: str, where: str, question: bool = False) -> Line:
    """Parse `English | French`."""
    sides = [side.strip() for side in text.split("|")]
    if len(sides) != 2 or not all(sides):
        raise WorldError(f"{where}: a line is `English | French`, with one | in it: {text}")
    counts = [{k: len(v) for k, v in options(side).items()} for side in sides]
    if counts[0] != counts[1]:
        raise WorldError(f"{where}: the <choices/…> of the two languages do not match: {text}")
    if not question:
        return Line(sides[0], sides[1], where)
    halves = [[half.strip() for half in side.split("=>")] for side in sides]
    if any(len(half) != 2 for half in halves):
        raise WorldError(f"{where}: a question is `Question? => Answer. | Question ? => Réponse.`: {text}")
    (en, answer_en), (fr, answer_fr) = halves
    return Line(en, fr, where, (answer_en, answer_fr))


class Reader:
    """The lines of one file, with their indentation."""

    def __init__(self, path: Path):
        self.rows, self.at, self.errors = [], 0, []
        for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            text = raw.rstrip()
            if not text.strip() or text.lstrip().startswith("#"):
                continue
            indent = len(text) - len(text.lstrip(" "))
            where = f"{path.name}:{number}"
            if indent % 2 or "\t" in text:
                self.errors.append(f"{where}: indent by two spaces a level")
            self.rows.append((indent // 2, text.strip(), where))

    def peek(self) -> tuple[int, str, str]:
        """The next line, or an end."""
        return self.rows[self.at] if self.at < len(self.rows) else (-1, "", "")

    def children(self, indent: int) -> list[tuple[str, str]]:
        """The following lines that are deeper than `indent`, one level only."""
        found = []
        while self.peek()[0] > indent:
            found.append(self.peek()[1:])
            self.at += 1
        return found

    def lines(self, indent: int, question: bool = False) -> list[Line]:
        """The following deeper lines as pairs; a wrong one is noted and left out."""
        found = []
        for text, where in self.children(indent):
            try:
                found.append(line(text, where, question))
            except WorldError as error:
                self.errors.append(str(error))
        return found

    def beat(self, head: str, indent: int, where: str) -> Beat:
        """A beat with its lines."""
        match = re.fullmatch(r"beat(?: +(\d+) ?%)?", head)
        if not match:
            raise WorldError(f"{where}: a beat is `beat` or `beat 50%`: {head}")
        beat = Beat(chance=int(match.group(1) or 100) / 100)
        while self.peek()[0] > indent and self.peek()[1].startswith("use "):
            beat.uses.append(self.peek()[1][4:].strip())
            self.at += 1
        beat.lines = self.lines(indent)
        if not beat.lines and not beat.uses:
            self.errors.append(f"{where}: an empty beat")
        return beat

    def block(self, indent: int) -> Block:
        """All that stands at this level."""
        block = Block()
        while True:
            level, text, where = self.peek()
            word = text.split(" ")[0]
            if level > indent:
                self.errors.append(f"{where}: indented too far: {text}")
                self.children(indent)
                continue
            if level != indent or word in ("plot", "lines"):
                break
            self.at += 1
            if word == "beat":
                block.items.append(self.beat(text, indent, where))
            elif word == "branch":
                branches = [self.block(indent + 1)]
                while self.peek()[0] == indent and self.peek()[1].split(" ")[0] == "branch":
                    self.at += 1
                    branches.append(self.block(indent + 1))
                if self.peek()[:2] == (indent, "end"):
                    self.at += 1
                block.items.append(branches)
            elif word == "mood":
                block.mood = text[5:].strip() or None
                if block.mood not in ("good", "bad"):
                    self.errors.append(f"{where}: mood is good or bad")
            elif word in ("ask", "sum", "wrong"):
                target = {"ask": block.asks, "sum": block.sums, "wrong": block.wrongs}[word]
                target += self.lines(indent, word == "ask")
            else:
                self.errors.append(f"{where}: not understood here: {text}")
                self.children(indent)
        return block

    def cast(self, indent: int) -> list[Cast]:
        """The variables of a plot."""
        found: list[Cast] = []
        while self.peek()[0] > indent:
            level, text, where = self.peek()
            self.at += 1
            if level == indent + 2 and found and found[-1].spec[:2] == ["one", "of"]:
                cells = [cell.strip() for cell in text.split("|")]
                if len(cells) % 2 or (found[-1].rows and len(cells) != len(found[-1].rows[0])):
                    raise WorldError(f"{where}: a row is English | French pairs, all rows alike: {text}")
                found[-1].rows.append(cells)
                continue
            match = re.fullmatch(r"(\w+) *= *(.+)", text)
            if level != indent + 1 or not match:
                raise WorldError(f"{where}: in cast, `name = what it is`: {text}")
            found.append(Cast(match.group(1), match.group(2).split(), where))
        return found


def used_forms(rows: list[tuple[int, str, str]]) -> set[str]:
    """What the slots of these lines ask of their variables."""
    text = " ".join(row[1] for row in rows)
    return set(re.findall(r"\{(\w+\.\w+)", text)) | set(re.findall(r"\{\w+(:\w+)", text))


def read_plot(reader: Reader, name: str, where: str) -> Plot:
    """What follows a line `plot NAME`."""
    plot, first = Plot(name, where), reader.at
    while reader.peek()[0] == 0:
        _, text, place = reader.peek()
        if text.startswith("kind "):
            plot.kind = text[5:].strip()
            if plot.kind not in KINDS:
                raise WorldError(f"{place}: a kind is one of {', '.join(KINDS)}")
        elif text == "held":
            plot.held = True
        elif text == "cast":
            reader.at += 1
            plot.cast = reader.cast(0)
            continue
        else:
            break
        reader.at += 1
    plot.block = reader.block(0)
    plot.forms = used_forms(reader.rows[first : reader.at])
    if not plot.block.items:
        raise WorldError(f"{where}: the plot {name} tells nothing")
    return plot


def read(
    paths: list[Path] | None = None, errors: list[str] | None = None
) -> tuple[list[Plot], dict[str, list[Line]]]:
    """All plots and shared lists of the files (by default, of plots/). With `errors`, what is wrong is noted
    there and left out; without, the first of it is raised."""
    plots: dict[str, Plot] = {}
    shared: dict[str, list[Line]] = {}
    found: list[str] = []
    for path in paths or sorted(FOLDER.glob("*.txt")):
        reader = Reader(path)
        try:
            read_file(reader, plots, shared)
        except WorldError as error:
            found.append(str(error))
        found += reader.errors
    if errors is not None:
        errors += found
    elif found:
        raise WorldError(found[0])
    return list(plots.values()), shared


def read_file(reader: Reader, plots: dict[str, Plot], shared: dict[str, list[Line]]) -> None:
    """Add what a file holds."""
    while reader.at < len(reader.rows):
        _, text, where = reader.peek()
        reader.at += 1
        word, _, name = text.partition(" ")
        if word == "plot" and name not in plots:
            plots[name] = read_plot(reader, name, where)
        elif word == "lines":
            shared.setdefault(name, []).extend(reader.lines(0))
        else:
            raise WorldError(f"{where}: here begins a `plot NAME` (a new name) or `lines NAME`: {text}")
