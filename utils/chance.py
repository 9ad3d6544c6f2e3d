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
        return fraction(digest)


def fraction(digest: bytes) -> float:
    """The first 53 bits as a number in [0, 1): a float holds no more, and one bit more could round up to 1."""
    return (int.from_bytes(digest[:7], "big") >> 3) / (1 << 53)
