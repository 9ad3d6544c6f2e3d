"""Connections of the pool whose server has left: a used one is replaced, one in use fails visibly and loses nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psycopg
import pytest

from tests.databases import Database
from utils import db
from utils.db import fetch_one
from utils.errors import Unavailable
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("connections.sql"))
LONG = 3600.0


@asynccontextmanager
async def open_pool(database: Database) -> AsyncIterator[db.Database]:
    """A pool of one connection, closed at the end whatever comes."""
    pool = db.Database(database.url, max_size=1)
    await pool.open()
    try:
        async with asyncio.timeout(30):
            yield pool
    finally:
        await pool.close()


async def process_of(pool: db.Database) -> int:
    """Which of the server's processes the pool's one connection talks to."""
    async with pool.transaction() as conn:
        row = await fetch_one(conn, SQL["own_process"])
    return row["pid"] if row else 0


async def write_and_lose_the_server(pool: db.Database, database: Database) -> None:
    async with pool.transaction() as conn:
        await conn.execute(SQL["write_something"])
        row = await fetch_one(conn, SQL["own_process"])
        end(database, row["pid"] if row else 0)


def end(database: Database, pid: int) -> None:
    """Ends that process of the server, as a restart does, and waits until it is gone."""
    with psycopg.connect(database.superuser_url, autocommit=True) as conn:
        assert conn.execute(SQL["end_process"], {"pid": pid}).fetchone() == (True,)


async def test_a_connection_that_was_used_just_now_is_replaced_when_its_server_has_said_good_bye(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    # however slow the machine, it was used just now: only what the socket says can tell
    monkeypatch.setattr(db, "FRESH_SECONDS", LONG)
    async with open_pool(database) as pool:
        before = await process_of(pool)
        kept = await process_of(pool)
        end(database, before)
        after = await process_of(pool)
    assert kept == before
    assert after not in (0, before)


async def test_a_connection_that_rested_is_asked_before_it_is_lent(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that left without a word shows at the question only."""
    monkeypatch.setattr(db, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(db, "_has_news", lambda _: False)
    async with open_pool(database) as pool:
        before = await process_of(pool)
        end(database, before)
        after = await process_of(pool)
    assert after not in (0, before)


async def test_a_server_that_leaves_within_a_transaction_is_told_and_nothing_of_it_stays(database: Database) -> None:
    async with open_pool(database) as pool:
        with pytest.raises(Unavailable):
            await write_and_lose_the_server(pool, database)
        async with pool.transaction() as conn:
            left = await fetch_one(conn, SQL["count_written"])
            await conn.execute(SQL["write_something"])
        async with pool.transaction() as conn:
            then = await fetch_one(conn, SQL["count_written"])
    assert (left, then) == ({"n": 0}, {"n": 1})
