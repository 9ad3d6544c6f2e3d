"""`scripts/omnify up` and the launcher as real processes: they start, answer, refuse, and leave nothing behind."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from scripts.cli.serving import Jobs
from scripts.cli.timetable import due_at
from scripts.database.binaries import find_binaries
from scripts.database.connect import connect
from scripts.database.errors import DatabaseProblem
from scripts.database.launcher import open_database
from scripts.database.scratch import scratch_folder
from scripts.jobs import STAND_BY, ProcessPlatform, Report
from scripts.serve import listen, url_of
from tests.databases import Database
from tests.flow.house import ROOT, SECRET, foreign_settings, spawn
from utils.http import read_client
from utils.schedules import SCHEDULES, Schedule
from workers.last_sweep import LastSweep

UP = [sys.executable, "-m", "scripts.cli", "up", "--port"]


@pytest.fixture
def environment(database: Database) -> dict[str, str]:
    foreign = foreign_settings()
    clean = {name: value for name, value in os.environ.items() if name not in foreign}
    return clean | {"DATABASE_URL": database.url, "OMNIFY_SECRET_KEY": SECRET}


@contextmanager
def running(environment: dict[str, str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`up` on a free port; its process and its address."""
    with subprocess.Popen([*UP, "0"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            assert found, line
            yield process, found[0]
        finally:
            if process.poll() is None:
                process.kill()


def left_behind(mark: str) -> list[int]:
    """Processes whose environment carries the mark."""
    return [
        int(path.parent.name) for path in Path("/proc").glob("[0-9]*/environ") if mark.encode() in _environment_of(path)
    ]


def _environment_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except (ProcessLookupError, FileNotFoundError, PermissionError):  # it has just ended, or is not ours
        return b""


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
async def test_the_house_answers_until_it_is_asked_to_end_and_leaves_nothing_behind(
    environment: dict[str, str], end: signal.Signals
) -> None:
    mark = f"MARK_OF_TEST=up-{os.getpid()}-{end}"
    environment["MARK_OF_TEST"] = mark.partition("=")[2]
    with running(environment) as (process, url):
        async with read_client(5) as client:
            assert (await client.get(f"{url}/healthz")).json() == {"status": "ok"}
            assert (await client.get(f"{url}/readyz")).status_code == 200
        process.send_signal(end)
        assert process.wait(20) == 0
    assert left_behind(mark) == []
    taken = listen(int(url.rpartition(":")[2]))
    assert url_of(taken) == url
    taken.close()


def test_the_house_does_not_start_on_a_taken_port_or_an_unmigrated_database(
    environment: dict[str, str], database: Database
) -> None:
    with listen() as place:
        place.listen()
        port = url_of(place).rpartition(":")[2]
        refused = spawn([*UP, port], environment)
    assert refused.code == 1
    assert f"Port {port} is taken" in refused.err
    unmigrated = environment | {"DATABASE_URL": re.sub(r"/[^/]+$", "/postgres", database.superuser_url)}
    refused = spawn([*UP, "0"], unmigrated)
    assert (refused.code, refused.err) == (1, "The database is not up to date; run: scripts/omnify migrate\n")
    stopped = spawn([*UP, "0"], environment | {"OMNIFY_CLOCK": "at:2026-11-23T15:00:00+00:00"})
    assert (stopped.code, "OMNIFY_CLOCK is" in stopped.err) == (1, True)


async def test_a_job_that_fails_is_reported_and_does_not_end_the_house(environment: dict[str, str]) -> None:
    last = LastSweep()
    with capture_logs() as events:
        await Jobs(ProcessPlatform(environment | {"OMNIFY_ENV": "nonsense"}), last).run(SCHEDULES[0])
        await Jobs(ProcessPlatform(environment), last).run(SCHEDULES[1])
        before = last.age_seconds
        await Jobs(ProcessPlatform(environment), last).run(SCHEDULES[0])
    assert before is None, "no sweep has ended well"
    assert last.age_seconds is not None
    assert [(event["event"], event["job"]) for event in events] == [("job_failed", "sweep")]


class Slow(ProcessPlatform):
    """A job that lasts until it is told to end."""

    def __init__(self) -> None:
        super().__init__({})
        self.runs, self.standing, self.end = 0, 0, asyncio.Semaphore(0)

    async def run(self, schedule: Schedule) -> Report:
        self.runs += 1
        await self.end.acquire()
        return {}

    @asynccontextmanager
    async def standing_by(self, schedule: Schedule) -> AsyncIterator[Callable[[], Awaitable[Report]]]:
        self.standing += 1
        yield lambda: self.run(schedule)
        self.standing -= 1


async def test_what_falls_due_while_a_job_runs_is_one_more_run_after_it() -> None:
    slow = Slow()
    jobs = Jobs(slow, LastSweep())
    fired = [asyncio.create_task(jobs.run(SCHEDULES[0])) for _ in range(4)]
    over, _ = await asyncio.wait(fired[2:])
    while_it_ran = (slow.runs, slow.standing)
    slow.end.release()
    await fired[0]
    slow.end.release()
    await fired[1]
    assert (while_it_ran, len(over), slow.runs, slow.standing) == ((1, 1), 2, 2, 0)


async def test_who_waits_while_the_last_one_that_waited_runs_is_one_run_too() -> None:
    slow = Slow()
    jobs = Jobs(slow, LastSweep())
    fired = [asyncio.create_task(jobs.run(SCHEDULES[0])) for _ in range(2)]
    slow.end.release()
    await fired[0]
    later = [asyncio.create_task(jobs.run(SCHEDULES[0])) for _ in range(3)]
    await asyncio.wait(later[1:])
    slow.end.release()
    await fired[1]
    last = asyncio.create_task(jobs.run(SCHEDULES[0]))
    slow.end.release()
    await later[0]
    slow.end.release()
    await last
    assert slow.runs == 4


async def test_whoever_is_not_told_to_begin_has_done_nothing_and_goes(environment: dict[str, str]) -> None:
    platform = ProcessPlatform(environment)
    async with platform.standing_by(SCHEDULES[0]) as begin:
        async with platform.standing_by(SCHEDULES[0]):
            pass
        assert await begin() == {}
    async with ProcessPlatform(environment | {"OMNIFY_ENV": "nonsense"}).standing_by(SCHEDULES[0]) as begin:
        with pytest.raises(RuntimeError, match="exit code 1"):
            await begin()


async def test_a_run_that_stands_by_ends_with_the_house(environment: dict[str, str]) -> None:
    """Killed, it tells nobody: the end of the line between them does."""
    program = [*(sys.executable, "-m", "scripts.jobs", "sweep"), STAND_BY]
    process = await asyncio.create_subprocess_exec(
        *program, env={**os.environ, **environment}, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate(b"")
    assert (process.returncode, output) == (0, b"")


def test_the_own_database_stays_for_whoever_joined_and_goes_with_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with scratch_folder(find_binaries("embedded")) as folder:
        monkeypatch.setattr("scripts.database.launcher.PROJECT", folder)
        with ExitStack() as long_one:
            with open_database(None) as dsn:
                assert long_one.enter_context(open_database(None)) == dsn
            connect(dsn).close()
        with pytest.raises(DatabaseProblem, match="cannot be reached"):
            connect(dsn)


@pytest.mark.parametrize(
    ("minute", "names"),
    [
        (0, ["sweep", "guardian", "reconcile"]),
        (7, ["sweep", "learn"]),
        (8, ["sweep"]),
        (17, ["sweep", "lifecycle"]),
        (20, ["sweep", "guardian"]),
    ],
)
def test_a_job_is_due_in_the_minute_that_its_cron_names(minute: int, names: list[str]) -> None:
    assert [one.name for one in due_at(datetime(2026, 11, 23, 15, minute, 31, 5, tzinfo=UTC))] == names


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda one: one.name)
async def test_every_job_runs_in_a_process_of_its_own_and_an_idle_one_reports_nothing(
    environment: dict[str, str], schedule: Schedule
) -> None:
    assert await ProcessPlatform(environment).run(schedule) == {}


def test_the_launcher_reads_a_settings_file_and_lets_the_environment_win(
    environment: dict[str, str], database: Database, tmp_path: Path
) -> None:
    omnify = [str(ROOT / "scripts" / "omnify")]
    file = tmp_path / "settings"
    file.write_text(f"DATABASE_URL=postgresql://127.0.0.1:1/none\nOMNIFY_SECRET_KEY='{SECRET}'\n", encoding="utf-8")
    given = {name: value for name, value in environment.items() if name != "OMNIFY_SECRET_KEY"}
    settings = given | {"OMNIFY_ENV_FILE": str(file)}
    done = spawn([*omnify, "client", "list", "--json"], settings, cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, "[]\n", "")
    for value in ("postgresql://127.0.0.1:1/none?a=b&c=d", "two words", "pa$word", "a;b"):
        file.write_text(f"DATABASE_URL={value}\n", encoding="utf-8")
        lost = spawn([*omnify, "client", "list"], settings)
        assert (lost.code, lost.out) == (1, "")
        assert "DATABASE_URL in" in lost.err
        assert value not in lost.err
    file.write_text(f"OMNIFY_SECRET_KEY='{SECRET}'\n", encoding="utf-8")
    missing = spawn([*omnify, "client", "list"], settings | {"OMNIFY_ENV_FILE": "/nowhere"})
    assert (missing.code, missing.out) == (1, "")
    assert "/nowhere" in missing.err
    assert spawn([*omnify, "dance"], settings).code == 2
