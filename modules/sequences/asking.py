"""Where a contact goes when a task was given to a person, and when it is settled."""

from datetime import datetime

from modules.sequences.follow import go
from modules.sequences.models import Definition, Next, Step
from modules.sequences.models_of_runs import Onward, Snapshot, Stay, Stop, StopReason


def after_asking(snapshot: Snapshot, definition: Definition, step: Step, now: datetime) -> Onward | None:
    """Where the contact is once the step's task was given to a person; None: the sequence waits for it."""
    if step.task is None or step.task.blocks:
        return None
    return go(step.on_success, snapshot, definition, step.key, now)


def task_settled(snapshot: Snapshot, definition: Definition, now: datetime, *, done: bool) -> Onward | Stop | Stay:
    """The plan when somebody did the task it waits for, or said that it cannot be done, or its time has passed. A task
    that it does not wait for (any more) changes nothing."""
    step = definition.step(snapshot.step) if snapshot.step is not None else None
    if step is None or step.task is None or not snapshot.waiting:
        return Stay()
    if not done and step.on_failure.kind is Next.end:
        return Stop(StopReason.step_failed)
    return go(step.on_success if done else step.on_failure, snapshot, definition, step.key, now)
