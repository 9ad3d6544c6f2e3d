"""A person says that a task is done, or cannot be done: its record, the milestone, and the way of the contact."""

from dataclasses import dataclass
from uuid import UUID

from modules.contacts import lock_person
from modules.milestones import Source
from modules.sequences import (
    RUNNING,
    Snapshot,
    apply,
    list_open_runs,
    lock_and_load_snapshots,
    task_settled,
    write_enrollments,
)
from modules.tasks import KnownTask, TaskState, find_task, lock_task, settle_task
from utils.db import Connection
from utils.errors import Conflict, NotFound
from utils.log import logger
from workers.confirm import definitions_of
from workers.context import Deps
from workers.heard_since import with_what_was_heard
from workers.note import Told, note_event
from workers.quarantine import POISON, quarantine

LOG = logger("tasks")


@dataclass(frozen=True)
class Word:
    """Who settles it, and what they note about it."""

    by: str
    note: str | None = None


@dataclass(frozen=True)
class Settled:
    """`moved`: the sequence has gone on because of it; `recorded`: the milestone that was written."""

    task: KnownTask
    state: TaskState
    moved: bool
    recorded: str | None


async def settle(deps: Deps, conn: Connection, task_id: UUID, word: Word, *, done: bool) -> Settled:
    """Follows the step's on_success or on_failure where the sequence still waits for it. NotFound for no such task;
    Conflict for one that is settled already. Done late it still counts as done, and records its milestone."""
    task = await find_task(conn, task_id)
    if task is None:
        raise NotFound("There is no such task; nothing was changed", field="task")
    runs = {task.enrollment_id} if task.enrollment_id else set()
    if done and task.records:  # its milestone may move whatever they run in: enrollments are locked first, by everybody
        runs |= set(await list_open_runs(conn, task.client_id, task.contact_id))
    snapshots = await lock_and_load_snapshots(conn, list(runs))
    await lock_person(conn, [task.contact_id])
    task = await lock_task(conn, task_id)
    if task is None:
        raise NotFound("There is no such task any more; nothing was changed", field="task")
    now, state = deps.clock.now(), TaskState.done if done else TaskState.dismissed
    if not await settle_task(conn, task.id, state, word.by, word.note, now):
        by = f" by {task.settled_by}" if task.settled_by else ""
        raise Conflict(f"This task was settled already ({task.state}{by}); nothing was changed", field="task")
    moved = [await _move(deps, conn, snapshot, task, done=done) for snapshot in snapshots]
    recorded = task.records if done else None
    if recorded:
        told = Told(Source.task, word.by, str(task.id))
        await note_event(deps, conn, task.client_id, task.contact_id, recorded, now, told)
    LOG.info("task_settled", task_id=str(task.id), state=state, moved=any(moved))
    return Settled(task, state, any(moved), recorded)


async def _move(deps: Deps, conn: Connection, snapshot: Snapshot, task: KnownTask, *, done: bool) -> bool:
    """True when the enrollment waited for this very task, and goes on."""
    here = snapshot.enrollment_id == task.enrollment_id and snapshot.step == task.step
    if not here or snapshot.visit != task.visit or not snapshot.waiting or snapshot.status not in RUNNING:
        return False
    definitions = await definitions_of(deps, conn, [snapshot])
    [snapshot] = await with_what_was_heard(conn, [snapshot], definitions)
    definition, now = definitions[snapshot.sequence_id, snapshot.version], deps.clock.now()
    try:
        row = apply(snapshot, task_settled(snapshot, definition, now, done=done), now)
    except POISON as error:
        # what a person did stands whatever becomes of the enrollment
        await quarantine(conn, snapshot, type(error).__name__, now)
        return False
    await write_enrollments(conn, [row] if row else [], now)
    return row is not None
