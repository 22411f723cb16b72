"""Read a model back from its exported folder, so that scores and fixtures come from exactly what is
shipped; or, to compare, with the full-precision weights of a training checkpoint."""

from pathlib import Path

import onnx
import torch
from transformers import AutoTokenizer, GenerationConfig, PreTrainedModel

from . import models, paths
from .onnx_export import weights


def shipped_weights(family: str) -> dict[str, torch.Tensor]:
    """PyTorch's names -> weights in f32, from the initializers of all files of a model."""
    read = {}
    for file in sorted((paths.assets(family) / "onnx").glob("*.onnx")):
        read |= weights.read(onnx.load(file))
    return read


def load(family: str, checkpoint: Path | None = None) -> PreTrainedModel:
    """The Hugging Face model with the shipped weights, or a checkpoint's; f32, eager attention."""
    model = models.CLASSES[family](configuration(family))
    if checkpoint is not None:
        model.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=False)["model"])
        model.float()
    else:
        shipped = shipped_weights(family)
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                assert parameter.shape == shipped[name].shape, name  # copy_ would broadcast
                parameter.copy_(shipped[name])
    if family != "bert":
        model.generation_config = GenerationConfig.from_pretrained(paths.assets(family))
    return model.eval()


def full_precision(family: str) -> PreTrainedModel:
    """The best checkpoint as it was trained, with the shipped configuration."""
    return load(family, paths.training(family) / "best.pt")


def configuration(family: str):
    """config.json, with attention computed step by step."""
    settings = models.CLASSES[family].config_class.from_pretrained(paths.assets(family))
    settings._attn_implementation = "eager"
    return settings


def tokenizer(family: str):
    """The shipped tokenizer."""
    return AutoTokenizer.from_pretrained(paths.assets(family))
