"""Lint tells of attempts of one step that the law's number for one person and day has no room for."""

from __future__ import annotations

import pytest

from modules.sequences import lint_sequence

HEAD = "name: A\nslug: a\npurpose: marketing\nsteps:\n"
CONTENTS = {"sms": "{body: Hi}", "voice": "{prompt: Ask}", "email": '{subject: Hi, html: "<p>Hi</p>"}'}


def told(retry: str, channel: str = "sms") -> list[str]:
    step = f"{{key: a, channel: {channel}, content: {CONTENTS[channel]}, on_failure: {{retry: {retry}}}}}"
    return [str(one) for one in lint_sequence(f"{HEAD}  - {step}\n")]


def test_a_ladder_of_four_touches_within_a_day_is_told_with_the_way_out() -> None:
    assert told("{after: [{minutes: 5}, {minutes: 15}, {minutes: 30}]}") == [
        "line 5: better: steps.a.on_failure: tried 4 times within 24 hours, when one person gets 3 texts and calls at "
        "most: what is over waits until there is room, or is skipped as too late, and nothing else reaches them "
        "meanwhile; retry twice at most within a day, or after longer pauses: after: [{minutes: 30}, {days: 1}]"
    ]


@pytest.mark.parametrize(
    "retry", ["{times: 3, after: {hours: 7}}", "{after: [{days: 1}, {hours: 1}, {hours: 2}, {hours: 3}]}"]
)
def test_it_is_told_wherever_on_the_ladder_they_come(retry: str) -> None:
    (words,) = told(retry, "voice")
    assert "tried 4 times within 24 hours" in words


@pytest.mark.parametrize(
    ("retry", "channel"),
    [
        ("{after: [{minutes: 5}, {minutes: 15}]}", "sms"),
        ("{times: 3, after: {hours: 8}}", "sms"),  # the fourth comes a whole day after the first
        ("{after: [{minutes: 5}, {minutes: 15}, {days: 1}]}", "voice"),
        ("{after: [{minutes: 5}, {minutes: 15}, {minutes: 30}]}", "email"),
    ],
)
def test_three_in_a_day_are_let_pass_and_mail_has_another_number(retry: str, channel: str) -> None:
    assert told(retry, channel) == []
