"""What news does to a touch, in any order and however often it comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.labels import ChannelName, TouchState
from modules.touches import FACTS, FAILURE, OPEN, SUCCESS, TERMINAL, TRANSITIONS, Touch, advance, judge
from tests.pure.touches import NOW, POLLS, fact, touch

T = TouchState
RANKED_MAIL = (T.delivered, T.bounced, T.complained)
DEAD_ENDS = (T.failed, T.cancelled, T.completed)
STARTS = (T.sending, T.unknown, T.accepted)


@dataclass(frozen=True)
class Row:
    """What the ledger would hold, and what it cost."""

    touch: Touch
    writes: int
    moves: tuple[TouchState, ...]
    conflicts: frozenset[TouchState]


def news_in(order: Sequence[TouchState], start: TouchState, channel: ChannelName) -> Row:
    """Each piece of news in its turn; the same fact always carries the same evidence."""
    now, writes, moves, conflicts = touch(start, channel), 0, [start], set()
    for state in order:
        verdict = judge(now, fact(state, f"SM1:{state}"), POLLS)
        if verdict.conflict:
            conflicts.add(state)
        if verdict.change is None:
            continue
        writes += 1
        moves.append(verdict.change.after)
        evidence = f"SM1:{state}" if verdict.change.after in FACTS else now.evidence_id
        now = replace(now, state=verdict.change.after, look_at=verdict.change.look_at, evidence_id=evidence)
    return Row(now, writes, tuple(moves), frozenset(conflicts))


def mail_ends_as(order: Sequence[TouchState], start: TouchState) -> TouchState:
    """The law for e-mail in other words than the table's: the highest rank, unless a dead end was the first fact."""
    facts = [state for state in order if state in FACTS]
    if facts and facts[0] in DEAD_ENDS:
        return facts[0]
    ranked = [state for state in RANKED_MAIL if state in facts]
    if ranked:
        return ranked[-1]
    if T.expired in order:
        return T.expired
    return T.accepted if order else start


def text_ends_as(order: Sequence[TouchState], start: TouchState) -> TouchState:
    """The law for SMS and voice: the first fact; without one, the higher of accepted and expired."""
    facts = [state for state in order if state in FACTS]
    if facts:
        return facts[0]
    return T.expired if T.expired in order else T.accepted if order else start


def test_every_order_and_repetition_of_mail_news_ends_in_the_same_row() -> None:
    tried = 0
    facts = (T.accepted, T.expired, *RANKED_MAIL)
    subsets = [chosen for amount in range(len(facts) + 1) for chosen in combinations(facts, amount)]
    for start, chosen in product(STARTS, subsets):
        state = mail_ends_as(chosen, start)
        for order in permutations([*chosen, *chosen[-2:]]):
            end = news_in(order, start, ChannelName.email).touch
            evidence = f"SM1:{state}" if state in FACTS else None
            assert (end.state, end.evidence_id, end.look_at is None) == (state, evidence, state in TERMINAL)
            tried += 1
    assert tried > 10_000


def test_text_news_end_by_the_first_fact_and_differ_in_nothing_else() -> None:
    facts = (T.accepted, T.expired, T.delivered, T.failed, T.cancelled)
    for start, channel in product(STARTS, (ChannelName.sms, ChannelName.voice)):
        for order in permutations((*facts, T.delivered)):
            row = news_in(order, start, channel)
            assert row.touch.state is text_ends_as(order, start)
            assert row.touch.evidence_id == f"SM1:{row.touch.state}"
            kept = {state for state in order if state in FACTS} - {row.touch.state}
            assert row.conflicts == kept  # what lost stands beside it


@given(st.lists(st.sampled_from((T.accepted, T.expired, *sorted(FACTS))), max_size=12), st.sampled_from(STARTS))
def test_any_history_of_mail_ends_as_its_law_says(order: list[TouchState], start: TouchState) -> None:
    assert news_in(order, start, ChannelName.email).touch.state is mail_ends_as(order, start)


@given(st.lists(st.sampled_from((T.accepted, T.expired, *sorted(FACTS))), max_size=12), st.sampled_from(STARTS))
def test_any_history_of_a_text_ends_as_its_law_says(order: list[TouchState], start: TouchState) -> None:
    assert news_in(order, start, ChannelName.sms).touch.state is text_ends_as(order, start)


@given(
    st.lists(st.sampled_from((T.accepted, T.expired, *sorted(FACTS))), max_size=8),
    st.sampled_from(STARTS),
    st.sampled_from(list(ChannelName)),
)
def test_news_are_written_once_and_replaying_all_of_them_writes_nothing(
    order: list[TouchState], start: TouchState, channel: ChannelName
) -> None:
    row = news_in(order, start, channel)
    assert row.writes == len(row.moves) - 1 <= len(set(order))
    assert len(set(row.moves)) == len(row.moves)  # no state twice: no circle
    again = news_in(order, row.touch.state, channel)
    assert (again.writes, again.touch.state) == (0, row.touch.state)


def test_moves_of_a_touch_never_run_in_a_circle_and_never_lead_back_to_an_open_state() -> None:
    for start in TRANSITIONS:
        reached: set[TouchState] = set()
        waiting = [start]
        while waiting:
            following = TRANSITIONS[waiting.pop()] - reached
            reached |= following
            waiting += following
        assert start not in reached
        if start in TERMINAL | {T.accepted}:
            assert not reached & OPEN


@pytest.mark.parametrize("state", sorted(FACTS - {T.failed}))
@pytest.mark.parametrize("evidence", [None, ""])
def test_a_fact_without_evidence_is_refused_in_every_state(state: TouchState, evidence: str | None) -> None:
    for before in TouchState:
        with pytest.raises(ValueError, match="carries no evidence"):
            judge(touch(before), fact(state, evidence), POLLS)


def test_no_state_reaches_a_success_without_evidence() -> None:
    for before, success, channel in product(TouchState, SUCCESS, ChannelName):
        verdict = judge(touch(before, channel), fact(success), POLLS)
        assert verdict.change is None or verdict.change.news.evidence_id


def test_a_request_refused_at_the_door_fails_an_open_touch_without_an_event_and_moves_no_other() -> None:
    for before in TouchState:
        verdict = judge(touch(before), fact(T.failed, None), POLLS)
        changed = verdict.change.after if verdict.change else None
        assert changed is (T.failed if before in (T.sending, T.unknown) else None)
        assert (verdict.conflict, verdict.broken_promise) == (False, False)


def test_a_look_is_planned_exactly_while_a_touch_is_not_terminal() -> None:
    targets: list[TouchState | None] = [None, *TouchState]
    for before, state, channel in product(TouchState, targets, ChannelName):
        change = judge(touch(before, channel), fact(state), POLLS).change
        if change:
            assert (change.look_at is None) == (change.after in TERMINAL)
            assert change.before is before


def test_an_accepted_touch_is_looked_at_when_its_first_poll_is_due() -> None:
    change = judge(touch(T.sending), fact(None, None), POLLS).change
    assert change is not None
    assert (change.after, change.look_at) == (T.accepted, NOW + POLLS[0])
    unasked = judge(touch(T.sending), fact(None, None), ()).change
    assert unasked is not None
    assert unasked.look_at == touch(T.sending).look_at


def test_proof_of_acceptance_after_not_sent_breaks_the_promise_and_our_own_answer_does_not() -> None:
    for state in (None, *sorted(FACTS)):
        verdict = judge(touch(T.not_sent), fact(state), POLLS)
        assert verdict.broken_promise
        assert (verdict.change is not None) == (state is not None)
    for state in (T.expired, T.unknown, T.not_sent):
        assert not judge(touch(T.not_sent), fact(state, None), POLLS).broken_promise
    assert not judge(touch(T.not_sent), fact(None, None), POLLS).broken_promise
    for before in set(TouchState) - {T.not_sent}:
        assert not judge(touch(before), fact(T.delivered), POLLS).broken_promise


def test_a_second_fact_that_loses_is_a_conflict_and_a_repetition_is_none() -> None:
    assert judge(touch(T.delivered), fact(T.failed), POLLS).conflict
    assert judge(touch(T.failed), fact(T.delivered), POLLS).conflict
    assert not judge(touch(T.delivered), fact(T.delivered), POLLS).conflict
    assert not judge(touch(T.delivered), fact(None), POLLS).conflict
    assert not judge(touch(T.delivered, ChannelName.email), fact(T.bounced), POLLS).conflict
    assert not judge(touch(T.expired), fact(T.delivered), POLLS).conflict


def test_late_truth_outranks_a_delivery_for_mail_alone() -> None:
    for channel in ChannelName:
        after = advance(T.delivered, T.bounced, channel)
        assert after is (T.bounced if channel is ChannelName.email else None)


def test_every_state_is_either_open_or_waiting_for_proof_or_terminal() -> None:
    assert set(TRANSITIONS) == set(TouchState)
    assert OPEN | TERMINAL | {T.accepted, T.review} == set(TouchState)
    assert SUCCESS.isdisjoint(FAILURE)
    assert FACTS <= TERMINAL
