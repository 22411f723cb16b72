"""Fixtures of phenomena in bulk: the first items of every file of assets/probes/, scored by the evaluation that wrote
assets/models/scores.json (scripts/models/trio/phenomena.py: the shipped files in ONNX Runtime).

Usage: python probe_oracle.py  (writes tests/fixtures/models/probes.json)
"""

import json

import onnxruntime
import tokenizers
from common import FIXTURES, write
from measures import digest
from trio import paths
from trio.phenomena import ASKED, FAMILIES, PROBES, Decoder, Encoder, EncoderDecoder, Trio, scores

ITEMS = 3


def main() -> None:
    """All phenomena, all three."""
    trio = Trio(Encoder(), Decoder(), EncoderDecoder())
    made = {family: [] for family in FAMILIES}
    for path in sorted(PROBES.glob("*.json")):
        probe = json.loads(path.read_text(encoding="utf-8"))
        items = probe["items"][: 1 if probe["kind"] == "retrieve" else ITEMS]
        for family in FAMILIES:
            row = {"phenomenon": probe["id"], "kind": probe["kind"]}
            if ASKED[probe["kind"]][family]:
                row["scores"] = [scores(trio, probe["kind"], family, item) for item in items]
            made[family].append(row)
    files = [p for family in paths.FAMILIES for p in sorted((paths.assets(family) / "onnx").glob("*.onnx"))]
    digests = {f"{p.parent.parent.name}/{p.name}": digest(p) for p in files}
    versions = {"onnxruntime": onnxruntime.__version__, "tokenizers": tokenizers.__version__}
    write(FIXTURES / "models" / "probes.json", {"versions": versions, "digests": digests}, made)


if __name__ == "__main__":
    main()
