"""French that depends on what follows: articles, elision, contraction, the place of adjectives."""

import re

from .lexicon import Adjective, Noun, aspirated

VOWELS = "aeiouàâäæéèêëîïôöœùûüAEIOUÀÂÄÆÉÈÊËÎÏÔÖŒÙÛÜ"
UNELIDED = {"oui", "onze", "huit", "ouistiti", "yaourt"}
# Stands behind a pronoun le/la that becomes l' if a vowel follows.
LINK = "\u0001"
# Stands before the article of a slot: de and à are contracted with it (de le faire is not).
ARTICLE = "\u0002"
CONTRACTED = {"de le ": "du ", "de les ": "des ", "à le ": "au ", "à les ": "aux "}
ELIDED = re.compile(
    r"\b([Qq]ue|[Dd]e|[Nn]e|[Ss]e|[Jj]e|[Mm]e|[Tt]e|[Ll]orsque|[Pp]uisque|[Jj]usque) (?=(\w[\w'-]*))"
)


def elides(word: str) -> bool:
    """Whether le, de, que … lose their vowel before this word."""
    first = re.match(r"[\w-]+", word)
    if not first:
        return False
    lower = first.group().lower()
    if lower in UNELIDED or lower in aspirated():
        return False
    return lower[0] in VOWELS or lower[0] == "h" or lower in ("y", "yeux")


def the(word: str, feminine: bool) -> str:
    """la clé, le pain, l'eau."""
    return "l'" + word if elides(word) else ("la " if feminine else "le ") + word


def of_the(word: str, feminine: bool) -> str:
    """de la clé, du pain, de l'eau."""
    return "du " + word if not feminine and not elides(word) else "de " + the(word, feminine)


def to_the(word: str, feminine: bool) -> str:
    """à la clé, au pain, à l'eau."""
    return "au " + word if not feminine and not elides(word) else "à " + the(word, feminine)


def of(name: str) -> str:
    """de Tom, d'Emma."""
    return ("d'" if elides(name) else "de ") + name


def possessive(person: str, word: str, feminine: bool) -> str:
    """mon, ma (mon before a vowel); person is one of m, t, s, or n, v, l for notre, votre, leur."""
    if person in "nvl":
        return {"n": "notre ", "v": "votre ", "l": "leur "}[person] + word
    return person + ("a " if feminine and not elides(word) else "on ") + word


def this(word: str, feminine: bool) -> str:
    """cette clé, ce pain, cet arbre."""
    return ("cette " if feminine else "cet " if elides(word) else "ce ") + word


def agreeing(adjective: Adjective, feminine: bool, plural: bool = False, before: str = "") -> str:
    """The form of an adjective; `before` is the word it stands in front of."""
    if plural:
        return adjective.fp if feminine else adjective.mp
    if adjective.vowel and not feminine and before and elides(before):
        return adjective.vowel
    return adjective.f if feminine else adjective.m


def with_adjective(noun: Noun, adjective: Adjective | None, plural: bool = False) -> str:
    """grande clé, clé rouge."""
    word = noun.fr_s if plural else noun.fr
    if adjective is None:
        return word
    if adjective.before:
        return f"{agreeing(adjective, noun.feminine, plural, word)} {word}"
    return f"{word} {agreeing(adjective, noun.feminine, plural)}"


def indefinite(noun: Noun, words: str) -> str:
    """une clé; du pain."""
    if noun.mass:
        return of_the(words, noun.feminine)
    return ("une " if noun.feminine else "un ") + words


def finish(text: str) -> str:
    """Elisions, links, and spaces: none doubled, none before a comma or a full stop."""

    def link(match: re.Match) -> str:
        return match.group(1)[0] + "'" if elides(match.group(2)) else match.group(1) + " "

    text = re.sub(
        f"\\b([Dd]e|[Àà]) {ARTICLE}(les? )",
        lambda m: (
            m.group(1)[0].translate(str.maketrans("Àà", "Aa"))
            + CONTRACTED[f"{m.group(1).lower()} {m.group(2)}"][1:]
        ),
        text,
    ).replace(ARTICLE, "")
    text = re.sub(f"([Ll][ea]){LINK} *(?=(\\w[\\w'-]*))", link, text).replace(LINK, "")
    text = ELIDED.sub(lambda m: m.group(1)[:-1] + "'" if elides(m.group(2)) else m.group(0), text)
    text = re.sub(r"\b([Ss])i (?=ils?\b)", r"\1'", text)
    text = re.sub(r" {2,}", " ", text)
    return re.sub(r" +([,.])", r"\1", text).strip()
