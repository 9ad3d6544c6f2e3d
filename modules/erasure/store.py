"""One thin function a query."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from modules.erasure.models import Certificate
from modules.ids import ClientId, ContactId
from utils.db import Connection, Row, execute, fetch_all, fetch_one
from utils.sql import queries

SQL = queries(__file__)


async def record_erasure(conn: Connection, done: Certificate) -> None:
    parameters = {
        "id": done.id,
        "client_id": done.client_id,
        "contact_id": done.contact_id,
        "erased_by": done.erased_by,
        "counts": Jsonb(dict(done.counts)),
        "now": done.erased_at,
    }
    await execute(conn, SQL["record_erasure"], parameters)


async def find_erasure(conn: Connection, client_id: ClientId, contact_id: ContactId) -> Certificate | None:
    row = await fetch_one(conn, SQL["find_erasure"], {"client_id": client_id, "contact_id": contact_id})
    return Certificate(**row, repeated=True) if row else None


async def newest_erasure(conn: Connection, client_ids: Sequence[ClientId]) -> datetime | None:
    row = await fetch_one(conn, SQL["newest_erasure"], {"client_ids": list(client_ids)})
    return row["at"] if row else None


async def insert_proof(
    conn: Connection, client_id: ClientId, contact_id: ContactId, sealed: bytes, delete_at: datetime
) -> None:
    parameters = {"client_id": client_id, "contact_id": contact_id, "sealed": sealed, "delete_at": delete_at}
    await execute(conn, SQL["insert_proof"], parameters)


async def load_proof(conn: Connection, client_id: ClientId, contact_id: ContactId) -> bytes | None:
    row = await fetch_one(conn, SQL["load_proof"], {"client_id": client_id, "contact_id": contact_id})
    return bytes(row["sealed"]) if row else None


async def page_proofs(conn: Connection, after: UUID, limit: int) -> list[Row]:
    return await fetch_all(conn, SQL["page_proofs"], {"after": after, "limit": limit})


async def reseal_proof(conn: Connection, client_id: ClientId, contact_id: ContactId, sealed: bytes) -> int:
    parameters = {"client_id": client_id, "contact_id": contact_id, "sealed": sealed}
    return await execute(conn, SQL["reseal_proof"], parameters)


async def forget_proofs(conn: Connection, now: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_proofs"], {"now": now, "at_most": at_most})
