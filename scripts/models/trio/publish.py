"""Makes assets/models/scores.json of what was measured: the families' scores, the phenomena, the training
logs, and how the targets were met."""

import datetime
import json
import os
import platform
from pathlib import Path

from . import contrast, models, paths, runs

NAMES = {"bert": "encoder", "gpt2": "decoder", "t5": "encoder_decoder"}
TOP5, CHRF, GAP = 75, 60, 10


def hardware() -> str:
    """What was trained on, in words; TRILENS_HARDWARE says it better than this machine can."""
    told = os.environ.get("TRILENS_HARDWARE")
    if told:
        return told
    info, name = Path("/proc/cpuinfo"), platform.machine()
    for line in info.read_text().splitlines() if info.exists() else ():
        if line.startswith("model name"):
            name = line.split(":", 1)[1].strip()
            break
    return f"{os.cpu_count()} cores of {name}"


def budget() -> dict:
    """What each training took."""
    made = {}
    for family, name in NAMES.items():
        log = runs.entries(paths.TRAINING / family)
        if log:
            made[name] = {
                "tokens": log[-1]["tokens"],
                "kept_at_tokens": runs.best(paths.TRAINING / family)["kept_at_tokens"],
                "minutes": round(log[-1]["minutes"], 1),
                "steps": log[-1]["step"],
                "parameters": models.parameters(models.fresh(family)),
            }
    return made


def scaling() -> list[dict]:
    """Held-out loss against tokens, and what more would buy."""
    made = []
    for family, name in NAMES.items():
        found = runs.ends(family)
        if found:
            made.append({"family": name, "runs": found, "power_law": runs.power(found)})
    return made


def target(name: str, wanted: float, reached: float | None, at_least: bool = True) -> dict:
    """One line. What was not measured was not met."""
    met = reached is not None and (reached >= wanted if at_least else reached <= wanted)
    return {"name": name, "target": wanted, "at_least": at_least, "reached": reached, "met": met}


def reach(scores: dict, *path: str):
    """A nested value, None where it is missing."""
    for step in path:
        scores = scores.get(step) if isinstance(scores, dict) else None
    return scores


def targets(scores: dict) -> list[dict]:
    """What was aimed at."""
    made = []
    for language in ("english", "french"):
        reached = reach(scores, "encoder", "masked_token", f"everyday_{language}", "top5_percent")
        made.append(
            target(
                f"encoder: everyday {language}, masked token among the first five, per cent", TOP5, reached
            )
        )
    for part in ("everyday", "world"):
        for direction, words in (("into_french", "English to French"), ("into_english", "French to English")):
            reached = reach(scores, "encoder_decoder", "translation", part, direction, "beam4", "chrf")
            made.append(target(f"encoder-decoder: {words}, {part}, beam 4, chrF", CHRF, reached))
    told = ("decoder", "next_token", "held_text", "generator")
    for name, key in (
        ("", "gap_of_perplexity_per_word_percent"),
        (", without what it costs to know the form", "gap_without_form_percent"),
    ):
        words = f"decoder: small world, perplexity per word above the generator's, per cent{name}"
        made.append(target(words, GAP, reach(scores, *told, key), at_least=False))
    for family in NAMES.values():
        if scores["phenomena"]:
            count = contrast.counted(scores, family)
            words = f"{family.replace('_', '-')}: phenomena at {contrast.GOAL} % of those it could do"
            made.append(target(words, count, count - len(contrast.below(scores, family))))
        rounding = scores.get(family, {}).get("rounding")
        if rounding:
            words = f"{family.replace('_', '-')}: change of loss by rounding the weights, per cent"
            change = rounding["largest_relative_change_percent"]
            made.append(target(words, rounding["limit_percent"], change, at_least=False))
    return made


def read(path: Path) -> dict:
    """A JSON file; empty where it is missing."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def with_control(asked: dict, untrained: dict) -> None:
    """Beside each phenomenon what the same architectures get without training."""
    found = {row["id"]: row for row in untrained.get("phenomena", [])}
    for row in asked.get("phenomena", []):
        for family in NAMES.values():
            if row["id"] in found and "accuracy" in found[row["id"]][family]:
                row[family]["untrained"] = {k: found[row["id"]][family][k] for k in ("accuracy", "interval")}


def merged() -> dict:
    """All of it."""
    measured = {name: read(paths.TRAINING / family / "scores.json") for family, name in NAMES.items()}
    asked = read(paths.TRAINING / "phenomena.json")
    with_control(asked, read(paths.TRAINING / "phenomena_untrained.json"))
    scores = {
        "made": {
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "budget": budget(),
            "hardware": hardware(),
        }
    }
    for family, name in NAMES.items():
        if measured[name]:
            scores[name] = {"model": f"trilens-{family}"} | measured[name]
    scores["phenomena"], scores["contrasts"] = asked.get("phenomena", []), asked.get("contrasts", [])
    scores["scaling"] = scaling()
    scores["targets"] = targets(scores)
    return scores


def published() -> dict:
    """What was published last."""
    return read(paths.ASSETS / "scores.json")


def main() -> None:
    """Write the file and say which targets were met."""
    scores = merged()
    path = paths.ASSETS / "scores.json"
    path.write_text(json.dumps(scores, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for line in scores["targets"]:
        sign = "≥" if line["at_least"] else "≤"
        print(
            f"{'met   ' if line['met'] else 'missed'} {line['name']}: {line['reached']} ({sign}"
            f" {line['target']})"
        )
    print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
