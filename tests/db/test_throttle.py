"""How fast one sender may text, whatever the sweeps do."""

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

import httpx
import pytest

from modules.policy.models import THROTTLE_SECONDS
from scripts.bench.provider import accepted
from tests.cast import gather_cast, rows, story
from tests.databases import Database
from tests.db.rig import MONDAY, arm_all, open_rig, text_account
from utils.clock import FixedClock, monotonic
from workers.arm import batch_size
from workers.sweep import sweep

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


@dataclass(frozen=True)
class Running:
    """Monday noon, and from then on real time."""

    begun: float

    def now(self) -> datetime:
        return MONDAY + timedelta(seconds=monotonic() - self.begun)


class Noting(httpx.AsyncBaseTransport):
    """Takes everything, and knows when it came; `well_begun` after the first twenty."""

    def __init__(self) -> None:
        self.at: list[float] = []
        self.numbers, self.well_begun = count(1), asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.at.append(monotonic())
        if len(self.at) == 20:
            self.well_begun.set()
        return httpx.Response(201, content=accepted(next(self.numbers)), request=request)

    def most_in(self, seconds: float) -> int:
        """In any window of this length, wherever it begins."""
        return max(sum(begin <= at < begin + seconds for at in self.at) for begin in self.at)


@pytest.mark.full
async def test_two_processes_send_at_twice_the_rate_for_seconds_and_never_in_ten(database: Database) -> None:
    """Each keeps its own pace, so a `tick` beside `up` may double it; what both share is counted in the database."""
    rate, noting, clock = 10.0, Noting(), Running(monotonic())
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("sms"), 300, rate=rate)
        batch = batch_size(await text_account(deps, cast.client_id))

    async def one() -> None:
        async with open_rig(database.url) as deps:
            await sweep(replace(deps, clock=clock, transport=noting), 9.0)

    async def another() -> None:
        await noting.well_begun.wait()  # else it finds the first one arming, and leaves the rest to that
        await one()

    await asyncio.gather(one(), another())
    assert noting.most_in(1.0) <= 2 * rate + 1
    assert noting.most_in(THROTTLE_SECONDS) <= THROTTLE_SECONDS * rate + batch
    async with open_rig(database.url) as deps:
        assert len(await rows(deps, "touches")) == len(noting.at) >= 2 * batch, "each once"
