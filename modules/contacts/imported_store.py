"""One thin function a query of imported_queries.sql: people by the thousand, in and out again."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from utils.db import Connection, execute, fetch_one
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("imported_queries.sql"))


async def await_known_contacts(conn: Connection, import_id: UUID) -> int:
    row = await fetch_one(conn, SQL["await_known_contacts"], {"import_id": import_id})
    return int(row["contacts"]) if row else 0


async def add_imported_contacts(conn: Connection, import_id: UUID, now: datetime) -> int:
    return await execute(conn, SQL["add_imported_contacts"], {"import_id": import_id, "now": now})


async def ensure_imported_addresses(conn: Connection, import_id: UUID, now: datetime) -> int:
    return await execute(conn, SQL["ensure_imported_addresses"], {"import_id": import_id, "now": now})


async def link_imported_addresses(conn: Connection, import_id: UUID) -> int:
    return await execute(conn, SQL["link_imported_addresses"], {"import_id": import_id})


async def measure_contacts(conn: Connection) -> None:
    await execute(conn, SQL["measure_contacts"])


async def await_imported_contacts(conn: Connection, import_id: UUID) -> int:
    row = await fetch_one(conn, SQL["await_imported_contacts"], {"import_id": import_id})
    return int(row["contacts"]) if row else 0


async def await_imported_addresses(conn: Connection, import_id: UUID) -> int:
    row = await fetch_one(conn, SQL["await_imported_addresses"], {"import_id": import_id})
    return int(row["addresses"]) if row else 0


async def close_imported_addresses(conn: Connection, import_id: UUID) -> int:
    return await execute(conn, SQL["close_imported_addresses"], {"import_id": import_id})


async def drop_imported_refs(conn: Connection, import_id: UUID) -> int:
    return await execute(conn, SQL["drop_imported_refs"], {"import_id": import_id})


async def drop_imported_addresses(conn: Connection, import_id: UUID) -> int:
    """How many addresses are gone; those of other people and those that are closed stay."""
    return await execute(conn, SQL["drop_imported_addresses"], {"import_id": import_id})


async def drop_imported_contacts(conn: Connection, import_id: UUID) -> int:
    return await execute(conn, SQL["drop_imported_contacts"], {"import_id": import_id})
