"""The engine's port to its database, for one simulated process: few connections as in production, the same errors."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
from psycopg_pool import PoolTimeout

from tests.simulation.database import GONE, Played, Stage
from tests.simulation.scheduler import COMMITTED, Process
from utils.db import Connection, Database
from utils.errors import Unavailable

POOL_SECONDS = 5.0


class PlayedDatabase(Database):
    def __init__(self, stage: Stage, process: Process, *, connections: int = 2) -> None:
        self._stage, self._process = stage, process
        self._gate = asyncio.Semaphore(connections)

    async def open(self) -> None:
        return

    async def close(self) -> None:
        return

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        try:
            async with self._connection() as connection:
                yield connection
        except (PoolTimeout, psycopg.OperationalError) as error:
            if isinstance(error, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
                raise
            raise Unavailable("The database does not answer. Nothing was changed; please try again.") from error

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        scheduler = self._stage.scheduler
        scheduler.still_alive(self._process)
        try:
            async with asyncio.timeout(POOL_SECONDS):
                await self._gate.acquire()
        except TimeoutError as error:
            raise PoolTimeout("no connection") from error
        connection = self._stage.take()
        done = False
        try:
            yield connection
            await self._commit(connection)
            done = True
        finally:
            if not done:
                self._stage.end(connection, commit=False)
                self._stage.ask_the_blocked()
            self._stage.give_back(connection)
            self._gate.release()
        await scheduler.turn("committed")

    async def _commit(self, connection: Played) -> None:
        """The network may fail before the commit has reached the server, or after it has taken effect."""
        scheduler = self._stage.scheduler
        await scheduler.turn("commit")
        away = not self._process.apart and scheduler.chance(scheduler.weather.database_away)
        if away and scheduler.chance(0.5):
            self._stage.history.add(self._process.name, "commit_lost", effect=False)
            raise psycopg.OperationalError(GONE)
        told = self._stage.end(connection, commit=True)
        COMMITTED.set(len(self._stage.history.events))
        self._stage.tell(self._process, told)
        self._stage.ask_the_blocked()
        if away:
            self._stage.history.add(self._process.name, "commit_lost", effect=True)
            raise psycopg.OperationalError(GONE)
