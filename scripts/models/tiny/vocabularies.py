"""tokenizer.json of each family's real kind, trained on lines.txt: the parts are those of the family's own files.

bert      BertNormalizer, BertPreTokenizer, WordPiece, BERT's template        (bert-base-uncased)
roberta   ByteLevel, BPE, RobertaProcessing                                  (roberta-base, bart-base)
gpt2      ByteLevel, BPE, ByteLevel                                          (gpt2)
t5        nmt_nfkc character map, Metaspace, Unigram, sentinels, template     (t5-small)
flan-t5   as t5, with a character map of a few rules: the whole one takes 300 KB
mt5       as flan-t5, without sentinels
marian    as transformers.js's converter writes it: Precompiled, WhitespaceSplit and Metaspace, Unigram over vocab.json's ids
"""

import base64
import json
import tempfile
from pathlib import Path

import sentencepiece
import transformers as t
from sentencepiece import sentencepiece_model_pb2 as sentencepiece_model
from tokenizers import (
    ByteLevelBPETokenizer,
    Tokenizer,
    models,
    normalizers,
    pre_tokenizers,
    trainers,
)

LINES = (Path(__file__).parent / "lines.txt").read_text(encoding="utf-8").splitlines()
WORDPIECE, BPE, UNIGRAM = 200, 320, 180
# Source and target characters of a small map: a ligature, full-width forms, a no-break space.
CHARACTER_MAP = "FB01\t66 69\n2126\t3A9\nFF21\t41\nFF22\t42\nA0\t20\n2026\t2E 2E 2E\n"


def bert(folder: Path) -> t.PreTrainedTokenizerFast:
    """bert-base-uncased's parts."""
    raw = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    raw.normalizer, raw.pre_tokenizer = (
        normalizers.BertNormalizer(lowercase=True),
        pre_tokenizers.BertPreTokenizer(),
    )
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    raw.train_from_iterator(
        LINES, trainers.WordPieceTrainer(vocab_size=WORDPIECE, special_tokens=specials, show_progress=False)
    )
    vocabulary = raw.get_vocab()
    path = folder / "vocab.txt"
    path.write_text("\n".join(sorted(vocabulary, key=vocabulary.get)) + "\n", encoding="utf-8")
    return t.BertTokenizerFast(vocab_file=str(path), do_lower_case=True)


def _byte_level(folder: Path, specials: list[str], first: bool) -> dict[str, str]:
    raw = ByteLevelBPETokenizer()
    raw.train_from_iterator(
        LINES, vocab_size=BPE, min_frequency=2, special_tokens=specials if first else [], show_progress=False
    )
    raw.save_model(str(folder))
    path = folder / "vocab.json"
    vocabulary = json.loads(path.read_text(encoding="utf-8"))
    for special in specials:
        vocabulary.setdefault(special, len(vocabulary))
    path.write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    return {"vocab_file": str(path), "merges_file": str(folder / "merges.txt")}


def gpt2(folder: Path) -> t.PreTrainedTokenizerFast:
    """Its only special token comes last."""
    return t.GPT2TokenizerFast(**_byte_level(folder, ["<|endoftext|>"], False))


def roberta(folder: Path) -> t.PreTrainedTokenizerFast:
    """Special tokens first, the mask last."""
    files = _byte_level(folder, ["<s>", "<pad>", "</s>", "<unk>"], True)
    return t.RobertaTokenizerFast(**files)


def _pieces(folder: Path, rules: str | None, **ids) -> str:
    text = folder / "lines.txt"
    text.write_text("\n".join(LINES) + "\n", encoding="utf-8")
    settings = {"normalization_rule_name": "nmt_nfkc"}
    if rules is not None:
        path = folder / "rules.tsv"
        path.write_text(rules, encoding="utf-8")
        settings = {"normalization_rule_tsv": str(path)}
    sentencepiece.SentencePieceTrainer.train(
        input=str(text),
        model_prefix=str(folder / "spiece"),
        vocab_size=UNIGRAM,
        model_type="unigram",
        hard_vocab_limit=False,
        character_coverage=1.0,
        minloglevel=2,
        num_threads=1,
        **settings,
        **ids,
    )
    return str(folder / "spiece.model")


T5_IDS = {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1}


def t5(folder: Path) -> t.PreTrainedTokenizerFast:
    """The whole character map, sentinels."""
    return t.T5TokenizerFast(vocab_file=_pieces(folder, None, **T5_IDS), extra_ids=10)


def flan_t5(folder: Path) -> t.PreTrainedTokenizerFast:
    """The short map."""
    return t.T5TokenizerFast(vocab_file=_pieces(folder, CHARACTER_MAP, **T5_IDS), extra_ids=10)


def mt5(folder: Path) -> t.PreTrainedTokenizerFast:
    """No sentinels among the added tokens."""
    return t.T5TokenizerFast(vocab_file=_pieces(folder, CHARACTER_MAP, **T5_IDS), extra_ids=0)


def marian(folder: Path) -> t.PreTrainedTokenizerFast:
    """Marian has no fast tokenizer in transformers; hub files come from transformers.js's converter, whose parts these are."""
    proto = sentencepiece_model.ModelProto()
    proto.ParseFromString(
        Path(_pieces(folder, CHARACTER_MAP, eos_id=0, unk_id=1, bos_id=-1, pad_id=-1)).read_bytes()
    )
    pieces = [(piece.piece, piece.score) for piece in proto.pieces]
    vocabulary = [
        ("</s>", 0.0),
        ("<unk>", 0.0),
        *[p for p in pieces if p[0] not in ("</s>", "<unk>")],
        ("<pad>", 0.0),
    ]
    ids = {piece: i for i, (piece, _) in enumerate(vocabulary)}
    whole = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [
            {
                "id": ids[s],
                "content": s,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
            for s in ("</s>", "<unk>", "<pad>")
        ],
        "normalizer": {
            "type": "Precompiled",
            "precompiled_charsmap": base64.b64encode(proto.normalizer_spec.precompiled_charsmap).decode(),
        },
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "WhitespaceSplit"},
                {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True},
            ],
        },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "</s>", "type_id": 0}},
            ],
            "pair": [
                {"Sequence": {"id": "A", "type_id": 0}},
                {"SpecialToken": {"id": "</s>", "type_id": 0}},
                {"Sequence": {"id": "B", "type_id": 0}},
                {"SpecialToken": {"id": "</s>", "type_id": 0}},
            ],
            "special_tokens": {"</s>": {"id": "</s>", "ids": [0], "tokens": ["</s>"]}},
        },
        "decoder": {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True},
        "model": {"type": "Unigram", "unk_id": ids["<unk>"], "vocab": vocabulary},
    }
    path = folder / "marian.json"
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
    return t.PreTrainedTokenizerFast(
        tokenizer_file=str(path), eos_token="</s>", unk_token="<unk>", pad_token="<pad>", model_max_length=512
    )


MAKERS = {
    "bert": bert,
    "roberta": roberta,
    "gpt2": gpt2,
    "t5": t5,
    "flan-t5": flan_t5,
    "mt5": mt5,
    "marian": marian,
}


def make(family: str) -> t.PreTrainedTokenizerFast:
    """The tokenizer of a family, trained now; the same every time."""
    with tempfile.TemporaryDirectory() as folder:
        return MAKERS[family](Path(folder))
