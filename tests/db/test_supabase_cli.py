"""Our `migrate` and the Supabase CLI write one ledger: what either applied, the other takes as done.

The CLI comes through npm into the project's cache. It talks to our server only: telemetry and update checks are
switched off, and a proxy that nobody may call stands watch.
"""

import fcntl
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.database.bootstrap import OWNER, bootstrap
from scripts.database.connect import connect
from scripts.database.launcher import PROJECT
from scripts.database.migrate import migrate, read_migrations
from tests.databases import Database, Engine
from utils.sql import queries

SQL = queries(__file__)
VERSION = "3.1.0"
CACHE = PROJECT / ".cache" / "supabase-cli"
PROGRAM = CACHE / "node_modules" / ".bin" / "supabase"
RANDOM_LINES = ("\\restrict", "\\unrestrict")


@pytest.fixture(scope="session")
def program() -> Path:
    """The CLI, installed at its first use (scripts/test does it before)."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not PROGRAM.exists():
            npm = shutil.which("npm")
            assert npm, "The Supabase CLI comes through npm: apt-get install -y npm"
            install = [npm, "install", "--prefix", str(CACHE), "--no-audit", "--no-fund", f"supabase@{VERSION}"]
            result = subprocess.run(install, capture_output=True, text=True, check=False)
            assert result.returncode == 0, result.stderr
    return PROGRAM


@pytest.fixture
def watch() -> Iterator[socket.socket]:
    """A proxy's address where nobody may call: a call that waits at the end fails the test."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.fixture
def prepared(engine: Engine) -> Iterator[Database]:
    with engine.fresh_database("template0") as empty:
        bootstrap(empty.superuser_url, OWNER)
        yield empty


@pytest.fixture
def push(program: Path, watch: socket.socket, tmp_path: Path, prepared: Database) -> "Push":
    return Push(program, f"http://127.0.0.1:{watch.getsockname()[1]}", tmp_path, prepared.url)


class Push:
    """`supabase db push` of the project's migrations, with a home of its own."""

    def __init__(self, program: Path, proxy: str, home: Path, url: str) -> None:
        self.command = [str(program), "db", "push", "--yes", "--workdir", str(PROJECT), f"--remote={url}"]
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "DO_NOT_TRACK": "1",
            "SUPABASE_TELEMETRY_DISABLED": "1",
            "SUPABASE_NO_UPDATE_NOTIFIER": "1",
            "HTTP_PROXY": proxy,
            "HTTPS_PROXY": proxy,
        }

    def __call__(self) -> str:
        result = subprocess.run(
            self.command, env=self.environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        assert result.returncode == 0, result.stderr
        return result.stdout + result.stderr


def applied(database: Database) -> list[tuple[str, str]]:
    with connect(database.url) as connection:
        return [(row["version"], row["name"]) for row in connection.execute(SQL["ledger"])]


def schema(engine: Engine, database: Database) -> list[str]:
    """The whole schema as pg_dump writes it, without what differs each time."""
    command = [engine.cluster.binaries.program("pg_dump"), "--schema-only", database.superuser_url]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line for line in result.stdout.splitlines() if not line.startswith(RANDOM_LINES)]


def test_what_the_cli_pushed_is_done_for_migrate(prepared: Database, push: Push) -> None:
    push()
    assert applied(prepared) == [(migration.version, migration.name) for migration in read_migrations()]
    assert migrate(prepared.url) == []


def test_what_migrate_applied_is_done_for_the_cli(prepared: Database, push: Push) -> None:
    migrate(prepared.url)
    before = applied(prepared)
    assert "up to date" in push()
    assert applied(prepared) == before


def test_the_cli_and_migrate_make_the_same_schema(
    engine: Engine, database: Database, prepared: Database, push: Push
) -> None:
    push()
    assert schema(engine, prepared) == schema(engine, database)
