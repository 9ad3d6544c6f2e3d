"""An event loop without sockets whose time is told, not measured: it stands still while anybody can run, and jumps.

Why not a library's: what runs next must be decided by the seed, and by nothing else. The loop runs what is ready in
order, as asyncio does; when nothing is ready it asks `on_quiet`, who wakes one of those who wait for their turn (see
scheduler.py); when nobody waits for a turn, time jumps to the next timer. `Stuck` when there is none: then a task
waits for something that never comes, and a test that hung would tell nobody.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import utils.clock
import utils.uuid7

T = TypeVar("T")


class Stuck(RuntimeError):
    """Somebody waits, and nothing will ever happen any more."""


class NoSockets:
    """Stands where asyncio has its selector: nothing comes from outside, so waiting is a jump in time."""

    def __init__(self, loop: "SeededLoop") -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> list[Any]:
        if timeout == 0 or self._loop.on_quiet():
            return []
        if timeout is None:
            raise Stuck("everybody waits, and no timer is set")
        self._loop.jump(timeout)
        return []

    def close(self) -> None:
        return


class SeededLoop(asyncio.BaseEventLoop):
    """`on_quiet` answers whether it has made something ready."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = NoSockets(self)
        self._now = 0.0
        self.on_quiet: Callable[[], bool] = lambda: False
        self.set_exception_handler(_tell)

    def time(self) -> float:
        """Seconds of the simulation."""
        return self._now

    def jump(self, seconds: float) -> None:
        self._now += seconds

    def play(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs `work` to its end, then closes the loop."""
        try:
            return self.run_until_complete(work)
        finally:
            self.run_until_complete(self.shutdown_asyncgens())
            self.close()

    def _process_events(self, event_list: list[Any]) -> None:
        return

    def _write_to_self(self) -> None:
        return


def _tell(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """As asyncio does; but that nobody hears how the tasks of a dead process ended is how it should be."""
    if isinstance(context.get("exception"), Exception | None):
        loop.default_exception_handler(context)


class ToldTime:
    """Stands where utils/clock.py has the module `time`."""

    def __init__(self, loop: SeededLoop) -> None:
        self.monotonic = loop.time


class ToldChance:
    """Stands where utils/uuid7.py has the module `os`."""

    def __init__(self, draw: Callable[[int], bytes]) -> None:
        self.urandom = draw


@contextlib.contextmanager
def told(loop: SeededLoop, draw: Callable[[int], bytes]) -> Iterator[None]:
    """While open, `monotonic` is the loop's time, and ids are drawn from the seed: the only two places of the engine
    where a process asks its machine for something that would differ in every run."""
    before = utils.clock.__dict__["time"], utils.uuid7.__dict__["os"]
    utils.clock.__dict__["time"], utils.uuid7.__dict__["os"] = ToldTime(loop), ToldChance(draw)
    try:
        yield
    finally:
        utils.clock.__dict__["time"], utils.uuid7.__dict__["os"] = before
