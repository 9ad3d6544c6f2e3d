"""One thin function a query of control_queries.sql: what a person does with one enrollment."""

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from modules.ids import ClientId, ContactId, EnrollmentId, TouchId
from modules.sequences.models_of_runs import EnrollmentState
from utils.db import Connection, Row, execute, fetch_all, fetch_one
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("control_queries.sql"))


@dataclass(frozen=True)
class LockedRun:
    """An enrollment that is locked until the transaction ends."""

    client_id: ClientId
    contact_id: ContactId
    last_touch_id: TouchId | None


@dataclass(frozen=True)
class NamedRun:
    """An enrollment as a person names it."""

    id: EnrollmentId
    client_id: ClientId
    contact_id: ContactId
    sequence: str
    status: EnrollmentState


@dataclass(frozen=True)
class Action:
    """One line of the record: never changed afterwards."""

    id: UUID
    client_id: ClientId
    enrollment_id: EnrollmentId
    verb: str
    acted_by: str
    reason: str | None
    at: datetime
    from_status: str
    from_step: str | None
    from_visit: int
    from_due_at: datetime | None
    to_status: str
    to_step: str | None
    to_visit: int
    to_due_at: datetime | None
    moved_to: EnrollmentId | None = None


async def lock_enrollment(conn: Connection, enrollment_id: EnrollmentId) -> LockedRun | None:
    row = await fetch_one(conn, SQL["lock_enrollment"], {"id": enrollment_id})
    return None if row is None else LockedRun(**row)


async def let_go_of_touch(conn: Connection, enrollment_id: EnrollmentId) -> int:
    return await execute(conn, SQL["let_go_of_touch"], {"id": enrollment_id})


async def record_action(conn: Connection, action: Action) -> None:
    await execute(conn, SQL["record_action"], asdict(action))


async def find_enrollment(conn: Connection, enrollment_id: UUID, client_id: ClientId | None) -> NamedRun | None:
    row = await fetch_one(conn, SQL["find_enrollment"], {"id": enrollment_id, "client_id": client_id})
    return None if row is None else _named(row)


async def list_runs_of(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[NamedRun]:
    parameters = {"client_id": client_id, "contact_id": contact_id}
    return [_named(row) for row in await fetch_all(conn, SQL["list_runs_of"], parameters)]


def _named(row: Row) -> NamedRun:
    return NamedRun(**row | {"status": EnrollmentState(row["status"])})
