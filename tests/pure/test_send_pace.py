"""How fast one account sends, whoever sends by it; on a loop whose time is told."""

import asyncio
import os
from bisect import bisect_left
from collections.abc import Awaitable, Callable
from itertools import pairwise

from tests.simulation.loop import SeededLoop, told
from utils.clock import monotonic
from utils.http import WRITTEN
from workers.send_pace import SHARE, SendPace

Send = Callable[[], Awaitable[None]]
Wait = Callable[[float], None]


def departures(rate: float, work: Callable[[Send, Wait], Awaitable[None]]) -> list[float]:
    """When each of those left whom `work` sends, in seconds; nothing has left in the hour before."""
    loop, pace, left = SeededLoop(), SendPace(rate), list[float]()
    loop.jump(3600.0)

    async def send() -> None:
        await pace.wait_for_turn()
        left.append(monotonic() - 3600.0)

    async def play() -> None:
        await work(send, loop.jump)

    with told(loop, os.urandom):
        loop.play(play())
    return left


def most_within(seconds: float, left: list[float]) -> int:
    """Of all windows of this length; whoever leaves just at its end is in the next one."""
    return max(bisect_left(left, begin + seconds) - place for place, begin in enumerate(left))


def test_batches_that_follow_each_other_share_one_pace() -> None:
    async def work(send: Send, _: Wait) -> None:
        for _number in range(3):
            await asyncio.gather(*(send() for _ in range(50)))

    left = departures(10.0, work)
    assert most_within(1.0, left) <= 10
    assert most_within(10.0, left) <= 100
    assert left[-1] <= 150 / (10.0 * SHARE), "the limit holds up more than it must"


def test_what_was_held_up_for_a_moment_is_made_up_for_and_no_second_holds_more_for_it() -> None:
    async def work(send: Send, wait: Wait) -> None:
        for _ in range(10):
            await asyncio.gather(*(send() for _ in range(50)))
            wait(0.3)

    left = departures(10.0, work)
    assert most_within(1.0, left) <= 10
    assert left[-1] <= 1.005 * 500 / (10.0 * SHARE), left[-1]


def test_an_account_that_is_armed_one_by_one_has_a_pace_too() -> None:
    async def work(send: Send, _: Wait) -> None:
        for _number in range(5):
            await send()

    left = departures(0.5, work)
    assert min(after - before for before, after in pairwise(left)) >= 2.0


def test_after_a_pause_nothing_is_caught_up_on() -> None:
    async def work(send: Send, wait: Wait) -> None:
        await send()
        wait(60.0)
        await asyncio.gather(*(send() for _ in range(20)))

    left = departures(10.0, work)
    assert most_within(0.1, left) == 1
    assert most_within(1.0, left) <= 10


def test_a_request_that_was_written_late_counts_from_then_on() -> None:
    """A connection may have to be opened before: the eleventh leaves a second after the first was really on its way."""

    async def work(send: Send, wait: Wait) -> None:
        async def late() -> None:
            await send()
            wait(0.5)
            written = WRITTEN.get()
            assert written is not None
            written()

        await asyncio.gather(late(), *(send() for _ in range(10)))

    left = departures(10.0, work)
    assert left[10] >= left[0] + 1.5
