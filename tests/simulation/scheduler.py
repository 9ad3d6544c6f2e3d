"""Who runs next, who is slow, and who dies here: drawn from the seed, one step at a time.

A simulated process (a sweep, the reconciliation, the web application) is a set of tasks with one name. At every place
where a real process could be overtaken (before each statement, before and after each commit, before each request and
before its answer is read) its task takes a `turn`: it waits until nothing else can run, and then the seed says which of
those who wait goes on. So between two turns exactly one task runs, whatever the machine does, and the same seed plays
the same story. At a turn the seed may also let the process be slow (time goes on without it) or die.

To die is to have no effects any more: the process's tasks are cancelled, what they still try (a statement, a request)
raises `Died`, its open transactions are rolled back, its memory is gone. What it has committed or sent stays.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Generator
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.history import History
from tests.simulation.loop import SeededLoop
from utils.chance import Draw
from utils.errors import place_of

REPEATS = "after_repeat_check"
PLATFORM_KILLS_AFTER = 120.0
"""Seconds; utils/schedules.py gives every job that sends this long."""


class Died(BaseException):
    """The process has ended; nobody catches this."""


@dataclass(frozen=True)
class Weather:
    """How nasty a seed is, in shares: of turns that end or slow a process, of crashpoints, of commits that the network
    fails, of requests that find nobody, or leave when they are long given up (`zombie`), of crons that fire twice or
    not at all, of webhooks that come once more at the same time (`echo`)."""

    dies: float = 0.0
    dies_at_crashpoint: float = 0.0
    slow: float = 0.0
    database_away: float = 0.0
    no_connection: float = 0.0
    zombie: float = 0.0
    overlap: float = 0.0
    missed: float = 0.0
    echo: float = 0.0


CALM = Weather()
SLOW_SECONDS = (0.05, 0.3, 1.0, 2.0, 5.0, 11.0, 20.0, 45.0, 100.0)
SLOW_AT_PROVIDERS = SLOW_SECONDS[:6]
"""Assumption A1: what we have given up is processed within 20 seconds."""
ZOMBIE_SECONDS = (30.0, 70.0, 90.0, 110.0)
"""How long a process may stand still with a request half out of the door: nearly until its platform kills it."""
FREEZES = 5.0
"""What takes longer than this is no slow network: the whole process stands still."""


@dataclass(eq=False)
class Process:
    """`mortal`: the seed may end it. `apart`: it takes no turns (what plants the world, and what looks on)."""

    name: str
    mortal: bool = True
    apart: bool = False
    alive: bool = True
    frozen_until: float = 0.0
    tasks: dict["asyncio.Task[Any]", None] = field(default_factory=dict)
    when_dead: list[Callable[[], None]] = field(default_factory=list)


WORLD = Process("world", mortal=False)
OBSERVER = Process("observer", mortal=False, apart=True)
CURRENT: ContextVar[Process] = ContextVar("process", default=OBSERVER)
COMMITTED: ContextVar[int] = ContextVar("committed", default=0)
"""How long the history was when this task's last transaction committed."""
ALLOWED: ContextVar[int | None] = ContextVar("allowed", default=None)
"""The same for the transaction that allowed this task to repeat a send."""


class Dice:
    """Numbers in [0, 1) that follow from the seed and from how many were drawn before."""

    def __init__(self, seed: str) -> None:
        self._draw = Draw(seed)
        self._count = 0

    def number(self) -> float:
        self._count += 1
        return self._draw.number(str(self._count))

    def below(self, most: int) -> int:
        return int(self.number() * most)

    def bytes(self, length: int) -> bytes:
        return self.below(1 << 52).to_bytes(7, "big").rjust(length, b"\x00")[-length:]


class Scheduler:
    def __init__(self, loop: SeededLoop, seed: str, history: History) -> None:
        self.loop, self.history = loop, history
        self.weather = CALM
        self.crashes: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.running: dict[Process, None] = {}
        self.quiet = asyncio.Event()
        self._dice = Dice(f"turns {seed}")
        self._waiting: list[tuple[Process, str, asyncio.Future[None]]] = []
        WORLD.tasks.clear()
        loop.on_quiet = self._wake_one
        loop.set_task_factory(self._make_task)

    def start(self, process: Process, work: Coroutine[Any, Any, Any], *, within: float | None = None) -> None:
        """Runs `work` as this process, whose end does not reach whoever started it; the platform kills it `within`."""
        context = copy_context()
        context.run(CURRENT.set, process)
        task = self.loop.create_task(work, context=context)
        task.add_done_callback(lambda done: self._note_failure(process, done))
        if within is not None:
            self.history.add(process.name, "start")
            task.add_done_callback(lambda _: self.history.add(process.name, "end"))
            kill = self.loop.call_later(within, self.kill, process, "timeout")
            task.add_done_callback(lambda _: kill.cancel())

    def _note_failure(self, process: Process, task: "asyncio.Task[Any]") -> None:
        """An error that reached the top of a process: what its platform would see."""
        error = None if task.cancelled() else task.exception()
        if error is not None and process.alive:
            self.failures[type(error).__name__] += 1
            self.history.add(process.name, "failed", error=type(error).__name__, at=place_of(error))

    def _make_task(
        self, loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, Any] | Generator[Any, None, Any], **more: Any
    ) -> "asyncio.Task[Any]":
        task = asyncio.Task(work, loop=loop, **more)
        context = more.get("context")
        process = context.get(CURRENT, OBSERVER) if context is not None else CURRENT.get()
        if process is not OBSERVER:
            process.tasks[task] = None
            self.running[process] = None
            self.quiet.clear()
            task.add_done_callback(lambda done: self._forget(process, done))
        return task

    def _forget(self, process: Process, task: "asyncio.Task[Any]") -> None:
        process.tasks.pop(task, None)
        if not task.cancelled():
            task.exception()  # whoever waits for it hears it; the top of a process is noted above
        if not process.tasks:
            self.running.pop(process, None)
        if not self.running:
            self.quiet.set()

    async def turn(self, label: str, *, frozen_in_the_act: bool = False) -> bool:
        """Waits for this task's turn. Died, or cancelled, where the process ends here.

        `frozen_in_the_act`: where the whole process stands still (its machine does), no clock of its own can stop what
        it is about to do. True then: its own timeout has passed meanwhile, and is heard of after the act.
        """
        process, late = CURRENT.get(), False
        self.still_alive(process)
        if process.apart:
            return False
        mine: asyncio.Future[None] = self.loop.create_future()
        self._waiting.append((process, label, mine))
        while not mine.done():
            try:
                await asyncio.shield(mine)
            except asyncio.CancelledError:
                if not (frozen_in_the_act and process.alive and process.frozen_until > self.loop.time()):
                    mine.cancel()
                    raise
                late = True
        self.still_alive(process)
        return late

    @staticmethod
    def still_alive(process: Process) -> None:
        if not process.alive:
            raise Died(process.name)

    def _wake_one(self) -> bool:
        self._waiting = [one for one in self._waiting if not one[2].done()]
        if not self._waiting:
            return False
        process, label, mine = self._waiting.pop(self._dice.below(len(self._waiting)))
        if process.frozen_until > self.loop.time():
            self.loop.call_at(process.frozen_until, _go_on, mine)
            return True
        fate = self._dice.number()
        if process.mortal and fate < self.weather.dies:
            self.kill(process, label)
        elif process.mortal and label == "send" and self.chance(self.weather.zombie):
            self._slow_down(process, label, mine, ZOMBIE_SECONDS)
        elif fate > 1 - self.weather.slow:
            self._slow_down(process, label, mine, SLOW_AT_PROVIDERS if label == "twin" else SLOW_SECONDS)
        else:
            _go_on(mine)
        return True

    def _slow_down(
        self, process: Process, label: str, mine: "asyncio.Future[None]", choices: tuple[float, ...]
    ) -> None:
        seconds = choices[self._dice.below(len(choices))]
        if process.mortal and seconds >= FREEZES:
            process.frozen_until = self.loop.time() + seconds
            self.history.add(process.name, "frozen", seconds=seconds, at=label)
        self.loop.call_later(seconds, _go_on, mine)

    def chance(self, share: float) -> bool:
        """True for this share of the draws; nothing is drawn where the share is nought."""
        return share > 0 and self._dice.number() < share

    def pick(self, most: int) -> int:
        return self._dice.below(most)

    def visit(self, name: str) -> None:
        """What the engine's crashpoints call."""
        process = CURRENT.get()
        if process.apart or not process.alive:
            return
        if name == REPEATS:
            ALLOWED.set(COMMITTED.get())
        if process.mortal and self.chance(self.weather.dies_at_crashpoint):
            self.kill(process, name)
            raise Died(process.name)

    def stop_all(self) -> None:
        """The story was cut off: nobody goes on."""
        for process in list(self.running):
            if process.mortal:
                self.kill(process, "the end")
            for task in list(process.tasks):
                task.cancel()

    def kill(self, process: Process, at: str) -> None:
        """Ends a process; `at` is where, for the history."""
        if not process.alive:
            return
        process.alive = False
        self.crashes[at] += 1
        self.history.add(process.name, "crash", at=at)
        for task in list(process.tasks):
            task.cancel()
        for tell in process.when_dead:
            tell()


def _go_on(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_result(None)
