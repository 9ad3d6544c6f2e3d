"""Every five minutes: is anything wrong that nobody has been told of? No heartbeat: a healthy world writes nothing."""

from dataclasses import replace
from datetime import datetime, timedelta

from modules.canaries import CanaryLook, list_canaries
from modules.health import Checked, find_troubles, load_health, note_troubles
from utils.db import Connection
from utils.log import logger
from workers.context import Deps

LOG = logger("guardian")
LATELY = timedelta(hours=1)
NEWEST = 20
"""Touches of one account that tell whether its provider takes anything."""
UNMATCHED_WITHIN = timedelta(hours=24)
"""What somebody unknown wrote earlier has been told often enough."""
CANARY_LATELY = timedelta(hours=24)
CANARIES_AT_ONCE = 1000
QUIET = timedelta(hours=6)
"""So long the same trouble of the same subject is not told again."""


async def watch(deps: Deps) -> dict[str, int]:
    """What was found and how much of it was new."""
    now = deps.clock.now()
    async with deps.database.transaction() as conn:
        health = await load_health(conn, now, now - LATELY, NEWEST, now - UNMATCHED_WITHIN)
        health = replace(health, canaries=await _canaries(conn, now))
        troubles = find_troubles(health, now)
        told = await note_troubles(conn, troubles, now, now - QUIET)
    for trouble in troubles:
        LOG.warning("trouble", kind=trouble.event, severity=trouble.level, about=trouble.subject, **trouble.detail)
    report = {"troubles": len(troubles), "told": told}
    return {name: count for name, count in report.items() if count}


async def _canaries(conn: Connection, now: datetime) -> tuple[Checked, ...]:
    """All that run, in pages."""
    found = list[CanaryLook]()
    page = await list_canaries(conn, None, now - CANARY_LATELY, CANARIES_AT_ONCE)
    while page:
        found += page
        full, last = len(page) == CANARIES_AT_ONCE, page[-1].id
        page = await list_canaries(conn, None, now - CANARY_LATELY, CANARIES_AT_ONCE, last) if full else []
    return tuple(map(_checked, found))


def _checked(look: CanaryLook) -> Checked:
    return Checked(
        canary_id=look.id,
        client_id=look.client_id,
        channel=look.channel,
        every=look.every,
        started_at=look.started_at,
        newest_at=look.newest_at,
        state=look.newest_state,
        reason=look.newest_reason,
        proven=look.newest_is_proven,
        proven_at=look.proven_at,
    )
