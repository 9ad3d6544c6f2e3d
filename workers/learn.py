"""Every hour: how each step has done, from the ledger."""

from datetime import timedelta

from modules.learning import count_steps
from utils.log import logger
from workers.context import Deps

LOG = logger("learn")
DAYS_BACK = timedelta(days=3)
"""An e-mail is settled 28 hours after it was armed, everything else sooner; most answers have come by then. An answer
or a complaint that comes later still stands at its touch, it only moves no count any more."""


async def learn(deps: Deps) -> dict[str, int]:
    """Counts the last days anew; writes only what is not right any more, so an idle hour writes nothing."""
    now = deps.clock.now()
    since = (now - DAYS_BACK).replace(hour=0, minute=0, second=0, microsecond=0)
    async with deps.database.transaction() as conn:
        counted = await count_steps(conn, since, now)
    if not counted:
        return {}
    LOG.info("learned", counted=counted)
    return {"counted": counted}
