"""A scratch server for each benchmark: for timings on a disk and with fsync, as in production."""

import importlib.metadata
import os
import platform
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from scripts.bench.apart import Processors, keep_to, split_processors
from scripts.database.binaries import find_binaries
from scripts.database.launcher import DATABASE, Cluster
from scripts.database.migrate import migrate
from scripts.database.reach import within_reach
from scripts.database.scratch import scratch_folder
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("ground.sql"))
LIBRARIES = ("fastapi", "httpx", "psycopg", "python-liquid", "structlog")


@dataclass(frozen=True)
class Ground:
    """A running server whose database `omnify` is migrated. `apart`: it shares no processor with us."""

    cluster: Cluster
    apart: bool = False

    @property
    def dsn(self) -> str:
        return self.cluster.url()

    def ask_all(self, block: str, database: str = DATABASE, **values: Any) -> list[dict[str, Any]]:
        """The rows of one block of ground.sql, asked by the superuser."""
        with psycopg.connect(self.cluster.superuser_url(database), autocommit=True, row_factory=dict_row) as conn:
            return conn.execute(SQL[block], values).fetchall()

    def copy(self, name: str) -> str:
        """The DSN of a copy of `omnify` as it is now; nobody may be connected to it."""
        with psycopg.connect(self.cluster.superuser_url(), autocommit=True) as conn:
            names = {"copy": sql.Identifier(name), "template": sql.Identifier(DATABASE)}
            conn.execute(sql.SQL(SQL["copy_database"]).format(**names))
        return self.cluster.url(name)

    def settle(self, database: str = DATABASE) -> None:
        """Statistics and visibility as autovacuum would leave them, and nothing left to be written behind our back."""
        with psycopg.connect(self.cluster.superuser_url(database), autocommit=True) as conn:
            conn.execute(SQL["settle"])
            conn.execute(SQL["write_back"])

    def slow_down_commits(self, milliseconds: float) -> None:
        """From now on a flush of the log takes so much longer, as on a slower disk."""
        with psycopg.connect(self.cluster.superuser_url(), autocommit=True) as conn:
            late = sql.SQL(SQL["commits_take"]).format(microseconds=sql.Literal(round(1000 * milliseconds)))
            for statement in (late, SQL["nobody_else_needed"], SQL["reload"]):
                conn.execute(statement)

    def settings(self) -> dict[str, Any]:
        """What the server itself says of its settings, and whether it has processors of its own."""
        [found] = self.ask_all("server_settings")
        return found | {"server_apart": self.apart}


@contextmanager
def open_ground(*, fsync: bool, apart: bool = False) -> Iterator[Ground]:
    """A fresh, migrated server, gone at the end. With `fsync` its data lie on a disk, not in memory; `apart`, it shares
    no processor with us, where the machine has two."""
    binaries = within_reach(find_binaries())
    processors = split_processors() if apart else Processors()
    with ExitStack() as stack:
        folder = stack.enter_context(scratch_folder(binaries, on_disk=fsync))
        with keep_to(processors.server):
            cluster = stack.enter_context(Cluster.start(folder / "data", binaries=binaries, fsync=fsync))
        stack.enter_context(keep_to(processors.ours))
        migrate(cluster.url())
        yield Ground(cluster, processors.are_apart)


def machine() -> dict[str, Any]:
    """What a reader has to know of the machine to judge a ratio. `load` is the average of the last minute: on a machine
    that others use at the same time, measure again."""
    return {
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "load": round(os.getloadavg()[0], 1),
        **{name: importlib.metadata.version(name) for name in LIBRARIES},
    }
