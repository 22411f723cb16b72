"""Read a model back from its exported folder, so that scores and fixtures come from exactly what is
shipped."""

import onnx
import torch
from onnx import numpy_helper
from transformers import AutoTokenizer, GenerationConfig, PreTrainedModel

from . import models, paths


def shipped_weights(family: str) -> dict[str, torch.Tensor]:
    """PyTorch's names -> weights in f32, from the f16 initializers of all files of a model."""
    weights = {}
    for file in sorted((paths.assets(family) / "onnx").glob("*.onnx")):
        for tensor in onnx.load(file).graph.initializer:
            if not tensor.name.endswith(".f16"):
                continue
            value = torch.from_numpy(numpy_helper.to_array(tensor).copy()).float()
            name = tensor.name.removesuffix(".f16")
            weights[name.removesuffix(".transposed")] = (
                value.T.contiguous() if name.endswith(".transposed") else value
            )
    return weights


def load(family: str) -> PreTrainedModel:
    """The Hugging Face model with the shipped weights, f32, eager attention."""
    model = models.CLASSES[family](configuration(family))
    weights = shipped_weights(family)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(weights[name])
    if family != "bert":
        model.generation_config = GenerationConfig.from_pretrained(paths.assets(family))
    return model.eval()


def configuration(family: str):
    """config.json, with attention computed step by step."""
    settings = models.CLASSES[family].config_class.from_pretrained(paths.assets(family))
    settings._attn_implementation = "eager"
    return settings


def tokenizer(family: str):
    """The shipped tokenizer."""
    return AutoTokenizer.from_pretrained(paths.assets(family))
