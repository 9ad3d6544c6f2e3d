"""What a branch or a goal may ask about a contact, what a step may wait for, and who may enter."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum


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


Condition = FieldIs | OutcomeIs | Replied


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
    """A day of the contact's own: the date in `field`, `days` later (earlier, below 0), at the local time `at`."""

    field: str
    days: int = 0
    at: time | None = None
    otherwise: Otherwise = Otherwise.skip


class AfterWindow(StrEnum):
    """What becomes of a step that came due outside the hours: it waits for them, or is skipped."""

    hold = "hold"
    skip = "skip"


class StopOn(StrEnum):
    """What ends a sequence beside its own way; an opt-out always does."""

    bounce = "bounce"
    opt_out = "opt_out"


class ReEntry(StrEnum):
    """Whether somebody may be enrolled again; never while one enrollment runs."""

    never = "never"
    after_end = "after_end"


@dataclass(frozen=True)
class Entry:
    """Who may not be enrolled. `again` a duration: so long after the last end. `exclusive_with`: slugs of sequences
    that the contact must not run in; `exclusive`: a group of which the contact runs in one at a time; `gap`: how long
    after they ran in any other sequence."""

    again: ReEntry | timedelta = ReEntry.after_end
    exclusive_with: tuple[str, ...] = ()
    exclusive: str | None = None
    gap: timedelta | None = None


ANYBODY = Entry()


@dataclass(frozen=True)
class PastRun:
    """One enrollment of a contact. `same`: in the very sequence; `group`: the exclusive group of its version;
    `changed_at`: when it ended, if it does not run."""

    same: bool
    slug: str
    group: str | None
    running: bool
    changed_at: datetime
