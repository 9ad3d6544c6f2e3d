"""A date of a person's that a provider tells anew moves the steps that wait for it, at once."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from modules.channels import ContactSeen
from modules.contacts import find_ref
from modules.ids import EnrollmentId
from modules.sequences import (
    EnrollmentChange,
    apply,
    list_dated_runs,
    lock_and_load_snapshots,
    moved_day,
    write_enrollments,
)
from utils.db import Connection
from utils.log import logger
from workers.confirm import definitions_of
from workers.context import Deps
from workers.meet import Origin
from workers.quarantine import POISON, quarantine

LOG = logger("follow_dates")


async def follow_dates(deps: Deps, post: Origin, people: Sequence[ContactSeen]) -> int:
    """How many enrollments go to the day that a date of these people names now.

    After the people were written, in a transaction of its own for each: enrollments are locked before people, as by
    everybody. Who is stopped in between loses nothing: the step itself looks at the date when it would leave.
    """
    moved = 0
    for seen in people:
        if seen.fields:
            moved += await deps.database.patiently(partial(_follow, deps, post, seen))
    return moved


async def _follow(deps: Deps, post: Origin, seen: ContactSeen, conn: Connection) -> int:
    now, moved = deps.clock.now(), 0
    for client_id in [post.client_id] if post.client_id else sorted({one.client_id for one in post.places}):
        contact_id = await find_ref(conn, client_id, post.provider, seen.ref)
        runs = await list_dated_runs(conn, client_id, contact_id) if contact_id else []
        rows = await _moved(deps, conn, runs, now) if runs else []
        await write_enrollments(conn, rows, now)
        if rows:
            LOG.info("dates_followed", contact_id=str(contact_id), moved=len(rows))
        moved += len(rows)
    return moved


async def _moved(deps: Deps, conn: Connection, runs: Sequence[EnrollmentId], now: datetime) -> list[EnrollmentChange]:
    """The rows of those who go to another day; one that no rule can work with is set aside alone."""
    snapshots = await lock_and_load_snapshots(conn, runs)
    definitions = await definitions_of(deps, conn, snapshots)
    rows: list[EnrollmentChange] = []
    for snapshot in snapshots:
        try:
            move = moved_day(snapshot, definitions[snapshot.sequence_id, snapshot.version], now)
            row = apply(snapshot, move, now) if move else None
        except POISON as error:
            await quarantine(conn, snapshot, type(error).__name__, now)
            continue
        rows += [row] if row else []
    return rows
