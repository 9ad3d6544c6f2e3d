"""What becomes of an enrollment whose step may not leave (now): put off, passed over, ended, or held for a person."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from modules.policy import EFFECTS, Block, Decision, Defer, Effect, GuardReason
from modules.sequences import (
    EnrollmentChange,
    Hold,
    Onward,
    Snapshot,
    Stop,
    StopReason,
    apply,
    first_due,
    not_worth_waiting,
    skip,
)
from workers.candidate import Wish
from workers.compose import held

NO_ACCOUNT_PAUSE = timedelta(minutes=30)
SHORTEST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=60)
PATIENT = frozenset(
    {
        GuardReason.kill_switch,
        GuardReason.tenant_not_live,
        GuardReason.fact_missing,
        GuardReason.being_handled,
        GuardReason.address_in_flight,
        GuardReason.on_a_call_now,
        GuardReason.platform_suppressed,
        GuardReason.national_dnc,
        GuardReason.reassigned_number,
        GuardReason.state_not_cleared,
        GuardReason.sender_not_registered,
        GuardReason.no_postal_address,
    }
)
"""Reasons without an end of their own: each repetition doubles the wait, 5 to 60 minutes."""
AFTER_WINDOW = "after_window"


def withhold(wish: Wish, decision: Decision, now: datetime) -> EnrollmentChange | None:
    """The enrollment's row when the verdict is not Allow; None when the touch may leave."""
    verdict = decision.verdict
    if isinstance(verdict, Defer):
        return _put_off(wish, decision, verdict, now)
    return _blocked(wish, verdict, now) if isinstance(verdict, Block) else None


def _put_off(wish: Wish, decision: Decision, verdict: Defer, now: datetime) -> EnrollmentChange | None:
    if reason := not_worth_waiting(wish.step, decision, first_due(wish.snapshot, now)):
        plan = skip(wish.snapshot, wish.definition, now)
        rule = verdict.rule if reason is verdict.reason else None
        return _left_out(wish, plan, reason, now, {"rule": rule, "why": AFTER_WINDOW})
    row = apply(wish.snapshot, Hold(_until(wish.snapshot, verdict, now), verdict.reason), now)
    told = {name: text for name, text in (("rule", verdict.rule), ("why", verdict.why)) if text}
    return replace(row, decision={**(row.decision or {}), **told}) if row and told else row


def without_account(wish: Wish, now: datetime) -> EnrollmentChange | None:
    """Put off as long as the client has no account for the channel, and passed over once it is too late."""
    if now - first_due(wish.snapshot, now) > wish.step.max_lateness:
        plan = skip(wish.snapshot, wish.definition, now)
        return _left_out(wish, plan, GuardReason.too_late, now, {"detail": GuardReason.no_account})
    return apply(wish.snapshot, Hold(now + NO_ACCOUNT_PAUSE, GuardReason.no_account), now)


def _left_out(
    wish: Wish, plan: Onward | Stop, reason: GuardReason, now: datetime, told: Mapping[str, str | None]
) -> EnrollmentChange | None:
    """The row of a plan that passes the step over, with the note of why beside what the next step has to know."""
    row = apply(wish.snapshot, plan, now)
    why = {name: text for name, text in told.items() if text}
    note = {"skipped": wish.step.key, "reason": str(reason), "at": now.isoformat(), **why}
    return replace(row, decision={**(row.decision or {}), **note}) if row else None


def _until(snapshot: Snapshot, verdict: Defer, now: datetime) -> datetime:
    if verdict.reason not in PATIENT:
        return verdict.until
    noted = snapshot.decision or {}
    if noted.get("reason") != verdict.reason or "until" not in noted:  # a step that was skipped noted no wait
        return max(verdict.until, now + SHORTEST_WAIT)
    before = datetime.fromisoformat(noted["until"]) - datetime.fromisoformat(noted["at"])
    return max(verdict.until, now + min(LONGEST_WAIT, max(SHORTEST_WAIT, before * 2)))


def _blocked(wish: Wish, verdict: Block, now: datetime) -> EnrollmentChange | None:
    reason = verdict.reason
    effect = EFFECTS[reason]
    if effect is Effect.hold:
        return held(wish.snapshot, reason, verdict.rule or verdict.why or "")
    why = StopReason.replied if reason is GuardReason.replied_already else StopReason.suppressed
    plan = Stop(why) if effect is Effect.end_enrollment else skip(wish.snapshot, wish.definition, now)
    return _left_out(wish, plan, reason, now, {"rule": verdict.rule, "why": verdict.why})
