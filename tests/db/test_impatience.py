"""An arming waits for nobody: what is locked elsewhere is due again in the next round."""

import asyncio
from pathlib import Path

from modules.labels import ChannelName, NextChannel
from modules.sequences import DueGroup
from tests.cast import gather_cast, rows, story
from tests.databases import Database
from tests.db.rig import account_of, open_rig
from utils.db import execute
from utils.sql import Queries
from workers.arm import arm_batch

SQL = Queries(Path(__file__).with_name("contention.sql"))
TOO_LONG = 10.0


async def test_an_arming_that_is_kept_from_writing_gives_up_and_arms_in_the_next_round(database: Database) -> None:
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("sms"), 1)
        account = await account_of(deps, cast.client_id, ChannelName.sms)
        group = DueGroup(cast.client_id, NextChannel.sms)
        async with deps.database.transaction() as conn:
            await execute(conn, SQL["hold_touches"])
            async with asyncio.timeout(TOO_LONG):
                kept_out = await arm_batch(deps, group, account, None, 50)
        assert (kept_out.busy, kept_out.messages, await rows(deps, "touches")) == (True, [], [])
        armed = await arm_batch(deps, group, account, None, 50)
        assert len(armed.messages) == 1
