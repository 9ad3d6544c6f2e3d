"""Why and why not yet: every reason, end and state has a sentence, and only what was read as law is called law."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
import typer

from modules.contacts import Address, Contact
from modules.ids import AddressId, ClientId, ContactId, EnrollmentId, SequenceId, TouchId
from modules.labels import AddressKind, CallEnd, ChannelName, CheckAnswer, Provider, SuppressionReason, TouchState
from modules.policy import Allow, Block, Decision, Defer, GuardReason, NoConsent, find_place
from modules.policy.rules import READ_AS_LAW
from modules.policy.us_hours import RULES
from modules.preview import CALL_ENDS, CLOSED, ENDS, FINISHES, GUARDS, OUTCOMES, when
from modules.preview.explain import place_of, zone_of
from modules.preview.models import Person, Run, Sent
from modules.preview.tell import tell_run, tell_touch
from modules.preview.words import MORE, WAYS_OUT, places_said, rule_said, why_said
from modules.sequences import EntryRefusal, FinishReason, StopReason
from scripts.cli.app import build_app
from workers.candidate import place_of as armed_place

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ZONE = "America/New_York"
ID = UUID(int=1)
RUN = Run(
    id=EnrollmentId(ID),
    sequence_id=SequenceId(ID),
    sequence="recall",
    version=2,
    status="active",
    status_reason=None,
    step="mail",
    next_channel="email",
    due_at=NOW + timedelta(hours=2),
    waiting=False,
    decision=None,
    enrolled_at=NOW,
    changed_at=NOW,
)
SENT = Sent(
    id=TouchId(ID),
    sequence="recall",
    origin="step",
    step="text",
    attempt=1,
    channel=ChannelName.sms,
    provider=Provider.twilio,
    to_address="+12125550123",
    state=TouchState.expired,
    reason="unresolved",
    armed_at=NOW,
    confirmed_at=None,
    changed_at=NOW,
    evidence_id=None,
    evidence=(),
    decision={"version": 2, "consent": True},
)
PERSON = Person(
    id=ContactId(ID),
    client_id=ClientId(ID),
    client="bright-dental",
    name="Ada",
    external_ref=None,
    time_zone=None,
    fields={"zip": "37402", "state": "TN"},
    phone="+14235550123",
    email=None,
    suppressed_at=None,
    suppressed_reason=None,
)


@pytest.mark.parametrize(
    ("table", "reasons"),
    [
        (GUARDS, GuardReason),
        (ENDS, StopReason),
        (FINISHES, FinishReason),
        (CALL_ENDS, CallEnd),
        (OUTCOMES, TouchState),
    ],
)
def test_every_reason_end_and_state_has_one_sentence_of_its_own(
    table: Mapping[StrEnum, str], reasons: type[StrEnum]
) -> None:
    assert set(table) == set(reasons)
    assert all(words[0].isupper() and words.endswith(".") and "_" not in words for words in table.values())
    assert len(set(table.values())) == len(table)


def test_every_way_an_address_closes_has_its_words() -> None:
    assert set(CLOSED) == set(SuppressionReason)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_only_what_was_read_as_law_is_called_law_and_the_rest_our_own_caution(rule: object) -> None:
    one = next(known for known in RULES if known is rule)
    said = rule_said(one.name)
    assert said.startswith("The law of" if one.grade in READ_AS_LAW else "Our own caution for")


def test_a_rule_that_the_table_lost_is_named_and_not_made_up() -> None:
    assert rule_said("gone") == "The rule 'gone', which our table no longer holds."
    assert rule_said(None) == ""


def test_an_instant_is_told_in_the_persons_time_and_in_utc_with_its_day() -> None:
    assert when(NOW, ZONE) == "Mon 23 Nov 2026 23:00 America/New_York (Tue 24 Nov 04:00 UTC)"
    assert when(NOW + timedelta(hours=11), ZONE) == "Tue 24 Nov 2026 10:00 America/New_York (15:00 UTC)"
    assert when(NOW, "UTC") == "Tue 24 Nov 2026 04:00 UTC"


def test_a_number_that_tells_no_state_is_said_so_and_not_named_a_state() -> None:
    said = places_said(["America/Chicago", ZONE], ["unknown", "TN"])
    assert said == (
        "The hours were judged in America/Chicago and America/New_York, by the federal rules and those of TN; "
        "the number tells no state, so the strictest hours count."
    )


@pytest.mark.parametrize("reason", list(GuardReason))
def test_a_wait_names_its_reason_and_an_instant_only_where_one_is_known(reason: GuardReason) -> None:
    until = NOW + timedelta(hours=9)
    entry = tell_run(RUN, ZONE, NOW, Decision(Defer(until, reason), (), None))
    assert any(GUARDS[reason] in sentence for sentence in entry.sentences)
    assert (entry.next_at == until) is ("Next eligible" in entry.sentences[-1])
    assert when(until, ZONE) in entry.sentences[-1]


def test_what_will_not_leave_is_never_given_an_eligible_instant() -> None:
    entry = tell_run(RUN, ZONE, NOW, Decision(Block(GuardReason.no_consent), (), None))
    assert entry.next_at is None
    assert "this step will be skipped" in entry.sentences[0]
    free = tell_run(RUN, ZONE, NOW, Decision(Allow(), (), None))
    assert free.next_at == RUN.due_at
    assert "due now" in tell_run(replace(RUN, due_at=NOW), ZONE, NOW, Decision(Allow(), (), None)).sentences[0]


@pytest.mark.parametrize("reason", list(StopReason))
def test_an_ended_sequence_says_why_and_when(reason: StopReason) -> None:
    entry = tell_run(replace(RUN, status="stopped", status_reason=str(reason), due_at=None), ZONE, NOW)
    assert entry.sentences == (f"{ENDS[reason]} That was {when(NOW, ZONE)}.",)


def test_a_step_that_waits_for_no_hours_or_has_no_date_or_nobody_there_says_so() -> None:
    note = {"skipped": "hello", "reason": "sequence_window", "at": NOW.isoformat(), "why": "after_window"}
    said = " ".join(tell_run(replace(RUN, decision=note), ZONE, NOW).sentences)
    assert "Step 'hello' was skipped" in said
    assert "skip the step rather than wait" in said
    note = {"skipped": "hello", "reason": "no_date", "at": NOW.isoformat(), "detail": "contact.closing_on"}
    assert "waits for: contact.closing_on." in " ".join(tell_run(replace(RUN, decision=note), ZONE, NOW).sentences)
    back = (NOW + timedelta(days=9)).isoformat()
    note = {"reason": "out_of_office", "at": NOW.isoformat(), "until": back, "since": back}
    assert "they are away until then." in " ".join(tell_run(replace(RUN, decision=note), ZONE, NOW).sentences)


def test_a_branch_is_told_as_what_decides_and_an_end_by_its_goal_as_such() -> None:
    branch = tell_run(replace(RUN, next_channel="settle", step="pick"), ZONE, NOW)
    assert branch.sentences == (f"It decides at step 'pick' which way to go, {when(NOW + timedelta(hours=2), ZONE)}.",)
    met = tell_run(replace(RUN, status="finished", status_reason="goal_met", due_at=None), ZONE, NOW)
    assert met.sentences == (f"{FINISHES[FinishReason.goal_met]} That was {when(NOW, ZONE)}.",)


@pytest.mark.parametrize("state", list(TouchState))
def test_a_touch_tells_its_state_and_claims_no_proof_it_does_not_have(state: TouchState) -> None:
    entry = tell_touch(replace(SENT, state=state, reason=None), ZONE)
    assert OUTCOMES[state] in entry.sentences[-1]
    assert "Proof:" not in entry.sentences[-1]
    proven = tell_touch(replace(SENT, state=state, evidence_id="SM1:delivered", confirmed_at=NOW), ZONE)
    assert f"Proof: SM1:delivered, recorded {when(NOW, ZONE)}." in proven.sentences[-1]


@pytest.mark.parametrize("end", list(CallEnd))
def test_a_call_that_failed_says_how_it_ended(end: CallEnd) -> None:
    call = replace(SENT, channel=ChannelName.voice, state=TouchState.failed, reason=str(end))
    assert CALL_ENDS[end] in tell_touch(call, ZONE).sentences[-1]


def test_a_held_message_names_the_value_it_needs_and_a_providers_word_stands_as_given() -> None:
    assert why_said("missing_variable", "contact.pet").endswith("does not have: contact.pet.")
    assert why_said("twilio_30003") == "The reason as recorded: twilio_30003."


def test_the_place_is_the_one_by_which_a_touch_is_armed() -> None:
    contact = Contact(PERSON.id, PERSON.client_id, "Ada", None, None, PERSON.fields, False, "Bright Dental")
    address = Address(AddressId(ID), PERSON.client_id, PERSON.id, AddressKind.phone, PERSON.phone or "")
    for channel in ChannelName:
        armed = armed_place(channel, contact, address, ZONE)
        assert place_of(PERSON, channel, ZONE) == armed
    assert place_of(PERSON, ChannelName.sms, ZONE) == find_place(PERSON.phone, ("37402",), None, ("TN",))


def test_the_persons_own_clock_is_the_stated_zone_then_the_numbers_then_utc() -> None:
    assert zone_of(replace(PERSON, time_zone="Pacific/Honolulu")) == "Pacific/Honolulu"
    assert zone_of(replace(PERSON, time_zone="America", phone="+12125550123")) == ZONE
    assert zone_of(replace(PERSON, phone=None)) == "UTC"


FIXED_BY_A_COMMAND = (
    *(GuardReason.platform_suppressed, GuardReason.national_dnc, GuardReason.state_not_cleared),
    *(
        GuardReason.sender_not_registered,
        GuardReason.no_postal_address,
        GuardReason.budget,
        GuardReason.emergency_block,
    ),
)


@pytest.mark.parametrize("reason", FIXED_BY_A_COMMAND)
def test_a_reason_that_a_command_can_end_names_a_command_that_exists(reason: GuardReason) -> None:
    (named,) = re.findall(r"`scripts/omnify ([a-z -]+[a-z])", WAYS_OUT[reason])
    group: Any = typer.main.get_command(build_app())
    for verb in [one for one in named.split(" ") if not one.startswith("--")]:
        group = group.commands[verb]
    for option in re.findall(r"--[a-z-]+", WAYS_OUT[reason]):
        assert any(option in one.opts for one in group.params)
    assert why_said(str(reason)).endswith(WAYS_OUT[reason])


@pytest.mark.parametrize("why", list(NoConsent))
def test_what_is_wrong_with_a_consent_is_said_beside_that_it_does_not_hold(why: NoConsent) -> None:
    blocked = Decision(Block(GuardReason.no_consent, why=why), (), None)
    said = " ".join(tell_run(RUN, ZONE, NOW, blocked).sentences)
    assert f"{GUARDS[GuardReason.no_consent]} {MORE[GuardReason.no_consent, why]}" in said
    noted = replace(RUN, decision={"skipped": "text", "reason": "no_consent", "why": why, "at": NOW.isoformat()})
    assert MORE[GuardReason.no_consent, why] in tell_run(noted, ZONE, NOW, blocked).sentences[0]


@pytest.mark.parametrize("answer", [CheckAnswer.yes, CheckAnswer.no_data])
def test_a_number_that_may_be_somebody_elses_says_what_the_database_answered(answer: CheckAnswer) -> None:
    assert MORE[GuardReason.reassigned_number, answer] in why_said("reassigned_number", more=answer)


def test_a_state_without_a_clearance_is_named_and_a_list_that_is_missing_is_not_called_a_listing() -> None:
    assert "where the person may be: FL, TX." in why_said("state_not_cleared", more="FL, TX")
    waits = " ".join(tell_run(RUN, ZONE, NOW, Decision(Defer(NOW, GuardReason.national_dnc), (), None)).sentences)
    assert "No list that is 31 days old at most is loaded." in waits
    ends = " ".join(tell_run(RUN, ZONE, NOW, Decision(Block(GuardReason.national_dnc), (), None)).sentences)
    assert "It is on the list." in ends


@pytest.mark.parametrize(
    ("origin", "words"), [("confirmation", "the one confirmation of an opt-out"), ("help", "the answer to HELP")]
)
def test_what_code_answers_by_itself_is_told_without_a_sequence(origin: str, words: str) -> None:
    touch = replace(SENT, sequence=None, step=None, origin=origin, decision={})
    entry = tell_touch(touch, ZONE)
    assert entry.title == f"Text to +12125550123, {words}: expired"
    assert f"It is {words}: code wrote it, and nothing is offered in it." in entry.sentences
    assert "waits for no hours" in entry.sentences[2]


def test_a_consent_is_told_with_its_kind_and_version() -> None:
    agreed: dict[str, Any] = {
        "consent_event": "granted",
        "consent_at": NOW,
        "consent_source": "form",
        "consent_wording": "I agree.",
    }
    touch = replace(SENT, **agreed, consent_kind="written", consent_version="2026-1")
    said = tell_touch(touch, ZONE).sentences[1]
    assert said == f"Consent (written, version 2026-1) was given {when(NOW, ZONE)} by form: “I agree.”"


def test_steps_that_were_skipped_before_are_told_beside_the_latest_word_and_none_twice() -> None:
    first = {"skipped": "text", "reason": "no_consent", "why": "expired", "at": NOW.isoformat()}
    later = {"skipped": "call", "reason": "ai_voice_blocked_state", "at": (NOW + timedelta(hours=1)).isoformat()}
    note = {**later, "skips": [first]}
    said = tell_run(replace(RUN, decision=note), ZONE, NOW, Decision(Allow(), (), None)).sentences
    assert [one.split(" was ")[0] for one in said[:2]] == ["Step 'call'", "Step 'text'"]
    assert "has expired" in said[1]
    alone = tell_run(replace(RUN, decision={"skips": [first]}), ZONE, NOW, Decision(Allow(), (), None)).sentences
    assert "Step 'text' was skipped" in alone[0]


@pytest.mark.parametrize("why", [*EntryRefusal, "no_such_sequence"])
def test_why_tells_which_sequence_did_not_take_somebody_and_why(why: str) -> None:
    note = {"reason": "hand_over_refused", "to": "nurture", "why": why, "at": NOW.isoformat()}
    ended = replace(RUN, status="finished", status_reason="hand_over_refused", step=None, decision=note)
    said = " ".join(tell_run(ended, ZONE, NOW).sentences)
    assert "did not take the person: nurture." in said
    assert "as recorded" not in said


def test_why_names_the_sequence_that_somebody_is_about_to_enter_and_puts_nothing_off() -> None:
    note = {"reason": "hand_over", "hand_over": "nurture", "after_step": "mail", "at": NOW.isoformat()}
    between = replace(RUN, step=None, next_channel="settle", due_at=NOW, decision=note)
    assert tell_run(between, ZONE, NOW).sentences == (f"It goes on in 'nurture' {when(NOW, ZONE)}.",)
    paused = tell_run(replace(between, status="paused"), ZONE, NOW).sentences
    assert paused[0] == "It is to go on in another sequence: nurture."
