"""When an AI call through Retell counts as reached: only on proof, whatever Retell may say."""

import json
import string
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from modules.channels import Fact
from modules.channels.models_of_hooks import Request
from modules.channels.retell_hooks import parse_hook
from modules.channels.retell_reasons import ANSWERED, end_of, never_connected
from modules.channels.retell_words import describe, read_call
from modules.labels import CALL_AGAIN, CallEnd, SuppressionReason, TouchState

CLASSES: dict[str, list[str]] = json.loads((Path(__file__).parent / "retell_reasons.json").read_text(encoding="utf-8"))[
    "classes"
]
EVERY = [reason for reasons in CLASSES.values() for reason in reasons]
TOUCH = "01935f00-0000-7000-8000-000000000001"
CALL = "call_0123456789abcdef0123456789abcdef"
AGENT = {"role": "agent", "content": "Hello, this is Acme."}
USER = {"role": "user", "content": "Yes, hello."}
GREETING = {"role": "user", "content": "Please leave a message after the tone."}
SAID, SILENT = [AGENT, USER], [AGENT]
ENDINGS = ["ended", "not_connected", "error"]
VOICEMAIL = {"in_voicemail": True, "call_summary": "A machine answered."}


def call(reason: str | None, turns: object = None, status: Any = "ended", **more: Any) -> dict[str, Any]:
    usual = {
        "call_id": CALL,
        "call_type": "phone_call",
        "direction": "outbound",
        "call_status": status,
        "disconnection_reason": reason,
        "metadata": {"touch": TOUCH},
    }
    return usual | ({} if turns is None else {"transcript_object": turns}) | more


def fact(given_call: dict[str, Any], *, whole: bool = True) -> Fact:
    seen = read_call(given_call)
    assert seen is not None
    return describe(seen, "poll:", whole=whole)


def outcome(given_call: dict[str, Any], *, whole: bool = True) -> tuple[TouchState | None, str | None]:
    found = fact(given_call, whole=whole)
    return found.state, found.reason


def hook(event: str, **given_call: Any) -> Fact:
    body = {"event": event, "call": given_call}
    found = parse_hook(Request("https://hooks.example/", {}, {}, json.dumps(body).encode()))
    assert isinstance(found, Fact)
    return found


def test_the_list_holds_every_word_of_the_kit_once() -> None:
    assert len(EVERY) == len(set(EVERY)) == 39


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_each_word_has_the_class_that_was_judged(name: str) -> None:
    wanted = None if name == "answered" else CallEnd(name)
    assert {reason: end_of(reason) for reason in CLASSES[name]} == dict.fromkeys(CLASSES[name], wanted)


@pytest.mark.parametrize("reason", ["machine_detected", "error_twilio", "error_inbound_webhook"])
def test_a_retired_word_is_still_understood(reason: str) -> None:
    assert end_of(reason) is not CallEnd.unlisted


@pytest.mark.parametrize("status", ENDINGS)
@pytest.mark.parametrize("turns", [None, [], SILENT, SAID])
def test_no_word_outside_the_allow_list_is_ever_a_success(turns: object, status: str) -> None:
    for reason in {*EVERY, "machine_detected", "a_new_word"} - ANSWERED:
        state, why = outcome(call(reason, turns, status))
        assert state in (TouchState.failed, TouchState.cancelled), reason
        assert why in set(CallEnd), reason


@given(
    reason=some.text(max_size=80),
    said=some.sampled_from([None, SILENT, SAID]),
    status=some.sampled_from([*ENDINGS, "ongoing", "registered"]),
    whole=some.booleans(),
)
def test_a_word_that_nobody_foresaw_is_never_a_success(reason: str, said: object, status: str, whole: bool) -> None:
    if reason not in ANSWERED:
        assert fact(call(reason, said, status), whole=whole).state is not TouchState.completed


@given(
    start=some.sampled_from(["error_", "dial_", "user_", "agent_", "transfer_", ""]),
    rest=some.text(alphabet=string.ascii_lowercase + "_", max_size=40),
)
def test_a_new_word_calls_nobody_again_by_itself(start: str, rest: str) -> None:
    if start + rest not in EVERY:
        assert end_of(start + rest) in {CallEnd.unlisted, CallEnd.broken_off}


@pytest.mark.parametrize("reason", sorted(ANSWERED))
def test_an_answered_call_is_a_success_only_when_the_callee_spoke(reason: str) -> None:
    assert outcome(call(reason, SAID)) == (TouchState.completed, None)
    assert outcome(call(reason, SILENT)) == (TouchState.failed, CallEnd.nobody_spoke)
    assert outcome(call(reason)) == outcome(call(reason, [])) == (None, None)


@pytest.mark.parametrize("status", ["not_connected", "error"])
def test_an_answered_word_on_a_call_that_did_not_end_well_is_no_success(status: str) -> None:
    assert outcome(call("user_hangup", SAID, status)) == (TouchState.failed, CallEnd.uncertain)


@pytest.mark.parametrize("status", ["registered", "ongoing", "a_new_status", None])
def test_a_call_that_is_not_over_proves_acceptance_alone(status: Any) -> None:
    going = call("user_hangup", SAID, status)
    assert (fact(going).state, fact(going).call) == (None, None)
    assert hook("call_started", **going).state is None


def test_the_voicemail_trap_closes_on_retells_own_word() -> None:
    """An undetected machine: answered, a greeting in the user's place, and only the analysis knows."""
    trapped = [GREETING, AGENT]
    for reason in ANSWERED:
        seen = outcome(call(reason, trapped, call_analysis=VOICEMAIL))
        assert seen == (TouchState.failed, CallEnd.voicemail), reason
    told = hook("call_analyzed", **call("agent_hangup", trapped, call_analysis=VOICEMAIL))
    assert (told.state, told.reason) == (TouchState.failed, CallEnd.voicemail)
    assert outcome(call("inactivity", trapped, call_analysis=VOICEMAIL)) == (TouchState.failed, CallEnd.voicemail)


@pytest.mark.parametrize("words", ["Please leave a message after the tone.", "Say your name and why you are calling."])
def test_what_only_a_machine_says_proves_no_person_though_retell_takes_it_for_one(words: str) -> None:
    """The end comes before the analysis, and no analysis knows a telephone that screens calls."""
    machine = [{"role": "user", "content": words}, AGENT]
    for opinion in (None, {"in_voicemail": False, "call_successful": True}):
        seen = outcome(call("agent_hangup", machine, call_analysis=opinion))
        assert seen == (TouchState.failed, CallEnd.uncertain)
    assert outcome(call("agent_hangup", [*machine, USER])) == (TouchState.completed, None)


def test_a_machine_in_one_form_of_the_record_outweighs_a_person_in_another() -> None:
    both = call("user_hangup", SAID) | {"transcript_with_tool_calls": [AGENT, GREETING]}
    assert outcome(both) == (TouchState.failed, CallEnd.uncertain)


def test_a_voicemail_that_was_detected_is_none_however_much_the_machine_said() -> None:
    assert outcome(call("voicemail_reached", [GREETING])) == (TouchState.failed, CallEnd.voicemail)


@pytest.mark.parametrize("word", [False, None, "true", 1, {}])
def test_only_a_plain_yes_makes_it_a_voicemail(word: object) -> None:
    assert outcome(call("user_hangup", SAID, call_analysis={"in_voicemail": word})) == (TouchState.completed, None)


@pytest.mark.parametrize("opinion", [{"call_successful": True}, {"call_successful": False}, {}, None, "good"])
def test_a_models_opinion_of_success_changes_nothing(opinion: object) -> None:
    assert outcome(call("user_hangup", SAID, call_analysis=opinion)) == (TouchState.completed, None)
    assert outcome(call("user_hangup", SILENT, call_analysis=opinion)) == (TouchState.failed, CallEnd.nobody_spoke)


@pytest.mark.parametrize("words", ["", "   ", "\n", "...", "\x00", "—?!"])
def test_a_turn_without_a_word_in_it_is_no_speech(words: str) -> None:
    turns = [AGENT, {"role": "user", "content": words}]
    assert outcome(call("user_hangup", turns)) == (TouchState.failed, CallEnd.nobody_spoke)


@pytest.mark.parametrize(
    "turn",
    [
        "hello",
        7,
        None,
        {"role": "user"},
        {"role": "user", "content": ["hi"]},
        {"role": "transfer_target", "content": "x"},
    ],
)
def test_an_odd_turn_or_a_colleague_proves_no_speech(turn: object) -> None:
    assert fact(call("user_hangup", [AGENT, turn])).state is TouchState.failed


def test_speech_is_seen_in_every_form_of_the_record() -> None:
    for name in ("transcript_with_tool_calls", "scrubbed_transcript_with_tool_calls"):
        tools = [AGENT, {"role": "tool_call_invocation", "name": "book"}, USER]
        found = fact(call("user_hangup") | {name: tools})
        assert found.state is TouchState.completed
        assert found.call is not None
        assert found.call.transcript == "Agent: Hello, this is Acme.\nUser: Yes, hello."


def test_a_record_that_contradicts_itself_or_is_text_alone_decides_nothing() -> None:
    text = "Agent: Hello.\nUser: Yes, hello.\n"
    assert fact(call("user_hangup", SILENT, transcript=text)).state is None
    assert fact(call("user_hangup", None, transcript=text)).state is None


def test_a_silent_line_is_told_from_a_talk_that_fell_silent() -> None:
    assert outcome(call("inactivity", SILENT)) == (TouchState.failed, CallEnd.nobody_spoke)
    assert outcome(call("inactivity", SAID)) == (TouchState.failed, CallEnd.uncertain)
    assert outcome(call("inactivity")) == (TouchState.failed, CallEnd.uncertain)


@pytest.mark.parametrize("reason", [reason for reason in EVERY if never_connected(reason)])
def test_a_call_that_never_rang_yet_was_heard_is_not_made_again(reason: str) -> None:
    for odd in (call(reason, SAID, "error"), call(reason, SILENT, "not_connected"), call(reason, None, "ended")):
        state, why = outcome(odd)
        assert state is TouchState.failed
        assert why not in CALL_AGAIN


def test_a_talk_that_was_cut_by_hand_is_no_cancelled_call() -> None:
    assert outcome(call("manual_stopped", SILENT)) == (TouchState.failed, CallEnd.broken_off)
    assert outcome(call("manual_stopped", None, "ended")) == (TouchState.failed, CallEnd.broken_off)
    assert outcome(call("manual_stopped", None, "not_connected")) == (TouchState.cancelled, CallEnd.cancelled)


def test_who_asks_on_the_call_for_no_more_calls_gets_none() -> None:
    for status in ENDINGS:
        found = fact(call("user_requested_dnc", SAID, status))
        assert found.suppress is SuppressionReason.opted_out
        assert found.reason not in CALL_AGAIN
    assert fact(call("user_hangup", SAID)).suppress is None


@pytest.mark.parametrize("reason", EVERY)
def test_a_list_that_tells_no_words_settles_only_what_never_connected(reason: str) -> None:
    state, _ = outcome(call(reason, None, "not_connected"), whole=False)
    assert (state is not None) == never_connected(reason)
    assert fact(call(reason), whole=False).call is None


def test_an_end_without_a_word_why_decides_nothing() -> None:
    assert fact(call(None, SAID)).state is None
    assert fact({"call_id": CALL}).state is None


def test_evidence_has_one_name_for_the_webhooks_and_one_for_the_poll() -> None:
    ended = hook("call_ended", **call("user_hangup", SAID))
    analyzed = hook("call_analyzed", **call("user_hangup", SAID, call_analysis={"call_summary": "They agreed."}))
    assert (ended.state, ended.evidence_id) == (TouchState.completed, f"{CALL}:user_hangup")
    assert (analyzed.state, analyzed.evidence_id) == (ended.state, ended.evidence_id)
    assert ended.call is not None
    assert analyzed.call is not None
    assert (ended.call.summary, analyzed.call.summary) == (None, "They agreed.")
    assert fact(call("user_hangup", SAID)).evidence_id == f"poll:{CALL}:user_hangup"
    waiting = hook("call_ended", **call("user_hangup"))
    assert (waiting.state, waiting.provider_status) == (None, "user_hangup")


def test_what_was_said_comes_without_a_public_link() -> None:
    urls = {"recording_url": "https://x.example/r.wav", "public_log_url": "https://x.example/l.log"}
    cost = {"combined_cost": 12.345}
    times = {"start_timestamp": 1795251672000, "end_timestamp": 1795251732500}
    found = fact(call("user_hangup", SAID, transcript="Agent: Hi\nUser: Yes\n", call_cost=cost) | urls | times)
    assert found.call is not None
    assert found.call.recording == f"/v2/get-call/{CALL}"
    assert found.call.transcript == "Agent: Hi\nUser: Yes\n"
    assert found.call.started_at is not None
    assert found.at == found.call.ended_at
    assert "https" not in repr(found)
    assert (found.cost_micros, found.cost_currency) == (123450, "USD")


NAMES = (
    "event call call_id call_status direction disconnection_reason transcript_object role content metadata from_number"
)


@given(
    some.recursive(
        some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
        lambda inner: (
            some.lists(inner, max_size=4) | some.dictionaries(some.sampled_from(NAMES.split()), inner, max_size=6)
        ),
        max_leaves=25,
    )
)
def test_no_body_whatever_breaks_the_reading_or_proves_a_success(body: Any) -> None:
    event = parse_hook(Request("https://hooks.example/", {}, {}, json.dumps(body).encode()))
    assert getattr(event, "state", None) is not TouchState.completed
    if isinstance(body, dict):
        read_call(body)
