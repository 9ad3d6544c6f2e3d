"""What follows a call: another number, another time, or never again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from modules.labels import CALL_AGAIN, CallEnd, ChannelName, TouchState, WaitsFor
from modules.sequences import Finish, Move, Snapshot, settle
from modules.sequences.decide import SEND_AGAIN
from modules.sequences.models import Follow, Next
from modules.sequences.models_of_runs import LastTouch
from tests.pure.touches import END, NOW, definition, last, snapshot, step

T = TouchState
RETRY = Follow(Next.retry, None, 2, timedelta(hours=4))
FLOW = definition(
    step("call", channel=ChannelName.voice, waits_for=WaitsFor.ended, on_failure=RETRY),
    step("text", on_success=END),
)
CALL, TEXT = FLOW.steps


def ended(reason: CallEnd | str, *, state: TouchState = T.failed, spare: int = 0, attempt: int = 1) -> LastTouch:
    return replace(last(state, key="call", attempt=attempt), reason=str(reason), spare_senders=spare)


def waiting_for(call: LastTouch) -> Snapshot:
    return snapshot("call", last_touch=call, waiting=True)


def test_a_number_that_could_not_dial_gives_way_to_the_second_at_once() -> None:
    assert settle(waiting_for(ended(CallEnd.transport_fault, spare=1)), FLOW, NOW) == Move(CALL, 0, NOW)


def test_the_second_number_is_tried_once_and_then_the_file_decides() -> None:
    again = settle(waiting_for(ended(CallEnd.transport_fault, attempt=2)), FLOW, NOW)
    assert again == Move(CALL, 0, NOW + timedelta(hours=4))
    over = settle(waiting_for(ended(CallEnd.transport_fault, attempt=3)), FLOW, NOW)
    assert isinstance(over, Move)
    assert (over.step, over.visit) == (TEXT, 1)


@pytest.mark.parametrize("reason", sorted(set(CallEnd) - {CallEnd.transport_fault}))
def test_a_spare_number_helps_only_where_the_number_was_at_fault(reason: CallEnd) -> None:
    assert settle(waiting_for(ended(reason, spare=1)), FLOW, NOW) != Move(CALL, 0, NOW)


@pytest.mark.parametrize("attempt", [1, 3, 7])
def test_a_call_that_found_every_line_taken_was_never_made_and_is_made_again(attempt: int) -> None:
    plan = settle(waiting_for(ended(CallEnd.capacity, attempt=attempt)), FLOW, NOW)
    assert plan == Move(CALL, 0, NOW + SEND_AGAIN[min(attempt, len(SEND_AGAIN)) - 1])


@pytest.mark.parametrize("reason", sorted(CallEnd))
def test_only_a_call_of_which_nobody_heard_a_part_is_repeated_by_itself(reason: CallEnd) -> None:
    plan = settle(waiting_for(ended(reason, attempt=2)), FLOW, NOW)
    assert isinstance(plan, Move)
    assert (plan.step is CALL) == (reason in CALL_AGAIN)


def test_a_word_we_do_not_know_is_never_repeated() -> None:
    plan = settle(waiting_for(ended("something-new")), FLOW, NOW)
    assert isinstance(plan, Move)
    assert plan.step is TEXT


def test_a_call_whose_fate_nobody_learned_is_not_made_again() -> None:
    plan = settle(waiting_for(ended("unresolved", state=T.expired)), FLOW, NOW)
    assert isinstance(plan, Move)
    assert plan.step is TEXT


def test_a_conversation_leads_on_and_a_taken_call_does_not() -> None:
    assert isinstance(settle(waiting_for(ended("", state=T.completed)), FLOW, NOW), Move)
    assert not isinstance(settle(waiting_for(ended("", state=T.accepted)), FLOW, NOW), Move | Finish)
