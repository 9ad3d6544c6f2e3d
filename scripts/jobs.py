"""The scheduled jobs by name, as `omnify tick`, `omnify up`, the demo and the tests run them."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace

from utils import log
from utils.config import Settings, read_settings
from utils.crashpoint import install
from utils.errors import AppError, BadInput
from utils.schedules import SCHEDULES, Schedule
from workers.context import Deps, open_deps
from workers.sweep import sweep

Report = dict[str, int]


async def run_sweep(deps: Deps) -> Report:
    return (await sweep(deps)).as_dict()


JOBS: dict[str, Callable[[Deps], Awaitable[Report]]] = {"sweep": run_sweep}


def schedule_of(name: str) -> Schedule:
    """BadInput names the jobs there are."""
    for schedule in SCHEDULES:
        if schedule.name == name:
            return schedule
    names = ", ".join(schedule.name for schedule in SCHEDULES)
    raise BadInput(f"There is no job '{name}'; there is: {names}", field="job")


def die_at(name: str) -> None:
    """Makes the crashpoint of this name a real SIGKILL of this process; for tests of what a kill leaves behind."""

    def visit(reached: str) -> None:
        if reached == name:
            os.kill(os.getpid(), signal.SIGKILL)

    install(visit)


async def run_job(settings: Settings, dsn: str, name: str) -> Report:
    schedule_of(name)
    async with open_deps(settings, dsn) as deps:
        return await JOBS[name](deps)


class ProcessPlatform:
    """Runs each job in a process of its own and kills it at its timeout, as Modal does."""

    def __init__(self, settings: dict[str, str]) -> None:
        self._environment = settings

    async def run(self, schedule: Schedule) -> Report:
        """The job's report; RuntimeError when it failed or was killed."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "scripts.jobs",
            schedule.name,
            env={**os.environ, **self._environment},
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            output, _ = await asyncio.wait_for(process.communicate(), schedule.timeout.total_seconds())
        except TimeoutError as error:
            raise RuntimeError(f"{schedule.name} was stopped at its timeout") from error
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode != 0:
            raise RuntimeError(f"{schedule.name} ended with exit code {process.returncode}")
        report: Report = json.loads(output.splitlines()[-1])
        return report


def main(name: str) -> int:
    """Runs one job once: `python -m scripts.jobs sweep`, settings from the environment, report as one JSON line."""
    log.configure()
    settings = read_settings()
    if settings.database_url is None:
        print("DATABASE_URL is missing: a job runs on a database that is up", file=sys.stderr)
        return 2
    if settings.crash_at:
        die_at(settings.crash_at)
    try:
        print(json.dumps(asyncio.run(run_job(replace(settings, crash_at=None), settings.database_url, name))))
    except AppError as error:
        print(error.detail, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
