"""One thin function a query of forgetting_queries.sql: a person who is erased."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from modules.ids import AddressId, ClientId, ContactId
from utils.db import Connection, Row, execute, fetch_all, fetch_one
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("forgetting_queries.sql"))


async def lock_for_erasure(conn: Connection, client_id: ClientId, contact_id: ContactId) -> Row | None:
    return await fetch_one(conn, SQL["lock_for_erasure"], {"client_id": client_id, "contact_id": contact_id})


async def lock_own_addresses(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[Row]:
    return await fetch_all(conn, SQL["lock_own_addresses"], {"client_id": client_id, "contact_id": contact_id})


async def shared_addresses(conn: Connection, ids: Sequence[AddressId], contact_id: ContactId) -> set[AddressId]:
    rows = await fetch_all(conn, SQL["shared_addresses"], {"ids": list(ids), "contact_id": contact_id})
    return {AddressId(row["address_id"]) for row in rows}


async def erase_refs(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[str]:
    rows = await fetch_all(conn, SQL["erase_refs"], {"client_id": client_id, "contact_id": contact_id})
    return [row["ref"] for row in rows]


async def erase_reopenings(
    conn: Connection, client_id: ClientId, contact_id: ContactId, address_ids: Sequence[AddressId]
) -> int:
    parameters = {"client_id": client_id, "contact_id": contact_id, "address_ids": list(address_ids)}
    return await execute(conn, SQL["erase_reopenings"], parameters)


async def erase_told(conn: Connection, client_id: ClientId, contact_id: ContactId) -> int:
    return await execute(conn, SQL["erase_told"], {"client_id": client_id, "contact_id": contact_id})


async def erase_links(conn: Connection, client_id: ClientId, contact_id: ContactId) -> int:
    return await execute(conn, SQL["erase_links"], {"client_id": client_id, "contact_id": contact_id})


async def erase_addresses(conn: Connection, client_id: ClientId, ids: Sequence[AddressId]) -> int:
    return await execute(conn, SQL["erase_addresses"], {"client_id": client_id, "ids": list(ids)})


async def erase_contact(conn: Connection, client_id: ClientId, contact_id: ContactId, now: datetime) -> int:
    return await execute(conn, SQL["erase_contact"], {"client_id": client_id, "contact_id": contact_id, "now": now})
