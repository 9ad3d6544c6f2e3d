"""One thin function a query."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from modules.ids import ClientId
from modules.imports.models import Counts, FileFacts
from utils.db import Connection, Row, execute, fetch_all, fetch_one
from utils.sql import queries

SQL = queries(__file__)


async def try_lock_client(conn: Connection, client_id: ClientId) -> bool:
    row = await fetch_one(conn, SQL["try_lock_client"], {"key": f"import/{client_id}"})
    return bool(row and row["is_ours"])


async def insert_import(
    conn: Connection,
    import_id: UUID,
    client_id: ClientId,
    file: FileFacts,
    mapping: Mapping[str, str],
    attested_by: str | None,
    now: datetime,
) -> None:
    parameters = {
        "id": import_id,
        "client_id": client_id,
        "file_name": file.name,
        "file_hash": file.sha256,
        "mapping": Jsonb(dict(mapping)),
        "attested_by": attested_by,
        "now": now,
    }
    await execute(conn, SQL["insert_import"], parameters)


async def copy_rows(conn: Connection, rows: Iterable[tuple[Any, ...]]) -> int:
    """How many were copied. `rows` is read as it is sent: none is kept."""
    copied = 0
    async with conn.cursor() as cursor, cursor.copy(SQL["copy_rows"]) as copy:
        for row in rows:
            await copy.write_row(row)
            copied += 1
    return copied


async def measure_rows(conn: Connection) -> None:
    await execute(conn, SQL["measure_rows"])


async def judge_twins(conn: Connection, import_id: UUID) -> int:
    return await execute(conn, SQL["judge_twins"], {"import_id": import_id})


async def judge_known(conn: Connection, import_id: UUID) -> int:
    return await execute(conn, SQL["judge_known"], {"import_id": import_id})


async def judge_known_consents(conn: Connection, import_id: UUID) -> int:
    return await execute(conn, SQL["judge_known_consents"], {"import_id": import_id})


async def judge_closed(conn: Connection, import_id: UUID) -> int:
    return await execute(conn, SQL["judge_closed"], {"import_id": import_id})


async def judge_stopped_consents(conn: Connection, import_id: UUID) -> int:
    return await execute(conn, SQL["judge_stopped_consents"], {"import_id": import_id})


async def count_rows(conn: Connection, import_id: UUID) -> Counts:
    row = await fetch_one(conn, SQL["count_rows"], {"import_id": import_id})
    return Counts(**(row or {}))


async def page_left_out(conn: Connection, import_id: UUID, after: int, limit: int) -> list[Row]:
    return await fetch_all(conn, SQL["page_left_out"], {"import_id": import_id, "after": after, "limit": limit})


async def drop_rows(conn: Connection, import_id: UUID) -> int:
    return await execute(conn, SQL["drop_rows"], {"import_id": import_id})


async def finish_import(conn: Connection, import_id: UUID, counts: Counts, now: datetime) -> None:
    parameters = {
        "import_id": import_id,
        "read": counts.read,
        "added": counts.added,
        "known": counts.known,
        "rejected": counts.rejected,
        "closed": counts.closed,
        "now": now,
    }
    await execute(conn, SQL["finish_import"], parameters)


async def lock_import(conn: Connection, import_id: UUID) -> Row | None:
    return await fetch_one(conn, SQL["lock_import"], {"import_id": import_id})


async def count_reached(conn: Connection, import_id: UUID) -> Row:
    return await fetch_one(conn, SQL["count_reached"], {"import_id": import_id}) or {}


async def mark_undone(conn: Connection, import_id: UUID, now: datetime) -> None:
    await execute(conn, SQL["mark_undone"], {"import_id": import_id, "now": now})


async def list_imports(conn: Connection, client_id: ClientId) -> list[Row]:
    return await fetch_all(conn, SQL["list_imports"], {"client_id": client_id})


async def list_field_names(conn: Connection, client_id: ClientId) -> list[str]:
    return [row["name"] for row in await fetch_all(conn, SQL["list_field_names"], {"client_id": client_id})]


async def page_people(conn: Connection, client_id: ClientId, after: UUID, limit: int) -> list[Row]:
    return await fetch_all(conn, SQL["page_people"], {"client_id": client_id, "after": after, "limit": limit})
