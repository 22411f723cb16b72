"""The logit lens of each hub fixture with a language model's head, by transformers' own modules: tests/fixtures/hub/<name>/head.json.

    build/hub-venv/bin/python scripts/models/tiny/make.py --weights    the checkpoints, where they are not there yet
    build/hub-venv/bin/python tests/oracles/head_oracle.py

For every hidden state between blocks, of a few positions of one text: the state, what the final norm makes of it (where there is one), what the
output projection reads, the first logits, and the likeliest token. transformers' own last hidden state is behind the final norm, so the state
before that is caught at the norm's door. That the head on the last state gives the model's logits is checked here.
"""

import torch
import transformers as t
from common import FIXTURES, dump, versions
from hub_oracle import TARGET, TEXTS, load, numbers

POSITIONS, LOGITS = 4, 12


def parts(model):
    """(final norm or None, output projection, the head as a function of a hidden state)"""
    kind = model.config.model_type
    if kind in ("gpt2", "gpt_neo"):
        norm = model.transformer.ln_f
        return norm, model.lm_head, lambda h: model.lm_head(norm(h))
    if kind in ("t5", "mt5"):
        norm = model.decoder.final_layer_norm
        scale = model.model_dim**-0.5 if model.config.tie_word_embeddings else 1.0
        return norm, model.lm_head, lambda h: model.lm_head(norm(h) * scale)
    if kind in ("bart", "marian"):
        return None, model.lm_head, lambda h: model.lm_head(h) + model.final_logits_bias
    if kind == "distilbert":
        return None, model.vocab_projector, lambda h: model.vocab_projector(model.vocab_layer_norm(model.activation(model.vocab_transform(h))))
    if kind == "bert":
        return None, model.cls.predictions.decoder, model.cls
    return None, model.lm_head.decoder, model.lm_head


def states(model, tokenizer, norm):
    """Hidden states between blocks, of all layers, and the model's own logits."""
    encoded = tokenizer(TEXTS[0])
    ids = torch.tensor([encoded["input_ids"]])
    asked = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "output_hidden_states": True}
    if model.can_generate():
        asked["use_cache"] = False
    if model.config.is_encoder_decoder:
        target = tokenizer(TARGET, add_special_tokens=False)["input_ids"]
        asked["decoder_input_ids"] = torch.tensor([[model.config.decoder_start_token_id, *target]])
    caught = []
    hook = norm.register_forward_pre_hook(lambda _, values: caught.append(values[0])) if norm else None
    said = model(**asked)
    layers = list(said.decoder_hidden_states if model.config.is_encoder_decoder else said.hidden_states)
    if hook:
        hook.remove()
        assert len(caught) == 1, "the final norm ran more than once"
        layers[-1] = caught[0]
    return layers, said.logits


def lens(head, norm, projection, state) -> dict:
    """What the head makes of one hidden state."""
    caught = []
    hook = projection.register_forward_pre_hook(lambda _, values: caught.append(values[0]))
    logits = head(state)
    hook.remove()
    out = {"hidden": numbers(state[0, :POSITIONS])}
    if norm:
        out["final_norm"] = numbers(norm(state)[0, :POSITIONS])
    return out | {"projected_from": numbers(caught[0][0, :POSITIONS]), "logits": numbers(logits[0, :POSITIONS, :LOGITS]),
                  "likeliest": logits[0, :POSITIONS].argmax(-1).tolist()}


def main() -> None:
    """All that have logits over a vocabulary."""
    t.logging.set_verbosity_error()
    for folder in sorted(path for path in (FIXTURES / "hub").iterdir() if path.is_dir() and path.name != "sentence"):
        model, tokenizer = load(folder.name)
        norm, projection, head = parts(model)
        with torch.no_grad():
            layers, logits = states(model, tokenizer, norm)
            assert torch.allclose(head(layers[-1]), logits, atol=1e-5), f"the head of {folder.name} is put together wrongly"
            rows = [lens(head, norm, projection, state) for state in layers]
        whole = {"about": "Written by tests/oracles/head_oracle.py", "class": type(model).__name__, "versions": versions(),
                 "norm": type(norm).__name__ if norm else None, "vocabulary": logits.shape[-1], "layers": rows}
        path = folder / "head.json"
        path.write_text(dump(whole) + "\n", encoding="utf-8")
        print(f"{folder.name}: {len(layers)} states, {path.stat().st_size:,} bytes", flush=True)


if __name__ == "__main__":
    main()
