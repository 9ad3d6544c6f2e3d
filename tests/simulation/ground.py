"""Where seeds are played: a scratch server without fsync, one database a worker process, emptied between seeds.

Emptying (truncate) takes 20 ms and keeps the connections; a fresh copy of the template takes 45 ms and new connections
of 10 ms each on top (measured 2026-11-21 on 2 cores, 38 tables).
"""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from scripts.database.binaries import find_binaries
from scripts.database.launcher import Cluster
from scripts.database.migrate import migrate
from scripts.database.reach import within_reach
from scripts.database.scratch import scratch_folder
from tests.simulation.database import SQL, Stage

SPEAKING = (
    "touches",
    "enrollments",
    "addresses",
    "contacts",
    "inbound",
    "tasks",
    "actions",
    "replies",
    "canaries",
    "milestones",
)
SERVER = ("settings", "deadlock_soon", "commit_soon", "no_jit", "plan_once", "reload")


@dataclass
class Ground:
    """One database and the connections to it; `play_on` it one seed after the other."""

    stage: Stage
    fill: tuple[str, ...]

    def clear(self) -> None:
        """Empties what the last seed wrote."""
        names = sql.SQL(", ").join(sql.SQL(name) for name in self.fill)
        self.stage.looker.execute(sql.SQL(SQL["empty"]).format(tables=names))

    def fingerprint(self) -> dict[str, tuple[str, int]]:
        """Each table that seeds write, as a number and a count of rows."""
        found = {}
        for name in self.fill:
            row = self.stage.looker.execute(sql.SQL(SQL["fingerprint"]).format(table=sql.SQL(name))).fetchone()
            found[name] = (row["sum"], row["how_many"]) if row else ("", 0)
        return found

    def backends(self) -> list[int]:
        """The server's processes that work for this stage, for who measures."""
        return self.stage.backends()


@contextmanager
def open_server() -> Iterator[Cluster]:
    """A scratch server whose database `omnify` is migrated. Gone at the end."""
    binaries = within_reach(find_binaries())
    with scratch_folder(binaries) as folder, Cluster.start(folder / "data", binaries=binaries, fsync=False) as cluster:
        migrate(cluster.url())
        with psycopg.connect(cluster.superuser_url(), autocommit=True) as boss:
            for block in SERVER:
                boss.execute(SQL[block])
        yield cluster


@contextmanager
def open_ground() -> Iterator[Ground]:
    """One stage on a server of its own."""
    with open_server() as cluster, open_on(cluster.url()) as ground:
        yield ground


@contextmanager
def open_on(dsn: str) -> Iterator[Ground]:
    """The stage on a migrated database that nobody else uses."""
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as owner:
        owner.execute(SQL["speaker"])
        for table in SPEAKING:
            owner.execute(SQL[f"speak_{table}"])
        tables = tuple(row["name"] for row in owner.execute(SQL["tables"]))
    stage = Stage(dsn)
    ground = Ground(stage, tables)
    # what a fresh database holds already are the tables of states
    ground.fill = tuple(name for name, (_, how_many) in ground.fingerprint().items() if not how_many)
    try:
        yield ground
    finally:
        stage.close()


def cpu_seconds_of(backends: list[int]) -> float:
    """CPU seconds of this process and of these server processes (Linux: /proc/PID/stat, in ticks of 10 ms)."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    ticks = 0
    for pid in backends:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return own.ru_utime + own.ru_stime + ticks / os.sysconf("SC_CLK_TCK")
