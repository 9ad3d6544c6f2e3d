"""Why something that was written back does not leave, in words."""

import pytest

from modules.policy import GuardReason
from modules.preview import GUARDS, why_reply
from workers.reply import IN_THE_GAP, NOT_SENT, OTHER_NUMBER, TOO_LATE


@pytest.mark.parametrize("reason", [TOO_LATE, NOT_SENT, OTHER_NUMBER, IN_THE_GAP, "taken_back", "MessageTooLong"])
def test_every_way_to_close_a_reply_has_a_sentence_that_speaks_of_no_step(reason: str) -> None:
    said = why_reply(reason)
    assert said.endswith(".")
    assert "The reason as recorded" not in said
    assert "step" not in said


@pytest.mark.parametrize("reason", [one for one in GuardReason if one is not GuardReason.too_late])
def test_a_guard_that_closed_a_reply_says_what_it_says_elsewhere(reason: GuardReason) -> None:
    assert why_reply(reason).startswith(GUARDS[reason])


def test_what_gave_no_reason_says_nothing_and_a_providers_word_stands_as_given() -> None:
    assert (why_reply(None), why_reply("twilio_30003")) == ("", "The reason as recorded: twilio_30003.")
