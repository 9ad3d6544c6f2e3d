"""The twin's Vapi takes, refuses, rings, ends and reports calls as Vapi's document says."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from scripts.sandbox.remote import Twin
from tests.contract.telephone import (
    NUMBER,
    NUMBER_ID,
    PERSON,
    TOUCH,
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


def test_a_taken_call_is_queued_and_carries_what_was_asked(caller: Caller) -> None:
    answer = caller.ring_vapi()
    shown = answer.json()
    assert (answer.status_code, shown["status"], shown["type"]) == (201, "queued", "outboundPhoneCall")
    assert (shown["name"], shown["customer"]["externalId"], shown["phoneNumberId"]) == (TOUCH, TOUCH, NUMBER_ID)
    assert shown["subscriptionLimits"] == {
        "concurrencyBlocked": False,
        "concurrencyLimit": 10,
        "remainingConcurrentCalls": 10,
    }


def test_the_ledger_knows_number_touch_and_words_from_the_acceptance_on(caller: Caller) -> None:
    call_id = caller.ring_vapi().json()["id"]
    line = caller.twin.ledger("vapi")[0]
    assert (line["provider_id"], line["channel"], line["to"], line["from"]) == (call_id, "voice", PERSON, NUMBER)
    assert (line["touch"], line["body"], line["idempotency_key"]) == (TOUCH, "Ask how it went.", None)


def test_a_call_rings_is_answered_ends_and_is_reported(caller: Caller) -> None:
    call_id = caller.ring_vapi().json()["id"]
    caller.step(minutes=5)
    told = [(message["type"], message.get("status")) for message in caller.messages()]
    assert told == [
        ("status-update", "ringing"),
        ("status-update", "in-progress"),
        ("status-update", "ended"),
        ("end-of-call-report", None),
    ]
    report, call = caller.messages()[-1], caller.fetch_vapi(call_id)
    assert report["endedReason"] == call["endedReason"]
    assert (report["call"]["id"], report["call"]["name"], report["startedAt"]) == (call_id, TOUCH, call["startedAt"])
    assert users(report) == users(call) != []
    assert call["cost"] == call["costBreakdown"]["total"] > 0
    assert call["analysis"]["summary"]
    assert call["artifact"]["recordingUrl"].startswith("https://")


def test_a_completed_call_is_proved_by_its_reason_and_by_a_poll(caller: Caller) -> None:
    call_id = caller.ring_vapi().json()["id"]
    caller.step(minutes=5)
    reason = caller.fetch_vapi(call_id)["endedReason"]
    assert caller.facts() == ["queued", "ringing", "in-progress", "completed"]
    assert caller.evidence() == [f"{call_id}:{reason}", f"poll:{call_id}:{reason}"]


@pytest.mark.parametrize(
    ("persona", "reasons"),
    [
        ("busy", {"customer-busy"}),
        ("no_answer", {"customer-did-not-answer"}),
        ("voicemail", {"voicemail"}),
        ("silent", {"silence-timed-out", "assistant-ended-call"}),
        ("screener", {"customer-ended-call", "assistant-ended-call"}),
    ],
)
def test_a_call_without_a_person_who_speaks_is_not_completed(caller: Caller, persona: str, reasons: set[str]) -> None:
    caller.twin.person(PERSON, persona)
    call_id = caller.ring_vapi().json()["id"]
    caller.step(minutes=5)
    reason = caller.fetch_vapi(call_id)["endedReason"]
    assert reason in reasons
    assert caller.facts()[-1] == f"not_completed:{reason}"


@pytest.mark.parametrize("persona", ["busy", "no_answer"])
def test_a_line_that_never_opened_has_no_start_no_words_and_no_cost(caller: Caller, persona: str) -> None:
    caller.twin.person(PERSON, persona)
    call = caller.fetch_vapi(caller.ring_vapi().json()["id"])
    caller.step(minutes=5)
    call = caller.fetch_vapi(call["id"])
    assert ("startedAt" in call, call["artifact"]["messages"], call["cost"]) == (False, [], 0)
    assert [message.get("status") for message in caller.messages()] == ["ringing", "ended", None]


def test_without_detection_a_voicemail_looks_like_a_call_the_assistant_ended(caller: Caller) -> None:
    caller.twin.person(PERSON, "voicemail")
    call_id = caller.ring_vapi(overrides={"voicemailDetection": "off"}).json()["id"]
    caller.step(minutes=5)
    call = caller.fetch_vapi(call_id)
    assert (call["endedReason"], users(call)) == ("assistant-ended-call", [])
    assert caller.facts()[-1] == "not_completed:assistant-ended-call"


def test_who_says_stop_on_the_phone_is_in_the_list_of_opt_outs(caller: Caller) -> None:
    caller.twin.person(PERSON, "opts_out")
    call_id = caller.ring_vapi().json()["id"]
    caller.step(minutes=5)
    assert "stop calling" in users(caller.fetch_vapi(call_id))[0]
    assert [(wish["to"], wish["how"]) for wish in caller.twin.opt_outs()] == [(PERSON, "said on a call")]


def test_who_books_says_so_in_the_transcript(caller: Caller) -> None:
    caller.twin.person(PERSON, "books")
    call_id = caller.ring_vapi().json()["id"]
    caller.step(minutes=5)
    assert "tomorrow at ten" in caller.fetch_vapi(call_id)["artifact"]["transcript"]


def test_the_same_body_twice_dials_twice(caller: Caller) -> None:
    first, second = caller.ring_vapi().json()["id"], caller.ring_vapi().json()["id"]
    assert first != second
    assert [line["touch"] for line in caller.twin.ledger()] == [TOUCH, TOUCH]


def test_between_the_end_and_the_report_the_call_has_no_artifact(caller: Caller) -> None:
    call_id = caller.ring_vapi().json()["id"]
    while caller.fetch_vapi(call_id)["status"] != "ended":
        caller.step(seconds=1)
    assert "artifact" not in caller.fetch_vapi(call_id)
    caller.step(seconds=10)
    assert "artifact" in caller.fetch_vapi(call_id)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"metadata": {"touch": "t"}}, "property metadata should not exist"),
        ({"name": "n" * 41}, "name must be shorter"),
        ({"customer": {"number": PERSON, "externalId": "e" * 41}}, "customer.externalId must be shorter"),
        ({"customer": {"number": "3525550100"}}, "E.164"),
        ({"customer": {"number": PERSON, "phone": "1"}}, "customer.property phone should not exist"),
        ({"schedulePlan": {"latestAt": "2026-11-21T10:00:00Z"}}, "schedulePlan.earliestAt should not be empty"),
        ({"schedulePlan": {"earliestAt": "tomorrow"}}, "ISO 8601"),
        ({"overrides": {"prompt": "Hi"}}, "assistantOverrides.property prompt should not exist"),
        ({"overrides": {"serverMessages": ["call.ended"]}}, "serverMessages"),
        ({"overrides": {"voicemailDetection": {"provider": "acme"}}}, "voicemailDetection"),
        ({"overrides": {"server": {"url": "http://127.0.0.1:1", "secret": "s"}}}, "server.property secret"),
        ({"overrides": {"server": {"backoffPlan": {"type": "exponential"}}}}, "backoffPlan.maxRetries"),
    ],
)
def test_a_wrong_field_is_refused_by_a_list_that_names_it(caller: Caller, change: dict[str, Any], word: str) -> None:
    answer = caller.ring_vapi(**change)
    shown = answer.json()
    assert (answer.status_code, shown["error"], shown["statusCode"]) == (400, "Bad Request", 400)
    assert any(word in message for message in shown["message"])
    assert caller.twin.ledger() == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"assistantId": None}, "assistantId"),
        ({"phoneNumberId": None}, "phoneNumberId"),
        ({"phoneNumberId": "unknown"}, "no phone number with the id unknown"),
        ({"customer": None}, "customer"),
        ({"customer": {"externalId": "e"}}, "customer"),
    ],
)
def test_a_missing_part_is_refused_in_one_text(caller: Caller, change: dict[str, Any], word: str) -> None:
    answer = caller.ring_vapi(**change)
    assert answer.status_code == 400
    assert isinstance(answer.json()["message"], str)
    assert word in answer.json()["message"]


def test_a_wrong_key_is_refused(caller: Caller) -> None:
    answer = caller.vapi("GET", "/call", key="stolen")
    assert (answer.status_code, answer.json()["error"]) == (401, "Unauthorized")


def test_a_wrong_path_is_refused_in_the_words_of_vapi(caller: Caller) -> None:
    assert caller.vapi("GET", "/calls").json()["statusCode"] == 404


def test_the_list_is_newest_first_and_filters_by_number_and_instant(caller: Caller) -> None:
    calls = []
    for number_id in (NUMBER_ID, "second", NUMBER_ID):
        calls.append(caller.ring_vapi(phoneNumberId=number_id).json())
        caller.step(seconds=30)
    ids = [call["id"] for call in calls]

    def listed(**query: Any) -> list[str]:
        return [call["id"] for call in caller.vapi("GET", "/call", params=query).json()]

    assert listed() == ids[::-1]
    assert listed(phoneNumberId=NUMBER_ID) == [ids[2], ids[0]]
    assert listed(limit=1) == [ids[2]]
    middle = calls[1]["createdAt"]
    assert listed(createdAtGe=middle) == [ids[2], ids[1]]
    assert listed(createdAtGt=middle) == [ids[2]]
    assert listed(createdAtLe=middle) == [ids[1], ids[0]]
    assert listed(createdAtLt=middle) == [ids[0]]


def test_the_list_knows_no_filter_by_name(caller: Caller) -> None:
    assert caller.vapi("GET", "/call", params={"name": TOUCH}).status_code == 400
    assert caller.vapi("GET", "/call", params={"limit": 1001}).status_code == 400


def test_only_the_name_of_a_call_can_be_changed(caller: Caller) -> None:
    call_id = caller.ring_vapi().json()["id"]
    assert caller.vapi("PATCH", f"/call/{call_id}", json={"name": "other"}).json()["name"] == "other"
    assert caller.vapi("PATCH", f"/call/{call_id}", json={"status": "ended"}).status_code == 400
    assert caller.vapi("PATCH", "/call/none", json={"name": "other"}).status_code == 404


def test_a_phone_number_is_shown_to_its_owner(caller: Caller) -> None:
    assert caller.vapi("GET", f"/phone-number/{NUMBER_ID}").json()["number"] == NUMBER
    assert caller.vapi("GET", "/phone-number/none").status_code == 404


def test_a_call_for_later_waits_and_dials_at_its_instant(caller: Caller) -> None:
    later = (caller.clock.now() + timedelta(minutes=10)).isoformat()
    call = caller.ring_vapi(schedulePlan={"earliestAt": later}).json()
    assert call["status"] == "scheduled"
    caller.step(minutes=9)
    assert caller.messages() == []
    caller.step(minutes=5)
    assert caller.fetch_vapi(call["id"])["status"] == "ended"


def test_a_call_that_is_late_for_its_window_never_rings(caller: Caller) -> None:
    now = caller.clock.now()
    plan = {"earliestAt": now.isoformat(), "latestAt": (now + timedelta(minutes=5)).isoformat()}
    caller.twin.script("vapi", "slow_queue", delay=900)
    call_id = caller.ring_vapi(schedulePlan=plan).json()["id"]
    caller.step(minutes=20)
    assert caller.fetch_vapi(call_id)["endedReason"] == "scheduled-call-deleted"
    assert caller.facts() == ["queued", "not_completed:scheduled-call-deleted"]
