"""One thin function a query of forgetting_queries.sql: log lines and findings that name a person, and old ones."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from modules.ids import ClientId, TouchId
from utils.db import Connection, execute
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("forgetting_queries.sql"))


async def erase_details(conn: Connection, client_id: ClientId, needles: Sequence[str]) -> int:
    return await execute(conn, SQL["erase_details"], {"client_id": client_id, "needles": list(needles)})


async def erase_findings(
    conn: Connection, client_id: ClientId, needles: Sequence[str], touch_ids: Sequence[TouchId], hashes: Sequence[bytes]
) -> int:
    values = {"needles": list(needles), "touch_ids": list(touch_ids), "hashes": list(hashes)}
    return await execute(conn, SQL["erase_findings"], {"client_id": client_id, **values})


async def untie_imported_logs(conn: Connection, import_id: UUID) -> int:
    return await execute(conn, SQL["untie_imported_logs"], {"import_id": import_id})


async def forget_logs(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_logs"], {"before": before, "at_most": at_most})


async def forget_proof_logs(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_proof_logs"], {"before": before, "at_most": at_most})


async def forget_findings(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_findings"], {"before": before, "at_most": at_most})


async def forget_breakers(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_breakers"], {"before": before, "at_most": at_most})
