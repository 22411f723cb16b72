"""8-bit weights for the processor: beside each graph of an exported folder its _quantized.onnx, which Trilens opens like the original.

    python scripts/models/quantize.py FOLDER

Needs onnxruntime and onnx. Products of two activations stay as they are: `optimum-cli onnxruntime quantize` rounds these too, and with them
the attention's own q·k, so that the scores cannot be shown. Products in the branches of an If (merged decoders) are rounded as well.
"""

import sys
from pathlib import Path

from onnxruntime.quantization import quantize_dynamic

STEMS = "model", "encoder_model", "decoder_model", "decoder_model_merged", "decoder_with_past_model"
SAFE = {"EnableSubgraph": True, "MatMulConstBOnly": True}


def main() -> None:
    """All graphs of the folder, or of its onnx/."""
    if len(sys.argv) != 2:
        sys.exit("usage: quantize.py FOLDER")
    folder = Path(sys.argv[1])
    graphs = [
        path
        for place in (folder / "onnx", folder)
        for stem in STEMS
        if (path := place / f"{stem}.onnx").exists()
    ]
    if not graphs:
        sys.exit(f"{folder} has no ONNX file of a name that Trilens loads: {', '.join(STEMS)}")
    for path in graphs:
        quantized = path.with_name(f"{path.stem}_quantized.onnx")
        quantize_dynamic(path, quantized, extra_options=SAFE)
        print(f"{quantized}: {quantized.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
