"""Fixture of the cost formulas: what transformers' models multiply, counted by torch's FlopCounterMode.

Models of random weights in many shapes, and those of the bundled trio: attention is eager, so that every product is
one that the counter sees. "read" is a text of so many tokens until the first answer (for an encoder-decoder its
encoder and the decoder's first token), "step" the next token with the cache that is there then. The cache's bytes
are those of its tensors.

Usage: python cost_oracle.py  (writes tests/fixtures/models/cost.json)
"""

import json

import torch
from common import FIXTURES, ROOT, versions, write
from torch.utils.flop_counter import FlopCounterMode
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSeq2SeqLM, logging

MASKED, CAUSAL, BOTH = AutoModelForMaskedLM, AutoModelForCausalLM, AutoModelForSeq2SeqLM
LENGTHS = (8, 33, 96)
HALVES = {"encoder_layers": 3, "decoder_layers": 2, "encoder_attention_heads": 4, "decoder_attention_heads": 2, "d_model": 48,
          "encoder_ffn_dim": 80, "decoder_ffn_dim": 56, "vocab_size": 131, "max_position_embeddings": 128, "decoder_start_token_id": 2}
SHAPES = [
    (MASKED, {"model_type": "bert", "num_hidden_layers": 3, "num_attention_heads": 4, "hidden_size": 48, "intermediate_size": 80,
              "vocab_size": 131, "max_position_embeddings": 128}),
    (MASKED, {"model_type": "distilbert", "n_layers": 2, "n_heads": 3, "dim": 48, "hidden_dim": 100, "vocab_size": 131,
              "max_position_embeddings": 128}),
    (MASKED, {"model_type": "roberta", "num_hidden_layers": 2, "num_attention_heads": 4, "hidden_size": 32, "intermediate_size": 72,
              "vocab_size": 131, "max_position_embeddings": 130}),
    (CAUSAL, {"model_type": "gpt2", "n_layer": 3, "n_head": 4, "n_embd": 48, "vocab_size": 131, "n_positions": 128}),
    (CAUSAL, {"model_type": "gpt_neo", "num_layers": 2, "num_heads": 4, "hidden_size": 32, "vocab_size": 131,
              "max_position_embeddings": 128, "attention_types": [[["global", "local"], 1]], "window_size": 16}),
    (BOTH, {"model_type": "t5", "num_layers": 3, "num_decoder_layers": 2, "num_heads": 3, "d_model": 48, "d_kv": 24, "d_ff": 72,
            "vocab_size": 131, "decoder_start_token_id": 0}),
    (BOTH, {"model_type": "mt5", "num_layers": 2, "num_heads": 4, "d_model": 32, "d_kv": 8, "d_ff": 72, "vocab_size": 131,
            "feed_forward_proj": "gated-gelu", "decoder_start_token_id": 0}),
    (BOTH, {"model_type": "bart", **HALVES}),
    (BOTH, {"model_type": "marian", **HALVES, "pad_token_id": 130, "decoder_vocab_size": 131}),
]
TRIO = {"trilens-bert": MASKED, "trilens-gpt2": CAUSAL, "trilens-t5": BOTH}


def counted(run) -> tuple[int, object]:
    """Flops of a call, and what it gives."""
    with FlopCounterMode(display=False) as counter:
        out = run()
    return counter.get_total_flops(), out


def tensors_of(cache) -> list[torch.Tensor]:
    """Every key and value that a cache holds, the source's included."""
    halves = [cache.self_attention_cache, cache.cross_attention_cache] if hasattr(cache, "cross_attention_cache") else [cache]
    return [t for half in halves for layer in half.layers for t in (layer.keys, layer.values)]


def case(kind, model, length: int) -> dict:
    """Of one length."""
    ids = torch.arange(length)[None] % 100 + 4
    one = torch.tensor([[5]])
    if kind is BOTH:
        start = torch.tensor([[model.config.decoder_start_token_id]])
        read, out = counted(lambda: model(input_ids=ids, decoder_input_ids=start, use_cache=True))
        rest = {"encoder_outputs": (out.encoder_last_hidden_state,), "decoder_input_ids": one}
    else:
        read, out = counted(lambda: model(input_ids=ids, **({"use_cache": True} if kind is CAUSAL else {})))
        rest = {"input_ids": one}
    if kind is MASKED:
        return {"tokens": length, "read": read}
    held = sum(t.numel() * 4 for t in tensors_of(out.past_key_values))
    step, _ = counted(lambda: model(**rest, past_key_values=out.past_key_values, use_cache=True))
    return {"tokens": length, "read": read, "cache_bytes": held, "step": step}


def measure(kind, config) -> list[dict]:
    """Of all lengths."""
    model = kind.from_config(config, attn_implementation="eager").eval()
    return [case(kind, model, n) for n in LENGTHS]


def main() -> None:
    """All shapes, then the trio's."""
    logging.set_verbosity_error()
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rows = []
    for kind, settings in SHAPES:
        config = AutoConfig.for_model(**settings)
        rows.append({"config": settings, "cases": measure(kind, config)})
    for name, kind in TRIO.items():
        path = ROOT / "assets" / "models" / name / "config.json"
        config = AutoConfig.from_pretrained(path.parent)
        rows.append({"config": json.loads(path.read_text()), "cases": measure(kind, config)})
    write(FIXTURES / "models" / "cost.json", {"versions": versions()}, {"models": rows})


if __name__ == "__main__":
    main()
