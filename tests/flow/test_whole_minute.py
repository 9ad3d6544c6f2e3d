"""A sweep uses its whole time and its provider's whole limit, and no more of either."""

from bisect import bisect_left
from collections import Counter
from dataclasses import replace
from itertools import count

import httpx
import pytest

from scripts.bench.provider import accepted
from scripts.conductor.stage import Stage
from tests.cast import gather_cast, story
from tests.flow.outside import states_of
from utils.clock import monotonic
from workers.sweep import sweep

RATE, SECONDS, PEOPLE = 10.0, 3.0, 60


class Noting(httpx.AsyncBaseTransport):
    """Accepts everything, and notes when it came."""

    def __init__(self) -> None:
        self.came, self.numbers = list[float](), count(1)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.came.append(monotonic())
        return httpx.Response(201, content=accepted(next(self.numbers)), request=request)


@pytest.mark.full
async def test_a_sweep_sends_at_the_limit_until_its_time_is_over_and_leaves_the_rest_untouched(stage: Stage) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"), PEOPLE, rate=RATE)
    provider, started = Noting(), monotonic()
    report = await sweep(replace(stage.deps, transport=provider), SECONDS)
    took = monotonic() - started
    windows = [bisect_left(provider.came, begin + 1.0) - place for place, begin in enumerate(provider.came)]
    assert max(windows) <= RATE
    assert 0.8 * RATE * SECONDS <= len(provider.came) <= RATE * (SECONDS + 1.0)
    assert took < SECONDS + 2.0, "what is armed near the end must not outlast it"
    assert report.counts["accepted"] == len(provider.came)
    assert Counter(await states_of(stage)) == {"accepted": len(provider.came)}, "nothing is armed that cannot leave"
