"""The conductor: sets the instant, lets the twin speak, runs the due jobs, asks who wants to be next, jumps.

Quiet is by construction: time stands still while anything is in flight.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from modules.inbox import answers_due, replies_due
from modules.sequences import next_due
from modules.touches import next_look
from scripts.cli.timetable import trigger_of
from scripts.conductor.hands import Hands
from scripts.conductor.stage import Stage
from utils.schedules import SCHEDULES, full_minute
from workers.answer import BACK as ANSWERS_BACK
from workers.jobs import JOBS, Report
from workers.resolve import POLLS

INSTANT = timedelta(microseconds=1)
LONGEST = timedelta(days=180)


@dataclass(frozen=True)
class Beat:
    """One instant that was played: what the sweep did, what the other jobs did, and how many webhooks came."""

    at: datetime
    report: Counter[str]
    webhooks: int
    others: Mapping[str, Report]


async def conduct(
    stage: Stage, job: Callable[[], Awaitable[Report]], hands: Hands | None = None
) -> AsyncIterator[Beat]:
    """Plays until nobody wants anything any more (or 180 days have passed). `job` runs the sweep once; `hands` are the
    people who act by themselves."""
    start = stage.clock.now()
    wants_sweep: datetime | None = start
    seen = start - INSTANT
    while stage.clock.now() - start < LONGEST:
        now = stage.clock.now()
        webhooks, _ = await asyncio.to_thread(stage.twin.advance, now)
        report: Counter[str] = Counter()
        if wants_sweep is not None and now >= wants_sweep:
            report.update(await job())
        others = {name: await JOBS[name](stage.deps) for name in fired_between(seen, now) if name != "sweep"}
        seen = now
        if hands is not None:
            await hands.act(now)
        more, twin_next = await asyncio.to_thread(stage.twin.advance, now)
        yield Beat(now, report, webhooks + more, {name: done for name, done in others.items() if done})
        wants_sweep = await next_sweep(stage, now)
        wanted = (wants_sweep, twin_next, hands.next_at if hands is not None else None)
        instants = [one for one in wanted if one is not None]
        if not instants:
            return
        stage.clock.set(max(min(instants), now))


def fired_between(seen: datetime, now: datetime) -> list[str]:
    """Jobs whose cron fired after `seen` and not after `now`, each once however often it fired, as after sleep."""
    return [one.name for one in SCHEDULES if trigger_of(one).get_next_fire_time(None, seen + INSTANT) <= now]


async def next_sweep(stage: Stage, now: datetime) -> datetime | None:
    """The next full minute at which a sweep has something to do: crons fire on minutes. Only the sweep and the twin ask
    to be woken; the other jobs run when time has passed anyway."""
    async with stage.deps.database.transaction() as conn:
        due = await next_due(conn)
        look = await next_look(conn, now, POLLS)
        since = now - ANSWERS_BACK
        owed = now if await answers_due(conn, since, 1) or await replies_due(conn, since, 1) else None
    wanted = [one for one in (due, look, owed) if one is not None]
    return full_minute(max(min(wanted), now + INSTANT)) if wanted else None
