"""A sequence as it was published, and one contact's place in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

from modules.labels import ChannelName, NextChannel, OnReply, Purpose, WaitsFor
from modules.sequences.models_of_rules import ANYBODY, AfterWindow, Case, Entry, Goal, Priority, StopOn, Until


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
    hand_over = "hand_over"


@dataclass(frozen=True)
class Follow:
    """`go_to` names the step in `step`, `hand_over` another sequence of the client in `to`; `retry` is bounded by
    `times` and waits `after` each time, or what its `ladder` says for each; when it has come to its bound, `then`
    (None: next)."""

    kind: Next
    step: str | None = None
    times: int = 0
    after: timedelta = timedelta(0)
    ladder: tuple[timedelta, ...] = ()
    then: "Follow | None" = None
    to: str | None = None

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
class Task:
    """What a person of the client does, in Liquid. `blocks`: the sequence waits until it is done, at most `within`, and
    follows `on_failure` then; `records`: the milestone that doing it writes."""

    title: str
    instructions: str = ""
    blocks: bool = True
    within: timedelta = timedelta(days=3)
    records: str | None = None


@dataclass(frozen=True)
class Step:
    """`channel` None: a branch, which decides, or a task for a person; neither sends. `wait_for`: a branch that waits
    goes on as soon as this milestone happens. `after_window` skip: rather than put off for more than `max_hold`
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
    task: Task | None = None
    wait_for: str | None = None

    @property
    def due_for(self) -> NextChannel:
        """What an enrollment at this step is due for: a branch is a decision without a send."""
        if self.task is not None:
            return NextChannel.task
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
    goal: Goal | None = None
    stop_on: frozenset[StopOn] = frozenset()
    entry: Entry = ANYBODY
    priority: Priority = Priority.normal

    def step(self, key: str) -> Step:
        """The step of this key; KeyError when the version has none."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)
