"""What happens next for one contact in one sequence: values in, a plan out."""

from datetime import datetime, timedelta

from modules.labels import CallEnd, TouchState
from modules.sequences.apply import HAND_OVER, HAND_OVER_AFTER
from modules.sequences.asking import task_settled
from modules.sequences.before_step import before_step, ended
from modules.sequences.follow import GO_ON, go
from modules.sequences.models import Definition, Next, Step
from modules.sequences.models_of_rules import StopOn
from modules.sequences.models_of_runs import (
    Ask,
    Enter,
    Finish,
    Hold,
    LastTouch,
    Move,
    Onward,
    Plan,
    Reach,
    Snapshot,
    Stay,
    Stop,
    StopReason,
)
from modules.sequences.outcomes import FAILED, MAY_REPEAT, SETTLED, is_enough, may_repeat, never_left

T = TouchState
LOOK_AGAIN = timedelta(hours=1)
REVIEW = timedelta(days=7, minutes=5)
SEND_AGAIN = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30))
MOST_ATTEMPTS = 8


def pause_after(attempt: int) -> timedelta:
    """How long what provably never left waits after this attempt (from 1)."""
    return SEND_AGAIN[min(attempt, len(SEND_AGAIN)) - 1]


def decide(snapshot: Snapshot, definition: Definition, now: datetime) -> Plan:
    """The plan for an enrollment that is due: reach its step, or settle the touch it has been waiting for."""
    if snapshot.waiting and snapshot.step is not None and definition.step(snapshot.step).task is not None:
        done = snapshot.task is not None and snapshot.task.is_done  # while it was set aside, or could not go on
        return task_settled(snapshot, definition, now, done=done)
    last = snapshot.last_touch
    same_visit = last is not None and last.part == snapshot.visit
    if last is not None and (snapshot.waiting or (same_visit and last.state not in MAY_REPEAT)):
        if last.state in SETTLED:
            return settle(snapshot, definition, now)
        if last.state is T.review:
            return Hold(max(last.confirm_by + REVIEW, now + LOOK_AGAIN), "under_review")
        return Hold(now + LOOK_AGAIN, "not_confirmed_in_time", alarming=True)
    if snapshot.step is None:
        return _hand_over(snapshot, definition, now)
    attempt = last.attempt + 1 if last is not None and same_visit else 1
    step = definition.step(snapshot.step)
    instead = before_step(snapshot, definition, step, attempt, now)
    return instead or (Reach(step, attempt) if step.task is None else Ask(step))


def _hand_over(snapshot: Snapshot, definition: Definition, now: datetime) -> Plan:
    """What ends a sequence comes before its hand-over, too: nobody who has booked is sent on to be asked again."""
    note = snapshot.decision or {}
    to, after = note.get(HAND_OVER), note.get(HAND_OVER_AFTER)
    if not to:
        return Finish()
    return ended(snapshot, definition, now) or Enter(to, definition.step(after) if after else None)


def settle(snapshot: Snapshot, definition: Definition, now: datetime) -> Plan:
    """The plan after news of the enrollment's latest touch.

    Before the step was left, success follows `on_success` and failure `on_failure`. After it was left (it waited for
    acceptance only) a late failure may still turn the way, as long as the next step was not armed.
    """
    last = snapshot.last_touch
    if last is None:
        return Stay()
    step = definition.step(last.step)
    left = snapshot.visit != last.part
    if last.state is T.review and not left:
        return Hold(last.confirm_by + REVIEW, "under_review")
    if never_left(last) and not left and last.attempt < MOST_ATTEMPTS:
        return Move(step, last.part, now + pause_after(last.attempt))
    if last.reason == CallEnd.transport_fault and last.state is T.failed and last.spare_senders and not left:
        return Move(step, last.part, now)  # it never rang, and another number is left: that one is tried once
    if last.state is T.suppressed and not left:
        return Move(step, last.part, now)  # taken back before it left: the guards say what that means for the step
    if last.state is T.bounced and StopOn.bounce in definition.stop_on:
        return Stop(StopReason.bounced)
    if left and snapshot.waiting:
        return Stay()  # a person has been given the task of a later step: nothing turns the way any more
    if last.state in FAILED or last.state is T.not_sent:
        return _after_failure(snapshot, definition, step, last, now)
    if left or not is_enough(step, last):
        return Stay()
    return go(step.on_success, snapshot, definition, step.key, now)


def skip(snapshot: Snapshot, definition: Definition, now: datetime) -> Onward:
    """The plan when the step may never leave (no consent, closed address, too late): go on to the next."""
    if snapshot.step is None:
        return Finish()
    return go(GO_ON, snapshot, definition, snapshot.step, now)


def _after_failure(snapshot: Snapshot, definition: Definition, step: Step, last: LastTouch, now: datetime) -> Plan:
    follow = step.on_failure
    if follow.kind is Next.retry:
        # an expired touch may have reached the person, and one who complained got it: not the same again
        tries, spent = last.attempt - last.unsent, never_left(last) and last.attempt >= MOST_ATTEMPTS
        if tries <= follow.times and may_repeat(step, last) and not spent:
            return Move(step, last.part, now + follow.pause(tries))
        follow = follow.then or GO_ON
    if follow.kind is Next.next and snapshot.visit != last.part:
        return Stay()
    if follow.kind is Next.end:
        return Stop(StopReason.step_failed)
    return go(follow, snapshot, definition, step.key, now)
