"""Settings and database of a machine at home, opened for one verb and closed behind it."""

import asyncio
import getpass
import os
import secrets
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from scripts.database.launcher import PROJECT, open_database
from scripts.database.migrate import read_migrations
from utils.clock import clock_from
from utils.config import Settings, read_settings
from utils.db import Connection, fetch_all, fetch_one
from utils.errors import SettingsError, Unavailable
from utils.sql import queries
from workers.context import Deps, open_deps

SQL = queries(__file__)
DATA = PROJECT / ".data"
NOT_MIGRATED = "The database is not up to date; run: scripts/omnify migrate"
T = TypeVar("T")


def database_url() -> str | None:
    """DATABASE_URL, or None for the embedded database."""
    return os.environ.get("DATABASE_URL", "").strip() or None


def read_home_settings(environ: Mapping[str, str], data: Path = DATA) -> Settings:
    """The settings; with the embedded database a missing OMNIFY_SECRET_KEY is made once and kept beside the data.

    A database of somebody else's needs a key that does not live and die with this folder, so there it must be given.
    """
    given = dict(environ)
    embedded = not given.get("DATABASE_URL", "").strip()
    if embedded and not given.get("OMNIFY_SECRET_KEY", "").strip():
        given["OMNIFY_SECRET_KEY"] = keep_key(data)
    settings = read_settings(given)
    try:
        clock_from(settings.clock)
    except ValueError as error:
        raise SettingsError(str(error), field="OMNIFY_CLOCK") from error
    return settings


def keep_key(data: Path) -> str:
    """The key in `data`/secret-key, made with mode 0600 when it is not there. Two at once end with the same key."""
    path = data / "secret-key"
    if not path.exists():
        # not the mode of mkdir: the database server runs under another account and must be able to pass
        if not data.exists():
            data.mkdir(parents=True)
            data.chmod(0o755)
        handle, fresh = tempfile.mkstemp(prefix="secret-key.", dir=data)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
        with suppress(FileExistsError):
            os.link(fresh, path)
        os.unlink(fresh)
    return path.read_text(encoding="ascii").strip()


@contextmanager
def open_home() -> Iterator[tuple[Settings, str]]:
    """Settings and the DSN of a database that runs as long as the block."""
    settings = read_home_settings(os.environ)
    with open_database(settings.database_url) as dsn:
        yield settings, dsn


def in_transaction(work: Callable[[Deps, Connection], Awaitable[T]]) -> T:
    """What `work` gives, after its one transaction was committed; nothing stays when it raises."""
    with open_home() as (settings, dsn):
        return asyncio.run(_transact(settings, dsn, work))


async def _transact(settings: Settings, dsn: str, work: Callable[[Deps, Connection], Awaitable[T]]) -> T:
    async with open_deps(settings, dsn) as deps, deps.database.transaction() as conn:
        await require_migrated(conn)
        return await work(deps, conn)


def by_whom(name: str | None = None) -> str:
    """Who stands behind a change: the name that was given, else whoever runs the command."""
    return (name or "").strip() or f"by_hand:{name_here()}"


def name_here() -> str:
    """Who is signed in to this machine, by their number where it has no name for them, as in many a container."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # OSError since Python 3.13
        return f"uid:{os.getuid()}"


async def require_migrated(conn: Connection) -> None:
    """Unavailable, with the command to run, unless every migration of this folder is applied."""
    history = await fetch_one(conn, SQL["find_history"])
    if history is None or not history["is_there"]:
        raise Unavailable(NOT_MIGRATED)
    applied = {row["version"] for row in await fetch_all(conn, SQL["list_applied"])}
    if any(migration.version not in applied for migration in read_migrations()):
        raise Unavailable(NOT_MIGRATED)
