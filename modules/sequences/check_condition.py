"""Whether what a branch or a goal asks is so: facts in, yes or no out."""

from datetime import date, datetime, timedelta

from modules.labels import TouchState
from modules.sequences.contact_fields import field_text, read_day
from modules.sequences.models_of_rules import (
    Clicked,
    Compare,
    Condition,
    FieldIs,
    MilestoneIs,
    Outcome,
    OutcomeIs,
    Stalled,
)
from modules.sequences.models_of_runs import Snapshot
from modules.sequences.zones import find_zone

T = TouchState

STATES_OF: dict[Outcome, frozenset[TouchState]] = {
    Outcome.delivered: frozenset({T.delivered}),
    Outcome.completed: frozenset({T.completed}),
    Outcome.failed: frozenset({T.failed, T.bounced, T.complained, T.cancelled, T.not_sent}),
    Outcome.expired: frozenset({T.expired}),
    Outcome.skipped: frozenset(),
}


def holds(condition: Condition, snapshot: Snapshot, now: datetime) -> bool:
    """Whether it is so now. A missing or unreadable field is neither equal, nor in, nor before, nor after."""
    if isinstance(condition, FieldIs):
        return _field_is(condition, snapshot, now)
    if isinstance(condition, OutcomeIs):
        return _outcome_is(condition, snapshot)
    if isinstance(condition, MilestoneIs):
        return _happened(condition, snapshot, now)
    if isinstance(condition, Stalled):
        return _last_sign(snapshot, now) + condition.quiet_for <= now
    if isinstance(condition, Clicked):
        touch = snapshot.outcomes.get(condition.step)
        return touch is not None and touch.clicked_at is not None
    at = snapshot.replied_at
    recent = at is not None and (condition.within is None or at >= now - condition.within)
    return recent is condition.yes


def _happened(condition: MilestoneIs, snapshot: Snapshot, now: datetime) -> bool:
    """What is to happen later has not happened yet."""
    begin = snapshot.enrolled_at if condition.within is None else now - condition.within
    return any((begin is None or begin <= at) and at <= now for at in snapshot.milestones.get(condition.milestone, ()))


def _last_sign(snapshot: Snapshot, now: datetime) -> datetime:
    """When the person last did anything that we know of; at the earliest when they were enrolled."""
    clicks = [touch.clicked_at for touch in snapshot.outcomes.values()]
    happened = [at for instants in snapshot.milestones.values() for at in instants if at <= now]
    signs = [at for at in (snapshot.enrolled_at, snapshot.replied_at, *clicks, *happened) if at is not None]
    return max(signs, default=now)


def _field_is(condition: FieldIs, snapshot: Snapshot, now: datetime) -> bool:
    text = field_text(snapshot.fields, condition.field)
    if condition.compare is Compare.exists:
        return (text is not None) is (condition.values == ("true",))
    if text is None:
        return False
    if condition.compare in (Compare.equals, Compare.one_of):
        return text.casefold() in {value.strip().casefold() for value in condition.values}
    there, asked = read_day(text, snapshot.zone), _asked_day(condition, snapshot.zone, now)
    if there is None or asked is None:
        return False
    return there < asked if condition.compare is Compare.before else there > asked


def _asked_day(condition: FieldIs, zone: str, now: datetime) -> date | None:
    if condition.days is not None:
        return now.astimezone(find_zone(zone)).date() + timedelta(days=condition.days)
    return read_day(condition.values[0], zone)


def _outcome_is(condition: OutcomeIs, snapshot: Snapshot) -> bool:
    """A step is skipped when that came after its latest touch, if there was one."""
    touch, skipped_at = snapshot.outcomes.get(condition.step), _skipped_at(snapshot, condition.step)
    skipped = skipped_at is not None and (touch is None or skipped_at >= touch.armed_at)
    if condition.outcome is Outcome.skipped or skipped:
        return skipped and condition.outcome is Outcome.skipped
    return touch is not None and touch.state in STATES_OF[condition.outcome]


def _skipped_at(snapshot: Snapshot, step: str) -> datetime | None:
    """When this step was skipped last, by the notes that are kept (the latest ten)."""
    note = snapshot.decision or {}
    notes = [note, *reversed(note.get("skips") or ())]
    return next((datetime.fromisoformat(one["at"]) for one in notes if one.get("skipped") == step), None)
