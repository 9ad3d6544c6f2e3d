"""Whether a step waits for its hours to open: `after_window: skip`, and how much of a wait it bears. Pure."""

from datetime import datetime

from modules.policy import Decision, Defer, GuardReason
from modules.sequences.models import Step
from modules.sequences.models_of_rules import AfterWindow

HOURS = frozenset(
    {GuardReason.quiet_hours, GuardReason.holiday, GuardReason.sequence_window, GuardReason.emergency_block}
)
"""The sequence's hours or the law's: what a step of `after_window: skip` does not wait for."""


def not_worth_waiting(step: Step, decision: Decision, due: datetime) -> GuardReason | None:
    """Why the hours put it off for longer than the step bears, counted from when it first came due. They may be shut
    now, or only when what else it waits for ends: then the verdict lies later than anything that was said, and names
    that. Where it is not known whose hours count, they skip nothing."""
    verdict = decision.verdict
    if step.after_window is not AfterWindow.skip or not isinstance(verdict, Defer):
        return None
    said = [(datetime.fromisoformat(until), reason) for reason, until in decision.said]
    if any(reason is GuardReason.fact_missing for _, reason in said):
        return None
    ends = [one for one in said if one[1] in HOURS]
    if verdict.reason in HOURS or (said and all(until < verdict.until for until, _ in said)):
        ends.append((verdict.until, verdict.reason))
    late = [one for one in ends if one[0] - due > step.max_hold]
    return max(late, key=lambda one: one[0])[1] if late else None
