"""One poisoned enrollment is set aside with its error, and an alarm; it never stops the others."""

from datetime import datetime

from modules.health import Level, LogEvent, write_log
from modules.sequences import Snapshot, quarantine_enrollment
from utils.db import Connection
from utils.log import logger

LOG = logger("quarantine")

POISON = (KeyError, ValueError, TypeError, ArithmeticError, OSError)
"""What pure rules raise on a row they cannot work with (a zone such as "America" is a folder: OSError)."""


async def quarantine(conn: Connection, snapshot: Snapshot, error: str, now: datetime) -> None:
    await quarantine_enrollment(conn, snapshot.enrollment_id, error, now)
    await write_log(
        conn,
        snapshot.client_id,
        Level.alarm,
        LogEvent.enrollment_quarantined,
        now,
        enrollment_id=snapshot.enrollment_id,
        detail={"error": error},
    )
    LOG.error("enrollment_quarantined", enrollment_id=str(snapshot.enrollment_id), error=error)
