"""Numbers outside the United States are not texted or called, because nobody has built in the law of their country."""

from dataclasses import replace
from datetime import timedelta

import pytest

from modules.labels import ChannelName
from modules.policy import Allow, Block, Defer, GuardReason, guard
from modules.policy.law_guards import MAINE_PAUSE
from tests.pure.candidates import ALLOWED, candidate
from tests.pure.touches import NOW
from utils.address import is_abroad


@pytest.mark.parametrize(
    ("number", "abroad"),
    [
        ("+12125550123", False),
        ("+17875550123", False),  # Puerto Rico
        ("+16715550123", False),  # Guam
        ("+18005550199", False),  # toll-free
        ("+14165550123", True),  # Toronto
        ("+18765550123", True),  # Jamaica
        ("+442079460123", True),
        ("+919876543210", True),
        ("+80012345678", True),  # international free phone
    ],
)
def test_a_number_is_at_home_in_the_united_states_and_its_territories(number: str, abroad: bool) -> None:
    assert is_abroad(number) is abroad


@pytest.mark.parametrize("channel", list(ChannelName))
def test_only_mail_goes_abroad(channel: ChannelName) -> None:
    verdict = guard(ALLOWED, replace(candidate(channel), abroad=True), NOW).verdict
    assert verdict == (Allow() if channel is ChannelName.email else Block(GuardReason.country_not_cleared))


@pytest.mark.parametrize(
    ("states", "channel", "ago", "held"),
    [
        ({"ME"}, ChannelName.voice, MAINE_PAUSE - timedelta(minutes=1), True),
        ({"ME"}, ChannelName.voice, MAINE_PAUSE, False),
        ({"ME"}, ChannelName.sms, timedelta(minutes=1), False),
        ({"NY"}, ChannelName.voice, timedelta(minutes=1), False),
    ],
)
def test_maine_lets_a_machine_talk_to_a_person_once_in_eight_hours(
    states: set[str], channel: ChannelName, ago: timedelta, held: bool
) -> None:
    facts = replace(ALLOWED, states=frozenset(states), call_completed_at=NOW - ago)
    verdict = guard(facts, candidate(channel), NOW).verdict
    assert verdict == (Defer(NOW - ago + MAINE_PAUSE, GuardReason.contact_cap) if held else Allow())
