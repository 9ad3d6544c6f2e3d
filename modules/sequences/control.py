"""What a person does with one contact's way through a sequence: a place and an order in, a row out. Pure.

Three decisions, and whom they follow (peers' help pages, read 2026-11-21):
A wait runs on while its enrollment is paused. What is not due yet when the pause ends keeps its instant; what came due
meanwhile is due then and counts as on time, so that a long pause skips nothing as too late. So do Ortto
(help.ortto.com, a-730) and Podia (help.podia.com, 11370876); Airship drops what came due, and nobody chose to lose it.
Nobody leaves a step whose touch is not settled, for its proof would have nobody to tell: the order is refused, with the
time by which it is settled.
After a jump or a skip the touch before is let go: its late failure is recorded and turns nobody's way any more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from modules.labels import NextChannel, TouchState
from modules.sequences.apply import BY_HAND, INSTANT_OF, apply, rested, whose_instant
from modules.sequences.decide import REVIEW, skip
from modules.sequences.models import Definition
from modules.sequences.models_of_runs import (
    EnrollmentChange,
    EnrollmentState,
    Finish,
    Onward,
    Snapshot,
    StopReason,
)
from modules.sequences.outcomes import SETTLED
from modules.sequences.waits import due_after
from modules.sequences.wake import arrive

E = EnrollmentState
FARTHEST = timedelta(days=365)
FOR_A_REPLY = frozenset({"reply_waiting", "replied"})
TRY_AGAIN = frozenset({"missing_variable", "not_renderable", "no_open_hour", "fact_missing", "possibly_sent"})
"""Held for something that the next arming looks at again by itself: going on can do no harm."""


class ControlVerb(StrEnum):
    pause = "pause"
    resume = "resume"
    stop = "stop"
    skip = "skip"
    jump = "jump"
    reschedule = "reschedule"
    move = "move"


class Obstacle(StrEnum):
    """Why an order cannot be followed."""

    ended = "ended"
    set_aside = "set_aside"
    runs_already = "runs_already"
    paused_already = "paused_already"
    held = "held"
    held_for_reply = "held_for_reply"
    held_for_proof = "held_for_proof"
    under_way = "under_way"
    no_such_step = "no_such_step"
    handing_over = "handing_over"
    not_later = "not_later"
    too_far = "too_far"


@dataclass(frozen=True)
class Order:
    """`step` and `at_once` are a jump's, `at` is a reschedule's."""

    verb: ControlVerb
    step: str | None = None
    at_once: bool = False
    at: datetime | None = None


@dataclass(frozen=True)
class Control:
    """The row to write. `lets_go`: later news of its last touch moves the enrollment no more."""

    change: EnrollmentChange
    lets_go: bool = False


@dataclass(frozen=True)
class Refused:
    """`until`: by then the touch under way is settled at the latest."""

    why: Obstacle
    until: datetime | None = None


def control(snapshot: Snapshot, definition: Definition, order: Order, now: datetime) -> Control | Refused:
    """What an order makes of an enrollment. No order makes a second send of one visit possible: a place that a person
    chose is always a new visit, and none is left before the touch of the present one is settled."""
    if snapshot.status in (E.finished, E.stopped):
        return Refused(Obstacle.ended)
    if snapshot.status is E.quarantined and order.verb not in (ControlVerb.stop, ControlVerb.resume):
        return Refused(Obstacle.set_aside)
    if order.verb in _LEAVES and (under_way := _under_way(snapshot)):
        return under_way
    return _VERBS[order.verb](snapshot, definition, order, now)


def _under_way(snapshot: Snapshot) -> Refused | None:
    last = snapshot.last_touch
    if last is None or last.part != snapshot.visit or last.state in SETTLED:
        return None
    return Refused(Obstacle.under_way, last.confirm_by + (REVIEW if last.state is TouchState.review else timedelta(0)))


def _pause(snapshot: Snapshot, _definition: Definition, _order: Order, _now: datetime) -> Control | Refused:
    if snapshot.status is E.paused:
        return Refused(Obstacle.paused_already)
    if snapshot.status is E.held:
        return Refused(_why_held(snapshot) or Obstacle.held)
    return Control(_standing(snapshot, E.paused, None, snapshot.due_at, _kept_note(snapshot)))


def _resume(snapshot: Snapshot, _definition: Definition, _order: Order, now: datetime) -> Control | Refused:
    if snapshot.status is E.active:
        return Refused(Obstacle.runs_already)
    if snapshot.status is E.held and (why := _why_held(snapshot)):
        return Refused(why)
    came_due = snapshot.due_at is None or snapshot.due_at <= now
    due_at, note = (now, rested(snapshot)) if came_due else (snapshot.due_at, _kept_note(snapshot))
    if snapshot.status is E.paused and snapshot.status_reason:
        return Control(_standing(snapshot, E.held, snapshot.status_reason, due_at, note))
    return Control(_standing(snapshot, E.active, None, due_at, note))


def _stop(snapshot: Snapshot, _definition: Definition, _order: Order, _now: datetime) -> Control | Refused:
    return Control(_ended(snapshot, StopReason.by_hand))


def _skip(snapshot: Snapshot, definition: Definition, _order: Order, now: datetime) -> Control | Refused:
    if snapshot.step is None:
        return Refused(Obstacle.handing_over)
    if snapshot.step not in _keys(definition):
        return Refused(Obstacle.no_such_step)
    return _go(snapshot, skip(snapshot, definition, now), now)


def _jump(snapshot: Snapshot, definition: Definition, order: Order, now: datetime) -> Control | Refused:
    if order.step is None or order.step not in _keys(definition):
        return Refused(Obstacle.no_such_step)
    step = definition.step(order.step)
    due_at = now if order.at_once else due_after(step.wait, now, snapshot.zone, snapshot.fields, snapshot.milestones)
    note = {INSTANT_OF: BY_HAND} if order.at_once else None
    return _go(snapshot, arrive(step, snapshot, snapshot.visit + 1, due_at, now, note), now)


def _reschedule(snapshot: Snapshot, _definition: Definition, order: Order, now: datetime) -> Control | Refused:
    if snapshot.status is E.held:
        return Refused(_why_held(snapshot) or Obstacle.held)
    if order.at is None or order.at <= now:
        return Refused(Obstacle.not_later)
    if order.at - now > FARTHEST:
        return Refused(Obstacle.too_far)
    return Control(_standing(snapshot, snapshot.status, snapshot.status_reason, order.at, {INSTANT_OF: BY_HAND}))


def _move(snapshot: Snapshot, _definition: Definition, _order: Order, _now: datetime) -> Control | Refused:
    if snapshot.status_reason in FOR_A_REPLY:
        # a new enrollment begins after the reply and would not know of it
        return Refused(Obstacle.held_for_reply)
    return Control(_ended(snapshot, StopReason.moved))


def _why_held(snapshot: Snapshot) -> Obstacle | None:
    """What stands against going on; None where the next arming looks at the reason again by itself."""
    if snapshot.status_reason in TRY_AGAIN:
        return None
    return Obstacle.held_for_reply if snapshot.status_reason in FOR_A_REPLY else Obstacle.held_for_proof


def _go(snapshot: Snapshot, plan: Onward, now: datetime) -> Control | Refused:
    """To another place, by hand. A hold for the step that is left ends with it; one for a reply stays, and a pause."""
    change = apply(snapshot, plan, now)
    if change is None:
        return Refused(Obstacle.ended)
    if isinstance(plan, Finish):
        return Control(change)
    reason = snapshot.status_reason if snapshot.status_reason in FOR_A_REPLY else None
    status = E.active if snapshot.status is E.held and reason is None else snapshot.status
    return Control(replace(change, status=status, status_reason=reason), lets_go=snapshot.last_touch is not None)


def _standing(
    snapshot: Snapshot,
    status: EnrollmentState,
    reason: str | None,
    due_at: datetime | None,
    note: Mapping[str, str] | None,
) -> EnrollmentChange:
    """The same place, standing otherwise."""
    return EnrollmentChange(
        id=snapshot.enrollment_id,
        status=status,
        status_reason=reason,
        step=snapshot.step,
        visit=snapshot.visit,
        next_channel=snapshot.next_channel,
        due_at=due_at,
        waiting=snapshot.waiting,
        last_touch_id=None,
        decision=note,
    )


def _ended(snapshot: Snapshot, reason: StopReason) -> EnrollmentChange:
    row = _standing(snapshot, E.stopped, reason, None, None)
    return replace(row, step=None, next_channel=NextChannel.settle, waiting=False)


def _kept_note(snapshot: Snapshot) -> Mapping[str, str] | None:
    """Why it was put off, since when, and whose the instant is. Notes of skipped steps are kept by the statement that
    writes the row."""
    note = snapshot.decision or {}
    if "skipped" in note:
        return whose_instant(snapshot) or None
    return {name: told for name, told in note.items() if name != "skips"} or None


def _keys(definition: Definition) -> frozenset[str]:
    return frozenset(step.key for step in definition.steps)


_LEAVES = frozenset({ControlVerb.skip, ControlVerb.jump, ControlVerb.reschedule, ControlVerb.move})
_VERBS: Mapping[ControlVerb, Callable[[Snapshot, Definition, Order, datetime], Control | Refused]] = {
    ControlVerb.pause: _pause,
    ControlVerb.resume: _resume,
    ControlVerb.stop: _stop,
    ControlVerb.skip: _skip,
    ControlVerb.jump: _jump,
    ControlVerb.reschedule: _reschedule,
    ControlVerb.move: _move,
}
