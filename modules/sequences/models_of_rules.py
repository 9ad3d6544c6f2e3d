"""What a branch or a goal may ask about a contact, what a step may wait for, and who may enter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

Milestones = Mapping[str, tuple[datetime, ...]]
"""What happened or is to happen with a contact, by name: the instants, earliest first."""


class Compare(StrEnum):
    """How a field is compared; texts without regard to case."""

    equals = "equals"
    one_of = "in"
    exists = "exists"
    before = "before"
    after = "after"


class Outcome(StrEnum):
    """What became of an earlier step at its latest visit."""

    delivered = "delivered"
    completed = "completed"
    failed = "failed"
    expired = "expired"
    skipped = "skipped"


@dataclass(frozen=True)
class FieldIs:
    """`values`: one text for equals, several for in, true or false for exists, an ISO date for before and after; there
    `days` may stand instead: so many days from today, in the contact's calendar."""

    field: str
    compare: Compare
    values: tuple[str, ...] = ()
    days: int | None = None


@dataclass(frozen=True)
class OutcomeIs:
    step: str
    outcome: Outcome


@dataclass(frozen=True)
class Replied:
    """Whether the person wrote or called since they were enrolled, or `within` so long before now."""

    yes: bool
    within: timedelta | None = None


@dataclass(frozen=True)
class MilestoneIs:
    """Whether it happened since the contact was enrolled, or `within` so long before now."""

    milestone: str
    within: timedelta | None = None


@dataclass(frozen=True)
class Stalled:
    """Whether nothing came from the person for so long: no reply, no milestone, no click; counted from the enrollment
    at the earliest."""

    quiet_for: timedelta


@dataclass(frozen=True)
class Clicked:
    """Whether a person followed a link in what this step sent."""

    step: str


Condition = FieldIs | OutcomeIs | Replied | MilestoneIs | Stalled | Clicked
Goal = FieldIs | Replied | MilestoneIs


@dataclass(frozen=True)
class Case:
    condition: Condition
    go_to: str


class Otherwise(StrEnum):
    """What a step does that waits for a date the contact does not have."""

    skip = "skip"
    end = "end"
    now = "now"


@dataclass(frozen=True)
class Until:
    """A day of the contact's own: the date in `field`, or of the latest `milestone`, `days` later (earlier, below 0),
    at the local time `at`."""

    field: str | None
    days: int = 0
    at: time | None = None
    otherwise: Otherwise = Otherwise.skip
    milestone: str | None = None

    @property
    def name(self) -> str:
        """What it waits for, as the file names it."""
        return self.field or f"milestone {self.milestone}"


class AfterWindow(StrEnum):
    """What becomes of a step that came due outside the hours: it waits for them, or is skipped."""

    hold = "hold"
    skip = "skip"


class StopOn(StrEnum):
    """What ends a sequence beside its own way; an opt-out always does."""

    bounce = "bounce"
    opt_out = "opt_out"
    booking = "booking"
    company_reply = "company_reply"


class ReEntry(StrEnum):
    """Whether somebody may be enrolled again; never while one enrollment runs."""

    never = "never"
    after_end = "after_end"


@dataclass(frozen=True)
class Entry:
    """Who may not be enrolled. `again` a duration: so long after the last end. `exclusive_with`: slugs of sequences
    that the contact must not run in; `exclusive`: a group of which the contact runs in one at a time; `gap`: how long
    after they ran in any other sequence; `most_running`: how many may run in it at a time; `drip`: how many begin at a
    time."""

    again: ReEntry | timedelta = ReEntry.after_end
    exclusive_with: tuple[str, ...] = ()
    exclusive: str | None = None
    gap: timedelta | None = None
    most_running: int | None = None
    drip: "Drip | None" = None


@dataclass(frozen=True)
class Drip:
    """At most so many `people` begin in each span `every`; the others in the spans after it."""

    people: int
    every: timedelta


class Priority(StrEnum):
    """Whose steps are worked first where several sequences are due for one channel of a client."""

    high = "high"
    normal = "normal"
    low = "low"


RANK: dict[Priority, int] = {Priority.high: 1, Priority.normal: 2, Priority.low: 3}
"""As the database keeps it: the smaller, the sooner."""


ANYBODY = Entry()


@dataclass(frozen=True)
class PastRun:
    """One enrollment of a contact. `same`: in the very sequence; `group`: the exclusive group of its version;
    `changed_at`: when it ended, if it does not run; `handed_over`: into another sequence."""

    same: bool
    slug: str
    group: str | None
    running: bool
    changed_at: datetime
    handed_over: bool = False


def milestones_of(found: Mapping[str, Sequence[str]] | None) -> dict[str, tuple[datetime, ...]]:
    """Milestones as a query gives them, by name."""
    return {name: tuple(datetime.fromisoformat(at) for at in instants) for name, instants in (found or {}).items()}
