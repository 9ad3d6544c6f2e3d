"""A sequence as it was published, and one contact's place in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from modules.ids import ClientId, ContactId, EnrollmentId, SequenceId, TouchId
from modules.labels import ChannelName, NextChannel, OnReply, Purpose, TouchState, WaitsFor


@dataclass(frozen=True)
class Wait:
    """How long after the step before: exact time, or days in the contact's zone and then a local time `at`."""

    minutes: int = 0
    hours: int = 0
    days: int = 0
    business_days: int = 0
    at: time | None = None


@dataclass(frozen=True)
class Window:
    """Local hours in which steps may leave; `days` are ISO weekdays (1 Monday … 7 Sunday)."""

    days: tuple[int, ...]
    start: time
    end: time


class Next(StrEnum):
    """What a settled step leads to."""

    next = "next"
    end = "end"
    go_to = "go_to"
    retry = "retry"


@dataclass(frozen=True)
class Follow:
    """`go_to` names the step in `step`; `retry` is bounded by `times` and waits `after`, then falls through to next."""

    kind: Next
    step: str | None = None
    times: int = 0
    after: timedelta = timedelta(0)


@dataclass(frozen=True)
class Content:
    """SMS: `body`. E-mail: `subject` and `html`. Voice: `prompt`, what the call is about. Liquid templates.

    `assistant` is the provider's id of this step's own assistant; without it the account's is used.
    """

    body: str | None = None
    subject: str | None = None
    html: str | None = None
    prompt: str | None = None
    assistant: str | None = None


@dataclass(frozen=True)
class Step:
    key: str
    channel: ChannelName
    wait: Wait
    waits_for: WaitsFor
    content: Content
    on_success: Follow
    on_failure: Follow
    max_lateness: timedelta
    on_reply: OnReply = OnReply.stop


@dataclass(frozen=True)
class Definition:
    """One immutable version. `fallbacks` are values for variables a contact may lack; `enroll_when_tags`: a contact who
    carries one of these tags at the client's GoHighLevel is enrolled."""

    name: str
    slug: str
    windows: tuple[Window, ...]
    steps: tuple[Step, ...]
    fallbacks: Mapping[str, str]
    enroll_when_tags: tuple[str, ...] = ()
    purpose: Purpose = Purpose.marketing

    def step(self, key: str) -> Step:
        """The step of this key; KeyError when the version has none."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)


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
    decision: Mapping[str, str] | None = None
    addresses: int = 0
    """How many addresses the contact has: an arming goes on only when it could lock all of them."""
    enrolled_at: datetime | None = None


@dataclass(frozen=True)
class Reach:
    """Send this step now, as this attempt of the present visit."""

    step: Step
    attempt: int


@dataclass(frozen=True)
class Move:
    """Go to this step (or try it again) at `due_at`."""

    step: Step
    visit: int
    due_at: datetime


@dataclass(frozen=True)
class Hold:
    """Look again at `until`; nothing else changes. `alarming`: a person should know."""

    until: datetime
    reason: str
    alarming: bool = False


@dataclass(frozen=True)
class Finish:
    """The last step is settled."""


@dataclass(frozen=True)
class Stop:
    reason: StopReason


@dataclass(frozen=True)
class Stay:
    """Nothing to change."""


Plan = Reach | Move | Hold | Finish | Stop | Stay


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
class DueGroup:
    """What one turn of a sweep works on: one client's enrollments that are due for one channel."""

    client_id: ClientId
    channel: NextChannel
