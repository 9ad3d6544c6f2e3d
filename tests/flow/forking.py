"""A process that has loaded the engine once and forks a child for each job: so a real process costs milliseconds.

The child is killed for real: SIGKILL, sent to itself at the named crashpoint. Whoever forks has no thread and no open
connection, so a child starts as clean as a process of `python -m scripts.jobs`.
"""

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from modules.channels import CHANNELS
from modules.content import load_liquid
from scripts.jobs import die_at, run_job
from utils import log
from utils.config import read_settings

ROOT = Path(__file__).resolve().parents[2]
LONGEST_SECONDS = 60
KILLED = -signal.SIGKILL
LOADED_AT_WORK = (
    "workers.sweep",
    "workers.work_due",
    "phonenumbers.data.region_US",
    "phonenumbers.timezone",
    "cryptography.hazmat.primitives.serialization",
    "cryptography.hazmat.primitives.ciphers.aead",
    "cryptography.hazmat.primitives.kdf.hkdf",
    "httpcore._async.http11",
    "httpcore._async.http2",
    "httpcore._backends.anyio",
    "anyio._backends._asyncio",
)
"""What a sweep loads once it has found work: two thirds of a child's life, when each did it for itself."""


@dataclass(frozen=True)
class Forge:
    """The forking process. One job at a time: who comes meanwhile waits."""

    process: subprocess.Popen[str]
    turn: threading.Lock = field(default_factory=threading.Lock)

    def run(self, job: str, environment: Mapping[str, str], crash_at: str) -> bool:
        """Runs a job in a child; True when it was killed at the crashpoint, False when it ended without reaching it.

        RuntimeError when it ended in any other way; its own words are on stderr.
        """
        order = {"job": job, "environment": dict(environment), "crash_at": crash_at}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with self.turn:
            self.process.stdin.write(json.dumps(order) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        code = int(answer) if answer.strip() else None
        if code not in (0, KILLED):
            raise RuntimeError(f"{job} ended with {code} instead of being killed at {crash_at}")
        return code == KILLED


@contextmanager
def open_forge() -> Iterator[Forge]:
    """A forging process, gone at the end."""
    command = [sys.executable, "-m", "tests.flow.forking"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Forge(process)
        finally:
            if process.stdin is not None:
                process.stdin.close()
            process.wait(LONGEST_SECONDS)


def work(order: Mapping[str, str], environment: Mapping[str, str]) -> int:
    """One job in this very process, which dies at the crashpoint; the exit code when it does not."""
    signal.alarm(LONGEST_SECONDS)  # a job that hangs is killed as the platform would
    die_at(order["crash_at"])
    try:
        uvloop.run(run_job(order["job"], read_settings(environment)))
    except BaseException:  # noqa: BLE001 - this process ends here; it must not go on as the forge
        traceback.print_exc()
        return 1
    return 0


def warm_up() -> None:
    for name in LOADED_AT_WORK:
        importlib.import_module(name)
    load_liquid()
    list(CHANNELS.values())
    gc.freeze()  # a collection in a child would copy every page of what it shares


def main() -> None:
    """Orders come as JSON lines, answers are exit codes; the end of the orders ends it."""
    log.configure()
    warm_up()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            os._exit(work(order, order["environment"]))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
