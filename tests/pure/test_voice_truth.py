"""What is true of every AI call, whichever provider makes it: one table of sentences over both voice adapters."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from modules.channels import CHANNELS, Channel, Fact, HookKind, Request, channel_for, retell_reasons, vapi_reasons
from modules.channels.retell_calls import polled as polled_retell
from modules.channels.vapi_calls import polled as polled_vapi
from modules.labels import CALL_AGAIN, CallEnd, ChannelName, Provider, TouchState
from modules.touches import advance

TOUCH = "01935f00-0000-7000-8000-000000000001"
CALL = "call_0123456789abcdef"
AGENT, PERSON, SILENCE = ("agent", "Hello, this is Acme."), ("user", "Yes, hello."), ("user", " … ")
GREETING = ("user", "You have reached my voicemail. Please leave a message after the tone.")
SCREENING = ("user", "Please say your name and why you are calling.")
SCREENED = ("user", "This person is not available to take your call.")
Turns = Sequence[tuple[str, str]] | None


@dataclass(frozen=True)
class Voice:
    """One provider's way to say the same things."""

    provider: Provider
    answered: frozenset[str]
    words: Mapping[CallEnd, str]
    """A word of this provider for each kind of end."""
    call: Callable[[str, Turns], dict[str, Any]]
    """A call that is over, for this reason, with this talk on record."""
    hooks: Callable[[dict[str, Any]], list[bytes]]
    """The webhooks of its end, in order; the last one tells all."""
    going: Sequence[str]
    poll: Callable[[dict[str, Any]], Fact | None]

    @property
    def channel(self) -> Channel:
        return channel_for(self.provider, ChannelName.voice)

    def parse(self, body: bytes) -> Fact:
        event = self.channel.parse(HookKind.status, Request("https://hooks.example/", {}, {}, body))
        assert isinstance(event, Fact)
        return event

    def facts(self, reason: str, turns: Turns) -> list[Fact]:
        """All that is ever told of this end: by webhooks and by a poll."""
        call = self.call(reason, turns)
        polled = self.poll(call)
        assert polled is not None
        return [*map(self.parse, self.hooks(call)), polled]

    def end(self, reason: str, turns: Turns) -> Fact:
        """What the poll, which is asked when all else is silent, makes of it."""
        return self.facts(reason, turns)[-1]

    def still(self, status: str) -> Fact:
        """A call of which everything speaks for success but its own status."""
        call = self.call(min(self.answered), [AGENT, PERSON])
        name = "status" if self.provider is Provider.vapi else "call_status"
        fact = self.poll(call | {name: status})
        assert fact is not None
        return fact


def vapi_call(reason: str, turns: Turns) -> dict[str, Any]:
    said = [{"role": "bot" if role == "agent" else role, "message": words} for role, words in turns or ()]
    return {
        "id": CALL,
        "type": "outboundPhoneCall",
        "status": "ended",
        "endedReason": reason,
        "name": TOUCH,
        "customer": {"number": "+14155550100", "externalId": TOUCH},
    } | ({} if turns is None else {"artifact": {"messages": said}})


def vapi_hooks(call: dict[str, Any]) -> list[bytes]:
    usual = {"endedReason": call["endedReason"], "timestamp": 1795251660000}
    quiet = {name: value for name, value in call.items() if name not in ("artifact", "endedReason")}
    report = usual | {"type": "end-of-call-report", "artifact": call.get("artifact", {})}
    said = [
        {"type": "status-update", "status": "in-progress", "call": quiet | {"status": "in-progress"}},
        usual | {"type": "status-update", "status": "ended", "call": quiet},
        report | {"call": quiet},
    ]
    return [json.dumps({"message": message}).encode() for message in said]


def retell_call(reason: str, turns: Turns) -> dict[str, Any]:
    status = "not_connected" if retell_reasons.never_connected(reason) or reason == "manual_stopped" else "ended"
    said = [{"role": role, "content": words} for role, words in turns or ()]
    return {
        "call_id": CALL,
        "call_type": "phone_call",
        "direction": "outbound",
        "call_status": status,
        "disconnection_reason": reason,
        "metadata": {"touch": TOUCH},
    } | ({} if turns is None else {"transcript_object": said})


def retell_hooks(call: dict[str, Any]) -> list[bytes]:
    begun = {name: one for name, one in call.items() if name not in ("transcript_object", "disconnection_reason")}
    analyzed = call | {"call_analysis": {"in_voicemail": False, "call_summary": "They talked."}}
    said = [("call_started", begun | {"call_status": "ongoing"}), ("call_ended", call), ("call_analyzed", analyzed)]
    return [json.dumps({"event": event, "call": one}).encode() for event, one in said]


VOICES = (
    Voice(
        provider=Provider.vapi,
        answered=vapi_reasons.ANSWERED,
        words={
            CallEnd.no_answer: "customer-did-not-answer",
            CallEnd.busy: "customer-busy",
            CallEnd.voicemail: "voicemail",
            CallEnd.nobody_spoke: "customer-ended-call",
            CallEnd.invalid_number: "twilio-reported-customer-misdialed",
            CallEnd.transport_fault: "call.start.error-get-transport",
            CallEnd.capacity: "call.start.error-subscription-concurrency-limit-reached",
            CallEnd.misconfigured: "call.start.error-get-assistant",
            CallEnd.broken_off: "worker-shutdown",
            CallEnd.uncertain: "call.forwarding.no-answer",
            CallEnd.cancelled: "manually-canceled",
            CallEnd.unlisted: "a-word-of-next-year",
        },
        call=vapi_call,
        hooks=vapi_hooks,
        going=("scheduled", "queued", "ringing", "in-progress", "forwarding", "a-new-status"),
        poll=polled_vapi,
    ),
    Voice(
        provider=Provider.retell,
        answered=retell_reasons.ANSWERED,
        words={
            CallEnd.no_answer: "dial_no_answer",
            CallEnd.busy: "dial_busy",
            CallEnd.voicemail: "voicemail_reached",
            CallEnd.nobody_spoke: "user_hangup",
            CallEnd.invalid_number: "invalid_destination",
            CallEnd.transport_fault: "dial_failed",
            CallEnd.capacity: "concurrency_limit_reached",
            CallEnd.misconfigured: "no_valid_payment",
            CallEnd.broken_off: "error_retell",
            CallEnd.uncertain: "ivr_reached",
            CallEnd.cancelled: "manual_stopped",
            CallEnd.unlisted: "a_word_of_next_year",
        },
        call=retell_call,
        hooks=retell_hooks,
        going=("registered", "ongoing", "a_new_status"),
        poll=lambda call: polled_retell(call, whole=True),
    ),
)
NEVER_RANG = {
    voice.provider: {
        voice.words[end]
        for end in (
            *(CallEnd.no_answer, CallEnd.busy, CallEnd.invalid_number),
            *(CallEnd.transport_fault, CallEnd.capacity, CallEnd.misconfigured),
        )
    }
    for voice in VOICES
}
every = pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.provider)
TALKS: dict[str, Turns] = {
    "a person": [AGENT, PERSON],
    "nobody": [AGENT],
    "a blank": [AGENT, SILENCE],
    "a greeting": [GREETING, AGENT],
    "a screening": [SCREENING, AGENT, SCREENED],
    "no record": None,
}


def test_every_voice_adapter_is_in_this_table() -> None:
    assert {(one.provider, ChannelName.voice) for one in VOICES} == {
        pair for pair in CHANNELS if pair[1] is ChannelName.voice
    }
    assert all(set(one.words) == set(CallEnd) for one in VOICES)


@every
def test_a_call_counts_only_when_a_person_spoke(voice: Voice) -> None:
    for reason in voice.answered:
        counted = {name for name, turns in TALKS.items() if voice.end(reason, turns).state is TouchState.completed}
        assert counted == {"a person"}, reason


@every
def test_a_call_that_was_answered_in_silence_reached_nobody(voice: Voice) -> None:
    for reason in voice.answered:
        for talk in ("nobody", "a blank"):
            fact = voice.end(reason, TALKS[talk])
            assert (fact.state, fact.reason) == (TouchState.failed, CallEnd.nobody_spoke), reason


@every
def test_a_machine_that_was_taken_for_a_person_is_none_and_is_not_called_again_at_once(voice: Voice) -> None:
    for reason in voice.answered:
        for talk in ("a greeting", "a screening"):
            fact = voice.end(reason, TALKS[talk])
            assert (fact.state, fact.reason in CALL_AGAIN) == (TouchState.failed, False), reason


@every
def test_a_person_who_comes_on_the_line_behind_a_screening_counts(voice: Voice) -> None:
    for reason in voice.answered:
        assert voice.end(reason, [SCREENING, AGENT, PERSON]).state is TouchState.completed


@every
def test_an_answered_call_of_which_nothing_was_written_down_decides_nothing(voice: Voice) -> None:
    for reason in voice.answered:
        assert {fact.state for fact in voice.facts(reason, None)} == {None}


@every
@pytest.mark.parametrize("end", CallEnd)
def test_each_kind_of_end_is_told_as_what_it_is_and_is_no_success(voice: Voice, end: CallEnd) -> None:
    turns = TALKS["nobody"] if end is CallEnd.nobody_spoke else None
    fact = voice.end(voice.words[end], turns)
    wanted = TouchState.cancelled if end is CallEnd.cancelled else TouchState.failed
    assert (fact.state, fact.reason, fact.provider_status) == (wanted, end, voice.words[end])


@every
@given(reason=some.text(max_size=60), talk=some.sampled_from(sorted(TALKS)))
def test_no_word_that_is_not_on_the_list_makes_a_success(voice: Voice, reason: str, talk: str) -> None:
    if reason not in voice.answered:
        assert TouchState.completed not in {fact.state for fact in voice.facts(reason, TALKS[talk])}


@every
@given(rest=some.text(max_size=60), talk=some.sampled_from(sorted(TALKS)))
def test_after_a_word_that_nobody_knows_nobody_is_called_again_by_itself(voice: Voice, rest: str, talk: str) -> None:
    assert voice.end(f"new {rest}", TALKS[talk]).reason not in CALL_AGAIN


@every
def test_who_was_heard_is_never_called_again_by_itself(voice: Voice) -> None:
    for end in set(CallEnd) - {CallEnd.nobody_spoke, CallEnd.voicemail}:
        fact = voice.end(voice.words[end], TALKS["a person"])
        assert fact.state is TouchState.failed, end
        assert fact.reason not in CALL_AGAIN, end


@every
def test_a_call_that_goes_on_proves_that_it_was_accepted_and_nothing_more(voice: Voice) -> None:
    for status in voice.going:
        fact = voice.still(status)
        assert (fact.state, fact.reason, fact.provider_status) == (None, None, status)


@every
@pytest.mark.parametrize("talk", TALKS)
def test_the_order_and_number_of_what_is_told_changes_nothing(voice: Voice, talk: str) -> None:
    for reason in (*sorted(voice.answered), *voice.words.values()):
        if talk == "a person" and reason in NEVER_RANG[voice.provider]:
            continue  # a talk on a line that was never open: told in parts, it contradicts itself
        told = voice.facts(reason, TALKS[talk])
        ends = {after_all([*order, *order]) for order in permutations(told)}
        assert len(ends) == 1, reason


def after_all(facts: Sequence[Fact]) -> tuple[TouchState, str | None]:
    state, why = TouchState.sending, None
    for one in facts:
        after = advance(state, one.state or TouchState.accepted, ChannelName.voice)
        state, why = (after, one.reason) if after else (state, why)
    return state, why


@every
def test_every_end_has_evidence_and_names_the_touch(voice: Voice) -> None:
    for reason in (*voice.answered, *voice.words.values()):
        *told, polled = voice.facts(reason, TALKS["nobody"])
        assert {fact.evidence_id for fact in told if fact.state} <= {f"{CALL}:{reason}"}
        assert polled.evidence_id == f"poll:{CALL}:{reason}"
        assert {str(fact.reference) for fact in [*told, polled]} == {TOUCH}
        assert {fact.provider_id for fact in [*told, polled]} == {CALL}


@every
def test_what_was_said_is_kept_with_the_end(voice: Voice) -> None:
    for reason in voice.answered:
        ends = [fact for fact in voice.facts(reason, TALKS["a person"]) if fact.state]
        assert ends
        assert all(fact.call is not None for fact in ends)
