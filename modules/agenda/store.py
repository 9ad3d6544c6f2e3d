"""One thin function a query."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from modules.labels import Provider
from utils.db import Connection, fetch_one
from utils.sql import queries

SQL = queries(__file__)


class Waiting(NamedTuple):
    """Whether there is any work; whether `replies` that people wrote, or `canaries` that have their turn, are part of
    it."""

    anything: bool
    replies: bool
    canaries: bool


async def something_waits(conn: Connection, now: datetime, watched: Sequence[Provider]) -> Waiting:
    """Whether a sweep at `now` finds work; `watched` are the providers that are asked for changes while anything of
    theirs is open."""
    row = await fetch_one(conn, SQL["something_waits"], {"now": now, "watched": [str(one) for one in watched]})
    return Waiting(row["waits"], row["replies"], row["canaries"]) if row else Waiting(False, False, False)


async def overdue_since(conn: Connection, now: datetime) -> datetime | None:
    """The instant at which what is due longest at `now` fell due; None when nothing is."""
    row = await fetch_one(conn, SQL["overdue_since"], {"now": now})
    return row["since"] if row else None
