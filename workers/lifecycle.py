"""At minute 17 of each hour: forgets what has been kept long enough.

Touches, consents and what people wrote are not forgotten here: they are the proof of what was done and allowed.
"""

from datetime import timedelta

from modules.health import forget_breakers, forget_logs
from modules.inbox import forget_events
from utils.log import logger
from workers.context import Deps

LOG = logger("lifecycle")

KEEP_EVENTS = timedelta(days=400)
"""What providers said that was no plain status: raw proof, a year and a month of it."""
KEEP_LOGS = timedelta(days=90)
"""System logs that name no touch and no enrollment. One that does belongs to the proof and stays."""
KEEP_BREAKERS = timedelta(days=7)
"""After it closed: until then the next fault of that number rests longer than the first."""
AT_MOST = 5000
"""Rows of each kind in one run, so that no run holds locks for long; what is left goes with the next hour."""


async def forget(deps: Deps) -> dict[str, int]:
    """What was deleted; an idle hour writes nothing."""
    now = deps.clock.now()
    counts: dict[str, int] = {}
    async with deps.database.transaction() as conn:
        counts["events"] = await forget_events(conn, now - KEEP_EVENTS, AT_MOST)
    async with deps.database.transaction() as conn:
        counts["logs"] = await forget_logs(conn, now - KEEP_LOGS, AT_MOST)
    async with deps.database.transaction() as conn:
        counts["breakers"] = await forget_breakers(conn, now - KEEP_BREAKERS, AT_MOST)
    report = {name: count for name, count in counts.items() if count}
    if report:
        LOG.info("forgotten", **report)
    return report
