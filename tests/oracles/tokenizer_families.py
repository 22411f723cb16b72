"""Small tokenizers built like those of the families Trilens opens: the same parts, set the same way, on small vocabularies.

Writes tests/fixtures/tokenizers/families/<name>.json, each a whole tokenizer.json but for SentencePiece's character map: where
that is needed "nmt_nfkc" stands in its place, and the real one is that of assets/models/trilens-t5 (see `with_charsmap`).
How each part is set is what transformers 5.23 (convert_slow_tokenizer.py, models/*/tokenization_*.py) and the files on the
hub say. The vocabularies are trained on the corpus of the bundled models and on tests/fixtures/tokenizers/materials.json.

Usage: python tokenizer_families.py   (needs tokenizers; then run tokenizer_digests.py)
"""

import json
import lzma
import pathlib

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "fixtures" / "tokenizers" / "families"
GPT4 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)  # Llama 3 as well
QWEN2 = GPT4.replace("{1,3}", "")
GPT4O = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def with_charsmap(text: str) -> str:
    """A family's file made whole: the name of the character map becomes the map."""
    whole = json.loads((ROOT / "assets/models/trilens-t5/tokenizer.json").read_text(encoding="utf-8"))
    return text.replace('"nmt_nfkc"', json.dumps(whole["normalizer"]["precompiled_charsmap"]))


def load(name: str) -> Tokenizer:
    """The family's tokenizer, as the reference reads its file."""
    return Tokenizer.from_str(with_charsmap((FOLDER / f"{name}.json").read_text(encoding="utf-8")))


def precompiled() -> normalizers.Normalizer:
    """SentencePiece's nmt_nfkc rules."""
    part = json.loads(with_charsmap('{"type":"Precompiled","precompiled_charsmap":"nmt_nfkc"}'))
    base = json.loads(Tokenizer(models.WordLevel({"a": 0}, unk_token="a")).to_str())
    return Tokenizer.from_str(json.dumps(base | {"normalizer": part})).normalizer


def sentences(every: int, first: int, languages: slice = slice(0, 2)) -> list[str]:
    """English and French from the corpus, and the scripts, code and emoji that the test strings are made of."""
    with lzma.open(ROOT / "scripts/models/corpus/eng-fra.tsv.xz", "rt", encoding="utf-8") as file:
        rows = [line.rstrip("\n").split("\t")[languages] for line in file]
    materials = json.loads((FOLDER.parent / "materials.json").read_text(encoding="utf-8"))
    more = [" ".join(words) for words in materials["scripts"]] + materials["code"] + materials["emoji"] + materials["naughty"]
    return [side for row in rows[first::every] for side in row] + more * 4


def trained(tokenizer: Tokenizer, trainer, texts: list[str]) -> Tokenizer:
    """The tokenizer with a vocabulary of its own."""
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def template(tokenizer: Tokenizer, single: str, pair: str, *names: str) -> processors.TemplateProcessing:
    """Special tokens around the text."""
    return processors.TemplateProcessing(single=single, pair=pair, special_tokens=[(n, tokenizer.token_to_id(n)) for n in names])


# --- WordPiece

BERT_SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def bert(texts: list[str], *, size: int = 900, **normalizer) -> Tokenizer:
    """BERT: lower case or not, words and punctuation apart, WordPiece."""
    out = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    out.normalizer = normalizers.BertNormalizer(**normalizer)
    out.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trained(out, trainers.WordPieceTrainer(vocab_size=size, limit_alphabet=420, special_tokens=BERT_SPECIALS, show_progress=False), texts)
    out.post_processor = template(out, "[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", "[CLS]", "[SEP]")
    out.decoder = decoders.WordPiece(prefix="##", cleanup=True)
    return out


def distilbert() -> Tokenizer:
    """DistilBERT, from a file of the older kind: BertProcessing, words of at most 100 characters, accents kept."""
    out = bert(sentences(90, 3), size=700, lowercase=True, strip_accents=False)
    sep, cls = (("[SEP]", out.token_to_id("[SEP]")), ("[CLS]", out.token_to_id("[CLS]")))
    out.post_processor = processors.BertProcessing(sep, cls)
    out.add_tokens([AddedToken("[unused1]", normalized=True), AddedToken("cat", single_word=True, normalized=True)])
    return out


# --- byte-level BPE

def byte_level(texts: list[str], size: int, specials: list[str], **options) -> Tokenizer:
    """GPT-2's way: words by its pattern, bytes as letters, BPE."""
    out = Tokenizer(models.BPE(continuing_subword_prefix="", end_of_word_suffix="", fuse_unk=False, **options))
    out.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    out.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    return trained(out, trainers.BpeTrainer(vocab_size=size, special_tokens=specials, initial_alphabet=alphabet, show_progress=False), texts)


def gpt2() -> Tokenizer:
    """GPT-2: offsets are not trimmed."""
    out = byte_level(sentences(60, 1), 900, ["<|endoftext|>"])
    out.post_processor = processors.ByteLevel(trim_offsets=False)
    return out


def gpt_neo() -> Tokenizer:
    """GPT-Neo: a prefix space, offsets trimmed, the special token looked for in normalized text."""
    out = byte_level(sentences(80, 5), 700, [])
    out.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True, trim_offsets=True)
    out.post_processor = processors.ByteLevel(trim_offsets=True, add_prefix_space=True)
    out.add_special_tokens([AddedToken("<|endoftext|>", normalized=True, special=True)])
    return out


def roberta(first: int, *, prefix: bool, trim: bool) -> Tokenizer:
    """RoBERTa and BART: <s> text </s>, and a mask that takes the space before it along."""
    out = byte_level(sentences(70, first), 800, ["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    out.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    out.add_special_tokens([AddedToken("<mask>", lstrip=True, normalized=False, special=True)])
    out.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=trim, add_prefix_space=prefix)
    return out


def modern(texts: list[str], pattern: str, size: int, normalizer, first: str) -> Tokenizer:
    """Llama 3, Qwen 2, GPT-4o: a pattern of their own before the bytes; whole words before merges."""
    out = byte_level(texts, size, [first, "<|im_start|>", "<|eot_id|>"], ignore_merges=True)
    if normalizer:
        out.normalizer = normalizer
    out.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(pattern), "isolated", invert=False), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    return out


def llama3() -> Tokenizer:
    """Llama 3: begins with a special token, by a template after ByteLevel."""
    out = modern(sentences(60, 2), GPT4, 900, None, "<|begin_of_text|>")
    begin = template(out, "<|begin_of_text|> $A", "<|begin_of_text|> $A <|begin_of_text|>:1 $B:1", "<|begin_of_text|>")
    out.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=True), begin])
    return out


# --- SentencePiece

def unigram(texts: list[str], size: int, specials: list[str], pre_tokenizer, normalizer) -> Tokenizer:
    """SentencePiece's model with its normalization."""
    out = Tokenizer(models.Unigram())
    out.normalizer = normalizer
    out.pre_tokenizer = pre_tokenizer
    trained(out, trainers.UnigramTrainer(vocab_size=size, special_tokens=specials, unk_token="<unk>", show_progress=False), texts)
    out.decoder = decoders.Metaspace(prepend_scheme="always")
    return out


def modern_rules() -> normalizers.Normalizer:
    """What SpmConverter writes today."""
    return normalizers.Sequence([precompiled(), normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), "▁")])


def old_words() -> pre_tokenizers.PreTokenizer:
    """What it wrote in 2020, when most files on the hub were made."""
    return pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")])


def t5() -> Tokenizer:
    """T5: blanks <extra_id_n>, an end token."""
    extra = [f"<extra_id_{i}>" for i in range(99, -1, -1)]
    out = unigram(sentences(60, 4), 900, ["<pad>", "</s>", "<unk>"], old_words(), precompiled())
    out.add_special_tokens([AddedToken(t, normalized=False, special=True) for t in extra])
    out.post_processor = template(out, "$A </s>", "$A </s> $B </s>", "</s>")
    return out


def mt5() -> Tokenizer:
    """mT5: as today's converter writes it; blanks strip the space beside them (as T5TokenizerFast adds them)."""
    out = unigram(sentences(80, 6), 800, ["<pad>", "</s>", "<unk>"], pre_tokenizers.Metaspace(prepend_scheme="always"), modern_rules())
    out.add_special_tokens([AddedToken(f"<extra_id_{i}>", lstrip=True, rstrip=True, normalized=False, special=True) for i in range(3)])
    out.post_processor = template(out, "$A </s>", "$A </s> $B </s>", "</s>")
    return out


def umt5() -> Tokenizer:
    """Unigram with byte fallback, the first space only before the text."""
    scheme = pre_tokenizers.Metaspace(prepend_scheme="first")
    specials = ["<pad>", "</s>", "<unk>"] + [f"<0x{b:02X}>" for b in range(256)]
    out = unigram(sentences(90, 7), 1000, specials, scheme, modern_rules())
    data = json.loads(out.to_str())
    data["model"]["byte_fallback"] = True
    data["added_tokens"] = data["added_tokens"][:3]
    data["decoder"] = json.loads(decoder_with_bytes().__getstate__())
    out = Tokenizer.from_str(json.dumps(data))
    out.post_processor = template(out, "$A </s>", "$A </s> $B </s>", "</s>")
    return out


def marian() -> Tokenizer:
    """Marian (opus-mt): <pad> comes last, runs of spaces are one, language tokens are written in the text."""
    rules = normalizers.Sequence([precompiled(), normalizers.Replace(Regex(" {2,}"), " ")])
    out = unigram(sentences(70, 8), 800, ["</s>", "<unk>"], old_words(), rules)
    out.add_special_tokens([AddedToken("<pad>", normalized=False, special=True)])
    out.add_tokens([AddedToken(">>fra<<", normalized=False), AddedToken(">>nob<<", normalized=False)])
    out.post_processor = template(out, "$A </s>", "$A $B </s>", "</s>")
    return out


def xlm_roberta() -> Tokenizer:
    """XLM-R and the sentence encoders made of it."""
    out = unigram(sentences(50, 9), 1100, ["<s>", "<pad>", "</s>", "<unk>"], pre_tokenizers.Metaspace(prepend_scheme="always"), modern_rules())
    out.add_special_tokens([AddedToken("<mask>", lstrip=True, normalized=False, special=True)])
    out.post_processor = template(out, "<s> $A </s>", "<s> $A </s> </s> $B </s>", "<s>", "</s>")
    return out


def decoder_with_bytes() -> decoders.Decoder:
    """Llama's: spaces, bytes, all in one, and the first space off."""
    return decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])


def byte_fallback_bpe(*, legacy: bool) -> Tokenizer:
    """Llama 1 and 2: the whole text is one word; characters without a token are written as bytes."""
    out = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    rules = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    out.normalizer = normalizers.Replace(" ", "▁")
    out.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    specials = ["<unk>", "<s>", "</s>"] + [f"<0x{b:02X}>" for b in range(256)]
    trained(out, trainers.BpeTrainer(vocab_size=1000, limit_alphabet=300, special_tokens=specials, show_progress=False), sentences(60, 10))
    data = json.loads(out.to_str())
    data["added_tokens"] = data["added_tokens"][:3]
    data["normalizer"] = data["pre_tokenizer"] = None
    out = Tokenizer.from_str(json.dumps(data))
    if legacy:
        out.normalizer = rules
    else:
        out.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    out.add_special_tokens([AddedToken(t, normalized=legacy, special=True) for t in ("<unk>", "<s>", "</s>")])
    out.post_processor = template(out, "<s> $A", "<s> $A <s>:1 $B:1", "<s>")
    out.decoder = decoder_with_bytes()
    return out


FAMILIES = {
    "bert-uncased": lambda: bert(sentences(60, 0), lowercase=True),
    "bert-cased": lambda: bert(sentences(60, 11), lowercase=False),
    "labse": lambda: bert(sentences(200, 12), size=1200, lowercase=False, strip_accents=None, handle_chinese_chars=True),
    "distilbert": distilbert,
    "roberta": lambda: roberta(13, prefix=False, trim=True),
    "bart": lambda: roberta(14, prefix=True, trim=False),
    "gpt2": gpt2,
    "gpt-neo": gpt_neo,
    "llama3": llama3,
    "qwen2": lambda: modern(sentences(60, 15), QWEN2, 800, normalizers.NFC(), "<|endoftext|>"),
    "gpt-4o": lambda: modern(sentences(60, 16), GPT4O, 800, None, "<|endoftext|>"),
    "t5": t5,
    "mt5": mt5,
    "umt5": umt5,
    "marian": marian,
    "xlm-roberta": xlm_roberta,
    "llama": lambda: byte_fallback_bpe(legacy=True),
    "llama-not-legacy": lambda: byte_fallback_bpe(legacy=False),
}


def main() -> None:
    """Train and write them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, make in FAMILIES.items():
        data = json.loads(make().to_str())
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        whole = json.loads((ROOT / "assets/models/trilens-t5/tokenizer.json").read_text(encoding="utf-8"))
        text = text.replace(json.dumps(whole["normalizer"]["precompiled_charsmap"]), '"nmt_nfkc"')
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        print(f"{name}: {load(name).get_vocab_size()} tokens, {len(text):,} characters")


if __name__ == "__main__":
    main()
