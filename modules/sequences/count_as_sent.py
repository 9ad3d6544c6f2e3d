"""A person says that the present step has gone to the contact, though no touch of ours shows it."""

from datetime import datetime

from modules.sequences.follow import go
from modules.sequences.models import Definition
from modules.sequences.models_of_runs import Finish, Onward, Snapshot


def count_as_sent(snapshot: Snapshot, definition: Definition, now: datetime) -> Onward:
    """The plan as after a success of the step; its wait begins now, later rather than twice."""
    if snapshot.step is None:
        return Finish()
    step = definition.step(snapshot.step)
    note = {"skipped": step.key, "reason": "possibly_sent", "at": now.isoformat()}
    return go(step.on_success, snapshot, definition, step.key, now, note)
