"""Real PostgreSQL for tests: a scratch server for each process and engine, a fresh copy of a template for each test.

Scratch data live in memory where the machine allows it, without fsync; a copy takes a few milliseconds.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from scripts.database.binaries import Origin, find_binaries
from scripts.database.launcher import DATABASE, Cluster
from scripts.database.migrate import MIGRATIONS, migrate
from scripts.database.reach import within_reach
from scripts.database.scratch import scratch_folder
from utils.sql import queries

_SQL = queries(__file__)
_END_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Database:
    """One database of a test's own: `url` is the owner's DSN (what workers use), `superuser_url` the superuser's."""

    name: str
    url: str
    superuser_url: str


@dataclass(frozen=True, slots=True)
class Engine:
    """A scratch server whose database `omnify` is migrated and only ever copied.

    `leaving` takes the twins and applications of tests that are over (see `start_twin`); all end before it does.
    """

    origin: Origin
    cluster: Cluster
    leaving: list[threading.Thread] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def major(self) -> int:
        return self.cluster.binaries.major

    @contextmanager
    def fresh_database(self, template: str = DATABASE) -> Iterator[Database]:
        """A copy of the migrated template, dropped afterwards with every connection that is still open.

        `template="template0"` gives an empty one without even the bootstrap.
        """
        name = f"test_{next(self._numbers)}"
        self._administer("copy_database", database=name, template=template)
        try:
            yield Database(name, self.cluster.url(name), self.cluster.superuser_url(name))
        finally:
            self._administer("drop_database", database=name)

    def _administer(self, block: str, **names: str) -> None:
        """One statement over a connection of its own: a test may restart the server."""
        quoted = {name: sql.Identifier(value) for name, value in names.items()}
        with psycopg.connect(self.cluster.superuser_url(), autocommit=True) as connection:
            connection.execute(sql.SQL(_SQL[block]).format(**quoted))


@contextmanager
def scratch_engine(origin: Origin, *, migrations: Path | None = MIGRATIONS) -> Iterator[Engine]:
    """A scratch server of this origin, migrated unless `migrations` is None, gone without a trace at the end.

    Raises DatabaseProblem with the apt line when the machine lacks it.
    """
    binaries = within_reach(find_binaries(origin))
    with scratch_folder(binaries) as folder, Cluster.start(folder / "data", binaries=binaries, fsync=False) as cluster:
        if migrations is not None:
            migrate(cluster.url(), migrations)
        engine = Engine(origin, cluster)
        yield engine
        for thread in engine.leaving:
            thread.join(_END_SECONDS)
        assert not [thread for thread in engine.leaving if thread.is_alive()]
