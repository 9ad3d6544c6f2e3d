"""Twilio's refusals in our words: is it the message, or the account?"""

import pytest

from modules.channels.twilio_words import read_refusal
from modules.labels import SuppressionReason


@pytest.mark.parametrize("code", [20003, 20005, 21212, 21601, 21606, 21659, 21660, 21661, 21701, 21702, 21703, 21704])
def test_a_sender_that_cannot_send_is_about_the_account_and_fails_no_message(code: int) -> None:
    """Docs api/errors; the changelog of 2024-07-10 split 21212 and 21606 into 21659, 21660 and 21661."""
    answer = read_refusal(400, {"code": code, "message": "No", "status": 400})
    assert (answer.permanent, answer.code, answer.suppress) == (False, str(code), None)


@pytest.mark.parametrize("code", [21211, 21610, 21612, 21614, 21617, 21635, 29999])
def test_a_person_who_cannot_be_texted_ends_the_message(code: int) -> None:
    answer = read_refusal(400, {"code": code})
    assert answer.permanent
    assert answer.suppress is (SuppressionReason.provider_opt_out if code == 21610 else None)
