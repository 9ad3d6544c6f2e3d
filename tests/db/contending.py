"""What goes wrong around a sweep on real PostgreSQL, at exactly the named place: no test waits for luck."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from scripts.conductor.check import attribute, count_duplicates, count_unarmed, count_unproven
from scripts.conductor.stage import Stage
from scripts.database.binaries import Origin, find_binaries
from scripts.database.launcher import Cluster
from scripts.database.migrate import MIGRATIONS, migrate
from scripts.database.reach import within_reach
from scripts.database.scratch import scratch_folder
from scripts.jobs import run_sweep
from tests.cast import rows
from tests.databases import Database, Engine
from utils.crashpoint import install
from utils.db import Row, fetch_one
from utils.sql import Queries
from workers.context import Deps, open_deps

SQL = Queries(Path(__file__).with_name("contention.sql"))
ROUNDS = 20


@dataclass
class Once:
    """Does something at the first visit of one crashpoint."""

    point: str
    act: Callable[[], object]
    visits: int = 0

    def visit(self, reached: str) -> None:
        if reached == self.point:
            self.visits += 1
            if self.visits == 1:
                self.act()


@contextmanager
def at(point: str, act: Callable[[], object]) -> Iterator[Once]:
    """Inside the block, `act` is done the first time that anybody of this process reaches the crashpoint."""
    once = Once(point, act)
    install(once.visit)
    try:
        yield once
    finally:
        install(None)


def cut_transactions(database: Database) -> int:
    """`pg_terminate_backend` for whoever has locked or written a row and not committed; how many."""
    with psycopg.connect(database.superuser_url, autocommit=True, row_factory=dict_row) as conn:
        row = conn.execute(SQL["cut_transactions"]).fetchone()
    return int(row["cut"]) if row else 0


@contextmanager
def durable_engine(origin: Origin) -> Iterator[Engine]:
    """A server that keeps what it has committed whatever ends it: fsync on. Its tests may stop it as they like."""
    binaries = within_reach(find_binaries(origin))
    with scratch_folder(binaries) as folder, Cluster.start(folder / "data", binaries=binaries) as cluster:
        migrate(cluster.url(), MIGRATIONS)
        yield Engine(origin, cluster)


def stop_and_start(engine: Engine) -> None:
    """An orderly restart in the middle of everything, on the same port."""
    engine.cluster.stop()
    _start_again(engine)


def crash_and_start(engine: Engine) -> None:
    """The server's processes end at once, without a word; it recovers from its log."""
    pid = (engine.cluster.data_dir / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0]
    os.kill(int(pid), signal.SIGQUIT)  # immediate shutdown (PostgreSQL documentation, server-shutdown)
    _start_again(engine)


def _start_again(engine: Engine) -> None:
    old = engine.cluster
    Cluster.start(old.data_dir, binaries=old.binaries, port=old.port)


@asynccontextmanager
async def containers(stage: Stage, many: int) -> AsyncIterator[list[Deps]]:
    """As many sweeping containers as that, each with its own small pool."""
    async with AsyncExitStack() as open_ones:
        yield [await open_ones.enter_async_context(open_deps(stage.deps.settings, stage.dsn)) for _ in range(many)]


async def waiting(stage: Stage) -> int:
    """How many enrollments have not been armed yet."""
    async with stage.deps.database.transaction() as conn:
        row = await fetch_one(conn, SQL["due"])
    return int(row["n"]) if row else 0


async def sweep_to_the_end(stage: Stage) -> None:
    """Sweeps at this very instant until nobody waits any more; whom somebody else held is reached by the next one."""
    for _ in range(ROUNDS):
        if not await waiting(stage):
            return
        await run_sweep(stage.deps)
    raise AssertionError(f"{await waiting(stage)} still wait after {ROUNDS} sweeps")


async def once_each(stage: Stage, people: int) -> list[Row]:
    """All touches, after the twin has told what it has to tell by now: one acceptance for each, armed before it."""
    await asyncio.to_thread(stage.twin.advance, stage.clock.now())
    touches = await rows(stage.deps, "touches")
    truth = attribute(touches, stage.twin.ledger())
    assert count_duplicates(touches, truth) == 0, truth
    assert count_unproven(touches, truth) == 0, touches
    assert count_unarmed(touches, truth) == 0, truth
    assert len({line["touch"] for line in truth}) == len(truth) == people, len(truth)
    return touches
