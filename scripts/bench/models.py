"""What a benchmark is asked and what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median
from typing import Any


class Scale(StrEnum):
    """`small` proves in seconds that a benchmark runs; its numbers mean nothing. `huge` is full, and growth goes on to
    ten million."""

    huge = "huge"
    full = "full"
    small = "small"


class Sign(StrEnum):
    at_least = "at_least"
    at_most = "at_most"


@dataclass(frozen=True)
class Plan:
    """How much to do. `rounds` is how often ours and the baseline take turns."""

    scale: Scale
    rounds: int

    def pick(self, full: int, small: int) -> int:
        return small if self.scale is Scale.small else full


@dataclass(frozen=True)
class Target:
    sign: Sign
    value: float

    def is_met_by(self, value: float) -> bool:
        return value >= self.value if self.sign is Sign.at_least else value <= self.value

    def __str__(self) -> str:
        return f"{'≥' if self.sign is Sign.at_least else '≤'} {self.value:g}"


@dataclass(frozen=True)
class Line:
    """One row of the table: the rounds of ours and of the baseline in `unit`, and what is to be reached.

    Without a baseline the target is for our own value: a count, or a size. `contract` says in a few words what each
    side promises, where that differs.
    """

    name: str
    unit: str
    ours: tuple[float, ...]
    baseline: tuple[float, ...]
    target: Target | None
    settings: Mapping[str, Any] = field(default_factory=dict)
    contract: str = ""

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours by the baseline, of each round: what disturbs the machine for a minute disturbs both."""
        if not self.baseline or not all(self.baseline):
            return ()
        return tuple(one / other for one, other in zip(self.ours, self.baseline, strict=True))

    @property
    def value(self) -> float:
        """What the target is about: the ratios' median, or without a baseline our own."""
        return median(self.ratios or self.ours)

    @property
    def is_met(self) -> bool | None:
        return self.target.is_met_by(self.value) if self.target else None


@dataclass(frozen=True)
class Outcome:
    """The lines of one benchmark, and what stands by name in the last line of the output."""

    lines: tuple[Line, ...]
    facts: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Benchmark:
    """`question` is what it answers, in a few words."""

    name: str
    question: str
    run: Callable[[Plan], Outcome]
