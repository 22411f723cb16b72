"""Train the three tokenizers: the families' own algorithms, the same text, the same vocabulary size."""

import io
import json
import random
import re
from collections import Counter

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertTokenizer, GPT2Tokenizer, PreTrainedTokenizerFast, T5Tokenizer

from . import corpus, gpt2_tasks, paths, t5_tasks
from .models import POSITIONS, VOCABULARY

SENTINELS = 32
# The names of tasks are words that everyone types, but hardly any text has them: so often they are counted,
# and cost few pieces.
TASK_WORDS, TASK_WORD_COUNT = ("English: a French: a", "context: a question: a"), 3000
# Characters that visitors may type although the corpus hardly has them; Unigram would call them unknown.
EXTRA_ALPHABET = list(
    ".,;:!?-’‘“”…–—«»€£$%&@#*+=<>/\\[]{}()_^~|`'\"°²½×÷·¿¡"
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "àâäæçéèêëîïôœùûüÿÀÂÄÆÇÉÈÊËÎÏÔŒÙÛÜŸåøÅØñÑöÖßáíóúÁÍÓÚ"
)
USUAL = 20  # a word this frequent is looked for as a piece
# Where T5's pieces end although the word goes on: around punctuation, after an elision (l'eau), before -vous.
ENDS = (
    (r"▁?[.,!?;:\"()…«»]+", "isolated"),
    (r"^▁?(?i:[cdjlmnst]|qu|lorsqu|jusqu|puisqu)'(?=\w\w)", "isolated"),
    (r"-(?=\w)", "merged_with_next"),
)


def task_lines() -> list[str]:
    """The tasks' names as they stand before a text."""
    prefixes = (t5_tasks.INTO_FRENCH, t5_tasks.INTO_ENGLISH, t5_tasks.SUMMARIZE, t5_tasks.CORRECT)
    labels = [f"{label} a" for row in gpt2_tasks.LABELS.values() for label in row]
    return [*(prefix + "a" for prefix in (*prefixes, t5_tasks.SENTIMENT)), *labels, *TASK_WORDS]


def sentences() -> list[str]:
    """The training text: every distinct training sentence of both languages, as many letters from the world
    as from the pairs, and the tasks' names."""
    data = corpus.read()
    everyday = data.english() + data.french()
    if not data.documents:
        raise SystemExit("there are no documents of the small world; first: python -m world.generate")
    room, world = sum(map(len, everyday)), []
    for document in random.Random(0).sample(data.documents, len(data.documents)):
        texts = [*document.sentences, *(row[i : i + 2] for row in document.questions for i in (0, 2))]
        lines = [line for row in (*texts, document.summary or ()) for line in row if line]
        room -= sum(map(len, lines))
        if room < 0:
            break
        world += lines
    return everyday + world + task_lines() * TASK_WORD_COUNT


def train_bert(text: list[str]) -> Tokenizer:
    """WordPiece as in bert-base-uncased."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer(
        clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True
    )
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
        initial_alphabet=sorted(set(tokenizer.normalizer.normalize_str("".join(EXTRA_ALPHABET)))),
        show_progress=False,
    )
    tokenizer.train_from_iterator(text, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0",
        pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")],
    )
    tokenizer.decoder = decoders.WordPiece(prefix="##", cleanup=True)
    return tokenizer


def train_gpt2(text: list[str]) -> Tokenizer:
    """Byte-level BPE as in gpt2; `<|endoftext|>` has the last id."""
    end = "<|endoftext|>"
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - 1, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False
    )
    # Half of the training sequences for the model continue another sentence, so words follow a space.
    tokenizer.train_from_iterator([line for sentence in text for line in (sentence, " " + sentence)], trainer)
    learned = json.loads(tokenizer.to_str())["model"]
    learned["vocab"][end] = VOCABULARY - 1
    tokenizer.model = models.BPE(
        vocab=learned["vocab"],
        merges=[tuple(merge) for merge in learned["merges"]],
        continuing_subword_prefix="",
        end_of_word_suffix="",
    )
    tokenizer.add_special_tokens([end])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def parts(text: list[str]) -> Counter:
    """How often the text has each word, or each part of one where ENDS cuts it. The first one of a word has
    a space before it."""
    words = Counter(word for line in text for word in line.split())
    splitter = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always"),
            *(pre_tokenizers.Split(Regex(pattern), how) for pattern, how in ENDS),
        ]
    )
    counts: Counter = Counter()
    for word, count in words.items():
        for part, _ in splitter.pre_tokenize_str(word):
            counts[part.replace("▁", " ")] += count
    return counts


def unigram(text: list[str]) -> tuple[list[tuple[str, float]], bytes]:
    """SentencePiece's own pieces with their scores, and its nmt_nfkc normalization table, which T5's
    tokenizer.json carries. SentencePiece looks for pieces among the distinct words and takes what two of them
    share: without the line with "~", "à" or "because", which stand alone, would not be found."""
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2 as schema

    counts, model = parts(text), io.BytesIO()
    lines = [f"{part}\t{count}" for part, count in counts.items()]
    lines += [f"{part}~\t1" for part, count in counts.items() if count >= USUAL]
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        input_format="tsv",
        model_writer=model,
        model_type="unigram",
        vocab_size=VOCABULARY - SENTINELS,
        character_coverage=0.99999,
        required_chars="".join(EXTRA_ALPHABET),
        normalization_rule_name="nmt_nfkc",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        split_by_unicode_script=False,
        pad_id=0,
        eos_id=1,
        unk_id=2,
        bos_id=-1,
        pad_piece="<pad>",
        minloglevel=2,
    )
    trained = schema.ModelProto.FromString(model.getvalue())
    pieces = [(piece.piece, piece.score) for piece in trained.pieces]
    return pieces, trained.normalizer_spec.precompiled_charsmap


def train_t5(text: list[str]) -> Tokenizer:
    """Unigram as in t5-small: pad 0, end 1, unknown 2; `<extra_id_0>` has the last id, the others lie below
    it."""
    learned, normalization = unigram(text)
    specials = ["<pad>", "</s>", "<unk>"]
    assert [piece for piece, _ in learned[:3]] == specials
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Precompiled(normalization)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")]
    )
    sentinels = [f"<extra_id_{i}>" for i in range(SENTINELS)]
    vocabulary = learned + [(sentinel, 0.0) for sentinel in reversed(sentinels)]
    tokenizer.model = models.Unigram(vocabulary, unk_id=2, byte_fallback=False)
    tokenizer.add_special_tokens(specials + sentinels)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A:0 </s>:0", pair="$A:0 </s>:0 $B:0 </s>:0", special_tokens=[("</s>", 1)]
    )
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    return tokenizer


def special_tokens(family: str) -> dict:
    """The family's special tokens under the names that transformers gives them."""
    return {
        "bert": {
            "unk_token": "[UNK]",
            "sep_token": "[SEP]",
            "pad_token": "[PAD]",
            "cls_token": "[CLS]",
            "mask_token": "[MASK]",
        },
        "gpt2": {"bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"},
        "t5": {
            "eos_token": "</s>",
            "unk_token": "<unk>",
            "pad_token": "<pad>",
            "additional_special_tokens": [f"<extra_id_{i}>" for i in range(SENTINELS)],
        },
    }[family]


def save(family: str, tokenizer: Tokenizer) -> None:
    """Write the three tokenizer files as the Hub has them."""
    folder = paths.assets(family)
    folder.mkdir(parents=True, exist_ok=True)
    named = special_tokens(family)
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, **named).save_pretrained(folder)
    # tokenizer.json exactly as trained; the class names are the families' own.
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": {"bert": BertTokenizer, "gpt2": GPT2Tokenizer, "t5": T5Tokenizer}[family].__name__,
        "model_max_length": POSITIONS,
        "clean_up_tokenization_spaces": False,
    } | named
    if family == "bert":
        config["do_lower_case"] = True
    if family == "t5":
        config["extra_ids"] = SENTINELS
    for name, content in (("tokenizer_config.json", config), ("special_tokens_map.json", named)):
        (folder / name).write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def check(family: str, text: list[str]) -> None:
    """AutoTokenizer must give what the file alone gives."""
    from transformers import AutoTokenizer

    folder = paths.assets(family)
    alone, loaded = Tokenizer.from_file(str(folder / "tokenizer.json")), AutoTokenizer.from_pretrained(folder)
    assert alone.get_vocab_size() == VOCABULARY == len(loaded), (alone.get_vocab_size(), len(loaded))
    for line in text:
        ids = alone.encode(line).ids
        assert ids == loaded(line)["input_ids"], (
            family,
            line,
            alone.encode(line).tokens,
            loaded.tokenize(line),
        )
        assert alone.decode(ids) == loaded.decode(ids, skip_special_tokens=True), (family, line)
    per_word = sum(len(alone.encode(line, add_special_tokens=False).ids) for line in text) / sum(
        len(re.findall(r"\w+|[^\w\s]", line)) for line in text
    )
    print(f"{family}: {VOCABULARY} tokens, {per_word:.2f} a word")


def main() -> None:
    """Train, save and check all three."""
    text = sentences()
    probe = text[::997] + [
        "a [MASK] <extra_id_0> b <|endoftext|>  c",
        "Ça  va ?\tcafe\u0301 👩\u200d👧 \u200f\u05d0 中文",
        "",
    ]
    for family, train in (("bert", train_bert), ("gpt2", train_gpt2), ("t5", train_t5)):
        save(family, train(text))
        check(family, probe)


if __name__ == "__main__":
    main()
