"""How much of a provider's limit is used while people wait, and how often it is overstepped: it shall be never.

Nothing is played: the job `sweep` in a process of its own each minute, as at home and on Modal, over real HTTP in real
time, at an account whose rate is just the provider's limit. A whole minute counts, with the change from one sweep to
the next in it; what lies before and after is the edge.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path

from modules.labels import Provider
from scripts.bench.ground import Ground, open_ground
from scripts.bench.limited import Arrivals, Limit, read_arrivals, with_a_limit
from scripts.bench.models import Line, Outcome, Plan, Scale, Sign, Target
from scripts.bench.world import SECRET_KEY, START, plant_world, settings_for
from scripts.cli.serving import Jobs
from scripts.jobs import ProcessPlatform
from utils.clock import FileClock, monotonic
from utils.schedules import SCHEDULES
from workers.context import open_deps
from workers.last_sweep import LastSweep

TARGET, NEVER = Target(Sign.at_least, 0.95), Target(Sign.at_most, 0.0)
LIMITS = (Limit(10, 1.0), Limit(100, 10.0))
LATENCY_SECONDS = 0.15
CONTRACT = "ours: the sweep as a job each minute, armed and recorded; baseline: the limit itself"
[SWEEP] = (one for one in SCHEDULES if one.name == "sweep")


@dataclass(frozen=True)
class Span:
    """Seconds since the first sweep was started: when the next one is due, what counts, and when all is over."""

    every: float
    begin: float
    end: float
    window: float

    def windows(self) -> list[tuple[float, float]]:
        many = round((self.end - self.begin) / self.window)
        return [(self.begin + n * self.window, self.begin + (n + 1) * self.window) for n in range(many)]


FULL, SMALL = Span(60.0, 15.0, 75.0, 10.0), Span(60.0, 5.0, 11.0, 3.0)


@asynccontextmanager
async def ticking(clock: FileClock, started: float) -> AsyncIterator[None]:
    """Business time runs as real time does, from the Monday morning on which everybody may be written to."""

    async def tick() -> None:
        while True:
            clock.set(START + timedelta(seconds=monotonic() - started))
            await asyncio.sleep(0.02)

    clock.set(START)
    task = asyncio.create_task(tick())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def sweep_each_minute(platform: ProcessPlatform, span: Span, started: float) -> None:
    """As under `omnify up`, and as on Modal: one at a time, and what falls due while one runs is one more after it."""
    jobs = Jobs(platform, LastSweep())
    async with asyncio.TaskGroup() as minutes:
        for number in count():
            await asyncio.sleep(max(0.0, started + number * span.every - monotonic()))
            minutes.create_task(jobs.run(SWEEP))


async def measure(ground: Ground, span: Span, limit: Limit, folder: Path) -> tuple[Line, Line]:
    name = f"limit_{limit.most}"
    dsn, notes, clock = ground.copy(name), folder / f"{name}.notes", FileClock(folder / f"{name}.clock")
    people = round(limit.rate * (span.end + 10))
    async with open_deps(settings_for(dsn), dsn) as deps:
        await plant_world(deps, Provider.twilio, people, people, limit.rate)
    ground.settle(name)
    with with_a_limit(limit, LATENCY_SECONDS, notes) as url:
        platform = ProcessPlatform(
            {
                "DATABASE_URL": dsn,
                "OMNIFY_ENV": "test",
                "OMNIFY_SECRET_KEY": SECRET_KEY,
                "OMNIFY_CLOCK": f"file:{clock.path}",
                "TWILIO_BASE_URL": url,
            },
            folder / f"{name}.log",
        )
        started = monotonic()
        async with ticking(clock, started):
            with suppress(TimeoutError):
                async with asyncio.timeout(span.end):
                    await sweep_each_minute(platform, span, started)
    return lines_of(ground, span, limit, started, read_arrivals(notes))


def lines_of(ground: Ground, span: Span, limit: Limit, started: float, seen: Arrivals) -> tuple[Line, Line]:
    windows = [seen.accepted_within(started + begin, started + end) for begin, end in span.windows()]
    allowed = limit.rate * (span.end - span.begin)
    settings = ground.settings() | {
        "limit": str(limit),
        "answer_after_ms": round(1000 * LATENCY_SECONDS),
        "provider_reads_at_once": seen.reads_at_once,
        "counted_seconds": f"{span.begin:g} to {span.end:g} after the first sweep's start",
        f"accepted_each_{span.window:g}_s": windows,
    }
    return (
        Line(f"limit: {limit}", "of the limit", (sum(windows) / allowed,), (), TARGET, settings, CONTRACT),
        Line(f"limit: {limit}, refused", "answers 429", (float(len(seen.refused)),), (), NEVER, settings, CONTRACT),
    )


async def measure_all(ground: Ground, span: Span) -> Outcome:
    """Side by side: both wait nearly all of the time."""
    with tempfile.TemporaryDirectory(prefix="omnify-bench-") as folder:
        found = await asyncio.gather(*(measure(ground, span, limit, Path(folder)) for limit in LIMITS))
    return Outcome(tuple(line for pair in found for line in pair))


def bench_limit(plan: Plan) -> Outcome:
    with open_ground(fsync=True) as ground:
        return asyncio.run(measure_all(ground, SMALL if plan.scale is Scale.small else FULL))
