"""How fast one sender may text, whatever the sweeps do."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from modules.policy.models import THROTTLE_SECONDS
from tests.cast import gather_cast, rows, story
from tests.databases import Database
from tests.db.rig import MONDAY, arm_all, open_rig, text_account
from utils.clock import FixedClock
from workers.arm import batch_size

SECOND = timedelta(seconds=1)


async def test_no_ten_seconds_hold_more_than_the_rate_and_one_batch(database: Database) -> None:
    """Swept each second with dozens waiting; the clock stands still within a sweep, as at its worst. What is armed is
    counted before a batch, so the last batch may pass the limit by its own size and no more."""
    rate, seconds = 1.0, 30
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("sms"), 70, rate=rate)
        account = await text_account(deps, cast.client_id)
        batch = batch_size(account)
        for second in range(seconds):
            await arm_all(replace(deps, clock=FixedClock(MONDAY + second * SECOND)), cast.client_id, account, batch)
        touches = await rows(deps, "touches")
    at = Counter(round((touch["armed_at"] - MONDAY).total_seconds()) for touch in touches)
    windows = [sum(at[begin + n] for n in range(THROTTLE_SECONDS)) for begin in range(seconds)]
    assert max(windows) < rate * THROTTLE_SECONDS + batch, windows
    assert len(touches) >= rate * seconds * 0.7, "the limit holds up more than it must"
