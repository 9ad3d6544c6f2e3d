"""Who enters a sequence: one function a query; see entry_queries.sql."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from psycopg.types.json import Jsonb

from modules.ids import ClientId, ContactId, EnrollmentId, SequenceId
from modules.sequences.models_of_rules import RANK, Milestones, PastRun, Priority, milestones_of
from modules.sequences.models_of_runs import Move, Portion
from utils.address import zone_of
from utils.db import Connection, execute, fetch_all, fetch_one
from utils.sql import Queries
from utils.uuid7 import uuid7

SQL = Queries(Path(__file__).with_name("entry_queries.sql"))


@dataclass(frozen=True)
class Entrant:
    """What decides when a contact's first step is due."""

    zone: str
    fields: Mapping[str, object]
    milestones: Milestones


async def enroll_contacts(
    conn: Connection,
    client_id: ClientId,
    sequence_id: SequenceId,
    version: int,
    priority: Priority,
    places: Mapping[ContactId, Move],
    now: datetime,
) -> list[EnrollmentId]:
    parameters = {
        "id": [uuid7(now) for _ in places],
        "contact_id": list(places),
        "step": [place.step.key for place in places.values()],
        "next_channel": [str(place.step.due_for) for place in places.values()],
        "due_at": [place.due_at for place in places.values()],
        "decision": [Jsonb(dict(place.note)) if place.note else None for place in places.values()],
        "client_id": client_id,
        "sequence_id": sequence_id,
        "version": version,
        "priority": RANK[priority],
        "now": now,
    }
    return [EnrollmentId(row["id"]) for row in await fetch_all(conn, SQL["enroll_contacts"], parameters)]


async def load_entrants(conn: Connection, client_id: ClientId, ids: Sequence[ContactId]) -> dict[ContactId, Entrant]:
    rows = await fetch_all(conn, SQL["load_entrants"], {"client_id": client_id, "ids": list(ids)})
    return {
        ContactId(row["id"]): Entrant(
            zone_of(row["time_zone"], row["phone"]), row["fields"], milestones_of(row["milestones"])
        )
        for row in rows
    }


async def lock_entrants(conn: Connection, client_id: ClientId, ids: Sequence[ContactId]) -> None:
    await fetch_all(conn, SQL["lock_entrants"], {"client_id": client_id, "ids": list(ids)})


async def load_past_runs(
    conn: Connection, client_id: ClientId, sequence_id: SequenceId, ids: Sequence[ContactId]
) -> dict[ContactId, list[PastRun]]:
    values = {"client_id": client_id, "sequence_id": sequence_id, "ids": list(ids)}
    found: dict[ContactId, list[PastRun]] = {}
    for row in await fetch_all(conn, SQL["load_past_runs"], values):
        group, handed_over = row["exclusive_group"], bool(row["handed_over"])
        run = PastRun(row["same"], row["slug"], group, row["running"], row["changed_at"], handed_over)
        found.setdefault(ContactId(row["contact_id"]), []).append(run)
    return found


async def lock_door(conn: Connection, client_id: ClientId, sequence_id: SequenceId) -> Portion:
    row = await fetch_one(conn, SQL["lock_door"], {"client_id": client_id, "sequence_id": sequence_id})
    return Portion(row["portion_at"], row["portion_taken"]) if row else Portion(None, 0)


async def count_running(conn: Connection, client_id: ClientId, sequence_id: SequenceId) -> int:
    row = await fetch_one(conn, SQL["count_running"], {"client_id": client_id, "sequence_id": sequence_id})
    return int(row["running"]) if row else 0


async def note_portion(conn: Connection, client_id: ClientId, sequence_id: SequenceId, portion: Portion) -> None:
    values = {"portion_at": portion.at, "portion_taken": portion.taken}
    await execute(conn, SQL["note_portion"], {"client_id": client_id, "sequence_id": sequence_id, **values})


async def await_imported_runs(conn: Connection, import_id: UUID) -> int:
    row = await fetch_one(conn, SQL["await_imported_runs"], {"import_id": import_id})
    return int(row["enrollments"]) if row else 0


async def drop_imported_runs(conn: Connection, import_id: UUID) -> int:
    return await execute(conn, SQL["drop_imported_runs"], {"import_id": import_id})
