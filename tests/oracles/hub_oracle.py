"""What transformers itself, in fp32 with eager attention, makes of two texts with each hub fixture: tests/fixtures/hub/<name>/oracle.json.

    build/hub-venv/bin/python scripts/models/tiny/make.py --weights    the checkpoints, where they are not there yet
    build/hub-venv/bin/python tests/oracles/hub_oracle.py [NAME ...]

Of each text: ids, texts of tokens, logits of the last position (the first ones) and the likeliest token of every position, and the greedy
continuation; of the first also hidden states (the first components) and all attention weights. Numbers have six digits behind the point.
`answers` are to what the page is asked, `variants` what ONNX Runtime says of the files with rounded weights.
"""

import sys
from pathlib import Path

import hub_check
import numpy as np
import onnx
import torch
import transformers as t
from common import FIXTURES, ROOT, dump, versions

TEXTS = ("The cat sat on the mat.", "She reads, he wrote 12 books.")
TARGET = "The dog slept."
BLANK = "The cat ___ on the mat."
LOGITS, COMPONENTS, NEW_TOKENS, WRITTEN, TOP = 12, 3, 6, 8, 5


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


def target_ids(tokenizer) -> list[int]:
    """As labels are made in training (shift_tokens_right), but for the end token."""
    ids = tokenizer(TARGET)["input_ids"]
    return ids[:-1] if ids[-1] in tokenizer.all_special_ids + [tokenizer.convert_tokens_to_ids("</s>")] else ids


def likeliest(logits: torch.Tensor) -> list[dict]:
    """The best of a row [vocabulary], with probabilities of the whole."""
    best = logits.topk(TOP)
    odds = logits.double().softmax(-1)
    return [{"id": i, "logit": round(x, 6), "probability": round(float(odds[i]), 8)} for i, x in zip(best.indices.tolist(), best.values.tolist(), strict=True)]


def filled(model, tokenizer) -> dict | None:
    """What stands in the blank, for those that know blanks; BART as in transformers' own example, its decoder reading the text before it."""
    kind, mask = model.config.model_type, "<extra_id_0>"
    if kind not in ("t5", "mt5"):
        mask = next((token for token in ("[MASK]", "<mask>") if token in tokenizer.get_vocab()), None)
    if mask is None or mask not in tokenizer.get_vocab() or not hasattr(model, "get_output_embeddings") or model.get_output_embeddings() is None:
        return None
    text = BLANK.replace("___", mask)
    ids = tokenizer(text)["input_ids"]
    position = ids.index(tokenizer.convert_tokens_to_ids(mask))
    asked, at = {"input_ids": torch.tensor([ids])}, position
    if model.config.is_encoder_decoder:
        start = model.config.decoder_start_token_id
        written = [start, *ids[:position]] if kind == "bart" else [start, ids[position]]
        asked |= {"decoder_input_ids": torch.tensor([written]), "use_cache": False}
        at = len(written) - 1
    return {"text": BLANK, "ids": ids, "position": position, "top": likeliest(model(**asked).logits[0, at])}


def answers(model, tokenizer) -> dict:
    """What the page is asked (tests/browser/families.test.mjs): a blank, the next token, a continuation with how clear each choice was, a vector."""
    ids = torch.tensor([tokenizer(TEXTS[0])["input_ids"]])
    asked = {"input_ids": ids, "output_hidden_states": True}
    out = {"fill": filled(model, tokenizer)}
    if model.can_generate():
        asked["use_cache"] = False
        if model.config.is_encoder_decoder:
            asked["decoder_input_ids"] = torch.tensor([[model.config.decoder_start_token_id]])
    said = model(**asked)
    states = said.encoder_hidden_states if model.config.is_encoder_decoder else said.hidden_states
    out["embed"] = numbers(states[-1][0, -1] if model.config.model_type in ("gpt2", "gpt_neo") else states[-1][0].mean(0))
    if not model.can_generate():
        return out
    out["next"] = likeliest(said.logits[0, -1])
    # one more than is kept: BART and Marian are made to end at the last
    made = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False, num_beams=1, max_new_tokens=WRITTEN + 1, use_cache=False,
                          return_dict_in_generate=True, output_logits=True)
    new = made.sequences[0][-len(made.logits):].tolist()[:WRITTEN]
    steps = []
    for token, logits in zip(new, made.logits, strict=False):
        best = logits[0].topk(2).values
        steps.append({"id": token, "probability": round(float(logits[0].double().softmax(-1)[token]), 8), "gap": round(float(best[0] - best[1]), 6)})
    return out | {"greedy": steps}


def variants(folder: Path, tokenizer) -> dict:
    """What ONNX Runtime makes of the untouched files whose weights are rounded, and which are other models therefore: the first logits."""
    out = {}
    for path in sorted((folder / "onnx").glob("*_q*.onnx")):
        blank = BLANK.replace("___", "[MASK]") if folder.name == "bert" else TEXTS[0]
        ids = tokenizer(blank)["input_ids"]
        values = hub_check.inputs(ids)
        if "decoder" in path.stem:
            states = hub_check.run(hub_check.session(folder / "onnx" / "encoder_model.onnx"), values)["last_hidden_state"]
            start = t.AutoConfig.from_pretrained(folder).decoder_start_token_id
            values = {"encoder_attention_mask": values["attention_mask"], "encoder_hidden_states": states, "input_ids": np.array([[start]]),
                      "use_cache_branch": np.array([False])}
        said = hub_check.run(hub_check.session(path), values)
        if "logits" in said:
            at = ids.index(tokenizer.convert_tokens_to_ids("[MASK]")) if folder.name == "bert" else -1
            out[path.stem] = {"top": likeliest(torch.from_numpy(said["logits"])[0, at])}
        else:
            out[path.stem] = {"embed": numbers(torch.from_numpy(said["last_hidden_state"])[0].mean(0))}
    return out


def row(model, tokenizer, text: str) -> dict:
    """Everything about one text."""
    encoded = tokenizer(text)
    ids = torch.tensor([encoded["input_ids"]])
    out = {"text": text, "ids": ids[0].tolist(), "tokens": tokenizer.convert_ids_to_tokens(ids[0].tolist())}
    asked = {"input_ids": ids, "attention_mask": torch.ones_like(ids), "output_attentions": True, "output_hidden_states": True}
    if model.can_generate():
        asked["use_cache"] = False  # its cache has as many layers as the encoder, which a deeper decoder overruns
    if model.config.is_encoder_decoder:
        out["decoder_ids"] = [model.config.decoder_start_token_id, *target_ids(tokenizer)]
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
        with torch.no_grad():
            whole |= {"answers": answers(model, tokenizer), "variants": variants(folder, tokenizer)}
        path = folder / "oracle.json"
        path.write_text(dump(whole) + "\n", encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes", flush=True)


if __name__ == "__main__":
    main()
