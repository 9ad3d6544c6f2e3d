"""The stages of the SIGKILL matrix live side by side in one event loop; none may keep the others from answering."""

import asyncio
import struct

import psycopg

from scripts.database.bootstrap import OWNER
from scripts.database.launcher import DATABASE
from tests.databases import Engine
from tests.flow.killing import SQL, fresh_database

PATIENCE_SECONDS = 30


def greeting() -> bytes:
    """How a client of PostgreSQL begins (protocol 3.0, startup message)."""
    words = b"".join(word.encode() + b"\0" for word in ("user", OWNER, "database", DATABASE)) + b"\0"
    return struct.pack("!ii", len(words) + 8, 3 << 16) + words


def wait_for_the_barrier(engine: Engine) -> None:
    """Returns when somebody waits until every backend has heard of a database that goes."""
    with psycopg.connect(engine.cluster.superuser_url(), autocommit=True) as conn:
        while not conn.execute(SQL["waiting_for_all"]).fetchall():
            continue


async def test_a_database_goes_although_somebody_is_about_to_log_in_on_the_same_loop(engine: Engine) -> None:
    """The backend has asked for the password and hears of nothing else until it comes, or until a minute is over."""
    async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as side_by_side, fresh_database(engine):
        reader, writer = await asyncio.open_connection("127.0.0.1", engine.cluster.port)
        writer.write(greeting())
        assert await reader.readexactly(1) == b"R", "the request for the password"

        async def hang_up() -> None:
            await asyncio.to_thread(wait_for_the_barrier, engine)
            writer.close()

        side_by_side.create_task(hang_up())
