"""What a family is given to learn from.

An example is a dictionary of lists of ids: "input_ids", "labels", and for BERT sometimes "token_type_ids" (0
where absent) and "pair" (an example with the same meaning, for the contrastive term); and "kind", the name of
its task. -100 among the labels means: not asked.
"""

import random
from dataclasses import dataclass

IGNORED = -100
Example = dict


@dataclass
class Draw:
    """Where an example's randomness comes from, how long it may be, and whether dense ones are among them."""

    rng: random.Random
    longest: int
    dense_share: float = 0.0

    def dense(self) -> bool:
        """Whether this example is a dense one; draws nothing if there are none."""
        return self.dense_share > 0 and self.rng.random() < self.dense_share


def tokens(family: str, example: Example) -> int:
    """What an example costs: T5 reads one side and writes the other, a pair is two texts."""
    count = len(example["input_ids"])
    if family == "t5":
        count += len(example["labels"])
    if "pair" in example:
        count += len(example["pair"]["input_ids"])
    return count
