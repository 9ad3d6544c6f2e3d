"""A branch that waits for a milestone whose day is known: whatever happens to the contact meanwhile, the end of its
wait stays known, so that it goes on waiting when the day is called off or moved."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from modules.labels import TouchState
from modules.policy import Block, Decision, GuardReason
from modules.sequences import (
    Control,
    ControlVerb,
    EnrollmentChange,
    EnrollmentState,
    Move,
    Order,
    Snapshot,
    apply,
    control,
    decide,
    go_on,
    hold,
    settle,
    woken,
)
from tests.pure.sequence_texts import read
from tests.pure.test_moved_days import after
from tests.pure.touches import NOW, last, snapshot
from workers.candidate import Wish
from workers.withhold import withhold

DAY = timedelta(days=1)
VISIT, AT_MOST = NOW + 5 * DAY, NOW + 14 * DAY
WAITS = read(
    "  - {key: hello, channel: sms, content: {body: Hi}}\n"
    "  - {key: seen, channel: branch, wait: {days: 14}, wait_for: {milestone: showing}, "
    "when: [{milestone: showing, go_to: bye}], otherwise: end}\n"
    "  - {key: bye, channel: sms, content: {body: Bye}}\n"
)


def there(place: Snapshot, row: EnrollmentChange | None) -> Snapshot:
    assert row is not None
    assert (row.step, row.due_at) == ("seen", VISIT)
    return replace(after(place, row), step="seen")


def at_hello() -> Snapshot:
    return replace(snapshot("hello"), milestones={"showing": (VISIT,)}, enrolled_at=NOW)


def at_seen() -> Snapshot:
    """The day is known, and the branch is to go on then."""
    place = replace(at_hello(), last_touch=last(TouchState.delivered, key="hello"), waiting=True)
    return there(replace(place, waiting=False), apply(place, settle(place, WAITS, NOW), NOW))


def goes_on_waiting(place: Snapshot, now: timedelta = 5 * DAY) -> bool:
    plan = decide(replace(place, milestones={}), WAITS, NOW + now)
    return isinstance(plan, Move) and (plan.step.key, plan.due_at) == ("seen", AT_MOST)


def test_a_skipped_step_before_it_does_not_cost_the_rest_of_the_wait() -> None:
    place, step = at_hello(), WAITS.step("hello")
    for reason in (GuardReason.no_consent, GuardReason.too_late, GuardReason.closed_address):
        row = withhold(Wish(place, WAITS, step, 1), Decision(Block(reason), (), None, None), NOW)
        gone = there(place, row)
        assert (gone.decision or {}).get("skipped") == "hello"
        assert goes_on_waiting(gone), reason


@pytest.mark.parametrize("until", [2 * DAY, 7 * DAY])
def test_a_pause_does_not_cost_the_rest_of_the_wait(until: timedelta) -> None:
    paused = control(at_seen(), WAITS, Order(ControlVerb.pause), NOW + DAY)
    assert isinstance(paused, Control)
    rests = after(at_seen(), paused.change)
    resumed = control(rests, WAITS, Order(ControlVerb.resume), NOW + until)
    assert isinstance(resumed, Control)
    assert goes_on_waiting(after(rests, resumed.change), max(until, 5 * DAY))


@pytest.mark.parametrize("until", [2 * DAY, 7 * DAY])
def test_a_hold_does_not_cost_the_rest_of_the_wait(until: timedelta) -> None:
    (held,) = hold(at_seen(), "reply_waiting")
    rests = after(at_seen(), held)
    released = after(rests, go_on(rests, EnrollmentState.active, None, NOW + until))
    assert goes_on_waiting(released, max(until, 5 * DAY))


def test_after_a_rest_it_follows_its_day_to_a_later_one() -> None:
    (held,) = hold(at_seen(), "reply_waiting")
    rests = after(at_seen(), held)
    released = after(rests, go_on(rests, EnrollmentState.active, None, NOW + 2 * DAY))
    later = replace(released, milestones={"showing": (NOW + 8 * DAY,)})
    move = woken(later, WAITS, "showing", NOW + 8 * DAY, NOW + 3 * DAY)
    assert move is not None
    assert move.due_at == NOW + 8 * DAY
