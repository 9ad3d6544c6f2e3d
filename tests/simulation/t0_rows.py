"""T0's ledger: rows and locks as plain values. It refuses what the database refuses, and tells what was committed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID

from modules.accounts import Account
from modules.ids import AddressId, ContactId, EnrollmentId, TouchId
from modules.labels import CallEnd, ChannelName, ConsentKind, NextChannel, TouchState
from modules.sequences import EnrollmentChange, EnrollmentState, Snapshot
from modules.sequences.models_of_runs import LastTouch
from modules.touches import OPEN, TERMINAL, Change, Touch
from tests.simulation.t0_clock import Steps
from utils.frozen import changed, quickly_made

ZONE = "America/New_York"
NEVER_LEFT = (TouchState.not_sent, TouchState.suppressed)


class Numbered(UUID):
    """An id that is known by where it lies: to compare and to hash the usual ones are Python functions, which took a
    fifteenth of T0's time."""

    __slots__ = ()
    __eq__, __hash__ = object.__eq__, object.__hash__


@cache
def numbered(number: int) -> UUID:
    """The same number is the same object."""
    return Numbered(int=number)


class Thing(StrEnum):
    """What may turn in the middle of a story. Of the client, if nothing else is said."""

    halted = "halted"
    status = "status"
    registered = "registered"
    postal = "postal"
    budget = "budget"
    """Micros a day; None is without a limit."""
    blind = "blind"
    """Which facts cannot be read for now."""
    broken = "broken"
    """Of a channel's account: until when."""
    emergency = "emergency"
    """Of a state: until when."""
    cleared = "cleared"
    """Of a state."""
    platform = "platform"
    """Of an address: HELD, KEPT or None."""
    gap = "gap"
    """Of an address: the provider took something for it that no row explains."""
    listed = "listed"
    """Of a number: on the national list; None without a list."""
    checked = "checked"
    """Of a number: whether somebody else has it, by a check's answer, and when that was."""
    dnd = "dnd"
    """Of a person, at the provider."""
    handled = "handled"
    """Of a person: until when somebody talks to them."""
    place = "place"
    """Of a person: every state that they may be in."""
    number = "number"
    """Of a person: theirs from now on, which is abroad."""


@dataclass
class Address:
    """`stopped_at`: by the person's own word; `closed_at` also for what came back."""

    id: AddressId
    value: str
    closed_at: datetime | None = None
    stopped_at: datetime | None = None
    abroad: bool = False


@dataclass
class Person:
    """`agreed_at`: when they said yes, by `kind`."""

    id: ContactId
    phone: Address
    mail: Address
    agreed_at: datetime
    kind: ConsentKind = ConsentKind.written
    suppressed_at: datetime | None = None
    replied_at: datetime | None = None
    withdrawn: set[ChannelName] = field(default_factory=set)
    former: list[Address] = field(default_factory=list)
    """Numbers that were theirs."""

    def address(self, channel: ChannelName) -> Address:
        return self.mail if channel is ChannelName.email else self.phone

    def addresses(self) -> tuple[Address, Address]:
        return self.phone, self.mail

    def address_of(self, value: str) -> Address:
        return next(one for one in (*self.addresses(), *self.former) if one.value == value)


@quickly_made
@dataclass(frozen=True)
class Event:
    """Something that was committed, in the order of the commits."""

    at: datetime
    op: str
    about: Any
    more: Any = None


class Refused(Exception):
    """A constraint of the database."""


class Ledger:
    def __init__(self, accounts: dict[ChannelName, Account]) -> None:
        self.accounts = accounts
        self.people: dict[ContactId, Person] = {}
        self.runs: dict[EnrollmentId, Snapshot] = {}
        self.touches: dict[TouchId, Touch] = {}
        self.reasons: dict[TouchId, str | None] = {}
        self.armed: dict[TouchId, datetime] = {}
        self.by_provider_id: dict[str, TouchId] = {}
        self.moving: dict[TouchId, None] = {}
        self.so: dict[tuple[Thing, object], Any] = {}
        self.history: list[Event] = []
        self.writes = 0
        self._locks: dict[object, object] = {}

    def lock(self, keys: Iterable[object], owner: object) -> bool:
        """All of them or none: what is locked elsewhere is left."""
        wanted, locks = list(keys), self._locks
        for key in wanted:
            if locks.get(key, owner) is not owner:
                return False
        for key in wanted:
            locks[key] = owner
        return True

    def wait_for(self, keys: Iterable[object], owner: object) -> Steps:
        """As a statement that waits for locks."""
        wanted, pause = list(keys), 0.02
        while not self.lock(wanted, owner):
            yield pause
            pause = min(1.0, 2 * pause)

    def release(self, owner: object) -> None:
        for key in [key for key, holder in self._locks.items() if holder is owner]:
            del self._locks[key]

    def turn(self, at: datetime, thing: Thing, about: object, value: Any) -> None:
        """From now on it is so."""
        self.so[thing, about] = value
        self.history.append(Event(at, "turn", (thing, about), value))

    def last_touch(self, touch_id: TouchId) -> LastTouch:
        one = self.touches[touch_id]
        accepted = one.provider_id is not None
        told, unsent = self.reasons.get(one.id), self._unsent_before(one) if one.attempt > 1 else 0
        place = (one.id, one.step or "", one.part, one.attempt)
        return LastTouch(*place, one.state, accepted, one.confirm_by, told, unsent=unsent)

    def _unsent_before(self, touch: Touch) -> int:
        """How many attempts before it, in the same visit, never left: a call that found no free line, too."""
        return sum(
            one.state in NEVER_LEFT or (one.state is TouchState.failed and self.reasons.get(one.id) == CallEnd.capacity)
            for one in self.touches.values()
            if (one.enrollment_id, one.part) == (touch.enrollment_id, touch.part) and one.attempt < touch.attempt
        )

    def snapshot(self, run_id: EnrollmentId) -> Snapshot:
        """As `lock_and_load_snapshots` would load it."""
        run = self.runs[run_id]
        return changed(run, last_touch=self.last_touch(run.last_touch.id)) if run.last_touch else run

    def insert(self, touch: Touch, at: datetime) -> None:
        """Refused as the unique indexes of the ledger refuse it."""
        for one in self.touches.values():
            same_visit = (one.enrollment_id, one.part, one.attempt) == (touch.enrollment_id, touch.part, touch.attempt)
            clash = one.enrollment_id == touch.enrollment_id or (
                one.channel is touch.channel and one.to_address == touch.to_address
            )
            if same_visit or (one.state in OPEN and clash):
                raise Refused(str(touch.id))
        self.touches[touch.id] = touch
        self.armed[touch.id] = at
        self.moving[touch.id] = None
        self.writes += 1
        self.history.append(Event(at, "armed", touch))

    def write_change(self, change: Change, at: datetime) -> None:
        news = change.news
        provider_id = change.touch.provider_id or news.provider_id
        if provider_id and self.by_provider_id.setdefault(provider_id, change.touch.id) != change.touch.id:
            raise Refused(provider_id)
        evidence = news.evidence_id if change.after in TERMINAL else None
        touch = changed(
            self.touches[change.touch.id],
            state=change.after,
            look_at=change.look_at,
            provider_id=provider_id,
            evidence_id=evidence or change.touch.evidence_id,
        )
        self.touches[touch.id] = touch
        self.reasons[touch.id] = news.reason
        if touch.state in TERMINAL:
            self.moving.pop(touch.id, None)
        self.writes += 1
        self.history.append(Event(at, "touch", touch, change.before))

    def write_run(self, row: EnrollmentChange, at: datetime) -> None:
        before = self.runs[row.id]
        last = before.last_touch
        if row.last_touch_id is not None:
            last = self.last_touch(row.last_touch_id)
        after = changed(
            before,
            status=row.status,
            status_reason=row.status_reason,
            step=row.step,
            visit=row.visit,
            next_channel=row.next_channel,
            due_at=row.due_at,
            waiting=row.waiting,
            last_touch=last,
            decision=row.decision,
        )
        self.runs[row.id] = after
        self.writes += 1
        self.history.append(Event(at, "run", after, before))

    def set_aside(self, run_id: EnrollmentId, at: datetime) -> None:
        before = self.runs[run_id]
        self.runs[run_id] = changed(before, status=EnrollmentState.quarantined, due_at=None)
        self.history.append(Event(at, "run", self.runs[run_id], before))

    def groups_due(self, now: datetime) -> frozenset[NextChannel]:
        """Channels of which something is due."""
        runs = self.runs.values()
        return frozenset(
            one.next_channel
            for one in runs
            if one.status is EnrollmentState.active and one.due_at is not None and one.due_at <= now
        )

    def due(self, channel: NextChannel, now: datetime) -> list[Snapshot]:
        due = [
            (one.due_at, one.enrollment_id, one)
            for one in self.runs.values()
            if one.status is EnrollmentState.active
            and one.next_channel is channel
            and one.due_at is not None
            and one.due_at <= now
        ]
        return [one for _, _, one in sorted(due, key=lambda entry: entry[:2])]
