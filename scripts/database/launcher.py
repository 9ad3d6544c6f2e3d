"""Runs PostgreSQL on 127.0.0.1 from a folder of the project, without root and without the package's own launcher."""

import fcntl
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from scripts.database.binaries import Binaries, find_binaries
from scripts.database.bootstrap import OWNER, bootstrap, ensure_database, ensure_owner
from scripts.database.connect import connect
from scripts.database.data_folder import SUPERUSER, Passwords, beside, only_one, open_data
from scripts.database.errors import DatabaseProblem
from scripts.database.privileges import Account, require_entry, require_reading, run_as, server_account
from scripts.database.reach import within_reach
from utils.sql import queries

PROJECT = Path(__file__).resolve().parents[2]
DATABASE = "omnify"
_SQL = queries(__file__)
_PATIENCE_SECONDS = 60
_ATTEMPTS = 25
_PORT_TAKEN = "could not bind"
_KILLED_BEFORE = "is still in use"  # the children of a killed server need a moment to notice
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
# For data that nobody will miss. A killed server keeps what was committed (so synchronous_commit stays on, which costs
# little without fsync); a crash of the machine may break everything.
_SCRATCH_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "dynamic_shared_memory_type": "mmap",  # in the data folder, so that a killed server leaves nothing in /dev/shm
}


@contextmanager
def open_database(database_url: str | None) -> Iterator[str]:
    """The DSN to migrate and work with: the given one, else a server of our own that runs as long as the block.

    Prepared like Supabase, not migrated. Raises DatabaseProblem.
    """
    if database_url:
        bootstrap(database_url)
        yield database_url
    else:
        with _share_own() as cluster:
            yield cluster.url()


@contextmanager
def _share_own() -> Iterator["Cluster"]:
    """The project's own server while anybody uses it: the first one in starts it, the last one out stops it.

    Who started it is not who stops it: a short command may have started what a long one has joined meanwhile.
    """
    binaries = find_binaries()
    data_dir = _own_data(binaries)
    with beside(data_dir, "users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        cluster = Cluster.start(data_dir, binaries=binaries)
        try:
            yield cluster
        finally:
            with suppress(BlockingIOError):  # somebody else is still at work
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop_server(binaries, data_dir)


def _own_data(binaries: Binaries) -> Path:
    """`.data/postgres-<major>` in the project; its parent is there afterwards, and the server's account can pass."""
    folder = PROJECT / ".data"
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)
    return folder / f"postgres-{binaries.major}"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server with the owner role and the database `omnify`, prepared like Supabase.

    `with Cluster.start() as cluster: migrate(cluster.url())`.
    """

    binaries: Binaries
    data_dir: Path
    account: Account
    passwords: Passwords
    port: int
    started_here: bool

    @classmethod
    def start(
        cls, data_dir: Path | None = None, *, binaries: Binaries | None = None, port: int = 0, fsync: bool = True
    ) -> Self:
        """Starts the server of this data folder, or joins it when it is running; returns when it takes connections.

        Without `data_dir`: `.data/postgres-<major>` in the project. Port 0 picks a free one. `fsync=False` is for
        scratch data only. Raises DatabaseProblem, one sentence with the way out.
        """
        binaries = within_reach(binaries or find_binaries())
        data_dir = (data_dir or PROJECT / ".data" / f"postgres-{binaries.major}").absolute()
        if not data_dir.parent.exists():
            data_dir.parent.mkdir(parents=True)
            data_dir.parent.chmod(0o755)
        account = server_account(data_dir)
        require_reading(account, binaries.bin_dir)
        require_entry(account, data_dir)
        with ExitStack() as undo, only_one(data_dir):
            passwords = open_data(binaries, data_dir, account, durable=fsync)
            running = _find_port(binaries, data_dir, account, passwords)
            chosen = running or _launch(binaries, data_dir, account, port, fsync)
            cluster = cls(binaries, data_dir, account, passwords, chosen, started_here=running is None)
            undo.callback(cluster.stop)
            cluster._prepare()
            undo.pop_all()
        return cluster

    def url(self, database: str = DATABASE) -> str:
        """The DSN of `omnify_owner`, who migrates and works: like Supabase's `postgres` no superuser."""
        return _dsn(OWNER, self.passwords.owner, self.port, database)

    def superuser_url(self, database: str = SUPERUSER) -> str:
        return _dsn(SUPERUSER, self.passwords.superuser, self.port, database)

    @property
    def log(self) -> Path:
        """What the server writes about itself."""
        return _log(self.data_dir)

    def stop(self) -> None:
        """Stops what `start` started; a server that ran before goes on. Twice is harmless."""
        if not self.started_here:
            return
        stop_server(self.binaries, self.data_dir)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _prepare(self) -> None:
        ensure_owner(self.superuser_url(), self.passwords.owner)
        ensure_database(self.superuser_url(), DATABASE)
        bootstrap(self.superuser_url(DATABASE), OWNER)


def stop_server(binaries: Binaries, data_dir: Path) -> None:
    """Stops the server that runs on this folder, whoever started it; nothing to do when there is none."""
    account = server_account(data_dir)
    with only_one(data_dir):
        if not _is_running(binaries, data_dir, account):
            return
        result = _pg_ctl(binaries, data_dir, account, "stop", "-m", "fast")
        if result.returncode != 0:
            raise DatabaseProblem(f"PostgreSQL did not stop: {result.stderr.strip()} See {_log(data_dir)}.")


def _find_port(binaries: Binaries, data_dir: Path, account: Account, passwords: Passwords) -> int | None:
    """The port of the server on this folder; waits while it starts, stops or dies. A stale postmaster.pid is no server.

    Only a connection proves it: a killed server stays in the process table, deaf, until its parent has taken note.
    """
    for _ in range(_PATIENCE_SECONDS * 10):
        if not _is_running(binaries, data_dir, account):
            return None
        lines = _pid_file_lines(data_dir)
        # Line 4 is the port, line 8 the state (src/include/utils/pidfile.h).
        if len(lines) >= 8 and lines[7].strip() == "ready":
            port = int(lines[3])
            if _answers(_dsn(SUPERUSER, passwords.superuser, port, SUPERUSER), data_dir):
                return port
        time.sleep(0.1)
    raise DatabaseProblem(f"PostgreSQL on {data_dir} neither answers nor ends after a minute. See {_log(data_dir)}.")


def _launch(binaries: Binaries, data_dir: Path, account: Account, port: int, fsync: bool) -> int:
    settings = _SETTINGS if fsync else _SETTINGS | _SCRATCH_SETTINGS
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    log = _log(data_dir)
    story = ""
    if log.exists():
        log.replace(log.with_name("server.previous.log"))  # perhaps it says why the last run ended
    for _ in range(_ATTEMPTS):
        chosen = port or _free_port()
        log.unlink(missing_ok=True)
        result = _pg_ctl(binaries, data_dir, account, "start", "-l", str(log), "-o", f"-p {chosen} {options}")
        if result.returncode == 0:
            return chosen
        story = log.read_text(encoding="utf-8").strip() if log.exists() else result.stderr.strip()
        if _KILLED_BEFORE in story:
            time.sleep(0.2)
        elif port or _PORT_TAKEN not in story:
            break
    last_words = " ".join(story.splitlines()[-3:])
    raise DatabaseProblem(f"PostgreSQL {binaries.version} did not start: {last_words} See {log}.")


def _free_port() -> int:
    """A port that is free now; somebody may take it before PostgreSQL does, so the caller tries again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(dsn: str, data_dir: Path) -> bool:
    """A stale postmaster.pid may name the port of somebody else's server by now; ours knows its own folder."""
    try:
        with connect(dsn) as connection:
            row = connection.execute(_SQL["data_directory"]).fetchone()
    except (
        DatabaseProblem,
        psycopg.OperationalError,
    ):  # nobody is there, or not yet, or another server that does not know our password
        return False
    return row is not None and Path(row["path"]).resolve() == data_dir.resolve()


def _dsn(role: str, password: str, port: int, database: str) -> str:
    return f"postgresql://{role}:{password}@127.0.0.1:{port}/{quote(database, safe='')}"


def _is_running(binaries: Binaries, data_dir: Path, account: Account) -> bool:
    return (data_dir / "postmaster.pid").exists() and _pg_ctl(binaries, data_dir, account, "status").returncode == 0


def _pid_file_lines(data_dir: Path) -> list[str]:
    try:
        return (data_dir / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:  # the server stopped between the two looks
        return []


def _pg_ctl(binaries: Binaries, data_dir: Path, account: Account, verb: str, *more: str) -> CompletedProcess[str]:
    waiting = () if verb == "status" else ("-w", "-t", str(_PATIENCE_SECONDS))
    return run_as(account, [binaries.program("pg_ctl"), verb, "-D", str(data_dir), *waiting, *more])


def _log(data_dir: Path) -> Path:
    return data_dir / "server.log"
