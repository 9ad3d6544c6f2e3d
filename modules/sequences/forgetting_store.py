"""One thin function a query of forgetting_queries.sql: enrollments of a person who is erased, and old ones."""

from datetime import datetime
from pathlib import Path

from modules.ids import ClientId, ContactId, EnrollmentId
from utils.db import Connection, execute, fetch_all
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("forgetting_queries.sql"))


async def lock_runs_of(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[EnrollmentId]:
    rows = await fetch_all(conn, SQL["lock_runs_of"], {"client_id": client_id, "contact_id": contact_id})
    return [EnrollmentId(row["id"]) for row in rows]


async def erase_runs(conn: Connection, client_id: ClientId, contact_id: ContactId, reason: str, now: datetime) -> int:
    parameters = {"client_id": client_id, "contact_id": contact_id, "reason": reason, "now": now}
    return await execute(conn, SQL["erase_runs"], parameters)


async def forget_last_touches(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_last_touches"], {"before": before, "at_most": at_most})


async def forget_runs(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_runs"], {"before": before, "at_most": at_most})


async def forget_reasons(conn: Connection, client_id: ClientId, contact_id: ContactId) -> int:
    return await execute(conn, SQL["forget_reasons"], {"client_id": client_id, "contact_id": contact_id})
