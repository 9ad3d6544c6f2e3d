"""What could be published and could never come true is refused, with its line and the way out."""

import pytest

from modules.sequences import Definition
from modules.sequences.files import read_sequence

STEPS = """  - {key: hello, channel: sms, content: {body: Hello}}
  - {key: letter, channel: email, content: {subject: Hi, html: <p>Hi</p>}}
  - {key: ring, channel: voice, content: {prompt: Ask}}
  - {key: turn, channel: branch, %s, when: [{%s, go_to: more}], otherwise: end}
  - {key: more, channel: sms, content: {body: More}}
"""


def read(wait: str, asked: str) -> list[str]:
    found = read_sequence("name: Story\nslug: story\nsteps:\n" + STEPS % (wait, asked))
    return [] if isinstance(found, Definition) else [str(problem) for problem in found]


DAY, SHOWING = "wait: {days: 1}", "milestone: showing"


@pytest.mark.parametrize(
    ("wait", "asked", "words"),
    [
        (DAY, "clicked: hello", "'hello' is no e-mail, so nobody follows a link in it"),
        (DAY, "outcome: {step: hello, is: completed}", "'hello' is a message and never completed; write is: delivered"),
        (DAY, "outcome: {step: letter, is: completed}", "never completed"),
        (DAY, "outcome: {step: ring, is: delivered}", "'ring' is a call and never delivered; write is: completed"),
        ("wait: {minutes: 0}, wait_for: {milestone: showing}", SHOWING, "this does not wait at all"),
        (
            "wait: {until: {milestone: offer}}, wait_for: {milestone: showing}",
            SHOWING,
            "wait until a date, or for a mile",
        ),
    ],
)
def test_what_can_never_be_is_refused_with_its_line(wait: str, asked: str, words: str) -> None:
    (told,) = read(wait, asked)
    assert told.startswith("line 7: steps.")
    assert words in told


@pytest.mark.parametrize(
    ("wait", "asked"),
    [
        (DAY, "clicked: letter"),
        (DAY, "outcome: {step: hello, is: delivered}"),
        (DAY, "outcome: {step: ring, is: completed}"),
        (DAY, "outcome: {step: ring, is: failed}"),
        ("wait: {minutes: 1}, wait_for: {milestone: showing}", SHOWING),
        ('wait: {at: "09:00"}, wait_for: {milestone: showing}', SHOWING),
    ],
)
def test_what_can_be_may_be_published(wait: str, asked: str) -> None:
    assert read(wait, asked) == []
