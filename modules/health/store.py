"""One thin function a query."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from psycopg.types.json import Jsonb

from modules.health.models import Backlog, Health, Lately, Level, LogEvent, Trouble
from modules.ids import AccountId, ClientId, EnrollmentId, TouchId
from modules.labels import ChannelName, Provider
from utils.db import Connection, Row, columns, execute, fetch_all, fetch_one
from utils.sql import queries
from utils.uuid7 import uuid7

SQL = queries(__file__)


async def write_log(
    conn: Connection,
    client_id: ClientId | None,
    level: Level,
    event: LogEvent,
    now: datetime,
    *,
    touch_id: TouchId | None = None,
    enrollment_id: EnrollmentId | None = None,
    detail: Mapping[str, str] | None = None,
) -> int:
    parameters = {
        "id": uuid7(now),
        "client_id": client_id,
        "now": now,
        "level": level,
        "event": event,
        "touch_id": touch_id,
        "enrollment_id": enrollment_id,
        "detail": Jsonb(dict(detail or {})),
    }
    return await execute(conn, SQL["write_log"], parameters)


async def is_alive(conn: Connection) -> bool:
    return await fetch_one(conn, SQL["is_alive"]) is not None


async def open_breaker(
    conn: Connection, client_id: ClientId, account_id: AccountId, sender: str, reason: str, now: datetime
) -> bool:
    """True when it was not resting already."""
    parameters = {"client_id": client_id, "account_id": account_id, "sender": sender, "reason": reason, "now": now}
    return await execute(conn, SQL["open_breaker"], parameters) > 0


async def open_breakers(conn: Connection, account_id: AccountId, now: datetime) -> dict[str, datetime]:
    rows = await fetch_all(conn, SQL["open_breakers"], {"account_id": account_id, "now": now})
    return {row["sender"]: row["closes_at"] for row in rows}


async def close_breaker(conn: Connection, account_id: AccountId, sender: str) -> int:
    return await execute(conn, SQL["close_breaker"], {"account_id": account_id, "sender": sender})


async def load_health(
    conn: Connection, now: datetime, since: datetime, newest: int, unmatched_since: datetime
) -> Health:
    """`since` and `newest`: how far back and how many of an account's touches are looked at."""
    parameters = {"now": now, "since": since, "newest": newest, "unmatched_since": unmatched_since}
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in await fetch_all(conn, SQL["load_health"], parameters):
        parts[row["part"]].append(row)
    return Health(
        due_enrollments=_backlogs(parts["due_enrollments"]),
        late_touches=_backlogs(parts["late_touches"]),
        lately=tuple(
            Lately(ClientId(row["client_id"]), AccountId(row["account_id"]), row["how_many"], row["taken"])
            for row in parts["lately"]
        ),
        resting_numbers=_backlogs(parts["resting_numbers"]),
        unmatched=_backlogs(parts["unmatched"]),
        disarmed_since=next((row["oldest_at"] for row in parts["disarmed"]), None),
    )


async def note_troubles(conn: Connection, troubles: Sequence[Trouble], now: datetime, quiet_since: datetime) -> int:
    """How many were new."""
    rows = [
        {
            "id": uuid7(now),
            "client_id": one.client_id,
            "level": one.level,
            "event": one.event,
            "subject": one.subject,
            "detail": Jsonb(dict(one.detail)),
        }
        for one in troubles
    ]
    if not rows:
        return 0
    parameters = columns(rows, tuple(rows[0])) | {"now": now, "quiet_since": quiet_since}
    return await execute(conn, SQL["note_troubles"], parameters)


async def listed_touches(
    conn: Connection, provider: Provider, ids: Sequence[TouchId], provider_ids: Sequence[str]
) -> list[Row]:
    parameters = {"provider": provider, "ids": list(ids), "provider_ids": list(provider_ids)}
    return await fetch_all(conn, SQL["listed_touches"], parameters)


async def unplaced_people(
    conn: Connection,
    provider: Provider,
    channel: ChannelName,
    client_ids: Sequence[ClientId],
    since: datetime,
    *,
    shared: bool,
) -> frozenset[str]:
    """Addresses in lower case, and the provider's ids of people as it writes them."""
    parameters = {"provider": provider, "channel": channel, "client_ids": list(client_ids), "since": since}
    found = await fetch_all(conn, SQL["unplaced_people"], parameters | {"shared": shared})
    return frozenset(row["person"] for row in found)


async def newest_list_lines(
    conn: Connection, client_ids: Sequence[ClientId], since: datetime
) -> dict[AccountId, tuple[LogEvent, datetime]]:
    found = await fetch_all(conn, SQL["newest_list_lines"], {"client_ids": list(client_ids), "since": since})
    return {AccountId(row["account_id"]): (LogEvent(row["event"]), row["at"]) for row in found}


async def silent_touches(
    conn: Connection, account_ids: Sequence[AccountId], since: datetime, until: datetime, listed: Sequence[str]
) -> list[Row]:
    parameters = {"account_ids": list(account_ids), "since": since, "until": until, "listed": list(listed)}
    return await fetch_all(conn, SQL["silent_touches"], parameters)


def _backlogs(rows: Sequence[Row]) -> tuple[Backlog, ...]:
    return tuple(
        Backlog(
            ClientId(row["client_id"]),
            AccountId(row["account_id"]) if row["account_id"] else None,
            row["how_many"],
            row["oldest_at"],
        )
        for row in rows
    )
