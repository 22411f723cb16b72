"""The three architectures at one parameter budget."""

from pathlib import Path

import torch
from transformers import (
    BertConfig,
    BertForMaskedLM,
    GPT2Config,
    GPT2LMHeadModel,
    PreTrainedModel,
    T5Config,
    T5ForConditionalGeneration,
)

WIDTH, HEADS, VOCABULARY, POSITIONS = 256, 4, 6144, 192
FEED_FORWARD = 1024
CLASSES = {"bert": BertForMaskedLM, "gpt2": GPT2LMHeadModel, "t5": T5ForConditionalGeneration}


def config(family: str):
    """The family's own configuration class, filled in."""
    if family == "bert":
        return BertConfig(
            vocab_size=VOCABULARY,
            hidden_size=WIDTH,
            num_hidden_layers=4,
            num_attention_heads=HEADS,
            intermediate_size=FEED_FORWARD,
            max_position_embeddings=POSITIONS,
            pad_token_id=0,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            tie_word_embeddings=True,
        )
    if family == "gpt2":
        return GPT2Config(
            vocab_size=VOCABULARY,
            n_embd=WIDTH,
            n_layer=4,
            n_head=HEADS,
            n_inner=FEED_FORWARD,
            n_positions=POSITIONS,
            resid_pdrop=0.0,
            embd_pdrop=0.0,
            attn_pdrop=0.0,
            tie_word_embeddings=True,
            bos_token_id=VOCABULARY - 1,
            eos_token_id=VOCABULARY - 1,
        )
    return T5Config(
        vocab_size=VOCABULARY,
        d_model=WIDTH,
        d_kv=48,
        d_ff=480,
        num_layers=3,
        num_decoder_layers=3,
        num_heads=HEADS,
        dropout_rate=0.0,
        feed_forward_proj="relu",
        tie_word_embeddings=True,
        n_positions=POSITIONS,
        relative_attention_num_buckets=32,
        relative_attention_max_distance=64,
        pad_token_id=0,
        eos_token_id=1,
        decoder_start_token_id=0,
    )


def fresh(family: str, attention: str = "eager") -> PreTrainedModel:
    """A randomly initialised model."""
    settings = config(family)
    settings._attn_implementation = attention
    model = CLASSES[family](settings)
    settings.architectures = [CLASSES[family].__name__]
    return model


def load(family: str, checkpoint: Path, attention: str = "eager") -> PreTrainedModel:
    """A model with the weights of a training checkpoint."""
    model = fresh(family, attention)
    state = torch.load(checkpoint, map_location="cpu", weights_only=False)["model"]
    model.load_state_dict(state)
    return model.eval()


def parameters(model: PreTrainedModel) -> int:
    """How many numbers are trained, tied ones counted once."""
    return sum(parameter.numel() for parameter in {id(p): p for p in model.parameters()}.values())
