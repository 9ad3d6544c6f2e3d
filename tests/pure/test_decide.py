"""What happens next for one contact: one table for each rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from modules.labels import ChannelName, NextChannel, TouchState, WaitsFor
from modules.sequences import (
    EnrollmentState,
    Finish,
    Hold,
    Move,
    Reach,
    Stay,
    Stop,
    StopReason,
    apply,
    decide,
    first_due,
    settle,
    skip,
)
from modules.sequences.decide import LOOK_AGAIN, MOST_ATTEMPTS, REVIEW, SEND_AGAIN
from modules.sequences.models import Definition, Follow, Next, Wait
from modules.sequences.models_of_runs import Plan
from modules.sequences.outcomes import FAILED, SETTLED, SUCCEEDED
from modules.sequences.waits import due_after
from tests.pure.touches import END, GO_ON, NOW, definition, last, snapshot, step

T = TouchState
LADDER = (timedelta(minutes=5), timedelta(minutes=15))
RETRY = Follow(Next.retry, None, 2, timedelta(hours=1))
TO_THIRD = Follow(Next.go_to, "third")
THREE = definition(step("first"), step("second"), step("third", channel=ChannelName.email, wait=Wait(hours=2)))


def with_first(on_failure: Follow = GO_ON, on_success: Follow = GO_ON) -> Definition:
    return definition(step("first", on_failure=on_failure, on_success=on_success), *THREE.steps[1:])


def test_the_first_step_is_reached_as_the_first_attempt() -> None:
    assert decide(snapshot(), THREE, NOW) == Reach(THREE.steps[0], 1)


def test_a_step_of_a_new_visit_is_a_first_attempt_and_a_retried_one_counts_on() -> None:
    left = snapshot("second", visit=1, last_touch=last(T.delivered))
    assert decide(left, THREE, NOW) == Reach(THREE.steps[1], 1)
    again = snapshot("first", last_touch=last(T.failed, attempt=2))
    assert decide(again, THREE, NOW) == Reach(THREE.steps[0], 3)


def test_an_enrollment_without_a_step_is_finished() -> None:
    assert decide(snapshot(None), THREE, NOW) == Finish()
    assert skip(snapshot(None), THREE, NOW) == Finish()


@pytest.mark.parametrize(
    ("waits_for", "state", "moves"),
    [
        (WaitsFor.accepted, T.accepted, True),
        (WaitsFor.ended, T.accepted, False),
        (WaitsFor.accepted, T.unknown, False),
        (WaitsFor.accepted, T.delivered, True),
        (WaitsFor.ended, T.delivered, True),
        (WaitsFor.ended, T.completed, True),
    ],
)
def test_a_step_moves_on_when_it_got_what_it_waits_for(waits_for: WaitsFor, state: TouchState, moves: bool) -> None:
    flow = definition(step("first", waits_for=waits_for), *THREE.steps[1:])
    plan = settle(snapshot(last_touch=last(state), waiting=True), flow, NOW)
    # Monday to Thursday; Thanksgiving is no matter of waits
    assert plan == (Move(flow.steps[1], 1, NOW + timedelta(days=3)) if moves else Stay())


def test_the_wait_of_the_following_step_counts_from_now() -> None:
    plan = settle(snapshot("second", visit=4, last_touch=last(T.accepted, key="second", part=4)), THREE, NOW)
    assert plan == Move(THREE.steps[2], 5, NOW + timedelta(hours=2))


@pytest.mark.parametrize(
    ("on_success", "plan"),
    [
        (END, Finish()),
        (TO_THIRD, Move(THREE.steps[2], 1, NOW + timedelta(hours=2))),
        (Follow(Next.next), Move(THREE.steps[1], 1, NOW + timedelta(days=3))),
    ],
)
def test_success_follows_on_success(on_success: Follow, plan: Plan) -> None:
    assert settle(snapshot(last_touch=last(T.accepted), waiting=True), with_first(on_success=on_success), NOW) == plan


def test_an_end_that_success_and_failure_share_is_a_finish_for_success() -> None:
    flow = with_first(on_failure=END, on_success=END)
    assert settle(snapshot(last_touch=last(T.delivered), waiting=True), flow, NOW) == Finish()
    assert settle(snapshot(last_touch=last(T.failed), waiting=True), flow, NOW) == Stop(StopReason.step_failed)


@pytest.mark.parametrize("state", sorted(FAILED))
@pytest.mark.parametrize(
    ("on_failure", "plan"),
    [
        (Follow(Next.next), Move(THREE.steps[1], 1, NOW + timedelta(days=3))),
        (END, Stop(StopReason.step_failed)),
        (TO_THIRD, Move(THREE.steps[2], 1, NOW + timedelta(hours=2))),
    ],
)
def test_failure_follows_on_failure(state: TouchState, on_failure: Follow, plan: Plan) -> None:
    assert settle(snapshot(last_touch=last(state), waiting=True), with_first(on_failure), NOW) == plan


@pytest.mark.parametrize("state", sorted(FAILED))
def test_a_retry_is_bounded_and_never_follows_what_may_have_reached_the_person(state: TouchState) -> None:
    flow, onward = with_first(RETRY), Move(THREE.steps[1], 1, NOW + timedelta(days=3))
    for attempt in (1, 2, 3, 4):
        plan = settle(snapshot(last_touch=last(state, attempt=attempt), waiting=True), flow, NOW)
        again = attempt <= RETRY.times and state not in (T.expired, T.complained)
        assert plan == (Move(flow.steps[0], 0, NOW + RETRY.after) if again else onward)


def test_what_never_left_takes_no_try_of_a_retry() -> None:
    flow = definition(step("first", on_failure=Follow(Next.retry, None, 2, LADDER[0], LADDER)), step("second"))

    def after(attempt: int, unsent: int) -> Plan:
        failed = replace(last(T.failed, attempt=attempt), unsent=unsent)
        return settle(snapshot(last_touch=failed, waiting=True), flow, NOW)

    for tries, unsent in ((1, 0), (1, 2), (2, 0), (2, 5), (2, 9)):
        assert after(tries + unsent, unsent) == Move(flow.steps[0], 0, NOW + LADDER[tries - 1])
    for unsent in (0, 3):
        assert after(3 + unsent, unsent) == Move(flow.steps[1], 1, due_after(Wait(days=3), NOW, "America/New_York"))
    never = replace(last(T.not_sent, attempt=MOST_ATTEMPTS), unsent=MOST_ATTEMPTS - 1)
    onward = settle(snapshot(last_touch=never, waiting=True), flow, NOW)
    assert isinstance(onward, Move)
    assert onward.step.key == "second"  # eight times was enough: that it never left is tried no further by the ladder


@pytest.mark.parametrize(("attempt", "unsent"), [(8, 7), (8, 2), (10, 0)])
def test_what_never_left_at_the_eighth_attempt_is_tried_no_further_by_a_longer_retry(attempt: int, unsent: int) -> None:
    flow = definition(step("first", on_failure=Follow(Next.retry, None, 10, timedelta(minutes=5))), step("second"))
    never = replace(last(T.not_sent, attempt=attempt), unsent=unsent)
    onward = settle(snapshot(last_touch=never, waiting=True), flow, NOW)
    assert isinstance(onward, Move)
    assert onward.step.key == "second"


def test_what_was_not_sent_is_tried_again_ever_later_and_not_for_ever() -> None:
    waits = []
    for attempt in range(1, MOST_ATTEMPTS):
        plan = settle(snapshot(last_touch=last(T.not_sent, attempt=attempt), waiting=True), THREE, NOW)
        assert isinstance(plan, Move)
        assert (plan.step.key, plan.visit) == ("first", 0)
        waits.append(plan.due_at - NOW)
    assert waits == [*SEND_AGAIN, *[SEND_AGAIN[-1]] * (MOST_ATTEMPTS - 1 - len(SEND_AGAIN))]
    final = snapshot(last_touch=last(T.not_sent, attempt=MOST_ATTEMPTS), waiting=True)
    assert settle(final, THREE, NOW) == Move(THREE.steps[1], 1, NOW + timedelta(days=3))
    assert settle(final, with_first(END), NOW) == Stop(StopReason.step_failed)


@pytest.mark.parametrize("state", sorted(FAILED))
@pytest.mark.parametrize(
    ("on_failure", "plan"),
    [
        (Follow(Next.next), Stay()),
        (END, Stop(StopReason.step_failed)),
        (TO_THIRD, Move(THREE.steps[2], 2, NOW + timedelta(hours=2))),
        (RETRY, None),
    ],
)
def test_a_failure_after_the_step_was_left_still_turns_the_way(
    state: TouchState, on_failure: Follow, plan: Plan | None
) -> None:
    flow = with_first(on_failure)
    late = snapshot("second", visit=1, last_touch=last(state))
    retried = Stay() if state in (T.expired, T.complained) else Move(flow.steps[0], 0, NOW + RETRY.after)
    assert settle(late, flow, NOW) == (retried if plan is None else plan)


@pytest.mark.parametrize("state", [T.accepted, T.delivered, T.completed, T.unknown])
def test_a_late_success_never_moves_what_has_moved_on(state: TouchState) -> None:
    assert settle(snapshot("second", visit=1, last_touch=last(state)), THREE, NOW) == Stay()


def test_nothing_is_settled_without_a_touch() -> None:
    assert settle(snapshot(), THREE, NOW) == Stay()


@pytest.mark.parametrize("state", sorted(TouchState))
def test_the_safety_net_settles_what_ended_and_else_waits_with_an_alarm(state: TouchState) -> None:
    caught = snapshot(last_touch=last(state), waiting=True)
    plan = decide(caught, THREE, NOW)
    if state in SETTLED:
        assert plan == settle(caught, THREE, NOW)
        assert not isinstance(plan, Stay | Reach)  # else the sweep would find it again and again
    elif state is T.review:
        assert plan == Hold(last(state).confirm_by + REVIEW, "under_review")
        assert settle(caught, THREE, NOW) == plan
    else:
        assert plan == Hold(NOW + LOOK_AGAIN, "not_confirmed_in_time", alarming=True)


@pytest.mark.parametrize("state", sorted(TouchState))
def test_the_same_visit_is_reached_again_only_after_proof_that_nothing_arrived(state: TouchState) -> None:
    plan = decide(snapshot(last_touch=last(state)), THREE, NOW)
    proven = {T.failed, T.bounced, T.cancelled, T.not_sent, T.suppressed}
    assert isinstance(plan, Reach) == (state in proven)
    assert plan != Stay()


def test_a_touch_that_was_taken_back_before_it_left_is_for_the_guards_to_judge_again() -> None:
    plan = decide(snapshot(last_touch=last(T.suppressed), waiting=True), THREE, NOW)
    assert plan == Move(THREE.steps[0], 0, NOW)


def test_a_skipped_step_leads_to_the_next_and_the_last_one_to_the_end() -> None:
    assert skip(snapshot("first", visit=7), with_first(END, END), NOW) == Move(
        THREE.steps[1], 8, NOW + timedelta(days=3)
    )
    assert skip(snapshot("third", visit=7), THREE, NOW) == Finish()


def test_the_last_step_leads_to_the_end_by_success_and_by_failure() -> None:
    for state in sorted(SUCCEEDED | FAILED):
        final = snapshot("third", visit=2, last_touch=last(state, key="third", part=2), waiting=True)
        assert settle(final, THREE, NOW) == Finish()


PLANS: tuple[Plan, ...] = (
    Move(THREE.steps[2], 3, NOW + timedelta(hours=2)),
    Hold(NOW + LOOK_AGAIN, "quiet_hours"),
    Finish(),
    Stop(StopReason.step_failed),
    Stay(),
    Reach(THREE.steps[0], 1),
)


@pytest.mark.parametrize("status", ["finished", "stopped", "quarantined"])
def test_an_enrollment_that_ended_is_never_touched_again(status: str) -> None:
    for plan in PLANS:
        assert apply(snapshot(status=EnrollmentState(status)), plan, NOW) is None


@pytest.mark.parametrize("status", ["active", "paused", "held"])
def test_a_move_keeps_the_status_while_the_place_moves(status: str) -> None:
    row = apply(snapshot(status=EnrollmentState(status), decision={"reason": "quiet_hours"}), PLANS[0], NOW)
    assert row is not None
    assert (row.status, row.step, row.visit, row.next_channel) == (status, "third", 3, NextChannel.email)
    assert (row.due_at, row.waiting, row.decision) == (NOW + timedelta(hours=2), False, None)
    assert row.last_touch_id is None


def test_an_end_has_no_step_and_no_timer_and_says_why() -> None:
    finished, stopped = (apply(snapshot(waiting=True), plan, NOW) for plan in PLANS[2:4])
    assert finished is not None
    assert stopped is not None
    assert (finished.status, finished.status_reason) == ("finished", None)
    assert (stopped.status, stopped.status_reason) == ("stopped", "step_failed")
    for row in (finished, stopped):
        assert (row.step, row.due_at, row.waiting, row.next_channel) == (None, None, False, NextChannel.settle)


def test_a_hold_changes_the_timer_alone_and_remembers_since_when() -> None:
    begun = snapshot(due_at=NOW - timedelta(hours=3))
    row = apply(begun, PLANS[1], NOW)
    assert row is not None
    assert (row.status, row.step, row.visit, row.waiting, row.due_at) == ("active", "first", 0, False, NOW + LOOK_AGAIN)
    assert row.decision is not None
    assert row.decision["since"] == (NOW - timedelta(hours=3)).isoformat()
    later = replace(begun, due_at=row.due_at, decision=row.decision)
    again = apply(later, Hold(NOW + 2 * LOOK_AGAIN, "quiet_hours"), NOW + LOOK_AGAIN)
    assert again is not None
    assert again.decision is not None
    assert again.decision["since"] == row.decision["since"]
    assert first_due(later, NOW + LOOK_AGAIN) == NOW - timedelta(hours=3)


def test_nothing_to_change_writes_nothing() -> None:
    assert apply(snapshot(), Stay(), NOW) is None
    assert apply(snapshot(), PLANS[5], NOW) is None
