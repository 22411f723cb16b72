"""How much of each task the three families see, as shares of tokens."""

# Everyday sentences are what visitors type, and hardly one of them says what another has said. The world has more text,
# but its plots are told again and again: they are learned sooner; its vignettes teach what no plot teaches (who did
# what, agreement, negation, sums). The same in all three families.
DATA = {"everyday": 0.55, "world": 0.45}

# BERT: masked words first of all; pairs are 15 % in all, as the contrastive term needs whole batches.
# GPT-2: text to go on with; the rest is what a line can ask for. T5: half is translation, the
# hardest for its size, with twice as much into French as into English; spans are its pre-training.
MIXTURE = {
    "bert": {
        "everyday": {"masked": 0.54, "translation": 0.28, "pair": 0.18},
        "world": {"masked": 0.42, "translation": 0.18, "answer": 0.22, "mood": 0.06, "pair": 0.12},
    },
    "gpt2": {
        "everyday": {"text": 0.60, "translation": 0.40},
        "world": {"text": 0.46, "translation": 0.16, "answer": 0.24, "summary": 0.10, "mood": 0.04},
    },
    "t5": {
        "everyday": {"into_french": 0.42, "into_english": 0.20, "spans": 0.30, "correct": 0.08},
        "world": {
            "into_french": 0.20,
            "into_english": 0.10,
            "spans": 0.34,
            "answer": 0.20,
            "summary": 0.07,
            "correct": 0.04,
            "sentiment": 0.05,
        },
    },
}


def shares(family: str, parts: list[str]) -> dict[tuple[str, str], float]:
    """The share of each (part, task) among the parts that there are."""
    return {
        (part, task): DATA[part] * share for part in parts for task, share in MIXTURE[family][part].items()
    }
