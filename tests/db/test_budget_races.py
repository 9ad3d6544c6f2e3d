"""What a client may spend in a day is one purse, however many senders arm from it at the same time."""

import asyncio
from typing import Any

import pytest

from modules.accounts import ClientChange, set_client
from modules.contacts import ContactDraft, add_contact
from modules.labels import ChannelName
from modules.policy import Facts, load_facts
from tests.cast import gather_cast, join, rows, story
from tests.cast_accounts import Given
from tests.databases import Database
from tests.db.rig import MONDAY, account_of, arm_all, open_rig
from utils.db import Connection
from workers import arm as arming

pytestmark = pytest.mark.race

SMS, EMAIL = ChannelName.sms, ChannelName.email
PRICED = {channel: Given(settings={"unit_price": "0.01"}) for channel in (SMS, EMAIL)}


async def test_two_senders_do_not_spend_the_same_money(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    both_read = asyncio.Barrier(2)

    async def load_together(conn: Connection, *known: Any) -> list[Facts]:
        """Both have read what was spent before either writes, where nothing keeps them apart."""
        facts = await load_facts(conn, *known)
        try:
            async with asyncio.timeout(0.5):
                await both_read.wait()
        except (TimeoutError, asyncio.BrokenBarrierError):
            await both_read.reset()
        return facts

    monkeypatch.setattr(arming, "load_facts", load_together)
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("sms"), 3, given=PRICED)
        async with deps.database.transaction() as conn:
            await set_client(conn, cast.client_id, ClientChange(daily_budget_micros=30_000))
            drafts = [ContactDraft(email=f"reader{n}@post.example") for n in range(3)]
            readers = [await add_contact(conn, cast.client_id, draft, MONDAY) for draft in drafts]
        await join(deps, cast.client_id, story("email", slug="letters"), readers)
        accounts = [await account_of(deps, cast.client_id, channel) for channel in (SMS, EMAIL)]
        await asyncio.gather(*(arm_all(deps, cast.client_id, account, 25) for account in accounts))
        touches = await rows(deps, "touches")
    assert sum(touch["cost_micros"] for touch in touches) == 30_000
