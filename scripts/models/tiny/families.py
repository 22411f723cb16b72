"""The tiny checkpoints: one for each family and each shape that a family comes in, with random weights that are worth looking at.

Nothing here is trained. Weights are the class's own initialization plus noise, so that attention is far from uniform and no two
tensors are alike; the seed is the name's, so that adding a model changes no other.
"""

import zlib
from dataclasses import dataclass, field

import torch
import transformers as t

NOISE = 0.15
# Most that a text may have in these models. Small on purpose: position tables are committed.
POSITIONS = 48


@dataclass(frozen=True)
class Checkpoint:
    """What one folder under tests/fixtures/hub is made from."""

    name: str
    family: str  # which tokenizer: see vocabularies.py
    task: str  # Optimum's name of the task
    build: object  # (vocabulary size, ids of special tokens) -> model
    about: str
    attention: str = "sdpa"
    keep: tuple[str, ...] = ()  # files of the export that are committed; none named: all
    also: tuple[str, ...] = ()  # further variants, "model:fp16", "model:fp16_border", "model:q8", "model:q4", "model:O2"
    traced: tuple[str, ...] = field(
        default=()
    )  # further exports by torch.onnx alone, "torchscript", "dynamo", "dynamo23"


def _bert(size, ids, **changes):
    small = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    places = {"max_position_embeddings": POSITIONS, "pad_token_id": ids["[PAD]"]}
    return t.BertConfig(vocab_size=size, **small | places | changes)


def bert(size, ids):
    """Post-norm, tied head."""
    return t.BertForMaskedLM, _bert(size, ids)


def sentence(size, ids):
    """The same without a head, four heads."""
    return t.BertModel, _bert(size, ids, hidden_size=24, num_attention_heads=4)


def distilbert(size, ids):
    """No token types."""
    small = {"dim": 16, "n_layers": 2, "n_heads": 4, "hidden_dim": 32, "max_position_embeddings": POSITIONS}
    return t.DistilBertForMaskedLM, t.DistilBertConfig(vocab_size=size, pad_token_id=ids["[PAD]"], **small)


def _ends(ids):
    return {"pad_token_id": ids["<pad>"], "bos_token_id": ids["<s>"], "eos_token_id": ids["</s>"]}


def roberta(size, ids):
    """Positions count from the padding's id + 1."""
    small = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    places = {"max_position_embeddings": POSITIONS + 2, "type_vocab_size": 1}
    return t.RobertaForMaskedLM, t.RobertaConfig(vocab_size=size, **small, **places, **_ends(ids))


def _gpt2(size, ids, **settings):
    end = ids["<|endoftext|>"]
    places = {"n_layer": 2, "n_positions": POSITIONS, "bos_token_id": end, "eos_token_id": end}
    return t.GPT2LMHeadModel, t.GPT2Config(vocab_size=size, **places, **settings)


def gpt2(size, ids):
    """Pre-norm, tied head."""
    return _gpt2(size, ids, n_embd=16, n_head=2)


def gpt2_untied(size, ids):
    """DistilGPT-2's shape (one layer in two of its teacher's); an untied head, scores scaled by the layer's number as well."""
    odd = {"scale_attn_by_inverse_layer_idx": True, "tie_word_embeddings": False}
    return _gpt2(size, ids, n_embd=24, n_head=4, **odd)


def gpt_neo(size, ids):
    """Local attention in every second layer; scores are not scaled."""
    end = ids["<|endoftext|>"]
    small = {"hidden_size": 16, "num_layers": 2, "num_heads": 2, "intermediate_size": 32}
    places = {"max_position_embeddings": POSITIONS, "bos_token_id": end, "eos_token_id": end}
    local = {"window_size": 4, "attention_types": [[["global", "local"], 1]]}
    return t.GPTNeoForCausalLM, t.GPTNeoConfig(vocab_size=size, **small, **places, **local)


def _t5(kind, size, ids, **extra):
    return kind, dict(
        vocab_size=size,
        d_model=16,
        d_ff=32,
        num_heads=2,
        pad_token_id=ids["<pad>"],
        eos_token_id=ids["</s>"],
        decoder_start_token_id=ids["<pad>"],
        relative_attention_num_buckets=8,
        relative_attention_max_distance=16,
        **extra,
    )


def t5(size, ids):
    """ReLU, tied head, heads narrower than d_model / heads."""
    kind, settings = _t5(t.T5ForConditionalGeneration, size, ids, d_kv=6, num_layers=2)
    return kind, t.T5Config(**settings)


def flan_t5(size, ids):
    """Gated GELU, untied head, heads wider than d_model / heads, a decoder deeper than the encoder."""
    kind, settings = _t5(
        t.T5ForConditionalGeneration,
        size,
        ids,
        d_kv=12,
        num_layers=2,
        num_decoder_layers=3,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
    )
    return kind, t.T5Config(**settings)


def mt5(size, ids):
    """Gated GELU and untied by its class."""
    kind, settings = _t5(t.MT5ForConditionalGeneration, size, ids, d_kv=10, num_layers=2)
    return kind, t.MT5Config(**settings)


def _bart(kind, size, **settings):
    layers = {
        "encoder_layers": 2,
        "decoder_layers": 2,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
    }
    widths = {
        "d_model": 16,
        "encoder_ffn_dim": 32,
        "decoder_ffn_dim": 32,
        "max_position_embeddings": POSITIONS,
    }
    return kind(vocab_size=size, **layers, **widths, **settings)


def bart(size, ids):
    """Post-norm, learned positions after two reserved ones. Optimum cannot export unlike numbers of heads in encoder and decoder."""
    end = {"decoder_start_token_id": ids["</s>"], "forced_eos_token_id": ids["</s>"]}
    return t.BartForConditionalGeneration, _bart(t.BartConfig, size, **_ends(ids), **end)


def marian(size, ids):
    """Sinusoidal positions, swish, the decoder starts from padding, a bias on the logits."""
    ends = {"pad_token_id": ids["<pad>"], "bos_token_id": 0, "eos_token_id": ids["</s>"]}
    starts = {"forced_eos_token_id": ids["</s>"], "decoder_start_token_id": ids["<pad>"]}
    odd = {"activation_function": "swish", "scale_embedding": True, "decoder_vocab_size": size}
    return t.MarianMTModel, _bart(t.MarianConfig, size, **ends, **starts, **odd)


MERGED = ("encoder_model", "decoder_model_merged")
SEPARATE = ("encoder_model", "decoder_model", "decoder_with_past_model")
FILL, NEXT, BOTH = "fill-mask", "text-generation-with-past", "text2text-generation-with-past"
EAGER = {"attention": "eager"}
EAGER_MERGED, EAGER_SEPARATE = (
    {"attention": "eager", "keep": MERGED},
    {"attention": "eager", "keep": SEPARATE},
)
BERT_ALSO = ("model:fp16", "model:q8", "model:q4")
GPT2_ALSO = ("model:fp16", "model:fp16_border", "model:q8")
TRACED_BERT, TRACED_GPT2 = ("torchscript", "dynamo"), ("dynamo", "dynamo23")
# fmt: off
CHECKPOINTS = (
    # name, tokenizer, task, build, about
    Checkpoint("bert", "bert", FILL, bert, "masked language model", also=BERT_ALSO, traced=TRACED_BERT),
    Checkpoint("sentence", "bert", "feature-extraction", sentence, "sentence encoder: BertModel without a head", also=("model:q8",)),
    Checkpoint("distilbert", "bert", FILL, distilbert, "masked language model without token types", also=("model:O2",), traced=("dynamo",)),
    Checkpoint("roberta", "roberta", FILL, roberta, "masked language model, byte-level BPE", **EAGER),
    Checkpoint("gpt2", "gpt2", NEXT, gpt2, "decoder with past", also=GPT2_ALSO, traced=TRACED_GPT2),
    Checkpoint("distilgpt2", "gpt2", "text-generation", gpt2_untied, "decoder without past", **EAGER),
    Checkpoint("gpt-neo", "gpt2", NEXT, gpt_neo, "decoder with global and local attention", **EAGER),
    Checkpoint("t5", "t5", BOTH, t5, "encoder-decoder, merged decoder", also=("decoder_model_merged:q8",), **EAGER_MERGED),
    Checkpoint("flan-t5", "flan-t5", BOTH, flan_t5, "encoder-decoder, two decoder files", also=("decoder_with_past_model:fp16",), **EAGER_SEPARATE),
    Checkpoint("mt5", "mt5", BOTH, mt5, "encoder-decoder, merged decoder", **EAGER_MERGED),
    Checkpoint("bart", "roberta", BOTH, bart, "encoder-decoder, merged decoder", keep=MERGED, also=("decoder_model_merged:q4",)),
    Checkpoint("marian", "marian", BOTH, marian, "encoder-decoder, two decoder files, the first without past", **EAGER_SEPARATE),
)
# fmt: on


def build(checkpoint: Checkpoint, size: int, ids: dict[str, int]) -> t.PreTrainedModel:
    """The model, ready to run."""
    torch.manual_seed(zlib.crc32(checkpoint.name.encode()))
    kind, settings = checkpoint.build(size, ids)
    model = kind._from_config(settings, attn_implementation=checkpoint.attention)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "embed_positions" in name and not parameter.requires_grad:
                continue  # sinusoids
            parameter.add_(NOISE * torch.randn_like(parameter))
        if hasattr(model, "final_logits_bias"):
            model.final_logits_bias.add_(NOISE * torch.randn_like(model.final_logits_bias))
    if model.generation_config is not None:
        model.generation_config.max_length = POSITIONS
    return model.eval()
