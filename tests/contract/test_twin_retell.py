"""The twin's Retell takes, refuses, rings, ends and analyses calls as its SDK and documents say."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from scripts.sandbox.remote import Twin
from tests.contract.telephone import (
    AGENT,
    NUMBER,
    OTHER_NUMBER,
    PERSON,
    TOUCH,
    Caller,
    open_caller,
)
from utils.clock import FileClock

NO_LINE = "concurrency_limit_reached"


@pytest.fixture
def caller(twin: Twin, twin_clock: FileClock) -> Iterator[Caller]:
    with open_caller(twin, twin_clock) as opened:
        yield opened


def users(call: dict[str, Any]) -> list[str]:
    return [turn["content"] for turn in call.get("transcript_object", []) if turn["role"] == "user"]


def by_touch(touch: str) -> dict[str, Any]:
    return {"metadata": [{"type": "string", "op": "eq", "key": "touch", "value": touch}]}


def test_a_taken_call_is_registered_and_carries_what_was_asked(caller: Caller) -> None:
    answer = caller.ring_retell()
    shown = answer.json()
    assert (answer.status_code, shown["call_status"], shown["call_type"]) == (201, "registered", "phone_call")
    assert (shown["from_number"], shown["to_number"], shown["agent_id"]) == (NUMBER, PERSON, AGENT)
    assert shown["metadata"] == {"touch": TOUCH}


def test_the_ledger_knows_number_touch_and_words_from_the_acceptance_on(caller: Caller) -> None:
    call_id = caller.ring_retell().json()["call_id"]
    line = caller.twin.ledger("retell")[0]
    assert (line["provider_id"], line["channel"], line["to"], line["from"]) == (call_id, "voice", PERSON, NUMBER)
    assert (line["touch"], line["body"]) == (TOUCH, "Ask how it went.")
    assert line["idempotency_key"] == f"touch/{TOUCH}"


def test_an_answered_call_starts_ends_and_is_analysed(caller: Caller) -> None:
    call_id = caller.ring_retell().json()["call_id"]
    caller.step(minutes=5)
    assert [name for name, _ in caller.events()] == ["call_started", "call_ended", "call_analyzed"]
    ended, analysed = caller.events()[1][1], caller.fetch_retell(call_id)
    assert ended["disconnection_reason"] == analysed["disconnection_reason"]
    assert ("call_analysis" in ended, analysed["call_analysis"]["in_voicemail"]) == (False, False)
    assert (analysed["call_status"], users(analysed)) == ("ended", users(ended))
    assert users(ended) != []
    assert analysed["duration_ms"] == analysed["end_timestamp"] - analysed["start_timestamp"] > 0
    assert analysed["call_cost"]["combined_cost"] > 0
    assert analysed["recording_url"].startswith("https://")


def test_a_completed_call_is_proved_by_its_reason_and_by_a_poll(caller: Caller) -> None:
    call_id = caller.ring_retell().json()["call_id"]
    caller.step(minutes=5)
    reason = caller.fetch_retell(call_id)["disconnection_reason"]
    assert caller.facts() == ["registered", "ringing", "ongoing", "completed"]
    assert caller.evidence() == [f"{call_id}:{reason}", f"poll:{call_id}:{reason}"]


@pytest.mark.parametrize(
    ("persona", "reasons", "status"),
    [
        ("busy", {"dial_busy"}, "not_connected"),
        ("no_answer", {"dial_no_answer"}, "not_connected"),
        ("voicemail", {"voicemail_reached"}, "ended"),
        ("silent", {"inactivity", "agent_hangup"}, "ended"),
        ("screener", {"user_hangup", "agent_hangup"}, "ended"),
    ],
)
def test_a_call_without_a_person_who_speaks_is_not_completed(
    caller: Caller, persona: str, reasons: set[str], status: str
) -> None:
    caller.twin.person(PERSON, persona)
    call_id = caller.ring_retell().json()["call_id"]
    caller.step(minutes=5)
    call = caller.fetch_retell(call_id)
    assert call["disconnection_reason"] in reasons
    assert call["call_status"] == status
    assert caller.facts()[-1] == f"not_completed:{call['disconnection_reason']}"


def test_a_call_that_never_connected_has_no_start_event(caller: Caller) -> None:
    caller.twin.person(PERSON, "no_answer")
    call_id = caller.ring_retell().json()["call_id"]
    caller.step(minutes=5)
    assert [name for name, _ in caller.events()] == ["call_ended", "call_analyzed"]
    call = caller.fetch_retell(call_id)
    assert (call["duration_ms"], "transcript" in call) == (0, False)


@pytest.mark.parametrize("override", [None, {"agent": {"voicemail_option": None}}])
def test_without_the_option_a_voicemail_s_greeting_stands_there_as_the_user_s_words(
    caller: Caller, override: dict[str, Any] | None
) -> None:
    caller.twin.person(PERSON, "voicemail")
    call_id = caller.ring_retell(agent_override=override).json()["call_id"]
    caller.step(minutes=5)
    call = caller.fetch_retell(call_id)
    assert call["disconnection_reason"] in ("user_hangup", "agent_hangup")
    assert "voicemail" in users(call)[0]
    assert caller.facts()[-1] == f"not_completed:{call['disconnection_reason']}"


def test_who_says_stop_on_the_phone_is_in_the_list_of_opt_outs(caller: Caller) -> None:
    caller.twin.person(PERSON, "opts_out")
    call_id = caller.ring_retell().json()["call_id"]
    caller.step(minutes=5)
    assert "stop calling" in users(caller.fetch_retell(call_id))[0]
    assert [wish["to"] for wish in caller.twin.opt_outs()] == [PERSON]


def test_the_same_key_with_the_same_bytes_gets_the_first_answer_and_dials_once(caller: Caller) -> None:
    first = caller.ring_retell()
    caller.step(minutes=59)
    again = caller.ring_retell()
    assert (again.status_code, again.json()) == (201, first.json())
    assert len(caller.twin.ledger()) == 1


@pytest.mark.parametrize("change", [{"to_number": "+13525550199"}, {"metadata": {"touch": TOUCH, "more": 1}}])
def test_the_same_key_with_other_bytes_is_refused(caller: Caller, change: dict[str, Any]) -> None:
    caller.ring_retell()
    assert caller.ring_retell(**change).status_code == 422
    assert len(caller.twin.ledger()) == 1


def test_after_an_hour_a_key_dials_again(caller: Caller) -> None:
    caller.ring_retell()
    caller.step(minutes=60)
    caller.ring_retell()
    assert len(caller.twin.ledger()) == 2


def test_without_a_key_the_same_body_twice_dials_twice(caller: Caller) -> None:
    ids = {caller.ring_retell(idempotency_key=None).json()["call_id"] for _ in range(2)}
    assert len(ids) == 2


def test_a_repeat_of_a_late_request_and_the_late_request_dial_once(caller: Caller) -> None:
    caller.twin.script("retell", "late_accept", delay=12)
    with pytest.raises(httpx.ReadTimeout):
        caller.ring_retell(timeout=0.2)
    assert caller.ring_retell().status_code == 201
    caller.step(minutes=5)
    assert len(caller.twin.ledger()) == 1


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"from_number": None}, 422, "from_number is required"),
        ({"to_number": None}, 422, "to_number is required"),
        ({"to_number": "3525550100"}, 422, "E.164"),
        ({"from_number": "+14155550999"}, 400, "not one of this account"),
        ({"override_agent_id": "agent_unknown"}, 422, "no agent agent_unknown"),
        ({"retell_llm_dynamic_variables": {"prompt": "Hi", "age": 7}}, 422, "age must be a string"),
        ({"metadata": ["touch"]}, 422, "metadata has the wrong type"),
        ({"metadata": {"long": "x" * 50_000}}, 422, "50 kB"),
        ({"agent_override": {"voicemail_option": {}}}, 422, "agent_override takes"),
        ({"agent_override": {"agent": {"voicemail_option": {"action": {"type": "wait"}}}}}, 422, "voicemail_option"),
        ({"name": "touch"}, 422, "name is not a known field"),
    ],
)
def test_a_wrong_request_is_refused_and_dials_nobody(
    caller: Caller, change: dict[str, Any], status: int, word: str
) -> None:
    answer = caller.ring_retell(**change)
    assert (answer.status_code, answer.json()["status"]) == (status, "error")
    assert word in answer.json()["message"]
    assert caller.twin.ledger() == []


def test_a_wrong_key_and_a_wrong_path_are_refused(caller: Caller) -> None:
    assert caller.retell("GET", "/get-concurrency", key="stolen").status_code == 401
    assert caller.retell("POST", "/v2/list-calls", json={}).status_code == 404
    assert caller.retell("GET", "/v2/get-call/call_none").status_code == 404


def test_a_list_finds_our_call_by_its_metadata_at_once(caller: Caller) -> None:
    calls = {touch: caller.ring_retell(touch=touch).json()["call_id"] for touch in ("t1", "t2")}
    assert caller.list_retell(by_touch("t2")) == [calls["t2"]]
    assert caller.list_retell(by_touch("t3")) == []


def test_a_registered_call_has_no_start_and_no_filter_finds_it_by_one(caller: Caller) -> None:
    call_id = caller.ring_retell().json()["call_id"]
    since = {"start_timestamp": {"type": "number", "op": "ge", "value": 0}}
    assert caller.list_retell(since) == []
    caller.step(minutes=5)
    assert caller.list_retell(since) == [call_id]


def test_all_criteria_of_a_list_must_hold(caller: Caller) -> None:
    call_id = caller.ring_retell().json()["call_id"]
    caller.step(minutes=5)
    begun = caller.fetch_retell(call_id)["start_timestamp"]
    criteria = {
        "to_number": {"type": "string", "op": "eq", "value": PERSON},
        "call_status": {"type": "enum", "op": "in", "value": ["ended", "error"]},
        "start_timestamp": {"type": "range", "op": "bt", "value": [begun, begun]},
    }
    assert caller.list_retell(criteria) == [call_id]
    assert caller.list_retell(criteria | {"from_number": {"type": "string", "op": "eq", "value": OTHER_NUMBER}}) == []


@pytest.mark.parametrize(
    "criteria",
    [
        {"call_status": {"type": "enum", "op": "in", "value": ["registered"]}},
        {"to_number": {"type": "string", "op": "gt", "value": "1"}},
        {"metadata": {"type": "string", "op": "eq", "key": "touch", "value": "t"}},
        {"customer": {"type": "string", "op": "eq", "value": "t"}},
    ],
)
def test_a_criterion_that_retell_does_not_know_is_refused(caller: Caller, criteria: dict[str, Any]) -> None:
    assert caller.retell("POST", "/v3/list-calls", json={"filter_criteria": criteria}).status_code == 422


def test_a_list_goes_on_behind_its_pagination_key(caller: Caller) -> None:
    ids = []
    for number in range(5):
        ids.append(caller.ring_retell(touch=f"t{number}").json()["call_id"])
        caller.step(minutes=3)
    seen: list[str] = []
    key: dict[str, str] = {}
    for more in (True, True, False):
        asked = {"limit": 2, "sort_order": "ascending", "include_total": True} | key
        page = caller.retell("POST", "/v3/list-calls", json=asked).json()
        seen += [item["call_id"] for item in page["items"]]
        assert (page["has_more"], page["total"]) == (more, 5)
        key = {"pagination_key": page.get("pagination_key", "")}
    assert seen == ids
    assert caller.list_retell({}) == ids[::-1]
