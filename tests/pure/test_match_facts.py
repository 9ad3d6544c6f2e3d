"""Which touch a fact is about, and which fact says nothing new: on plain values, against the lattice itself."""

import itertools
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from modules.channels import Fact
from modules.ids import AccountId, TouchId
from modules.labels import CallDetails, ChannelName, TouchState
from modules.touches import FACTS, News, Seen, is_old, judge, match_facts
from tests.pure.touches import touch

OURS, OTHERS = AccountId(UUID(int=1)), AccountId(UUID(int=2))
FIRST, SECOND = TouchId(UUID(int=11)), TouchId(UUID(int=12))


def told(provider_id: str, reference: TouchId | None = None, state: TouchState | None = None) -> Fact:
    return Fact(state, provider_id, "told", f"{provider_id}:told", reference=reference)


def seen(touch_id: TouchId, provider_id: str | None, account_id: AccountId = OURS) -> Seen:
    return Seen(touch_id, account_id, provider_id, TouchState.accepted)


def match(touches: list[Seen], fact: Fact) -> Seen | None:
    [found] = match_facts(touches, [([OURS], fact)])
    return found


def test_the_providers_id_says_which_touch_it_is() -> None:
    touches = [seen(FIRST, "SM1"), seen(SECOND, "SM2")]
    assert match(touches, told("SM2")) == touches[1]


def test_the_providers_id_counts_more_than_the_touch_that_is_named() -> None:
    touches = [seen(FIRST, None), seen(SECOND, "SM2")]
    assert match(touches, told("SM2", reference=FIRST)) == touches[1]


def test_a_touch_that_is_named_is_taken_while_nobody_knows_its_id() -> None:
    assert match([seen(FIRST, None)], told("SM1", reference=FIRST)) == seen(FIRST, None)
    assert match([seen(FIRST, "SM0")], told("SM1", reference=FIRST)) is None


def test_a_touch_of_another_account_is_never_meant() -> None:
    for other in (seen(FIRST, "SM1", OTHERS), seen(FIRST, None, OTHERS)):
        assert match([other], told("SM1", reference=FIRST)) is None


def test_each_fact_is_matched_for_the_accounts_that_it_was_told_for() -> None:
    touches = [seen(FIRST, "SM1"), seen(SECOND, "SM1", OTHERS)]
    asked = [([OURS], told("SM1")), ([OTHERS], told("SM1")), ([], told("SM1")), ([OTHERS, OURS], told("SM9"))]
    assert match_facts(touches, asked) == [touches[0], touches[1], None, None]


@pytest.mark.parametrize("channel", ChannelName)
def test_what_is_old_would_change_nothing_now_nor_after_any_other_news(channel: ChannelName) -> None:
    """From the state in which a fact is old, whatever else is recorded first: its verdict is never a change."""
    olds = 0
    for state, fact_state in itertools.product(TouchState, [None, *FACTS]):
        fact = told("SM1", state=fact_state)
        if not is_old(fact, state, "SM1"):
            continue
        olds += 1
        news = News(FIRST, fact_state, provider_id="SM1", evidence_id=fact.evidence_id)
        for later in reachable(state, channel):
            verdict = judge(touch(later, channel), news, [timedelta(minutes=10)])
            assert (verdict.change, verdict.conflict, verdict.broken_promise) == (None, False, False), (state, later)
    assert olds > len(FACTS)


def reachable(state: TouchState, channel: ChannelName) -> set[TouchState]:
    """This state and all to which facts of the provider's can lead from it."""
    found, fresh = {state}, [state]
    while fresh:
        before = touch(fresh.pop(), channel)
        for news in (News(FIRST, one, evidence_id="e") for one in FACTS):
            change = judge(before, news, []).change
            if change and change.after not in found:
                found.add(change.after)
                fresh.append(change.after)
    return found


def test_the_first_word_of_an_acceptance_is_news() -> None:
    for state in (TouchState.sending, TouchState.unknown, TouchState.review, TouchState.not_sent):
        assert not is_old(told("SM1"), state, "SM1")
    assert not is_old(told("SM1"), TouchState.accepted, None), "the provider's id is news too"
    assert is_old(told("SM1"), TouchState.accepted, "SM1")


def test_what_a_call_says_is_never_old() -> None:
    fact = replace(told("call", state=TouchState.completed), call=CallDetails(summary="They will come on Monday"))
    assert not is_old(fact, TouchState.completed, "call")
    assert is_old(replace(fact, call=None), TouchState.completed, "call")
