"""What people write at GoHighLevel, by webhook, by hint and by poll: the same words under the same key."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from modules.channels import (
    Accepted,
    CannotTell,
    Changed,
    ContactSeen,
    Event,
    Fact,
    Hint,
    HintKind,
    Inbound,
)
from modules.labels import ChannelName, InboundKind, TouchState
from scripts.sandbox.remote import Twin
from tests.contract.adapter_rig import counting_client, hurried
from tests.contract.canned_server import canned_server
from tests.contract.ghl_customer import LOCATION, MAILBOX, NUMBER, PERSON
from tests.contract.ghl_rig import EMAIL, SMS, GhlRig, account_of, changes_of, open_ghl_rig
from utils.clock import FileClock

FOUL = ("500_before_accept", "429", "unreadable_200", "reset_before_accept", "timeout_after_accept")


@pytest.fixture
async def rig(twin: Twin, twin_clock: FileClock) -> AsyncIterator[GhlRig]:
    async with open_ghl_rig(twin, twin_clock) as opened:
        yield opened


async def changes(rig: GhlRig, ahead: timedelta = timedelta()) -> list[Event]:
    since = rig.customer.clock.now() - ahead
    told = await changes_of(SMS, rig.client, rig.account(), since)
    assert not isinstance(told, CannotTell), told
    return list(told)


async def test_a_text_has_one_key_by_webhook_by_hint_and_by_poll(rig: GhlRig) -> None:
    rig.twin.write_ghl(LOCATION, rig.customer.contact, "SMS", "Ja, gern! ✓")
    rig.customer.step(seconds=1)
    (by_webhook,) = rig.heard()
    (hint,) = rig.heard("/workflow")
    assert isinstance(hint, Hint)
    by_hint = await SMS.reread(rig.client, rig.account(), hint)
    (by_poll,) = await changes(rig)
    for event in (by_webhook, by_hint, by_poll):
        assert isinstance(event, Inbound)
        assert event.event_key == f"ghl:{hint.ref}"
        assert (event.from_address, event.to_address, event.text) == (PERSON, NUMBER, "Ja, gern! ✓")
        assert (event.contact_ref, event.kind, event.channel) == (
            *(rig.customer.contact, InboundKind.message, ChannelName.sms),
        )
        assert event.at == rig.customer.clock.now() - timedelta(seconds=1)


async def test_a_mail_has_one_key_by_webhook_by_hint_and_by_poll(rig: GhlRig) -> None:
    rig.twin.write_ghl(LOCATION, rig.customer.contact, "Email", "<p>Yes &amp; no</p>", subject="Re: Hello")
    rig.customer.step(seconds=1)
    (by_webhook,), (hint,) = rig.heard(), rig.heard("/workflow")
    assert isinstance(hint, Hint)
    by_hint = await EMAIL.reread(rig.client, rig.account(EMAIL), hint)
    (by_poll,) = await changes(rig)
    keys = set()
    for event in (by_webhook, by_hint, by_poll):
        assert isinstance(event, Inbound)
        keys.add(event.event_key)
        assert (event.from_address, event.text, event.subject) == (MAILBOX, "Yes & no", "Re: Hello")
        assert (event.channel, event.contact_ref) == (ChannelName.email, rig.customer.contact)
    assert len(keys) == 1


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [("no-answer", InboundKind.missed_call), ("voicemail", InboundKind.missed_call), ("completed", InboundKind.call)],
)
async def test_a_call_to_the_location_is_missed_unless_it_was_taken(
    rig: GhlRig, outcome: str, kind: InboundKind
) -> None:
    rig.twin.write_ghl(LOCATION, rig.customer.contact, "CALL", outcome)
    rig.customer.step(seconds=1)
    (hint,) = rig.heard("/workflow")
    assert isinstance(hint, Hint)
    told = [*rig.heard(), await SMS.reread(rig.client, rig.account(), hint), *await changes(rig)]
    assert len(told) == 3
    for event in told:
        assert isinstance(event, Inbound)
        assert (event.kind, event.channel, event.from_address) == (kind, ChannelName.voice, PERSON)
        assert event.event_key == f"ghl:{hint.ref}"


async def test_a_change_of_do_not_disturb_is_read_again(rig: GhlRig) -> None:
    rig.twin.write_ghl(LOCATION, rig.customer.contact, "SMS", "STOP")
    rig.customer.step(seconds=1)
    hints = [event for event in rig.heard() if isinstance(event, Hint)]
    assert [(one.kind, one.ref) for one in hints] == [(HintKind.contact, rig.customer.contact)]
    seen = await SMS.reread(rig.client, rig.account(), hints[0])
    assert isinstance(seen, ContactSeen)
    assert (seen.ref, seen.phone, seen.first_name, seen.dnd_channels) == (
        *(rig.customer.contact, PERSON, "Grace", frozenset({ChannelName.sms})),
    )


async def test_a_hint_at_one_of_our_own_messages_becomes_its_fact(rig: GhlRig) -> None:
    for adapter in (SMS, EMAIL):
        answer = await adapter.send(rig.client, rig.account(adapter), rig.message(adapter))
        assert isinstance(answer, Accepted)
        rig.customer.step(hours=1)
        hint = Hint(HintKind.message, answer.provider_id, "k")
        fact = await adapter.reread(rig.client, rig.account(adapter), hint)
        assert isinstance(fact, Fact)
        assert (fact.provider_id, fact.state) == (answer.provider_id, TouchState.delivered)
        assert fact.evidence_id == f"poll:{answer.provider_id}:delivered"


@pytest.mark.parametrize("kind", HintKind)
async def test_a_hint_that_cannot_be_read_now_tells_nothing(rig: GhlRig, kind: HintKind) -> None:
    rig.twin.script("ghl", "500_before_accept", op="fetch")
    for ref in (rig.customer.contact, "0" * 20, "../secrets", ""):
        assert isinstance(await SMS.reread(rig.client, rig.account(), Hint(kind, ref, "k")), CannotTell)
    rig.twin.clear_faults()


async def test_changes_tell_what_was_sent_and_what_was_answered_in_order(rig: GhlRig) -> None:
    since = rig.customer.clock.now()
    sent = await SMS.send(rig.client, rig.account(), rig.message())
    assert isinstance(sent, Accepted)
    rig.customer.step(minutes=5)
    rig.twin.write_ghl(LOCATION, rig.customer.contact, "SMS", "Yes")
    rig.customer.step(minutes=1)
    told = await changes_of(SMS, rig.client, rig.account(), since)
    assert not isinstance(told, CannotTell)
    fact, answer = told
    assert isinstance(fact, Fact)
    assert (fact.provider_id, fact.state) == (sent.provider_id, TouchState.delivered)
    assert isinstance(answer, Inbound)
    assert answer.text == "Yes"


async def test_a_mail_of_ours_is_read_once_in_a_look(rig: GhlRig) -> None:
    """A location allows 100 requests in ten seconds, and a look comes every minute."""
    since = rig.customer.clock.now()
    sent = await EMAIL.send(rig.client, rig.account(EMAIL), rig.message(EMAIL))
    assert isinstance(sent, Accepted)
    rig.customer.step(minutes=5)
    rig.requests.clear()
    told = await changes_of(EMAIL, rig.client, rig.account(EMAIL), since)
    assert not isinstance(told, CannotTell)
    [fact] = told
    assert isinstance(fact, Fact)
    assert (fact.provider_id, fact.state) == (sent.provider_id, TouchState.delivered)
    assert len([one for one in rig.requests if "/messages/email/" in one.url.path]) == 1


async def test_changes_leave_out_what_is_old_and_overlap_a_little(rig: GhlRig) -> None:
    rig.twin.write_ghl(LOCATION, rig.customer.contact, "SMS", "Old")
    rig.customer.step(minutes=10)
    rig.twin.write_ghl(LOCATION, rig.customer.contact, "SMS", "New")
    rig.customer.step(minutes=1)
    assert [event.text for event in await changes(rig) if isinstance(event, Inbound)] == ["New"]
    rig.customer.step(minutes=10)
    assert await changes(rig) == []


async def test_many_conversations_and_long_ones_are_read_whole(rig: GhlRig) -> None:
    since = rig.customer.clock.now()
    for number in range(105):
        rig.twin.write_ghl(LOCATION, rig.customer.contact, "SMS", f"Words {number}")
        ref = rig.twin.put_ghl_contact(LOCATION, id=f"C{number}", phone=f"+1415555{1000 + number}")
        rig.twin.write_ghl(LOCATION, ref, "SMS", f"Other words {number}")
        rig.customer.clock.set(rig.customer.clock.now() + timedelta(milliseconds=400))
    rig.customer.step(seconds=1)
    told = await changes(rig, rig.customer.clock.now() - since)
    texts = [event.text for event in told if isinstance(event, Inbound)]
    expected = {f"Words {n}" for n in range(105)} | {f"Other words {n}" for n in range(105)}
    assert (set(texts), len(texts)) == (expected, 210)


@pytest.mark.parametrize("fault", FOUL)
async def test_changes_in_foul_weather_tell_nothing_rather_than_half(rig: GhlRig, fault: str) -> None:
    rig.twin.write_ghl(LOCATION, rig.customer.contact, "SMS", "Hello")
    rig.customer.step(seconds=1)
    for match in ({}, {"contact": rig.customer.contact}):
        rig.twin.script("ghl", fault, op="list", match=match)
        with hurried(rig.client):
            told = await changes_of(SMS, rig.client, rig.account(), rig.customer.clock.now())
        assert isinstance(told, CannotTell), match


@pytest.mark.parametrize("kind", ["TYPE_CUSTOM_SMS", "TYPE_CUSTOM_PROVIDER_SMS"])
async def test_a_stop_by_the_locations_own_provider_is_heard_in_a_look(kind: str) -> None:
    moment = datetime(2026, 11, 21, 9, tzinfo=UTC)
    said = {"id": "M1", "type": 22, "messageType": kind, "contactId": "CON1", "direction": "inbound", "body": "STOP"}
    line = {"id": "C1", "contactId": "CON1", "phone": PERSON, "lastMessageDate": stamp_of(moment)}
    with canned_server() as desk:
        desk.answer(200, {"conversations": [line], "total": 1})
        desk.answer(200, {"messages": {"messages": [said | {"dateAdded": moment.isoformat()}], "nextPage": False}})
        with counting_client([], seconds=5) as client:
            async with client:
                [part] = [part async for part in SMS.changes(client, account_of(SMS, desk.url), moment)]
    assert isinstance(part, Changed)
    assert not isinstance(part.events, CannotTell)
    [event] = part.events
    assert isinstance(event, Inbound)
    assert (event.text, event.from_address, event.channel) == ("STOP", PERSON, ChannelName.sms)


async def test_of_more_conversations_than_one_look_may_list_the_oldest_are_read_first(rig: GhlRig) -> None:
    """Twenty full pages, newest first, show none of the oldest, and a look goes on where the last one ended."""
    since = datetime(2026, 11, 21, 9, 4, tzinfo=UTC)
    with canned_server() as desk:
        for page in range(20):
            moments = [since + timedelta(hours=1, minutes=58 + 2000 - 100 * page - n) for n in range(100)]
            lines = [{"id": f"C{page}x{n}", "lastMessageDate": stamp_of(at)} for n, at in enumerate(moments)]
            desk.answer(200, {"conversations": lines})
        oldest = since + timedelta(minutes=10)
        desk.answer(200, {"conversations": [{"id": "OLD", "contactId": "CON1", "lastMessageDate": stamp_of(oldest)}]})
        desk.answer(200, {"messages": {"messages": [], "nextPage": False}})
        told = [part async for part in SMS.changes(rig.client, account_of(SMS, desk.url), since)]
        asked = desk.asked
    assert told == [Changed(oldest, []), CannotTell("more_later")]
    # half of the way from two minutes before `since` to the oldest one that was shown, and a millisecond
    assert asked[20].query["startAfterDate"] == str(stamp_of(since + timedelta(hours=1, minutes=-2, seconds=30)) + 1)
    assert asked[21].path == "/conversations/OLD/messages"


def stamp_of(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
