"""A sequence as it was published, and one contact's place in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from modules.ids import ClientId, ContactId, EnrollmentId, SequenceId, TouchId
from modules.labels import ChannelName, NextChannel, OnReply, Purpose, TouchState, WaitsFor
from modules.sequences.models_of_rules import ANYBODY, AfterWindow, Case, Entry, FieldIs, Replied, StopOn, Until


@dataclass(frozen=True)
class Wait:
    """How long after the step before: exact time, or days in the contact's zone and then a local time `at`; or until a
    date of the contact's."""

    minutes: int = 0
    hours: int = 0
    days: int = 0
    business_days: int = 0
    at: time | None = None
    until: Until | None = None


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
    """`go_to` names the step in `step`; `retry` is bounded by `times` and waits `after` each time, or what its `ladder`
    says for each; when it has come to its bound, `then` (None: next)."""

    kind: Next
    step: str | None = None
    times: int = 0
    after: timedelta = timedelta(0)
    ladder: tuple[timedelta, ...] = ()
    then: "Follow | None" = None

    def pause(self, attempt: int) -> timedelta:
        """How long a retry waits after this attempt (from 1) has failed."""
        return self.ladder[min(attempt, len(self.ladder)) - 1] if self.ladder else self.after


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
class Branch:
    """The first case that holds is followed, else `otherwise`."""

    cases: tuple[Case, ...]
    otherwise: Follow


@dataclass(frozen=True)
class Step:
    """`channel` None: a branch, which sends nothing. `after_window` skip: rather than put off for more than `max_hold`
    by the sequence's hours or the law's, it does not leave at all."""

    key: str
    channel: ChannelName | None
    wait: Wait
    waits_for: WaitsFor
    content: Content
    on_success: Follow
    on_failure: Follow
    max_lateness: timedelta
    on_reply: OnReply = OnReply.stop
    after_window: AfterWindow = AfterWindow.hold
    max_hold: timedelta = timedelta(0)
    branch: Branch | None = None

    @property
    def due_for(self) -> NextChannel:
        """What an enrollment at this step is due for: a branch is a decision without a send."""
        return NextChannel.settle if self.channel is None else NextChannel(self.channel)


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
    goal: FieldIs | Replied | None = None
    stop_on: frozenset[StopOn] = frozenset()
    entry: Entry = ANYBODY

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
    moved = "moved"
    bounced = "bounced"
    no_date = "no_date"


class FinishReason(StrEnum):
    """Why an enrollment came to its end before its last step; none is given for the last step."""

    goal_met = "goal_met"
    visits_spent = "visits_spent"


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
class StepTouch:
    """What became of a step's latest touch, and when it was armed."""

    state: TouchState
    armed_at: datetime


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
    """When the person last wrote or called since they were enrolled."""
    back_on: str | None = None
    """The day on which the person is back, as their latest automatic reply says."""
    mail_bounced: bool = False
    """Mail came back from the contact's present address."""


@dataclass(frozen=True)
class Reach:
    """Send this step now, as this attempt of the present visit."""

    step: Step
    attempt: int


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
class Stop:
    reason: StopReason
    note: Mapping[str, str] | None = None


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
