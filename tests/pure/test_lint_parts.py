"""Lint counts the parts of a text as it leaves: with the brand before a first one, and the footer below it."""

from __future__ import annotations

import pytest

from modules.content import SMS_LIMIT, Language, dress_text
from modules.sequences import lint_sequence
from modules.sequences.check_sense import USUAL_PARTS
from modules.sequences.read_content import MOST_PARTS

BRAND = "Harbor Homes"
ALONE = 153
ADDED = len(dress_text("", BRAND, Language.en, first=True, footer=True))


def told(*bodies: str) -> list[str]:
    steps = "".join(
        f"  - {{key: s{number}, channel: sms, content: {{body: '{body}'}}}}\n" for number, body in enumerate(bodies)
    )
    return [str(one) for one in lint_sequence(f"name: A\nslug: a\npurpose: marketing\nsteps:\n{steps}")]


def test_the_first_text_is_counted_as_it_leaves() -> None:
    assert told("a" * (ALONE * USUAL_PARTS - ADDED)) == []
    assert told("a" * (ALONE * USUAL_PARTS - ADDED + 1)) == [
        "line 5: better: steps.s0.content.body: with the brand and the footer that a first text gets, this one is "
        "billed as 4 parts, each paid for; 3 or fewer are read to the end"
    ]


def test_a_text_that_names_the_brand_itself_gets_it_once() -> None:
    assert told("{{ client.name }}: " + "a" * (ALONE * USUAL_PARTS - ADDED)) == []
    (words,) = told("{{ client.name }}: " + "a" * (ALONE * USUAL_PARTS - ADDED + 1))
    assert "is billed as 4 parts" in words


def test_the_texts_after_it_are_counted_as_they_are_written() -> None:
    assert told("Hi", "a" * (ALONE * USUAL_PARTS)) == []
    (words,) = told("Hi", "a" * (ALONE * USUAL_PARTS + 1))
    assert "steps.s1.content.body: this text is billed as 4 parts" in words


@pytest.mark.parametrize("place", [0, 1])
def test_whichever_comes_first_to_somebody_is_never_too_long_to_leave(place: int) -> None:
    """The one before it may be skipped. Ten parts could not leave with what is added: 1,600 letters may."""
    longest = "a" * (ALONE * MOST_PARTS - ADDED)
    bodies = ["Hi", "Hi"]
    bodies[place] = longest
    assert not [one for one in told(*bodies) if "better" not in one]
    assert len(dress_text(longest, BRAND, Language.en, first=True, footer=True)) <= SMS_LIMIT
    bodies[place] += "a"
    (words,) = [one for one in told(*bodies) if "better" not in one]
    assert words.endswith(
        "with the brand and the footer that a first text gets, this one is billed as 11 parts, at most 10; make it "
        "shorter"
    )
