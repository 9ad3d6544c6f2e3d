"""One thin function a query."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from modules.canaries.models import PUNCTUAL, Canary, CanaryLook, DueCheck
from modules.ids import ClientId, ContactId
from modules.labels import ChannelName
from utils.db import Connection, Row, execute, fetch_all, fetch_one
from utils.sql import queries

SQL = queries(__file__)
HOUR = timedelta(hours=1)


class Running(NamedTuple):
    """A canary that runs, to whom and how often."""

    id: UUID
    contact_id: ContactId
    every: timedelta


async def running_canary(conn: Connection, client_id: ClientId, channel: ChannelName) -> Running | None:
    """The row stays locked."""
    row = await fetch_one(conn, SQL["running_canary"], {"client_id": client_id, "channel": channel})
    return Running(row["id"], row["contact_id"], row["every_hours"] * HOUR) if row else None


async def keep_canary(conn: Connection, canary: Canary) -> bool:
    """False when the channel has one that runs."""
    parameters = asdict(canary) | {"every_hours": canary.every // HOUR}
    return await execute(conn, SQL["keep_canary"], parameters) == 1


async def stop_canary(conn: Connection, canary_id: UUID, by: str, now: datetime) -> bool:
    return await execute(conn, SQL["stop_canary"], {"id": canary_id, "by": by, "now": now}) == 1


async def checks_due(conn: Connection, now: datetime, at_most: int) -> list[DueCheck]:
    """Turns that began less than PUNCTUAL ago and have not left."""
    rows = await fetch_all(conn, SQL["checks_due"], {"now": now, "since": now - PUNCTUAL, "at_most": at_most})
    return [DueCheck(**row | {"channel": ChannelName(row["channel"])}) for row in rows]


async def lock_check(conn: Connection, canary_id: UUID, number: int) -> int | None:
    """Attempts made so far; None when it is locked elsewhere, was stopped or this turn has left."""
    row = await fetch_one(conn, SQL["lock_check"], {"id": canary_id, "number": number})
    return row["attempts"] if row else None


async def list_canaries(
    conn: Connection, client_id: ClientId | None, since: datetime, at_most: int, after: UUID | None = None
) -> list[CanaryLook]:
    """A client's, those that run first; of nobody given, all that run, a page from `after` on. `since` bounds what is
    counted as lately."""
    parameters = {"client_id": client_id, "since": since, "at_most": at_most, "after": after}
    return [_look(row) for row in await fetch_all(conn, SQL["list_canaries"], parameters)]


async def erase_canaries(conn: Connection, client_id: ClientId, contact_id: ContactId) -> int:
    return await execute(conn, SQL["erase_canaries"], {"client_id": client_id, "contact_id": contact_id})


def _look(row: Row) -> CanaryLook:
    every = row["every_hours"] * HOUR
    rest = {name: value for name, value in row.items() if name not in ("every_hours", "channel")}
    return CanaryLook(every=every, channel=ChannelName(row["channel"]), **rest)
