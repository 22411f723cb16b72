"""Fixtures of "Who can answer this?": every task that a model can do, done by transformers with the shipped weights.

Written answers are greedy (generate()); fills, next tokens and choices are log-softmaxes of full rows of logits, in double precision;
embeddings are pooled as lab/embed.cpp says (mean; of a decoder the last token's). Wordings are those of the evaluation
(scripts/models/trio).

Usage: python answer_oracle.py  (writes tests/fixtures/models/answer.json)
"""

import math
import re

import torch
from common import FIXTURES, versions, write
from measures import digest
from transformers import logging
from trio import load, paths

BLANK, LABELS, TEMPLATE = "___", ["good", "bad"], "It was ___."
SENTENCES = ["The animals are very sleepy.", "The car stands outside the building.", "Il pleut depuis ce matin."]
FILL = ["The dog that chased the cats ___ tired.", "Once upon a ___", "The ___ barked at the postman."]
START = ["Tom went to the station and", "Once upon a"]
WHOLE = ["Where do you live?", "The red car is in front of the house.", "The food was cold and the waiter was rude."]
QUESTIONS = [
    ("Tom lost his key in the park. Emma found it in the grass.", "Who found the key?"),
    ("A girl walked through the forest. She found a tree full of apples and ate one.", "What did the girl eat?"),
]
PREFIX = {
    "translate": "translate English to French: ",
    "sentiment": "sentiment: ",
    "question": "question: ",
}


class Model:
    """A family's model and tokenizer."""

    def __init__(self, family: str):
        self.family, self.model, self.tokenizer = family, load.load(family), load.tokenizer(family)

    def ids(self, text: str, special: bool = True) -> list[int]:
        """As the tokenizer's own post-processor has it, or without special tokens."""
        return self.tokenizer(text, add_special_tokens=special)["input_ids"]

    def text(self, ids: list[int]) -> str:
        """Words."""
        return self.tokenizer.decode(ids, skip_special_tokens=True).strip()

    def rows(self, ids: list[int], target: list[int] | None = None, types: list[int] | None = None) -> torch.Tensor:
        """Log probabilities [S, V] in f64."""
        feeds = {"input_ids": torch.tensor([ids])}
        if target is not None:
            feeds["decoder_input_ids"] = torch.tensor([target])
        if types is not None:
            feeds["token_type_ids"] = torch.tensor([types])
        return self.model(**feeds).logits[0].double().log_softmax(-1)

    def written(self, ids: list[int], most: int) -> tuple[list[int], list[float]]:
        """Greedy, with each piece's log probability."""
        batch = torch.tensor([ids])
        made = self.model.generate(
            batch, attention_mask=torch.ones_like(batch), num_beams=1, do_sample=False, max_new_tokens=most,
            pad_token_id=self.tokenizer.pad_token_id or self.tokenizer.eos_token_id,
        )[0].tolist()  # fmt: skip
        if self.family == "t5":
            new, rows = made[1:], self.rows(ids, made[:-1])
        else:
            new, rows = made[len(ids) :], self.rows(made)[len(ids) - 1 : -1]
        return new, [float(row[i]) for row, i in zip(rows, new, strict=True)]


def of_writing(model: Model, ids: list[int], most: int, stops: str | None = None) -> dict:
    """An answer that is written; it ends before the first of the stops."""
    new, logs = model.written(ids, most)
    whole = model.text(new)
    answer = re.split(stops, whole)[0].strip() if stops else whole
    count = len(new)
    if answer != whole:
        count = sum(len(model.text(new[: n + 1])) <= len(answer) for n in range(len(new)))
    return {"answer": answer, "pieces": count, "probability": math.exp(sum(logs[:count]))}


def of_row(model: Model, row: torch.Tensor) -> dict:
    """The likeliest piece."""
    best = int(row.argmax())
    return {"answer": model.text([best]), "pieces": 1, "probability": math.exp(float(row[best]))}


def of_choices(scores: list[float], choices: list[str]) -> dict:
    """The likeliest of some."""
    share = torch.tensor(scores, dtype=torch.double).softmax(-1).tolist()
    best = max(range(len(scores)), key=scores.__getitem__)
    return {"answer": choices[best], "probability": share[best], "scores": scores}


def of_vectors(vectors: list[torch.Tensor]) -> dict:
    """The nearest to the first."""
    query, *others = [v.double() for v in vectors]
    cosines = [float(torch.nn.functional.cosine_similarity(query, v, dim=0)) for v in others]
    return {"answer": SENTENCES[max(range(len(cosines)), key=cosines.__getitem__)], "scores": cosines}


def bert(model: Model) -> list[dict]:
    """Fills, judges through a blank, embeds, answers with one piece."""
    mask, made = model.tokenizer.mask_token_id, []

    def filled(text: str) -> dict:
        ids = model.ids(text)
        return of_row(model, model.rows(ids)[ids.index(mask)])

    def vector(text: str) -> torch.Tensor:
        out = model.model(input_ids=torch.tensor([model.ids(text)]), output_hidden_states=True)
        return out.hidden_states[-1][0].mean(0)

    for text in FILL:
        made.append({"task": "fill", "text": text} | filled(text.replace(BLANK, "[MASK]")))
    for text in WHOLE:
        scores = []
        for label in LABELS:
            word = model.ids(label, special=False)
            ids = model.ids(f"{text} {TEMPLATE}".replace(BLANK, "[MASK]" * len(word)))
            rows, at = model.rows(ids), ids.index(mask)
            scores.append(sum(float(rows[at + n][piece]) for n, piece in enumerate(word)))
        made.append({"task": "classify_blank", "text": text} | of_choices(scores, LABELS))
        made.append({"task": "retrieve", "text": text} | of_vectors([vector(t) for t in (text, *SENTENCES)]))
    for text, question in QUESTIONS:
        made.append({"task": "question", "text": text, "question": question} | filled(f"{text} {question} [MASK]."))
    return made


def gpt2(model: Model) -> list[dict]:
    """Goes on, and is asked by prompts."""
    start, made = model.tokenizer.bos_token_id, []

    def vector(text: str) -> torch.Tensor:
        out = model.model(input_ids=torch.tensor([model.ids(text)]), output_hidden_states=True)
        return out.hidden_states[-1][0][-1]

    for text in FILL:
        ids = model.ids(text.split(BLANK)[0].rstrip())
        made.append({"task": "fill", "text": text} | of_writing(model, ids, 8, r"(?s)(?<=.)[ .,;:!?\n]"))
    for text in START:
        made.append({"task": "continue", "text": text} | of_writing(model, model.ids(text), 12))
    for text in WHOLE:
        prompt = [start, *model.ids(f"English: {text} French:")]
        made.append({"task": "translate", "text": text} | of_writing(model, prompt, 64, r"English:|French:|\n"))
        left = [start, *model.ids(f"{text} {TEMPLATE}".split(BLANK)[0].rstrip())]
        scores = []
        for label in LABELS:
            word = model.ids(f" {label}")
            rows = model.rows([*left, *word])[len(left) - 1 : -1]
            scores.append(sum(float(row[piece]) for row, piece in zip(rows, word, strict=True)))
        made.append({"task": "classify_prompt", "text": text} | of_choices(scores, LABELS))
        made.append({"task": "retrieve", "text": text} | of_vectors([vector(t) for t in (text, *SENTENCES)]))
    for text, question in QUESTIONS:
        prompt = [start, *model.ids(f"{text} Question: {question} Answer:")]
        stops = r"\. |\? |! |Question:|\n"
        made.append(
            {"task": "question", "text": text, "question": question} | of_writing(model, prompt, 16, stops)
        )
    return made


def t5(model: Model) -> list[dict]:
    """Writes spans, and what a prefix asks for."""
    end = model.tokenizer.eos_token_id
    first, second = model.tokenizer.convert_tokens_to_ids(["<extra_id_0>", "<extra_id_1>"])
    sentinels = set(model.tokenizer.convert_tokens_to_ids([f"<extra_id_{n}>" for n in range(32)]))
    made = []

    def span(source: str) -> dict:
        ids, target, total = model.ids(source), [0, first], 0.0
        while len(target) < 12:
            row = model.rows(ids, target)[-1]
            best = int(row.argmax())
            if best == end or best in sentinels:
                break
            total += float(row[best])
            target.append(best)
        return {"answer": model.text(target[2:]), "pieces": len(target) - 2, "probability": math.exp(total)}

    def target_score(source: str, ids: list[int]) -> float:
        rows = model.rows(model.ids(source), [0, *ids[:-1]])
        return sum(float(row[piece]) for row, piece in zip(rows, ids, strict=True))

    def vector(text: str) -> torch.Tensor:
        return model.model.encoder(input_ids=torch.tensor([model.ids(text)])).last_hidden_state[0].mean(0)

    for text in FILL:
        made.append({"task": "fill", "text": text} | span(text.replace(BLANK, "<extra_id_0>")))
    for text in START:
        made.append({"task": "continue", "text": text} | span(f"{text} <extra_id_0>"))
    for text in WHOLE:
        made.append({"task": "translate", "text": text} | of_writing(model, model.ids(PREFIX["translate"] + text), 64))
        spanned = f"{text} {TEMPLATE}".replace(BLANK, "<extra_id_0>")
        scores = [target_score(spanned, [first, *model.ids(x, special=False), second]) for x in LABELS]
        made.append({"task": "classify_blank", "text": text} | of_choices(scores, LABELS))
        scores = [target_score(PREFIX["sentiment"] + text, [*model.ids(x, special=False), end]) for x in LABELS]
        made.append({"task": "classify_text", "text": text} | of_choices(scores, LABELS))
        made.append({"task": "retrieve", "text": text} | of_vectors([vector(t) for t in (text, *SENTENCES)]))
    for text, question in QUESTIONS:
        source = model.ids(f"{PREFIX['question']}{question} context: {text}")
        made.append({"task": "question", "text": text, "question": question} | of_writing(model, source, 16))
    return made


def main() -> None:
    """All tasks of all three."""
    logging.set_verbosity_error()
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    made, digests = {}, {}
    for family in paths.FAMILIES:
        folder = paths.assets(family) / "onnx"
        digests |= {f"trilens-{family}/{p.name}": digest(p) for p in sorted(folder.glob("*.onnx"))}
        made[family] = {"bert": bert, "gpt2": gpt2, "t5": t5}[family](Model(family))
    about = {"labels": LABELS, "blank": TEMPLATE, "sentences": SENTENCES}
    write(FIXTURES / "models" / "answer.json", {"versions": versions(), "digests": digests, "given": about}, made)


if __name__ == "__main__":
    main()
