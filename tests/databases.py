"""Real PostgreSQL for tests: a scratch server for each process and engine, a fresh copy of a template for each test.

Scratch data live in memory where the machine allows it (/dev/shm), without fsync; a copy takes a few milliseconds. A
test process that was killed leaves its server behind; the next one finds it by its free lock, stops it and clears up.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

from scripts.database.binaries import Binaries, Origin, find_binaries
from scripts.database.launcher import DATABASE, Cluster, stop_server
from scripts.database.migrate import MIGRATIONS, migrate
from utils.sql import queries

_SQL = queries(__file__)
_PREFIX = "omnify-scratch-"
_ALIVE = "alive"
_ROOM_NEEDED = 2 * 1024**3
_MEMORY = Path("/dev/shm")


@dataclass(frozen=True, slots=True)
class Database:
    """One database of a test's own: `url` is the owner's DSN (what workers use), `superuser_url` the superuser's."""

    name: str
    url: str
    superuser_url: str


@dataclass(frozen=True, slots=True)
class Engine:
    """A scratch server whose database `omnify` is migrated and only ever copied."""

    origin: Origin
    cluster: Cluster
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
        with psycopg.connect(self.cluster.superuser_url(), autocommit=True) as connection:
            names = {"database": sql.Identifier(name), "template": sql.Identifier(template)}
            connection.execute(sql.SQL(_SQL["copy_database"]).format(**names))
            try:
                yield Database(name, self.cluster.url(name), self.cluster.superuser_url(name))
            finally:
                connection.execute(sql.SQL(_SQL["drop_database"]).format(database=sql.Identifier(name)))


@contextmanager
def scratch_engine(origin: Origin, *, migrations: Path | None = MIGRATIONS) -> Iterator[Engine]:
    """A scratch server of this origin, migrated unless `migrations` is None, gone without a trace at the end.

    Raises DatabaseProblem with the apt line when the machine lacks it.
    """
    binaries = find_binaries(origin)
    with scratch_folder(binaries) as folder, Cluster.start(folder / "data", binaries=binaries, fsync=False) as cluster:
        if migrations is not None:
            migrate(cluster.url(), migrations)
        yield Engine(origin, cluster)


@contextmanager
def scratch_folder(binaries: Binaries) -> Iterator[Path]:
    """A folder that the server's account can enter, removed at the end; also removes what killed processes left."""
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM_NEEDED
    place = _MEMORY if roomy else Path(tempfile.gettempdir())
    with _turn(place):
        _clear_abandoned(place, binaries)
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
        folder.chmod(0o711)
        alive = (folder / _ALIVE).open("w")
        fcntl.flock(alive, fcntl.LOCK_EX)
    with alive:
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


@contextmanager
def _turn(place: Path) -> Iterator[None]:
    handle = os.open(place, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _clear_abandoned(place: Path, binaries: Binaries) -> None:
    """Stops and removes scratch servers of ours whose process is gone: the kernel frees its lock, however it died."""
    for folder in place.glob(f"{_PREFIX}*"):
        if folder.stat().st_uid != os.geteuid():
            continue
        with (folder / _ALIVE).open("a") as alive:
            try:
                fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            stop_server(binaries, folder / "data")
            shutil.rmtree(folder)
