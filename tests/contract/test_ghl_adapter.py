"""What GoHighLevel's adapters send before the twin, and what becomes of it.

The sentences that hold for every adapter are in test_adapters.py.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from modules.channels import (
    Absent,
    Accepted,
    CannotTell,
    Found,
    Gate,
    NotSent,
    Reader,
    Rejected,
    Sought,
    Watcher,
)
from modules.channels.ghl_messages import GhlMessages
from modules.labels import SuppressionReason, TouchState
from scripts.sandbox.remote import Twin
from tests.contract.ghl_customer import LOCATION
from tests.contract.ghl_rig import EMAIL, HELLO, SMS, GhlRig, open_ghl_rig
from utils.clock import FileClock

BOTH = pytest.mark.parametrize("adapter", [SMS, EMAIL], ids=["sms", "email"])


@pytest.fixture
async def rig(twin: Twin, twin_clock: FileClock) -> AsyncIterator[GhlRig]:
    async with open_ghl_rig(twin, twin_clock) as opened:
        yield opened


def test_both_adapters_are_gate_reader_and_watcher() -> None:
    for adapter in (SMS, EMAIL):
        assert isinstance(adapter, Gate)
        assert isinstance(adapter, Reader)
        assert isinstance(adapter, Watcher)


async def test_a_spent_rate_asks_for_the_pause_that_the_provider_names(rig: GhlRig) -> None:
    rig.twin.script("ghl", "429")
    answer = await SMS.send(rig.client, rig.account(), rig.message(body=HELLO))
    assert answer == NotSent("too_many_requests", timedelta(seconds=10))


@BOTH
async def test_do_not_disturb_that_came_between_is_refused_for_good(rig: GhlRig, adapter: GhlMessages) -> None:
    rig.twin.put_ghl_contact(LOCATION, id=rig.customer.contact, dnd=True)
    answer = await adapter.send(rig.client, rig.account(adapter), rig.message(adapter))
    assert answer == Rejected(True, "ghl_dnd", "ghl_dnd", SuppressionReason.provider_opt_out)
    assert rig.twin.ledger("ghl") == []


@BOTH
async def test_what_do_not_disturb_drops_in_silence_ends_as_failed(rig: GhlRig, adapter: GhlMessages) -> None:
    """The forerunner's lie: 200, and nothing was ever sent."""
    rig.twin.script("ghl", "dnd_dropped")
    answer = await adapter.send(rig.client, rig.account(adapter), rig.message(adapter))
    assert isinstance(answer, Accepted)
    rig.customer.step(hours=1)
    looked = await adapter.fetch(rig.client, rig.account(adapter), answer.provider_id)
    assert isinstance(looked, Found)
    assert looked.fact.state is TouchState.failed


@BOTH
async def test_what_never_gets_a_receipt_is_never_a_success(rig: GhlRig, adapter: GhlMessages) -> None:
    rig.twin.script("ghl", "no_dlr")
    answer = await adapter.send(rig.client, rig.account(adapter), rig.message(adapter))
    assert isinstance(answer, Accepted)
    rig.customer.step(hours=5)
    looked = await adapter.fetch(rig.client, rig.account(adapter), answer.provider_id)
    assert isinstance(looked, Found)
    assert (looked.fact.state, looked.fact.provider_status) == (None, "sent")


@BOTH
async def test_nobody_to_send_to_is_not_sent(rig: GhlRig, adapter: GhlMessages) -> None:
    message = rig.message(adapter)
    for ref in ("", "../x"):
        unknown = replace(message, envelope={**message.envelope, "contact_id": ref})
        assert await adapter.send(rig.client, rig.account(adapter), unknown) == NotSent("ghl_contact_unknown")
    assert rig.requests == []


@BOTH
async def test_what_people_of_the_location_sent_themselves_is_not_on_our_list(
    rig: GhlRig, adapter: GhlMessages
) -> None:
    account = rig.account(workflow_hook=hook_of(rig))
    if adapter is SMS:
        assert isinstance(await SMS.send(rig.client, account, rig.message(body="By workflow")), Accepted)
        rig.customer.step(minutes=1)
    answer = await adapter.send(rig.client, rig.account(adapter), rig.message(adapter))
    assert isinstance(answer, Accepted)
    now = rig.customer.clock.now()
    found = await adapter.listing(rig.client, rig.account(adapter), now - timedelta(hours=1), now)
    assert not isinstance(found, CannotTell)
    assert [one.fact.provider_id for one in found] == [answer.provider_id]


async def test_a_text_and_a_mail_of_the_same_words_are_two_messages(rig: GhlRig) -> None:
    message = rig.message(EMAIL)
    assert isinstance(await SMS.send(rig.client, rig.account(), rig.message(body=message.body)), Accepted)
    now = rig.customer.clock.now()
    sought = Sought(message, now, now + timedelta(minutes=5))
    assert await EMAIL.lookup(rig.client, rig.account(EMAIL), sought) == Absent()


def hook_of(rig: GhlRig) -> str:
    return f"{rig.twin.ghl_url}/hooks/{LOCATION}/webhook-trigger/0a0a"


async def test_a_hand_over_to_a_workflow_is_no_proof_until_its_message_is_found(rig: GhlRig) -> None:
    account = rig.account(workflow_hook=hook_of(rig))
    message = rig.message()
    answer = await SMS.send(rig.client, account, message)
    assert isinstance(answer, Accepted)
    assert answer.provider_status == "handed_over"
    assert answer.provider_id.startswith(f"handed:{message.touch_id}:")
    assert await SMS.fetch(rig.client, account, answer.provider_id) == CannotTell("handed_over_and_not_seen")
    rig.customer.step(minutes=5)
    looked = await SMS.fetch(rig.client, account, answer.provider_id)
    assert isinstance(looked, Found)
    (line,) = rig.twin.ledger("ghl")
    assert (looked.fact.provider_id, looked.fact.state) == (answer.provider_id, TouchState.delivered)
    assert looked.fact.evidence_id == f"poll:{line['provider_id']}:delivered"
    assert looked.fact.evidence_id in line["facts"][-1]["evidence_ids"]


async def test_a_hand_over_that_the_workflow_drops_is_never_a_success(rig: GhlRig) -> None:
    rig.customer.register(workflow="drops")
    account = rig.account(workflow_hook=hook_of(rig))
    answer = await SMS.send(rig.client, account, rig.message())
    assert isinstance(answer, Accepted)
    rig.customer.step(hours=4)
    assert await SMS.fetch(rig.client, account, answer.provider_id) == CannotTell("handed_over_and_not_seen")


async def test_two_messages_that_look_alike_settle_no_hand_over(rig: GhlRig) -> None:
    account = rig.account(workflow_hook=hook_of(rig))
    answer = await SMS.send(rig.client, account, rig.message())
    assert isinstance(answer, Accepted)
    assert isinstance(await SMS.send(rig.client, rig.account(), rig.message()), Accepted)
    rig.customer.step(minutes=5)
    assert await SMS.fetch(rig.client, account, answer.provider_id) == CannotTell("handed_over_and_in_doubt")
    for forged in ("handed:x", "handed:../a:b:c", f"handed:{'0' * 36}:c:{'0' * 32}", f"{answer.provider_id}0"):
        assert await SMS.fetch(rig.client, account, forged) == CannotTell("not_a_message_id")


async def test_a_mail_is_never_handed_to_the_workflow_for_texts(rig: GhlRig) -> None:
    account = rig.account(EMAIL, workflow_hook=hook_of(rig))
    assert isinstance(await EMAIL.send(rig.client, account, rig.message(EMAIL)), Accepted)
    assert rig.paths("POST") == ["/conversations/messages"]
