"""Our Retell adapter before the twin, beyond the common contract: how people take calls, and how Retell fails."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from modules.channels import Absent, Accepted, Fact, Found, HookKind, Inbound, NotSent, Rejected, Strange, Unknown
from modules.labels import CallEnd, ChannelName, InboundKind, TouchState
from scripts.sandbox.remote import Twin
from tests.contract.adapter_rig import STATUS, TOUCH, Rig, hurried, open_rig, touch
from tests.contract.official_fields import wrong_with_retell, wrong_with_retell_list
from tests.contract.retell_pair import API_KEY, NUMBERS, RETELL_VOICE
from tests.contract.twin_customer import PERSON
from utils.clock import FileClock


@pytest.fixture
async def rig(twin: Twin, twin_clock: FileClock) -> AsyncIterator[Rig]:
    async with open_rig(RETELL_VOICE, twin, twin_clock) as opened:
        yield opened


async def dial(rig: Rig, number: int = 0, sender: str = NUMBERS[0]) -> str:
    message = rig.message(touch(number), f"Words {number}", sender=sender)
    answer = await rig.channel.send(rig.client, rig.account, message)
    assert isinstance(answer, Accepted), answer
    return answer.provider_id


def told(rig: Rig) -> list[Fact]:
    """Every fact the webhooks brought, each of them genuine."""
    facts = []
    for letter in rig.letters():
        rig.verify(letter)
        event = rig.channel.parse(STATUS, letter)
        assert isinstance(event, Fact)
        facts.append(event)
    return facts


async def test_every_request_has_only_fields_that_retell_knows(rig: Rig) -> None:
    await dial(rig)
    assert await rig.channel.lookup(rig.client, rig.account, rig.sought(rig.message(touch(9)))) == Absent()
    await rig.channel.listing(rig.client, rig.account, *rig.all_day())
    sent, *lists = rig.requests
    assert (sent.url.path, wrong_with_retell(sent.content)) == ("/retell/v2/create-phone-call", [])
    assert len(lists) == 3
    for one in lists:
        assert (one.url.path, wrong_with_retell_list(one.content)) == ("/retell/v3/list-calls", [])


PERSONAS: dict[str, tuple[TouchState, set[CallEnd | None]]] = {
    "answers": (TouchState.completed, {None}),
    "opts_out": (TouchState.completed, {None}),
    "books": (TouchState.completed, {None}),
    "silent": (TouchState.failed, {CallEnd.nobody_spoke}),
    "voicemail": (TouchState.failed, {CallEnd.voicemail}),
    "busy": (TouchState.failed, {CallEnd.busy}),
    "no_answer": (TouchState.failed, {CallEnd.no_answer}),
    "screener": (TouchState.failed, {CallEnd.uncertain}),
}


@pytest.mark.parametrize("persona", PERSONAS)
async def test_each_way_to_take_a_call_is_told_alike_by_webhook_and_by_poll(rig: Rig, persona: str) -> None:
    state, reasons = PERSONAS[persona]
    rig.twin.person(PERSON, persona)
    calls = {await dial(rig, number) for number in range(6)}
    rig.customer.step(hours=1)
    ends = [fact for fact in told(rig) if fact.state]
    assert {fact.provider_id for fact in ends} == calls
    assert ({fact.state for fact in ends}, {fact.reason for fact in ends}) == ({state}, reasons)
    for call_id in calls:
        polled = (await rig.found(call_id)).fact
        assert polled.state is state
        assert polled.reason in reasons
        assert polled.call is not None
    truth = {line["provider_id"]: line["facts"][-1]["status"] == "completed" for line in rig.twin.ledger("retell")}
    assert set(truth.values()) == {state is TouchState.completed}


async def test_a_machine_that_was_not_detected_is_no_person(rig: Rig) -> None:
    """The trap: without detection Retell ends the call like a talk, the greeting standing there as the user's words."""
    rig.twin.person(PERSON, "voicemail")
    message = rig.message()
    await rig.channel.send(rig.client, rig.account, message)
    blind = json.loads(rig.requests[0].content)
    del blind["agent_override"]
    blind["idempotency_key"] = "another"
    headers = {"Authorization": f"Bearer {API_KEY}"}
    url = f"{rig.account.base_url}/v2/create-phone-call"
    answer = await rig.client.post(url, json=blind, headers=headers)
    call_id = answer.json()["call_id"]
    rig.customer.step(hours=1)
    facts = [fact for fact in told(rig) if fact.provider_id == call_id]
    assert facts[-1].provider_status in ("user_hangup", "agent_hangup")
    assert {(fact.state, fact.reason) for fact in facts if fact.state} == {(TouchState.failed, CallEnd.uncertain)}


async def test_the_end_brings_what_was_said_and_what_it_cost_and_the_analysis_its_summary(rig: Rig) -> None:
    call_id = await dial(rig)
    rig.customer.step(hours=1)
    started, ended, analyzed = told(rig)
    assert (started.state, started.call) == (None, None)
    assert ended.call is not None
    assert analyzed.call is not None
    assert "User:" in (ended.call.transcript or "")
    assert (ended.call.summary is None, bool(analyzed.call.summary)) == (True, True)
    assert replace(analyzed, call=replace(analyzed.call, summary=None)) == ended
    assert ended.call.recording == f"/v2/get-call/{call_id}"
    assert ended.call.started_at is not None
    assert ended.call.ended_at is not None
    assert ended.call.started_at < ended.call.ended_at == ended.at
    assert (ended.cost_micros or 0) > 0
    polled = (await rig.found(call_id)).fact
    assert (polled.call, polled.cost_micros) == (analyzed.call, ended.cost_micros)


async def test_an_end_whose_webhooks_are_lost_is_found_by_the_poll(rig: Rig) -> None:
    rig.twin.script("retell", "webhook_lost", op="webhook", times=9)
    call_id = await dial(rig)
    rig.customer.step(minutes=20)
    assert rig.letters() == []
    fact = (await rig.found(call_id)).fact
    assert (fact.state, fact.reference) == (TouchState.completed, TOUCH)
    assert fact.evidence_id in rig.evidence()


@pytest.mark.parametrize(
    ("reason", "end"),
    [
        ("dial_failed", CallEnd.transport_fault),
        ("telephony_provider_unavailable", CallEnd.transport_fault),
        ("invalid_destination", CallEnd.invalid_number),
        ("no_valid_payment", CallEnd.misconfigured),
        ("error_llm_websocket_lost_connection", CallEnd.broken_off),
        ("error_retell", CallEnd.broken_off),
        ("scam_detected", CallEnd.broken_off),
        ("ivr_reached", CallEnd.uncertain),
        ("call_take_over", CallEnd.uncertain),
        ("user_requested_callback", CallEnd.uncertain),
        ("voicemail_reached", CallEnd.voicemail),
        ("manual_stopped", CallEnd.broken_off),
        ("credit_exhausted", CallEnd.broken_off),
        ("a_word_of_next_year", CallEnd.unlisted),
    ],
)
async def test_a_scripted_end_is_no_success_by_webhook_by_poll_or_by_list(rig: Rig, reason: str, end: CallEnd) -> None:
    rig.twin.script("retell", "ended_reason", code=reason)
    call_id = await dial(rig)
    rig.customer.step(hours=1)
    ends = {(fact.state, fact.reason, fact.provider_status) for fact in told(rig) if fact.state}
    assert ends == {(TouchState.failed, end, reason)}
    polled = (await rig.found(call_id)).fact
    assert (polled.state, polled.reason) == (TouchState.failed, end)
    found = await rig.channel.listing(rig.client, rig.account, *rig.all_day())
    assert {(one.fact.state, one.fact.reason) for one in found} <= {(TouchState.failed, end), (None, None)}  # type: ignore[union-attr]


async def test_a_limit_is_not_sent_at_once_or_fails_for_want_of_a_line(rig: Rig) -> None:
    rig.twin.script("retell", "concurrency_limit")
    assert await rig.channel.send(rig.client, rig.account, rig.message()) == NotSent("capacity")
    assert rig.ledger() == []
    rig.twin.script("retell", "concurrency_limit", code="ended")
    await dial(rig, 1)
    rig.customer.step(hours=1)
    assert {(fact.state, fact.reason) for fact in told(rig)} == {(TouchState.failed, CallEnd.capacity)}


async def test_a_repeat_within_the_hour_is_the_same_call_and_rings_once(rig: Rig) -> None:
    message = rig.message()
    rig.twin.script("retell", "timeout_after_accept")
    with hurried(rig.client):
        assert isinstance(await rig.channel.send(rig.client, rig.account, message), Unknown)
    kept = rig.channel.policy.same_key_until
    assert kept is not None
    rig.customer.step(seconds=kept.total_seconds() - 1)
    answer = await rig.channel.send(rig.client, rig.account, message)
    assert isinstance(answer, Accepted)
    assert [line["provider_id"] for line in rig.ledger()] == [answer.provider_id]


async def test_other_bytes_under_the_same_key_are_unknown_and_never_a_second_call(rig: Rig) -> None:
    await rig.channel.send(rig.client, rig.account, rig.message())
    answer = await rig.channel.send(rig.client, rig.account, rig.message(body="Changed"))
    assert answer == Unknown("idempotency_conflict")
    assert len(rig.ledger()) == 1


async def test_a_call_behind_a_timeout_is_found_while_it_has_no_start_yet_and_when_it_is_over(rig: Rig) -> None:
    sought = rig.sought(rig.message())
    rig.twin.script("retell", "timeout_after_accept")
    with hurried(rig.client):
        await rig.channel.send(rig.client, rig.account, rig.message())
    looked = await rig.channel.lookup(rig.client, rig.account, sought)
    assert isinstance(looked, Found)
    assert (looked.fact.reference, looked.fact.state, looked.fact.provider_status) == (TOUCH, None, "registered")
    rig.customer.step(hours=1)
    looked = await rig.channel.lookup(rig.client, rig.account, sought)
    assert isinstance(looked, Found)
    assert looked.fact.state is TouchState.completed
    assert looked.fact.evidence_id in rig.evidence()
    other = replace(sought, message=rig.message(touch(1), "Other words"))
    assert await rig.channel.lookup(rig.client, rig.account, other) == Absent()


async def test_a_call_that_is_not_listed_yet_is_absent_now_and_found_later(rig: Rig) -> None:
    """Why one look at the list proves nothing for good."""
    sought = rig.sought(rig.message())
    rig.twin.script("retell", "list_lag", delay=50)
    await rig.channel.send(rig.client, rig.account, rig.message())
    assert await rig.channel.lookup(rig.client, rig.account, sought) == Absent()
    rig.customer.step(seconds=60)
    assert isinstance(await rig.channel.lookup(rig.client, rig.account, sought), Found)


async def test_each_call_leaves_from_the_number_that_was_chosen(rig: Rig) -> None:
    assert rig.channel.senders(rig.account.settings) == NUMBERS
    calls = [await dial(rig, number, sender) for number, sender in enumerate(NUMBERS)]
    assert {line["provider_id"]: line["from"] for line in rig.twin.ledger("retell")} == dict(
        zip(calls, NUMBERS, strict=True)
    )
    rig.customer.step(minutes=5)
    found = await rig.channel.listing(rig.client, rig.account, *rig.all_day())
    assert {one.fact.provider_id for one in found} == set(calls)  # type: ignore[union-attr]


async def test_an_unknown_number_or_agent_is_about_the_account_and_a_bad_number_about_the_person(rig: Rig) -> None:
    for change in ({"from_number": "+15005550099"}, {"agent_id": "agent_of_nobody"}):
        stranger = rig.with_account(**change)
        answer = await stranger.channel.send(stranger.client, stranger.account, stranger.message())
        assert answer == Rejected(False, "resources", "retell_resources")
    wrong = replace(rig.message(), to_address="4155550100")
    assert await rig.channel.send(rig.client, rig.account, wrong) == Rejected(True, "validation", "retell_validation")
    assert rig.ledger() == []


@pytest.mark.parametrize("spoke", [True, False])
async def test_a_person_who_calls_us_is_heard(rig: Rig, spoke: bool) -> None:
    rig.twin.call_us_retell(API_KEY, NUMBERS[0], "+14155550188", spoke)
    begin = rig.customer.clock.now()
    rig.customer.step(hours=1)
    events = [rig.channel.parse(kind, letter) for letter in rig.letters() for kind in HookKind]
    for letter in rig.letters():
        rig.verify(letter)
    calls = {event.event_key: event for event in events if isinstance(event, Inbound)}
    assert {type(event) for event in events} <= {Inbound, Strange}
    (call,) = calls.values()
    assert (call.kind, call.channel, call.opted_out) == (InboundKind.call, ChannelName.voice, False)
    assert (call.from_address, call.to_address) == ("+14155550188", NUMBERS[0])
    assert call.at is not None
    assert begin < call.at < begin + timedelta(minutes=1)
    assert ("User:" in call.text) == spoke
    assert call.call is not None
    assert await rig.channel.listing(rig.client, rig.account, *rig.all_day()) == []


async def test_a_repeated_post_makes_the_same_fact(rig: Rig) -> None:
    rig.customer.receiver.answers.extend([500] * 30)
    await dial(rig)
    rig.customer.step(hours=1)
    ends = [fact for fact in told(rig) if fact.state]
    assert len(ends) == 8
    assert len({repr(fact) for fact in ends}) == 2
    assert len({fact.evidence_id for fact in ends}) == 1
