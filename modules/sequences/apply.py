"""A plan as the enrollment row it leads to."""

from dataclasses import replace
from datetime import datetime

from modules.labels import NextChannel
from modules.sequences.models_of_runs import (
    EnrollmentChange,
    EnrollmentState,
    Finish,
    Hold,
    Move,
    Plan,
    Reach,
    Snapshot,
    Stay,
)
from modules.sequences.states import RUNNING


def apply(snapshot: Snapshot, plan: Plan, now: datetime) -> EnrollmentChange | None:
    """The row to write, or None when nothing changes. A paused or held enrollment keeps that status while its place
    moves on; an ended one is never touched again. `Reach` is not a row's change: arming writes it."""
    if isinstance(plan, Stay | Reach) or snapshot.status not in RUNNING:
        return None
    if isinstance(plan, Move):
        kept, due_for = _kept_reason(snapshot), plan.step.due_for
        row = _row(snapshot, snapshot.status, kept, plan.step.key, plan.visit, due_for, plan.due_at, waiting=False)
        return replace(row, decision=plan.note)
    if isinstance(plan, Hold):
        noted = {
            "reason": str(plan.reason),
            "at": now.isoformat(),
            "until": plan.until.isoformat(),
            "since": _since(snapshot, now),
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
    status = EnrollmentState.finished if isinstance(plan, Finish) else EnrollmentState.stopped
    row = _row(snapshot, status, plan.reason, None, snapshot.visit, NextChannel.settle, None, waiting=False)
    return replace(row, decision=plan.note)


def hold(snapshot: Snapshot, reason: str) -> list[EnrollmentChange]:
    """The row of an active enrollment that waits for a person. A paused one rests already and remembers that it has to;
    none for any other."""
    standing = {EnrollmentState.active: EnrollmentState.held, EnrollmentState.paused: EnrollmentState.paused}
    if snapshot.status not in standing:
        return []
    row = _row(
        snapshot,
        standing[snapshot.status],
        reason,
        snapshot.step,
        snapshot.visit,
        snapshot.next_channel,
        snapshot.due_at,
        waiting=snapshot.waiting,
    )
    return [row]


def _kept_reason(snapshot: Snapshot) -> str | None:
    """What somebody has to look at is not forgotten while the place moves on."""
    return None if snapshot.status is EnrollmentState.active else snapshot.status_reason


def first_due(snapshot: Snapshot, now: datetime) -> datetime:
    """When the step first came due, however often it was put off since."""
    return datetime.fromisoformat(_since(snapshot, now))


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
