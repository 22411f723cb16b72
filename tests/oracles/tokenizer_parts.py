"""Small tokenizers that together use every part Trilens knows, and what the reference makes of awkward texts with each.

Writes tests/fixtures/tokenizers/parts.json: a list of {name, tokenizer (a whole tokenizer.json), cases}. Offsets are the
reference's, which counts characters, converted to UTF-8 bytes.

Usage: python tokenizer_parts.py   (needs tokenizers and sentencepiece)
"""

import base64
import itertools
import json
import pathlib
import tempfile

import sentencepiece
import tokenizers
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

ROOT = pathlib.Path(__file__).resolve().parents[2]

TEXTS = [
    "", " ", "a", "Hello, world!", "  two  spaces  ", "don't we'll I'm he'd 'S they've you're it's", "tabs\tand\nlines\r\nhere",
    "Ünïcödé Straße ŒUVRE İstanbul ǅ", "e\u0301\u0327 q\u0307\u0323 \u0344x a\u0315\u0300\u05ae\u0062 \u1e9b\u0323", "ﬁ ﬂ ㎏ ½ Ⅷ ① ﷺ Ａ１",
    "東京 tower 大学", "한국어 \u1112\u1161\u11ab", "ไทย हिन्दी தமிழ்", "עברית \u200f العربية ـ٣٤", "👩‍👩‍👧 🇳🇴 ❤️ 👍🏽", "x\u200by\u200cz\ufeff\u00ad\u2028\u3000!",
    "\x00\x01\x1f\x7f\x85\x9f\ufffd", "1,234.56 12345 ١٢٣ ²³", "...!!! (a-b) a--b the-final--countdown", "<s> x</s>[MASK] <mask>,<mask>  <x>y Xx xX",
    "aaaa aaab abab baba", "zzz qqq \u2603 \u2603\u2603", "▁a ▁▁b", "Ġword ##ing <0x41>", "supercalifragilisticexpialidocious", "``quoted'' text",
    "  <mask>  x", "\u3000 <mask>é", " <mask>",
]
CORPUS = [
    "hello world", "the cat sat on the mat", "abab aaaa baba", "two spaces and tabs and lines here", "we don't know that he is here",
    "the final countdown, the tower", "words and wording, text and texts", "super expensive and fragile",
]


def charsmap() -> str:
    """A small normalization rule set, compiled by SentencePiece itself, as base64."""
    rules = {"ﬁ": "fi", "Ａ": "A", "\u3000": " ", "\t": " ", "\r": " ", "\n": " ", "½": "1/2", "e\u0301": "é", "㎏": "kg", "\u00ad": "", "\x01": "", "ª": "a"}
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        hexes = lambda text: " ".join(f"{ord(c):04X}" for c in text)
        (place / "rules.tsv").write_text("".join(f"{hexes(a)}\t{hexes(b)}\n" for a, b in rules.items()))
        (place / "corpus.txt").write_text("\n".join(CORPUS * 4))
        sentencepiece.SentencePieceTrainer.train(
            input=str(place / "corpus.txt"), model_prefix=str(place / "m"), vocab_size=60, model_type="unigram",
            normalization_rule_tsv=str(place / "rules.tsv"), minloglevel=2, hard_vocab_limit=False)
        proto = sentencepiece_model_pb2.ModelProto()
        proto.ParseFromString((place / "m.model").read_bytes())
    return base64.b64encode(proto.normalizer_spec.precompiled_charsmap).decode()


def by_characters(normalizer) -> Tokenizer:
    """Every character that the normalizer writes for TEXTS is a token: shows the normalized text and its offsets."""
    seen = sorted({c for text in TEXTS for c in normalizer.normalize_str(text)})[::2]  # every other one is unknown
    tokenizer = Tokenizer(models.BPE({"<unk>": 0} | {c: i + 1 for i, c in enumerate(seen)}, [], unk_token="<unk>"))
    tokenizer.normalizer = normalizer
    return tokenizer


def by_pieces(pre_tokenizer) -> Tokenizer:
    """Every piece is one token: shows where the text is cut."""
    seen = sorted({piece for text in TEXTS for piece, _ in pre_tokenizer.pre_tokenize_str(text)})[::2]
    tokenizer = Tokenizer(models.WordLevel({"<unk>": 0} | {p: i + 1 for i, p in enumerate(p for p in seen if p != "<unk>")}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizer
    return tokenizer


def normalizer_parts():
    bert = normalizers.BertNormalizer
    yield "bert", bert()
    yield "bert, cased", bert(lowercase=False)
    yield "bert, accents kept", bert(strip_accents=False)
    yield "bert, only accents", bert(clean_text=False, handle_chinese_chars=False, strip_accents=True, lowercase=False)
    for form in (normalizers.NFC, normalizers.NFD, normalizers.NFKC, normalizers.NFKD, normalizers.Lowercase, normalizers.Nmt, normalizers.ByteLevel):
        yield form.__name__.lower(), form()
    yield "strip accents", normalizers.Sequence([normalizers.NFD(), normalizers.StripAccents()])
    for left, right in itertools.product([False, True], repeat=2):
        yield f"strip {left} {right}", normalizers.Strip(left, right)
    yield "replace a string", normalizers.Replace("aa", "Ōx")
    yield "replace by nothing", normalizers.Replace(" ", "")
    yield "replace spaces", normalizers.Replace(Regex(" {2,}"), "▁")
    yield "replace white space", normalizers.Replace(Regex(r"\s+"), " ")
    yield "replace a class", normalizers.Replace(Regex(r"[\n\r\t]"), "_")
    yield "replace not a class", normalizers.Replace(Regex(r"[^a-]".replace("-", "b")), "_")
    yield "replace counted", normalizers.Replace(Regex(r"a{2,3}"), "A")
    yield "replace quotes", normalizers.Sequence([normalizers.Replace("``", '"'), normalizers.Replace("''", '"')])
    yield "prepend", normalizers.Prepend("▁")
    yield "prepend two", normalizers.Sequence([normalizers.Prepend("ab"), normalizers.Replace(" ", "▁")])


def pretokenizer_parts():
    p = pre_tokenizers
    yield "bert", p.BertPreTokenizer()
    yield "whitespace", p.Whitespace()
    yield "whitespace split", p.WhitespaceSplit()
    yield "delimiter", p.CharDelimiterSplit("a")
    yield "digits", p.Digits(individual_digits=False)
    yield "digits one by one", p.Digits(individual_digits=True)
    behaviors = ["removed", "isolated", "merged_with_previous", "merged_with_next", "contiguous"]
    for behavior in behaviors:
        yield f"punctuation {behavior}", p.Punctuation(behavior)
        yield f"split at a string {behavior}", p.Split("-", behavior)
        yield f"split at white space {behavior}, inverted", p.Split(Regex(r"\s+"), behavior, invert=True)
    yield "split by gpt-2's pattern", p.Split(Regex(r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""), "isolated")
    yield "split at letters", p.Split(Regex(r"\p{L}+"), "removed", invert=True)
    for scheme, split in itertools.product(["always", "first", "never"], [True, False]):
        yield f"metaspace {scheme} {split}", p.Metaspace("▁", prepend_scheme=scheme, split=split)
    for prefix, regex in itertools.product([True, False], repeat=2):
        yield f"byte level {prefix} {regex}", p.ByteLevel(add_prefix_space=prefix, use_regex=regex)
    yield "sequence", p.Sequence([p.WhitespaceSplit(), p.Metaspace("▁", prepend_scheme="always"), p.Digits(True)])


def byte_tokens() -> list[str]:
    return [f"<0x{b:02X}>" for b in range(256)]


def model_parts():
    """Trained small models, and options that change what they do."""
    yield from bpe_parts()
    yield from other_models()


def trained(model, trainer, pre_tokenizer) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizer
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def with_model(tokenizer: Tokenizer, **changes) -> Tokenizer:
    data = json.loads(tokenizer.to_str())
    data["model"].update(changes)
    return Tokenizer.from_str(json.dumps(data))


def bpe_parts():
    p, options = pre_tokenizers, {"vocab_size": 120, "show_progress": False}
    byte_level = trained(
        models.BPE(), trainers.BpeTrainer(vocab_size=300, show_progress=False, initial_alphabet=p.ByteLevel.alphabet()), p.ByteLevel(add_prefix_space=False))
    byte_level.decoder = decoders.ByteLevel()
    yield "byte-level bpe", byte_level
    words = trained(models.BPE(unk_token="<unk>"), trainers.BpeTrainer(special_tokens=["<unk>"], **options), p.Whitespace())
    yield "bpe", words
    yield "bpe, unknown fused", with_model(words, fuse_unk=True)
    yield "bpe, unknown dropped", with_model(words, unk_token=None)
    vocabulary = json.loads(words.to_str())["model"]["vocab"]
    yield "bpe, merges ignored", with_model(words, ignore_merges=True, vocab=vocabulary | {"abab": len(vocabulary), "hello": len(vocabulary) + 1})
    fallback = with_model(words, vocab=vocabulary | {t: len(vocabulary) + i for i, t in enumerate(byte_tokens())}, byte_fallback=True, fuse_unk=True)
    fallback.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
    yield "bpe, byte fallback", fallback
    some_bytes = {t: len(vocabulary) + i for i, t in enumerate(byte_tokens()[0x80:0xF0])}
    yield "bpe, some bytes", with_model(words, vocab=vocabulary | some_bytes, byte_fallback=True, fuse_unk=True)
    suffix = trained(
        models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"),
        trainers.BpeTrainer(special_tokens=["<unk>"], end_of_word_suffix="</w>", **options), p.WhitespaceSplit())
    suffix.decoder = decoders.BPEDecoder("</w>")
    yield "bpe with a suffix", suffix
    prefix = trained(
        models.BPE(unk_token="<unk>", continuing_subword_prefix="##"),
        trainers.BpeTrainer(special_tokens=["<unk>"], continuing_subword_prefix="##", **options), p.WhitespaceSplit())
    prefix.decoder = decoders.WordPiece()
    yield "bpe with a prefix", prefix


def other_models():
    p, options = pre_tokenizers, {"vocab_size": 120, "show_progress": False}
    pieces = trained(models.WordPiece(unk_token="[UNK]"), trainers.WordPieceTrainer(special_tokens=["[UNK]"], **options), p.BertPreTokenizer())
    pieces.decoder = decoders.WordPiece(cleanup=True)
    yield "word piece", pieces
    yield "word piece, short words", with_model(pieces, max_input_chars_per_word=5)
    unigram = trained(models.Unigram(), trainers.UnigramTrainer(special_tokens=["<unk>"], unk_token="<unk>", **options), p.Metaspace())
    unigram.decoder = decoders.Metaspace()
    yield "unigram", unigram
    rows = json.loads(unigram.to_str())["model"]["vocab"]
    yield "unigram, byte fallback", with_model(unigram, byte_fallback=True, vocab=rows + [[t, -12.5] for t in byte_tokens()])
    yield "unigram, ties", with_model(unigram, vocab=[["<unk>", 0.0], ["a", -1.0], ["b", -1.0], ["ab", -2.0], ["ba", -2.0], ["aa", -2.0], ["▁", -1.0], ["▁a", -2.0]], unk_id=0)
    whole = unigram_of_unknown_text()
    yield "unigram, fused text that is a token", whole


def unigram_of_unknown_text() -> Tokenizer:
    """Two unknown characters in a row spell a token so unlikely that the search avoids it."""
    rows = [["<unk>", -1.0], ["a", -1.0], ["☃☃", -200.0], ["zz", -100.0]]
    tokenizer = Tokenizer(models.Unigram([tuple(r) for r in rows], unk_id=0, byte_fallback=False))
    return tokenizer


def whole_tokenizers():
    """Added tokens, post-processors and decoders on a byte-level BPE and a word piece."""
    byte_level = next(bpe_parts())[1]
    for prefix, trim in itertools.product([True, False], repeat=2):
        roberta = Tokenizer.from_str(byte_level.to_str())
        roberta.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
        roberta.add_special_tokens(["<s>", "</s>", AddedToken("<mask>", lstrip=True, special=True)])
        cls, sep = (("<s>", roberta.token_to_id("<s>")), ("</s>", roberta.token_to_id("</s>")))
        roberta.post_processor = processors.RobertaProcessing(sep, cls, trim_offsets=trim, add_prefix_space=prefix)
        yield f"roberta {prefix} {trim}", roberta
    trimmed = Tokenizer.from_str(byte_level.to_str())
    trimmed.add_special_tokens([AddedToken("<mask>", rstrip=True, lstrip=True, special=True)])
    trimmed.add_tokens([AddedToken("<x>", normalized=True), "Xx"])
    mask = trimmed.token_to_id("<mask>")
    trimmed.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=True, add_prefix_space=False),
        processors.TemplateProcessing(single="<mask>:1 $A:2 both:3", pair=None, special_tokens=[
            ("<mask>", mask), {"id": "both", "ids": [mask, trimmed.token_to_id("Xx")], "tokens": ["<mask>", "Xx"]}])])
    yield "sequence of post-processors", trimmed
    bert = dict(other_models())["word piece"]
    bert.normalizer = normalizers.BertNormalizer()
    bert.add_special_tokens(["[CLS]", "[SEP]", "[MASK]"])
    bert.post_processor = processors.BertProcessing(("[SEP]", bert.token_to_id("[SEP]")), ("[CLS]", bert.token_to_id("[CLS]")))
    bert.add_tokens([AddedToken("Xx", normalized=True, single_word=True), AddedToken("a-b", normalized=False), AddedToken("the", single_word=True, rstrip=True, normalized=True)])
    yield "bert processing", bert
    ctc = by_pieces(pre_tokenizers.WhitespaceSplit())
    ctc.decoder = decoders.CTC(pad_token="a", word_delimiter_token="e")
    yield "ctc decoder", ctc
    plain = by_pieces(pre_tokenizers.WhitespaceSplit())
    yield "no decoder", plain
    for name, decoder in (
        ("replace", decoders.Sequence([decoders.Replace(Regex("l+"), "L"), decoders.Fuse()])), ("strip", decoders.Strip("a", 2, 1)),
        ("metaspace", decoders.Metaspace("▁", prepend_scheme="never")), ("word piece, as is", decoders.WordPiece("##", cleanup=False)),
    ):
        tokenizer = Tokenizer.from_str(plain.to_str())
        tokenizer.decoder = decoder
        yield f"decoder {name}", tokenizer


def precompiled() -> Tokenizer:
    part = json.dumps({"type": "Precompiled", "precompiled_charsmap": charsmap()})
    plain = json.loads(by_characters(normalizers.Lowercase()).to_str())
    plain["normalizer"] = {"type": "Sequence", "normalizers": [json.loads(part), {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"}]}
    return Tokenizer.from_str(json.dumps(plain))


def all_tokenizers():
    for name, part in normalizer_parts():
        yield f"normalizer: {name}", by_characters(part)
    yield "normalizer: precompiled", precompiled()
    for name, part in pretokenizer_parts():
        yield f"pre-tokenizer: {name}", by_pieces(part)
    for name, tokenizer in model_parts():
        yield f"model: {name}", tokenizer
    for name, tokenizer in whole_tokenizers():
        yield f"whole: {name}", tokenizer


def case(tokenizer: Tokenizer, text: str) -> list:
    """text, ids, offsets (bytes), type ids, special mask, decoded, decoded without special tokens, ids without them added."""
    encoding = tokenizer.encode(text)
    starts = [0]
    for char in text:
        starts.append(starts[-1] + len(char.encode()))
    offsets = [[starts[a], starts[b]] for a, b in encoding.offsets]
    return [
        text, encoding.ids, offsets, encoding.type_ids, encoding.special_tokens_mask,
        tokenizer.decode(encoding.ids, skip_special_tokens=False) if encoding.ids else "",
        tokenizer.decode(encoding.ids, skip_special_tokens=True) if encoding.ids else "",
        tokenizer.encode(text, add_special_tokens=False).ids,
    ]


def main() -> None:
    dump = lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    rows = []
    for name, tokenizer in all_tokenizers():
        tokenizer = Tokenizer.from_str(tokenizer.to_str())
        cases = ",\n".join(dump(case(tokenizer, text)) for text in TEXTS)
        rows.append(f'{{"name":{dump(name)},"tokenizer":{dump(json.loads(tokenizer.to_str()))},"cases":[\n{cases}\n]}}')
    head = f'{{"about":"Written by tests/oracles/tokenizer_parts.py","reference":"tokenizers {tokenizers.__version__}","tokenizers":[\n'
    target = ROOT / "tests/fixtures/tokenizers/parts.json"
    target.write_text(head + ",\n".join(rows) + "\n]}\n", encoding="utf-8")
    print(f"{len(rows)} tokenizers, {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
