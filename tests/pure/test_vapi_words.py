"""When an AI call through Vapi counts as reached: only on proof, whatever Vapi may say, in whatever order."""

import json
import string
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from modules.channels import Fact, NotSent, Rejected, Unknown
from modules.channels.models_of_hooks import Request
from modules.channels.vapi_hooks import parse_hook
from modules.channels.vapi_reasons import ANSWERED, end_of, never_connected
from modules.channels.vapi_words import describe, micros_of, read_call, read_refusal
from modules.labels import CALL_AGAIN, CallEnd, ChannelName, TouchState
from modules.touches import advance

CLASSES: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "vapi_ended_reasons.json").read_text(encoding="utf-8")
)["classes"]
EVERY = [reason for reasons in CLASSES.values() for reason in reasons]
TOUCH = "01935f00-0000-7000-8000-000000000001"
CALL = "019a0000-0000-7000-8000-00000000c001"
BOT = {"role": "bot", "message": "Hello, this is Acme."}
USER = {"role": "user", "message": "Yes, hello."}
SAID, SILENT = [BOT, USER], [BOT]
TALKS = [*sorted(ANSWERED), "voicemail", "silence-timed-out", "manually-canceled", "new-word"]


def call(reason: str | None, turns: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    artifact = {} if turns is None else {"artifact": {"messages": turns}}
    return {"id": CALL, "status": "ended", "endedReason": reason, "name": TOUCH, **artifact, **more}


def fact(given_call: dict[str, Any], *, whole: bool = True) -> Fact:
    seen = read_call(given_call)
    assert seen is not None
    return describe(seen, "poll:" if whole else "", whole=whole)


def outcome(reason: str, turns: list[dict[str, Any]] | None) -> tuple[TouchState | None, str | None]:
    found = fact(call(reason, turns))
    return found.state, found.reason


def hook(kind: str, **message: Any) -> Fact:
    body = {"message": {"type": kind, "timestamp": 1763719272000, **message}}
    event = parse_hook(Request("https://hooks.example/", {}, {}, json.dumps(body).encode()))
    assert isinstance(event, Fact)
    return event


def test_the_list_holds_every_word_of_the_document_once() -> None:
    assert len(EVERY) == len(set(EVERY)) == 595


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_each_word_of_the_document_has_the_class_that_was_judged(name: str) -> None:
    wanted = None if name == "answered" else CallEnd(name)
    assert {reason: end_of(reason) for reason in CLASSES[name]} == dict.fromkeys(CLASSES[name], wanted)


@pytest.mark.parametrize("turns", [None, [], SILENT, SAID])
def test_no_word_outside_the_allow_list_is_ever_a_success(turns: list[dict[str, Any]] | None) -> None:
    for reason in set(EVERY) - ANSWERED:
        state, why = outcome(reason, turns)
        assert state in (TouchState.failed, TouchState.cancelled), reason
        assert why in set(CallEnd), reason


@given(reason=some.text(max_size=80), said=some.sampled_from([None, SILENT, SAID]))
def test_a_word_that_nobody_foresaw_is_never_a_success(reason: str, said: list[dict[str, Any]] | None) -> None:
    if reason not in ANSWERED:
        assert fact(call(reason, said)).state is not TouchState.completed


@given(
    start=some.sampled_from(["call.start.", "call.ringing.", "call.in-progress.", "pipeline-error-", "customer-", ""]),
    rest=some.text(alphabet=string.ascii_lowercase + ".-", max_size=40),
)
def test_a_new_word_under_a_known_prefix_calls_nobody_again_by_itself(start: str, rest: str) -> None:
    if start + rest not in EVERY:
        assert end_of(start + rest) in {CallEnd.unlisted, CallEnd.broken_off, CallEnd.uncertain} | (
            CALL_AGAIN if (start + rest) in ("call.start.error-get-org", "call.start.error-get-subscription") else set()
        )


@pytest.mark.parametrize("reason", sorted(ANSWERED))
def test_an_answered_call_is_a_success_only_when_the_callee_spoke(reason: str) -> None:
    assert outcome(reason, SAID) == (TouchState.completed, None)
    assert outcome(reason, SILENT) == (TouchState.failed, CallEnd.nobody_spoke)
    assert outcome(reason, None) == outcome(reason, []) == (None, None)


@pytest.mark.parametrize("words", ["", "   ", "\n", "...", "\x00", "—?!"])
def test_a_turn_without_a_word_in_it_is_no_speech(words: str) -> None:
    turns = [BOT, {"role": "user", "message": words}]
    assert outcome("customer-ended-call", turns) == (TouchState.failed, CallEnd.nobody_spoke)


@pytest.mark.parametrize("turn", ["hello", 7, None, {"role": "user"}, {"role": "user", "message": ["hi"]}])
def test_an_odd_turn_proves_no_speech(turn: object) -> None:
    artifact = {"messages": [BOT, turn]}
    assert fact(call("customer-ended-call", artifact=artifact)).state is TouchState.failed


def test_a_voicemail_is_none_however_much_the_machine_said() -> None:
    machine = [BOT, {"role": "user", "message": "Please leave a message after the tone."}]
    assert outcome("voicemail", machine) == (TouchState.failed, CallEnd.voicemail)
    ended = hook("status-update", status="ended", endedReason="voicemail", call=call("voicemail", machine))
    assert ended.state is None


def test_a_machine_that_was_not_detected_is_no_person_and_is_not_called_again() -> None:
    machine = {"role": "user", "message": "You have reached my voicemail. Please leave a message after the tone."}
    for reason in ANSWERED:
        assert outcome(reason, [machine, BOT]) == (TouchState.failed, CallEnd.uncertain)
    assert CallEnd.uncertain not in CALL_AGAIN


def test_a_silent_line_is_told_from_a_talk_that_fell_silent() -> None:
    assert outcome("silence-timed-out", SILENT) == (TouchState.failed, CallEnd.nobody_spoke)
    assert outcome("silence-timed-out", SAID) == (TouchState.failed, CallEnd.uncertain)
    assert outcome("silence-timed-out", None) == (TouchState.failed, CallEnd.uncertain)


def test_a_record_that_contradicts_itself_decides_nothing() -> None:
    artifact = {"messages": SILENT, "transcript": "AI: Hello.\nUser: Yes, hello."}
    assert fact(call("customer-ended-call", artifact=artifact)).state is None


def test_speech_is_seen_in_either_form_of_the_record() -> None:
    other = {"messagesOpenAIFormatted": [{"role": "assistant", "content": "Hi"}, {"role": "user", "content": "Yes"}]}
    assert fact(call("customer-ended-call", artifact=other)).state is TouchState.completed
    assert fact(call("customer-ended-call", messages=SAID)).state is TouchState.completed


def test_a_call_that_never_rang_yet_has_speech_is_not_made_again() -> None:
    state, why = outcome("customer-busy", SAID)
    assert state is TouchState.failed
    assert why not in CALL_AGAIN


def test_a_talk_that_was_cut_by_hand_is_no_cancelled_call() -> None:
    assert outcome("manually-canceled", SAID) == (TouchState.failed, CallEnd.broken_off)
    assert outcome("manually-canceled", SILENT) == (TouchState.failed, CallEnd.broken_off)
    started = fact(call("manually-canceled", startedAt="2026-11-21T09:00:00.000Z"))
    assert started.reason == CallEnd.broken_off
    assert outcome("scheduled-call-deleted", None) == (TouchState.cancelled, CallEnd.cancelled)


STATUSES = ["scheduled", "queued", "ringing", "in-progress", "forwarding", "not-found", "deletion-failed", "new-word"]


@pytest.mark.parametrize("status", STATUSES)
def test_a_call_that_has_not_ended_proves_acceptance_alone(status: str) -> None:
    going = call("customer-ended-call", SAID, status=status)
    assert (fact(going).state, fact(going).provider_status) == (None, status)
    told = hook("status-update", status=status, call=going)
    assert (told.state, told.evidence_id) == (None, f"{CALL}:{status}")


def test_an_end_without_a_word_why_decides_nothing() -> None:
    assert fact(call(None, SAID)).state is None
    assert fact({"id": CALL}).state is None


@pytest.mark.parametrize("reason", EVERY[::7])
def test_a_status_update_settles_only_what_never_connected(reason: str) -> None:
    told = hook("status-update", status="ended", endedReason=reason, call=call(reason, SAID))
    assert (told.state is not None) == never_connected(reason)
    assert told.state is not TouchState.completed


@pytest.mark.parametrize(
    ("reason", "turns"),
    [
        *((reason, turns) for reason in TALKS for turns in (None, SILENT, SAID)),
        *((reason, turns) for reason in ("customer-busy", "call.start.new") for turns in (None, SILENT)),
    ],
)
def test_the_order_in_which_words_come_changes_nothing(reason: str, turns: list[dict[str, Any]] | None) -> None:
    quiet = call(None, status="queued")
    told = [
        hook("status-update", status="ringing", call=quiet),
        hook("status-update", status="ended", endedReason=reason, call=quiet),
        hook("end-of-call-report", endedReason=reason, call=quiet, artifact={"messages": turns}),
        fact(call(reason, turns)),
    ]
    ends = {after_all(order) for order in permutations(told)}
    assert len(ends) == 1


def after_all(facts: tuple[Fact, ...]) -> tuple[TouchState, str | None]:
    state, why = TouchState.sending, None
    for one in facts:
        after = advance(state, one.state or TouchState.accepted, ChannelName.voice)
        state, why = (after, one.reason) if after else (state, why)
    return state, why


def test_evidence_has_one_name_for_the_webhook_and_one_for_the_poll() -> None:
    report = hook("end-of-call-report", endedReason="customer-ended-call", call=call(None, SAID, status="in-progress"))
    assert (report.state, report.evidence_id) == (TouchState.completed, f"{CALL}:customer-ended-call")
    assert fact(call("customer-ended-call", SAID)).evidence_id == f"poll:{CALL}:customer-ended-call"
    waiting = hook("status-update", status="ended", endedReason="customer-ended-call", call=call(None))
    assert (waiting.state, waiting.evidence_id) == (None, report.evidence_id)


@pytest.mark.parametrize(
    ("cost", "micros"),
    [(0, 0), (0.11, 110000), (1, 1000000), ("0.11", None), (True, None), (-1, None), (float("nan"), None), (1e9, None)],
)
def test_what_a_call_cost_is_read_exactly_or_not_at_all(cost: object, micros: int | None) -> None:
    assert micros_of(cost) == micros


def test_what_was_said_comes_without_a_public_link() -> None:
    artifact = {"messages": SAID, "transcript": "AI: Hello.\nUser: Yes.", "presignedMonoUrl": "https://x.example/s?k=1"}
    found = fact(call("customer-ended-call", artifact=artifact, analysis={"summary": "They agreed."}, cost=0.25))
    assert found.call is not None
    assert (found.call.recording, found.call.summary) == (f"/call/{CALL}/mono-recording", "They agreed.")
    assert "https" not in repr(found)
    assert (found.cost_micros, found.cost_currency) == (250000, "USD")


@pytest.mark.parametrize(
    ("status", "message", "answer"),
    [
        (400, "Over Concurrency Limit", NotSent("capacity")),
        (400, ["Over Concurrency Limit."], NotSent("capacity")),
        (
            400,
            "Couldn't Start Call. Numbers Bought On Vapi Have A Daily Outbound Call Limit.",
            Rejected(False, "daily_limit", "vapi_daily_limit"),
        ),
        (400, "Wallet balance is too low.", Rejected(False, "billing", "vapi_billing")),
        (400, ["phoneNumberId must be a UUID"], Rejected(False, "resources", "vapi_resources")),
        (
            400,
            ["customer.number must be a valid phone number in the E.164 format."],
            Rejected(True, "validation", "vapi_validation"),
        ),
        (400, None, Rejected(False, "http_400", "vapi_http_400")),
        (401, "Invalid Key.", Rejected(False, "http_401", "vapi_http_401")),
        (402, "Payment required", Rejected(False, "http_402", "vapi_http_402")),
        (403, "Forbidden", Rejected(False, "http_403", "vapi_http_403")),
        (404, "Not found", Rejected(False, "http_404", "vapi_http_404")),
        (409, "Conflict", Unknown("http_409")),
    ],
)
def test_a_refusal_is_about_the_call_or_the_account_or_the_moment(
    status: int, message: object, answer: NotSent | Rejected | Unknown
) -> None:
    assert read_refusal(status, {"message": message, "statusCode": status}) == answer


@given(
    some.recursive(
        some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
        lambda inner: (
            some.lists(inner, max_size=4)
            | some.dictionaries(
                some.sampled_from(
                    [
                        "message",
                        "type",
                        "call",
                        "id",
                        "status",
                        "endedReason",
                        "artifact",
                        "messages",
                        "role",
                        "customer",
                    ]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=25,
    )
)
def test_no_body_whatever_breaks_the_reading_or_proves_a_success(body: Any) -> None:
    event = parse_hook(Request("https://hooks.example/", {}, {}, json.dumps(body).encode()))
    assert getattr(event, "state", None) is not TouchState.completed
    if isinstance(body, dict):
        read_call(body)
