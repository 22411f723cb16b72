"""Sentences as people write them in haste: typos, wrong forms, words swapped or missing. The right one can be
told from the sentence itself, as far as that is possible."""

import random
import re

UNCHANGED, SECOND = 0.15, 0.25
WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
NEAR = {
    "a": "qs", "b": "vn", "c": "xv", "d": "sf", "e": "rw", "f": "dg", "g": "fh", "h": "gj", "i": "uo",
    "j": "hk", "k": "jl", "l": "km", "m": "n", "n": "bm", "o": "ip", "p": "o", "q": "a", "r": "et", "s": "ad",
    "t": "ry", "u": "yi", "v": "cb", "w": "qe", "x": "zc", "y": "tu", "z": "x",
}  # fmt: skip
PLAIN = str.maketrans("àâäçéèêëîïôöùûü", "aaaceeeeiioouuu")
# Forms that the rest of the sentence decides between.
ENGLISH_FORMS = (
    "is are am", "was were", "has have", "does do", "doesn't don't", "isn't aren't", "wasn't weren't",
    "hasn't haven't", "a an", "this these", "that those", "went goed", "came comed", "took taked", "saw seed",
    "bought buyed", "found finded", "made maked", "gave gived", "ate eated", "ran runned", "thought thinked",
    "children childs", "men mans", "women womans", "feet foots", "better gooder", "much many", "your you're",
    "there their they're", "its it's", "than then", "me I", "him he", "them they", "us we",
)  # fmt: skip
FRENCH_FORMS = (
    "est sont es", "a ont as à", "était étaient", "avait avaient", "le la", "un une", "mon ma", "son sa",
    "ton ta", "ce cette", "les le la", "des du", "ces ce", "petit petite", "grand grande", "bon bonne",
    "beau belle", "nouveau nouvelle", "et est", "ou où", "peut peux", "veut veux", "fait fais", "va vas",
    "suis est", "sommes sont", "avons ont", "êtes est", "ai a", "tout tous", "ses ces", "on ont",
)  # fmt: skip
LITTLE = (
    set("a an the is are was were to of at in on for with and has have do does did will be he she".split()),
    set("le la les un une des du de à est sont a ont et en dans sur pour avec il elle que se ne".split()),
)


def forms(groups: tuple[str, ...]) -> dict[str, list[str]]:
    """Each form's alternatives."""
    table: dict[str, list[str]] = {}
    for group in groups:
        words = group.split()
        for word in words:
            table.setdefault(word, []).extend(other for other in words if other != word)
    return table


FORMS = (forms(ENGLISH_FORMS), forms(FRENCH_FORMS))


def like(model: str, word: str) -> str:
    """The word with a capital where the model has one."""
    return word[0].upper() + word[1:] if model[:1].isupper() else word


def typo(word: str, rng: random.Random) -> str:
    """One letter swapped with the next, left out, doubled, or its neighbour's; or an accent lost."""
    plain = word.translate(PLAIN)
    if plain != word and rng.random() < 0.4:
        return plain
    i = rng.randrange(1, len(word) - 1)
    kind = rng.random()
    if kind < 0.3 and word[i] != word[i + 1]:
        return word[:i] + word[i + 1] + word[i] + word[i + 2 :]
    if kind < 0.6:
        return word[:i] + word[i + 1 :]
    if kind < 0.8 and word[i] in NEAR:
        return word[:i] + rng.choice(NEAR[word[i]]) + word[i + 1 :]
    return word[:i] + word[i] + word[i:]


def wrong_ending(word: str, french: bool, rng: random.Random) -> str | None:
    """An -s (or French -e, é/er) where there is none, or none where there is one."""
    if len(word) < 4 or "'" in word:
        return None
    if french and word.endswith("é"):
        return word[:-1] + "er"
    if french and word.endswith("er"):
        return word[:-2] + "é"
    if word.endswith("s"):
        return None if word.endswith("ss") else word[:-1]
    if french and word.endswith("e") and rng.random() < 0.5:
        return word[:-1]
    return word + "s" if word[-1] not in "xz" else None


def mistake(words: list[str], french: bool, rng: random.Random) -> bool:
    """Put one mistake into the words, each with the punctuation around it; False if that kind did not fit."""
    kind = rng.choices(("form", "typo", "swap", "missing", "ending"), (0.28, 0.30, 0.12, 0.15, 0.15))[0]
    found = [(i, match) for i, word in enumerate(words) if (match := WORD.search(word))]
    if kind == "form":
        found = [(i, match) for i, match in found if match[0].lower() in FORMS[french]]
    elif kind == "typo":
        found = [(i, match) for i, match in found if len(match[0]) > 3]
    elif kind == "missing":
        found = [(i, m) for i, m in found if i and len(words) > 3 and words[i].lower() in LITTLE[french]]
    elif kind == "swap":
        plain = {i for i, match in found if i and match[0] == words[i]}
        found = [(i, m) for i, m in found if i in plain and i + 1 in plain and words[i] != words[i + 1]]
    if not found:
        return False
    i, match = rng.choice(found)
    if kind == "swap":
        words[i], words[i + 1] = words[i + 1], words[i]
        return True
    if kind == "missing":
        del words[i]
        return True
    if kind == "typo":
        changed = typo(match[0], rng)
    elif kind == "form":
        changed = like(match[0], rng.choice(FORMS[french][match[0].lower()]))
    else:
        changed = wrong_ending(match[0], french, rng)
    if not changed:
        return False
    words[i] = words[i][: match.start()] + changed + words[i][match.end() :]
    return True


def with_mistakes(sentence: str, french: bool, rng: random.Random) -> str:
    """The sentence with one or two mistakes, or as it is."""
    if rng.random() < UNCHANGED:
        return sentence
    words = sentence.split()
    wanted = 1 + (len(words) > 5 and rng.random() < SECOND)
    for _ in range(8):
        wanted -= mistake(words, french, rng)
        if not wanted:
            break
    return " ".join(words)
