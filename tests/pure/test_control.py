"""What a person's order makes of one enrollment: one table for each verb, and what no order may ever do."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from modules.labels import NextChannel, TouchState
from modules.policy import EFFECTS, Effect, GuardReason
from modules.sequences import (
    TRANSITIONS,
    Control,
    ControlVerb,
    EnrollmentChange,
    EnrollmentState,
    Obstacle,
    Order,
    Reach,
    Refused,
    Snapshot,
    apply,
    control,
    decide,
    first_due,
    hold,
    settle,
)
from modules.sequences.control import FARTHEST, FOR_A_REPLY, TRY_AGAIN
from modules.sequences.decide import REVIEW
from modules.sequences.models import Wait
from modules.sequences.outcomes import SETTLED
from tests.pure.touches import NOW, definition, last, snapshot, step

E, T, V, W = EnrollmentState, TouchState, ControlVerb, Obstacle
HOUR = timedelta(hours=1)
THREE = definition(step("first"), step("second"), step("third", wait=Wait(hours=2)))
LATER = NOW + 2 * HOUR
ORDERS = {
    V.pause: Order(V.pause),
    V.resume: Order(V.resume),
    V.stop: Order(V.stop),
    V.skip: Order(V.skip),
    V.jump: Order(V.jump, step="third"),
    V.reschedule: Order(V.reschedule, at=LATER),
    V.move: Order(V.move),
}
LEAVING = (V.skip, V.jump, V.reschedule, V.move)
OPEN = tuple(sorted(set(TouchState) - SETTLED))


def obey(place: Snapshot, verb: ControlVerb, **given: Any) -> EnrollmentChange:
    done = control(place, THREE, replace(ORDERS[verb], **given), NOW)
    assert isinstance(done, Control), done
    return done.change


def after(place: Snapshot, row: EnrollmentChange) -> Snapshot:
    """The place as the database would hold it."""
    names = ("status", "status_reason", "step", "visit", "next_channel", "due_at", "waiting", "decision")
    return replace(place, **{name: getattr(row, name) for name in names})


def standing(status: str, reason: str | None = None, **more: Any) -> Snapshot:
    return replace(snapshot(status=EnrollmentState(status), **more), status_reason=reason)


FITS: list[tuple[str, str | None, dict[str, str]]] = [
    (
        "active",
        None,
        {"pause": "paused", "stop": "stopped", "skip": "active", "jump": "active", "reschedule": "active"},
    ),
    (
        "paused",
        None,
        {"resume": "active", "stop": "stopped", "skip": "paused", "jump": "paused", "reschedule": "paused"},
    ),
    ("paused", "reply_waiting", {"resume": "held", "stop": "stopped", "skip": "paused", "jump": "paused"}),
    ("paused", "broken_promise", {"resume": "held", "stop": "stopped", "skip": "paused", "jump": "paused"}),
    ("held", "missing_variable", {"resume": "active", "stop": "stopped", "skip": "active", "jump": "active"}),
    ("held", "reply_waiting", {"stop": "stopped", "skip": "held", "jump": "held"}),
    ("held", "broken_promise", {"stop": "stopped", "skip": "active", "jump": "active"}),
    ("quarantined", "KeyError", {"resume": "active", "stop": "stopped"}),
    ("finished", None, {}),
    ("stopped", "by_hand", {}),
]
MOVES = {"active", "paused", "held"}


@pytest.mark.parametrize(("status", "reason", "fits"), FITS)
def test_each_order_either_fits_where_it_stands_or_is_refused(
    status: str, reason: str | None, fits: dict[str, str]
) -> None:
    for verb, order in ORDERS.items():
        place = standing(status, reason)
        done = control(place, THREE, order, NOW)
        if verb is V.move:
            moves = status in MOVES and reason not in FOR_A_REPLY
            assert isinstance(done, Control) == moves
            assert not moves or (done.change.status, done.change.status_reason) == ("stopped", "moved")  # type: ignore[union-attr]
        elif verb in fits:
            assert isinstance(done, Control), (verb, done)
            assert done.change.status == fits[verb]
        elif not (verb is V.reschedule and status == "paused"):
            assert isinstance(done, Refused), (verb, done)


@pytest.mark.parametrize(("status", "reason", "_fits"), FITS)
def test_no_order_asks_for_a_move_that_the_table_forbids(status: str, reason: str | None, _fits: object) -> None:
    for order in ORDERS.values():
        done = control(standing(status, reason), THREE, order, NOW)
        if isinstance(done, Control):
            to = done.change.status
            assert to is EnrollmentState(status) or to in TRANSITIONS[EnrollmentState(status)]
            assert to is not E.active or done.change.due_at is not None


@pytest.mark.parametrize(
    ("place", "verb", "why"),
    [
        (standing("active"), V.resume, W.runs_already),
        (standing("paused"), V.pause, W.paused_already),
        (standing("held", "missing_variable"), V.pause, W.held),
        (standing("held", "missing_variable"), V.reschedule, W.held),
        (standing("held", "reply_waiting"), V.resume, W.held_for_reply),
        (standing("held", "replied"), V.resume, W.held_for_reply),
        (standing("held", "reply_waiting"), V.move, W.held_for_reply),
        (standing("paused", "reply_waiting"), V.move, W.held_for_reply),
        (standing("held", "broken_promise"), V.resume, W.held_for_proof),
        (standing("held", "a reason of tomorrow"), V.resume, W.held_for_proof),
        (standing("quarantined", "KeyError"), V.skip, W.set_aside),
        (standing("finished"), V.stop, W.ended),
        (standing("stopped"), V.resume, W.ended),
        (snapshot("gone"), V.skip, W.no_such_step),
        (snapshot(None, decision={"hand_over": "nurture"}), V.skip, W.handing_over),
    ],
)
def test_a_refusal_says_what_stands_against_it(place: Snapshot, verb: ControlVerb, why: Obstacle) -> None:
    assert control(place, THREE, ORDERS[verb], NOW) == Refused(why)


def test_only_what_the_next_arming_asks_again_by_itself_may_be_resumed() -> None:
    held_by_guards = {str(reason) for reason, effect in EFFECTS.items() if effect is Effect.hold}
    assert held_by_guards - TRY_AGAIN == {GuardReason.reply_waiting}
    assert held_by_guards >= TRY_AGAIN


def test_a_pause_changes_the_status_alone() -> None:
    noted = {"reason": "quiet_hours", "since": (NOW - HOUR).isoformat(), "skips": "[]"}
    place = snapshot("second", visit=3, due_at=LATER, decision=noted)
    row = obey(place, V.pause)
    assert (row.status, row.step, row.visit, row.due_at, row.waiting) == ("paused", "second", 3, LATER, False)
    assert row.decision == {"reason": "quiet_hours", "since": (NOW - HOUR).isoformat()}  # skips stay by the statement
    assert obey(snapshot(decision={"skipped": "x", "reason": "y"}), V.pause).decision is None


def test_a_wait_runs_on_while_it_is_paused() -> None:
    noted = {"reason": "quiet_hours", "since": (NOW - HOUR).isoformat()}
    row = obey(standing("paused", due_at=LATER, decision=noted), V.resume)
    assert (row.status, row.due_at, row.decision) == ("active", LATER, noted)


@pytest.mark.parametrize("came_due", [NOW - timedelta(days=40), NOW, None])
def test_what_came_due_meanwhile_is_due_now_and_on_time(came_due: Any) -> None:
    noted = {"reason": "quiet_hours", "since": (NOW - timedelta(days=41)).isoformat()}
    place = standing("paused", due_at=came_due, decision=noted)
    row = obey(place, V.resume)
    assert (row.status, row.due_at) == ("active", NOW)
    assert first_due(after(place, row), NOW + HOUR) == NOW


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("verb", LEAVING)
def test_nobody_leaves_a_step_whose_touch_is_not_settled(verb: ControlVerb, state: TouchState) -> None:
    place = snapshot("second", visit=1, last_touch=last(state, key="second", part=1), waiting=True)
    by = NOW + 5 * HOUR + (REVIEW if state is T.review else timedelta(0))
    assert control(place, THREE, ORDERS[verb], NOW) == Refused(W.under_way, by)
    paused = replace(place, status=E.paused)
    assert control(paused, THREE, ORDERS[verb], NOW) == Refused(W.under_way, by)


@pytest.mark.parametrize("state", sorted(TouchState))
@pytest.mark.parametrize("verb", [V.skip, V.jump])
def test_a_touch_of_a_step_that_was_left_stands_in_nobodys_way_and_is_let_go(
    verb: ControlVerb, state: TouchState
) -> None:
    place = snapshot("second", visit=1, last_touch=last(state))
    done = control(place, THREE, ORDERS[verb], NOW)
    assert isinstance(done, Control)
    assert (done.change.step, done.change.visit, done.lets_go) == ("third", 2, True)


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("verb", [V.pause, V.stop])
def test_pausing_and_stopping_touch_nothing_that_is_on_its_way(verb: ControlVerb, state: TouchState) -> None:
    place = snapshot(last_touch=last(state), waiting=True)
    done = control(place, THREE, ORDERS[verb], NOW)
    assert isinstance(done, Control)
    assert (done.lets_go, done.change.last_touch_id) == (False, None)


def test_what_is_learned_during_a_pause_is_remembered_when_it_ends() -> None:
    place = snapshot(last_touch=last(T.sending), waiting=True, due_at=NOW + 5 * HOUR)
    paused = after(place, obey(place, V.pause))
    told = replace(paused, last_touch=last(T.accepted))
    moved = apply(told, settle(told, THREE, NOW), NOW)
    assert moved is not None
    assert (moved.status, moved.step, moved.visit) == ("paused", "second", 1)
    row = obey(after(told, moved), V.resume)
    assert (row.status, row.step, row.due_at) == ("active", "second", NOW + timedelta(days=3))


def test_what_nobody_has_proven_when_the_pause_ends_is_not_sent_again() -> None:
    place = snapshot(last_touch=last(T.unknown), waiting=True, due_at=NOW - HOUR, status=E.paused)
    resumed = after(place, obey(place, V.resume))
    assert resumed.waiting
    assert not isinstance(decide(resumed, THREE, NOW), Reach)


@pytest.mark.parametrize("reason", ["reply_waiting", "broken_promise"])
def test_what_somebody_has_to_look_at_outlives_a_pause_and_every_move_within_it(reason: str) -> None:
    paused = standing("paused", last_touch=last(T.accepted), waiting=True)
    [marked] = hold(paused, reason)
    assert (marked.status, marked.status_reason) == ("paused", reason)
    place = after(paused, marked)
    moved = apply(place, settle(place, THREE, NOW), NOW)
    assert moved is not None
    row = obey(after(place, moved), V.resume)
    assert (row.status, row.status_reason) == ("held", reason)


def test_a_skip_plans_the_next_step_with_its_own_wait_and_after_the_last_comes_the_end() -> None:
    row = obey(snapshot("second", visit=4), V.skip)
    assert (row.step, row.visit, row.due_at, row.waiting) == ("third", 5, NOW + 2 * HOUR, False)
    final = obey(snapshot("third", visit=4), V.skip)
    assert (final.status, final.step, final.due_at) == ("finished", None, None)


@pytest.mark.parametrize(
    ("to", "at_once", "due_at"),
    [("third", False, LATER), ("third", True, NOW), ("first", True, NOW), ("second", True, NOW)],
)
def test_a_jump_is_a_new_visit_now_or_at_its_wait(to: str, at_once: bool, due_at: Any) -> None:
    row = obey(snapshot("second", visit=1), V.jump, step=to, at_once=at_once)
    assert (row.step, row.visit, row.due_at, row.next_channel) == (to, 2, due_at, NextChannel.sms)
    assert control(snapshot(), THREE, Order(V.jump, step="fourth"), NOW) == Refused(W.no_such_step)


def test_a_step_that_a_person_went_back_to_is_sent_once_more_as_a_first_attempt_of_its_own_visit() -> None:
    place = snapshot("second", visit=1, last_touch=last(T.delivered))
    done = control(place, THREE, Order(V.jump, step="first", at_once=True), NOW)
    assert isinstance(done, Control)
    assert done.lets_go
    there = replace(after(place, done.change), last_touch=None)
    assert decide(there, THREE, NOW) == Reach(THREE.steps[0], 1)
    assert there.visit == 2


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (NOW, W.not_later),
        (NOW - HOUR, W.not_later),
        (None, W.not_later),
        (NOW + FARTHEST, None),
        (NOW + FARTHEST + HOUR, W.too_far),
    ],
)
def test_a_step_is_rescheduled_into_the_future_and_within_a_year(at: Any, why: Obstacle | None) -> None:
    noted = {"reason": "quiet_hours", "since": (NOW - 90 * HOUR).isoformat()}
    place = snapshot(decision=noted)
    done = control(place, THREE, Order(V.reschedule, at=at), NOW)
    if why:
        assert done == Refused(why)
        return
    assert isinstance(done, Control)
    assert (done.change.due_at, done.change.visit, done.change.step) == (at, 0, "first")
    assert first_due(after(place, done.change), at) == at  # its lateness counts from the instant that was chosen


def test_an_end_by_hand_has_no_step_and_no_timer() -> None:
    for verb, reason in ((V.stop, "by_hand"), (V.move, "moved")):
        row = obey(snapshot("second", visit=2), verb)
        assert (row.status, row.status_reason, row.step, row.due_at, row.visit) == ("stopped", reason, None, None, 2)
        assert row.next_channel is NextChannel.settle
