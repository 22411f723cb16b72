"""Builds native/ once (with $CXX or g++), loads it, and gives its functions to functions.py.

They need an x86 CPU with AMX (Sapphire Rapids or later) and Linux; elsewhere `library()` is None, and
training uses Hugging Face's own passes instead: the same mathematics, several times slower.
"""

import ctypes
import functools
import hashlib
import os
import subprocess
from pathlib import Path

import torch

from . import paths

FOLDER = Path(__file__).with_name("native")
FLAGS = ["-O3", "-march=sapphirerapids", "-fno-math-errno", "-std=c++17", "-shared", "-fPIC", "-w"]
Pointer, Long, Float = ctypes.c_void_p, ctypes.c_long, ctypes.c_float
SIGNATURES = {
    "attention_forward": [Pointer] * 8,
    "attention_backward": [Pointer] * 13,
    "weight_gradient": [Pointer] * 4 + [Long] * 3,
    "norm_forward_f32": [Pointer] * 8 + [Long] * 2 + [Float],
    "norm_forward_bf16": [Pointer] * 8 + [Long] * 2 + [Float],
    "norm_backward": [Pointer] * 9 + [Long] * 2,
    "activation": [Pointer] * 2 + [Long, ctypes.c_int],
    "activation_backward": [Pointer] * 2 + [Long],
    "cross_entropy": [Pointer] * 3 + [Long] * 2 + [Float],
    "embed": [Pointer] * 4 + [Long] * 3,
    "embed_gradient": [Pointer] * 4 + [Long] * 3,
}


class Shape(ctypes.Structure):
    """As in native/attention.cpp."""

    _fields_ = [
        (name, ctypes.c_int64)
        for name in "batch heads queries keys width causal q_stride k_stride v_stride o_stride".split()
    ] + [("scale", ctypes.c_double)]


@functools.cache
def library() -> ctypes.CDLL | None:
    """The compiled kernels, or None where they cannot run."""
    cpu = Path("/proc/cpuinfo")
    if not cpu.exists() or "amx_bf16" not in cpu.read_text() or os.environ.get("TRILENS_KERNELS") == "0":
        return None
    sources = sorted(FOLDER.iterdir())
    text = b"".join(source.read_bytes() for source in sources) + " ".join(FLAGS).encode()
    digest = hashlib.sha256(text).hexdigest()[:16]
    units = [str(source) for source in sources if source.suffix == ".cpp"]
    built = paths.ROOT / "build" / f"trio-kernels-{digest}.so"
    if not built.exists():
        built.parent.mkdir(parents=True, exist_ok=True)
        part = built.with_suffix(f".{os.getpid()}")
        try:
            subprocess.run([os.environ.get("CXX", "g++"), *FLAGS, *units, "-o", str(part)], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"trio/native does not build ({error}); training will be slow", flush=True)
            return None
        part.rename(built)
    loaded = ctypes.CDLL(str(built))
    for name, arguments in SIGNATURES.items():
        getattr(loaded, name).argtypes = arguments
        getattr(loaded, name).restype = None
    return loaded if loaded.kernels_start() else None


def keep_memory() -> None:
    """Freed memory stays with the process: asking the system anew for every tensor costs more than the
    products."""
    try:
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(-4, 0)  # M_MMAP_MAX
        libc.mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD
    except OSError:
        pass


def at(tensor: torch.Tensor | None, offset: int = 0) -> int | None:
    """Where a tensor's element `offset` lies."""
    return None if tensor is None else tensor.data_ptr() + offset * tensor.element_size()
