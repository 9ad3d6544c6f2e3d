"""The twin's Retell runs out of lines, tells and repeats as its documents say."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from scripts.sandbox.remote import Twin
from scripts.sandbox.retell_posting import sign
from tests.contract.telephone import (
    AGENT,
    NUMBER,
    PERSON,
    RETELL_KEY,
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


def test_concurrency_counts_calls_that_are_not_over(caller: Caller) -> None:
    caller.ring_retell()
    shown = caller.retell("GET", "/get-concurrency").json()
    assert (shown["current_concurrency"], shown["concurrency_limit"]) == (1, 20)
    caller.step(minutes=5)
    assert caller.retell("GET", "/get-concurrency").json()["current_concurrency"] == 0


def test_a_refused_call_over_the_limit_keeps_no_key_and_dials_nobody(caller: Caller) -> None:
    caller.twin.script("retell", "concurrency_limit")
    assert caller.ring_retell().status_code == 429
    assert caller.twin.ledger() == []
    assert caller.ring_retell().status_code == 201


def test_a_call_taken_over_the_limit_ends_in_error_without_a_ring(caller: Caller) -> None:
    caller.twin.script("retell", "concurrency_limit", code="ended")
    call_id = caller.ring_retell().json()["call_id"]
    caller.step(minutes=1)
    call = caller.fetch_retell(call_id)
    assert (call["call_status"], call["disconnection_reason"]) == ("error", NO_LINE)
    assert caller.facts() == ["registered", f"not_completed:{NO_LINE}"]


def test_past_the_account_limit_no_telephone_rings_until_a_line_is_free(caller: Caller) -> None:
    caller.twin.add_retell(RETELL_KEY, [NUMBER], [AGENT], concurrency_limit=1)
    caller.ring_retell()
    for number in range(8):
        caller.ring_retell(touch=f"t{number}", to_number=f"+135255502{number:02d}")
    caller.step(minutes=5)
    rang = [line for line in caller.twin.ledger() if any(fact["status"] == "ringing" for fact in line["facts"])]
    assert [line["touch"] for line in rang] == [TOUCH]
    caller.ring_retell(touch="later")
    caller.step(minutes=5)
    assert caller.facts(-1)[-1] == "completed"


@pytest.mark.parametrize(
    ("code", "status", "facts"),
    [
        ("dial_failed", "not_connected", ["registered"]),
        ("user_declined", "not_connected", ["registered", "ringing"]),
        ("error_retell", "error", ["registered", "ringing", "ongoing"]),
        ("no_valid_payment", "error", ["registered"]),
        ("a_word_of_tomorrow", "ended", ["registered", "ringing", "ongoing"]),
    ],
)
def test_a_scripted_reason_ends_the_call_as_its_word_says(
    caller: Caller, code: str, status: str, facts: list[str]
) -> None:
    caller.twin.script("retell", "ended_reason", code=code)
    call_id = caller.ring_retell().json()["call_id"]
    caller.step(minutes=5)
    assert caller.fetch_retell(call_id)["call_status"] == status
    assert caller.facts() == [*facts, f"not_completed:{code}"]


def test_every_event_is_signed_over_its_raw_body(caller: Caller) -> None:
    caller.ring_retell()
    caller.step(minutes=5)
    for letter in caller.letters("/retell"):
        signature = letter.headers["x-retell-signature"]
        instant = int(signature.removeprefix("v=").partition(",")[0])
        assert signature == sign(RETELL_KEY, letter.body.encode(), instant)
    known = "07024cabe7dd8f6d1c6e4a8324ca92c812e6ad4a7ee506c04f7e462e3321823e"
    assert sign("test-api-key", b'{"event":"call_ended"}', 1700000000000) == f"v=1700000000000,d={known}"


def test_an_event_is_posted_three_times_more_and_then_never(caller: Caller) -> None:
    caller.receiver.answers[:] = [500] * 10
    caller.ring_retell(agent_override={"agent": {"webhook_events": ["call_ended"]}})
    caller.step(hours=1)
    assert [name for name, _ in caller.events()] == ["call_ended"] * 4
    assert {letter.body for letter in caller.letters("/retell")} == {caller.letters("/retell")[0].body}


def test_an_agent_s_own_url_takes_the_place_of_the_account_s(caller: Caller) -> None:
    own = {"agent": {"webhook_url": f"{caller.receiver.url}/own"}}
    caller.ring_retell(agent_override=own)
    caller.step(minutes=5)
    assert caller.events() == []
    assert [json.loads(letter.body)["event"] for letter in caller.letters("/own")][-1] == "call_analyzed"


@pytest.mark.parametrize(("fault", "times"), [("webhook_lost", 0), ("webhook_doubled", 2), ("webhook_delayed", 1)])
def test_an_end_is_lost_doubled_or_delayed_as_scripted(caller: Caller, fault: str, times: int) -> None:
    caller.twin.script("retell", fault, match={"status": "call_ended"}, delay=600)
    caller.ring_retell()
    caller.step(minutes=30)
    assert [name for name, _ in caller.events()].count("call_ended") == times


def test_a_webhook_can_outrun_the_answer(caller: Caller) -> None:
    caller.twin.script("retell", "webhook_early", code="all")
    caller.ring_retell()
    assert [name for name, _ in caller.events()] == ["call_started", "call_ended", "call_analyzed"]


def test_a_lagging_list_hides_a_call_that_a_lookup_by_id_shows(caller: Caller) -> None:
    caller.twin.script("retell", "list_lag", delay=20)
    call_id = caller.ring_retell().json()["call_id"]
    assert caller.list_retell(by_touch(TOUCH)) == []
    assert caller.fetch_retell(call_id)["call_id"] == call_id
    caller.step(seconds=20)
    assert caller.list_retell(by_touch(TOUCH)) == [call_id]


@pytest.mark.parametrize("spoke", [True, False])
def test_a_person_who_calls_us_is_told_by_an_inbound_call(caller: Caller, spoke: bool) -> None:
    caller.twin.call_us_retell(RETELL_KEY, NUMBER, PERSON, spoke=spoke)
    caller.step(minutes=5)
    name, call = caller.events()[-1]
    assert (name, call["direction"], call["from_number"], call["to_number"]) == (
        "call_analyzed",
        "inbound",
        PERSON,
        NUMBER,
    )
    assert bool(users(call)) is spoke
    assert caller.twin.ledger() == []
