"""Print what each family answers to the examples of its group, as the page asks it: top three for each blank
or next piece, and the text that is written. For choosing which examples stay.

    python -m trio.examples_answers [bert gpt2 t5] [--all] [--only ID …] [--tokens 24]

--all: every family reads every example, the shared ones included, as the columns of the page do.
"""

import argparse
import json
import re
import textwrap

import torch

from . import load, paths

# paths.FAMILIES' names -> the page's.
GROUPS = {"bert": "encoder", "gpt2": "decoder", "t5": "encoder_decoder"}
BLANK = re.compile(r"_{3,}|\[MASK\]|<extra_id_\d+>")  # as src/lab/prompt.cpp
TRANSLATE = "translate English to French: "
TASKS = re.compile(r"(translate \w+ to \w+|summarize|question|correct|sentiment): ")
TOP = 3


def examples() -> list[dict]:
    """assets/examples.json with titles in English."""
    assets = paths.ROOT / "assets"
    words = json.loads((assets / "i18n" / "en.json").read_text(encoding="utf-8"))
    rows = json.loads((assets / "examples.json").read_text(encoding="utf-8"))["examples"]
    return [row | {"title": words[row["title"]], "look": words[row["look"]]} for row in rows]


def best(logits: torch.Tensor, tokenizer) -> str:
    """The first three with their probabilities."""
    top = logits.softmax(-1).topk(TOP)
    pairs = zip(top.values.tolist(), top.indices.tolist(), strict=True)
    return "  |  ".join(f"{tokenizer.decode([piece]).strip() or '∅'} {share:.1%}" for share, piece in pairs)


def sentinel(written: str, number: int) -> str:
    """One that stands in the text keeps its number."""
    return written if written.startswith("<") else f"<extra_id_{number}>"


class Answers:
    """A loaded family, asked as the page asks it."""

    def __init__(self, family: str, tokens: int):
        self.family, self.tokens = family, tokens
        self.model, self.tokenizer = load.load(family), load.tokenizer(family)

    @torch.no_grad()
    def lines(self, text: str) -> list[str]:
        """The prompt as it is given, and the answers."""
        return getattr(self, self.family)(text)

    def bert(self, text: str) -> list[str]:
        """Every blank in one pass."""
        prompt = BLANK.sub("[MASK]", text)
        given = self.tokenizer(prompt, return_tensors="pt")
        places = (given["input_ids"][0] == self.tokenizer.mask_token_id).nonzero().flatten().tolist()
        if not places:
            return [f"reads  {prompt}", "no blank"]
        logits = self.model(**given).logits[0]
        return [f"reads  {prompt}", *(f"blank  {best(logits[place], self.tokenizer)}" for place in places)]

    def generate(self, ids: torch.Tensor) -> torch.Tensor:
        """Greedy, as the page does without being told otherwise."""
        settings = {"max_new_tokens": self.tokens, "do_sample": False, "num_beams": 1}
        return self.model.generate(ids, attention_mask=torch.ones_like(ids), **settings)[0]

    def gpt2(self, text: str) -> list[str]:
        """Up to the first blank, then on."""
        prompt = BLANK.split(text)[0].rstrip() if BLANK.search(text) else text
        ids = self.tokenizer(prompt, return_tensors="pt")["input_ids"]
        if ids.shape[1] == 0:
            return ["reads  nothing: the text begins with the blank"]
        written = self.generate(ids)[ids.shape[1] :]
        logits = self.model(ids).logits[0, -1]
        text = self.tokenizer.decode(written)
        return [f"reads  {prompt}", f"next   {best(logits, self.tokenizer)}", f"writes {text}"]

    def t5(self, text: str) -> list[str]:
        """Blanks become sentinels; a text with neither blank nor task is translated."""
        if BLANK.search(text):
            numbers = iter(range(100))
            prompt = BLANK.sub(lambda m: sentinel(m[0], next(numbers)), text)
        else:
            prompt = text if TASKS.match(text) else TRANSLATE + text
        ids = self.tokenizer(prompt, return_tensors="pt")["input_ids"]
        start = [self.model.config.decoder_start_token_id]
        if BLANK.search(text):
            start.append(self.tokenizer.convert_tokens_to_ids("<extra_id_0>"))
        logits = self.model(input_ids=ids, decoder_input_ids=torch.tensor([start])).logits[0, -1]
        written = self.tokenizer.decode(self.generate(ids)[1:])
        return [f"reads  {prompt}", f"first  {best(logits, self.tokenizer)}", f"writes {written}"]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("families", nargs="*", help="bert, gpt2, t5; all when none is named")
    parser.add_argument("--all", action="store_true", help="every family reads every example")
    parser.add_argument("--only", nargs="+", default=[], help="ids")
    parser.add_argument("--tokens", type=int, default=24, help="longest that is written")
    given = parser.parse_args()
    if unknown := set(given.families) - set(GROUPS):
        parser.error(f"no such family: {', '.join(sorted(unknown))}")
    asked = {family: Answers(family, given.tokens) for family in given.families or GROUPS}
    group = ""
    for row in examples():
        readers = [f for f in asked if given.all or GROUPS[f] == row.get("family")]
        if not readers or (given.only and row["id"] not in given.only):
            continue
        if group != row.get("family", "all three"):
            group = row.get("family", "all three")
            print(f"\n===== {group}")
        print(f"\n{row['id']}: {row['title']}")
        print(textwrap.fill(row["look"], 104, initial_indent="  look   ", subsequent_indent="         "))
        for family in readers:
            for line in asked[family].lines(row["text"]):
                print(f"  {family:5}{line}")


if __name__ == "__main__":
    main()
