"""May it leave now? Each guard by its table, then what holds for all of them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from modules.labels import ChannelName, ConsentKind
from modules.policy import (
    EFFECTS,
    GUARDS,
    Agreement,
    Allow,
    Block,
    Defer,
    Effect,
    Facts,
    GuardReason,
    OpenWindow,
    Permits,
    guard,
)
from modules.policy.law_guards import DAY, SOON, TOUCHES_A_DAY
from modules.policy.models import THROTTLE_SECONDS, Verdict
from tests.pure.candidates import ALLOWED, LOS_ANGELES, NEW_YORK, ZONES, candidate, in_zone
from tests.pure.touches import NOW

R = GuardReason
OFFICE = OpenWindow((1, 2, 3, 4, 5), 9 * 60, 17 * 60)
MINUTE = timedelta(minutes=1)

# younger than every instant of these tests: how old a consent may be is told in test_permit_guards.py
AGREED = Agreement(ConsentKind.written, datetime(2030, 1, 1, tzinfo=UTC), covers_ai_voice=True)
ALLOWED_PERMITS = ALLOWED.permits
instants = st.integers(0, 3 * 366 * 24 * 60).map(lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + minute * MINUTE)
zone_sets = st.lists(st.sampled_from(ZONES), min_size=1, max_size=4, unique=True).map(frozenset)
state_sets = st.lists(st.sampled_from(["NY", "FL", "TX", "RI", "WA", "unknown"]), max_size=2).map(frozenset)
channels = st.sampled_from(list(ChannelName))
maybe = st.sampled_from([True, False, None])
ANY: Mapping[str, st.SearchStrategy[Any]] = {
    "client_status": st.sampled_from(["live", "test", "paused", None]),
    "sending_stopped": maybe,
    "contact_suppressed": maybe,
    "address_suppressed": maybe,
    "consent": maybe,
    "held_until": st.none() | instants,
    "in_flight_until": st.none() | instants,
    "sent_last_day": st.none() | st.integers(0, 6),
    "oldest_in_day": st.none() | instants,
    "sent_just_now": st.none() | st.integers(0, 30),
    "sends_per_second": st.sampled_from([0.01, 1.0, 5.0]),
    "zones": st.none() | st.just(frozenset()) | zone_sets,
    "states": state_sets,
    "sent_to_person": st.none() | st.integers(0, 6),
    "oldest_to_person": st.none() | instants,
    "emergencies": st.sampled_from([(), (("NY", datetime(2026, 6, 1, tzinfo=UTC)),)]),
    "has_address": maybe,
    "replied": maybe,
    "on_call_until": st.none() | instants,
    "sender_broken_until": st.none() | instants,
    "agreement": st.none() | st.just(AGREED),
    "permits": st.sampled_from([ALLOWED_PERMITS, ALLOWED_PERMITS, Permits()]),
}
BASE = replace(ALLOWED, agreement=AGREED)
# A few things differ from what is allowed: if everything were drawn, something would always forbid it, and what is said
# of what leaves would be said of nothing.
any_facts = (
    st.lists(st.sampled_from(sorted(ANY)), max_size=4, unique=True)
    .flatmap(lambda names: st.fixed_dictionaries({name: ANY[name] for name in names}))
    .map(lambda changes: replace(BASE, **changes))
)


def test_the_drawn_facts_let_things_out_and_hold_things_back() -> None:
    for wanted in (Allow, Defer, Block):
        kind: type[Verdict] = wanted
        found = find(any_facts, lambda facts: isinstance(guard(facts, candidate(), NOW).verdict, kind))  # noqa: B023
        assert isinstance(guard(found, candidate(), NOW).verdict, kind)


CASES: list[tuple[str, Mapping[str, object], Verdict]] = [
    ("known", {"consent": None}, Defer(NOW + SOON, R.fact_missing)),
    ("kill_switch", {"sending_stopped": True}, Defer(NOW + SOON, R.kill_switch)),
    ("tenant_not_live", {"client_status": "paused"}, Defer(NOW + SOON, R.tenant_not_live)),
    ("suppressed", {"contact_suppressed": True}, Block(R.suppressed)),
    ("suppressed", {"address_suppressed": True}, Block(R.suppressed)),
    ("known", {"replied": None}, Defer(NOW + SOON, R.fact_missing)),
    ("replied_already", {"replied": True}, Block(R.replied_already)),
    ("possibly_sent", {"possibly_sent": True}, Block(R.possibly_sent)),
    ("on_a_call_now", {"on_call_until": NOW + 3 * SOON}, Defer(NOW + 3 * SOON, R.on_a_call_now)),
    ("on_a_call_now", {"on_call_until": NOW - SOON}, Defer(NOW + MINUTE, R.on_a_call_now)),
    ("sender_broken", {"sender_broken_until": NOW + SOON}, Defer(NOW + SOON, R.sender_broken)),
    ("closed_address", {"has_address": False}, Block(R.closed_address)),
    ("no_consent", {"consent": False}, Block(R.no_consent)),
    ("being_handled", {"held_until": NOW + timedelta(hours=2)}, Defer(NOW + timedelta(hours=2), R.being_handled)),
    ("address_in_flight", {"in_flight_until": NOW + SOON}, Defer(NOW + SOON, R.address_in_flight)),
    ("address_in_flight", {"in_flight_until": NOW - SOON}, Defer(NOW + MINUTE, R.address_in_flight)),
    (
        "contact_cap",
        {"sent_last_day": TOUCHES_A_DAY, "oldest_in_day": NOW - timedelta(hours=20)},
        Defer(NOW + timedelta(hours=4), R.contact_cap),
    ),
    (
        "sender_throttle",
        {"sent_just_now": THROTTLE_SECONDS},
        Defer(NOW + timedelta(seconds=THROTTLE_SECONDS), R.sender_throttle),
    ),
    (
        "quiet_hours",
        {"zones": frozenset({NEW_YORK, LOS_ANGELES})},  # 10:00 and 7:00
        Defer(NOW + timedelta(hours=1), R.quiet_hours),
    ),
    (
        "contact_cap",
        {"sent_to_person": TOUCHES_A_DAY, "oldest_to_person": NOW - timedelta(hours=23)},
        Defer(NOW + timedelta(hours=1), R.contact_cap),
    ),
    (
        "emergency_block",
        {"emergencies": (("NY", NOW + 2 * MINUTE), ("NY", NOW + MINUTE), ("LA", NOW + DAY))},
        Defer(NOW + 2 * MINUTE, R.emergency_block),
    ),
]

FREE: list[Mapping[str, object]] = [
    {},
    {"held_until": NOW},
    {"sender_broken_until": NOW},
    {"provider_allows": None},  # a provider without a Do-Not-Disturb of its own was not asked
    {"provider_allows": False},
    {"held_until": NOW - MINUTE},
    {"sent_last_day": TOUCHES_A_DAY - 1, "oldest_in_day": NOW - timedelta(hours=1)},
    {"sent_just_now": THROTTLE_SECONDS - 1},
    {"sent_just_now": 3 * THROTTLE_SECONDS - 1, "sends_per_second": 3.0},
    {"sent_just_now": 0, "sends_per_second": 0.01},  # a slow account sends one at a time, not none
    {"zones": frozenset({NEW_YORK, "America/Chicago"})},
    {"zones": frozenset({"Etc/GMT+7"})},  # 8:00 there
    {"states": frozenset({"FL"}), "sent_last_day": 2, "sent_to_person": 2},
    {"sent_last_day": 2, "sent_to_person": 2},
    {"emergencies": (("LA", NOW + DAY), ("NY", NOW))},  # elsewhere, and over
    {"states": frozenset({"WA"})},  # forbids an artificial voice, not a text
]


def facts_with(**changes: object) -> Facts:
    return replace(ALLOWED, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "changes", "verdict"), CASES)
def test_each_guard_stops_what_it_is_for_and_no_other_does(
    name: str, changes: Mapping[str, object], verdict: Verdict
) -> None:
    decision = guard(facts_with(**changes), candidate(), NOW)
    assert decision.verdict == verdict
    assert isinstance(verdict, Block | Defer)
    until = "blocked" if isinstance(verdict, Block) else verdict.until.isoformat()
    assert decision.said == ((verdict.reason, until),)
    assert decision.window_seconds is None
    spoke = [one.__name__ for one in GUARDS if not isinstance(one(facts_with(**changes), candidate(), NOW), Allow)]
    assert spoke == [name]


def test_every_guard_has_a_case_in_the_tables() -> None:
    elsewhere = {"sequence_window", "too_late", "provider_dnd", "ai_voice_blocked_state", "holiday"}
    # tests/pure/test_permit_guards.py
    elsewhere |= {"platform_suppressed", "national_dnc", "reassigned_number", "state_not_cleared", "budget"}
    elsewhere |= {"sender_not_registered", "no_postal_address", "country_not_cleared"}
    assert {name for name, _, _ in CASES} | elsewhere == {one.__name__ for one in GUARDS}


@pytest.mark.parametrize("changes", FREE)
def test_what_is_just_inside_every_bound_may_leave(changes: Mapping[str, object]) -> None:
    decision = guard(facts_with(**changes), candidate(), NOW)
    assert (decision.verdict, decision.said) == (Allow(), ())
    assert decision.window_seconds


def test_a_sequence_window_waits_for_its_day_and_hour() -> None:
    saturday = in_zone("2026-11-21T12:00")
    weekend = guard(ALLOWED, candidate(windows=(OFFICE,), due_at=saturday), saturday)
    assert weekend.verdict == Defer(in_zone("2026-11-23T09:00"), R.sequence_window)
    assert guard(ALLOWED, candidate(windows=(OFFICE,)), NOW).verdict == Allow()
    at_the_end = in_zone("2026-11-23T17:00")
    closed = guard(ALLOWED, candidate(windows=(OFFICE,), due_at=at_the_end), at_the_end)
    assert closed.verdict == Defer(in_zone("2026-11-24T09:00"), R.sequence_window)


def test_what_is_too_late_is_blocked_whatever_it_waits_for() -> None:
    late = NOW + timedelta(days=2, seconds=1)
    assert guard(ALLOWED, candidate(), NOW + timedelta(days=2)).verdict == Allow()
    assert guard(ALLOWED, candidate(), late).verdict == Block(R.too_late)
    assert guard(facts_with(consent=None, sending_stopped=True), candidate(), late).verdict == Block(R.too_late)


def test_the_first_block_wins_over_later_blocks_and_over_every_deferral() -> None:
    worst = facts_with(sending_stopped=True, contact_suppressed=True, has_address=False, consent=False)
    decision = guard(worst, candidate(), NOW)
    assert decision.verdict == Block(R.suppressed)
    assert [reason for reason, _ in decision.said] == [R.kill_switch, R.suppressed, R.closed_address, R.no_consent]
    assert guard(replace(worst, contact_suppressed=False), candidate(), NOW).verdict == Block(R.closed_address)


def test_every_reason_that_blocks_has_one_declared_effect() -> None:
    blocking = {verdict.reason for _, _, verdict in CASES if isinstance(verdict, Block)} | {R.too_late}
    effects = {reason: EFFECTS[reason] for reason in blocking}
    assert {effects.pop(one) for one in (R.suppressed, R.replied_already)} == {Effect.end_enrollment}
    assert effects.pop(R.possibly_sent) is Effect.hold
    assert set(effects.values()) == {Effect.skip_step}


def test_the_latest_deferral_names_the_reason_and_is_moved_into_open_hours() -> None:
    evening = in_zone("2026-11-23T20:44")  # five minutes later are the last fifteen
    decision = guard(facts_with(sending_stopped=True), candidate(due_at=evening), evening)
    assert decision.verdict == Defer(in_zone("2026-11-24T08:00"), R.kill_switch)
    both = guard(facts_with(held_until=NOW + DAY, sending_stopped=True), candidate(), NOW)
    assert both.verdict == Defer(NOW + DAY, R.being_handled)


@given(any_facts, channels, instants, st.sampled_from([(), (OFFICE,)]))
def test_a_deferral_lies_ahead_and_ends_in_open_hours(
    facts: Facts, channel: ChannelName, now: datetime, windows: tuple[OpenWindow, ...]
) -> None:
    wanted = candidate(channel, due_at=now, max_lateness=timedelta(days=9), windows=windows)
    verdict = guard(facts, wanted, now).verdict
    if not isinstance(verdict, Defer):
        return
    assert verdict.until > now
    if verdict.reason is R.contact_cap and facts.zones:
        return  # counted again then
    clear = replace(ALLOWED, zones=facts.zones, states=facts.states, agreement=AGREED, permits=ALLOWED_PERMITS)
    after = guard(clear, replace(wanted, due_at=verdict.until), verdict.until).verdict
    # zones half a world apart may share no hour of an office day; then it is the earliest instant to look again
    assert after == Allow() or not facts.zones or (windows and len(facts.zones) > 1) or len(facts.zones) > 2


@given(any_facts, channels, instants)
def test_nothing_leaves_in_the_quiet_hours_of_any_zone(facts: Facts, channel: ChannelName, now: datetime) -> None:
    decision = guard(facts, candidate(channel, due_at=now), now)
    if decision.verdict == Allow() and channel is not ChannelName.email:
        assert facts.zones
        for zone in facts.zones:
            assert 8 <= now.astimezone(ZoneInfo(zone)).hour < 21


@given(any_facts, channels, instants, st.sampled_from(["contact_suppressed", "address_suppressed"]))
def test_a_suppression_more_never_lets_anything_out(
    facts: Facts, channel: ChannelName, now: datetime, which: str
) -> None:
    more = replace(facts, **{which: True})  # type: ignore[arg-type]
    assert isinstance(guard(more, candidate(channel, due_at=now), now).verdict, Block)


@given(any_facts, channels, instants, st.sampled_from(ZONES))
def test_one_zone_more_never_lets_anything_out_that_one_less_held(
    facts: Facts, channel: ChannelName, now: datetime, zone: str
) -> None:
    fewer = replace(facts, zones=facts.zones or frozenset({NEW_YORK}))
    more = replace(fewer, zones=(fewer.zones or frozenset()) | {zone})
    before = guard(fewer, candidate(channel, due_at=now, windows=(OFFICE,)), now)
    after = guard(more, candidate(channel, due_at=now, windows=(OFFICE,)), now)
    assert before.verdict == Allow() or after.verdict != Allow()
    if before.window_seconds is not None and after.window_seconds is not None:
        assert after.window_seconds <= before.window_seconds


NEEDED = (
    *("client_status", "sending_stopped", "contact_suppressed", "address_suppressed", "consent", "sent_last_day"),
    *("sent_just_now", "zones", "has_address", "sent_to_person"),
)


@pytest.mark.parametrize("name", NEEDED)
def test_a_fact_that_is_not_known_defers_and_neither_allows_nor_blocks(name: str) -> None:
    for channel in ChannelName:
        verdict = guard(facts_with(**{name: None}), candidate(channel), NOW).verdict
        assert isinstance(verdict, Defer)
        assert verdict.until == NOW + SOON


@given(any_facts, channels, instants, st.sampled_from(NEEDED))
def test_no_other_facts_make_an_unknown_one_allow(facts: Facts, channel: ChannelName, now: datetime, name: str) -> None:
    unknown = replace(facts, **{name: None})  # type: ignore[arg-type]
    assert guard(unknown, candidate(channel, due_at=now), now).verdict != Allow()


def test_a_row_that_could_not_be_loaded_at_all_waits_and_is_not_skipped() -> None:
    nothing = dict.fromkeys(NEEDED)
    assert guard(facts_with(**nothing), candidate(), NOW).verdict == Defer(NOW + SOON, R.fact_missing)
