"""What the law of a state does to a touch: artificial voices, emergencies, caps, and the rule that an answer names."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.labels import ChannelName, ConsentKind
from modules.policy import (
    EFFECTS,
    Agreement,
    Allow,
    Block,
    Defer,
    Effect,
    Facts,
    GuardReason,
    OpenWindow,
    find_place,
    guard,
)
from modules.policy.law_guards import DAY
from tests.pure.candidates import ALLOWED, NEW_YORK, ZONES, candidate, in_zone
from tests.pure.touches import NOW

R = GuardReason
MINUTE = timedelta(minutes=1)
instants = st.integers(0, 3 * 366 * 24 * 60).map(lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + minute * MINUTE)
zone_sets = st.lists(st.sampled_from(ZONES), min_size=1, max_size=4, unique=True).map(frozenset)


def facts_with(**changes: object) -> Facts:
    return replace(ALLOWED, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", ["WA", "WY", "NE"])
def test_no_artificial_voice_calls_where_a_state_forbids_it_and_texts_go_on(state: str) -> None:
    place = find_place("+12125550123", (), None, (state,))
    facts = facts_with(zones=place.zones, states=place.states)
    noon = in_zone("2026-11-23T13:00")
    called = guard(facts, candidate(ChannelName.voice, due_at=noon), noon)
    assert called.verdict == Block(R.ai_voice_blocked_state)
    assert called.rule == f"{state.lower()}_ai_voice"
    assert EFFECTS[R.ai_voice_blocked_state] is Effect.skip_step
    assert guard(facts, candidate(due_at=noon), noon).verdict == Allow()


def test_a_person_without_a_common_hour_is_held_for_a_person_to_look() -> None:
    facts = facts_with(zones=frozenset({NEW_YORK, "Asia/Kolkata", "Pacific/Auckland"}), states=frozenset())
    decision = guard(facts, candidate(), NOW)
    assert decision.verdict == Block(R.no_open_hour)
    assert EFFECTS[R.no_open_hour] is Effect.hold
    assert guard(facts, candidate(ChannelName.email), NOW).verdict == Allow()


def test_a_number_that_tells_no_state_waits_for_every_emergency() -> None:
    facts = facts_with(emergencies=(("LA", NOW + DAY),), states=frozenset({"unknown", "NY"}))
    assert guard(facts, candidate(), NOW).verdict == Defer(NOW + DAY, R.emergency_block)
    elsewhere = facts_with(emergencies=(("LA", NOW + DAY),), states=frozenset({"NY"}))
    assert guard(elsewhere, candidate(), NOW).verdict == Allow()


def test_an_emergency_stops_texts_and_calls_but_no_mail() -> None:
    facts = facts_with(emergencies=(("NY", NOW + DAY),))
    for channel in (ChannelName.sms, ChannelName.voice):
        assert guard(facts, candidate(channel), NOW).verdict == Defer(NOW + DAY, R.emergency_block)
    assert guard(facts, candidate(ChannelName.email), NOW).verdict == Allow()


def test_the_cap_of_a_state_counts_texts_and_calls_and_no_mail() -> None:
    facts = facts_with(states=frozenset({"FL"}), sent_to_person=3, oldest_to_person=NOW - timedelta(hours=24))
    assert guard(facts, candidate(ChannelName.email), NOW).verdict == Allow()
    capped = guard(replace(facts, oldest_to_person=NOW - timedelta(hours=23)), candidate(), NOW)
    assert (capped.verdict, capped.rule) == (Defer(NOW + timedelta(hours=1), R.contact_cap), "fl_any")


@pytest.mark.parametrize(
    ("states", "person", "number", "capped"),
    [
        ({"FL"}, 3, 0, True),
        ({"FL"}, 0, 3, True),
        ({"FL"}, 2, 2, False),
        ({"NY", "OK"}, 3, 1, True),
        ({"NY"}, 2, 2, False),  # New York has no number of its own: the strictest states' holds everywhere
        ({"NY"}, 3, 1, True),
        ({"NY"}, 1, 3, True),
    ],
)
def test_a_person_and_a_number_each_have_a_day_of_their_own(
    states: set[str], person: int, number: int, capped: bool
) -> None:
    since = NOW - timedelta(hours=23)
    facts = facts_with(
        states=frozenset(states),
        sent_to_person=person,
        oldest_to_person=since,
        sent_last_day=number,
        oldest_in_day=since,
    )
    for channel in (ChannelName.sms, ChannelName.voice):
        verdict = guard(facts, candidate(channel), NOW).verdict
        assert verdict == (Defer(NOW + timedelta(hours=1), R.contact_cap) if capped else Allow())


@pytest.mark.parametrize(
    ("states", "local", "rule"),
    [
        ({"NY"}, "2026-11-23T12:00", "us_any"),
        ({"CT"}, "2026-11-23T12:00", "ct_any"),
        ({"CT"}, "2026-11-23T08:30", "ct_any"),
        ({"MI"}, "2026-11-23T08:30", "mi_any"),
        ({"MI"}, "2026-11-23T07:30", "us_any"),  # law is named before caution
        ({"RI", "FL"}, "2026-11-22T12:00", "ri_any"),
    ],
)
def test_every_decision_names_the_rule_behind_it(states: set[str], local: str, rule: str) -> None:
    at = in_zone(local)
    assert guard(facts_with(states=frozenset(states)), candidate(due_at=at), at).rule == rule


@given(st.sampled_from(["sms", "voice"]), instants, zone_sets)
def test_calling_hours_hold_for_clear_facts_too(channel: str, now: datetime, zones: frozenset[str]) -> None:
    agreed = Agreement(ConsentKind.written, now, covers_ai_voice=True)
    facts = replace(ALLOWED, zones=zones, agreement=agreed)
    verdict = guard(facts, candidate(ChannelName(channel), due_at=now), now).verdict
    last = 60 * 21 - (15 if channel == "sms" else 1)
    local = [now.astimezone(ZoneInfo(zone)) for zone in zones]
    assert (verdict == Allow()) == all(8 * 60 <= at.hour * 60 + at.minute < last for at in local)


def test_mail_knows_no_quiet_hours_but_keeps_the_sequence_window() -> None:
    office = OpenWindow((1, 2, 3, 4, 5), 9 * 60, 17 * 60)
    night = in_zone("2026-11-23T03:00")
    assert guard(ALLOWED, candidate(ChannelName.email, due_at=night), night).verdict == Allow()
    assert guard(ALLOWED, candidate(ChannelName.email, due_at=night), night).window_seconds is None
    later = guard(ALLOWED, candidate(ChannelName.email, due_at=night, windows=(office,)), night)
    assert later.verdict == Defer(in_zone("2026-11-23T09:00"), R.sequence_window)
