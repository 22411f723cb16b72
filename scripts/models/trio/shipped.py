"""The shipped ONNX files in ONNX Runtime, asked as a visitor asks: blanks, continuations, text to text, embeddings.

Scores of choices are natural logarithms of probabilities over the full vocabulary.
"""

from functools import cache

import numpy as np
import onnx
import onnxruntime
from tokenizers import Tokenizer

from . import paths


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Over the last axis, in f64."""
    shifted = logits.astype(np.float64) - logits.max(-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))


def hidden_of(model: onnx.ModelProto, head: str) -> str:
    """The tensor that goes into the product with the weight `head`: the final hidden states."""
    made = {name: node for node in model.graph.node for name in node.output}

    def comes_from(name: str) -> bool:
        while name in made and made[name].op_type in ("Cast", "Mul", "Transpose"):
            name = made[name].input[0]
        return name.startswith(head)

    for node in model.graph.node:
        if node.op_type in ("MatMul", "Gemm") and comes_from(node.input[1]):
            return node.input[0]
    raise ValueError(f"no product with {head} in the graph")


def session(family: str, file: str, head: str | None = None) -> onnxruntime.InferenceSession:
    """A session on a shipped file; with `head`, its final hidden states are the last output."""
    path = paths.assets(family) / "onnx" / file
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    if head is None:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    model = onnx.load(path)
    name = hidden_of(model, head)
    model.graph.output.append(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None))
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


class Shipped:
    """What the three have in common."""

    family = ""

    def __init__(self):
        self.tokenizer = Tokenizer.from_file(str(paths.assets(self.family) / "tokenizer.json"))

    def pieces(self, text: str) -> list[int]:
        """Ids without special tokens around them."""
        return self.tokenizer.encode(text, add_special_tokens=False).ids


class Encoder(Shipped):
    """BERT."""

    family = "bert"

    def __init__(self):
        super().__init__()
        self.run = session("bert", "model.onnx", "cls.predictions.transform.dense.weight")
        self.cls, self.sep, self.mask = map(self.tokenizer.token_to_id, ("[CLS]", "[SEP]", "[MASK]"))

    def outputs(self, ids: list[int], first: int | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(logits [S, V], hidden [S, width]); all but the `first` ids are of the second text."""
        row = np.array([ids], dtype=np.int64)
        types = np.zeros_like(row)
        types[:, len(ids) if first is None else first :] = 1
        feeds = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": types}
        logits, hidden = self.run.run(None, feeds)
        return logits[0], hidden[0]

    def blank(self, before: str, after: str, choice: str, beside: str = "", behind: str = "") -> float:
        """Log probability of the choice at as many [MASK]s as it has pieces, each asked alone, summed. `beside` is a
        text of its own before it, as a translation, `behind` one after it."""
        word, left, right = self.pieces(choice), self.pieces(before), self.pieces(after)
        start = [self.cls, *self.pieces(beside), self.sep] if beside else [self.cls]
        ids = [*start, *left, *[self.mask] * len(word), *right, self.sep]
        at, first = len(start) + len(left), len(start) if beside else len(ids)
        if behind:
            ids += [*self.pieces(behind), self.sep]
        scores = log_softmax(self.outputs(ids, first)[0][at : at + len(word)])
        return float(sum(row[piece] for row, piece in zip(scores, word, strict=True)))

    @cache  # noqa: B019 - one object for the whole run
    def embedding(self, text: str) -> np.ndarray:
        """Mean of the final hidden states, [CLS] and [SEP] included, of length one."""
        mean = self.outputs([self.cls, *self.pieces(text), self.sep])[1].mean(0)
        return mean / np.linalg.norm(mean)


class Decoder(Shipped):
    """GPT-2; everything begins with `<|endoftext|>`, as a document does."""

    family = "gpt2"

    def __init__(self):
        super().__init__()
        self.run = session("gpt2", "model.onnx", "transformer.wte.weight")
        self.end = self.tokenizer.token_to_id("<|endoftext|>")
        self.past = {
            value.name: np.zeros((1, value.shape[1], 0, value.shape[3]), np.float32)
            for value in self.run.get_inputs()
            if value.name.startswith("past")
        }

    def outputs(self, ids: list[int]) -> tuple[np.ndarray, np.ndarray]:
        """(logits [S, V], hidden [S, width])."""
        row = np.array([ids], dtype=np.int64)
        feeds = {
            "input_ids": row,
            "attention_mask": np.ones_like(row),
            "position_ids": np.arange(len(ids))[None],
        }
        made = self.run.run(None, feeds | self.past)
        return made[0][0], made[-1][0]

    def continuation(self, before: str, choice: str) -> float:
        """Log probability of ` choice` after the text."""
        left = self.pieces(before.rstrip())
        word = self.pieces(f" {choice}" if left else choice)
        ids = [self.end, *left, *word]
        scores = log_softmax(self.outputs(ids)[0][len(left) : -1])
        return float(sum(row[piece] for row, piece in zip(scores, word, strict=True)))

    def whole(self, text: str) -> float:
        """Log probability of a whole text and its end: what a decoder says of a sentence that is already there."""
        ids = [self.end, *self.pieces(text), self.end]
        scores = log_softmax(self.outputs(ids)[0][:-1])
        return float(sum(row[piece] for row, piece in zip(scores, ids[1:], strict=True)))

    @cache  # noqa: B019
    def embedding(self, text: str) -> np.ndarray:
        """Mean of the final hidden states, of length one."""
        mean = self.outputs([self.end, *self.pieces(text)])[1].mean(0)
        return mean / np.linalg.norm(mean)


class EncoderDecoder(Shipped):
    """T5."""

    family = "t5"

    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = (
            session("t5", "encoder_model.onnx"),
            session("t5", "decoder_model_merged.onnx"),
        )
        self.past = {
            value.name: np.zeros(
                (1, value.shape[1], 1 if ".encoder." in value.name else 0, value.shape[3]), np.float32
            )
            for value in self.decoder.get_inputs()
            if value.name.startswith("past")
        }
        self.close = self.tokenizer.token_to_id("</s>")
        self.sentinels = [self.tokenizer.token_to_id(f"<extra_id_{n}>") for n in (0, 1)]

    @cache  # noqa: B019
    def memory(self, source: str) -> np.ndarray:
        """Encoder states [1, E, width]."""
        row = np.array([[*self.pieces(source), self.close]], dtype=np.int64)
        return self.encoder.run(None, {"input_ids": row, "attention_mask": np.ones_like(row)})[0]

    def target(self, source: str, ids: list[int]) -> float:
        """Log probability of writing these ids for the source."""
        memory = self.memory(source)
        row = np.array([[0, *ids[:-1]]], dtype=np.int64)
        feeds = {
            "encoder_attention_mask": np.ones(memory.shape[:2], np.int64),
            "encoder_hidden_states": memory,
            "input_ids": row,
            "use_cache_branch": np.array([False]),
        }
        scores = log_softmax(self.decoder.run(["logits"], feeds | self.past)[0][0])
        return float(sum(row[piece] for row, piece in zip(scores, ids, strict=True)))

    def text(self, source: str, target: str) -> float:
        """Log probability of a target and its end."""
        return self.target(source, [*self.pieces(target), self.close])

    def blank(self, before: str, after: str, choice: str) -> float:
        """Log probability of the choice as the span at `<extra_id_0>`."""
        first, second = self.sentinels
        return self.target(f"{before}<extra_id_0>{after}", [first, *self.pieces(choice), second])

    @cache  # noqa: B019
    def embedding(self, text: str) -> np.ndarray:
        """Mean of the encoder states, of length one."""
        mean = self.memory(text)[0].mean(0)
        return mean / np.linalg.norm(mean)
