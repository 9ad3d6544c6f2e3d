"""What happened with a contact is written down, and whoever waits for it in a sequence goes on."""

from dataclasses import dataclass
from datetime import datetime

from modules.contacts import lock_person
from modules.ids import ClientId, ContactId
from modules.milestones import Milestone, Source, note_milestone, take_back_milestone
from modules.sequences import (
    EnrollmentChange,
    apply,
    list_open_runs,
    lock_and_load_snapshots,
    woken,
    write_enrollments,
)
from utils.db import Connection
from utils.log import logger
from utils.uuid7 import uuid7
from workers.confirm import definitions_of
from workers.context import Deps
from workers.quarantine import POISON, quarantine

LOG = logger("note")


@dataclass(frozen=True)
class Told:
    """Who says that it happened. `ref`: what the source calls it; without one, each time is a new one."""

    source: Source
    by: str | None = None
    ref: str | None = None


@dataclass(frozen=True)
class Noted:
    """`fresh`: it is new, or its time is; `moved`: so many enrollments go on earlier or later because of it."""

    fresh: bool
    moved: int = 0


async def lock_whom_it_moves(conn: Connection, client_id: ClientId, contact_id: ContactId) -> None:
    """Enrollments first, as everybody: whoever is about to turn on a milestone comes before this, or sees it. Then the
    person, so that nobody erases them before it is written."""
    await lock_and_load_snapshots(conn, await list_open_runs(conn, client_id, contact_id))
    await lock_person(conn, [contact_id])


async def note_event(
    deps: Deps, conn: Connection, client_id: ClientId, contact_id: ContactId, name: str, at: datetime, told: Told
) -> Noted:
    """Written once, with the enrollments that wait for it, in this transaction. Locks enrollments first, as everybody.

    The caller has made sure that the contact is this client's and not erased.
    """
    runs = await list_open_runs(conn, client_id, contact_id)
    await lock_and_load_snapshots(conn, runs)
    now = deps.clock.now()
    milestone = Milestone(uuid7(now), client_id, contact_id, name, at, told.source, told.ref, told.by)
    if not await note_milestone(conn, milestone, now):
        return Noted(fresh=False)
    snapshots = await lock_and_load_snapshots(conn, runs)
    definitions = await definitions_of(deps, conn, snapshots)
    rows: list[EnrollmentChange] = []
    for snapshot in snapshots:
        try:
            move = woken(snapshot, definitions[snapshot.sequence_id, snapshot.version], name, at, now)
            row = apply(snapshot, move, now) if move else None
        except POISON as error:
            await quarantine(conn, snapshot, type(error).__name__, now)
            continue
        rows += [row] if row else []
    await write_enrollments(conn, rows, now)
    LOG.info("milestone_noted", contact_id=str(contact_id), milestone=name, source=told.source, moved=len(rows))
    return Noted(fresh=True, moved=len(rows))


async def take_back(conn: Connection, client_id: ClientId, told: Told) -> bool:
    """What the source calls off is not so any more; whoever went on because of it stays where they are."""
    return told.ref is not None and await take_back_milestone(conn, client_id, told.source, told.ref)
