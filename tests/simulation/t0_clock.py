"""T0's own time and chance: an agenda of generators, and numbers that follow from a seed.

A process is a set of generators. Each `yield` of seconds is a place where others go on, and where the seed may let the
process die: its generators are closed, so what stands in a `finally` gives locks back and nothing else happens.
"""

import heapq
import math
import random
import sys
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta

Steps = Generator[float, None, None]
NEVER = datetime.max.replace(tzinfo=UTC)


class Dice:
    """Numbers that follow from a seed, from the standard library. `stream`: other numbers of the same seed."""

    def __init__(self, seed: int, stream: str = "t0") -> None:
        self.number: Callable[[], float] = random.Random(f"{stream} {seed}").random
        """In [0, 1)."""

    def below(self, most: int) -> int:
        return int(self.number() * most)

    def happens(self, share: float) -> bool:
        return self.number() < share

    def between(self, least: float, most: float) -> float:
        return least + (most - least) * self.number()


class Process:
    """Something that may die. `mortal` False: the world itself, the providers, people. `ends_at`: when the platform
    ends it, if it still does something."""

    def __init__(self, name: str, mortal: bool = True, ends_at: datetime = NEVER) -> None:
        self.name, self.mortal, self.ends_at = name, mortal, ends_at
        self.alive = True
        self.works: dict[Steps, None] = {}


WORLD = "world"


class Agenda:
    """Told time. `dies` is the share of steps at which a mortal process ends."""

    def __init__(self, start: datetime, dice: Dice, dies: float) -> None:
        self.now, self.dice, self.dies = start, dice, dies
        self.crashes = 0
        self._until_death = self._steps_to_live()
        self._entries: list[tuple[datetime, int, Process, Steps]] = []
        self._count = 0
        self.world = Process(WORLD, mortal=False)

    def start(self, process: Process, work: Steps, after: float = 0.0) -> None:
        if process.alive:
            process.works[work] = None
            self._push(process, work, after)

    def later(self, at: datetime, work: Steps, process: Process | None = None) -> None:
        """At this instant, or now when that is past; the world does it, if no process is named."""
        self.start(process or self.world, work, max(0.0, (at - self.now).total_seconds()))

    def next_at(self) -> datetime:
        """NEVER, if nobody wants to go on."""
        return self._entries[0][0] if self._entries else NEVER

    def kill(self, process: Process) -> None:
        """Its works end where they stand; what they hold in the database is let go."""
        if process.alive:
            process.alive = False
            for work in list(process.works):
                work.close()
            process.works.clear()

    def spare(self) -> None:
        """From now on nobody dies of a crash."""
        self.dies = 0.0
        self._until_death = self._steps_to_live()

    def step(self) -> None:
        """The next one goes on, or dies there."""
        self.now, _, process, work = heapq.heappop(self._entries)
        if not process.alive:
            return
        if process.mortal:
            self._until_death -= 1
            if self._until_death < 0 or self.now >= process.ends_at:
                self._crash(process)
                return
        pause = next(work, None)
        if pause is None:
            del process.works[work]
        else:
            self._push(process, work, pause)

    def _crash(self, process: Process) -> None:
        self.crashes += 1
        self.kill(process)
        if self._until_death < 0:
            self._until_death = self._steps_to_live()

    def _steps_to_live(self) -> int:
        """As many steps as end well before one does not: drawn at once, instead of a draw at each of them."""
        if self.dies <= 0.0:
            return sys.maxsize
        return int(math.log1p(-self.dice.number()) / math.log1p(-self.dies))

    def _push(self, process: Process, work: Steps, after: float) -> None:
        at = self.now + timedelta(0, after)
        if at > process.ends_at:
            at = process.ends_at
        self._count += 1
        heapq.heappush(self._entries, (at, self._count, process, work))
