"""GoHighLevel's words in ours: what proves, what fails, what closes; and its Do-Not-Disturb, which fails closed."""

import itertools
from typing import Any

import pytest

from modules.channels import Accepted, Rejected, Unknown
from modules.channels.ghl_dnd import dnd_channels, is_subscribed, permission_of, read_contact
from modules.channels.ghl_inbound import describe_inbound
from modules.channels.ghl_words import (
    STATES,
    channel_in,
    describe,
    email_ids,
    read_acceptance,
    read_message,
    read_refusal,
)
from modules.labels import ChannelName, InboundKind, SuppressionReason, TouchState
from modules.policy import place_of_person

SMS, EMAIL, VOICE = ChannelName.sms, ChannelName.email, ChannelName.voice
# Spec: GetMessageResponseDto.status
OFFICIAL = (
    *("connected", "delivered", "failed", "opened", "pending", "read", "scheduled", "sent", "undelivered"),
    *("clicked", "opt_out", "queued"),
)
INACTIVE = {"status": "inactive"}


def test_every_official_status_is_known_and_no_other() -> None:
    assert set(STATES) == set(OFFICIAL)


def test_only_delivered_and_what_follows_it_prove_a_delivery() -> None:
    proven = {status for status in OFFICIAL if STATES[status] is TouchState.delivered}
    assert proven == {"delivered", "read", "opened", "clicked"}
    for word in ("sent", "connected", "levitated"):
        assert describe("m1", word, "e").state is None


def test_an_opt_out_fails_and_closes_the_address() -> None:
    fact = describe("m1", "opt_out", "m1:opt_out")
    assert (fact.state, fact.reason, fact.suppress) == (
        *(TouchState.failed, "ghl_opt_out", SuppressionReason.provider_opt_out),
    )
    assert describe("m1", "failed", "m1:failed").suppress is None


def test_a_polled_message_carries_its_own_evidence() -> None:
    fact = read_message({"id": "m1", "status": "Delivered"})
    assert fact
    assert (fact.provider_id, fact.evidence_id) == ("m1", "poll:m1:delivered")
    for broken in ({}, {"id": "m1"}, {"status": "sent"}, {"id": "../m", "status": "sent"}, {"id": "m", "status": 7}):
        assert read_message(broken) is None


@pytest.mark.parametrize(
    "words",
    [
        "Cannot send message as DND is active for SMS.",
        "Cannot send message as DND is active for Email.",
        "Cannot send email as ada@lovelace.example has unsubscribed",
        ["dnd is on"],
    ],
)
@pytest.mark.parametrize("status", [400, 422])
def test_a_refusal_for_do_not_disturb_is_final_and_closes_the_address(words: Any, status: int) -> None:
    answer = read_refusal(status, {"status": status, "message": words})
    assert answer == Rejected(True, "ghl_dnd", "ghl_dnd", SuppressionReason.provider_opt_out)


@pytest.mark.parametrize(
    ("status", "words", "permanent", "code"),
    [
        (400, "Missing phone number", True, "ghl_no_phone"),
        (400, "Unable to send e-mail, contact's e-mail is invalid", True, "ghl_no_email"),
        (400, "Contact not found", True, "ghl_no_contact"),
        (400, "The from number does not belong to this location", False, "ghl_sender"),
        (400, "Something else", True, "http_400"),
        (422, ["property x should not exist"], True, "http_422"),
        (401, "Invalid token", False, "http_401"),
        (403, "DND is none of your business", False, "http_403"),
        (404, None, False, "http_404"),
    ],
)
def test_other_refusals_are_about_the_message_or_about_the_account(
    status: int, words: Any, permanent: bool, code: str
) -> None:
    answer = read_refusal(status, {"message": words})
    assert (answer.permanent, answer.code, answer.suppress) == (permanent, code, None)


def test_an_answer_without_an_id_is_unknown_and_never_a_proof() -> None:
    assert read_acceptance({"messageId": "m1", "status": "delivered"}) == Accepted("m1", "delivered")
    assert read_acceptance({"messageId": "m1"}) == Accepted("m1", "queued")
    for body in ({}, {"messageId": None}, {"messageId": ""}, {"messageId": "a b"}, {"messageIds": ["m1"]}):
        assert read_acceptance(body) == Unknown("unreadable_answer")


def test_a_kind_is_read_from_its_word_or_its_number() -> None:
    assert channel_in({"messageType": "TYPE_SMS"}) is SMS
    assert channel_in({"messageType": "Email", "type": 2}) is EMAIL
    assert channel_in({"messageTypeId": 1}) is VOICE
    assert channel_in({"type": 2}) is SMS
    for other in ({}, {"messageType": "TYPE_ACTIVITY_CONTACT"}, {"messageType": "IG"}, {"type": "InboundMessage"}):
        assert channel_in(other) is None


def test_what_comes_by_a_locations_own_provider_is_read_too() -> None:
    """Spec: GetMessageResponseDto.messageType."""
    for name in ("TYPE_CUSTOM_SMS", "TYPE_CUSTOM_PROVIDER_SMS"):
        assert channel_in({"messageType": name, "type": 22}) is SMS
    for name in ("TYPE_CUSTOM_EMAIL", "TYPE_CUSTOM_PROVIDER_EMAIL"):
        assert channel_in({"messageType": name}) is EMAIL
    for name in ("TYPE_CUSTOM_CALL", "TYPE_IVR_CALL"):
        assert channel_in({"messageType": name}) is VOICE
    for other in ("TYPE_WHATSAPP", "TYPE_WEBCHAT", "TYPE_SMS_REACTION", "TYPE_INTERNAL_COMMENT", "TYPE_REVIEW"):
        assert channel_in({"messageType": other}) is None


def test_ids_of_mails_are_only_what_looks_like_ids() -> None:
    assert email_ids({"meta": {"email": {"messageIds": ["a1", "../b", 7, "c3"]}}}) == ["a1", "c3"]
    broken: dict[str, Any]
    for broken in ({}, {"meta": []}, {"meta": {"email": None}}, {"meta": {"email": {"messageIds": "a1"}}}):
        assert email_ids(broken) == []


def contact(settings: Any = None, dnd: Any = False) -> dict[str, Any]:
    return {"id": "c1", "dnd": dnd, "dndSettings": {} if settings is None else settings}


@pytest.mark.parametrize(
    "settings",
    [{}, {"SMS": INACTIVE}, {"sms": INACTIVE}, {"Email": {"status": "active"}}, {"RCS": {"status": "active"}}],
)
def test_an_open_channel_is_allowed(settings: Any) -> None:
    assert permission_of(contact(settings), SMS, "c1").may_send is True


@pytest.mark.parametrize(
    ("key", "word"), list(itertools.product(("SMS", "sms", "Sms", "All"), ("active", "permanent", "ACTIVE")))
)
def test_active_and_permanent_close_a_channel_in_any_case_of_its_key(key: str, word: str) -> None:
    permission = permission_of(contact({"Email": INACTIVE, key: {"status": word}}), SMS, "c1")
    assert (permission.may_send, permission.reason, permission.ref) == (False, "dnd_sms", "c1")


def test_a_closed_key_counts_beside_an_open_one_of_another_case() -> None:
    both = {"SMS": INACTIVE, "sms": {"status": "active"}}
    assert permission_of(contact(both), SMS, "c1").may_send is False


def test_the_flag_for_all_channels_closes_though_every_channel_is_inactive() -> None:
    everything = dict.fromkeys(("Call", "Email", "SMS", "WhatsApp", "GMB", "FB"), INACTIVE)
    for channel in (SMS, EMAIL):
        permission = permission_of(contact(everything, dnd=True), channel, "c1")
        assert (permission.may_send, permission.reason) == (False, "dnd_all")


@pytest.mark.parametrize(
    "shape",
    [
        {"id": "c1"},
        {"id": "c1", "dnd": False},
        {"id": "c1", "dndSettings": {}},
        contact(dnd=None),
        contact(dnd="false"),
        contact(dnd=0),
        contact([]),
        contact("inactive"),
        contact({"SMS": "inactive"}),
        contact({"SMS": {}}),
        contact({"SMS": {"status": None}}),
        contact({"SMS": {"status": "unknown"}}),
        contact({"SMS": INACTIVE, "Email": "active"}),
    ],
)
def test_an_unknown_shape_never_allows(shape: dict[str, Any]) -> None:
    assert permission_of(shape, SMS, "c1").may_send is None
    assert dnd_channels(shape) is None or SMS in (dnd_channels(shape) or ())


def test_the_channels_that_are_closed_are_told_as_a_set() -> None:
    assert dnd_channels(contact({"SMS": {"status": "active"}, "call": {"status": "permanent"}})) == frozenset(
        {SMS, VOICE}
    )
    assert dnd_channels(contact({})) == frozenset()
    assert dnd_channels(contact({}, dnd=True)) == frozenset({SMS, EMAIL, VOICE})


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"data": [{"email": "a", "subscriptions": [{"subtype_status": "subscribed"}]}]}, True),
        ({"data": [{"subtype_status": "subscribed"}, {"subtype_status": "unsubscribed"}]}, False),
        ({"status": "Unsubscribed"}, False),
        ({"unsubscribed": False}, True),
        ({"isUnsubscribed": True}, False),
        ({"data": []}, None),
        ({}, None),
        ({"email": "unsubscribe@acme.example", "unsubscribed": "no"}, None),
    ],
)
def test_the_second_opt_out_of_mail_is_found_wherever_it_stands(answer: Any, expected: bool | None) -> None:
    assert is_subscribed(answer) is expected


def test_a_contact_is_read_with_what_it_has() -> None:
    given = contact() | {
        "firstName": " Ada ",
        "lastName": "",
        "phone": "+14155550100",
        "timezone": "Europe/London",
        "tags": ["vip", 7],
        "customFields": [{"id": "f1", "value": "Gold"}, {"id": "f2", "value": 3}, {"id": "f3", "value": ["a"]}, "x"],
    }
    seen = read_contact(given)
    assert seen
    assert (seen.first_name, seen.last_name, seen.email, seen.tags) == ("Ada", None, None, ("vip",))
    assert (dict(seen.fields), seen.dnd_channels) == ({"f1": "Gold", "f2": "3"}, frozenset())
    assert read_contact({}) is None


def test_a_contact_is_read_with_the_state_and_the_zip_code_that_hours_are_judged_by() -> None:
    seen = read_contact(
        contact() | {"state": " CA ", "postalCode": "90001", "customFields": [{"id": "f1", "value": "x"}]}
    )
    assert seen
    assert dict(seen.fields) == {"f1": "x", "state": "CA", "postal_code": "90001"}
    there = place_of_person(ChannelName.sms, "+12125550123", seen.fields, None, "UTC")
    assert (set(there.zones), set(there.states)) == ({"America/New_York", "America/Los_Angeles"}, {"NY", "CA"})
    unknown = read_contact(contact() | {"state": "", "postalCode": None})
    assert unknown
    assert dict(unknown.fields) == {}


@pytest.mark.parametrize(
    ("status", "call_status", "kind"),
    [
        ("voicemail", "completed", InboundKind.missed_call),
        ("completed", "no-answer", InboundKind.missed_call),
        ("completed", "busy", InboundKind.missed_call),
        ("completed", "completed", InboundKind.call),
        ("levitated", None, InboundKind.call),
    ],
)
def test_a_call_is_missed_when_either_word_says_so(status: str, call_status: str | None, kind: InboundKind) -> None:
    call = {"messageId": "m1", "status": status, "callStatus": call_status, "from": "+14155550100"}
    inbound = describe_inbound(call, VOICE, {})
    assert inbound
    assert (inbound.kind, inbound.channel, inbound.event_key) == (kind, VOICE, "ghl:m1")


def test_a_person_who_cannot_be_seen_gives_nothing() -> None:
    assert describe_inbound({"messageId": "m1", "body": "Hi"}, SMS, {}) is None
    assert describe_inbound({"messageId": "m1", "from": "nobody"}, EMAIL, {"email": None}) is None
    assert describe_inbound({"from": "+14155550100"}, SMS, {}) is None
