"""One thin function a query of forgetting_queries.sql: what came in and is erased or old."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from modules.ids import ClientId, ContactId, TouchId
from utils.db import Connection, execute
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("forgetting_queries.sql"))


async def erase_inbound(conn: Connection, client_id: ClientId, contact_id: ContactId, values: Sequence[str]) -> int:
    parameters = {"client_id": client_id, "contact_id": contact_id, "values": list(values)}
    return await execute(conn, SQL["erase_inbound"], parameters)


async def erase_events(
    conn: Connection,
    client_id: ClientId,
    needles: Sequence[str],
    touch_ids: Sequence[TouchId],
    provider_ids: Sequence[str],
) -> int:
    """`needles`: what must not be found in any text of them; none of them is empty."""
    parameters = {"client_id": client_id, "needles": list(needles), "provider_ids": list(provider_ids)}
    return await execute(conn, SQL["erase_events"], parameters | {"touch_ids": [str(one) for one in touch_ids]})


async def forget_events(conn: Connection, before: datetime, waiting_before: datetime, at_most: int) -> int:
    parameters = {"before": before, "waiting_before": waiting_before, "at_most": at_most}
    return await execute(conn, SQL["forget_events"], parameters)


async def forget_sounds(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_sounds"], {"before": before, "at_most": at_most})


async def forget_words(conn: Connection, calls_before: datetime, before: datetime, at_most: int) -> int:
    """`calls_before` is the later one: what was said on a call goes sooner than what was written."""
    parameters = {"calls_before": calls_before, "before": before, "at_most": at_most}
    return await execute(conn, SQL["forget_words"], parameters)


async def forget_inbound(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_inbound"], {"before": before, "at_most": at_most})
