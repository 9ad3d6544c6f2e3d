"""T0's own time and chance: an agenda of generators, and numbers that follow from a seed.

A process is a set of generators. Each `yield` of seconds is a place where others go on, and where the seed may let the
process die: its generators are closed, so what stands in a `finally` gives locks back and nothing else happens.
"""

import hashlib
import heapq
from collections.abc import Generator
from datetime import datetime, timedelta

Steps = Generator[float, None, None]
_MASK = (1 << 64) - 1


class Dice:
    """Numbers that follow from a seed (splitmix64): a hash a number would take half of T0's time. The seed itself is
    hashed once, for neighbouring states of this generator are one another's following numbers. `stream`: other numbers
    of the same seed."""

    def __init__(self, seed: int, stream: str = "t0") -> None:
        self._state = int.from_bytes(hashlib.sha256(f"{stream} {seed}".encode()).digest()[:8], "big")

    def number(self) -> float:
        """In [0, 1)."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((mixed ^ (mixed >> 31)) >> 11) / (1 << 53)

    def below(self, most: int) -> int:
        return int(self.number() * most)

    def happens(self, share: float) -> bool:
        return self.number() < share

    def between(self, least: float, most: float) -> float:
        return least + (most - least) * self.number()


class Process:
    """Something that may die. `mortal` False: the world itself, the providers, people."""

    def __init__(self, name: str, mortal: bool = True) -> None:
        self.name, self.mortal = name, mortal
        self.alive = True
        self.works: dict[Steps, None] = {}


WORLD = "world"


class Agenda:
    """Told time. `dies` is the share of steps at which a mortal process ends."""

    def __init__(self, start: datetime, dice: Dice, dies: float) -> None:
        self.now, self.dice, self.dies = start, dice, dies
        self.crashes = 0
        self._entries: list[tuple[datetime, int, Process, Steps]] = []
        self._count = 0
        self.world = Process(WORLD, mortal=False)

    def start(self, process: Process, work: Steps, after: float = 0.0) -> None:
        if process.alive:
            process.works[work] = None
            self._push(process, work, after)

    def later(self, at: datetime, work: Steps) -> None:
        """The world's own: it happens at this instant, or now when that is past."""
        self.start(self.world, work, max(0.0, (at - self.now).total_seconds()))

    def next_at(self) -> datetime | None:
        return self._entries[0][0] if self._entries else None

    def kill(self, process: Process) -> None:
        """Its works end where they stand; what they hold in the database is let go."""
        if process.alive:
            process.alive = False
            for work in list(process.works):
                work.close()
            process.works.clear()

    def kill_after(self, process: Process, seconds: float) -> Steps:
        yield seconds
        if process.works:
            self.crashes += 1
        self.kill(process)

    def step(self) -> None:
        """The next one goes on, or dies there."""
        self.now, _, process, work = heapq.heappop(self._entries)
        if not process.alive or work not in process.works:
            return
        if process.mortal and self.dice.happens(self.dies):
            self.crashes += 1
            self.kill(process)
            return
        pause = next(work, None)
        if pause is None:
            process.works.pop(work, None)
        elif process.alive:
            self._push(process, work, pause)

    def _push(self, process: Process, work: Steps, after: float) -> None:
        self._count += 1
        heapq.heappush(self._entries, (self.now + timedelta(seconds=after), self._count, process, work))
