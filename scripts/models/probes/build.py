"""Builds assets/probes/: phenomena with known answers, each item with its choices.

    python -m probes.build [--items 200]

Needs build/world (python -m world.generate): what a training text says is never asked here. Items come from
blanks.txt and translations.txt (written for this, not used in training) and from held-out documents and sentence
pairs. A file holds {id, title, kind, language, chance, items: [{text, choices, answer, frame}]}; items of the same frame
(the line they were made from) are not independent, so intervals are made over frames. The kinds and how each family
is asked: trio/phenomena.py.
"""

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tokenizers import Tokenizer

from trio import corpus, paths
from world import french, lexicon
from world.generate import FOLDER
from world.lexicon import WorldError
from world.parse import Plot, Reader
from world.slots import Filler, Names, Person
from world.tell import Teller, sentence, variables

HERE = Path(__file__).parent
ASSETS = HERE.parents[2] / "assets" / "probes"
TITLES = {
    "left_context": "Left context is enough",
    "right_context": "The right context decides",
    "late_name": "Who? The pronoun comes later",
    "pronoun": "Whom he, she, his, her refer to",
    "agreement_gap": "Subject–verb agreement over a gap",
    "right_agreement": "The verb to the right decides the number",
    "plural_after_number": "Plural after a number",
    "negation": "Negation",
    "counting": "How many there are now",
    "cause": "What follows from a cause",
    "cause_right": "Which cause, seen by its effect",
    "sentiment_flip": "The words that judge come later",
    "copy_name": "Copying a name from far back",
    "french_gender": "French gender agreement",
    "french_article": "French article, decided by the noun after it",
    "adjective_order": "Adjective after the noun in a translation",
    "translated_agreement": "Gender agreement in a translation",
    "answer": "Answering a question from a text",
    "question_first": "The question comes before its text",
    "translation_after": "The translation comes after the blank",
    "summary": "Choosing the true summary",
    "sentiment": "Naming the sentiment of a text",
    "retrieval_translation": "Finding the translation by embedding",
    "retrieval_paraphrase": "Finding a paraphrase by embedding",
}
Item = dict


def probes(path: Path) -> Iterator[tuple[str, bool, list, list[tuple[str, str]]]]:
    """(name, whether French, cast, [(line, where)]) of each `probe` in a file."""
    reader = Reader(path)
    while reader.at < len(reader.rows):
        _, text, where = reader.peek()
        reader.at += 1
        word, _, name = text.partition(" ")
        if word != "probe":
            raise WorldError(f"{where}: here begins a `probe NAME`: {text}")
        is_french, cast, lines = False, [], []
        while reader.peek()[0] > 0:
            level, text, place = reader.peek()
            reader.at += 1
            if text == "french":
                is_french = True
            elif text == "cast":
                cast = reader.cast(level)
            else:
                lines.append((text, place))
        yield name, is_french, cast, lines


def filled(text: str, teller: Teller, in_french: bool, where: str) -> str:
    """A side of a line with all names said."""
    people = {n: v for n, v in teller.cast.items() if isinstance(v, Person)}
    names = Names({n: p.en for n, p in people.items()}, {n: p.fr for n, p in people.items()}, {})
    made = Filler(teller.cast, names, in_french, where).fill(text)
    return french.finish(made) if in_french else re.sub(r" {2,}", " ", made)


def make_item(name: str, is_french: bool, cast: list, line: tuple[str, str], rng: random.Random) -> Item:
    """One item of a written probe."""
    text, where = line
    left, _, right = text.partition("=>")
    choices = [choice.strip() for choice in right.split(" / ")]
    if len(choices) < 2:
        raise WorldError(f"{where}: a probe's line is `text => right / wrong`: {text}")
    teller = Teller(Plot(name, where, cast=cast), {}, rng)
    needed = set(variables(text))
    for member in cast:
        teller.cast[member.name] = teller.draw(member)
    assert needed <= set(teller.cast), (where, needed)
    translation = "___" not in left
    source = sentence(filled(left.strip(), teller, is_french, where))
    made = [filled(choice, teller, is_french or translation, where) for choice in choices]
    if translation:
        return one_word({"text": source, "choices": [sentence(choice) for choice in made]})
    return {"text": source, "choices": made}


def one_word(item: Item) -> Item:
    """Sentences that differ in one word as one sentence with a blank; others as they are."""
    right, wrong = (choice.split(" ") for choice in item["choices"])
    apart = [i for i, (a, b) in enumerate(zip(right, wrong, strict=False)) if a != b]
    if len(right) != len(wrong) or len(apart) != 1:
        return item
    stop = "." if right[apart[0]].endswith(".") else ""
    words = [each[apart[0]].removesuffix(".") for each in (right, wrong)]
    target = [*right[: apart[0]], "___" + stop, *right[apart[0] + 1 :]]
    return {"text": item["text"], "target": " ".join(target), "choices": words}


@cache
def one_piece(word: str) -> bool:
    """Whether a word is one piece in all three vocabularies: else a blank of several pieces would be asked of
    BERT, which cannot know that they belong together."""
    return all(len(t.encode(f" {word}", add_special_tokens=False).ids) == 1 for t in tokenizers())


@cache
def tokenizers() -> list[Tokenizer]:
    """The three."""
    return [Tokenizer.from_file(str(paths.assets(family) / "tokenizer.json")) for family in paths.FAMILIES]


def written(name: str, is_french: bool, cast: list, lines: list, count: int, said: set[str]) -> list[Item]:
    """Distinct items of a written probe, each line in turn, so that what is right stays balanced."""
    rng, found, seen = random.Random(name), [], set()
    for attempt in range(count * 8):
        if len(found) == count:
            break
        frame = attempt % len(lines)
        item = make_item(name, is_french, cast, lines[frame], rng) | {"frame": frame}
        key = (item["text"], *item["choices"])
        told = item.get("target", item["text"]).replace("___", item["choices"][0])
        if key in seen or told in said or item["choices"][0] == item["choices"][1]:
            continue
        following = re.search(r"___ (\w[\w'-]*)", item["text"])
        if item["choices"][0].lower() in ("le", "la") and following and french.elides(following.group(1)):
            continue  # it would be l'
        if "___" in item.get("target", item["text"]) and not all(map(one_piece, item["choices"])):
            continue
        seen.add(key)
        found.append(item)
    return found


def documents(*parts: str) -> list[dict]:
    """Documents; of held-out ones those that no checkpoint was chosen by."""
    rows = [json.loads(line) for part in parts for line in (FOLDER / f"{part}.jsonl").open(encoding="utf-8")]
    return [row for row in rows if "train" in parts or not corpus.is_validation(plain_text(row))]


def plain_text(document: dict) -> str:
    """Its English."""
    return " ".join(english for english, _ in document["sentences"])


def plain(answer: str) -> str:
    """An answer without its stop."""
    return answer.strip().rstrip(".")


def alternatives(document: dict, question: list) -> list[str]:
    """Other people of the same text, if the answer is one of them and the question names neither: then nobody
    can guess the answer without the text."""
    right = plain(question[1])
    people = {name for name, _ in lexicon.people("")}
    told = {w for en, _ in document["sentences"] for w in re.findall(r"[A-Z][a-z]+", en)} & people
    asked = set(re.findall(r"[A-Z][a-z]+", question[0]))
    return sorted(told - {right} - asked) if right in told - asked else []


def followers() -> dict[str, Counter]:
    """French word -> how often each longer word follows it in training."""
    follows: dict[str, Counter] = {}
    for sentence_fr in corpus.read().french():
        pattern = r"(?=(?<![\w'])([\w']+) ([a-zéèêàâîôûç]{4,})(?![\w'-]))"
        for before, word in re.findall(pattern, sentence_fr.lower()):
            follows.setdefault(before, Counter())[word] += 1
    return follows


def missing_word(fr: str, follows: dict[str, Counter], rng: random.Random) -> tuple[str, list[str]] | None:
    """A sentence with a blank, the word, and another that often follows the same word: what stands to the left
    does not decide."""
    places = re.findall(r"(?<![\w'])([\w']+) ([a-zéèêàâîôûç]{4,})(?=[ .,!?])", fr)
    for before, right in rng.sample(places, len(places)):
        known = follows.get(before.lower(), Counter()).most_common(40)
        near = [word for word, count in known if count > 4 and one_piece(word)]
        others = [word for word in near if word != right and word not in fr]
        if right in near and len(others) > 4 and len(re.findall(rf"\b{right}\b", fr)) == 1:
            return re.sub(rf"\b{right}\b", "___", fr), [right, rng.choice(others)]
    return None


def translations_after(count: int) -> list[Item]:
    """A word missing in a held-out French sentence, its English after it."""
    rng, found, follows = random.Random("translation after"), [], followers()
    pairs = list({f: (e, f) for e, f in corpus.read().held_out}.values())
    for english, fr in rng.sample(pairs, len(pairs)):
        made = missing_word(fr, follows, rng)
        if made and len(found) < count:
            found.append({"text": made[0], "behind": english, "choices": made[1]})
    return found


def questions_first(count: int) -> list[Item]:
    """The same questions as `answers`, their texts after them."""
    return [
        {"text": "", "behind": item["text"], "question": item["question"], "choices": item["choices"]}
        for item in answers(count)
    ]


def answers(count: int) -> list[Item]:
    """Questions about held-out documents."""
    rng, found = random.Random("answer"), []
    texts = documents("held_template", "held_combination")
    rng.shuffle(texts)
    for document in texts:
        for question in rng.sample(document["questions"], len(document["questions"])):
            wrong = alternatives(document, question)
            if wrong:
                text = plain_text(document)
                choices = [plain(question[1]), rng.choice(wrong)]
                found.append({"text": text, "question": question[0], "choices": choices})
                break
    return found[:count]


def summaries(count: int) -> list[Item]:
    """True and false summaries of held-out documents."""
    texts = [d for d in documents("held_template", "held_combination") if d["summary"] and d["wrong"]]
    random.Random("summary").shuffle(texts)
    return [{"text": plain_text(d), "choices": [d["summary"][0], d["wrong"][0][0]]} for d in texts[:count]]


def sentiments(count: int) -> list[Item]:
    """The mood of held-out documents that do not name it themselves; as many good as bad ones."""
    texts = documents("held_template", "held_combination", "held_text")
    random.Random("sentiment").shuffle(texts)
    found: dict[str, list[Item]] = {"good": [], "bad": []}
    for document in texts:
        text = plain_text(document)
        if document["mood"] and not re.search(r"\b(good|bad)\b", text, re.IGNORECASE):
            choices = ["good", "bad"] if document["mood"] == "good" else ["bad", "good"]
            found[document["mood"]].append({"text": text, "choices": choices})
    half = min(count // 2, *(len(items) for items in found.values()))
    return [item for pair in zip(found["good"][:half], found["bad"][:half], strict=True) for item in pair]


def translations(count: int, candidates: int = 100) -> list[Item]:
    """Held-out pairs, everyday and world: find the French sentence among a hundred."""
    rng = random.Random("retrieval")
    everyday = list({f: (e, f) for e, f in corpus.read().held_out}.values())
    world = [(en, fr) for d in documents("held_text", "held_combination") for en, fr in d["sentences"] if fr]
    world = list({f: (e, f) for e, f in world}.values())
    return gallery([*rng.sample(everyday, count // 2), *rng.sample(world, count // 2)], candidates, rng)


def paraphrases(count: int, candidates: int = 100) -> list[Item]:
    """Two French translations of the same held-out English sentence: find the other one among a hundred."""
    rng, by_english = random.Random("paraphrase"), {}
    for english, fr in corpus.read().held_out:
        by_english.setdefault(english, []).append(fr)
    pairs = [tuple(group[:2]) for group in by_english.values() if len(set(group)) > 1]
    return gallery(rng.sample(pairs, min(count, len(pairs))), candidates, rng)


def gallery(pairs: list[tuple[str, str]], candidates: int, rng: random.Random) -> list[Item]:
    """Each pair's right side among the others'."""
    items = []
    for query, right in pairs:
        others = [p[1] for p in rng.sample(pairs, min(len(pairs), candidates + 5)) if p[1] != right]
        items.append({"text": query, "choices": [right, *others[: candidates - 1]]})
    return items


def shuffled(items: list[Item], name: str) -> list[Item]:
    """The right choice in a random place; `answer` says where."""
    rng = random.Random(f"{name} order")
    for item in items:
        right = item["choices"][0]
        rng.shuffle(item["choices"])
        item["answer"] = item["choices"].index(right)
    return items


def write(name: str, kind: str, language: str, items: list[Item]) -> None:
    """One file of assets/probes/."""
    ASSETS.mkdir(parents=True, exist_ok=True)
    chance = sum(1 / len(item["choices"]) for item in items) / max(1, len(items))
    rows = ",\n".join("  " + json.dumps(item, ensure_ascii=False) for item in shuffled(items, name))
    head = json.dumps(
        {"id": name, "title": TITLES[name], "kind": kind, "language": language, "chance": round(chance, 4)},
        ensure_ascii=False,
    )
    (ASSETS / f"{name}.json").write_text(f'{head[:-1]}, "items": [\n{rows}\n]}}\n', encoding="utf-8")
    print(f"{name:24}{kind:12}{len(items):5} items, chance {100 * chance:.0f} %")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=200, help="at most, of each phenomenon")
    count = parser.parse_args().items
    said = {pair[0] for d in documents("train") for pair in d["sentences"]}
    said |= {pair[1] for d in documents("train") for pair in d["sentences"]}
    for file, kind in (("blanks.txt", "blank"), ("translations.txt", "translate")):
        for name, is_french, cast, lines in probes(HERE / file):
            items = written(name, is_french, cast, lines, count, said)
            here = "translate_blank" if all("target" in item for item in items) else kind
            write(name, here, "fr" if is_french else "en", items)
    write("answer", "answer", "en", answers(count))
    write("question_first", "answer_first", "en", questions_first(count))
    write("translation_after", "blank_then_translation", "fr", translations_after(count))
    write("summary", "summary", "en", summaries(count))
    write("sentiment", "sentiment", "en", sentiments(count))
    write("retrieval_translation", "retrieve", "en", translations(count))
    write("retrieval_paraphrase", "retrieve", "fr", paraphrases(count))


if __name__ == "__main__":
    main()
