"""The small world's generator: its French, its reader, what it tells and what it holds out. Standard library only.

    python3 -m unittest discover -s tests/world
"""

import json
import random
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts" / "models"))

from world import check, french, generate, lexicon, parse
from world.lexicon import Adjective, Noun, WorldError
from world.slots import english_number, french_number
from world.tell import Teller

TREE = Noun("tree", "trees", "arbre", "arbres", feminine=False, mass=False)
KEY = Noun("key", "keys", "clé", "clés", feminine=True, mass=False)
WATER = Noun("water", "water", "eau", "eau", feminine=True, mass=True)
OLD = Adjective("old", "older", "vieux", "vieille", "vieux", "vieilles", "vieil", True, "new")
RED = Adjective("red", "redder", "rouge", "rouge", "rouges", "rouges", None, False, "-")


def read(text: str) -> tuple[list[parse.Plot], dict]:
    """Plots of a file with this text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "try.txt"
        path.write_text(text, encoding="utf-8")
        return parse.read([path])


def tellings(text: str, times: int) -> list:
    """A plot told so many times."""
    (plot,), shared = read(text)
    rng = random.Random(1)
    return [Teller(plot, shared, rng).tell() for _ in range(times)]


class French(unittest.TestCase):
    def test_articles_depend_on_gender_and_on_the_first_sound(self):
        self.assertEqual(french.the("clé", True), "la clé")
        self.assertEqual(french.the("eau", True), "l'eau")
        self.assertEqual(french.the("hôtel", False), "l'hôtel")
        self.assertEqual(french.the("hamster", False), "le hamster")  # h aspiré
        self.assertEqual(french.of_the("pain", False), "du pain")
        self.assertEqual(french.of_the("eau", True), "de l'eau")
        self.assertEqual(french.to_the("chat", False), "au chat")
        self.assertEqual(french.possessive("s", "écharpe", True), "son écharpe")
        self.assertEqual(french.this("arbre", False), "cet arbre")

    def test_adjectives_agree_and_stand_where_they_belong(self):
        self.assertEqual(french.with_adjective(TREE, OLD), "vieil arbre")
        self.assertEqual(french.with_adjective(KEY, OLD, plural=True), "vieilles clés")
        self.assertEqual(french.with_adjective(KEY, RED), "clé rouge")
        self.assertEqual(french.indefinite(WATER, "eau"), "de l'eau")

    def test_small_words_are_elided_before_a_vowel_only(self):
        self.assertEqual(french.finish("parce que Emma ne aime pas que Tom se endorme"),
                         "parce qu'Emma n'aime pas que Tom s'endorme")  # fmt: skip
        self.assertEqual(french.finish("si il vient, si elle vient"), "s'il vient, si elle vient")
        self.assertEqual(french.finish(f"Tom la{french.LINK} a vue, Tom la{french.LINK} voit"), "Tom l'a vue, Tom la voit")

    def test_an_article_is_contracted_and_a_pronoun_is_not(self):
        self.assertEqual(french.finish(f"près de {french.ARTICLE}le musée"), "près du musée")
        self.assertEqual(french.finish(f"à {french.ARTICLE}les enfants"), "aux enfants")
        self.assertEqual(french.finish("il décide de le faire"), "il décide de le faire")

    def test_numbers_in_words(self):
        self.assertEqual([french_number(n) for n in (1, 21, 70, 71, 80, 81, 99)],
                         ["un", "vingt et un", "soixante-dix", "soixante et onze", "quatre-vingts", "quatre-vingt-un",
                          "quatre-vingt-dix-neuf"])  # fmt: skip
        self.assertEqual(french_number(21, feminine=True), "vingt et une")
        self.assertEqual([english_number(n) for n in (0, 12, 20, 45)], ["zero", "twelve", "twenty", "forty-five"])


class Reading(unittest.TestCase):
    def refused(self, text: str) -> str:
        with self.assertRaises(WorldError) as caught:
            read(text)
        return str(caught.exception)

    def test_what_is_wrong_is_named_by_file_and_line(self):
        self.assertIn("try.txt:3:", self.refused("plot a\nbeat\n  no French here\n"))
        self.assertIn("choices", self.refused("plot a\nbeat\n  <one/two>. | <un/deux/trois>.\n"))
        self.assertIn("=>", self.refused("plot a\nbeat\n  A. | B.\nask\n  Who? | Qui ?\n"))
        self.assertIn("try.txt:1:", self.refused("beat\n  A. | B.\n"))
        self.assertIn("tells nothing", self.refused("plot a\ncast\n  a = person\n"))

    def test_an_unknown_class_or_variable_is_named(self):
        for text in ("plot a\ncast\n  x = noun nonsense\nbeat\n  {x}. | {x}.\n", "plot a\nbeat\n  {q}. | {q}.\n"):
            with self.assertRaisesRegex(WorldError, r"try\.txt:\d"):
                tellings(text, 1)

    def test_every_antonym_has_one_of_its_own(self):
        known = {a.en for group in lexicon.adjectives().values() for a in group}
        for adjective in (a for group in lexicon.adjectives().values() for a in group):
            self.assertTrue(adjective.opposite == "-" or adjective.opposite in known, adjective)


class Telling(unittest.TestCase):
    def test_both_languages_tell_the_same(self):
        for document in tellings("plot a\ncast\n  a = person\nbeat\n  {a} <ran/slept>. | {a} <courait/dormait>.\n", 40):
            (english, other), = document.sentences
            self.assertEqual("ran" in english, "courait" in other)
            self.assertEqual(english.split()[0], other.split()[0])

    def test_a_pronoun_is_used_only_where_it_is_clear(self):
        beats = "beat\n  {a} met {b.name}. | {a} a rencontré {b.name}.\nbeat\n  {a} left. | {a} est parti{a.e}.\n"
        same = tellings("plot a\ncast\n  a = person\n  b = person same a\n" + beats, 60)
        self.assertFalse([d for d in same if d.sentences[1][0].split()[0] in ("He", "She")])
        other = tellings("plot a\ncast\n  a = person\n  b = person other a\n" + beats, 60)
        pronouns = [d for d in other if d.sentences[1][0].split()[0] in ("He", "She")]
        self.assertTrue(20 < len(pronouns) < 60)
        for document in pronouns:
            self.assertEqual(document.sentences[1][0].startswith("She"), document.sentences[1][1].startswith("Elle"))
            self.assertEqual("She" in document.sentences[1][0], "partie" in document.sentences[1][1])

    def test_sums_are_right(self):
        text = "plot a\ncast\n  n = number 2 9\n  m = number 1 4\n  k = n + m\n  d = k - m\nbeat\n  {n} {m} {k} {d}. | {n} {m} {k} {d}.\n"
        words = {english_number(n): n for n in range(30)}
        for document in tellings(text, 50):
            n, m, k, d = (words[word] for word in document.sentences[0][0].lower().rstrip(".").split())
            self.assertEqual((k, d), (n + m, n))

    def test_nats_are_those_of_the_choices_that_are_told(self):
        import math

        document = tellings("plot a\nbeat\n  <a/b/c/d>. | <e/f/g/h>.\n  Z. | Z.\n", 1)[0]
        self.assertAlmostEqual(document.nats, math.log(2) + (0 if "Z" in document.english() else math.log(4)))

    def test_every_plot_can_be_told_and_nothing_looks_wrong(self):
        plots, shared = parse.read()
        self.assertGreaterEqual(len(plots), 80)
        rng = random.Random(2)
        for plot in plots:
            for _ in range(4):
                self.assertEqual(check.problems(Teller(plot, shared, rng).tell()), [], plot.name)


class Generating(unittest.TestCase):
    def test_what_is_held_out_is_not_among_the_training_texts(self):
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            generate.generate(300, 5, Path(first))
            generate.generate(300, 5, Path(second))
            parts = {}
            for name in ("train", "held_text", "held_combination", "held_template"):
                text = (Path(first) / f"{name}.jsonl").read_text(encoding="utf-8")
                self.assertEqual(text, (Path(second) / f"{name}.jsonl").read_text(encoding="utf-8"))
                parts[name] = [json.loads(line) for line in text.splitlines()]
        held = {plot.name for plot in parse.read()[0] if plot.held}
        self.assertTrue(held)
        self.assertFalse([d for d in parts["train"] if d["plot"] in held])
        self.assertTrue(all(d["plot"] in held for d in parts["held_template"]))
        told = [" ".join(en for en, _ in d["sentences"]) for part in parts.values() for d in part]
        self.assertEqual(len(told), len(set(told)))

    def test_a_held_combination_is_held_out_wherever_it_stands(self):
        (plot,), shared = read("plot a\ncast\n  x = noun animal\nbeat\n  I saw {x.a}. | J'ai vu {x.a}.\n")
        rng = random.Random(3)
        parts = {}
        for _ in range(3000):
            document = Teller(plot, shared, rng).tell()
            parts.setdefault(document.english(), set()).add(generate.part(document))
        self.assertTrue(all(len(found) == 1 for found in parts.values()))
        self.assertTrue(any(found == {"held_combination"} for found in parts.values()))


if __name__ == "__main__":
    unittest.main()
