"""Lint knows on which ways a step lies before the branch that asks about it."""

from __future__ import annotations

import pytest

from modules.sequences import lint_sequence

HEAD = "name: A\nslug: a\npurpose: marketing\nsteps:\n"
MAIL = '  - {{key: {key}, channel: email, content: {{subject: Hi, html: "<a href=x>Hi</a>"}}{more}}}\n'


def mail(key: str, more: str = "") -> str:
    return MAIL.format(key=key, more=more)


def asks(key: str, case: str, otherwise: str = "next") -> str:
    return f"  - {{key: {key}, channel: branch, wait: {{days: 1}}, when: [{case}], otherwise: {otherwise}}}\n"


def told(*steps: str) -> list[str]:
    return [str(one) for one in lint_sequence(HEAD + "".join(steps))]


def test_what_is_asked_of_a_later_step_is_told_with_its_line_and_the_way_out() -> None:
    steps = (mail("a"), asks("pick", "{clicked: b, go_to: c}"), mail("b"), mail("c"))
    assert told(*steps) == [
        "line 6: steps.pick.when.1: on no way here has 'b' been reached, so this never holds; ask about a step that "
        "comes before, or let 'b' lead here"
    ]


def test_a_step_to_which_only_the_question_about_it_leads_is_never_reached() -> None:
    steps = (
        mail("a"),
        asks("pick", "{outcome: {step: b, is: delivered}, go_to: b}", "end"),
        mail("b", ", wait: {days: 1}, on_success: {go_to: pick}"),
    )
    (never,) = told(*steps)
    assert "on no way here has 'b' been reached" in never


@pytest.mark.parametrize(
    "steps",
    [
        # whoever is skipped at b goes on with the next step, though a sent b ends it
        (
            mail("a", ", on_failure: {go_to: pick}"),
            mail("b", ", on_success: end, on_failure: end"),
            asks("pick", "{outcome: {step: b, is: skipped}, go_to: c}"),
            mail("c"),
        ),
        # in the second round b lies before
        (
            asks("pick", "{clicked: b, go_to: c}"),
            mail("b", ", wait: {days: 1}, on_success: {go_to: pick}, on_failure: {go_to: pick}"),
            mail("c"),
        ),
        # a failed a leads to b, and b back
        (
            mail("a", ", on_failure: {go_to: b}"),
            asks("pick", "{outcome: {step: b, is: delivered}, go_to: c}", "end"),
            mail("c", ", on_success: end"),
            mail("b", ", on_success: {go_to: pick}"),
        ),
    ],
)
def test_a_step_that_lies_before_on_any_way_may_be_asked_about(steps: tuple[str, ...]) -> None:
    assert told(*steps) == []


def test_a_step_to_which_no_way_leads_is_found() -> None:
    """A branch is never skipped, so what stands below one is reached by its ways alone."""
    steps = (mail("a"), asks("pick", "{stalled: {days: 9}, go_to: a}", "end"), mail("b"))
    assert told(*steps) == ["line 7: steps.b: no way leads to 'b'; let another step go_to it, or remove it"]


def test_what_stands_below_a_step_is_for_who_is_skipped_there() -> None:
    """As docs/sequences.md says of steps that are skipped: they go on with the next one in the file."""
    assert told(mail("a", ", on_success: end, on_failure: end"), mail("b")) == []
