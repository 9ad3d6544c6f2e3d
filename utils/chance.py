"""Draws that repeat: chance is a hash of what is drawn for, never a generator's state."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Draw:
    """A seeded source of chance; the same seed and name give the same number on every machine."""

    seed: str

    def number(self, *names: str) -> float:
        """A number in [0, 1) that belongs to these names."""
        digest = hashlib.sha256("\x1f".join((self.seed, *names)).encode()).digest()
        return int.from_bytes(digest[:7], "big") / (1 << 56)
