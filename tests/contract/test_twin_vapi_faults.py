"""The twin's Vapi misbehaves, tells and repeats as Vapi's document and its callers say."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from scripts.sandbox.remote import Twin
from scripts.sandbox.vapi_posting import sign
from tests.contract.telephone import (
    HOOK_SECRET,
    NUMBER,
    NUMBER_ID,
    PERSON,
    VAPI_KEY,
    Caller,
    open_caller,
)
from utils.clock import FileClock

NO_TRANSPORT = "call.start.error-get-transport"
NO_LINE = "call.start.error-subscription-concurrency-limit-reached"


@pytest.fixture
def caller(twin: Twin, twin_clock: FileClock) -> Iterator[Caller]:
    with open_caller(twin, twin_clock) as opened:
        yield opened


def users(call: dict[str, Any]) -> list[str]:
    return [entry["message"] for entry in call["artifact"]["messages"] if entry["role"] == "user"]


@pytest.mark.parametrize(("code", "told"), [(None, ["ended", None]), ("silent", [])])
def test_a_transport_fault_ends_at_once_without_a_ring(caller: Caller, code: str | None, told: list[Any]) -> None:
    caller.twin.script("vapi", "transport_fault", code=code)
    call_id = caller.ring_vapi().json()["id"]
    caller.step(seconds=0.25)
    call = caller.fetch_vapi(call_id)
    assert (call["status"], call["endedReason"], call["cost"]) == ("ended", NO_TRANSPORT, 0)
    caller.step(minutes=1)
    assert [message.get("status") for message in caller.messages()] == told
    assert caller.facts() == ["queued", f"not_completed:{NO_TRANSPORT}"]


def test_a_blocked_call_says_so_and_ends_for_want_of_a_line(caller: Caller) -> None:
    caller.twin.script("vapi", "concurrency_blocked")
    call = caller.ring_vapi().json()
    assert call["subscriptionLimits"]["concurrencyBlocked"] is True
    caller.step(minutes=1)
    assert caller.fetch_vapi(call["id"])["endedReason"] == NO_LINE


def test_over_concurrency_refuses_and_dials_nobody(caller: Caller) -> None:
    caller.twin.script("vapi", "over_concurrency")
    answer = caller.ring_vapi()
    assert (answer.status_code, caller.twin.ledger()) == (400, [])
    assert "Over Concurrency Limit" in answer.json()["message"]


def test_past_the_account_limit_no_telephone_rings_until_a_line_is_free(caller: Caller) -> None:
    caller.twin.add_vapi(VAPI_KEY, {NUMBER_ID: NUMBER}, concurrency_limit=1)
    caller.ring_vapi()
    for number in range(12):
        caller.ring_vapi(customer={"number": f"+135255502{number:02d}"})
    caller.step(minutes=5)
    ledger = caller.twin.ledger()
    assert ["ringing" in [fact["status"] for fact in line["facts"]] for line in ledger][1:] == [False] * (
        len(ledger) - 1
    )
    caller.ring_vapi()
    caller.step(minutes=5)
    assert caller.facts(-1)[-1] == "completed"


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("customer-busy", ["queued", "ringing"]),
        ("pipeline-error-openai-llm-failed", ["queued", "ringing", "in-progress"]),
        ("assistant-not-found", ["queued"]),
        ("a-word-of-tomorrow", ["queued", "ringing", "in-progress"]),
    ],
)
def test_a_scripted_reason_ends_the_call_as_its_word_says(caller: Caller, code: str, facts: list[str]) -> None:
    caller.twin.script("vapi", "ended_reason", code=code)
    caller.ring_vapi()
    caller.step(minutes=5)
    assert caller.facts() == [*facts, f"not_completed:{code}"]


def test_a_call_only_tells_what_it_was_asked_to_tell(caller: Caller) -> None:
    caller.ring_vapi(overrides={"serverMessages": ["end-of-call-report"]})
    caller.step(minutes=5)
    assert [message["type"] for message in caller.messages()] == ["end-of-call-report"]


def test_every_message_carries_the_headers_of_its_call(caller: Caller) -> None:
    caller.ring_vapi()
    caller.step(minutes=5)
    assert {letter.headers["x-vapi-secret"] for letter in caller.letters("/vapi")} == {HOOK_SECRET}
    assert not any("x-signature" in letter.headers for letter in caller.letters("/vapi"))


def test_a_credential_signs_timestamp_and_body(caller: Caller) -> None:
    caller.twin.add_vapi(VAPI_KEY, {NUMBER_ID: NUMBER}, webhook_secret="shared")
    caller.ring_vapi(overrides={"server": caller.server(credentialId="credential-1")})
    caller.step(minutes=5)
    for letter in caller.letters("/vapi"):
        timestamp = letter.headers["x-timestamp"]
        assert letter.headers["x-signature"] == sign("shared", timestamp, letter.body.encode())
    body = b'{"message":{"type":"status-update","status":"ended"}}'
    known = "df4b66bc835720cbfcd41b290d5deed766eb8e12fb7ca596b644daca36b5dc01"
    assert sign("test-secret", "1700000000", body) == known


def test_without_a_backoff_plan_nothing_is_posted_twice(caller: Caller) -> None:
    caller.receiver.answers[:] = [500] * 4
    caller.ring_vapi()
    caller.step(hours=1)
    assert len(caller.messages()) == 4


def test_a_backoff_plan_repeats_until_it_is_heard_with_other_links(caller: Caller) -> None:
    plan = {"type": "exponential", "maxRetries": 3, "baseDelaySeconds": 2}
    caller.receiver.answers[:] = [500, 503, 500]
    server = caller.server(backoffPlan=plan)
    caller.ring_vapi(overrides={"server": server, "serverMessages": ["end-of-call-report"]})
    caller.step(hours=1)
    postings = caller.twin.ledger()[0]["webhooks"]
    assert [posting["answer"] for posting in postings] == [500, 503, 500, 200]
    links = {message["artifact"]["presignedMonoUrl"] for message in caller.messages()}
    assert len(links) == 4


def test_an_excluded_status_ends_the_repeats(caller: Caller) -> None:
    plan = {"type": "fixed", "maxRetries": 3, "baseDelaySeconds": 1, "excludedStatusCodes": [410]}
    caller.receiver.answers[:] = [410]
    server = caller.server(backoffPlan=plan)
    caller.ring_vapi(overrides={"server": server, "serverMessages": ["end-of-call-report"]})
    caller.step(hours=1)
    assert len(caller.messages()) == 1


@pytest.mark.parametrize(("fault", "times"), [("webhook_lost", 0), ("webhook_doubled", 2), ("webhook_delayed", 1)])
def test_a_report_is_lost_doubled_or_delayed_as_scripted(caller: Caller, fault: str, times: int) -> None:
    caller.twin.script("vapi", fault, match={"status": "end-of-call-report"}, delay=600)
    caller.ring_vapi()
    caller.step(minutes=30)
    reports = [message for message in caller.messages() if message["type"] == "end-of-call-report"]
    assert len(reports) == times


@pytest.mark.parametrize(("code", "last"), [(None, "ringing"), ("all", "ended")])
def test_a_webhook_can_outrun_the_answer(caller: Caller, code: str | None, last: str) -> None:
    caller.twin.script("vapi", "webhook_early", code=code)
    caller.ring_vapi()
    statuses = [message["status"] for message in caller.messages() if message["type"] == "status-update"]
    assert statuses[-1] == last


def test_a_lagging_list_hides_a_call_that_a_lookup_by_id_shows(caller: Caller) -> None:
    caller.twin.script("vapi", "list_lag", delay=20)
    call_id = caller.ring_vapi().json()["id"]
    assert caller.vapi("GET", "/call").json() == []
    assert caller.fetch_vapi(call_id)["id"] == call_id
    caller.step(seconds=20)
    assert [call["id"] for call in caller.vapi("GET", "/call").json()] == [call_id]


def test_a_call_taken_behind_a_timeout_rings_all_the_same(caller: Caller) -> None:
    caller.twin.script("vapi", "timeout_after_accept")
    with pytest.raises(httpx.ReadTimeout):
        caller.ring_vapi(timeout=0.2)
    caller.step(minutes=5)
    assert caller.facts()[-1] == "completed"


@pytest.mark.parametrize("spoke", [True, False])
def test_a_person_who_calls_us_is_reported_to_the_number_s_own_server(caller: Caller, spoke: bool) -> None:
    caller.twin.call_us_vapi(VAPI_KEY, NUMBER_ID, PERSON, spoke=spoke)
    caller.step(minutes=5)
    report = caller.messages()[-1]
    assert (report["type"], report["call"]["type"]) == ("end-of-call-report", "inboundPhoneCall")
    assert report["call"]["customer"]["number"] == PERSON
    assert bool(users(report)) is spoke
    assert caller.letters("/vapi")[-1].headers["x-vapi-secret"] == HOOK_SECRET
    assert caller.twin.ledger() == []


@pytest.mark.parametrize("fault", ["bounced", "no_dlr"])
def test_a_fault_that_no_call_has_is_not_taken(caller: Caller, fault: str) -> None:
    with pytest.raises(ValueError, match="has no fault"):
        caller.twin.script("vapi", fault)
