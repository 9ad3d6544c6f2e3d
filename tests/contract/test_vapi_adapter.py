"""Our Vapi adapter before the twin, beyond the common contract: how people take calls, and how Vapi fails."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from modules.channels import Absent, Accepted, Fact, Found, HookKind, Inbound, NotSent, Rejected, Strange
from modules.labels import CallEnd, ChannelName, InboundKind, TouchState
from scripts.sandbox.remote import Twin
from tests.contract.adapter_rig import STATUS, TOUCH, Rig, hurried, open_rig, touch
from tests.contract.twin_customer import PERSON
from tests.contract.vapi_pair import API_KEY, HOOK_SECRET, NUMBER_ID, OTHER_NUMBER_ID, OUR_NUMBER, VAPI_VOICE
from utils.clock import FileClock
from utils.errors import BadSignature


@pytest.fixture
async def rig(twin: Twin, twin_clock: FileClock) -> AsyncIterator[Rig]:
    async with open_rig(VAPI_VOICE, twin, twin_clock) as opened:
        yield opened


async def dial(rig: Rig, number: int = 0, sender: str = NUMBER_ID) -> str:
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


PERSONAS: dict[str, tuple[TouchState, CallEnd | None]] = {
    "answers": (TouchState.completed, None),
    "opts_out": (TouchState.completed, None),
    "books": (TouchState.completed, None),
    "silent": (TouchState.failed, CallEnd.nobody_spoke),
    "voicemail": (TouchState.failed, CallEnd.voicemail),
    "busy": (TouchState.failed, CallEnd.busy),
    "no_answer": (TouchState.failed, CallEnd.no_answer),
    "screener": (TouchState.failed, CallEnd.uncertain),
}


@pytest.mark.parametrize("persona", PERSONAS)
async def test_each_way_to_take_a_call_is_told_alike_by_webhook_and_by_poll(rig: Rig, persona: str) -> None:
    expected = PERSONAS[persona]
    rig.twin.person(PERSON, persona)
    calls = {await dial(rig, number) for number in range(6)}
    rig.customer.step(hours=1)
    ends = [fact for fact in told(rig) if fact.state]
    assert {fact.provider_id for fact in ends} == calls
    assert {(fact.state, fact.reason) for fact in ends} == {expected}
    for call_id in calls:
        polled = (await rig.found(call_id)).fact
        assert (polled.state, polled.reason) == expected
        assert polled.call is not None
    truth = {line["provider_id"]: line["facts"][-1]["status"] == "completed" for line in rig.twin.ledger("vapi")}
    assert set(truth.values()) == {expected[0] is TouchState.completed}


async def test_a_report_brings_what_was_said_and_what_it_cost(rig: Rig) -> None:
    await dial(rig)
    rig.customer.step(hours=1)
    (report,) = [fact for fact in told(rig) if fact.state is TouchState.completed]
    assert report.call is not None
    assert "User:" in (report.call.transcript or "")
    assert report.call.summary
    assert (report.call.recording or "").startswith(f"/call/{report.provider_id}/")
    assert report.call.started_at is not None
    assert report.call.ended_at is not None
    assert report.call.started_at < report.call.ended_at == report.at
    assert (report.cost_micros or 0) > 0
    polled = (await rig.found(report.provider_id)).fact
    assert (polled.call, polled.cost_micros) == (report.call, report.cost_micros)


async def test_an_end_that_no_webhook_tells_is_found_by_the_poll(rig: Rig) -> None:
    rig.twin.script("vapi", "transport_fault", code="silent")
    call_id = await dial(rig)
    rig.customer.step(minutes=20)
    assert rig.letters() == []
    fact = (await rig.found(call_id)).fact
    assert (fact.state, fact.reason) == (TouchState.failed, CallEnd.transport_fault)
    assert fact.evidence_id in rig.evidence()


async def test_a_line_that_cannot_dial_is_told_by_the_first_webhook(rig: Rig) -> None:
    rig.twin.script("vapi", "transport_fault")
    await dial(rig)
    rig.customer.step(seconds=1)
    first = told(rig)[0]
    assert (first.state, first.reason) == (TouchState.failed, CallEnd.transport_fault)
    assert first.evidence_id in rig.evidence()


async def test_a_limit_is_not_sent_at_once_or_fails_for_want_of_a_line(rig: Rig) -> None:
    rig.twin.script("vapi", "over_concurrency")
    answer = await rig.channel.send(rig.client, rig.account, rig.message())
    assert answer == NotSent("capacity")
    assert rig.ledger() == []
    rig.twin.script("vapi", "concurrency_blocked")
    blocked = await rig.channel.send(rig.client, rig.account, rig.message(touch(1), "Other words"))
    assert isinstance(blocked, Accepted)
    assert blocked.provider_status == "concurrency_blocked"
    rig.customer.step(hours=1)
    assert {(fact.state, fact.reason) for fact in told(rig) if fact.state} == {(TouchState.failed, CallEnd.capacity)}


@pytest.mark.parametrize(
    ("reason", "end"),
    [
        ("call.start.error-vapi-number-outbound-daily-limit", CallEnd.capacity),
        ("call.start.error-subscription-insufficient-credits", CallEnd.misconfigured),
        ("twilio-reported-customer-misdialed", CallEnd.invalid_number),
        ("call.in-progress.error-providerfault-openai-500-server-error", CallEnd.broken_off),
        ("call.in-progress.error-transfer-failed", CallEnd.uncertain),
        ("worker-shutdown", CallEnd.broken_off),
        ("a-word-of-next-year", CallEnd.unlisted),
        ("hangup", CallEnd.unlisted),
    ],
)
async def test_a_scripted_end_is_no_success_by_webhook_or_by_poll(rig: Rig, reason: str, end: CallEnd) -> None:
    rig.twin.script("vapi", "ended_reason", code=reason)
    call_id = await dial(rig)
    rig.customer.step(hours=1)
    ends = {(fact.state, fact.reason, fact.provider_status) for fact in told(rig) if fact.state}
    assert ends == {(TouchState.failed, end, reason)}
    polled = (await rig.found(call_id)).fact
    assert (polled.state, polled.reason) == (TouchState.failed, end)


async def test_a_call_behind_a_timeout_is_found_by_its_name_and_is_no_other_touchs(rig: Rig) -> None:
    sought = rig.sought(rig.message())
    rig.twin.script("vapi", "timeout_after_accept")
    with hurried(rig.client):
        await rig.channel.send(rig.client, rig.account, rig.message())
    looked = await rig.channel.lookup(rig.client, rig.account, sought)
    assert isinstance(looked, Found)
    assert (looked.fact.reference, looked.fact.state) == (TOUCH, None)
    other = replace(sought, message=rig.message(touch(1), "Other words"))
    assert await rig.channel.lookup(rig.client, rig.account, other) == Absent()


async def test_each_call_leaves_from_the_number_that_was_chosen(rig: Rig) -> None:
    both = rig.with_account(second_phone_number_id=OTHER_NUMBER_ID)
    assert both.channel.senders(both.account.settings) == (NUMBER_ID, OTHER_NUMBER_ID)
    first, second = await dial(both), await dial(both, 1, sender=OTHER_NUMBER_ID)
    assert {line["provider_id"]: line["from"] for line in rig.twin.ledger("vapi")} == {
        first: OUR_NUMBER,
        second: "+15005550009",
    }
    rig.customer.step(seconds=1)
    found = await both.channel.listing(both.client, both.account, *both.all_day())
    assert {one.fact.provider_id for one in found} == {first, second}  # type: ignore[union-attr]
    alone = await rig.channel.listing(rig.client, rig.account, *rig.all_day())
    assert {one.fact.provider_id for one in alone} == {first}  # type: ignore[union-attr]


async def test_an_unknown_number_is_about_the_account_and_a_bad_one_about_the_person(rig: Rig) -> None:
    stranger = rig.with_account(phone_number_id="019a0000-0000-7000-8000-0000000000ff")
    answer = await stranger.channel.send(stranger.client, stranger.account, stranger.message())
    assert answer == Rejected(False, "resources", "vapi_resources")
    wrong = replace(rig.message(), to_address="4155550100")
    assert await rig.channel.send(rig.client, rig.account, wrong) == Rejected(True, "validation", "vapi_validation")
    assert rig.ledger() == []


async def test_a_credential_signs_the_webhooks_and_no_secret_travels(rig: Rig) -> None:
    rig.twin.add_vapi(API_KEY, {NUMBER_ID: OUR_NUMBER}, webhook_secret=HOOK_SECRET)
    signing = rig.with_account(credential_id="019a0000-0000-7000-8000-00000000d001")
    for number in range(4):
        await dial(signing, number)
    rig.customer.step(hours=1)
    assert len(told(rig)) >= 12
    assert HOOK_SECRET.encode() not in rig.requests[0].content
    assert {len(letter.headers["x-timestamp"]) for letter in rig.letters()} <= {10, 13}
    for letter in rig.letters():
        assert "x-vapi-secret" not in letter.headers
        with pytest.raises(BadSignature):
            rig.verify(replace(letter, body=letter.body.replace(b"ringing", b"in-vain") + b" "))
        with pytest.raises(BadSignature):
            rig.verify(letter, seconds_later=400)


@pytest.mark.parametrize("spoke", [True, False])
async def test_a_person_who_calls_us_is_heard(rig: Rig, spoke: bool) -> None:
    rig.twin.call_us_vapi(API_KEY, NUMBER_ID, "+14155550188", spoke)
    rig.customer.step(hours=1)
    events = [rig.channel.parse(kind, letter) for letter in rig.letters() for kind in HookKind]
    for letter in rig.letters():
        rig.verify(letter)
    calls = {event.event_key: event for event in events if isinstance(event, Inbound)}
    assert {type(event) for event in events} <= {Inbound, Strange}
    (call,) = calls.values()
    assert (call.kind, call.channel, call.opted_out) == (InboundKind.call, ChannelName.voice, False)
    assert (call.from_address, call.to_address) == ("+14155550188", OUR_NUMBER)
    assert ("User:" in call.text) == spoke
    assert call.call is not None
    listed = await rig.channel.listing(rig.client, rig.account, *rig.all_day())
    assert listed == []


async def test_a_repeated_post_makes_the_same_fact_though_its_links_differ(rig: Rig) -> None:
    rig.customer.receiver.answers.extend([500] * 30)
    await dial(rig)
    rig.customer.step(hours=1)
    reports = [fact for fact in told(rig) if fact.state]
    assert len(reports) > 1
    assert all(fact == reports[0] for fact in reports)
    assert len({letter.body for letter in rig.letters() if b"end-of-call-report" in letter.body}) > 1
