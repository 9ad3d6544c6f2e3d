"""The days on which some states let nobody be called or texted, the day itself and the day it is kept on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from modules.labels import ChannelName
from modules.policy import Allow, Defer, GuardReason, Hours, find_place, guard, is_allowed, next_allowed
from modules.policy.calendars import OWN_HOLIDAYS, holidays_of
from modules.policy.rules import GRADES
from modules.policy.us_hours import RULES
from tests.pure.candidates import ALLOWED, candidate, in_zone

SMS, VOICE = ChannelName.sms, ChannelName.voice
CHICAGO = "America/Chicago"


@pytest.mark.parametrize(
    ("state", "day"),
    [
        ("RI", "2026-05-04"),  # Independence Day of Rhode Island, unknown to the library
        ("RI", "2026-08-10"),  # Victory Day
        ("PA", "2026-06-14"),
        ("PA", "2026-06-15"),  # Flag Day falls on a Sunday
        ("AL", "2026-12-01"),
        ("LA", "2026-11-27"),
        ("LA", "2027-11-26"),
        ("LA", "2026-02-17"),  # Mardi Gras
        ("LA", "2026-11-03"),  # Election Day
        ("LA", "2023-12-26"),  # proclaimed by the governor, that year alone
        ("UT", "2026-07-24"),  # Pioneer Day
        ("UT", "2026-07-03"),  # Independence Day as it is kept
        ("UT", "2026-07-04"),  # and itself
        ("PA", "2027-12-31"),  # New Year's Day of 2028 as it is kept
    ],
)
def test_each_holiday_is_known_on_its_day_and_on_the_day_it_is_kept(state: str, day: str) -> None:
    on = date.fromisoformat(day)
    assert holidays_of(state, on.year)[on]


def test_a_proclaimed_day_is_one_of_its_year_alone_and_others_are_no_holidays() -> None:
    assert date(2024, 12, 26) not in holidays_of("LA", 2024)
    assert date(2026, 12, 2) not in holidays_of("RI", 2026)
    assert date(2026, 5, 4) not in holidays_of("PA", 2026)


def test_each_own_holiday_names_its_source_and_belongs_to_a_state_that_knows_holidays() -> None:
    knowing = {rule.state for rule in RULES if rule.knows_holidays}
    assert knowing == {"AL", "LA", "NE", "PA", "RI", "UT"}
    for one in OWN_HOLIDAYS:
        assert one.state in knowing
        assert one.source
        assert one.grade in GRADES


def test_a_holiday_shuts_the_day_where_it_is_kept_and_nowhere_else() -> None:
    thanksgiving = in_zone("2026-11-26T12:00")
    for phone, allowed in (("+14015550123", False), ("+12125550123", True), ("+15045550123", False)):
        place = find_place(phone)
        assert is_allowed(Hours(place.zones, place.states, SMS), thanksgiving) is allowed
        assert is_allowed(Hours(place.zones, place.states, SMS, holidays=False), thanksgiving)


def test_after_a_long_weekend_louisiana_opens_on_the_first_plain_morning() -> None:
    place = find_place("+15045550123")
    hours = Hours(place.zones, place.states, SMS)
    # Thursday and Friday are holidays; on Saturday it is open
    assert next_allowed(hours, in_zone("2026-11-25T19:45", CHICAGO)) == in_zone("2026-11-28T08:00", CHICAGO)
    # Christmas Day 2027 is a Saturday, kept on the Friday; Sunday is shut
    assert next_allowed(hours, in_zone("2027-12-24T09:00", CHICAGO)) == in_zone("2027-12-27T08:00", CHICAGO)


def test_the_holiday_guard_waits_for_the_next_day_and_names_its_rule() -> None:
    place = find_place("+12155550123")
    facts = replace(ALLOWED, zones=place.zones, states=place.states)
    noon = in_zone("2026-11-26T12:00")
    decision = guard(facts, candidate(due_at=noon), noon)
    assert decision.verdict == Defer(in_zone("2026-11-28T08:00"), GuardReason.holiday)  # the Friday after is one too
    assert decision.said == ((GuardReason.holiday, in_zone("2026-11-28T08:00").isoformat()),)
    assert decision.rule == "pa_any"
    night = in_zone("2026-11-26T02:00")
    early = guard(facts, candidate(due_at=night), night)
    assert early.verdict == Defer(in_zone("2026-11-28T08:00"), GuardReason.quiet_hours)
    assert guard(facts, candidate(ChannelName.email, due_at=noon), noon).verdict == Allow()


def test_no_state_shuts_a_week_and_a_day() -> None:
    for rule in RULES:
        place = find_place(None, (), "America/New_York", (rule.state,))
        hours = Hours(place.zones, place.states, SMS)
        for week in range(53):
            assert next_allowed(hours, in_zone("2027-01-01T21:00") + timedelta(weeks=week)) is not None
