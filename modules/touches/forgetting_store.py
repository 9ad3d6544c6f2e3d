"""One thin function a query of forgetting_queries.sql: touches of a person who is erased, and the words of old ones."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from modules.ids import ClientId, ContactId, TouchId
from utils.db import Connection, Row, execute, fetch_all
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("forgetting_queries.sql"))


async def erase_claimed(
    conn: Connection, client_id: ClientId, contact_id: ContactId, reason: str, now: datetime
) -> int:
    parameters = {"client_id": client_id, "contact_id": contact_id, "reason": reason, "now": now}
    return await execute(conn, SQL["erase_claimed"], parameters)


async def lock_touches_of(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[Row]:
    """id, channel, to_address, provider_id, `unproven`, and by when its end is known at the latest."""
    return await fetch_all(conn, SQL["lock_touches_of"], {"client_id": client_id, "contact_id": contact_id})


async def erase_touches(
    conn: Connection, client_id: ClientId, contact_id: ContactId, marks: Mapping[TouchId, str], codes: Sequence[str]
) -> int:
    """`marks` stand where the addresses stood; of each decision only what `codes` names stays."""
    parameters = {"client_id": client_id, "contact_id": contact_id, "codes": list(codes)}
    return await execute(conn, SQL["erase_touches"], parameters | {"id": list(marks), "mark": list(marks.values())})


async def forget_recordings(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_recordings"], {"before": before, "at_most": at_most})


async def forget_transcripts(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_transcripts"], {"before": before, "at_most": at_most})


async def forget_bodies(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_bodies"], {"before": before, "at_most": at_most})


async def forget_touches(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_touches"], {"before": before, "at_most": at_most})
