"""From the end of one sequence into another of the same client, in one transaction: nobody is lost in between."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import psycopg

from modules.contacts import lock_contacts
from modules.health import Level, LogEvent, write_log
from modules.labels import OnReply
from modules.policy import PersonFacts, load_people_facts, set_lock_timeout
from modules.sequences import (
    EnrollmentChange,
    Finish,
    FinishReason,
    Snapshot,
    Step,
    apply,
    enroll_admitted,
    find_sequence,
    load_past_runs,
    load_version,
    went_in_a_circle,
    write_enrollments,
)
from utils.db import Connection
from workers.ask import not_any_more
from workers.quarantine import POISON, quarantine


@dataclass(frozen=True)
class Entering:
    """Who enters the client's sequence of this slug, after which step; None where it was not noted."""

    snapshot: Snapshot
    slug: str
    after: Step | None


async def enter_next(conn: Connection, entering: Sequence[Entering], now: datetime) -> int:
    """How many enrollments were ended, each before its contact enters the other sequence, so that its own run keeps
    nobody out. A contact who is locked elsewhere has the next turn; one with whom our rules cannot work, or whose row
    the database refuses, is set aside alone.

    Who may not enter there (its rules, or there is no such sequence) ends all the same, with a warning that says why.
    """
    await set_lock_timeout(conn)
    contacts = await lock_contacts(conn, [one.snapshot.contact_id for one in entering])
    here = [one for one in entering if one.snapshot.contact_id in contacts]
    facts = await load_people_facts(conn, [one.snapshot.contact_id for one in here])
    for one in here:
        try:
            async with conn.transaction():
                await _go_over(conn, one, facts[one.snapshot.contact_id], now)
        except (*POISON, psycopg.IntegrityError, psycopg.DataError) as error:
            await quarantine(conn, one.snapshot, type(error).__name__, now)
    return len(here)


def stays(one: Entering, known: PersonFacts, now: datetime) -> EnrollmentChange | None:
    """The row of somebody who is not to be reached any more, or wrote while the step before was waited for: the same
    that a next step here would have made of it. What a branch decides, it decides whoever replied."""
    on_reply = one.after.on_reply if one.after is not None and one.after.branch is None else OnReply.go_on
    return not_any_more(one.snapshot, None, on_reply, known, now)


async def _go_over(conn: Connection, one: Entering, known: PersonFacts, now: datetime) -> None:
    if row := stays(one, known, now):
        await write_enrollments(conn, [row], now)
        return
    await _end(conn, one, now, FinishReason.handed_over)
    refused = await _enter(conn, one, now)
    if refused:
        await _end(conn, one, now, FinishReason.hand_over_refused, refused)
        await _warn(conn, one, refused, now)


async def _end(conn: Connection, one: Entering, now: datetime, reason: FinishReason, why: str | None = None) -> None:
    note = {"reason": str(reason), "to": one.slug, "at": now.isoformat(), **({"why": why} if why else {})}
    row = apply(one.snapshot, Finish(reason, note), now)
    await write_enrollments(conn, [row] if row else [], now)


async def _enter(conn: Connection, one: Entering, now: datetime) -> str | None:
    """Why they did not get in; None when they did, or run there already."""
    snapshot = one.snapshot
    sequence = await find_sequence(conn, snapshot.client_id, one.slug)
    if sequence is None:
        return "no_such_sequence"
    version = sequence.current_version
    definition = await load_version(conn, sequence.id, version)
    people = [snapshot.contact_id]
    past = await load_past_runs(conn, snapshot.client_id, sequence.id, people)
    if went_in_a_circle(past.get(snapshot.contact_id, ()), now):
        return "went_in_a_circle"
    done = await enroll_admitted(conn, snapshot.client_id, sequence.id, version, definition, people, now)
    return str(next(iter(done.refused))) if done.refused else None


async def _warn(conn: Connection, one: Entering, refused: str, now: datetime) -> None:
    event, detail = LogEvent.hand_over_refused, {"to": one.slug, "why": refused}
    client_id, run = one.snapshot.client_id, one.snapshot.enrollment_id
    await write_log(conn, client_id, Level.warning, event, now, enrollment_id=run, detail=detail)
