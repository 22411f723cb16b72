"""splitmix64 as in src/base/random.hpp, so that fixtures and code draw the same numbers."""

MASK = (1 << 64) - 1


class SplitMix:
    """Reference: Vigna, https://prng.di.unimi.it/splitmix64.c."""

    def __init__(self, seed: int):
        self.state = seed & MASK

    def next(self) -> int:
        """Sixty-four bits."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def uniform(self) -> float:
        """A number in [0, 1)."""
        return (self.next() >> 11) * 2.0**-53
