"""Three clients are told to stop by one number: however their transactions lie, everybody waits afterwards."""

import asyncio

from modules.labels import AddressKind
from modules.suppressions import list_platform_holds, note_own_word
from tests.cast import gather_cast, story
from tests.databases import Database
from tests.db.rig import MONDAY, open_rig

NUMBER = "+12125550177"


async def test_two_clients_that_are_told_at_the_same_instant_both_count(database: Database) -> None:
    async with open_rig(database.url) as deps:
        clients = [(await gather_cast(deps, None, story("sms"), 0, slug=f"other-{n}")).client_id for n in range(3)]
        async with deps.database.transaction() as conn:
            pepper = await deps.pepper(conn)
            await note_own_word(conn, pepper, clients[0], AddressKind.phone, NUMBER, MONDAY)
        told = asyncio.Event()

        async def third() -> None:
            async with deps.database.transaction() as conn:
                await told.wait()
                await note_own_word(conn, pepper, clients[2], AddressKind.phone, NUMBER, MONDAY)

        waiting = asyncio.create_task(third())
        async with deps.database.transaction() as conn:
            await note_own_word(conn, pepper, clients[1], AddressKind.phone, NUMBER, MONDAY)
            told.set()
            await asyncio.wait([waiting], timeout=0.3)  # without the lock it counts two and is gone
        await waiting
        async with deps.database.transaction() as conn:
            (held,) = await list_platform_holds(conn, decided=True)
    assert held["clients"] == 3
