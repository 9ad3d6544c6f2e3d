"""Who has to give way to others in a circle of locks begins again, and is not lost."""

import asyncio
from collections import Counter
from pathlib import Path

import psycopg
import pytest

from tests.databases import Database as Place
from utils.db import TRIES, Connection, Database, execute
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("patience.sql"))


async def test_of_two_who_wait_for_each_other_one_gives_way_and_both_come_to_their_end(database: Place) -> None:
    ours, tried, begun = Database(database.url), Counter[int](), {1: asyncio.Event(), 2: asyncio.Event()}

    async def work(conn: Connection, own: int, other: int) -> int:
        tried[own] += 1
        await execute(conn, SQL["lock"], {"number": own})
        begun[own].set()
        await begun[other].wait()
        await execute(conn, SQL["lock"], {"number": other})
        return own

    await ours.open()
    try:
        async with asyncio.timeout(60):
            done = await asyncio.gather(
                ours.patiently(lambda conn: work(conn, 1, 2)), ours.patiently(lambda conn: work(conn, 2, 1))
            )
    finally:
        await ours.close()
    assert list(done) == [1, 2]
    assert sorted(tried.values()) == [1, 2]


async def test_who_has_to_give_way_at_every_try_is_told_so(database: Place) -> None:
    ours, tried = Database(database.url), 0

    async def work(_: Connection) -> None:
        nonlocal tried
        tried += 1
        raise psycopg.errors.DeadlockDetected

    await ours.open()
    try:
        with pytest.raises(psycopg.errors.DeadlockDetected):
            await ours.patiently(work)
    finally:
        await ours.close()
    assert tried == TRIES
