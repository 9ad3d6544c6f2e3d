"""`up`: API, hooks, dashboard and workers in one process, the jobs in processes of their own, all gone at its end."""

import asyncio
import os
import signal
import socket
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from scripts.cli.home import open_home, require_migrated
from scripts.cli.timetable import trigger_of
from scripts.jobs import ProcessPlatform
from scripts.serve import ApiServer, listen, url_of
from utils import log
from utils.config import Settings, is_loopback
from utils.errors import Conflict, SettingsError
from utils.log import logger
from utils.schedules import SCHEDULES, Schedule
from workers.api import DASHBOARD
from workers.context import open_deps
from workers.last_sweep import LastSweep

LOG = logger("up")
# A sweep that is cut off is safe, only untidy: its unknowns are looked at later. Most end well within this.
PATIENCE_SECONDS = 10.0


class Jobs:
    """Runs what is due, each job in a process of its own, and knows what is running."""

    def __init__(self, platform: ProcessPlatform, last_sweep: LastSweep) -> None:
        """`last_sweep` is told of each sweep that ended well."""
        self._platform, self._last_sweep = platform, last_sweep
        self._running: set[asyncio.Task[object]] = set()
        self._turns = {one.name: asyncio.Lock() for one in SCHEDULES}
        self._waiting: set[str] = set()
        self._stopping = False
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def start(self) -> None:
        """One at a time of each; what fired while it ran is one more run, not many."""
        for one in SCHEDULES:
            self._scheduler.add_job(
                self.run,
                trigger_of(one),
                args=[one],
                id=one.name,
                coalesce=True,
                max_instances=3,  # one runs, one waits for it, one finds that it is not needed
                misfire_grace_time=None,
            )
        self._scheduler.start()

    async def run(self, schedule: Schedule) -> None:
        """One run, after the one before it; nothing when one waits already."""
        turn = self._turns[schedule.name]
        if not turn.locked():
            async with turn:
                await self._run_now(schedule, partial(self._platform.run, schedule))
        elif schedule.name not in self._waiting:
            await self._run_after(schedule, turn)

    async def _run_after(self, schedule: Schedule, turn: asyncio.Lock) -> None:
        async with AsyncExitStack() as until_it_ends:
            self._waiting.add(schedule.name)
            try:
                begin = await until_it_ends.enter_async_context(self._platform.standing_by(schedule))
                await until_it_ends.enter_async_context(turn)
            finally:
                self._waiting.discard(schedule.name)
            await self._run_now(schedule, begin)

    async def _run_now(self, schedule: Schedule, run: Callable[[], Awaitable[object]]) -> None:
        """A failed run is reported and does not end the house."""
        if self._stopping:
            return
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
        try:
            await run()
            if schedule.name == "sweep":
                self._last_sweep.has_ended()
        except RuntimeError as error:
            LOG.error("job_failed", job=schedule.name, reason=str(error))
        finally:
            if task is not None:
                self._running.discard(task)

    async def stop(self) -> None:
        """Starts nothing more, lets what runs end for ten seconds, then ends it."""
        self._stopping = True
        self._scheduler.pause()
        running = list(self._running)
        if running:
            await asyncio.wait(running, timeout=PATIENCE_SECONDS)
        self._scheduler.shutdown(wait=False)
        await asyncio.gather(*running, return_exceptions=True)


def run_house(port: int) -> None:
    """Until Ctrl-C (or SIGTERM). Conflict when the port is taken, and what `open_home` raises."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that a polite end also stops the database
    log.configure()
    with suppress(KeyboardInterrupt):
        try:
            place = listen(port)
        except OSError as error:
            raise Conflict(f"Port {port} is taken; choose another one with --port", field="port") from error
        with place, open_home() as (settings, dsn):
            _require_the_real_clock(settings)
            # providers and browsers need the address that is really listened on, unless one was given
            given = bool(os.environ.get("OMNIFY_PUBLIC_URL", "").strip())
            settings = settings if given else replace(settings, public_url=url_of(place))
            asyncio.run(_serve(settings, dsn, place))
    print("Stopped.")


def _require_the_real_clock(settings: Settings) -> None:
    """Quiet hours are judged by the clock, and people sleep by the real one."""
    if settings.clock != "system" and not all(map(is_loopback, settings.base_urls.values())):
        raise SettingsError(
            f"OMNIFY_CLOCK is '{settings.clock}' where messages really leave; leave it empty, or set OMNIFY_ENV=test",
            field="OMNIFY_CLOCK",
        )


async def _serve(settings: Settings, dsn: str, place: socket.socket) -> None:
    async with open_deps(settings, dsn) as deps, deps.database.transaction() as conn:
        await require_migrated(conn)
    last_sweep = LastSweep()
    server = ApiServer(settings, dsn, place, last_sweep)
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked.set)
    api = asyncio.create_task(_serve_until_asked(server, asked))
    await asyncio.to_thread(server.ready.wait)
    jobs = Jobs(ProcessPlatform(_environment(settings, dsn)), last_sweep)
    try:
        if not asked.is_set():
            jobs.start()
            _announce(url_of(place))
        await asked.wait()
    finally:
        server.stop()
        await jobs.stop()
        await api


async def _serve_until_asked(server: ApiServer, asked: asyncio.Event) -> None:
    """The web application; when it ends of its own accord, the house ends with it."""
    try:
        await server.run()
    finally:
        server.ready.set()
        asked.set()


def _environment(settings: Settings, dsn: str) -> dict[str, str]:
    """What a job's process needs beside our own environment."""
    return {
        "DATABASE_URL": dsn,
        "OMNIFY_SECRET_KEY": settings.secret_key,
        "OMNIFY_PUBLIC_URL": settings.public_url,
    }


def _announce(url: str) -> None:
    built = (DASHBOARD / "index.html").is_file()
    print(f"Omnify is running at {url}; Ctrl-C stops it.", flush=True)
    if not built:
        print("The dashboard is not built: npm --prefix dashboard ci && npm --prefix dashboard run build", flush=True)
