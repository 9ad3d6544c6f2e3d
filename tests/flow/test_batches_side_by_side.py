"""Two batches of one group are under way at once: what goes wrong with one takes nothing from the other."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

import httpx
import pytest

from scripts.bench.provider import accepted
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import gather_cast, story
from tests.flow.outside import play_on, standing, states_of, sweep_after
from utils import crashpoint
from workers.arm import MOST
from workers.context import Deps
from workers.send import AT_ONCE
from workers.sweep import sweep

HALF = AT_ONCE // 2


class Broken(Exception):
    """What a test throws into the engine."""


class Holding(httpx.AsyncBaseTransport):
    """Accepts everything; answers the last ten of the first batch, and all that comes after, only when told to."""

    def __init__(self) -> None:
        self.taken, self.numbers = 0, count(1)
        self.all_taken, self.second_begun, self.go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.taken += 1
        place = self.taken
        if place == MOST:
            self.all_taken.set()
        if place > MOST:
            self.second_begun.set()
            await self.go_on.wait()
        elif place > MOST - HALF:
            await self.until_told()
        elif place > MOST - AT_ONCE:
            await self.all_taken.wait()  # only an answer after all are at their sockets lets the next batch be armed
        return httpx.Response(201, content=accepted(next(self.numbers)), request=request)

    async def until_told(self) -> None:
        await self.go_on.wait()


class HoldingUntilTheSecond(Holding):
    """The last of the first batch are answered as soon as the second batch is at its sockets."""

    async def until_told(self) -> None:
        await self.second_begun.wait()


@contextmanager
def visited(visit: Callable[[str], None]) -> Iterator[None]:
    crashpoint.install(visit)
    try:
        yield
    finally:
        crashpoint.install(None)


def patient(stage: Stage, provider: httpx.AsyncBaseTransport) -> Deps:
    """No request is given up before the test lets it be answered."""
    settings = replace(stage.deps.settings, http_timeout_seconds=15.0)
    return replace(stage.deps, settings=settings, transport=provider)


async def test_an_armed_batch_is_sent_and_recorded_even_when_the_next_one_cannot_be_armed(stage: Stage) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"), 2 * MOST)
    provider, armings = Holding(), count(1)

    def fail_the_second(name: str) -> None:
        if name == "before_arm_commit" and next(armings) == 2:
            provider.go_on.set()
            raise Broken(name)

    with visited(fail_the_second), pytest.raises(Broken):
        await sweep(patient(stage, provider))
    first = Counter(await states_of(stage))
    rest = await sweep(patient(stage, provider))
    assert first == {"accepted": MOST}
    assert rest.counts["accepted"] == MOST
    assert provider.taken == 2 * MOST


async def test_a_batch_is_sent_and_recorded_even_when_the_one_before_could_not_be_written_down(stage: Stage) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"), 3 * MOST)
    provider, failed = HoldingUntilTheSecond(), asyncio.Event()

    def fail_the_first(name: str) -> None:
        if name == "before_confirm_commit" and provider.second_begun.is_set() and not failed.is_set():
            failed.set()
            raise Broken(name)

    with visited(fail_the_first):
        running = asyncio.create_task(sweep(patient(stage, provider)))
        await failed.wait()
        over, _ = await asyncio.wait({running}, timeout=1.0)
        provider.go_on.set()
        with pytest.raises(Broken):
            await running
    left = Counter(await states_of(stage))
    assert not over, "the sweep ended while a batch was on its way"
    # nothing was armed after the failure; what the provider took of the first is asked about later, never sent again
    assert (left.total(), provider.taken, set(left)) == (2 * MOST, 2 * MOST, {"accepted", "sending"})
    assert left["sending"] <= MOST, left  # what one transaction was to write: a wave of answers, at most a batch


async def test_what_a_cancelled_sweep_left_behind_is_settled_later_and_nothing_is_sent_twice(stage: Stage) -> None:
    people = AT_ONCE + 5
    await gather_cast(stage.deps, stage.twin, story("sms"), people)
    async with Hanging(AT_ONCE) as provider:
        running = asyncio.create_task(sweep(patient(stage, provider)))
        await provider.full.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    left = Counter(await states_of(stage))
    idle = await run_sweep(stage.deps)
    touches = await play_on(stage)
    assert left == {"sending": people}
    assert "armed" not in idle, idle
    assert Counter(touch["state"] for touch in touches) == {"delivered": AT_ONCE, "expired": people - AT_ONCE}
    assert (len(stage.twin.ledger()), await standing(stage)) == (AT_ONCE, {"finished": people})
    assert await sweep_after(stage, days=30) == {}


class Hanging(httpx.AsyncHTTPTransport):
    """The provider takes each message, and its answer never comes through. `full`: so many were taken."""

    def __init__(self, many: int) -> None:
        super().__init__(trust_env=False)
        self.many, self.full, self.never = many, asyncio.Event(), asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        await response.aread()
        self.many -= 1
        if not self.many:
            self.full.set()
        await self.never.wait()
        return response
