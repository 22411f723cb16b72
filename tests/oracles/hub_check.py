"""Do the taps of the opened hub files hold what transformers says? Compares ONNX Runtime's outputs with tests/fixtures/hub/*/oracle.json.

    cmake --build build/native --target test_onnx
    TRILENS_OPENED=build/hub-opened build/native/test_onnx "[.write]"
    build/hub-venv/bin/python tests/oracles/hub_check.py build/hub-opened

For each file: the untouched outputs are bit-equal before and after opening; attention, hidden states and logits differ from the reference
by at most 1e-4 in fp32. Of fp16, q8 and q4 files, which are other numbers, the difference is printed and rows of attention must sum to 1.
A second decoder file, or the second branch of a merged one, is given the first's cache and the last token.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from common import FIXTURES

LIMIT, SUM_LIMIT = 1e-4, 2e-3
LOSSY = ("_fp16", "_quantized", "_q4")


def session(path: Path):
    """Without ONNX Runtime's own chatter."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level, options.intra_op_num_threads = 3, 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run(live, values: dict) -> dict[str, np.ndarray]:
    """All outputs; of `values` what the session takes, and an empty cache where there is none."""
    feeds = {}
    for port in live.get_inputs():
        if port.name in values:
            feeds[port.name] = values[port.name]
        elif port.name.startswith("past_key_values"):
            kind = np.float16 if port.type == "tensor(float16)" else np.float32
            feeds[port.name] = np.zeros([0 if i == 2 else d if isinstance(d, int) else 1 for i, d in enumerate(port.shape)], kind)
        else:
            raise SystemExit(f"nothing is known to give as {port.name}")
    return dict(zip([out.name for out in live.get_outputs()], live.run(None, feeds), strict=True))


def inputs(ids: list[int], past: int = 0) -> dict[str, np.ndarray]:
    """What a single stack takes."""
    whole = np.array([ids])
    return {"input_ids": whole[:, past:], "attention_mask": np.ones_like(whole), "token_type_ids": np.zeros_like(whole),
            "position_ids": np.arange(past, len(ids))[None]}


def with_cache(values: dict, said: dict) -> dict:
    """The next step's past from this step's present."""
    return values | {name.replace("present", "past_key_values"): out for name, out in said.items() if name.startswith("present")}


def pieces(folder: Path, stem: str, text: dict):
    """(values, first query): what to feed the file, and where the reference's rows begin."""
    if stem.startswith(("model", "encoder")):
        yield inputs(text["ids"]), 0
        if stem.startswith("model") and "past_key_values.0.key" in json.loads((folder / "oracle.json").read_text())["ports"][stem]["inputs"]:
            first = run(session(folder / "onnx" / f"{stem}.onnx"), inputs(text["ids"][:-1]))
            yield with_cache(inputs(text["ids"], len(text["ids"]) - 1), first), len(text["ids"]) - 1
        return
    source, target = inputs(text["ids"]), text["decoder_ids"]
    states = run(session(folder / "onnx" / "encoder_model.onnx"), source)["last_hidden_state"]
    fixed = {"encoder_hidden_states": states, "encoder_attention_mask": source["attention_mask"]}
    merged = "merged" in stem
    flag = {"use_cache_branch": np.array([False])} if merged else {}
    before = stem if merged else "decoder_model"
    if stem == before:
        yield fixed | flag | {"input_ids": np.array([target])}, 0
    if stem == "decoder_model":
        return
    first = run(session(folder / "onnx" / f"{before}.onnx"), fixed | flag | {"input_ids": np.array([target[:-1]])})
    later = fixed | {"input_ids": np.array([target[-1:]])} | ({"use_cache_branch": np.array([True])} if merged else {})
    yield with_cache(later, first), len(target) - 1


def reference(text: dict, tap: str, start: int) -> np.ndarray | None:
    """The rows of the reference that belong to a tap; None where it says nothing of it."""
    parts = tap.split(".")
    if parts[0] not in text:
        return None
    if parts[-1] == "probabilities":
        return np.array(text[parts[0]][int(parts[1])])[:, start:]
    if parts[0] in ("hidden", "decoder_hidden"):
        return np.array(text[parts[0]][int(parts[1])])[start:]
    return None


def differences(said: dict, text: dict, start: int):
    """(name, largest difference)"""
    for name, out in said.items():
        wanted = reference(text, name, start)
        if name == "logits" and "logits" in text:
            wanted, out = np.array(text["logits"]), out[:, -1, : len(text["logits"])]
        if wanted is None:
            continue
        got = out[0][..., : wanted.shape[-1]] if "hidden" in name else out[0]
        assert got.shape == wanted.shape, f"{name} is {got.shape}, not {wanted.shape}"
        yield name, float(np.abs(got - wanted).max())


def check(folder: Path, opened: Path) -> list[str]:
    """What is wrong with one file."""
    stem, wrong = opened.stem, []
    before, after = session(folder / "onnx" / opened.name), session(opened)
    worst, compared, rows = 0.0, 0, 0.0
    for text in json.loads((folder / "oracle.json").read_text())["texts"]:
        for values, start in pieces(folder, stem, text):
            old, new = run(before, values), run(after, values)
            wrong += [f"{name} is not bit-equal" for name, out in old.items() if out.tobytes() != new[name].tobytes()]
            for name, size in differences(new, text, start):
                worst, compared = max(worst, size), compared + 1
                if size > LIMIT and not any(mark in stem for mark in LOSSY):
                    wrong.append(f"{name} differs by {size:.2g}")
            rows = max([rows, *(float(np.abs(out.sum(-1) - 1).max()) for name, out in new.items() if name.endswith("probabilities"))])
    if rows > SUM_LIMIT:
        wrong.append(f"rows of attention miss 1 by {rows:.2g}")
    if compared == 0:
        wrong.append("nothing was compared")
    print(f"{folder.name}/{opened.name}: {compared} tensors, at most {worst:.2g} off{'; ' + '; '.join(sorted(set(wrong))) if wrong else ''}", flush=True)
    return wrong


def main() -> None:
    """All opened files."""
    paths = sorted(Path(sys.argv[1]).glob("*/onnx/*.onnx"))
    wrong = [found for path in paths for found in check(FIXTURES / "hub" / path.parts[-3], path)]
    if wrong or not paths:
        sys.exit(f"{len(wrong)} differences in {len(paths)} files")


if __name__ == "__main__":
    main()
