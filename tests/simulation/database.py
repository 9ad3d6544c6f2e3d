"""The engine's real PostgreSQL, one statement at a time: which is next is decided by the seed, never by a race.

`Played` is psycopg's own connection; only how it waits is ours. Before each statement the task takes its turn, then the
statement is run to its end while every other task stands still. What PostgreSQL itself makes wait (a row locked by a
transaction whose task waits for its turn) cannot end while all stand still, so it is *known* to be blocked, whatever
the machine's speed: pg_blocking_pids says so, the task is set aside, and after each end of a transaction it is asked
again. An arming never waits: its lock_timeout ends the wait in a few real milliseconds, with the same result always. A
circle of locks is noticed by whoever closes it (deadlock_timeout is shorter than the time after which a wait counts as
one).

What triggers say about changed rows (queries.sql, `speak`) comes with each statement's answer and is kept back until
its transaction has committed.
"""

import asyncio
import json
import os
import select
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg import AsyncConnection
from psycopg.abc import PQGen
from psycopg.pq import ConnStatus, PGconn
from psycopg.rows import DictRow, dict_row
from psycopg.waiting import Ready, Wait

from tests.simulation.history import History
from tests.simulation.keep_together import keep_beside_us
from tests.simulation.scheduler import CURRENT, Process, Scheduler
from utils.sql import queries

SQL = queries(__file__)
T = TypeVar("T")
SOON_MS = 4
SURELY_BLOCKED_SECONDS = 0.01
_READ, _WRITE = select.POLLIN | select.POLLHUP | select.POLLERR, select.POLLOUT
_PREFIX = "sim:"
SETS_LOCK_TIMEOUT = ("lock_timeout", "house.try_sender")
GONE = "the connection is gone"
MOST_STATEMENTS = 2000
"""More than the engine has. They are prepared at once, which they may not be behind a pooler: the rows are the same,
and to plan each one anew took a third of the server's time."""


class Played(AsyncConnection[DictRow]):
    """A connection of the stage, lent to one transaction after another."""

    stage: "Stage"
    told: list[str]
    impatient: bool

    async def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        """Every statement of a cursor comes through here."""
        scheduler = self.stage.scheduler
        await scheduler.turn("statement")
        if not CURRENT.get().apart and scheduler.chance(scheduler.weather.database_away / 10):
            self.stage.history.add(CURRENT.get().name, "connection_lost")
            raise psycopg.OperationalError(GONE)
        return await self.drive_unless_blocked(gen)

    async def execute(self, query: Any, *more: Any, **named: Any) -> Any:
        if any(said in str(query) for said in SETS_LOCK_TIMEOUT):
            self.impatient = True
        return await super().execute(query, *more, **named)

    def drive(self, gen: PQGen[T]) -> T:
        """Runs a conversation with the server to its end; for what nobody can block."""
        poll = select.poll()
        try:
            wanted = next(gen)
            while True:
                poll.register(self.pgconn.socket, _mask(wanted))
                wanted = gen.send(_ready(poll.poll(1000)))
        except StopIteration as end:
            result: T = end.value
            return result

    async def drive_unless_blocked(self, gen: PQGen[T]) -> T:
        poll, began = select.poll(), monotonic()
        try:
            wanted = next(gen)
            while True:
                poll.register(self.pgconn.socket, _mask(wanted))
                events = poll.poll(SOON_MS)
                while not events and (self.impatient or not self._is_blocked(began)):
                    events = poll.poll(SOON_MS)
                if not events:
                    await self._step_aside(gen)
                    events = poll.poll(1000)
                wanted = gen.send(_ready(events))
        except StopIteration as end:
            result: T = end.value
            return result

    def _is_blocked(self, began: float) -> bool:
        return monotonic() - began > SURELY_BLOCKED_SECONDS and self.stage.is_blocked(self)

    async def _step_aside(self, gen: PQGen[Any]) -> None:
        """Until somebody's transaction has ended and with it what this statement waits for."""
        try:
            await self.stage.wait_for_locks(self)
        except BaseException:
            # the process has died: its server process ends the statement, as it does when the socket is gone
            self.stage.cancel(self)
            try:
                while True:
                    select.select([self.pgconn.socket], [], [], 1)
                    gen.send(Ready.R)
            except (StopIteration, psycopg.Error):
                pass
            raise

    def can_be_read(self, milliseconds: int) -> bool:
        poll = select.poll()
        poll.register(self.pgconn.socket, _READ)
        return bool(poll.poll(milliseconds))

    def hear(self, notice: psycopg.errors.Diagnostic) -> None:
        text = notice.message_primary or ""
        if text.startswith(_PREFIX):
            self.told.append(text[len(_PREFIX) :])

    def end(self, *, commit: bool) -> list[str]:
        """Ends the transaction without a turn; what its rows said, when it committed."""
        self._num_transactions = 0  # a process that died left its savepoints behind
        told, self.told, self.impatient = self.told, [], False
        if not commit:
            self.drive(self._rollback_gen())
            return []
        self.drive(self._commit_gen())
        return told

    @asynccontextmanager
    async def transaction(self, *given: Any, **named: Any) -> AsyncIterator[Any]:
        """A savepoint: what its rows said is forgotten when it is rolled back."""
        heard = len(self.told)
        try:
            async with super().transaction(*given, **named) as tx:
                yield tx
        except BaseException:
            del self.told[heard:]
            raise


def _mask(wanted: int) -> int:
    return (_READ if wanted & Wait.R else 0) | (_WRITE if wanted & Wait.W else 0)


def _ready(events: list[tuple[int, int]]) -> Ready:
    found = events[0][1] if events else 0
    ready = (Ready.R if found & _READ else 0) | (Ready.W if found & _WRITE else 0)
    return Ready(ready) if ready else Ready.NONE


class Stage:
    """The connections to one database, kept from seed to seed: opening one costs more than a hundred statements."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self._free: list[Played] = []
        self._all: list[Played] = []
        self._blocked: list[tuple[Played, asyncio.Future[None]]] = []
        self._commits = 0
        self.looker = psycopg.Connection[DictRow].connect(dsn, autocommit=True, row_factory=dict_row)
        keep_beside_us(self.looker.info.backend_pid)
        self.scheduler: Scheduler
        self.history: History

    def close(self) -> None:
        for one in self._all:
            one.pgconn.finish()
        self.looker.close()

    def enter(self, scheduler: Scheduler, history: History) -> None:
        """A new seed begins."""
        self.scheduler, self.history = scheduler, history
        self._commits = 0
        self._blocked.clear()
        self._free = list(reversed(self._all))

    def take(self) -> Played:
        connection = self._free.pop() if self._free else self._open()
        connection.lock = asyncio.Lock()  # of this seed's loop
        return connection

    def _open(self) -> Played:
        fresh = Played(PGconn.connect(self.dsn.encode()))
        if fresh.pgconn.status != ConnStatus.OK:
            raise psycopg.OperationalError(fresh.pgconn.get_error_message())
        fresh.row_factory = dict_row
        fresh.prepare_threshold, fresh.prepared_max = 0, MOST_STATEMENTS
        fresh.stage, fresh.told, fresh.impatient = self, [], False
        fresh.add_notice_handler(fresh.hear)
        keep_beside_us(fresh.pgconn.backend_pid)
        self._all.append(fresh)
        return fresh

    def backends(self) -> list[int]:
        """The process ids of the server's side of all connections."""
        return [self.looker.info.backend_pid, *(one.pgconn.backend_pid for one in self._all)]

    def give_back(self, connection: Played) -> None:
        self._free.append(connection)

    def is_blocked(self, connection: Played) -> bool:
        """By somebody who stands still. A circle of locks is none: the server is about to end it, however slow."""
        row = self.looker.execute(SQL["blockers"], {"pid": connection.pgconn.backend_pid}).fetchone()
        pids = row["pids"] if row else []
        return bool(pids) and connection.pgconn.backend_pid not in pids

    def cancel(self, connection: Played) -> None:
        self.looker.execute(SQL["cancel"], {"pid": connection.pgconn.backend_pid})

    async def wait_for_locks(self, connection: Played) -> None:
        turn: asyncio.Future[None] = self.scheduler.loop.create_future()
        self._blocked.append((connection, turn))
        try:
            await turn
        finally:
            self._blocked.remove((connection, turn))

    def end(self, connection: Played, *, commit: bool) -> list[str]:
        """Ends a transaction; what its rows said, when it committed. Its end may wake several who wait, and who of them
        is first at the next row would be a race: their server processes stand still until `ask_the_blocked`."""
        waiting = self._waiting()
        if len(waiting) > 1:
            for one, _ in waiting:
                os.kill(one.pgconn.backend_pid, signal.SIGSTOP)
        try:
            return connection.end(commit=commit)
        except BaseException:
            for one, _ in waiting:
                os.kill(one.pgconn.backend_pid, signal.SIGCONT)
            raise

    def ask_the_blocked(self) -> None:
        """After each end of a transaction, one after the other: who can go on now? All others stand still meanwhile."""
        for connection, turn in self._waiting():
            os.kill(connection.pgconn.backend_pid, signal.SIGCONT)
            while not connection.can_be_read(SOON_MS):
                if self.is_blocked(connection):
                    break
            else:
                turn.set_result(None)

    def _waiting(self) -> list[tuple[Played, asyncio.Future[None]]]:
        return [(connection, turn) for connection, turn in self._blocked if not turn.done()]

    def tell(self, process: Process, told: list[str]) -> None:
        self._commits += 1
        for text in told:
            said = json.loads(text)
            if said["before"] != said["after"]:
                self.history.add(process.name, "row", tx=self._commits, **said)
