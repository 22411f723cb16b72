"""Fixtures of Space: planes by numpy, and cosines, planes and question scores of the bundled models by transformers.

Usage: python space_oracle.py  (writes tests/fixtures/analysis/space.json and tests/fixtures/models/space.json)
"""

import json

import numpy as np
import torch
from common import FIXTURES, ROOT, versions, write
from measures import digest
from models_oracle import encode
from transformers import logging
from trio import load, paths
from tsne_reference import ITERATIONS, check, divergence, neighbours, principal, squared, tsne, unit

LISTS = {entry["id"]: entry for entry in json.loads((ROOT / "assets" / "examples.json").read_text())["lists"]}
POOLINGS = {"bert": ("mean", "words", "first", "last"), "gpt2": ("last", "mean", "words"), "t5": ("mean", "words", "last")}
SPECIAL = {"bert": (1, -1), "gpt2": (0, None), "t5": (0, -1)}  # where the text's own tokens stand
QUESTION = "Who found the key?"


def planes() -> list[dict]:
    """Small sets of points, in single precision, and what becomes of them."""
    rng = np.random.default_rng(11)
    made = []
    for n, width, perplexity in ((4, 3, 1.0), (9, 5, 2.5), (16, 40, 5.0), (7, 2, 2.0)):
        centres = rng.normal(size=(3, width)) * 2
        points = (centres[np.arange(n) % 3] + rng.normal(size=(n, width))).astype(np.float32)
        units = unit(points)
        plane, explained = principal(units)
        p = neighbours(squared(units), perplexity)
        y = rng.normal(size=(n, 2))
        check(p, y)
        nats, gradient = divergence(p, y)
        last = tsne(p, 7, ITERATIONS)
        made.append({
            "shape": [n, width], "points": points.flatten().tolist(), "plane": plane.tolist(), "explained": explained.tolist(),
            "perplexity": perplexity, "p": p.flatten().tolist(), "y": y.flatten().tolist(), "nats": nats,
            "gradient": gradient.flatten().tolist(), "seed": 7, "early": tsne(p, 7, 60).flatten().tolist(),
            "last_nats": divergence(p, last)[0],
        })
    return made


def states(family: str, model, tokenizer, text: str) -> list[np.ndarray]:
    """Of each layer [token, hidden], embeddings first; T5: of its encoder."""
    reads = model.encoder if family == "t5" else model
    out = reads(**encode(tokenizer, text), output_hidden_states=True)
    return [s[0].double().numpy() for s in out.hidden_states]


def pooled(family: str, hidden: np.ndarray, pooling: str) -> np.ndarray:
    """One vector."""
    first, last = SPECIAL[family]
    return {"mean": hidden.mean(0), "words": hidden[first:last].mean(0), "first": hidden[0], "last": hidden[-1]}[pooling]


def cosines(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """[i, j]"""
    return (a / np.linalg.norm(a, axis=1)[:, None]) @ (b / np.linalg.norm(b, axis=1)[:, None]).T


def cases(family: str) -> list[dict]:
    """Lists of the page, every pooling on the last layer, and one layer below."""
    model, tokenizer = load.load(family), load.tokenizer(family)
    made = []
    for name in ("senses", "passages"):
        items = LISTS[name]["items"]
        all_states = [states(family, model, tokenizer, text) for text in items]
        asked = states(family, model, tokenizer, QUESTION)
        last = len(asked) - 1
        for pooling, layer in [(p, last) for p in POOLINGS[family]] + [("words", 0), ("mean", 2)]:
            vectors = np.array([pooled(family, s[layer], pooling) for s in all_states])
            question = pooled(family, asked[layer], pooling)[None]
            plane, explained = principal(unit(vectors.astype(np.float32)))
            made.append({
                "items": items, "question": QUESTION, "pooling": pooling, "layer": layer,
                "similarity": np.round(cosines(vectors, vectors), 7).tolist(), "scores": np.round(cosines(question, vectors)[0], 7).tolist(),
                "plane": np.round(plane, 7).tolist(), "explained": np.round(explained, 7).tolist(),
            })
    return made


def answers() -> list[dict]:
    """What the pair of BERT and T5 makes of the page's questions."""
    items, questions = LISTS["passages"]["items"], LISTS["passages"]["questions"]
    bert, words = load.load("bert"), load.tokenizer("bert")
    t5, pieces = load.load("t5"), load.tokenizer("t5")
    vectors = np.array([pooled("bert", states("bert", bert, words, text)[-1], "mean") for text in items])
    made = []
    for question in questions:
        asked = pooled("bert", states("bert", bert, words, question)[-1], "mean")[None]
        best = int(cosines(asked, vectors)[0].argmax())
        prompt = f"question: {question} context: {items[best]}"
        ids = t5.generate(**encode(pieces, prompt), num_beams=1, do_sample=False, max_new_tokens=24)[0]
        made.append({"question": question, "item": best, "prompt": prompt, "answer": pieces.decode(ids, skip_special_tokens=True)})
    return made


def main() -> None:
    """Both files."""
    logging.set_verbosity_error()
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    write(FIXTURES / "analysis" / "space.json", {"versions": {"numpy": np.__version__}}, {"cases": planes()})
    digests = {f"trilens-{f}/{p.name}": digest(p) for f in paths.FAMILIES for p in sorted((paths.assets(f) / "onnx").glob("*.onnx"))}
    made = {family: cases(family) for family in paths.FAMILIES}
    write(FIXTURES / "models" / "space.json", {"versions": versions(), "digests": digests}, made | {"answers": answers()})


if __name__ == "__main__":
    main()
