"""A plan as the enrollment row it leads to."""

from datetime import datetime

from modules.labels import NextChannel
from modules.sequences.models import (
    EnrollmentChange,
    EnrollmentState,
    Finish,
    Hold,
    Move,
    Plan,
    Reach,
    Snapshot,
    Stay,
    Stop,
)
from modules.sequences.states import RUNNING


def apply(snapshot: Snapshot, plan: Plan, now: datetime) -> EnrollmentChange | None:
    """The row to write, or None when nothing changes. A paused or held enrollment keeps that status while its place
    moves on; an ended one is never touched again. `Reach` is not a row's change: arming writes it."""
    if isinstance(plan, Stay | Reach) or snapshot.status not in RUNNING:
        return None
    if isinstance(plan, Move):
        channel = NextChannel(plan.step.channel)
        return _row(snapshot, snapshot.status, None, plan.step.key, plan.visit, channel, plan.due_at, waiting=False)
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
            None,
            snapshot.step,
            snapshot.visit,
            snapshot.next_channel,
            plan.until,
            snapshot.waiting,
            None,
            noted,
        )
    status, reason = (EnrollmentState.finished, None) if isinstance(plan, Finish) else _stopped(plan)
    return _row(snapshot, status, reason, None, snapshot.visit, NextChannel.settle, None, waiting=False)


def hold(snapshot: Snapshot, reason: str) -> list[EnrollmentChange]:
    """The row of an active enrollment that waits for a person; none when it is not active."""
    if snapshot.status is not EnrollmentState.active:
        return []
    row = _row(
        snapshot,
        EnrollmentState.held,
        reason,
        snapshot.step,
        snapshot.visit,
        snapshot.next_channel,
        snapshot.due_at,
        waiting=snapshot.waiting,
    )
    return [row]


def first_due(snapshot: Snapshot, now: datetime) -> datetime:
    """When the step first came due, however often it was put off since."""
    return datetime.fromisoformat(_since(snapshot, now))


def _since(snapshot: Snapshot, now: datetime) -> str:
    noted = snapshot.decision or {}
    return noted.get("since") or (snapshot.due_at or now).isoformat()


def _stopped(plan: Stop) -> tuple[EnrollmentState, str]:
    return EnrollmentState.stopped, plan.reason


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
