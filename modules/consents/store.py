"""One thin function a query."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from modules.ids import ClientId, ContactId
from modules.labels import ChannelName, ConsentGiven, ConsentKind
from utils.db import Connection, Row, execute, fetch_all
from utils.sql import queries

SQL = queries(__file__)


async def insert_consent(
    conn: Connection,
    consent_id: UUID,
    client_id: ClientId,
    contact_id: ContactId,
    given: ConsentGiven,
    wording_hash: str,
    covers_ai_voice: bool,
    now: datetime,
) -> None:
    parameters = {
        "id": consent_id,
        "client_id": client_id,
        "contact_id": contact_id,
        "channel": given.channel,
        "wording": given.wording,
        "source": given.source,
        "at": given.at or now,
        "kind": given.kind,
        "wording_hash": wording_hash,
        "wording_version": given.version,
        "covers_ai_voice": covers_ai_voice,
        "address": given.address,
        "proof": Jsonb(dict(given.proof)),
        "expires_at": given.expires_at,
    }
    await execute(conn, SQL["insert_consent"], parameters)


async def withdraw_consents(
    conn: Connection,
    ids: Sequence[UUID],
    client_id: ClientId,
    contact_id: ContactId,
    channels: Sequence[ChannelName],
    wording: str,
    wording_hash: str,
    source: str,
    now: datetime,
) -> int:
    parameters = {
        "id": list(ids),
        "channel": [str(one) for one in channels],
        "client_id": client_id,
        "contact_id": contact_id,
        "wording": wording,
        "wording_hash": wording_hash,
        "source": source,
        "now": now,
    }
    return await execute(conn, SQL["withdraw_consents"], parameters)


async def take_consents(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[Row]:
    """Whole rows, as JSON."""
    rows = await fetch_all(conn, SQL["take_consents"], {"client_id": client_id, "contact_id": contact_id})
    return [row["row"] for row in rows]


async def erase_consents(conn: Connection, client_id: ClientId, contact_id: ContactId) -> int:
    return await execute(conn, SQL["erase_consents"], {"client_id": client_id, "contact_id": contact_id})


async def add_imported_consents(
    conn: Connection,
    import_id: UUID,
    kind: ConsentKind,
    wording: str | None,
    version: str | None,
    source: str,
    proof: Mapping[str, str],
    now: datetime,
) -> int:
    """How many were added. `wording` stands for rows without words of their own; `proof` is what all rows share:
    file_name, file_hash, attested_by."""
    parameters = {
        "import_id": import_id,
        "kind": kind,
        "wording": wording,
        "version": version,
        "source": source,
        "file_name": proof["file_name"],
        "file_hash": proof["file_hash"],
        "attested_by": proof["attested_by"],
        "now": now,
    }
    return await execute(conn, SQL["add_imported_consents"], parameters)


async def measure_consents(conn: Connection) -> None:
    await execute(conn, SQL["measure_consents"])


async def drop_imported_consents(conn: Connection, import_id: UUID) -> int:
    return await execute(conn, SQL["drop_imported_consents"], {"import_id": import_id})
