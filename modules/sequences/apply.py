"""A plan as the enrollment row it leads to."""

from dataclasses import replace
from datetime import datetime

from modules.labels import NextChannel
from modules.sequences.models import Task
from modules.sequences.models_of_runs import (
    Ask,
    EnrollmentChange,
    EnrollmentState,
    Enter,
    Finish,
    HandOver,
    Hold,
    Move,
    Plan,
    Reach,
    Snapshot,
    Stay,
)
from modules.sequences.states import RUNNING

HAND_OVER, HAND_OVER_AFTER = "hand_over", "after_step"
INSTANT_OF, BY_HAND, RESTED = "instant_of", "hand", "rest"
"""Noted where a step may leave at another instant than the day that it waits for: a person gave it (no news of the day
moves it), or the day passed while it rested (a later day moves it; for the one that passed it is not late)."""
AT_MOST, HAPPENS = "at_most", "happens_at"
"""Noted of a branch that waits for a milestone: the end of its wait, and when that which it goes on for happens."""
_OF_ITS_INSTANT = (INSTANT_OF, AT_MOST, HAPPENS)


def apply(snapshot: Snapshot, plan: Plan, now: datetime) -> EnrollmentChange | None:
    """The row to write, or None when nothing changes. A paused or held enrollment keeps that status while its place
    moves on; an ended one is never touched again. `Reach`, `Ask` and `Enter` are no row's change: what they lead to
    is written with the touch, the task or the other enrollment."""
    if isinstance(plan, Stay | Reach | Ask | Enter) or snapshot.status not in RUNNING:
        return None
    if isinstance(plan, Move):
        kept, due_for = _kept_reason(snapshot), plan.step.due_for
        row = _row(snapshot, snapshot.status, kept, plan.step.key, plan.visit, due_for, plan.due_at, waiting=False)
        return replace(row, decision=plan.note) if plan.note else row
    if isinstance(plan, Hold):
        noted = {
            "reason": str(plan.reason),
            "at": now.isoformat(),
            "until": plan.until.isoformat(),
            "since": _since(snapshot, now),
            **whose_instant(snapshot),
        }
        return EnrollmentChange(
            snapshot.enrollment_id,
            snapshot.status,
            _kept_reason(snapshot),
            snapshot.step,
            snapshot.visit,
            snapshot.next_channel,
            plan.until,
            snapshot.waiting,
            None,
            noted,
        )
    if isinstance(plan, HandOver):
        kept, channel = _kept_reason(snapshot), NextChannel.settle
        row = _row(snapshot, snapshot.status, kept, None, snapshot.visit + 1, channel, now, waiting=False)
        return replace(
            row, decision={"reason": HAND_OVER, HAND_OVER: plan.to, HAND_OVER_AFTER: plan.step, "at": now.isoformat()}
        )
    status = EnrollmentState.finished if isinstance(plan, Finish) else EnrollmentState.stopped
    row = _row(snapshot, status, plan.reason, None, snapshot.visit, NextChannel.settle, None, waiting=False)
    return replace(row, decision=plan.note)


def wait_for_task(snapshot: Snapshot, task: Task, now: datetime) -> EnrollmentChange:
    """The row of an enrollment whose step's task has been given to a person, looked at again when its time is over."""
    kept, due_at = _kept_reason(snapshot), now + task.within
    channel = NextChannel.settle
    return _row(snapshot, snapshot.status, kept, snapshot.step, snapshot.visit, channel, due_at, waiting=True)


def hold(snapshot: Snapshot, reason: str) -> list[EnrollmentChange]:
    """The row of an active enrollment that waits for a person. A paused one rests already and remembers that it has to;
    none for any other."""
    standing = {EnrollmentState.active: EnrollmentState.held, EnrollmentState.paused: EnrollmentState.paused}
    if snapshot.status not in standing:
        return []
    place = snapshot.step, snapshot.visit, snapshot.next_channel
    row = _row(snapshot, standing[snapshot.status], reason, *place, snapshot.due_at, waiting=snapshot.waiting)
    return [replace(row, decision=whose_instant(snapshot) or None)]


def go_on(snapshot: Snapshot, status: EnrollmentState, reason: str | None, now: datetime) -> EnrollmentChange:
    """The row of one that stays where it is and is looked at at once."""
    due_at, waiting = max(snapshot.due_at or now, now), snapshot.waiting
    place = snapshot.step, snapshot.visit, snapshot.next_channel
    row = _row(snapshot, status, reason, *place, due_at, waiting=waiting)
    return replace(row, decision=(rested(snapshot) if due_at == now else whose_instant(snapshot)) or None)


def whose_instant(snapshot: Snapshot) -> dict[str, str]:
    """What is noted of whose the instant is, and of the wait it cut short; nothing where it is the wait's own."""
    note = snapshot.decision or {}
    return {name: note[name] for name in _OF_ITS_INSTANT if note.get(name)}


def rested(snapshot: Snapshot) -> dict[str, str]:
    """The note of one that came due while it rested, and goes on now."""
    return {INSTANT_OF: RESTED, **whose_instant(snapshot)}


def _kept_reason(snapshot: Snapshot) -> str | None:
    """What somebody has to look at is not forgotten while the place moves on."""
    return None if snapshot.status is EnrollmentState.active else snapshot.status_reason


def first_due(snapshot: Snapshot, now: datetime) -> datetime:
    """When the step first came due, however often it was put off since."""
    since = (snapshot.decision or {}).get("since")
    return datetime.fromisoformat(since) if since else snapshot.due_at or now


def _since(snapshot: Snapshot, now: datetime) -> str:
    noted = snapshot.decision or {}
    return noted.get("since") or (snapshot.due_at or now).isoformat()


def _row(
    snapshot: Snapshot,
    status: EnrollmentState,
    reason: str | None,
    step: str | None,
    visit: int,
    channel: NextChannel,
    due_at: datetime | None,
    *,
    waiting: bool,
) -> EnrollmentChange:
    return EnrollmentChange(snapshot.enrollment_id, status, reason, step, visit, channel, due_at, waiting, None, None)
