"""A step that waits until a day, when the day is moved: what it follows, and what a person's order or a rest keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from modules.labels import TouchState as T
from modules.policy import GuardReason
from modules.sequences import (
    Control,
    ControlVerb,
    Definition,
    EnrollmentChange,
    EnrollmentState,
    Hold,
    Move,
    Order,
    Plan,
    Reach,
    Snapshot,
    apply,
    control,
    decide,
    first_due,
    go_on,
    hold,
    judge_adoption,
    moved_day,
    woken,
)
from tests.pure.sequence_texts import read
from tests.pure.test_adopt import at
from tests.pure.touches import NOW, last, snapshot
from workers.compose import held

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
UNTIL = '  - {{key: soon, channel: sms, wait: {{until: {{{of}, days: -3, at: "09:00"}}}}, content: {{body: Hi}}}}\n'
DATED = read(UNTIL.format(of="field: contact.closing_on"))
TOLD = read(UNTIL.format(of="milestone: closing"))
PLANNED = datetime(2026, 12, 17, 14, tzinfo=UTC)  # three days before the twentieth, nine in New York
EARLIER = datetime(2026, 12, 7, 14, tzinfo=UTC)


def waiting(closing_on: str, **more: object) -> Snapshot:
    return replace(snapshot("soon", due_at=PLANNED), fields={"closing_on": closing_on}, **more)  # type: ignore[arg-type]


def after(place: Snapshot, row: EnrollmentChange | None) -> Snapshot:
    assert row is not None
    return replace(place, status=row.status, visit=row.visit, due_at=row.due_at, decision=row.decision)


def on_its_way(plan: Plan) -> bool:
    return isinstance(plan, Reach)


def moved_to(place: Snapshot, now: datetime, definition: Definition = DATED) -> Snapshot:
    plan = decide(place, definition, now)
    assert isinstance(plan, Move), plan
    return after(place, apply(place, plan, now))


def test_a_day_that_was_moved_forward_is_when_it_was_due_and_it_is_as_late_as_that() -> None:
    there = moved_to(waiting("2026-12-10"), PLANNED)
    assert (there.due_at, first_due(there, PLANNED), there.visit) == (EARLIER, EARLIER, 0)
    assert on_its_way(decide(there, DATED, PLANNED))  # once: the guards say whether that is too late
    assert on_its_way(decide(waiting("2026-12-20"), DATED, PLANNED))


def test_a_day_that_is_moved_forward_while_its_hours_are_shut_is_noticed_too() -> None:
    shut = after(waiting("2026-12-20"), apply(waiting("2026-12-20"), Hold(PLANNED + DAY, "quiet_hours"), PLANNED))
    assert on_its_way(decide(shut, DATED, PLANNED + DAY))
    there = moved_to(replace(shut, fields={"closing_on": "2026-12-10"}), PLANNED + DAY)
    assert first_due(there, PLANNED + DAY) == EARLIER


def test_a_day_that_was_moved_back_and_then_forward_is_followed_both_times() -> None:
    later = moved_to(waiting("2026-12-30"), PLANNED)
    assert later.due_at == PLANNED + 10 * DAY
    there = moved_to(replace(later, fields={"closing_on": "2026-12-20"}), PLANNED + 10 * DAY)
    assert first_due(there, PLANNED + 10 * DAY) == PLANNED


def rescheduled(place: Snapshot, now: datetime, to: datetime) -> Snapshot:
    done = control(place, DATED, Order(ControlVerb.reschedule, at=to), now)
    assert isinstance(done, Control)
    return after(place, done.change)


@pytest.mark.parametrize("closing_on", ["2026-12-20", "2027-03-01", "2026-12-01", ""])
def test_an_instant_that_a_person_gave_stands_whatever_day_is_waited_for(closing_on: str) -> None:
    given = NOW + 14 * HOUR
    place = replace(rescheduled(waiting("2026-12-20"), NOW, given), fields={"closing_on": closing_on})
    assert on_its_way(decide(place, DATED, given))
    shut = after(place, apply(place, Hold(given + HOUR, "quiet_hours"), given))
    assert on_its_way(decide(shut, DATED, given + HOUR))
    assert first_due(shut, given + HOUR) == given
    (held,) = hold(shut, "reply_waiting")
    freed = after(shut, go_on(after(shut, held), EnrollmentState.active, None, given + DAY))
    assert on_its_way(decide(freed, DATED, given + DAY))


@pytest.mark.parametrize("closing_on", ["2026-12-20", "2026-12-01"])
def test_a_jump_at_once_is_at_once_whatever_day_is_waited_for(closing_on: str) -> None:
    place = waiting(closing_on)
    done = control(place, DATED, Order(ControlVerb.jump, step="soon", at_once=True), NOW)
    assert isinstance(done, Control)
    assert on_its_way(decide(after(place, done.change), DATED, NOW))
    waits = control(place, DATED, Order(ControlVerb.jump, step="soon"), NOW)
    assert isinstance(waits, Control)
    assert waits.change.decision is None  # a jump without --now waits for the day as ever


def test_a_pause_keeps_an_instant_that_a_person_gave() -> None:
    place = rescheduled(waiting("2026-12-20"), NOW, NOW + DAY)
    for rest in (HOUR, 2 * DAY):
        paused = control(place, DATED, Order(ControlVerb.pause), NOW)
        assert isinstance(paused, Control)
        resumed = control(after(place, paused.change), DATED, Order(ControlVerb.resume), NOW + rest)
        assert isinstance(resumed, Control)
        there = after(place, resumed.change)
        assert there.due_at == max(NOW + DAY, NOW + rest)
        assert on_its_way(decide(there, DATED, max(NOW + DAY, NOW + rest)))


@pytest.mark.parametrize("reason", ["missing_variable", "reply_waiting"])
def test_what_holds_a_step_when_it_would_leave_keeps_an_instant_that_a_person_gave(reason: str) -> None:
    """A word is missing, or a reply has to be read: once that is done it leaves, and does not wait for the day after
    all."""
    given = NOW + DAY
    place = rescheduled(waiting("2026-12-20"), NOW, given)
    stands = after(place, held(place, GuardReason(reason)))
    goes = control(stands, DATED, Order(ControlVerb.resume), given + HOUR)
    row = goes.change if isinstance(goes, Control) else go_on(stands, EnrollmentState.active, None, given + HOUR)
    there = after(stands, row)
    assert there.due_at == given + HOUR
    assert on_its_way(decide(there, DATED, given + HOUR))


def test_the_next_step_waits_for_its_own_day_again() -> None:
    two = read(
        UNTIL.format(of="field: contact.closing_on"),
        UNTIL.format(of="field: contact.moving_on").replace("soon", "then"),
    )
    place = rescheduled(waiting("2026-12-20"), NOW, NOW + HOUR)
    done = control(place, two, Order(ControlVerb.skip), NOW)
    assert isinstance(done, Control)
    assert "instant_of" not in (done.change.decision or {})


@pytest.mark.parametrize("status", [EnrollmentState.paused, EnrollmentState.held])
def test_what_came_due_in_a_rest_is_on_time_afterwards_and_follows_a_later_day_still(status: EnrollmentState) -> None:
    place, now = waiting("2026-12-20", status=status), PLANNED + 5 * DAY
    done = control(place, DATED, Order(ControlVerb.resume), now) if status is EnrollmentState.paused else None
    row = done.change if isinstance(done, Control) else go_on(place, EnrollmentState.active, None, now)
    there = after(place, row)
    assert (there.due_at, first_due(there, now)) == (now, now)
    assert on_its_way(decide(there, DATED, now))
    assert moved_to(replace(there, fields={"closing_on": "2027-01-20"}), now).due_at == PLANNED + 31 * DAY


def test_who_was_away_until_after_the_day_is_written_to_on_the_day_they_are_back() -> None:
    there = moved_to(waiting("2026-12-20", back_on="2026-12-19"), PLANNED)
    assert first_due(there, PLANNED) == PLANNED + 2 * DAY
    assert on_its_way(decide(there, DATED, PLANNED + 2 * DAY))


def test_who_is_away_gets_what_a_person_gave_an_instant_on_the_day_they_are_back_whatever_day_it_waits_for() -> None:
    place = rescheduled(waiting("2026-12-20", back_on="2026-11-27"), NOW, NOW + DAY)
    there = replace(moved_to(place, NOW + DAY), fields={})  # the date itself is gone by then
    assert there.due_at is not None
    assert on_its_way(decide(there, DATED, there.due_at))


def test_news_of_a_milestones_day_moves_no_instant_that_a_person_gave() -> None:
    place = replace(snapshot("soon", due_at=PLANNED), milestones={"closing": (EARLIER + 3 * DAY,)})
    assert woken(place, TOLD, "closing", EARLIER, NOW) is not None
    given = rescheduled(place, NOW, NOW + DAY)
    assert woken(given, TOLD, "closing", EARLIER, NOW) is None


@pytest.mark.parametrize(
    ("place", "closing_on", "goes_to"),
    [
        (waiting(""), "2026-12-10", EARLIER),
        (waiting(""), "2026-12-20", None),  # planned for that day
        (waiting(""), "", None),
        (waiting("", waiting=True), "2026-12-10", None),
        (waiting("", last_touch=last(T.failed, key="soon", part=0)), "2026-12-10", None),  # it is being tried again
        (waiting("", decision={"since": PLANNED.isoformat()}), "2026-12-20", None),  # put off by its hours
        (waiting("", decision={"since": PLANNED.isoformat()}), "2026-12-10", EARLIER),
        (waiting("", decision={"instant_of": "rest"}), "2026-12-10", None),  # for a day that passed it is not late
        (waiting("", decision={"instant_of": "rest"}), "2027-01-20", PLANNED + 31 * DAY),
        (waiting("", decision={"instant_of": "hand"}), "2027-01-20", None),
    ],
)
def test_news_of_a_date_moves_what_is_planned_and_nothing_else(
    place: Snapshot, closing_on: str, goes_to: datetime | None
) -> None:
    now = EARLIER + 2 * DAY
    move = moved_day(replace(place, fields={"closing_on": closing_on}), DATED, now)
    assert (move and (move.due_at, move.visit)) == (goes_to and (goes_to, 0))


def test_a_new_version_keeps_the_instant_where_its_step_waits_until_another_day() -> None:
    waits = read(UNTIL.format(of="field: contact.closing_on").replace("soon", "a"))
    other = read(UNTIL.format(of="field: contact.moving_on").replace("soon", "a"))
    plain = read("  - {key: a, channel: sms, wait: {days: 1}, content: {body: Hi}}\n")
    pairs = [(plain, waits), (waits, other), (waits, waits), (waits, plain)]
    assert [judge_adoption(at("a"), old, new, {}).keeps for old, new in pairs] == [True, True, False, False]
