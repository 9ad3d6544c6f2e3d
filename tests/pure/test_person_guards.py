"""A reply, a doubtful wish, a provider's own Do-Not-Disturb: what they do to a touch that wants to leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from modules.labels import OnReply
from modules.policy import EFFECTS, Allow, Block, Defer, Effect, Facts, GuardReason, guard
from modules.policy.models import Verdict
from modules.policy.person_guards import SOON
from tests.pure.candidates import ALLOWED, candidate
from tests.pure.touches import NOW

R = GuardReason


def facts_with(**changes: object) -> Facts:
    return replace(ALLOWED, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "verdict"),
    [(True, Allow()), (False, Block(R.provider_dnd)), (None, Defer(NOW + SOON, R.fact_missing))],
)
def test_a_provider_with_its_own_do_not_disturb_has_to_say_that_it_is_off(said: bool | None, verdict: Verdict) -> None:
    gated = replace(candidate(), gated=True)
    assert guard(facts_with(provider_allows=said), gated, NOW).verdict == verdict


def test_a_do_not_disturb_that_stays_unread_ends_as_too_late() -> None:
    late = replace(candidate(), gated=True, due_at=NOW - timedelta(days=3))
    assert guard(facts_with(provider_allows=None), late, NOW).verdict == Block(R.too_late)


@pytest.mark.parametrize(
    ("rule", "verdict", "effect"),
    [
        (OnReply.stop, Block(R.replied_already), Effect.end_enrollment),
        (OnReply.hold, Block(R.reply_waiting), Effect.hold),
        (OnReply.go_on, Allow(), None),
    ],
)
def test_a_reply_does_what_the_step_says(rule: OnReply, verdict: Verdict, effect: Effect | None) -> None:
    step = replace(candidate(), on_reply=rule)
    assert guard(facts_with(replied=True), step, NOW).verdict == verdict
    assert effect is None or (isinstance(verdict, Block) and EFFECTS[verdict.reason] is effect)


@pytest.mark.parametrize("rule", list(OnReply))
def test_a_doubtful_wish_waits_for_a_person_whatever_the_step_says(rule: OnReply) -> None:
    step = replace(candidate(), on_reply=rule)
    assert guard(facts_with(replied=True, reply_unsure=True), step, NOW).verdict == Block(R.reply_waiting)
