"""PostgreSQL through psycopg 3, fit for a transaction pooler: no prepared statements, no session state."""

import select
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from operator import attrgetter
from typing import Any, LiteralString, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from utils.adapters import our_adapters
from utils.clock import monotonic
from utils.errors import SettingsError, Unavailable
from utils.log import logger

Connection: TypeAlias = AsyncConnection[DictRow]
Row: TypeAlias = dict[str, Any]
Params: TypeAlias = Mapping[str, Any]
T = TypeVar("T")

LOG = logger("db")


def readable_dsn(dsn: str) -> str:
    """The same DSN; SettingsError when it cannot be read. The sentence shows nothing of it: a slip of the pen puts the
    password where PostgreSQL's own message would quote it."""
    try:
        parts = conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        parts = {"host": "@"}
    if "@" in str(parts.get("host") or ""):
        raise SettingsError(
            "DATABASE_URL cannot be read; write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, special characters of "
            "the password percent-encoded",
            field="DATABASE_URL",
        )
    return dsn


TRIES = 3
"""Of a transaction that PostgreSQL chose to give way in a circle of locks."""
FRESH_SECONDS = 2.0
"""A connection that was used so lately has not been forgotten by anything between us and the server."""


SAID: Mapping[type[psycopg.OperationalError], str] = {
    psycopg.errors.QueryCanceled: "The database ended the question: it took longer than its statement_timeout. "
    "Nothing was changed; ask for less at once, or let it take longer.",
    psycopg.errors.DiskFull: "The database's disk is full. Nothing was changed; give it room.",
}
"""What a database answers that is there, and that a second try alone does not change."""
AWAY = "The database does not answer. Nothing was changed; please try again."


class Database:
    """A small pool (two connections a container: Supabase's smallest pooler has 200 clients)."""

    def __init__(self, dsn: str, *, max_size: int = 2, connect_timeout: float = 5) -> None:
        readable_dsn(dsn)
        self._used: WeakKeyDictionary[Connection, float] = WeakKeyDictionary()
        self._pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            dsn,
            kwargs={
                "prepare_threshold": None,
                "row_factory": dict_row,
                "connect_timeout": int(connect_timeout),
                "context": our_adapters(),
            },
            min_size=0,
            max_size=max_size,
            timeout=connect_timeout,
            # else the pool's own tries lie ever further apart (up to 5 min), and after an outage nobody may try between
            reconnect_timeout=connect_timeout,
            # a pooler closes idle connections, a database restarts: a dead one is replaced instead of failing a caller
            check=self._check,
            open=False,
        )

    async def open(self) -> None:
        await self._pool.open()

    async def close(self) -> None:
        await self._pool.close()

    async def _check(self, connection: Connection) -> None:
        """OperationalError when the server has left. One that was used just now is not asked: if the server hung
        up, the socket says so by itself. (To ask at every turn took a twentieth of a sweep.)"""
        if monotonic() - self._used.get(connection, -FRESH_SECONDS) >= FRESH_SECONDS or _has_news(connection):
            await AsyncConnectionPool.check_connection(connection)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One transaction; commits at the end, rolls back on an exception. Unavailable without a database."""
        try:
            async with self._pool.connection() as connection:
                yield connection
                self._used[connection] = monotonic()
        except (PoolTimeout, psycopg.OperationalError) as error:
            if isinstance(error, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
                raise
            raise Unavailable(next((SAID[kind] for kind in SAID if isinstance(error, kind)), AWAY)) from error

    async def patiently(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """`work` in one transaction; again, with a fresh one, when it was the one that had to give way to others."""
        for tries in range(1, TRIES):
            try:
                async with self.transaction() as connection:
                    return await work(connection)
            except psycopg.errors.DeadlockDetected:
                LOG.warning("deadlock", tries=tries)
        async with self.transaction() as connection:
            return await work(connection)


def _has_news(connection: Connection) -> bool:
    """Something to read although nothing was asked: a farewell, a notice."""
    look = select.poll()
    look.register(connection.fileno(), select.POLLIN)
    return bool(look.poll(0))


async def fetch_all(connection: Connection, sql: LiteralString, params: Params | None = None) -> list[Row]:
    cursor = await connection.execute(sql, params)
    return await cursor.fetchall()


async def fetch_one(connection: Connection, sql: LiteralString, params: Params | None = None) -> Row | None:
    cursor = await connection.execute(sql, params)
    return await cursor.fetchone()


async def execute(connection: Connection, sql: LiteralString, params: Params | None = None) -> int:
    """Runs a statement; the number of rows it wrote."""
    cursor = await connection.execute(sql, params)
    return cursor.rowcount


def attributes(rows: Sequence[object], names: Sequence[str]) -> dict[str, list[Any]]:
    """Objects as one list a column, the shape `unnest` takes."""
    return {name: list(map(attrgetter(name), rows)) for name in names}


def columns(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, list[Any]]:
    """Rows as one list a column, the shape `unnest` takes."""
    return {name: [row[name] for row in rows] for name in names}
