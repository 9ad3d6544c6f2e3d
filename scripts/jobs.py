"""Jobs at home: each in a process of its own, killed at its timeout, as on Modal."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from pathlib import Path

import uvloop

from utils import log
from utils.config import read_settings
from utils.crashpoint import install
from utils.errors import AppError
from utils.schedules import Schedule
from workers.jobs import Report, load_job, run_job, run_sweep, schedule_of

__all__ = ["ProcessPlatform", "Report", "die_at", "run_job", "run_sweep", "schedule_of"]

STAND_BY, BEGIN = "--stand-by", b"begin\n"


def die_at(name: str) -> None:
    """Makes the crashpoint of this name a real SIGKILL of this process; for tests of what a kill leaves behind."""

    def visit(reached: str) -> None:
        if reached == name:
            os.kill(os.getpid(), signal.SIGKILL)

    install(visit)


class ProcessPlatform:
    """Runs each job in a process of its own and kills it at its timeout, as Modal does."""

    def __init__(self, settings: dict[str, str], log_file: Path | None = None) -> None:
        """`log_file` takes the jobs' log; without it they log to our stderr."""
        self._environment = settings
        self._log_file = log_file

    async def run(self, schedule: Schedule) -> Report:
        """The job's report; RuntimeError when it failed or was killed."""
        async with self._process(schedule) as process:
            return await _report_of(process, schedule)

    @asynccontextmanager
    async def standing_by(self, schedule: Schedule) -> AsyncIterator[Callable[[], Awaitable[Report]]]:
        """A process that loads what the job needs and waits. What is yielded lets it begin, as `run` does; at the
        end of the block it is gone, whether it was to begin or not. So who waits for the run before does not load the
        engine afterwards, as on Modal, where the next run finds the container of the last one warm."""
        async with self._process(schedule, STAND_BY, stdin=asyncio.subprocess.PIPE) as process:
            yield lambda: _report_of(process, schedule, BEGIN)

    @asynccontextmanager
    async def _process(
        self, schedule: Schedule, *arguments: str, stdin: int | None = None
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        with self._log_file.open("ab") if self._log_file else nullcontext() as log_to:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "scripts.jobs", schedule.name, *arguments),
                env={**os.environ, **self._environment},
                stdin=stdin,
                stdout=asyncio.subprocess.PIPE,
                stderr=log_to,
                process_group=0,  # Ctrl-C at a terminal is for whoever runs the jobs, not for a job in mid-send
            )
            try:
                yield process
            finally:
                if process.returncode is None:
                    with suppress(ProcessLookupError):
                        process.kill()
                    await process.wait()


async def _report_of(process: asyncio.subprocess.Process, schedule: Schedule, told: bytes | None = None) -> Report:
    try:
        output, _ = await asyncio.wait_for(process.communicate(told), schedule.timeout.total_seconds())
    except TimeoutError as error:
        raise RuntimeError(f"{schedule.name} was stopped at its timeout") from error
    if process.returncode != 0:
        raise RuntimeError(f"{schedule.name} ended with exit code {process.returncode}")
    report: Report = json.loads(output.splitlines()[-1])
    return report


def main(name: str, stands_by: bool = False) -> int:
    """Runs one job once: `python -m scripts.jobs sweep`, settings from the environment, report as one JSON line. Who
    stands by begins at a line on stdin; at its end nobody wants the job any more."""
    log.configure()
    try:
        settings = read_settings()
        if settings.crash_at:
            die_at(settings.crash_at)
        if stands_by:
            load_job(name)
            if not sys.stdin.readline():
                return 0
        print(json.dumps(uvloop.run(run_job(name, settings))))
    except AppError as error:
        print(error.detail, file=sys.stderr)
        return 1
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], STAND_BY in sys.argv[2:]))
