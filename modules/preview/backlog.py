"""What is due, told before it happens: counted by client, sequence and step, with a few people each. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from modules.ids import ClientId, ContactId, EnrollmentId
from modules.policy import GuardReason
from modules.sequences import EnrollmentChange, EnrollmentState, Snapshot

EXAMPLES = 5
SET_ASIDE = "set_aside"


class Outcome(StrEnum):
    """What the next sweep would do with one due enrollment."""

    leave = "leave"
    wait = "wait"
    too_late = "too_late"
    skip = "skip"
    hold = "hold"
    end = "end"
    ask = "ask"
    go_on = "go_on"


@dataclass(frozen=True)
class Fate:
    """One due enrollment and what becomes of it. `until`: when it is looked at again, or the step it goes to is due."""

    enrollment_id: EnrollmentId
    client_id: ClientId
    contact_id: ContactId
    sequence: str
    version: int
    step: str | None
    channel: str
    outcome: Outcome
    reason: str | None = None
    until: datetime | None = None


@dataclass
class Share:
    """How many of one step meet the same fate. `first_until` and `last_until` bound their instants."""

    outcome: Outcome
    reason: str | None
    count: int = 0
    first_until: datetime | None = None
    last_until: datetime | None = None
    examples: list[ContactId] = field(default_factory=list)


@dataclass
class StepBacklog:
    """One step of one version of a client's sequence."""

    client_id: ClientId
    sequence: str
    version: int
    step: str | None
    channel: str
    due: int = 0
    shares: list[Share] = field(default_factory=list)


def fate_of(snapshot: Snapshot, sequence: str, change: EnrollmentChange | None, *, asks: bool = False) -> Fate:
    """What a row that would be written means; None is a touch that would leave, and one that `asks` comes with a task
    for a person."""
    outcome, reason = (Outcome.ask, None) if asks else _meaning(change)
    return Fate(
        snapshot.enrollment_id,
        snapshot.client_id,
        snapshot.contact_id,
        sequence,
        snapshot.version,
        snapshot.step,
        str(snapshot.next_channel),
        outcome,
        reason,
        change.due_at if change and outcome not in (Outcome.hold, Outcome.end) else None,
    )


def _meaning(change: EnrollmentChange | None) -> tuple[Outcome, str | None]:
    if change is None:
        return Outcome.leave, None
    note: Mapping[str, str] = change.decision or {}
    reason = note.get("reason")
    if change.status is EnrollmentState.held:
        return Outcome.hold, change.status_reason
    if change.status is EnrollmentState.quarantined:
        return Outcome.hold, SET_ASIDE
    if change.status is EnrollmentState.stopped:
        return Outcome.end, reason or change.status_reason
    if "skipped" in note:
        return (Outcome.too_late, None) if reason == GuardReason.too_late else (Outcome.skip, reason)
    if change.status is EnrollmentState.finished:
        return Outcome.end, change.status_reason or "finished"
    return (Outcome.wait, reason) if "until" in note else (Outcome.go_on, reason)


def count_fates(fates: Iterable[Fate]) -> list[StepBacklog]:
    """One entry a step, in the order of client, sequence, version, and of what comes first; the biggest share first."""
    steps: dict[tuple[ClientId, str, int, str | None, str], StepBacklog] = {}
    shares: dict[tuple[object, ...], Share] = {}
    for fate in fates:
        key = (fate.client_id, fate.sequence, fate.version, fate.step, fate.channel)
        step = steps.setdefault(key, StepBacklog(*key))
        share = shares.get((*key, fate.outcome, fate.reason))
        if share is None:
            share = shares[*key, fate.outcome, fate.reason] = Share(fate.outcome, fate.reason)
            step.shares.append(share)
        step.due += 1
        _add(share, fate)
    for step in steps.values():
        step.shares.sort(key=lambda one: -one.count)
    return sorted(steps.values(), key=lambda one: (one.sequence, one.version, one.step or ""))


def _add(share: Share, fate: Fate) -> None:
    share.count += 1
    if len(share.examples) < EXAMPLES:
        share.examples.append(fate.contact_id)
    if fate.until is not None:
        share.first_until = min(share.first_until or fate.until, fate.until)
        share.last_until = max(share.last_until or fate.until, fate.until)
