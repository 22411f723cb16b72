"""How many tokens a model is to see, and the learning rate at each: warm-up, stable, linear decay to nearly
nothing.

build/training/plan.json may change while a model is in the stable phase:
{"tokens": 40000000, "decay_share": 0.5}. A plan that is done can go on: from a part of the rate down once more.
"""

import json
from dataclasses import dataclass
from pathlib import Path

WARM_UP, LAST, AGAIN = 600_000, 0.01, 1 / 3


@dataclass
class Plan:
    """The plan as last read. `decay_from` is set once the decay has begun; nothing changes the plan then."""

    path: Path
    tokens: int = 0
    decay_share: float = 0.5
    decay_from: int | None = None

    def read(self) -> None:
        """Take up the file, if it is there and the decay has not begun."""
        if self.decay_from is None and self.path.exists():
            try:
                written = json.loads(self.path.read_text())
                self.tokens = int(written["tokens"])
                self.decay_share = float(written.get("decay_share", self.decay_share))
            except (ValueError, KeyError) as error:  # half written: there is a next time
                print(f"plan.json: {error}", flush=True)

    def go_on(self, seen: int, tokens: int) -> bool:
        """If the plan is done and more tokens are wanted: a second decay, from AGAIN to LAST. Whether it was so."""
        if not (self.decay_from is not None and seen >= self.tokens and tokens > seen):
            return False
        self.tokens, self.decay_from = tokens, tokens - round((tokens - seen) / AGAIN)
        return True

    def rate(self, seen: int) -> float:
        """The learning rate's share of its peak after `seen` tokens."""
        if self.decay_from is None and seen >= self.tokens * (1 - self.decay_share):
            self.decay_from = seen
        rate = min(1.0, (seen + 10_000) / min(WARM_UP, 0.1 * self.tokens))
        if self.decay_from is None:
            return rate
        left = (self.tokens - seen) / max(1, self.tokens - self.decay_from)
        return min(rate, max(LAST, left))
