"""One thin function a query."""

from collections.abc import Mapping
from datetime import datetime

from psycopg.types.json import Jsonb

from modules.health.models import Level, LogEvent
from modules.ids import ClientId, EnrollmentId, TouchId
from utils.db import Connection, execute, fetch_one
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
