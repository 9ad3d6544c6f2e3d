"""Opt-outs that come at the same time owe one confirmation, whichever is first."""

import asyncio
from dataclasses import replace
from pathlib import Path

from modules.channels import Inbound
from tests.cast import gather_cast, story
from tests.databases import Database
from tests.db.rig import open_rig, text_account
from utils.db import fetch_all
from utils.sql import Queries
from workers.take_in import post_of_account, take_in

SQL = Queries(Path(__file__).with_name("inbound.sql"))
WORDS = ("stop texting me", "take me off your list", "s t o p", "pls quit textin me", "STOP please", "no mas")


async def test_stops_that_come_at_once_owe_one_confirmation(database: Database) -> None:
    async with open_rig(database.url) as deps:
        acme = await gather_cast(deps, None, story("sms"))
        async with deps.database.transaction() as conn:
            post = await post_of_account(conn, await text_account(deps, acme.client_id))
        event = Inbound("SM", acme.phones[0], acme.number, "", False, {})
        events = [replace(event, event_key=f"SM{n}", text=text) for n, text in enumerate(WORDS)]
        outcomes = await asyncio.gather(*(take_in(deps, post, one) for one in events))
        async with deps.database.transaction() as conn:
            kept = await fetch_all(conn, SQL["inbound"])

    assert outcomes == ["opted_out"] * len(WORDS)
    assert sorted(row["answer"] or "" for row in kept) == [""] * 5 + ["confirmation"]
