"""Lint tells of a reminder that shut hours may put off to the very day it speaks of, or beyond."""

from __future__ import annotations

import pytest

from modules.sequences import lint_sequence

OFFICE = 'windows: [{days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}]\n'
HEAD = "name: A\nslug: a\npurpose: marketing\n"


def told(until: str, more: str = "", top: str = OFFICE) -> list[str]:
    step = f"{{key: a, channel: sms, wait: {{until: {{{until}}}}}, content: {{body: See you tomorrow}}{more}}}"
    return [str(one) for one in lint_sequence(f"{HEAD}{top}steps:\n  - {step}\n")]


def test_a_reminder_the_day_before_that_a_weekend_puts_off_to_the_day_is_told_with_the_way_out() -> None:
    assert told('milestone: appointment, days: -1, at: "10:00"') == [
        "line 6: better: steps.a.max_lateness: due on Sunday 10:00, it waits for the hours to open (Monday 09:00), "
        "when the day it is to come before has begun; write max_lateness: {hours: 22}, so that it is skipped then, or "
        "let it leave more days before"
    ]


@pytest.mark.parametrize(
    ("until", "more", "top"),
    [
        ("milestone: appointment, days: -1", "", OFFICE),
        ("milestone: appointment, days: -1", "", ""),
        ('field: contact.closing_on, days: -1, at: "10:00"', ", max_lateness: {hours: 23}", OFFICE),
        ('field: contact.closing_on, days: -2, at: "10:00"', ", max_lateness: {days: 2}", OFFICE),
        ('milestone: appointment, days: -1, at: "20:00"', ", max_lateness: {hours: 20}", OFFICE),
    ],
)
def test_it_is_told_of_every_day_and_of_nights(until: str, more: str, top: str) -> None:
    found = told(until, more, top)
    assert any("the day it is to come before has begun" in one for one in found), found


@pytest.mark.parametrize(
    ("until", "more", "top"),
    [
        ('milestone: appointment, days: -1, at: "10:00"', ", max_lateness: {hours: 22}", OFFICE),
        ('milestone: appointment, days: -1, at: "10:00"', ", after_window: skip", OFFICE),
        ('milestone: appointment, days: -1, at: "10:00"', "", ""),
        ("milestone: appointment, days: -1", ", max_lateness: {hours: 20}", ""),
        ('milestone: appointment, days: -3, at: "10:00"', "", OFFICE),
        ('milestone: appointment, days: 1, at: "10:00"', "", OFFICE),
        ('milestone: appointment, at: "10:00"', "", OFFICE),
    ],
)
def test_one_that_leaves_before_the_day_or_not_at_all_is_let_pass(until: str, more: str, top: str) -> None:
    assert not [one for one in told(until, more, top) if "has begun" in one]


def test_the_way_out_is_one() -> None:
    (words,) = told("milestone: appointment, days: -1", top="")
    assert "write max_lateness: {hours: 20}" in words
    assert told("milestone: appointment, days: -1", ", max_lateness: {hours: 20}", "") == []


@pytest.mark.parametrize(
    ("until", "top"),
    [
        ('milestone: appointment, days: -1, at: "10:00"', OFFICE),
        ('field: contact.closing_on, days: -2, at: "16:30"', OFFICE),
        ("milestone: appointment, days: -1", ""),
    ],
)
def test_who_follows_the_way_out_is_told_nothing_more(until: str, top: str) -> None:
    """Skipped on those days is what was advised: no other voice calls that too late and sends them back."""
    (words,) = told(until, top=top)
    advised = words.split("write ")[1].split(", so that")[0]
    assert told(until, f", {advised}", top) == []


@pytest.mark.parametrize(("at", "top", "opens"), [("20:50", "", "Tuesday 08:00"), ("18:00", OFFICE, "Tuesday 09:00")])
def test_one_whose_time_of_day_is_always_shut_is_not_advised_to_be_skipped_always(
    at: str, top: str, opens: str
) -> None:
    assert told(f'milestone: appointment, days: -1, at: "{at}"', top=top) == [
        f"line {6 if top else 5}: better: steps.a.max_lateness: due on Monday {at}, it waits for the hours to open "
        f"({opens}), when the day it is to come before has begun; move its 'at' into the hours, or let it leave more "
        "days before"
    ]


def test_a_milestone_has_its_own_time_of_day() -> None:
    """Without `at` the step is due at that time: in the evening, too, when the hours are shut until the morning."""
    (late,) = told(
        "milestone: showing, days: 1",
        ", max_lateness: {hours: 6}",
        'windows: [{days: [mon, tue, wed, thu, fri, sat, sun], from: "08:00", to: "20:00"}]\n',
    )
    assert "due on any day, it may have to wait 12 hours for the hours to open" in late
