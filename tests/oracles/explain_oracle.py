"""Fixtures of "how did this word become these tokens": each algorithm replayed in plain Python.

The `tokenizers` library normalizes and pre-tokenizes; what follows is written out here from the papers, and its
tokens are asserted to be the library's: BPE as "of all neighbours, merge the pair with the lowest rank, leftmost
first", WordPiece as "from the longest spelling down, the first that is a token", Unigram as the best and the
second-best of all ways to cut (two-best Viterbi).

Usage: python explain_oracle.py  (writes tests/fixtures/tokenizers/explained.json)
"""

import json

import tokenizers
from common import FIXTURES, dump, versions, write
from trio import paths

TEXTS = [
    "unbelievable",
    "The translators disagreed.",
    "The dog that chased the cats ___ tired.",
    "I couldn't, wouldn't and shouldn't!",
    "antidisestablishmentarianism",
    "Straße, café, naïve façade",
    "emoji 😀👍🏽 and ☕",
    "日本語のテキスト",
    "x² + y² = z²",
    "ＦＵＬＬ width ﬁ ligature",
    "hippopotamus hippopotamus",
    "aaaaaaaaaaaaaaaaaaaa",
]


def small(model: dict) -> dict:
    """A whole tokenizer.json around a model, cut at white space."""
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": {"type": "ByteFallback"},
        "model": model,
    }


def small_models() -> dict[str, dict]:
    """What the bundled three do not show: byte fallback, WordLevel, merges passed over."""
    spelled = [f"<0x{byte:02X}>" for byte in range(256)]
    words = ["<unk>", "a", "b", "ab", "abb", "ba", "c", "b</w>", "é"]
    ids = {token: i for i, token in enumerate(words + spelled)}
    bpe = {"type": "BPE", "vocab": ids, "merges": [["a", "b"], ["ab", "b"], ["b", "a"]], "unk_token": "<unk>"}
    unigram = [["<unk>", 0.0], ["a", -2.0], ["b", -2.5], ["ab", -3.0], ["abb", -6.5], ["ba", -3.5], ["é", -4.0]]
    return {
        "byte_fallback_bpe": small(bpe | {"byte_fallback": True}),
        "unknown_bpe": small(bpe | {"fuse_unk": True}),
        "whole_bpe": small(bpe | {"ignore_merges": True}),
        "byte_fallback_unigram": small(
            {"type": "Unigram", "unk_id": 0, "vocab": unigram + [[t, -9.0] for t in spelled], "byte_fallback": True}
        ),
        "word_level": small({"type": "WordLevel", "vocab": ids, "unk_token": "<unk>"}),
    }


def bpe(model: dict, piece: str) -> dict:
    """Merges in order, with the word after each."""
    vocab = model["vocab"]
    if model.get("ignore_merges") and piece in vocab:
        return {"tokens": [piece], "whole": True}
    word = []
    for char in piece:
        spelled = [f"<0x{byte:02X}>" for byte in char.encode()]
        if char in vocab:
            word.append(char)
        elif model.get("byte_fallback") and all(s in vocab for s in spelled):
            word += spelled
        elif model.get("unk_token") and not (model.get("fuse_unk") and word and word[-1] == model["unk_token"]):
            word.append(model["unk_token"])
    pairs = [tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in model["merges"]]
    ranks = {pair: rank for rank, pair in enumerate(pairs)}
    start, merges = list(word), []
    while True:
        found = [(ranks[pair], i) for i, pair in enumerate(zip(word, word[1:], strict=False)) if pair in ranks]
        if not found:
            return {"tokens": word, "start": start, "merges": merges}
        rank, i = min(found)
        left, right = word[i], word[i + 1]
        word = [*word[:i], left + right, *word[i + 2 :]]
        merges.append([rank, left, right, i, word])


def word_piece(model: dict, piece: str) -> dict:
    """What was tried at each place, longest first, and what would have fitted too."""
    vocab, attempts, at = model["vocab"], [], 0
    while at < len(piece) <= model["max_input_chars_per_word"]:
        prefix = model["continuing_subword_prefix"] if at else ""
        spelled = [prefix + piece[at:end] for end in range(len(piece), at, -1)]
        fits = [s for s in spelled if s in vocab]
        if not fits:
            attempts.append([spelled, None, []])
            return {"tokens": [model["unk_token"]], "attempts": attempts}
        attempts.append([spelled[: spelled.index(fits[0]) + 1], fits[0], fits[1:]])
        at += len(fits[0]) - len(prefix)
    return {"tokens": [a[1] for a in attempts], "attempts": attempts}


def unigram(model: dict, piece: str) -> dict:
    """The lattice, and the best two ways through it."""
    scores = {token: (score, i) for i, (token, score) in enumerate(model["vocab"])}
    unknown = min(score for _, score in model["vocab"]) - 10
    edges = []
    for begin in range(len(piece)):
        ends = [end for end in range(begin + 1, len(piece) + 1) if piece[begin:end] in scores]
        edges += [(begin, end, piece[begin:end], scores[piece[begin:end]][0]) for end in ends]
        if begin + 1 not in ends:
            edges.append((begin, begin + 1, model["vocab"][model["unk_id"]][0], unknown))
    ways: list[list[tuple[float, list]]] = [[(0.0, [])]] + [[] for _ in piece]
    for end in range(1, len(piece) + 1):
        into = [(s + e[3], [*path, e]) for e in edges if e[1] == end for s, path in ways[e[0]]]
        ways[end] = sorted(into, key=lambda way: -way[0])[:2]
    best, *second = ways[-1]
    rows = [[*e, e in best[1], bool(second) and e in second[0][1]] for e in edges]
    out = {"lattice": rows, "best": best[0], "second": second[0][0] if second else None}
    tokens: list[str] = []
    unknown_token = model["vocab"][model["unk_id"]][0]
    path = best[1]
    for i, (begin, _, token, score) in enumerate(path):
        if score != unknown:
            tokens.append(token)
            continue
        if i and path[i - 1][3] == unknown:
            continue
        end = next((e[0] for e in path[i:] if e[3] != unknown), len(piece))
        spelled = [f"<0x{byte:02X}>" for byte in piece[begin:end].encode()]
        tokens += spelled if model.get("byte_fallback") else [unknown_token]
    return {"tokens": tokens} | out


def word_level(model: dict, piece: str) -> dict:
    """A token, or unknown."""
    return {"tokens": [piece if piece in model["vocab"] else model["unk_token"]], "whole": piece in model["vocab"]}


HOW = {"BPE": bpe, "WordPiece": word_piece, "Unigram": unigram, "WordLevel": word_level}


def case(tokenizer: tokenizers.Tokenizer, file: dict, text: str) -> dict:
    """One text: its pieces and how each was cut; asserted against the library."""
    normalized = tokenizer.normalizer.normalize_str(text) if tokenizer.normalizer else text
    pieces = [piece for piece, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normalized)]
    told = [{"text": piece} | HOW[file["model"]["type"]](file["model"], piece) for piece in pieces]
    ids = [tokenizer.token_to_id(token) for piece in told for token in piece["tokens"]]
    assert ids == tokenizer.encode(text, add_special_tokens=False).ids, (text, told)
    return {"text": text, "normalized": normalized, "pieces": told}


def main() -> None:
    """Write one section of cases for each tokenizer."""
    bundled = {f"trilens-{f}": json.loads((paths.assets(f) / "tokenizer.json").read_text()) for f in paths.FAMILIES}
    extra = small_models()
    sections = {}
    for name, file in (bundled | extra).items():
        tokenizer = tokenizers.Tokenizer.from_str(dump(file))
        texts = TEXTS if name in bundled else ["abba abb ab é", "ac 😀b", "baab babb", "ñé☕ñ ab"]
        sections[name] = [case(tokenizer, file, text) for text in texts]
    head = {"about": "Written by tests/oracles/explain_oracle.py", "versions": versions(), "files": extra}
    write(FIXTURES / "tokenizers" / "explained.json", head, sections)


if __name__ == "__main__":
    main()
