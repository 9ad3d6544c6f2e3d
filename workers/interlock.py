"""May anything leave? After a restore not: the providers may have what this database no longer knows.

A restore shows in the row itself (the transaction or the table that wrote it is another one: a dump was read in), in
the cluster (another system identifier: a copy) or in the timeline (point-in-time recovery). A file-system snapshot put
back in place shows in none of them; who does that says so: `scripts/omnify disarm`.
"""

from datetime import datetime

from modules.health import EngineState, Level, LogEvent, disarm_engine, read_engine_state, write_log
from utils.db import Connection
from utils.log import logger

LOG = logger("interlock")
NOTICED = "restore_noticed"
NOT_RECORDED = "not_recorded"
BY_ITSELF = "engine"


async def look_at_interlock(conn: Connection, now: datetime) -> EngineState | None:
    """The state when the engine may arm, None when it may not. One read; a restore that is noticed is written once."""
    state = await read_engine_state(conn)
    if state is not None and state.may_arm:
        return state
    if state is None or state.armed:
        await disarm(conn, NOTICED if state else NOT_RECORDED, BY_ITSELF, now)
    else:
        LOG.warning("disarmed", reason=state.reason)
    return None


async def disarm(conn: Connection, reason: str, by: str, now: datetime) -> bool:
    """Nothing is armed from the next sweep on. True when it could have been until now; the first reason stays."""
    if not await disarm_engine(conn, reason, by, now):
        return False
    LOG.error("engine_disarmed", reason=reason)
    await write_log(conn, None, Level.alarm, LogEvent.engine_disarmed, now, detail={"reason": reason, "by": by})
    return True
