"""The exported files in ONNX Runtime, with all its optimisations, against PyTorch with the same rounded
weights."""

import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto
from transformers import PreTrainedModel

from .. import load, paths
from . import weights
from .edit import subgraphs
from .write import head_size

TOLERANCE = 1e-4


def shapes(model: PreTrainedModel) -> tuple[tuple[int, int], ...]:
    """Batches and lengths; the last is as long as the model can."""
    config = model.config
    longest = getattr(config, "n_positions", None) or config.max_position_embeddings
    return (1, 1), (1, 2), (1, 9), (4, 1), (4, 13), (2, 60), (1, longest)


def options() -> onnxruntime.SessionOptions:
    """All optimisations, one thread."""
    made = onnxruntime.SessionOptions()
    made.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    made.intra_op_num_threads = 1
    return made


def session(family: str, file: str) -> onnxruntime.InferenceSession:
    """A CPU session on one exported file."""
    path = paths.assets(family) / "onnx" / file
    return onnxruntime.InferenceSession(str(path), options(), providers=["CPUExecutionProvider"])


def check_weights(family: str, model: PreTrainedModel) -> None:
    """Raise unless load.py, and ONNX Runtime on each file's own nodes, get the model's weights bit by bit."""
    expected = {name: weight.detach().numpy().tobytes() for name, weight in model.named_parameters()}
    shipped = {name: weight.numpy().tobytes() for name, weight in load.shipped_weights(family).items()}
    wrong = [name for name, value in expected.items() if shipped.get(name) != value]
    for file in sorted((paths.assets(family) / "onnx").glob("*.onnx")):
        alone = weights.alone(onnx.load(file))
        run = onnxruntime.InferenceSession(
            alone.SerializeToString(), options(), providers=["CPUExecutionProvider"]
        )
        for output, value in zip(run.get_outputs(), run.run(None, {}), strict=True):
            name = output.name.removesuffix(".transposed")
            if (value.T if name != output.name else value).tobytes() != expected.get(name):
                wrong.append(f"{file.name}: {output.name}")
    if wrong:
        raise SystemExit(f"{family}: weights that are not read back as they were: {', '.join(wrong)}")


def check_folded(family: str) -> None:
    """Raise if ONNX Runtime leaves any work on weights for each run: what it has optimised holds f32 only."""
    for file in sorted((paths.assets(family) / "onnx").glob("*.onnx")):
        with tempfile.TemporaryDirectory() as folder:
            made, path = options(), Path(folder) / "optimised.onnx"
            made.optimized_model_filepath = str(path)
            made.log_severity_level = 3  # it warns that such a file belongs to this machine
            onnxruntime.InferenceSession(str(file), made, providers=["CPUExecutionProvider"])
            graphs = subgraphs(onnx.load(path).graph)
        left = [node.name for graph in graphs for node in graph.node if node.name.startswith("/weights/")]
        small = (TensorProto.INT8, TensorProto.FLOAT16)
        left += [tensor.name for graph in graphs for tensor in graph.initializer if tensor.data_type in small]
        if left:
            raise SystemExit(f"{family}: {file.name} computes weights in every run: {', '.join(left)}")


def ragged(model: PreTrainedModel, batch: int, length: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Random ids and a mask with right padding of different lengths."""
    ids = torch.randint(5, model.config.vocab_size, (batch, length))
    mask = torch.ones_like(ids)
    for row in range(1, batch):
        mask[row, max(1, length - row * 3) :] = 0
    return ids, mask


def difference(ours: np.ndarray, theirs: torch.Tensor, mask: torch.Tensor | None = None) -> float:
    """Largest absolute difference where the mask is 1."""
    gap = np.abs(ours - theirs.numpy())
    return float(gap[mask.numpy().astype(bool)].max() if mask is not None else gap.max())


def no_keys(model: PreTrainedModel, batch: int, length: int) -> np.ndarray:
    """What the first pass is given as past."""
    return np.zeros((batch, model.config.num_attention_heads, length, head_size(model)), np.float32)


def check_bert(model: PreTrainedModel) -> float:
    """Largest difference over several shapes."""
    run = session("bert", "model.onnx")
    worst = 0.0
    for shape in shapes(model):
        ids, mask = ragged(model, *shape)
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
    for batch, length in shapes(model):
        ids, mask = ragged(model, batch, length)
        positions = torch.arange(length)[None].repeat(batch, 1)
        theirs = model(input_ids=ids, attention_mask=mask, use_cache=False).logits
        for cut in sorted({length, 1, length // 2}):
            past = {
                f"past_key_values.{i}.{kind}": no_keys(model, batch, 0)
                for i in range(model.config.n_layer)
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
    for batch, length in shapes(model):
        ids, mask = ragged(model, batch, length)
        target = torch.randint(5, model.config.vocab_size, (batch, max(1, length // 2)))
        full = model(input_ids=ids, attention_mask=mask, decoder_input_ids=target, use_cache=False)
        memory = encoder.run(None, {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})[0]
        worst = max(worst, difference(memory, full.encoder_last_hidden_state, mask))
        fixed = {"encoder_attention_mask": mask.numpy(), "encoder_hidden_states": memory}
        empty = {name: no_keys(model, batch, 0 if "decoder" in name else 1) for name in names}
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
    """Raise if the files differ from PyTorch by more than the tolerance, or hold other weights."""
    torch.manual_seed(5)
    check_weights(family, model)
    check_folded(family)
    worst = {"bert": check_bert, "gpt2": check_gpt2, "t5": check_t5}[family](model.eval())
    print(f"{family}: largest difference to PyTorch {worst:.2e}")
    if worst > TOLERANCE:
        raise SystemExit(f"{family}: the exported file differs from PyTorch by {worst:.2e}")
    return worst
