"""Lint follows when steps come due through the week, and tells of hours that are shut for longer than they bear."""

from __future__ import annotations

from pathlib import Path

import pytest

from modules.sequences import is_only_better, lint_sequence

OFFICE = 'windows: [{days: [mon, tue, wed, thu, fri], from: "09:00", to: "18:00"}]\n'
HEAD = "name: A\nslug: a\npurpose: marketing\n"
SAMPLES = sorted(Path("scripts/samples").glob("*.yaml"))


def sms(key: str, more: str) -> str:
    return f"  - {{key: {key}, channel: sms, content: {{body: Hi}}{more}}}\n"


def told(*steps: str, top: str = OFFICE) -> list[str]:
    found = lint_sequence(f"{HEAD}{top}steps:\n{''.join(steps)}")
    return [f"{'better' if is_only_better(one) else 'fault'} {one.field}: {one.message}" for one in found]


def test_a_weekend_that_is_longer_than_the_step_may_be_late_names_its_days_and_the_way_out() -> None:
    assert told(sms("a", ", max_lateness: {hours: 48}")) == [
        "better steps.a.max_lateness: due on Friday or Saturday, it may have to wait 63 hours for the hours to open "
        "(Monday 09:00); as that is more than 2 days, it is skipped then; write max_lateness: {days: 3}, open the "
        "windows sooner, or say that it is not to wait for them: after_window: skip"
    ]


def test_nights_are_the_laws_where_the_file_has_no_windows_and_mail_knows_none() -> None:
    (night,) = told(sms("a", ", max_lateness: {hours: 2}"), top="")
    assert "due on any day, it may have to wait 12 hours for the hours to open" in night
    mail = '  - {key: a, channel: email, max_lateness: {hours: 2}, content: {subject: Hi, html: "<p>Hi</p>"}}\n'
    assert told(mail, top="") == []


@pytest.mark.parametrize(
    "steps",
    [
        [sms("a", "")],  # three days are longer than a weekend
        [sms("a", ", max_lateness: {hours: 1}, after_window: skip, max_hold: {hours: 1}")],  # it says so itself
        [sms("a", ', wait: {business_days: 1, at: "10:00"}, max_lateness: {hours: 1}')],
        [
            sms("a", ', wait: {business_days: 1, at: "10:00"}, max_lateness: {hours: 1}'),
            sms("b", ", wait: {days: 7}, max_lateness: {hours: 1}"),
            sms("c", ", wait: {minutes: 30}, max_lateness: {hours: 1}"),
        ],
    ],
)
def test_what_always_comes_due_in_its_hours_or_bears_their_pause_is_let_pass(steps: list[str]) -> None:
    assert told(*steps) == []


def test_days_after_a_day_of_work_may_be_a_weekend() -> None:
    (late,) = told(
        sms("a", ', wait: {business_days: 1, at: "10:00"}'), sms("b", ", wait: {days: 2}, max_lateness: {days: 1}")
    )
    assert late.startswith("better steps.b.max_lateness: due on Saturday, it may have to wait 47 hours")


@pytest.mark.parametrize(
    "more",
    [
        ', wait: {days: 1, at: "20:00"}, max_lateness: {hours: 4}',
        ', wait: {days: 1, at: "08:00"}, after_window: skip',
        ', wait: {until: {field: contact.closing_on, at: "20:00"}}, max_lateness: {hours: 4}',
    ],
)
def test_a_step_that_its_own_time_of_day_makes_too_late_on_every_day_is_a_fault(more: str) -> None:
    (late,) = told(sms("a", more))
    assert late.startswith("fault steps.a.wait: 'a' is due at ")
    assert "so it is always skipped; move its 'at' into the hours, or raise its max_" in late


@pytest.mark.parametrize(
    ("more", "top"),
    [
        (', wait: {until: {field: contact.closing_on, at: "20:00", otherwise: now}}, max_lateness: {hours: 4}', ""),
        (', wait: {days: 1, at: "20:00"}, max_lateness: {hours: 4}', "drip: {people: 5, every: {hours: 1}}\n"),
        (', wait: {days: 1, at: "20:00"}', ""),
    ],
)
def test_what_may_come_due_at_another_time_or_bears_the_night_is_no_fault(more: str, top: str) -> None:
    assert not [one for one in told(sms("a", more), top=OFFICE + top) if one.startswith("fault")]


@pytest.mark.parametrize("sample", SAMPLES, ids=[one.stem for one in SAMPLES])
def test_nothing_is_to_be_said_against_a_sample(sample: Path) -> None:
    assert lint_sequence(sample.read_text(encoding="utf-8")) == []


def test_nothing_is_to_be_said_against_the_example_of_the_guide() -> None:
    guide = Path("docs/sequences.md").read_text(encoding="utf-8")
    assert lint_sequence(guide.split("```yaml\n")[1].split("```")[0]) == []


def test_circles_that_bring_every_minute_are_followed_for_a_few_rounds_only() -> None:
    again = (
        "  - {key: z, channel: branch, wait: {minutes: 7}, when: [{replied: true, go_to: b}], otherwise: {go_to: a}}\n"
    )
    (late, *_) = told(
        sms("a", ", wait: {minutes: 1}, max_lateness: {hours: 48}"), again, sms("b", ", on_reply: continue")
    )
    assert late.startswith("better steps.a.max_lateness: due on Friday or Saturday")
