"""Consent by kind, lists, checks, registrations, clearances, money, and the test mode: each rule by its table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.labels import CHECK_HOLDS_FOR, PROOF_HOLDS_FOR, ChannelName, CheckAnswer, ConsentKind, Purpose
from modules.policy import Agreement, Allow, Block, Defer, Facts, GuardReason, NoConsent, Permits, guard
from modules.policy.models import Verdict
from modules.policy.permit_guards import INQUIRY, SOON
from tests.pure.candidates import ALLOWED, candidate
from tests.pure.touches import NOW

R = GuardReason
SMS, EMAIL, VOICE = ChannelName.sms, ChannelName.email, ChannelName.voice
MARKETING, INFO = Purpose.marketing, Purpose.informational
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
EXPRESS, WRITTEN, SOFT = ConsentKind.express, ConsentKind.written, ConsentKind.soft_opt_in


def agreed(kind: ConsentKind = WRITTEN, age: timedelta = DAY, **more: object) -> Agreement:
    return Agreement(kind, NOW - age, **more)  # type: ignore[arg-type]


def permitted(facts: Facts = ALLOWED, **changes: Any) -> Facts:
    return replace(facts, permits=replace(facts.permits, **changes))


def verdict_of(facts: Facts, channel: ChannelName = SMS, purpose: Purpose = MARKETING) -> Verdict:
    return guard(facts, replace(candidate(channel), purpose=purpose), NOW).verdict


CONSENTS: list[tuple[ChannelName, Purpose, Agreement | None, NoConsent | None]] = [
    (SMS, MARKETING, agreed(WRITTEN), None),
    (SMS, MARKETING, agreed(EXPRESS), NoConsent.needs_written),
    (SMS, MARKETING, agreed(SOFT), NoConsent.needs_written),
    (SMS, MARKETING, None, NoConsent.withdrawn_or_none),
    (SMS, INFO, agreed(EXPRESS), None),
    (SMS, INFO, agreed(WRITTEN), None),
    (SMS, INFO, agreed(SOFT), NoConsent.needs_express),
    (VOICE, INFO, agreed(SOFT), NoConsent.needs_express),
    (SMS, INFO, None, NoConsent.withdrawn_or_none),
    (VOICE, MARKETING, agreed(WRITTEN, covers_ai_voice=True), None),
    (VOICE, MARKETING, agreed(WRITTEN), NoConsent.no_ai_voice),
    (VOICE, MARKETING, agreed(EXPRESS, covers_ai_voice=True), NoConsent.needs_written),
    (VOICE, INFO, agreed(EXPRESS), None),
    (VOICE, INFO, None, NoConsent.withdrawn_or_none),
    (SMS, MARKETING, agreed(expires_at=NOW), NoConsent.expired),
    (SMS, MARKETING, agreed(expires_at=NOW + SECOND), None),
    (VOICE, INFO, agreed(EXPRESS, expires_at=NOW - DAY), NoConsent.expired),
    (EMAIL, MARKETING, None, None),
    (EMAIL, MARKETING, agreed(SOFT), None),
    (EMAIL, INFO, None, None),
]


@pytest.mark.parametrize(("channel", "purpose", "agreement", "wrong"), CONSENTS)
def test_a_channel_and_a_purpose_need_their_kind_of_consent(
    channel: ChannelName, purpose: Purpose, agreement: Agreement | None, wrong: NoConsent | None
) -> None:
    found = verdict_of(replace(ALLOWED, agreement=agreement), channel, purpose)
    assert found == (Block(R.no_consent) if wrong else Allow())
    assert not wrong or (isinstance(found, Block) and found.why == wrong)


@pytest.mark.parametrize("channel", list(ChannelName))
def test_a_withdrawn_consent_forbids_every_channel(channel: ChannelName) -> None:
    assert verdict_of(replace(ALLOWED, consent=False), channel) == Block(R.no_consent)


OLD = PROOF_HOLDS_FOR
CHECKS: list[tuple[timedelta, CheckAnswer | None, timedelta, timedelta | None, Verdict]] = [
    # age of the consent, answer, age of the answer, age of their last message, verdict
    (OLD - SECOND, None, DAY, None, Allow()),
    (OLD, None, DAY, None, Defer(NOW + SOON, R.reassigned_number)),
    (OLD, CheckAnswer.no, DAY, None, Allow()),
    (OLD, CheckAnswer.no, CHECK_HOLDS_FOR, None, Allow()),
    (OLD, CheckAnswer.no, CHECK_HOLDS_FOR + SECOND, None, Defer(NOW + SOON, R.reassigned_number)),
    (OLD, CheckAnswer.no_data, DAY, None, Block(R.reassigned_number)),
    (OLD, CheckAnswer.yes, DAY, None, Block(R.reassigned_number)),
    (400 * DAY, CheckAnswer.yes, 90 * DAY, None, Block(R.reassigned_number)),
    (400 * DAY, CheckAnswer.yes, 90 * DAY, 20 * DAY, Allow()),
    (400 * DAY, CheckAnswer.no_data, DAY, 20 * DAY, Allow()),
    (400 * DAY, None, DAY, OLD - SECOND, Allow()),
    (400 * DAY, None, DAY, OLD, Defer(NOW + SOON, R.reassigned_number)),
    (DAY, CheckAnswer.yes, 2 * DAY, None, Allow()),  # they agreed again after the number had changed hands
    (2 * DAY, CheckAnswer.yes, DAY, None, Block(R.reassigned_number)),
]


@pytest.mark.parametrize("channel", [SMS, VOICE])
@pytest.mark.parametrize(("age", "answer", "asked", "heard", "expected"), CHECKS)
def test_a_number_is_still_theirs_by_a_young_word_or_by_a_young_check(
    channel: ChannelName,
    age: timedelta,
    answer: CheckAnswer | None,
    asked: timedelta,
    heard: timedelta | None,
    expected: Verdict,
) -> None:
    facts = replace(ALLOWED, agreement=agreed(age=age, covers_ai_voice=True))
    facts = permitted(
        facts,
        reassigned=answer,
        checked_at=NOW - asked if answer else None,
        heard_at=NOW - heard if heard else None,
    )
    assert verdict_of(facts, channel) == expected


def test_mail_asks_nothing_about_numbers() -> None:
    assert verdict_of(permitted(replace(ALLOWED, agreement=None), reassigned=CheckAnswer.yes), EMAIL) == Allow()


def spoken(facts: Facts, channel: ChannelName = SMS, purpose: Purpose = MARKETING) -> set[GuardReason]:
    """Every reason that any guard gave, also behind the one that won."""
    return {reason for reason, _ in guard(facts, replace(candidate(channel), purpose=purpose), NOW).said}


COLD = replace(ALLOWED, agreement=agreed(EXPRESS, covers_ai_voice=True), states=frozenset({"TX", "NY"}))


@pytest.mark.parametrize("channel", [SMS, VOICE])
def test_cold_marketing_needs_a_young_national_list_without_the_number(channel: ChannelName) -> None:
    assert R.national_dnc in spoken(permitted(COLD, dnc_listed=None), channel)
    assert R.national_dnc in spoken(permitted(COLD, dnc_listed=True), channel)
    assert R.national_dnc not in spoken(permitted(COLD, dnc_listed=False), channel)


@pytest.mark.parametrize("channel", [SMS, VOICE])
def test_a_signature_an_inquiry_or_plain_information_lift_the_list_and_the_clearance(channel: ChannelName) -> None:
    listed = permitted(COLD, dnc_listed=True)
    both = {R.national_dnc, R.state_not_cleared}
    assert both <= spoken(listed, channel)
    assert not both & spoken(replace(listed, agreement=agreed(covers_ai_voice=True)), channel)
    assert not both & spoken(permitted(listed, heard_at=NOW - INQUIRY), channel)
    assert both <= spoken(permitted(listed, heard_at=NOW - INQUIRY - SECOND), channel)
    assert not both & spoken(listed, channel, INFO)


def test_a_state_that_wants_a_registration_holds_what_is_cold_until_it_is_there() -> None:
    found = guard(permitted(replace(COLD, agreement=None), dnc_listed=False), candidate(), NOW)
    assert R.state_not_cleared in {reason for reason, _ in found.said}
    assert R.state_not_cleared not in spoken(permitted(COLD, cleared_states=frozenset({"TX"})))
    assert R.state_not_cleared in spoken(permitted(COLD, cleared_states=frozenset({"FL"})))


PERMITS: list[tuple[ChannelName, Mapping[str, Any], Verdict]] = [
    (SMS, {"registered": False}, Defer(NOW + SOON, R.sender_not_registered)),
    (VOICE, {"registered": False}, Allow()),
    (EMAIL, {"registered": False}, Allow()),
    (EMAIL, {"postal_address": False}, Defer(NOW + SOON, R.no_postal_address)),
    (SMS, {"postal_address": False}, Allow()),
    (SMS, {"platform_held": True}, Defer(NOW + SOON, R.platform_suppressed)),
    (EMAIL, {"platform_held": True}, Defer(NOW + SOON, R.platform_suppressed)),
    (SMS, {"platform_held": None}, Defer(NOW + SOON, R.fact_missing)),
    (SMS, {"platform_kept": True}, Block(R.platform_suppressed)),
    (SMS, {"daily_budget_micros": None, "spent_micros": 10**12}, Allow()),
    (SMS, {"daily_budget_micros": 100, "spent_micros": 99}, Allow()),
    (
        SMS,
        {"daily_budget_micros": 100, "spent_micros": 100, "oldest_spent_at": NOW - timedelta(hours=23)},
        Defer(NOW + timedelta(hours=1), R.budget),
    ),
]


@pytest.mark.parametrize(("channel", "changes", "expected"), PERMITS)
def test_a_client_may_write_only_with_what_the_channel_needs(
    channel: ChannelName, changes: Mapping[str, Any], expected: Verdict
) -> None:
    assert verdict_of(permitted(**changes), channel) == expected


def test_a_budget_of_nothing_lets_nothing_out() -> None:
    found = verdict_of(permitted(daily_budget_micros=0))
    assert isinstance(found, Defer)
    assert found.reason == R.budget


@pytest.mark.parametrize(
    ("status", "target", "gated", "allowed"),
    [
        ("live", None, False, True),
        ("test", None, False, False),  # nobody but the tester
        ("test", "+12125550100", False, True),
        ("live", "+12125550100", False, True),
        ("live", "", False, False),  # the setting names no place for this channel
        ("test", "+12125550100", True, False),  # a provider that sends to its own ids cannot be redirected
        ("paused", "+12125550100", False, False),
    ],
)
def test_a_test_reaches_the_tester_and_nobody_else(status: str, target: str | None, gated: bool, allowed: bool) -> None:
    facts = replace(ALLOWED, client_status=status, provider_allows=True)
    found = guard(facts, replace(candidate(), target=target, gated=gated), NOW).verdict
    assert (found == Allow()) is allowed
    assert allowed or found == Defer(NOW + SOON, R.tenant_not_live)


def test_a_test_needs_no_campaign_because_only_the_tester_gets_it() -> None:
    facts = permitted(replace(ALLOWED, client_status="test"), registered=False)
    assert guard(facts, replace(candidate(), target="+12125550100"), NOW).verdict == Allow()


instants = st.integers(0, 900).map(lambda days: NOW - days * DAY)
any_permits = st.builds(
    Permits,
    platform_held=st.sampled_from([False, False, True, None]),
    platform_kept=st.booleans(),
    dnc_listed=st.sampled_from([True, False, None]),
    reassigned=st.none() | st.sampled_from(list(CheckAnswer)),
    checked_at=st.none() | instants,
    heard_at=st.none() | instants,
    cleared_states=st.sampled_from([frozenset[str](), frozenset({"TX"})]),
    registered=st.booleans(),
    postal_address=st.booleans(),
    daily_budget_micros=st.none() | st.integers(0, 5),
    spent_micros=st.integers(0, 5),
    oldest_spent_at=st.none() | instants,
)
any_agreements = st.none() | st.builds(
    Agreement,
    kind=st.sampled_from(list(ConsentKind)),
    at=instants,
    covers_ai_voice=st.booleans(),
    expires_at=st.none() | st.integers(-5, 5).map(lambda days: NOW + days * DAY),
)


@given(any_permits, any_agreements, st.sampled_from(list(ChannelName)), st.sampled_from(list(Purpose)))
def test_what_leaves_had_every_permit_that_it_needs(
    permits: Permits, agreement: Agreement | None, channel: ChannelName, purpose: Purpose
) -> None:
    facts = replace(ALLOWED, permits=permits, agreement=agreement, states=frozenset({"TX"}))
    if verdict_of(facts, channel, purpose) != Allow():
        return
    assert permits.platform_held is False
    assert not permits.platform_kept
    assert permits.daily_budget_micros is None or permits.spent_micros < permits.daily_budget_micros
    if channel is EMAIL:
        assert permits.postal_address
        return
    assert permits.registered or channel is VOICE
    assert agreement is not None
    assert agreement.expires_at is None or agreement.expires_at > NOW
    assert purpose is INFO or agreement.kind is WRITTEN
    assert channel is SMS or purpose is INFO or agreement.covers_ai_voice
    youngest: datetime = max(at for at in (agreement.at, permits.heard_at) if at)
    assert NOW - youngest < PROOF_HOLDS_FOR or permits.reassigned is CheckAnswer.no
