"""One pace for each account of a process, whoever sends: batch after batch, answers, repeats of the same key.

Each batch with a pace of its own sent the first of the next one in the same moment as its own last, and an account that
is armed one by one had no pace at all: a provider's limit was overstepped while people waited.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from utils.clock import monotonic
from utils.http import WRITTEN

SHARE = 0.98
"""Of the account's rate. A provider counts what arrives, and the way takes now longer, now shorter: at 10 a second the
eleventh leaves 20 ms after the second in which the first one left."""
CATCHES_UP_SECONDS = 0.25
"""What an arming has held up for so long is made up for; after a longer pause everything begins anew."""
REMEMBERED = 1000
FAST = 100.0
"""Sends a second. At such an account the pace keeps nobody waiting: who waits for a place leaves when the provider has
answered somebody else."""


@dataclass
class Departure:
    """When a request left, in monotonic seconds: when its turn came, until it is known when it was written."""

    at: float

    def was_written(self) -> None:
        self.at = monotonic()


@dataclass
class SendPace:
    """Evenly by the rate, and never more than the rate in any second, wherever it begins.

    `rate`: sends a second; `free_at`: when the next one is due, in monotonic seconds.
    """

    rate: float
    free_at: float = 0.0
    _left: deque[Departure] = field(default_factory=deque)
    _turns: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def wait_for_turn(self) -> None:
        """Returns when one request may leave. Whoever asks first goes first."""
        async with self._turns:
            now = monotonic()
            due = self.free_at if now - self.free_at <= CATCHES_UP_SECONDS else now
            self.free_at = due + self._seconds_of(1)
            many = max(1, min(REMEMBERED, int(self.rate)))
            while len(self._left) >= many:
                due = max(due, self._left.popleft().at + self._seconds_of(many))
            if (pause := due - monotonic()) > 0:
                await asyncio.sleep(pause)
            elif self.rate >= FAST:
                await asyncio.sleep(0)  # twenty requests made at a stretch would keep the database's answers waiting
            departure = Departure(monotonic())
            self._left.append(departure)
            WRITTEN.set(departure.was_written)

    def _seconds_of(self, many: int) -> float:
        return many / (SHARE * self.rate)
