"""One thin function a query of interlock_queries.sql: may the engine arm?"""

from datetime import datetime
from pathlib import Path

from modules.health.models import EngineState
from utils.db import Connection, execute, fetch_one
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("interlock_queries.sql"))


async def read_engine_state(conn: Connection) -> EngineState | None:
    """None where nothing is recorded, which arms nothing."""
    row = await fetch_one(conn, SQL["read_engine_state"])
    # a comparison with a null is no yes
    return EngineState(**row | {"same": row["same"] is True}) if row else None


async def disarm_engine(conn: Connection, reason: str, by: str, now: datetime) -> bool:
    """True when it was armed until now, or nothing was recorded here."""
    return await execute(conn, SQL["disarm_engine"], {"reason": reason, "by": by, "now": now}) > 0


async def arm_engine(conn: Connection, reason: str, by: str, disarmed_at: datetime | None, now: datetime) -> bool:
    """False when it is no longer disarmed as it was at `disarmed_at`: armed by somebody else, or disarmed anew."""
    parameters = {"reason": reason, "by": by, "disarmed_at": disarmed_at, "now": now}
    return await execute(conn, SQL["arm_engine"], parameters) > 0


async def newest_trace(conn: Connection) -> datetime | None:
    """None where there is no account either."""
    row = await fetch_one(conn, SQL["newest_trace"])
    return row["at"] if row else None
