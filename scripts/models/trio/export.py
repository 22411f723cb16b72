"""Export the best checkpoints (or, with --fresh, random weights) to assets/models/, and check them."""

import argparse

import torch

from . import models, paths
from .export_ import check, write


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("families", nargs="*", default=list(paths.FAMILIES))
    parser.add_argument("--fresh", action="store_true", help="random weights: the graphs before training is done")
    arguments = parser.parse_args()
    for family in arguments.families:
        torch.manual_seed(1)
        checkpoint = paths.training(family) / "best.pt"
        model = models.fresh(family) if arguments.fresh else models.load(family, checkpoint)
        write.export(family, model)
        check.check(family, model)


if __name__ == "__main__":
    main()
