"""Ladders, dates and hours in a sequence file: read, kept, shown, published again equal, and obeyed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from modules.labels import TouchState
from modules.sequences import (
    AfterWindow,
    Definition,
    Move,
    Reach,
    Stop,
    StopReason,
    apply,
    decide,
    settle,
)
from modules.sequences.models import Follow, Next
from modules.sequences.models_of_rules import (
    Otherwise,
    Until,
)
from modules.sequences.models_of_runs import Plan
from modules.sequences.show import show_sequence
from modules.sequences.waits import due_after
from tests.pure.sequence_texts import HELLO, MORE, problems, read
from tests.pure.touches import NOW, last, snapshot

T = TouchState
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def failed(definition: Definition, attempt: int) -> Plan:
    touch = last(T.failed, key="hello", attempt=attempt)
    return settle(snapshot("hello", last_touch=touch, waiting=True), definition, NOW)


LADDER = "{retry: {after: [{minutes: 5}, {minutes: 15}, {minutes: 30}]%s}}"


def test_a_ladder_waits_as_each_rung_says_and_then_goes_on() -> None:
    found = read(HELLO % f", on_failure: {LADDER % ''}", MORE % "")
    pauses = [5 * MINUTE, 15 * MINUTE, 30 * MINUTE]
    assert found.step("hello").on_failure == Follow(Next.retry, None, 3, pauses[0], tuple(pauses))
    assert [failed(found, attempt) for attempt in (1, 2, 3)] == [
        Move(found.steps[0], 0, NOW + pause) for pause in pauses
    ]
    assert failed(found, 4) == Move(found.steps[1], 1, NOW + DAY)
    shown = "If it fails: try again after 5 minutes, then 15 minutes, then 30 minutes; then the next step."
    assert shown in show_sequence(found, 1)


@pytest.mark.parametrize(
    ("then", "last_word"),
    [("end", "end as failed"), ("skip", "the next step"), ("{go_to: bye}", "go to bye")],
)
@pytest.mark.parametrize("retry", [LADDER, "{retry: {times: 3, after: {minutes: 5}%s}}"])
def test_what_follows_the_last_try_is_said_by_then(then: str, last_word: str, retry: str) -> None:
    bye = "  - {key: bye, channel: sms, wait: {hours: 1}, content: {body: Bye}}\n"
    found = read(HELLO % f", on_failure: {retry % f', then: {then}'}", MORE % "", bye)
    plans: dict[str, Plan] = {
        "end": Stop(StopReason.step_failed),
        "skip": Move(found.steps[1], 1, NOW + DAY),
        "{go_to: bye}": Move(found.steps[2], 1, NOW + timedelta(hours=1)),
    }
    assert failed(found, 4) == plans[then]
    assert f"then {last_word}." in show_sequence(found, 1)


@pytest.mark.parametrize(
    ("retry", "words"),
    [
        ("{after: []}", "name at least one pause"),
        ("{after: [5]}", "this takes a group such as"),
        ("{after: [{minutes: 0}]}", "from 1 to 525600"),
        ("{after: [{weeks: 1}]}", "'weeks' is not known here"),
        ("{times: 2, after: [{minutes: 5}]}", "remove 'times'"),
        (f"{{after: [{', '.join(['{minutes: 5}'] * 11)}]}}", "at most 10 times"),
        ("{after: [{minutes: 5}], then: stop}", "one of: next, end, skip"),
        ("{after: [{minutes: 5}], then: {go_to: gone}}", "there is no step 'gone' to go to"),
    ],
)
def test_a_faulty_ladder_is_told_with_its_line(retry: str, words: str) -> None:
    found = problems(HELLO % f", on_failure: {{retry: {retry}}}")
    assert any(one.startswith("line 4: steps.hello.on_failure.retry") and words in one for one in found), found


UNTIL = '{until: {field: contact.closing_on, days: -3, at: "09:00"%s}}'


def closing(**more: object) -> dict[str, object]:
    return {"first_name": "Ada", **more}


def dated(otherwise: str = "") -> Definition:
    step = f"  - {{key: hello, channel: sms, wait: {UNTIL % otherwise}, content: {{body: Hi}}}}\n"
    return read(step, MORE % "")


@pytest.mark.parametrize(
    ("value", "due"),
    [
        ("2026-12-10", datetime(2026, 12, 7, 14, tzinfo=UTC)),
        ("2026-12-10T23:30:00-05:00", datetime(2026, 12, 7, 14, tzinfo=UTC)),
        ("2026-12-11T02:00:00Z", datetime(2026, 12, 7, 14, tzinfo=UTC)),  # still the tenth in New York
        ("2026-07-10", datetime(2026, 7, 7, 13, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 17, 14, tzinfo=UTC)),
    ],
)
def test_a_wait_until_a_date_counts_in_the_contacts_calendar(value: str, due: datetime) -> None:
    wait = dated().steps[0].wait
    assert wait.until == Until("contact.closing_on", -3, time(9))
    assert due_after(wait, NOW, "America/New_York", closing(closing_on=value)) == due


def test_without_a_time_the_dates_own_counts_and_else_nine_in_the_morning() -> None:
    wait = (
        read("  - {key: hello, channel: sms, wait: {until: {field: contact.visit_at}}, content: {body: Hi}}\n")
        .steps[0]
        .wait
    )
    fields = closing(visit_at="2026-12-10T16:30:00-05:00")
    assert due_after(wait, NOW, "America/New_York", fields) == datetime(2026, 12, 10, 21, 30, tzinfo=UTC)
    for day in ("2026-12-10", "20261210", 20261210, "2026-W50-4", "2026W504"):  # nobody's midnight
        due = due_after(wait, NOW, "America/New_York", closing(visit_at=day))
        assert due == datetime(2026, 12, 10, 14, tzinfo=UTC), day


UNREADABLE = [{}, closing(closing_on=""), closing(closing_on="soon"), closing(closing_on="2026-02-30")]
UNREADABLE += [closing(closing_on="0026-12-10"), closing(closing_on=["2026-12-10"]), closing(closing_on=None)]


@pytest.mark.parametrize("fields", UNREADABLE)
def test_without_a_readable_date_the_step_is_skipped_ended_or_sent_as_the_file_says(fields: dict[str, object]) -> None:
    due = snapshot("hello", due_at=NOW)
    due = replace(due, fields=fields)
    note = {"skipped": "hello", "reason": "no_date", "at": NOW.isoformat(), "detail": "contact.closing_on"}
    for otherwise in ("", ", otherwise: skip"):
        found = dated(otherwise)
        assert due_after(found.steps[0].wait, NOW, "America/New_York", fields) == NOW
        plan = decide(due, found, NOW)
        assert plan == Move(found.steps[1], 1, NOW + DAY, note)
        row = apply(due, plan, NOW)
        assert row is not None
        assert (row.step, row.decision) == ("more", note)
    ended = decide(due, dated(", otherwise: end"), NOW)
    assert ended == Stop(StopReason.no_date, note)
    stopped = apply(due, ended, NOW)
    assert stopped is not None
    assert (stopped.status, stopped.status_reason, stopped.decision) == ("stopped", "no_date", note)
    at_once = dated(", otherwise: now")
    assert at_once.steps[0].wait.until == Until("contact.closing_on", -3, time(9), Otherwise.now)
    assert decide(due, at_once, NOW) == Reach(at_once.steps[0], 1)


def test_a_step_that_failed_is_tried_again_whatever_became_of_the_date() -> None:
    again = snapshot("hello", last_touch=last(T.failed, key="hello"))
    assert decide(again, dated(), NOW) == Reach(dated().steps[0], 2)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("{}", "name the field that holds the date"),
        ("{field: closing_on}", "is not a field of a contact"),
        ("{field: contact.closing_on, days: soon}", "'soon' is not a whole number from -730 to 730"),
        ("{field: contact.closing_on, otherwise: wait}", "write skip (the default), end or now"),
        ("{field: contact.closing_on, hours: 3}", "'hours' is not known here"),
    ],
)
def test_a_faulty_date_to_wait_for_is_told_with_its_line(until: str, words: str) -> None:
    step = f"  - {{key: hello, channel: sms, wait: {{until: {until}}}, content: {{body: Hi}}}}\n"
    found = problems(step)
    assert any(one.startswith("line 4: steps.hello.wait.until") and words in one for one in found), found


def test_a_date_is_no_wait_that_could_break_a_circle() -> None:
    step = (
        f"  - {{key: hello, channel: sms, wait: {UNTIL % ''}, content: {{body: Hi}}, on_success: {{go_to: hello}}}}\n"
    )
    assert any("runs in a circle without a wait" in one for one in problems(step))


def test_a_step_may_be_skipped_rather_than_wait_for_the_hours() -> None:
    found = read(
        HELLO % ", after_window: skip, max_hold: {hours: 2}",
        MORE % ", after_window: skip",
        HELLO.replace("hello", "usual") % "",
    )
    assert [(step.after_window, step.max_hold) for step in found.steps] == [
        (AfterWindow.skip, timedelta(hours=2)),
        (AfterWindow.skip, timedelta(0)),
        (AfterWindow.hold, timedelta(0)),
    ]
    assert "Skipped when the hours put it off for more than 2 hours." in show_sequence(found, 1)
    assert any("'wait' is not known; write hold" in one for one in problems(HELLO % ", after_window: wait"))
    assert any("goes with after_window: skip" in one for one in problems(HELLO % ", max_hold: {hours: 2}"))
