"""A step that waits for a milestone, or until its day: when it is due, by all that is known of it. Pure.

A branch waits at most so long. What is to happen on a day makes it due on that day; the end of its wait stays noted, so
that it goes on waiting when the day is moved or called off.
"""

from collections.abc import Mapping
from datetime import datetime

from modules.sequences.apply import AT_MOST, BY_HAND, HAPPENS, INSTANT_OF, RESTED, first_due
from modules.sequences.check_condition import holds
from modules.sequences.models import Definition, Step
from modules.sequences.models_of_rules import MilestoneIs, Milestones
from modules.sequences.models_of_runs import Move, Snapshot
from modules.sequences.waits import until_instant

DATE_MOVED = "date_moved"


def arrive(
    step: Step, snapshot: Snapshot, visit: int, due_at: datetime, now: datetime, note: Mapping[str, str] | None = None
) -> Move:
    """To a new visit of the step, due at `due_at`, or as soon as what it waits for happens.

    What happened since the step before was begun counts, for nobody waited for it then; what came earlier does not, or
    a circle would run without a pause.
    """
    if step.wait_for is None:
        return Move(step, visit, due_at, note)
    begun, instants = _begun(snapshot), snapshot.milestones.get(step.wait_for, ())
    since = [at for at in instants if begun is not None and begun <= at <= now]
    if since:
        return _wake(step, visit, min(since), due_at, now, note)
    move = _await(step, visit, instants, due_at, now)
    return Move(step, visit, move.due_at, {**(note or {}), **(move.note or {})} or None)


def _wake(
    step: Step, visit: int, at: datetime, at_most: datetime, now: datetime, note: Mapping[str, str] | None = None
) -> Move:
    """Due now; what for stays noted, so that it goes on waiting when that is taken back before it has gone on."""
    return Move(step, visit, now, {**(note or {}), AT_MOST: at_most.isoformat(), HAPPENS: at.isoformat()})


def begin(step: Step, milestones: Milestones, due_at: datetime, now: datetime) -> Move:
    """To the first visit of whoever is put at this step: a day ahead ends its wait, what has happened does not."""
    if step.wait_for is None:
        return Move(step, 0, due_at)
    return _await(step, 0, milestones.get(step.wait_for, ()), due_at, now)


def woken(snapshot: Snapshot, definition: Definition, milestone: str, at: datetime, now: datetime) -> Move | None:
    """The same visit at another instant, on the news that the milestone happened or is to happen `at`: a branch that
    waits for it goes on when it happens, a step that waits until its day follows the day. None where nothing waits for
    it, or something has left in this visit already.
    """
    if snapshot.step is None or not _is_still_to_come(snapshot):
        return None
    step = definition.step(snapshot.step)
    if step.wait_for == milestone:
        return _told(snapshot, step, at, now)
    until = step.wait.until
    if until is None or until.milestone != milestone or (snapshot.decision or {}).get(INSTANT_OF) == BY_HAND:
        return None
    day = until_instant(until, snapshot.zone, snapshot.fields, snapshot.milestones)
    return None if day is None or day == snapshot.due_at else Move(step, snapshot.visit, day)


def moved_day(snapshot: Snapshot, definition: Definition, now: datetime) -> Move | None:
    """The same visit on the day that a date of the contact's names now, which may have passed: it counts as due then.
    None where it is planned for that day, there is no date any more, a person gave the instant, or something has left
    in this visit already.
    """
    if snapshot.step is None or not _is_still_to_come(snapshot):
        return None
    step, whose = definition.step(snapshot.step), (snapshot.decision or {}).get(INSTANT_OF)
    until = step.wait.until
    if until is None or until.field is None or whose == BY_HAND:
        return None
    day = until_instant(until, snapshot.zone, snapshot.fields, snapshot.milestones)
    if day is None or day == first_due(snapshot, now) or (whose == RESTED and day <= now):
        return None
    return to_the_day(step, snapshot, day, now)


def to_the_day(step: Step, snapshot: Snapshot, day: datetime, now: datetime) -> Move:
    """Due on the day that the step waits for and that was moved, and late from then on."""
    told = day.isoformat()
    note = {"reason": DATE_MOVED, "at": now.isoformat(), "until": told, "since": told}
    return Move(step, snapshot.visit, day, note)


def _is_still_to_come(snapshot: Snapshot) -> bool:
    """Nothing has left in this visit, and nothing is waited for but its instant."""
    if snapshot.waiting or snapshot.due_at is None:
        return False
    return snapshot.last_touch is None or snapshot.last_touch.part != snapshot.visit


def still_awaited(snapshot: Snapshot, step: Step, now: datetime) -> Move | None:
    """The rest of the wait of a branch that was to go on now because of what has been taken back since, or because of a
    day that has been called off or moved. None where it has happened another time."""
    note = snapshot.decision or {}
    told, at_most = note.get(HAPPENS), note.get(AT_MOST)
    if step.wait_for is None or not told or not at_most or datetime.fromisoformat(at_most) <= now:
        return None
    instants, happens = snapshot.milestones.get(step.wait_for, ()), datetime.fromisoformat(told)
    if any(happens <= at <= now for at in instants):
        return None
    return _await(step, snapshot.visit, instants, datetime.fromisoformat(at_most), now)


def _told(snapshot: Snapshot, step: Step, at: datetime, now: datetime) -> Move | None:
    due_at, noted = snapshot.due_at or now, (snapshot.decision or {}).get(AT_MOST)
    at_most = datetime.fromisoformat(noted) if noted else due_at
    if at <= now:
        wakes = due_at > now and _counts(snapshot, step, at, now)
        return _wake(step, snapshot.visit, at, at_most, now) if wakes else None
    instants = snapshot.milestones.get(step.wait_for or "", ())
    move = _await(step, snapshot.visit, instants, at_most, now)
    return None if move.due_at == due_at else move


def _counts(snapshot: Snapshot, step: Step, at: datetime, now: datetime) -> bool:
    """What happened before somebody was enrolled ends no wait, unless the branch asks so far back."""
    if snapshot.enrolled_at is None or at >= snapshot.enrolled_at:
        return True
    asked = [one.condition for one in step.branch.cases] if step.branch else []
    mine = [one for one in asked if isinstance(one, MilestoneIs) and one.milestone == step.wait_for]
    return any(holds(one, snapshot, now) for one in mine)


def _await(step: Step, visit: int, instants: tuple[datetime, ...], at_most: datetime, now: datetime) -> Move:
    """Due on the nearest day ahead, at `at_most` at the latest."""
    ahead = min((at for at in instants if now < at < at_most), default=None)
    if ahead is None:
        return Move(step, visit, at_most)
    return Move(step, visit, ahead, {AT_MOST: at_most.isoformat(), HAPPENS: ahead.isoformat()})


def _begun(snapshot: Snapshot) -> datetime | None:
    """When the step that is left was begun: its task given, its touch armed for the first time; None for one that did
    neither."""
    if snapshot.task is not None and snapshot.task.visit == snapshot.visit:
        return snapshot.task.given_at
    if snapshot.begun_at is not None:
        return snapshot.begun_at
    last = snapshot.last_touch
    return last.armed_at if last is not None and last.part == snapshot.visit else None
