"""From a wish to send to final bytes, or to the note why not (yet)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import time, timedelta
from uuid import UUID

import pytest

from modules.accounts import Account, AccountOpener
from modules.channels import QUARANTINE, channels_of
from modules.contacts import Address, Contact
from modules.ids import AddressId
from modules.labels import AddressKind, ChannelName, NextChannel, Provider, TouchState, UnknownPolicy
from modules.policy import Allow, Block, Decision, Defer, GuardReason, OpenWindow
from modules.sequences import EnrollmentChange, Snapshot
from modules.sequences.models import Window
from tests.pure.candidates import ALLOWED, NEW_YORK, candidate
from tests.pure.touches import ACCOUNT, CLIENT, CONTACT, END, NOW, definition, last, snapshot, step
from utils.clock import FixedClock
from utils.config import read_settings
from utils.db import Database
from utils.signing import Pepper, Sealer
from workers.candidate import Wish, candidate_of, place_of
from workers.compose import SAFETY_NET, Ready, Way, compose, variables_of
from workers.context import Deps
from workers.withhold import withhold

R = GuardReason
SMS = ChannelName.sms
WAY = Way(None, 0, None)
PEPPER = Pepper(bytes(32))
SECRET = "a secret for tests of more than 32 letters"
TWO = definition(step("first", on_failure=END), step("second", channel=ChannelName.email))
PERSON = Contact(
    CONTACT,
    CLIENT,
    "Ada",
    "Lovelace",
    None,
    {"city": "Boston", "first_name": "from a field"},
    False,
    "Acme",
    "1 Main Street, Albany",
)
PHONE = Address(AddressId(UUID(int=7)), CLIENT, CONTACT, AddressKind.phone, "+12125550123")
MAIL = Address(AddressId(UUID(int=8)), CLIENT, CONTACT, AddressKind.email, "ada@example.com")
ALLOW = Decision(Allow(), (), 3600)


def deps() -> Deps:
    """Real parts that open nothing: compose asks them for our public address alone."""
    sealer = Sealer.from_setting(SECRET)
    settings = read_settings({"OMNIFY_SECRET_KEY": SECRET, "OMNIFY_PUBLIC_URL": "https://omnify.test"})
    return Deps(
        settings, FixedClock(NOW), Database("postgresql://127.0.0.1:1/none"), sealer, AccountOpener(sealer, {}, {})
    )


def account(provider: Provider = Provider.twilio) -> Account:
    own = {"messaging_service_sid": "MG" + "0" * 32, "sender": "Acme <hello@acme.test>"}
    return Account(
        id=ACCOUNT,
        client_id=CLIENT,
        provider=provider,
        channel=channels_of(provider)[0].channel,
        account_key="key1",
        settings=own,
        unknown_policy=UnknownPolicy.never_rearm,
        sends_per_second=1.0,
        base_url="https://provider.test",
        secrets={},
    )


def wish(place: Snapshot | None = None, key: str = "first", attempt: int = 1) -> Wish:
    return Wish(place or snapshot(), TWO, TWO.step(key), attempt)


def written(wanted: Wish, verdict: Defer | Block, now_after: timedelta = timedelta(0)) -> EnrollmentChange:
    row = withhold(wanted, Decision(verdict, (), None), NOW + now_after)
    assert row is not None
    return row


def held_again(row: EnrollmentChange) -> Wish:
    return wish(replace(snapshot(), due_at=row.due_at, decision=row.decision))


def test_what_is_allowed_is_not_withheld() -> None:
    assert withhold(wish(), ALLOW, NOW) is None


@pytest.mark.parametrize("reason", [R.kill_switch, R.tenant_not_live, R.fact_missing])
def test_a_reason_without_an_end_of_its_own_is_asked_about_ever_more_seldom(reason: GuardReason) -> None:
    now, wanted, waits = NOW, wish(), []
    for _ in range(7):
        row = withhold(wanted, Decision(Defer(now + timedelta(minutes=5), reason), (), None), now)
        assert row is not None
        assert row.due_at is not None
        waits.append((row.due_at - now) // timedelta(minutes=1))
        now, wanted = row.due_at, held_again(row)
    assert waits == [5, 10, 20, 40, 60, 60, 60]


def test_another_reason_begins_again_at_five_minutes_and_since_when_is_kept() -> None:
    soon = NOW + timedelta(minutes=5)
    first = written(wish(), Defer(soon, R.kill_switch))
    second = withhold(held_again(first), Decision(Defer(soon + timedelta(minutes=5), R.fact_missing), (), None), soon)
    assert second is not None
    assert second.due_at == soon + timedelta(minutes=5)
    assert second.decision is not None
    assert second.decision["since"] == NOW.isoformat()


def test_a_person_who_is_being_handled_is_not_looked_at_before_that_ends() -> None:
    first = written(wish(), Defer(NOW + timedelta(hours=3), R.being_handled))
    assert first.due_at == NOW + timedelta(hours=3)
    until = NOW + timedelta(days=2)
    again = withhold(held_again(first), Decision(Defer(until, R.being_handled), (), None), NOW + timedelta(hours=3))
    assert again is not None
    assert again.due_at == until


@pytest.mark.parametrize("reason", [R.quiet_hours, R.sequence_window, R.contact_cap, R.sender_throttle])
def test_a_reason_with_an_end_waits_exactly_until_then(reason: GuardReason) -> None:
    row = written(wish(), Defer(NOW + timedelta(seconds=10), reason))
    assert (row.status, row.due_at, row.step, row.visit) == ("active", NOW + timedelta(seconds=10), "first", 0)
    again = written(held_again(row), Defer(NOW + timedelta(seconds=20), reason), timedelta(seconds=10))
    assert again.due_at == NOW + timedelta(seconds=20)


@pytest.mark.parametrize("reason", [R.no_consent, R.closed_address, R.too_late])
def test_a_step_that_may_never_leave_is_skipped_and_leaves_a_note(reason: GuardReason) -> None:
    row = written(wish(), Block(reason))
    assert (row.status, row.step, row.visit, row.next_channel) == ("active", "second", 1, NextChannel.email)
    assert row.due_at == NOW + timedelta(days=3)
    assert row.decision == {"skipped": "first", "reason": reason, "at": NOW.isoformat()}
    final = written(wish(snapshot("second", visit=1), "second"), Block(reason))
    assert (final.status, final.due_at) == ("finished", None)


def test_a_note_of_a_skip_does_not_count_as_a_deferral_of_the_next_step() -> None:
    skipped = written(wish(), Block(R.too_late))
    following = replace(snapshot("second", visit=1), due_at=skipped.due_at, decision=skipped.decision)
    soon = (skipped.due_at or NOW) + timedelta(minutes=5)
    row = withhold(wish(following, "second"), Decision(Defer(soon, R.kill_switch), (), None), skipped.due_at or NOW)
    assert row is not None
    assert row.due_at == soon
    assert row.decision is not None
    assert row.decision["since"] == (skipped.due_at or NOW).isoformat()


def test_a_note_names_the_rule_behind_a_wait_and_behind_a_skip() -> None:
    put_off = written(wish(), Defer(NOW + timedelta(hours=1), R.quiet_hours, "ct_any"))
    assert put_off.decision is not None
    assert (put_off.decision["reason"], put_off.decision["rule"]) == ("quiet_hours", "ct_any")
    skipped = written(wish(), Block(R.ai_voice_blocked_state, "wa_ai_voice"))
    assert skipped.decision is not None
    assert skipped.decision["rule"] == "wa_ai_voice"
    held = written(wish(), Block(R.no_open_hour, "us_any"))
    assert (held.status, held.status_reason) == ("held", "no_open_hour")


def test_a_suppressed_person_ends_the_enrollment() -> None:
    row = written(wish(), Block(R.suppressed))
    assert (row.status, row.status_reason, row.step, row.due_at) == ("stopped", "suppressed", None, None)


def test_every_zone_that_a_number_allows_counts_beside_the_stated_one() -> None:
    chicago = replace(PERSON, time_zone="America/Chicago")
    assert place_of(SMS, chicago, PHONE, "UTC").zones == {"America/Chicago", NEW_YORK}
    assert place_of(SMS, replace(PERSON, time_zone=NEW_YORK), PHONE, "UTC").zones == {NEW_YORK}
    assert place_of(SMS, PERSON, PHONE, "UTC").zones == {NEW_YORK}
    assert len(place_of(SMS, PERSON, replace(PHONE, value="+18005550199"), "UTC").zones) > 4  # toll-free: anywhere
    assert place_of(SMS, PERSON, None, "UTC").zones == frozenset()


def test_zip_and_state_are_read_from_the_fields_of_a_contact() -> None:
    fields = {"zip": 90001, "postal_code": "32401", "state": "Texas"}
    place = place_of(SMS, replace(PERSON, fields=fields), PHONE, "UTC")
    assert place.states == {"NY", "CA", "FL", "TX"}
    assert place.zones == {NEW_YORK, "America/Chicago", "America/Denver", "America/Los_Angeles"}
    odd = {"zip": None, "postal_code": ["x"], "state": {"a": 1}}
    assert place_of(SMS, replace(PERSON, fields=odd), PHONE, "UTC") == place_of(SMS, PERSON, PHONE, "UTC")


def test_mail_goes_by_the_stated_zone_or_the_one_that_waits_are_counted_in() -> None:
    assert place_of(ChannelName.email, PERSON, MAIL, NEW_YORK).zones == {NEW_YORK}
    assert place_of(ChannelName.email, replace(PERSON, time_zone="Europe/Paris"), MAIL, NEW_YORK).zones == {
        "Europe/Paris"
    }


def test_a_candidate_is_as_late_as_its_first_due_instant_and_keeps_the_windows() -> None:
    flow = replace(TWO, windows=(Window((1, 2), time(9), time(17, 30)),))
    put_off = snapshot(decision={"since": (NOW - timedelta(hours=9)).isoformat()})
    found = candidate_of(Wish(put_off, flow, flow.steps[0], 1), account(), PHONE, PEPPER, None, NOW)
    assert found.due_at == NOW - timedelta(hours=9)
    assert found.windows == (OpenWindow((1, 2), 540, 1050),)
    assert (found.address_id, found.channel, found.max_lateness) == (PHONE.id, ChannelName.sms, timedelta(days=2))
    assert candidate_of(wish(), account(), None, PEPPER, None, NOW).address_id is None


@pytest.mark.parametrize(
    ("provider", "key", "address"), [(Provider.twilio, "first", PHONE), (Provider.resend, "second", MAIL)]
)
def test_a_ready_touch_holds_the_bytes_that_leave_and_its_deadlines(
    provider: Provider, key: str, address: Address
) -> None:
    place = snapshot(key, visit=3, last_touch=last(TouchState.failed, key=key, part=3))
    ready = compose(
        deps(), account(provider), wish(place, key, 2), candidate(), ALLOW, ALLOWED, PERSON, address, WAY, NOW
    )
    assert isinstance(ready, Ready)
    armed, policy = ready.arming, channels_of(provider)[0].policy
    assert "Hi Ada" in armed.body
    assert (armed.body, armed.subject, armed.envelope) == (
        ready.message.body,
        ready.message.subject,
        ready.message.envelope,
    )
    assert armed.body_hash == hashlib.sha256(armed.body.encode()).hexdigest()
    assert (armed.id, armed.to_address) == (ready.message.touch_id, ready.message.to_address)
    assert (armed.id.version, armed.to_address) == (7, address.value)
    assert (armed.origin, armed.origin_id, armed.part, armed.attempt) == ("step", place.enrollment_id, 3, 2)
    assert (armed.armed_at, armed.look_at, armed.confirm_by) == (NOW, NOW + QUARANTINE, NOW + policy.expire)
    assert (armed.decision["zones"], armed.decision["states"]) == ([NEW_YORK], ["NY"])
    row = ready.change
    assert (row.waiting, row.last_touch_id, row.visit, row.step) == (True, armed.id, 3, key)
    assert (row.status, row.next_channel, row.due_at) == ("active", NextChannel.settle, armed.confirm_by + SAFETY_NET)


def test_quiet_hours_travel_to_the_provider() -> None:
    ready = compose(deps(), account(), wish(), candidate(), ALLOW, ALLOWED, PERSON, PHONE, WAY, NOW)
    assert isinstance(ready, Ready)
    assert ready.message.envelope["validity_seconds"] == "3600"
    assert str(ready.arming.id) in ready.message.envelope["status_callback"]


def test_a_message_with_a_hole_holds_the_enrollment_for_a_person() -> None:
    nobody = replace(PERSON, first_name=None, fields={})
    row = compose(deps(), account(), wish(), candidate(), ALLOW, ALLOWED, nobody, PHONE, WAY, NOW)
    assert isinstance(row, EnrollmentChange)
    assert (row.status, row.status_reason, row.step, row.waiting) == ("held", R.missing_variable, "first", False)
    assert row.due_at == NOW
    assert row.last_touch_id is None


def test_what_a_person_is_called_wins_over_a_field_of_the_same_name() -> None:
    found = variables_of(PERSON)
    assert found["client"] == {"name": "Acme"}
    assert found["contact"] == {"city": "Boston", "first_name": "Ada", "last_name": "Lovelace"}


@pytest.mark.parametrize(
    ("language", "states", "said", "unsaid"),
    [
        (None, frozenset({"NY"}), "record", "grabar"),
        (None, frozenset({"CA"}), "record", "grabar"),
        ("es-MX", frozenset({"CA"}), "grab", "record"),
    ],
)
def test_a_call_opens_with_words_that_code_owns(
    language: str | None, states: frozenset[str], said: str, unsaid: str
) -> None:
    person = replace(PERSON, fields={"language": language} if language else {})
    calling = definition(step("first", channel=ChannelName.voice))
    briefed = replace(calling.steps[0], content=replace(calling.steps[0].content, prompt="Ask about Friday."))
    flow = replace(calling, steps=(briefed,))
    wanted = Wish(snapshot(), flow, briefed, 1)
    vapi = replace(account(Provider.vapi), settings={"assistant_id": "a", "phone_number_id": "p"})
    ready = compose(deps(), vapi, wanted, candidate(), ALLOW, replace(ALLOWED, states=states), person, PHONE, WAY, NOW)
    assert isinstance(ready, Ready)
    first, _, rest = ready.arming.body.partition("\n\n")
    assert rest == "Ask about Friday."
    assert said in first
    assert unsaid not in first
    assert person.client_name in first


def test_a_text_that_our_own_words_make_too_long_waits_for_a_person() -> None:
    long = replace(step("first"), content=replace(step("first").content, body="x" * 1590))
    wanted = replace(wish(), step=long)
    for first, held in ((True, True), (False, False)):
        known = replace(ALLOWED, texted_before=not first, footer_at=None if first else NOW)
        found = compose(deps(), account(), wanted, candidate(), ALLOW, known, PERSON, PHONE, WAY, NOW)
        assert isinstance(found, EnrollmentChange) is held
