"""Scores on the held-out sentences, for what is shipped. Every number says what it is divided by."""

import math
import random
import re

import sacrebleu
import torch
from torch.nn.functional import log_softmax

from . import corpus, objectives

GROUP = 40


def groups(items: list) -> list[list]:
    """Items in groups that fit one pass."""
    return [items[i : i + GROUP] for i in range(0, len(items), GROUP)]


def ranks(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """How many tokens are likelier than the right one; 0 is right."""
    right = logits.gather(-1, labels[..., None])
    return (logits > right).sum(-1)


def share(hits: list[bool]) -> float:
    """Percent."""
    return round(100 * sum(hits) / max(1, len(hits)), 1)


def masked_tokens(model, tokenizer, sentences: list[str]) -> dict:
    """BERT: each token of each sentence masked in turn. Words are tokens with a letter."""
    rows = []
    for sentence in sentences:
        ids = tokenizer(sentence)["input_ids"]
        for place in range(1, len(ids) - 1):
            rows.append((ids[:place] + [tokenizer.mask_token_id] + ids[place + 1 :], place, ids[place]))
    rows.sort(key=lambda row: len(row[0]))
    found, words = [], []
    for group in groups(rows):
        longest = max(len(ids) for ids, _, _ in group)
        batch = torch.tensor([ids + [0] * (longest - len(ids)) for ids, _, _ in group])
        logits = model(input_ids=batch, attention_mask=(batch != 0).long()).logits
        places = torch.tensor([place for _, place, _ in group])
        labels = torch.tensor([label for _, _, label in group])
        found += ranks(logits[torch.arange(len(group)), places], labels).tolist()
        words += [
            any(c.isalpha() for c in tokenizer.convert_ids_to_tokens(label)) for label in labels.tolist()
        ]
    of_words = [rank for rank, word in zip(found, words, strict=True) if word]
    return {
        "tokens": len(found),
        "top1": share([r < 1 for r in found]),
        "top5": share([r < 5 for r in found]),
        "words": len(of_words),
        "words_top1": share([r < 1 for r in of_words]),
        "words_top5": share([r < 5 for r in of_words]),
    }


def perplexity(model, tokenizer, sentences: list[str]) -> dict:
    """GPT-2: each sentence after the end token, its own end included, one document each."""
    end = tokenizer.eos_token_id
    rows = sorted(([end, *tokenizer(s)["input_ids"], end] for s in sentences), key=len)
    words = sum(len(s.split()) for s in sentences)
    loss, found = 0.0, []
    for group in groups(rows):
        longest = max(map(len, group))
        batch = torch.tensor([ids + [end] * (longest - len(ids)) for ids in group])
        asked = torch.tensor([[True] * (len(ids) - 1) + [False] * (longest - len(ids)) for ids in group])
        logits, labels = model(input_ids=batch[:, :-1]).logits[asked], batch[:, 1:][asked]
        loss -= log_softmax(logits.double(), -1).gather(-1, labels[:, None]).sum().item()
        found += ranks(logits, labels).tolist()
    return {
        "sentences": len(rows),
        "words": words,
        "tokens": len(found),
        "perplexity_per_word": round(math.exp(loss / words), 1),
        "perplexity_per_token": round(math.exp(loss / len(found)), 2),
        "top1": share([r < 1 for r in found]),
        "top5": share([r < 5 for r in found]),
    }


def generated(model, tokenizer, texts: list[str], **options) -> list[str]:
    """What the model writes for each text, in the texts' order."""
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    written = [""] * len(texts)
    for group in groups(order):
        encoding = tokenizer([texts[i] for i in group], padding=True, return_tensors="pt")
        out = model.generate(**encoding, do_sample=False, **options)
        for i, ids in zip(group, out, strict=True):
            written[i] = tokenizer.decode(ids, skip_special_tokens=False)
    return written


def translation(model, tokenizer, data: corpus.Corpus, count: int) -> dict:
    """T5: BLEU and chrF (sacrebleu) against all the held-out translations of each English sentence."""
    references: dict[str, list[str]] = {}
    for english, french in data.held_out:
        references.setdefault(english, []).append(french)
    chosen = random.Random(1).sample(sorted(references), count)
    width = max(len(references[english]) for english in chosen)
    streams = [[(references[e] + [None] * width)[i] for e in chosen] for i in range(width)]
    scores = {"sentences": count, "sacrebleu": sacrebleu.__version__}
    for name, beams in (("greedy", 1), ("beam4", 4)):
        written = generated(
            model, tokenizer, [objectives.PREFIX + e for e in chosen], num_beams=beams, max_new_tokens=60
        )
        plain = [re.sub(r"<[^>]*>", "", text).strip() for text in written]
        scores[f"bleu_{name}"] = round(sacrebleu.corpus_bleu(plain, streams).score, 1)
        scores[f"chrf_{name}"] = round(sacrebleu.corpus_chrf(plain, streams).score, 1)
        scores[f"exact_{name}"] = share([p in references[e] for p, e in zip(plain, chosen, strict=True)])
        scores["examples"] = [[e, p, references[e][0]] for e, p in list(zip(chosen, plain, strict=True))[:8]]
    return scores


def blanks(sentences: list[str], whole_words: set[str], count: int) -> list[tuple[str, str, str]]:
    """(before, word, after): one word taken out of each sentence, of those that are one piece in all
    vocabularies."""
    rng, made = random.Random(2), []
    for sentence in sentences:
        places = [
            m
            for m in re.finditer(r"[A-Za-z]+", sentence)
            if m.group() in whole_words
            and m.start() > 0
            and sentence[m.start() - 1] == " "
            and sentence[m.end() : m.end() + 1] in ("", " ", ".", "?", "!", ",")
        ]
        if places:
            chosen = rng.choice(places)
            made.append((sentence[: chosen.start()], chosen.group(), sentence[chosen.end() :]))
    return made[:count]


def same_blanks(family: str, model, tokenizer, items: list[tuple[str, str, str]]) -> dict:
    """The same missing words for all three: how often the first guess is the word (case ignored). GPT-2 sees
    only what is before the blank; BERT is told that the blank is one piece, T5 is not."""
    hits = []
    if family == "t5":
        written = generated(model, tokenizer, [f"{a}<extra_id_0>{b}" for a, _, b in items], max_new_tokens=8)
        guesses = [re.search(r"<extra_id_0>(.*?)(?:<|$)", text) for text in written]
        hits = [
            bool(g) and g.group(1).strip().lower() == word.lower()
            for g, (_, word, _) in zip(guesses, items, strict=True)
        ]
    for before, word, after in items if family != "t5" else ():
        if family == "bert":
            encoding = tokenizer(f"{before}[MASK]{after}", return_tensors="pt")
            place = encoding["input_ids"][0].tolist().index(tokenizer.mask_token_id)
            guess = tokenizer.decode([model(**encoding).logits[0, place].argmax()])
        else:
            ids = [tokenizer.eos_token_id, *tokenizer(before.rstrip())["input_ids"]]
            guess = tokenizer.decode([model(input_ids=torch.tensor([ids])).logits[0, -1].argmax()])
        hits.append(guess.strip().lower() == word.lower())
    return {"blanks": len(items), "first_guess": share(hits)}
