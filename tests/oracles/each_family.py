"""What oracles of all three bundled models have in common: load each, ask it, write a fixture that names versions and weights."""

from collections.abc import Callable

import torch
from common import FIXTURES, versions, write
from measures import digest
from transformers import logging
from trio import load, paths


def write_each_family(name: str, ask: Callable[[str, object, object], object], more_versions: dict[str, str] | None = None) -> None:
    """Writes tests/fixtures/models/<name>: what `ask(family, model, tokenizer)` gives, by family. One thread, no gradients."""
    logging.set_verbosity_error()
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    made, digests = {}, {}
    for family in paths.FAMILIES:
        digests |= {f"trilens-{family}/{p.name}": digest(p) for p in sorted((paths.assets(family) / "onnx").glob("*.onnx"))}
        made[family] = ask(family, load.load(family), load.tokenizer(family))
    write(FIXTURES / "models" / name, {"versions": versions() | (more_versions or {}), "digests": digests}, made)
