"""What forbids a message, told by a lie at a time: a checker that is not shown to see anything has not been tested."""

from collections.abc import Callable

import pytest

from tests.simulation.forging_t0 import LIES, LIES_OF_REPETITIONS, Lie
from tests.simulation.t0 import Conductor
from tests.simulation.t0_books import Books
from tests.simulation.t0_checker import check
from tests.simulation.t0_forbidden import FORBIDDEN

EVENTFUL = 23
"""A seed in which nothing turns, everything is sent by every channel, and mails and calls are repeated."""
BY_NAME = {looks: (invariant, words) for invariant, looks, words in FORBIDDEN}


def books() -> Books:
    return Conductor(EVENTFUL).play()


def seen(forge: Lie, looks: Callable[..., bool], op: str) -> bool:
    """Whether the checker says the right words about it, which it does not say of the true books."""
    told = books()
    assert check(told) == ()
    forge(told)
    invariant, words = BY_NAME[looks]
    return any(one.invariant == invariant and one.detail.endswith(f"{op} {words}") for one in check(told))


def test_the_true_story_is_eventful() -> None:
    history = books().ledger.history
    assert {event.about.channel for event in history if event.op == "armed"} == {"sms", "email", "voice"}
    assert {event.about.channel for event in history if event.op == "repeat" and event.more} == {"email", "voice"}
    assert [event for event in history if event.op == "turn"] == []


@pytest.mark.parametrize("name", LIES)
def test_a_lie_about_what_forbade_it_is_seen(name: str) -> None:
    forge, looks = LIES[name]
    assert seen(forge, looks, "armed")


@pytest.mark.parametrize("name", LIES_OF_REPETITIONS)
def test_a_lie_about_what_forbade_the_repetition_is_seen(name: str) -> None:
    forge, looks = LIES_OF_REPETITIONS[name]
    assert seen(forge, looks, "repeat")


def test_every_thing_that_forbids_has_its_lie() -> None:
    assert {looks for _, looks in LIES.values()} == {looks for _, looks, _ in FORBIDDEN}
