"""Jobs at home: each in a process of its own, killed at its timeout, as on Modal."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from pathlib import Path

from utils import log
from utils.config import read_settings
from utils.crashpoint import install
from utils.errors import AppError
from utils.schedules import Schedule
from workers.jobs import Report, run_job, run_sweep, schedule_of

__all__ = ["ProcessPlatform", "Report", "die_at", "run_job", "run_sweep", "schedule_of"]


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
        log_to = self._log_file.open("ab") if self._log_file else None
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "scripts.jobs",
            schedule.name,
            env={**os.environ, **self._environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=log_to,
            process_group=0,  # Ctrl-C at a terminal is for whoever runs the jobs, not for a job in the middle of a send
        )
        try:
            output, _ = await asyncio.wait_for(process.communicate(), schedule.timeout.total_seconds())
        except TimeoutError as error:
            raise RuntimeError(f"{schedule.name} was stopped at its timeout") from error
        finally:
            if log_to:
                log_to.close()
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
    try:
        settings = read_settings()
        if settings.crash_at:
            die_at(settings.crash_at)
        print(json.dumps(asyncio.run(run_job(name, settings))))
    except AppError as error:
        print(error.detail, file=sys.stderr)
        return 1
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
