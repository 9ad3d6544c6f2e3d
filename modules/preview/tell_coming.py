"""What comes next for an enrollment that runs, and when, by all that is known now. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from modules.labels import NextChannel
from modules.policy import EFFECTS, Allow, Block, Decision, Defer, Effect, GuardReason
from modules.preview.models import Run
from modules.preview.waiting import ENDLESS
from modules.preview.words import BLOCKED, PUT_OFF, rule_said, when, why_said
from modules.preview.words import EFFECTS as EFFECT_WORDS

HAND_OVER = "hand_over"
NO_END = ENDLESS | {
    GuardReason.being_handled,
    GuardReason.address_in_flight,
    GuardReason.on_a_call_now,
    GuardReason.no_account,
}
"""Waits whose end nobody knows yet: their instant is when it is looked at again, not when it may leave."""


def coming(
    run: Run, zone: str, now: datetime, outlook: Decision | None, latest: datetime | None
) -> tuple[datetime | None, list[str]]:
    """The next eligible instant, and its words. After `latest` the step may leave no more."""
    due = run.due_at or now
    if run.to_do is not None:
        return None, [
            f"It waits until somebody has done this: {run.to_do}. At the latest it goes on {when(due, zone)}."
        ]
    if run.step is None:
        return None, [f"It goes on in '{(run.decision or {}).get(HAND_OVER)}' {when(max(due, now), zone)}."]
    if run.next_channel == NextChannel.task:
        return due, [f"A person is given the task of step '{run.step}' {when(max(due, now), zone)}."]
    if not run.waiting and run.next_channel == NextChannel.settle:
        return None, [f"It decides at step '{run.step}' which way to go, {when(max(due, now), zone)}."]
    if run.waiting or outlook is None:
        after = f"what becomes of step '{run.last_step}'" if run.last_step else "its last step to be settled"
        return None, [f"It waits for {after}, and looks again by {when(due, zone)} at the latest."]
    verdict, from_then = outlook.verdict, max(due, now)
    if isinstance(verdict, Block):
        said = why_said(verdict.reason, more=verdict.why or BLOCKED)
        effect = EFFECTS.get(verdict.reason, Effect.skip_step)  # hours have none but by `after_window: skip`
        why = kept([said, rule_said(verdict.rule), EFFECT_WORDS[effect]])
        return None, [f"Its next turn is {when(from_then, zone)}. {' '.join(why)}"]
    if isinstance(verdict, Allow):
        turn = "It is due now: the next sweep takes it." if due <= now else f"Next eligible: {when(due, zone)}."
        return from_then, [turn]
    return _deferred(outlook, verdict, zone, now, latest)


def _deferred(
    outlook: Decision, verdict: Defer, zone: str, now: datetime, latest: datetime | None
) -> tuple[datetime | None, list[str]]:
    """What lasts until somebody does something is told first: no opening of hours ends it."""
    lasting = [reason for reason, _ in outlook.said if reason in ENDLESS and reason is not verdict.reason]
    told = [why_said(one, more=PUT_OFF) for one in lasting]
    why = " ".join(kept([*told, why_said(verdict.reason, more=verdict.why or PUT_OFF), rule_said(verdict.rule)]))
    if lasting or verdict.reason in NO_END:
        soon = max(verdict.until, now + timedelta(minutes=1))
        return None, [f"{why} Nobody can say yet when it may leave; it is looked at again about {when(soon, zone)}."]
    if latest is not None and verdict.until > latest:
        skipped = f"By then the step is later than it may be. {EFFECT_WORDS[Effect.skip_step]}"
        return None, [f"{why} It waits until {when(verdict.until, zone)}. {skipped}"]
    return verdict.until, [f"{why} Next eligible: {when(verdict.until, zone)}."]


def kept(sentences: Iterable[str]) -> tuple[str, ...]:
    """Those that say something."""
    return tuple(one for one in sentences if one)
