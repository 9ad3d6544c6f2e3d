"""From the end of one sequence into another of the same client, in one transaction: nobody is lost in between."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from modules.contacts import lock_contacts
from modules.health import Level, LogEvent, write_log
from modules.sequences import (
    EnrollmentChange,
    Finish,
    FinishReason,
    Snapshot,
    apply,
    enroll_admitted,
    find_sequence,
    load_version,
    write_enrollments,
)
from utils.db import Connection


@dataclass(frozen=True)
class Entering:
    """Who enters the client's sequence of this slug."""

    snapshot: Snapshot
    slug: str


async def enter_next(conn: Connection, entering: Sequence[Entering], now: datetime) -> int:
    """How many enrollments were ended, each before its contact enters the other sequence, so that its own run keeps
    nobody out. A contact who is locked elsewhere has the next turn.

    Who may not enter there (its rules, or there is no such sequence) ends all the same, with a warning that says why.
    """
    contacts = await lock_contacts(conn, [one.snapshot.contact_id for one in entering])
    here = [one for one in entering if one.snapshot.contact_id in contacts]
    await _end(conn, here, now, FinishReason.handed_over)
    for one in here:
        refused = await _enter(conn, one, now)
        if refused:
            await _end(conn, [one], now, FinishReason.hand_over_refused, refused)
            await _warn(conn, one, refused, now)
    return len(here)


async def _end(
    conn: Connection, entering: Sequence[Entering], now: datetime, reason: FinishReason, why: str | None = None
) -> None:
    changes: list[EnrollmentChange] = []
    for one in entering:
        note = {"reason": str(reason), "to": one.slug, "at": now.isoformat(), **({"why": why} if why else {})}
        row = apply(one.snapshot, Finish(reason, note), now)
        changes += [row] if row else []
    await write_enrollments(conn, changes, now)


async def _enter(conn: Connection, one: Entering, now: datetime) -> str | None:
    """Why they did not get in; None when they did, or run there already."""
    snapshot = one.snapshot
    sequence = await find_sequence(conn, snapshot.client_id, one.slug)
    if sequence is None:
        return "no_such_sequence"
    version = sequence.current_version
    definition = await load_version(conn, sequence.id, version)
    people = [snapshot.contact_id]
    done = await enroll_admitted(conn, snapshot.client_id, sequence.id, version, definition, people, now)
    return str(next(iter(done.refused))) if done.refused else None


async def _warn(conn: Connection, one: Entering, refused: str, now: datetime) -> None:
    event, detail = LogEvent.hand_over_refused, {"to": one.slug, "why": refused}
    client_id, run = one.snapshot.client_id, one.snapshot.enrollment_id
    await write_log(conn, client_id, Level.warning, event, now, enrollment_id=run, detail=detail)
