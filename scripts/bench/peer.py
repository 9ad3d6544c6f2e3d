"""The other queues as processes that obey orders: who they are, what they promise, how they are started and killed."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from scripts.bench.ground import Ground
from scripts.bench.libraries import GRAPHILE, need_node, need_python, node_facts, python_facts
from scripts.bench.peer_errand import CALLBACK, CONNECTIONS, Wanted
from scripts.bench.world import NUMBER, SID, TOKEN
from scripts.database.bootstrap import OWNER
from scripts.database.launcher import PROJECT
from utils.sql import Queries
from workers.send import AT_ONCE

SQL = Queries(Path(__file__).with_name("peers.sql"))
OURS = "ours: consent, DND, hours, caps checked under locks; a row before each send; proof kept; never twice"
CONTRACT = "fetch, send, the same rows, complete; checks nothing; sends again after a crash"
PGQUEUER, PROCRASTINATE = "pgqueuer", "procrastinate"
AS_INSTALLED = "procrastinate as installed"
RETRIED = "get_stalled_jobs and retry_job, as its manual has it, once the heartbeat is 30 s old"
ENDS_WITHIN = 20.0


@dataclass(frozen=True)
class Contestant:
    """`program` is what runs it, `after_a_crash` what its manual promises; `package` where that is not its name; how
    many jobs run `at_once` where that is not as many as we send."""

    name: str
    program: str
    after_a_crash: str
    package: str = ""
    at_once: int = AT_ONCE

    @property
    def is_node(self) -> bool:
        return self.program.endswith(".mjs")


CONTESTANTS = {
    one.name: one
    for one in (
        Contestant(
            PROCRASTINATE,
            "scripts.bench.peer_procrastinate",
            RETRIED,
        ),
        Contestant(AS_INSTALLED, "scripts.bench.peer_procrastinate", RETRIED, PROCRASTINATE, 1),
        Contestant(PGQUEUER, "scripts.bench.peer_pgqueuer", "picks it again once the heartbeat is 30 s old"),
        Contestant(GRAPHILE, "scripts/bench/peer_graphile.mjs", "4 h, or forceUnlockWorkers by hand, as here"),
    )
}


def need(names: Sequence[str]) -> dict[str, Path]:
    """The folder of each contestant's libraries, installed where they are missing; Unavailable when they cannot be."""
    node = {name: need_node(name) for name in names if CONTESTANTS[name].is_node}
    python = [package_of(name) for name in names if name not in node]
    folder = need_python(python)
    return {name: node.get(name, folder) for name in names}


def package_of(name: str) -> str:
    return CONTESTANTS[name].package or name


def facts_of(name: str) -> dict[str, str]:
    """Version and licence."""
    return node_facts(name) if CONTESTANTS[name].is_node else python_facts(package_of(name))


def copy_for(ground: Ground, name: str) -> str:
    """The DSN of a copy of the world in which a queue may make its tables."""
    dsn = ground.copy(name)
    names = {"copy": sql.Identifier(name), "owner": sql.Identifier(OWNER)}
    with psycopg.connect(ground.cluster.superuser_url(), autocommit=True) as conn:
        conn.execute(sql.SQL(SQL["give_database"]).format(**names))
    return dsn


class PeerProcess:
    """A running contestant. `ask` waits for the answer; `tell` and `answer` are its halves."""

    def __init__(self, name: str, process: subprocess.Popen[str]) -> None:
        self.name, self._process = name, process

    def tell(self, do: str, **more: Any) -> None:
        if self._process.stdin is None:
            raise RuntimeError("the contestant has no ears")
        self._process.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self._process.stdin.flush()

    def answer(self) -> Mapping[str, Any]:
        """RuntimeError when it has died; its own words are on stderr."""
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"{self.name} ended with {self._process.wait(ENDS_WITHIN)} instead of answering")
        found: Mapping[str, Any] = json.loads(line)
        return found

    def ask(self, do: str, **more: Any) -> Mapping[str, Any]:
        self.tell(do, **more)
        return self.answer()

    async def work(self, jobs: int) -> float:
        """The seconds in which it did all its jobs; RuntimeError when not all of them came to their end."""
        found = await asyncio.to_thread(self.ask, "work")
        if found["done"] != jobs:
            raise RuntimeError(f"{self.name} was to do {jobs} jobs and did {found['done']}")
        return float(found["seconds"])

    def kill(self) -> None:
        """SIGKILL, and nothing before it."""
        self._process.kill()
        self._process.wait(ENDS_WITHIN)


@contextmanager
def start_peer(
    name: str,
    libraries: Path,
    dsn: str,
    at: datetime,
    *,
    concurrency: int,
    stalled_seconds: float = 30.0,
    url: str | None = None,
) -> Iterator[PeerProcess]:
    """The contestant as a process of its own, ended with the block."""
    wanted = Wanted(
        dsn=dsn,
        libraries=str(libraries),
        arm=SQL["arm_one"],
        record=SQL["record_one"],
        at=at.isoformat(),
        concurrency=concurrency,
        stalled_seconds=stalled_seconds,
        url=url,
    )
    with subprocess.Popen(
        _command(CONTESTANTS[name], wanted),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
    ) as process:
        try:
            yield PeerProcess(name, process)
        finally:
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()


def _command(contestant: Contestant, wanted: Wanted) -> list[str]:
    told = asdict(wanted)
    if not contestant.is_node:
        return [sys.executable, "-m", contestant.program, json.dumps(told)]
    callback = CALLBACK.format(key="0" * 32, touch="{touch}")
    request = {"account": SID, "token": TOKEN, "number": NUMBER, "callback": callback}
    more = {"request": request, "connections": CONNECTIONS, "locked": SQL["locked_jobs"]}
    return ["node", str(PROJECT / contestant.program), json.dumps(told | more)]
