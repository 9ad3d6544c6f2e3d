"""Every minute: is anything due, owed or unsettled? Then the engine is loaded and does it."""

from collections import Counter
from dataclasses import dataclass, field

from modules.agenda import something_waits
from modules.labels import WATCHED
from utils.clock import monotonic
from utils.log import logger
from workers.context import Deps
from workers.interlock import look_at_interlock

LOG = logger("sweep")
BUDGET_SECONDS = 60.0
"""The whole minute: while people wait, one sweep follows the other, and of a provider's limit nothing is left unused
but the change between them. The platform ends a sweep after 120 s; the last request armed here has ended after 85 s.
"""


@dataclass
class SweepReport:
    """What one sweep did; an idle one did nothing and wrote nothing."""

    counts: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, int]:
        return dict(sorted(self.counts.items()))


async def sweep(deps: Deps, budget_seconds: float = BUDGET_SECONDS) -> SweepReport:
    """One sweep within its budget; what is left goes to the next minute."""
    report, deadline = SweepReport(), monotonic() + budget_seconds
    async with deps.database.transaction() as conn:
        state = await look_at_interlock(conn, deps.clock.now())
        waits = await something_waits(conn, deps.clock.now(), WATCHED)
    if not waits.anything:
        return report
    from workers.work_due import work_due  # heavy: the whole engine, before anything is armed

    failures = await work_due(deps, report.counts, deadline, state, waits)
    if report.counts:
        LOG.info("swept", **report.as_dict())
    # the others have done their minute; now the first failure is heard
    if failures:
        raise failures[0]
    return report
