"""Fixtures for attention heads: scores of what each head does, and rollout, by numpy in double precision.

Definitions, row by row of one head's map (queries x keys), over the rows that may look at two pieces or more:
previous, next, itself: the mean weight on key i-1, i+1, i (one text only; next not under a causal mask); first:
on key 0, in one text by all rows but the first; same: the sum over the other places of the same word, by the rows
that have one in reach; special: the sum over special tokens; broad: the row's entropy over the logarithm of the
number of keys in reach. A score without a row is left out.

Rollout is Abnar & Zuidema 2020. For the encoder-decoder both decoder sublayers keep one half and take the other;
written as one product of matrices over [text; written], so that it shares nothing with the C++ but the rule.

Usage: python heads_oracle.py  (writes tests/fixtures/analysis/heads.json, tests/fixtures/models/heads.json)
"""

import numpy as np
import torch
from common import FIXTURES, write
from each_family import write_each_family
from models_oracle import encode
from trio.objectives import PREFIX

TEXTS = ["The dog saw the cat and the dog ran.", "I saw a red car in the old garden yesterday."]


def reach_of(causal: bool, rows: int, columns: int) -> np.ndarray:
    """How many keys each row may look at."""
    return np.minimum(np.arange(rows) + 1, columns) if causal else np.full(rows, columns)


def word_scores(m: np.ndarray, words: tuple, special: list[bool], where: dict) -> dict:
    """The scores that depend on what the pieces are."""
    rows, columns = m.shape
    row_words, column_words = (np.array(w) for w in words)
    equal = (row_words[:, None] == column_words[None, :]) & (row_words >= 0)[:, None]
    if where["same_text"]:
        equal &= ~np.eye(rows, dtype=bool)
    equal &= np.arange(columns)[None, :] < where["reach"][:, None]
    counted = where["counted"] & equal.any(1)
    made = {}
    if counted.any():
        made["same"] = float((m * equal).sum(1)[counted].mean())
    if any(special) and where["counted"].any():
        made["special"] = float(m[:, special].sum(1)[where["counted"]].mean())
    return made


def scores(m: np.ndarray, words: tuple, special: list[bool], same_text: bool, causal: bool) -> dict:
    """One head's."""
    m = m.astype(np.float64)
    rows, columns = m.shape
    reach = reach_of(causal, rows, columns)
    counted = (reach >= 2) & (m != 0).any(1)
    made = word_scores(m, words, special, {"same_text": same_text, "reach": reach, "counted": counted})
    first = counted & (np.arange(rows) > 0) if same_text else counted
    if first.any():
        made["first"] = float(m[first, 0].mean())
    if same_text and counted.any():
        at = np.flatnonzero(counted)
        made["itself"] = float(m[at, at].mean())
        if (at > 0).any():
            made["previous"] = float(m[at[at > 0], at[at > 0] - 1].mean())
        if not causal and (at < columns - 1).any():
            made["next"] = float(m[at[at < columns - 1], at[at < columns - 1] + 1].mean())
    if counted.any():
        safe = np.where(m > 0, m, 1)
        entropy = -(m * np.log(safe)).sum(1)
        made["broad"] = float((entropy[counted] / np.log(reach[counted])).mean())
    return made


def keep(m: np.ndarray, rows: list[int], columns: list[int]) -> np.ndarray:
    """Some rows and columns of [..., query, key]; rows sum to 1 again, in double precision, then as f32."""
    part = m[..., rows, :][..., columns].astype(np.float64)
    total = part.sum(-1, keepdims=True)
    return np.divide(part, total, out=np.zeros_like(part), where=total > 0).astype(np.float32)


def rollout(means: np.ndarray) -> list[np.ndarray]:
    """[layer, position, position] -> after each layer."""
    reached, out = np.eye(means.shape[1]), []
    for layer in means:
        reached = (0.5 * layer + 0.5 * np.eye(len(layer))) @ reached
        out.append(reached)
    return out


def decoder_rollout(encoder: np.ndarray, self_means: np.ndarray, cross_means: np.ndarray) -> list[np.ndarray]:
    """[layer] of [target, source + target]: one state over the encoder's outputs and the target's positions."""
    source, target = len(encoder), self_means.shape[1]
    # Rows: what each encoder output and each target position is made of; columns: source pieces, target pieces.
    state = np.block([[encoder, np.zeros((source, target))], [np.zeros((target, source)), np.eye(target)]])
    out = []
    for a, c in zip(self_means, cross_means, strict=True):
        stay = np.eye(source)
        first = np.block([[stay, np.zeros((source, target))], [np.zeros((target, source)), 0.5 * a + 0.5 * np.eye(target)]])
        second = np.block([[stay, np.zeros((source, target))], [0.5 * c, 0.5 * np.eye(target)]])
        state = second @ first @ state
        out.append(state[source:])
    return out


def flat(array: np.ndarray) -> list[float]:
    """Row-major, short enough to be read back as the same f32."""
    return [float(f"{x:.9g}") for x in np.asarray(array).flatten()]


def softmax_maps(rng: np.random.Generator, shape: tuple[int, ...], causal: bool) -> np.ndarray:
    """Attention of random logits, f32."""
    logits = rng.normal(size=shape) * 2
    if causal:
        logits = np.where(np.tril(np.ones(shape[-2:], dtype=bool)), logits, -np.inf)
    raw = np.exp(logits - logits.max(-1, keepdims=True))
    return (raw / raw.sum(-1, keepdims=True)).astype(np.float32)


def made_up(rng: np.random.Generator) -> dict[str, list]:
    """Maps of odd sizes with their scores and rollouts, for src/analysis."""
    sections = {"scores": [], "rollout": [], "decoder_rollout": []}
    for rows, columns, same_text, causal in ((1, 1, True, False), (2, 2, True, True), (7, 7, True, False), (9, 9, True, True), (5, 8, False, False), (1, 3, False, False)):
        m = softmax_maps(rng, (rows, columns), causal)
        words = rng.integers(-1, 4, size=columns).tolist()
        row_words = words if same_text else rng.integers(-1, 4, size=rows).tolist()
        special = (rng.random(columns) < 0.3).tolist() if columns > 2 else [False] * columns
        sections["scores"].append(
            {"shape": [rows, columns], "values": flat(m), "row_words": row_words, "column_words": words, "special": [int(s) for s in special],
             "same_text": same_text, "causal": causal, "scores": scores(m, (row_words, words), special, same_text, causal)}
        )
    for layers, size in ((1, 1), (3, 4), (5, 7)):
        means = softmax_maps(rng, (layers, size, size), False)
        sections["rollout"].append({"shape": list(means.shape), "values": flat(means), "after": flat(rollout(means.astype(np.float64)))})
    for layers, source, target in ((1, 2, 1), (3, 5, 4)):
        encoder = softmax_maps(rng, (source, source), False)
        own, cross = softmax_maps(rng, (layers, target, target), True), softmax_maps(rng, (layers, target, source), False)
        after = np.array(decoder_rollout(*(x.astype(np.float64) for x in (encoder, own, cross))))
        sections["decoder_rollout"].append(
            {"layers": layers, "source": source, "target": target, "encoder": flat(encoder), "self": flat(own), "cross": flat(cross),
             "text": flat(after[:, :, :source]), "written": flat(after[:, :, source:])}
        )
    return sections


def spelled(tokenizer, token: str) -> str:
    """A piece as people read it: no marker, small ASCII letters."""
    if token.startswith("##"):
        return token[2:].lower()
    text = token.replace("▁", " ")
    if tokenizer.__class__.__name__.startswith("GPT2"):
        text = tokenizer.convert_tokens_to_string([token])
    return text.strip(" ").lower()


def pieces(tokenizer, ids: list[int]) -> dict:
    """Words (equal number: the same word, -1: none) and which are special."""
    special = [i in tokenizer.all_special_ids for i in ids]
    names = [spelled(tokenizer, t) for t in tokenizer.convert_ids_to_tokens(ids)]
    return {"names": [n if not s and any(c.isalnum() for c in n) else None for n, s in zip(names, special, strict=True)], "special": special}


def numbered(rows: list, columns: list) -> tuple[list[int], list[int]]:
    """The same number for the same word in both lists."""
    numbers = {n: i for i, n in enumerate(dict.fromkeys(n for n in rows + columns if n is not None))}
    return tuple([-1 if n is None else numbers[n] for n in names] for names in (rows, columns))


def kind_entry(kind: str, layers: np.ndarray, reached: np.ndarray, sides: tuple[dict, dict]) -> dict:
    """layers [layer, head, query, key], reached [layer, query, key]: with special tokens and without."""
    rows, columns = sides
    same_text = kind != "cross"
    causal = same_text and not np.triu(np.ones(layers.shape[-2:]), 1)[None, None].astype(bool).__and__(layers != 0).any()
    made = {"kind": kind, "causal": bool(causal), "layers": layers.shape[0], "heads": layers.shape[1]}
    for name, hide in (("shown", False), ("hidden", True)):
        kept = [[i for i, s in enumerate(side["special"]) if not (hide and s)] for side in sides]
        left = [[side["names"][i] for i in ks] for side, ks in zip(sides, kept, strict=True)]
        special = [columns["special"][i] for i in kept[1]]
        maps = keep(layers, *kept) if hide else layers
        rolled = keep(reached.astype(np.float32), *kept) if hide else reached
        words = numbered(*left)
        made[name] = {
            "rows": len(kept[0]), "columns": len(kept[1]),
            "scores": [[scores(h, words, special, same_text, causal) for h in layer] for layer in maps],
            "mean_scores": [scores(keep(l.astype(np.float64).mean(0), *kept) if hide else l.astype(np.float64).mean(0), words, special, same_text, causal) for l in layers],
            "rollout": [flat(r.astype(np.float64).round(6)) for r in rolled],
            "head": flat(maps[0][-1].astype(np.float64).round(6)),
        }
    assert len(rows["names"]) == layers.shape[2]
    return made


def stacked(attentions) -> np.ndarray:
    """transformers' tuple of [1, head, query, key] -> [layer, head, query, key]."""
    return torch.stack([a[0] for a in attentions]).numpy()


def one_stack(model, tokenizer, text: str) -> list[dict]:
    """An encoder alone or a decoder alone."""
    encoding = encode(tokenizer, text)
    layers = stacked(model(**encoding, output_attentions=True).attentions)
    side = pieces(tokenizer, encoding["input_ids"][0].tolist())
    return [kind_entry("self", layers, np.array(rollout(layers.astype(np.float64).mean(1))), (side, side))]


def two_stacks(model, tokenizer, text: str) -> list[dict]:
    """T5: its three kinds, over what it writes by itself."""
    encoding = encode(tokenizer, PREFIX + text)
    written = model.generate(**encoding, num_beams=1, do_sample=False, max_new_tokens=64)
    ids = [i for i in written[0].tolist() if i != tokenizer.eos_token_id]
    out = model(**encoding, decoder_input_ids=torch.tensor([ids]), output_attentions=True)
    layers = {"self": stacked(out.encoder_attentions), "decoder_self": stacked(out.decoder_attentions), "cross": stacked(out.cross_attentions)}
    means = {kind: values.astype(np.float64).mean(1) for kind, values in layers.items()}
    encoder = rollout(means["self"])
    both = np.array(decoder_rollout(encoder[-1], means["decoder_self"], means["cross"]))
    source, target = pieces(tokenizer, encoding["input_ids"][0].tolist()), pieces(tokenizer, ids)
    cut = len(source["names"])
    return [
        kind_entry("self", layers["self"], np.array(encoder), (source, source)),
        kind_entry("decoder_self", layers["decoder_self"], both[:, :, cut:], (target, target)),
        kind_entry("cross", layers["cross"], both[:, :, :cut], (target, source)),
    ]


def of_model(family: str, model, tokenizer) -> list[dict]:
    """Every text of one model."""
    stack = two_stacks if family == "t5" else one_stack
    return [{"text": text} | entry for text in TEXTS for entry in stack(model, tokenizer, text)]


def main() -> None:
    """Both fixtures."""
    write(FIXTURES / "analysis" / "heads.json", {"versions": {"numpy": np.__version__}}, made_up(np.random.default_rng(11)))
    write_each_family("heads.json", of_model, {"numpy": np.__version__})


if __name__ == "__main__":
    main()
