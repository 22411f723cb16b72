"""How much of each task the three families see, as shares of tokens."""

# The world has more text (8 million tokens in both languages against 3.6), but it is the same hundred plots
# told again and again: it is learned sooner. Everyday sentences are what visitors type, and hardly one
# of them says what another has said. So they get two thirds, in all three families.
DATA = {"everyday": 0.65, "world": 0.35}

# BERT: masked words first of all; pairs are 15 % in all, as the contrastive term needs whole batches.
# GPT-2: text to go on with; the rest is what a line can ask for. T5: more than half is translation, the
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
        "everyday": {"into_french": 0.46, "into_english": 0.23, "spans": 0.21, "correct": 0.10},
        "world": {
            "into_french": 0.24,
            "into_english": 0.12,
            "spans": 0.24,
            "answer": 0.20,
            "summary": 0.10,
            "correct": 0.05,
            "sentiment": 0.05,
        },
    },
}


def shares(family: str, parts: list[str]) -> dict[tuple[str, str], float]:
    """The share of each (part, task) among the parts that there are."""
    return {
        (part, task): DATA[part] * share for part in parts for task, share in MIXTURE[family][part].items()
    }
