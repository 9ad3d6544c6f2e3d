"""What one seed of a simulation came to: the words that both tiers and `omnify prove` share."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Violation:
    """One broken promise. `invariant` is I1 to I21, `at` an instant of simulated time (ISO 8601), `detail` prose."""

    invariant: str
    at: str
    detail: str


@dataclass(frozen=True)
class Outcome:
    """One seed: `hours` are simulated, `acceptances` are the providers' own, `crashes` processes that died."""

    tier: str
    seed: int
    hours: float
    acceptances: int
    crashes: int
    violations: tuple[Violation, ...]
    history_path: Path | None = None

    def holds(self) -> bool:
        """True when nothing was broken."""
        return not self.violations
