"""What news of a milestone does to a step that waits for it."""

from datetime import datetime

from modules.sequences.models import Definition
from modules.sequences.models_of_runs import Move, Snapshot
from modules.sequences.waits import until_instant


def woken(snapshot: Snapshot, definition: Definition, milestone: str, now: datetime) -> Move | None:
    """The same visit at another instant: a branch that waits for this milestone goes on when it happens, a step that
    waits until its day follows the day. None where nothing waits for it, or something has left in this visit already.
    """
    if snapshot.step is None or snapshot.waiting or snapshot.due_at is None:
        return None
    last = snapshot.last_touch
    if last is not None and last.part == snapshot.visit:
        return None
    step, instants = definition.step(snapshot.step), snapshot.milestones.get(milestone, ())
    if step.wait_for == milestone and instants:
        at = min(snapshot.due_at, max(now, instants[-1]))
        return None if at == snapshot.due_at else Move(step, snapshot.visit, at)
    until = step.wait.until
    if until is None or until.milestone != milestone:
        return None
    day = until_instant(until, snapshot.zone, snapshot.fields, snapshot.milestones)
    return None if day is None or day == snapshot.due_at else Move(step, snapshot.visit, day)
