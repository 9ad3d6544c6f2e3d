"""A database that was away is used again by the first who asks after it is back, however long it was away."""

import pytest

from tests.databases import Database
from tests.db.contending import SQL
from tests.flow.outside import database_down
from utils.db import Database as Pool
from utils.db import fetch_one
from utils.errors import Unavailable

REFUSALS = 10


async def ask(pool: Pool) -> None:
    async with pool.transaction() as conn:
        await fetch_one(conn, SQL["due"])


@pytest.mark.full
async def test_the_first_who_asks_after_an_outage_is_answered(database: Database) -> None:
    """psycopg's pool waits ever longer between its own tries, up to five minutes, and lets nobody try meanwhile."""
    pool = Pool(database.url, max_size=4, connect_timeout=1)
    await pool.open()
    try:
        await ask(pool)
        with database_down(database):
            for _ in range(REFUSALS):
                with pytest.raises(Unavailable):
                    await ask(pool)
        await ask(pool)
    finally:
        await pool.close()
