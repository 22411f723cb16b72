"""The exported files in ONNX Runtime against PyTorch with the same (f16-rounded) weights."""

import numpy as np
import onnxruntime
import torch
from transformers import PreTrainedModel

from .. import models, paths

TOLERANCE = 1e-4
SHAPES = ((1, 1), (1, 2), (1, 9), (4, 1), (4, 13), (2, 60), (1, 127))


def session(family: str, file: str) -> onnxruntime.InferenceSession:
    """A CPU session on one exported file."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    path = paths.assets(family) / "onnx" / file
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def ragged(batch: int, length: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Random ids and a mask with right padding of different lengths."""
    ids = torch.randint(5, 4000, (batch, length))
    mask = torch.ones_like(ids)
    for row in range(1, batch):
        mask[row, max(1, length - row * 3) :] = 0
    return ids, mask


def difference(ours: np.ndarray, theirs: torch.Tensor, mask: torch.Tensor | None = None) -> float:
    """Largest absolute difference where the mask is 1."""
    gap = np.abs(ours - theirs.numpy())
    return float(gap[mask.numpy().astype(bool)].max() if mask is not None else gap.max())


def check_bert(model: PreTrainedModel) -> float:
    """Largest difference over several shapes."""
    run = session("bert", "model.onnx")
    worst = 0.0
    for shape in SHAPES:
        ids, mask = ragged(*shape)
        types = torch.zeros_like(ids)
        types[:, shape[1] // 2 :] = 1
        theirs = model(input_ids=ids, attention_mask=mask, token_type_ids=types).logits
        ours = run.run(
            None, {"input_ids": ids.numpy(), "attention_mask": mask.numpy(), "token_type_ids": types.numpy()}
        )[0]
        worst = max(worst, difference(ours, theirs, mask))
    return worst


def check_gpt2(model: PreTrainedModel) -> float:
    """The whole at once, and in every split into past and present, against PyTorch without a cache."""
    run = session("gpt2", "model.onnx")
    worst = 0.0
    for batch, length in SHAPES:
        ids, mask = ragged(batch, length)
        positions = torch.arange(length)[None].repeat(batch, 1)
        theirs = model(input_ids=ids, attention_mask=mask, use_cache=False).logits
        for cut in sorted({length, 1, length // 2}):
            past = {
                f"past_key_values.{i}.{kind}": np.zeros((batch, models.HEADS, 0, 48), np.float32)
                for i in range(4)
                for kind in ("key", "value")
            }
            for start, stop in ((0, cut), (cut, length)):
                if start == stop:
                    continue
                out = run.run(
                    None,
                    {
                        "input_ids": ids[:, start:stop].numpy(),
                        "attention_mask": mask[:, :stop].numpy(),
                        "position_ids": positions[:, start:stop].numpy(),
                    }
                    | past,
                )
                worst = max(worst, difference(out[0], theirs[:, start:stop], mask[:, start:stop]))
                past = dict(zip(past, out[1:], strict=True))
    return worst


def check_t5(model: PreTrainedModel) -> float:
    """Encoder, first pass, and token by token, against PyTorch without a cache."""
    encoder, decoder = session("t5", "encoder_model.onnx"), session("t5", "decoder_model_merged.onnx")
    names = [value.name for value in decoder.get_inputs() if value.name.startswith("past")]
    outputs = [value.name for value in decoder.get_outputs()]
    worst = 0.0
    for batch, length in SHAPES:
        ids, mask = ragged(batch, length)
        target = torch.randint(5, 4000, (batch, max(1, length // 2)))
        full = model(input_ids=ids, attention_mask=mask, decoder_input_ids=target, use_cache=False)
        memory = encoder.run(None, {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})[0]
        worst = max(worst, difference(memory, full.encoder_last_hidden_state, mask))
        fixed = {"encoder_attention_mask": mask.numpy(), "encoder_hidden_states": memory}
        empty = {
            name: np.zeros((batch, models.HEADS, 0 if "decoder" in name else 1, 48), np.float32)
            for name in names
        }
        whole = decoder.run(
            None, fixed | empty | {"input_ids": target.numpy(), "use_cache_branch": np.array([False])}
        )
        worst = max(worst, difference(whole[0], full.logits))
        past = empty
        for at in range(target.shape[1]):
            step = {"input_ids": target[:, at : at + 1].numpy(), "use_cache_branch": np.array([at > 0])}
            out = dict(zip(outputs, decoder.run(None, fixed | past | step), strict=True))
            worst = max(worst, difference(out["logits"], full.logits[:, at : at + 1]))
            past = {
                name: past[name]
                if at > 0 and ".encoder." in name
                else out[name.replace("past_key_values", "present")]
                for name in names
            }
    return worst


@torch.no_grad()
def check(family: str, model: PreTrainedModel) -> float:
    """Raise if the files differ from PyTorch by more than the tolerance."""
    torch.manual_seed(5)
    worst = {"bert": check_bert, "gpt2": check_gpt2, "t5": check_t5}[family](model.eval())
    print(f"{family}: largest difference to PyTorch {worst:.2e}")
    if worst > TOLERANCE:
        raise SystemExit(f"{family}: the exported file differs from PyTorch by {worst:.2e}")
    return worst
