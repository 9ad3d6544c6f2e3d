"""One thin function a query."""

from datetime import datetime

from utils.db import Connection, execute
from utils.sql import queries

SQL = queries(__file__)


async def count_steps(conn: Connection, since: datetime, now: datetime) -> int:
    """Rows that were not right any more and now are; `since` is the beginning of a day in UTC."""
    return await execute(conn, SQL["count_steps"], {"since": since, "now": now})
