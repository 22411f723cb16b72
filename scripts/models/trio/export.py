"""Export the best checkpoints (or, with --fresh, random weights) to assets/models/ (or $TRILENS_ASSETS), and
check them."""

import argparse

import torch
from transformers import PreTrainedModel

from . import models, paths
from .onnx_export import check, write


def fresh(family: str) -> PreTrainedModel:
    """Random weights, no two alike."""
    model = models.fresh(family).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.02 * torch.randn_like(parameter))
    return model


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="*", default=list(paths.FAMILIES))
    parser.add_argument(
        "--fresh", action="store_true", help="random weights: the graphs before training is done"
    )
    arguments = parser.parse_args()
    for family in arguments.families:
        torch.manual_seed(1)
        checkpoint = paths.training(family) / "best.pt"
        model = fresh(family) if arguments.fresh else models.load(family, checkpoint)
        check.check(family, write.export(family, model))


if __name__ == "__main__":
    main()
