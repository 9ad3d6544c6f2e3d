"""One contact's place in a sequence, what decisions look at, and what they lead to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from modules.ids import ClientId, ContactId, EnrollmentId, SequenceId, TouchId
from modules.labels import NextChannel, TouchState
from modules.sequences.models import Step
from modules.sequences.models_of_rules import Milestones
from utils.frozen import quickly_made


class EnrollmentState(StrEnum):
    """Where a contact stands in a sequence."""

    active = "active"
    paused = "paused"
    held = "held"
    finished = "finished"
    stopped = "stopped"
    quarantined = "quarantined"


class StopReason(StrEnum):
    """Why an enrollment ended before its last step."""

    suppressed = "suppressed"
    step_failed = "step_failed"
    by_hand = "by_hand"
    replied = "replied"
    erased = "erased"
    moved = "moved"
    bounced = "bounced"
    no_date = "no_date"
    booked = "booked"
    company_replied = "company_replied"


class FinishReason(StrEnum):
    """Why an enrollment came to its end before its last step; none is given for the last step."""

    goal_met = "goal_met"
    visits_spent = "visits_spent"
    handed_over = "handed_over"
    hand_over_refused = "hand_over_refused"


@quickly_made
@dataclass(frozen=True)
class LastTouch:
    """The latest touch of an enrollment, as far as decisions need it."""

    id: TouchId
    step: str
    part: int
    attempt: int
    state: TouchState
    was_accepted: bool
    confirm_by: datetime
    reason: str | None = None
    spare_senders: int = 0
    """How many other numbers could still have been used when it left."""
    armed_at: datetime | None = None
    unsent: int = 0
    """How many attempts before it, in the same visit, never left."""


@dataclass(frozen=True)
class StepTouch:
    """What became of a step's latest touch, when it was armed, and when somebody last followed a link in it."""

    state: TouchState
    armed_at: datetime
    clicked_at: datetime | None = None


@dataclass(frozen=True)
class StepTask:
    """The task of the present visit: whether somebody has done it, and when it was given to them."""

    visit: int
    is_done: bool
    given_at: datetime


@dataclass(frozen=True)
class Heard:
    """What a contact's fields and milestones say now, and when the present visit's first attempt was armed."""

    fields: Mapping[str, object]
    milestones: Milestones
    begun_at: datetime | None


@quickly_made
@dataclass(frozen=True)
class Snapshot:
    """All that `decide` looks at for one enrollment; loaded for a whole batch by one query."""

    enrollment_id: EnrollmentId
    client_id: ClientId
    contact_id: ContactId
    sequence_id: SequenceId
    version: int
    status: EnrollmentState
    step: str | None
    visit: int
    next_channel: NextChannel
    due_at: datetime | None
    waiting: bool
    last_touch: LastTouch | None
    zone: str
    decision: Mapping[str, Any] | None = None
    addresses: int = 0
    """How many addresses the contact has: an arming goes on only when it could lock all of them."""
    enrolled_at: datetime | None = None
    status_reason: str | None = None
    """Why it is held; of a paused one: what it will be held for when the pause ends."""
    fields: Mapping[str, object] = field(default_factory=dict)
    """What is written about the contact, with first_name and last_name."""
    outcomes: Mapping[str, StepTouch] = field(default_factory=dict)
    """The latest touch of each step; loaded where a branch is due."""
    replied_at: datetime | None = None
    """When the person last wrote or called since they were enrolled, other than to ask us to stop."""
    back_on: str | None = None
    """The day on which the person is back, as their latest automatic reply says."""
    mail_bounced: bool = False
    """Mail came back from the contact's present address."""
    said_stop: bool = False
    """The person has asked to stop, by any of their addresses, since they were enrolled."""
    milestones: Milestones = field(default_factory=dict)
    task: StepTask | None = None
    colleague_replied_at: datetime | None = None
    """When somebody of the same company last wrote since they were enrolled; loaded where the file asks."""
    begun_at: datetime | None = None
    """When the first attempt of this visit was armed; loaded where the sequence waits for a milestone or a date."""


@dataclass(frozen=True)
class Ask:
    """Give this step's task to a person now."""

    step: Step


@dataclass(frozen=True)
class Reach:
    """Send this step now, as this attempt of the present visit."""

    step: Step
    attempt: int


@quickly_made
@dataclass(frozen=True)
class Move:
    """Go to this step (or try it again) at `due_at`. `note` is what stays on the enrollment of why."""

    step: Step
    visit: int
    due_at: datetime
    note: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Hold:
    """Look again at `until`; nothing else changes. `alarming`: a person should know."""

    until: datetime
    reason: str
    alarming: bool = False


@dataclass(frozen=True)
class Finish:
    """Nothing is left to do."""

    reason: FinishReason | None = None
    note: Mapping[str, str] | None = None


@dataclass(frozen=True)
class HandOver:
    """It is to end after `step`, and the contact to enter the client's sequence `to`: noted on the row, and done by the
    next sweep."""

    to: str
    step: str


@dataclass(frozen=True)
class Enter:
    """Do it now: end here, and enter the client's sequence `to`. `step` was the last one here, None where it was not
    noted."""

    to: str
    step: Step | None = None


@dataclass(frozen=True)
class Stop:
    reason: StopReason
    note: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Stay:
    """Nothing to change."""


Onward = Move | Finish | HandOver
"""Where a way out of a step leads."""
Plan = Reach | Ask | Enter | Onward | Hold | Stop | Stay


@quickly_made
@dataclass(frozen=True)
class EnrollmentChange:
    """One enrollment as it is written back. `last_touch_id` None keeps the one that is there."""

    id: EnrollmentId
    status: EnrollmentState
    status_reason: str | None
    step: str | None
    visit: int
    next_channel: NextChannel
    due_at: datetime | None
    waiting: bool
    last_touch_id: TouchId | None
    decision: Mapping[str, str] | None


@dataclass(frozen=True)
class Portion:
    """Where people begin by portions: the instant of the present one, and how many of its places are taken."""

    at: datetime | None
    taken: int


@dataclass(frozen=True)
class DueGroup:
    """What one turn of a sweep works on: one client's enrollments that are due for one channel, of one priority (the
    smaller, the sooner)."""

    client_id: ClientId
    channel: NextChannel
    priority: int = 2
