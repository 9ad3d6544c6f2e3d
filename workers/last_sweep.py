"""When the newest sweep ended, as far as this process runs the sweeps itself (`omnify up`).

Nothing is written for it: an idle sweep writes no row, so the database cannot know, and on Modal nobody does.
"""

from dataclasses import dataclass

from utils.clock import monotonic


@dataclass
class LastSweep:
    """`ended_at`: monotonic seconds; None before the first sweep that ended well."""

    ended_at: float | None = None

    def has_ended(self) -> None:
        self.ended_at = monotonic()

    @property
    def age_seconds(self) -> float | None:
        return None if self.ended_at is None else round(monotonic() - self.ended_at, 1)
