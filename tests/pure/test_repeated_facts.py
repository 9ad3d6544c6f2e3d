"""What a repetition is decided by: all that is known, but for the very touch that is repeated."""

from dataclasses import replace

from modules.policy import Defer, GuardReason, guard
from tests.pure.candidates import ALLOWED, candidate
from tests.pure.touches import NOW
from workers.repeat import besides_itself


def test_a_touch_is_not_in_its_own_way() -> None:
    facts = replace(ALLOWED, sent_last_day=3, sent_to_person=1, in_flight_until=NOW, on_call_until=NOW)
    known = besides_itself(facts)
    assert (known.sent_last_day, known.sent_to_person) == (2, 0)
    assert (known.in_flight_until, known.on_call_until) == (None, None)


def test_a_sum_that_is_not_known_lets_nothing_be_repeated() -> None:
    for facts in (replace(ALLOWED, sent_last_day=None), replace(ALLOWED, sent_to_person=None)):
        verdict = guard(besides_itself(facts), candidate(), NOW).verdict
        assert isinstance(verdict, Defer)
        assert verdict.reason is GuardReason.fact_missing
