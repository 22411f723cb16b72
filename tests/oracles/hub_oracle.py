"""What transformers itself, in fp32 with eager attention, makes of two texts with each hub fixture: tests/fixtures/hub/<name>/oracle.json.

    build/hub-venv/bin/python scripts/models/tiny/make.py --weights    the checkpoints, where they are not there yet
    build/hub-venv/bin/python tests/oracles/hub_oracle.py [NAME ...]

Of each text: ids, texts of tokens, logits of the last position (the first ones) and the likeliest token of every position, and the greedy
continuation; of the first also hidden states (the first components) and all attention weights. Numbers have six digits behind the point.
"""

import sys
from pathlib import Path

import onnx
import torch
import transformers as t
from common import FIXTURES, ROOT, dump, versions

TEXTS = ("The cat sat on the mat.", "She reads, he wrote 12 books.")
TARGET = "The dog slept."
LOGITS, COMPONENTS, NEW_TOKENS = 12, 3, 6


def load(name: str):
    """Model and tokenizer, from where scripts/models/tiny/make.py left them."""
    folder = ROOT / "build" / "hub" / name
    config = t.AutoConfig.from_pretrained(folder)
    kind = getattr(t, config.architectures[0])
    model = kind.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    return model, t.PreTrainedTokenizerFast(tokenizer_file=str(FIXTURES / "hub" / name / "tokenizer.json"))


def numbers(tensor: torch.Tensor) -> list:
    """Six digits, so that the file is short and 1e-4 can be told."""
    return [round(x, 6) for x in tensor.tolist()] if tensor.dim() == 1 else [numbers(row) for row in tensor]


def attentions(layers) -> list:
    """[layer][head][query][key]"""
    return [numbers(layer[0]) for layer in layers]


def hidden(states) -> list:
    """[layer or embeddings][position][the first components]"""
    return [numbers(state[0, :, :COMPONENTS]) for state in states]


def row(model, tokenizer, text: str) -> dict:
    """Everything about one text."""
    encoded = tokenizer(text)
    ids = torch.tensor([encoded["input_ids"]])
    out = {"text": text, "ids": ids[0].tolist(), "tokens": tokenizer.convert_ids_to_tokens(ids[0].tolist())}
    asked = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "output_attentions": True, "output_hidden_states": True}
    if model.can_generate():
        asked["use_cache"] = False  # its cache has as many layers as the encoder, which a deeper decoder overruns
    if model.config.is_encoder_decoder:
        target = tokenizer(TARGET, add_special_tokens=False)["input_ids"]
        out["decoder_ids"] = [model.config.decoder_start_token_id, *target]
        asked["decoder_input_ids"] = torch.tensor([out["decoder_ids"]])
    with torch.no_grad():
        said = model(**asked)
        if model.config.is_encoder_decoder:
            out |= {"self": attentions(said.encoder_attentions), "decoder_self": attentions(said.decoder_attentions),
                    "cross": attentions(said.cross_attentions), "hidden": hidden(said.encoder_hidden_states),
                    "decoder_hidden": hidden(said.decoder_hidden_states)}
        else:
            out |= {"self": attentions(said.attentions), "hidden": hidden(said.hidden_states)}
        if text != TEXTS[0]:
            out = {key: value for key, value in out.items() if not key.endswith(("self", "cross", "hidden"))}
        if "logits" in said:
            out |= {"logits": numbers(said.logits[0, -1, :LOGITS]), "likeliest": said.logits[0].argmax(-1).tolist()}
        if model.can_generate():
            made = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, num_beams=1, max_new_tokens=NEW_TOKENS,
                                  use_cache=False)
            out["greedy"] = made[0].tolist()
    return out


def ports(folder: Path) -> dict:
    """Names of each file's inputs and outputs."""
    out = {}
    for path in sorted((folder / "onnx").glob("*.onnx")):
        graph = onnx.load(path).graph
        given = {tensor.name for tensor in graph.initializer}
        out[path.stem] = {"inputs": [v.name for v in graph.input if v.name not in given], "outputs": [v.name for v in graph.output]}
    return out


def main() -> None:
    """All, or those that are named."""
    t.logging.set_verbosity_error()
    for folder in sorted((FIXTURES / "hub").iterdir()):
        if not folder.is_dir() or (sys.argv[1:] and folder.name not in sys.argv[1:]):
            continue
        model, tokenizer = load(folder.name)
        whole = {"about": "Written by tests/oracles/hub_oracle.py", "class": type(model).__name__, "versions": versions(),
                 "ports": ports(folder), "texts": [row(model, tokenizer, text) for text in TEXTS]}
        path = folder / "oracle.json"
        path.write_text(dump(whole) + "\n", encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes", flush=True)


if __name__ == "__main__":
    main()
