"""One function a query; see queries.sql."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from modules.ids import ClientId, ContactId, EnrollmentId, SequenceId, TouchId
from modules.labels import NextChannel, TouchState
from modules.sequences.models import DueGroup, EnrollmentChange, EnrollmentState, LastTouch, Snapshot, Step, StepTouch
from modules.sequences.models_of_rules import PastRun
from utils.address import phone_time_zones
from utils.db import Connection, Row, columns, execute, fetch_all, fetch_one
from utils.sql import queries, without_lock
from utils.uuid7 import uuid7

SQL = queries(__file__)

_CHANGE = tuple(EnrollmentChange.__dataclass_fields__)


@dataclass(frozen=True)
class KnownSequence:
    """A sequence by its name; `current_version` is what new enrollments take."""

    id: SequenceId
    slug: str
    name: str
    current_version: int


@dataclass(frozen=True)
class ListedSequence:
    """A sequence with its numbers; `by_status` counts enrollments, a status nobody is in is absent."""

    id: SequenceId
    slug: str
    name: str
    current_version: int
    published_at: datetime
    step_count: int
    by_status: Mapping[str, int]


@dataclass(frozen=True)
class Entrant:
    """What decides when a contact's first step is due."""

    zone: str
    fields: Mapping[str, object]


async def create_sequence(
    conn: Connection, sequence_id: SequenceId, client_id: ClientId, slug: str, name: str, now: datetime
) -> bool:
    """True when it is new."""
    values = {"id": sequence_id, "client_id": client_id, "slug": slug, "name": name, "now": now}
    return await execute(conn, SQL["create_sequence"], values) == 1


async def lock_sequence(conn: Connection, client_id: ClientId, slug: str) -> KnownSequence | None:
    row = await fetch_one(conn, SQL["lock_sequence"], {"client_id": client_id, "slug": slug})
    return _known(row)


async def find_sequence(conn: Connection, client_id: ClientId, slug: str) -> KnownSequence | None:
    row = await fetch_one(conn, SQL["find_sequence"], {"client_id": client_id, "slug": slug})
    return _known(row)


async def load_source(conn: Connection, sequence_id: SequenceId, version: int) -> str | None:
    row = await fetch_one(conn, SQL["load_source"], {"sequence_id": sequence_id, "version": version})
    return None if row is None else str(row["source"])


async def add_version(
    conn: Connection,
    client_id: ClientId,
    sequence_id: SequenceId,
    version: int,
    source: str,
    definition: Mapping[str, Any],
    now: datetime,
) -> None:
    values = {"client_id": client_id, "sequence_id": sequence_id, "version": version, "source": source}
    await execute(conn, SQL["add_version"], {**values, "definition": Jsonb(definition), "now": now})


async def make_current(conn: Connection, client_id: ClientId, sequence_id: SequenceId, version: int, name: str) -> None:
    values = {"client_id": client_id, "sequence_id": sequence_id, "version": version, "name": name}
    await execute(conn, SQL["make_current"], values)


async def load_definitions(
    conn: Connection, wanted: Sequence[tuple[SequenceId, int]]
) -> dict[tuple[SequenceId, int], Mapping[str, Any]]:
    """Plain values by (sequence, version); what does not exist is absent."""
    values = {"sequence_ids": [one for one, _ in wanted], "versions": [version for _, version in wanted]}
    rows = await fetch_all(conn, SQL["load_definitions"], values)
    return {(SequenceId(row["sequence_id"]), row["version"]): row["definition"] for row in rows}


async def list_sequences(conn: Connection, client_id: ClientId) -> list[ListedSequence]:
    return [ListedSequence(**row) for row in await fetch_all(conn, SQL["list_sequences"], {"client_id": client_id})]


def _known(row: Row | None) -> KnownSequence | None:
    return None if row is None else KnownSequence(**row)


async def due_groups(conn: Connection, now: datetime) -> list[DueGroup]:
    rows = await fetch_all(conn, SQL["due_groups"], {"now": now})
    return [DueGroup(ClientId(row["client_id"]), NextChannel(row["next_channel"])) for row in rows]


async def next_due(conn: Connection) -> datetime | None:
    row = await fetch_one(conn, SQL["next_due"])
    return row["at"] if row else None


async def peek_due(
    conn: Connection, group: DueGroup, now: datetime, after: tuple[datetime, UUID] | None, limit: int
) -> list[ContactId]:
    rows = await fetch_all(conn, SQL["peek_due"], _page(group, now, after, limit))
    return list(dict.fromkeys(ContactId(row["contact_id"]) for row in rows))


async def claim_due(
    conn: Connection,
    group: DueGroup,
    now: datetime,
    after: tuple[datetime, UUID] | None,
    limit: int,
    *,
    only_look: bool = False,
) -> list[Snapshot]:
    """`only_look` reads the same rows and locks none, for looking ahead."""
    question = without_lock(SQL["claim_due"]) if only_look else SQL["claim_due"]
    rows = await fetch_all(conn, question, _page(group, now, after, limit))
    return [_snapshot(row) for row in rows]


def _page(group: DueGroup, now: datetime, after: tuple[datetime, UUID] | None, limit: int) -> dict[str, object]:
    return {
        "client_id": group.client_id,
        "next_channel": group.channel,
        "now": now,
        "after_due": after[0] if after else None,
        "after_id": after[1] if after else None,
        "limit": limit,
    }


async def lock_and_load_snapshots(conn: Connection, ids: Sequence[EnrollmentId]) -> list[Snapshot]:
    return [_snapshot(row) for row in await fetch_all(conn, SQL["lock_and_load_snapshots"], {"ids": list(ids)})]


async def write_enrollments(conn: Connection, changes: Sequence[EnrollmentChange], now: datetime) -> int:
    if not changes:
        return 0
    rows = [
        {name: getattr(change, name) for name in _CHANGE}
        | {"decision": Jsonb(dict(change.decision)) if change.decision else None}
        for change in changes
    ]
    return await execute(conn, SQL["write_enrollments"], columns(rows, _CHANGE) | {"now": now})


async def enroll_contacts(
    conn: Connection,
    client_id: ClientId,
    sequence_id: SequenceId,
    version: int,
    first: Step,
    due: Mapping[ContactId, datetime],
    now: datetime,
) -> list[EnrollmentId]:
    parameters = {
        "id": [uuid7(now) for _ in due],
        "contact_id": list(due),
        "due_at": list(due.values()),
        "client_id": client_id,
        "sequence_id": sequence_id,
        "version": version,
        "step": first.key,
        "next_channel": str(first.due_for),
        "now": now,
    }
    return [EnrollmentId(row["id"]) for row in await fetch_all(conn, SQL["enroll_contacts"], parameters)]


async def quarantine_enrollment(conn: Connection, enrollment_id: EnrollmentId, error: str, now: datetime) -> int:
    return await execute(conn, SQL["quarantine_enrollment"], {"id": enrollment_id, "error": error, "now": now})


async def load_entrants(conn: Connection, client_id: ClientId, ids: Sequence[ContactId]) -> dict[ContactId, Entrant]:
    rows = await fetch_all(conn, SQL["load_entrants"], {"client_id": client_id, "ids": list(ids)})
    return {ContactId(row["id"]): Entrant(_zone_of(row["time_zone"], row["phone"]), row["fields"]) for row in rows}


async def lock_entrants(conn: Connection, client_id: ClientId, ids: Sequence[ContactId]) -> None:
    await fetch_all(conn, SQL["lock_entrants"], {"client_id": client_id, "ids": list(ids)})


async def load_past_runs(
    conn: Connection, client_id: ClientId, sequence_id: SequenceId, ids: Sequence[ContactId]
) -> dict[ContactId, list[PastRun]]:
    values = {"client_id": client_id, "sequence_id": sequence_id, "ids": list(ids)}
    found: dict[ContactId, list[PastRun]] = {}
    for row in await fetch_all(conn, SQL["load_past_runs"], values):
        run = PastRun(row["same"], row["slug"], row["exclusive_group"], row["running"], row["changed_at"])
        found.setdefault(ContactId(row["contact_id"]), []).append(run)
    return found


def _zone_of(stated: str | None, phone: str | None) -> str:
    """The zone that waits are counted in: what the contact stated, else the phone number's first, else UTC."""
    if stated:
        return stated
    zones = phone_time_zones(phone) if phone else ()
    return zones[0] if zones else "UTC"


def _outcomes(found: Mapping[str, tuple[str, str]] | None) -> dict[str, StepTouch]:
    return {
        step: StepTouch(TouchState(state), datetime.fromisoformat(at)) for step, (state, at) in (found or {}).items()
    }


def _snapshot(row: Row) -> Snapshot:
    last = (
        LastTouch(
            id=TouchId(row["touch_id"]),
            step=row["touch_step"],
            part=row["part"],
            attempt=row["attempt"],
            state=TouchState(row["state"]),
            was_accepted=row["was_accepted"],
            confirm_by=row["confirm_by"],
            reason=row["touch_reason"],
            spare_senders=row["spare_senders"] or 0,
        )
        if row["touch_id"]
        else None
    )
    return Snapshot(
        enrollment_id=EnrollmentId(row["enrollment_id"]),
        client_id=ClientId(row["client_id"]),
        contact_id=ContactId(row["contact_id"]),
        sequence_id=SequenceId(row["sequence_id"]),
        version=row["version"],
        status=EnrollmentState(row["status"]),
        step=row["step"],
        visit=row["visit"],
        next_channel=NextChannel(row["next_channel"]),
        due_at=row["due_at"],
        waiting=row["waiting"],
        last_touch=last,
        zone=_zone_of(row["time_zone"], row["phone"]),
        decision=row["decision"],
        addresses=row.get("addresses", 0),
        enrolled_at=row["enrolled_at"],
        status_reason=row["status_reason"],
        fields=row["fields"],
        outcomes=_outcomes(row.get("outcomes")),
        replied_at=row.get("replied_at"),
        back_on=row.get("back_on"),
        mail_bounced=bool(row.get("mail_bounced")),
    )


async def await_imported_runs(conn: Connection, import_id: UUID) -> int:
    row = await fetch_one(conn, SQL["await_imported_runs"], {"import_id": import_id})
    return int(row["enrollments"]) if row else 0


async def drop_imported_runs(conn: Connection, import_id: UUID) -> int:
    return await execute(conn, SQL["drop_imported_runs"], {"import_id": import_id})
