"""What is decided when a step is due, before anything asks whether it may leave."""

from datetime import datetime

from modules.labels import BOOKED
from modules.sequences.apply import BY_HAND, INSTANT_OF, first_due, rested
from modules.sequences.check_condition import holds
from modules.sequences.follow import GO_ON, go
from modules.sequences.models import Branch, Definition, Follow, Next, Step
from modules.sequences.models_of_rules import MilestoneIs, Otherwise, StopOn
from modules.sequences.models_of_runs import Finish, FinishReason, Move, Onward, Snapshot, Stop, StopReason
from modules.sequences.waits import nine_o_clock, until_instant
from modules.sequences.wake import still_awaited, to_the_day

NO_DATE = "no_date"
OUT_OF_OFFICE = "out_of_office"


def before_step(
    snapshot: Snapshot, definition: Definition, step: Step, attempt: int, now: datetime
) -> Onward | Stop | None:
    """What comes instead of sending this step now; None when it is to be sent.

    In this order: what ends everything (a bounced address where the file says so, the goal), what the step itself is or
    waits for, and whether the person is away. Each is one row of the enrollment, no touch.
    """
    if ends := ended(snapshot, definition, now, sends=step.channel is not None):
        return ends
    if attempt == 1 and (otherwise := _by_date(snapshot, definition, step, now)):
        return otherwise
    if step.branch is not None:
        if waits := still_awaited(snapshot, step, now):
            return waits
        return go(_way(step.branch, snapshot, now), snapshot, definition, step.key, now)
    return None if step.task is not None else _while_away(snapshot, step, now)


def ended(snapshot: Snapshot, definition: Definition, now: datetime, *, sends: bool = False) -> Finish | Stop | None:
    """What ends it whatever it is about to do: what the file stops on, its goal, and a stop."""
    if ends := _ends(snapshot, definition, now):
        return ends
    if definition.goal is not None and holds(definition.goal, snapshot, now):
        return Finish(FinishReason.goal_met)
    if snapshot.said_stop and not sends:  # of what is sent, the guards ask; a stop is no answer to act upon
        return Stop(StopReason.suppressed)
    return None


def _ends(snapshot: Snapshot, definition: Definition, now: datetime) -> Stop | None:
    """What the file stops on, the earliest promise first."""
    if StopOn.bounce in definition.stop_on and snapshot.mail_bounced:
        return Stop(StopReason.bounced)
    if StopOn.booking in definition.stop_on and holds(MilestoneIs(BOOKED), snapshot, now):
        return Stop(StopReason.booked)
    if StopOn.company_reply in definition.stop_on and snapshot.colleague_replied_at is not None:
        return Stop(StopReason.company_replied)
    return None


def _way(branch: Branch, snapshot: Snapshot, now: datetime) -> Follow:
    for case in branch.cases:
        if holds(case.condition, snapshot, now):
            return Follow(Next.go_to, case.go_to)
    return branch.otherwise


def _by_date(snapshot: Snapshot, definition: Definition, step: Step, now: datetime) -> Onward | Stop | None:
    """A step that waits for a date which was moved meanwhile, or is not there, or is none, when it comes to it. Moved
    to an earlier day it was due then, so it may be too late by now."""
    until, instant_of = step.wait.until, (snapshot.decision or {}).get(INSTANT_OF)
    if until is None or instant_of == BY_HAND:
        return None
    day = until_instant(until, snapshot.zone, snapshot.fields, snapshot.milestones)
    if day is not None and (day > now or (day < first_due(snapshot, now) and instant_of is None)):
        return to_the_day(step, snapshot, day, now)
    if day is not None or until.otherwise is Otherwise.now:
        return None
    note = {"skipped": step.key, "reason": NO_DATE, "at": now.isoformat(), "detail": until.name}
    if until.otherwise is Otherwise.end:
        return Stop(StopReason.no_date, note)
    return go(GO_ON, snapshot, definition, step.key, now, note)


def _while_away(snapshot: Snapshot, step: Step, now: datetime) -> Move | None:
    """The same visit on the day the person is back; it counts as due then, so it is not late."""
    back_at = nine_o_clock(snapshot.back_on, snapshot.zone) if snapshot.back_on else None
    if back_at is None or back_at <= now:
        return None
    back = back_at.isoformat()
    note = {"reason": OUT_OF_OFFICE, "at": now.isoformat(), "until": back, "since": back}
    by_date = rested(snapshot) if step.wait.until is not None else {}
    return Move(step, snapshot.visit, back_at, note | by_date)
