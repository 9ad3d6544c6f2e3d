"""One click beside two sweeps on real PostgreSQL: an arming either came before it, or sees it."""

import asyncio
from uuid import UUID

import pytest

from modules.ids import AddressId
from modules.labels import AddressKind, ChannelName
from tests.cast import gather_cast, rows, story
from tests.databases import Database, Engine
from tests.db.rig import account_of, arm_all, open_rig
from tests.db.test_races import SQL, Outcome, linger_before_writing
from utils.db import fetch_all, fetch_one
from workers.context import Deps
from workers.unsubscribe import end_mails

pytestmark = pytest.mark.race


async def race_clicks(deps: Deps, people: int, channel: ChannelName) -> Outcome:
    """Everybody unsubscribes, each twice at once, while two sweeps arm what `channel` sends them."""
    cast = await gather_cast(deps, None, story(channel), people)
    account = await account_of(deps, cast.client_id, channel)
    found = await rows(deps, "addresses")
    ids = {row["value"]: UUID(str(row["id"])) for row in found if row["kind"] == AddressKind.email}
    counted: dict[str, int] = {}

    async def click(mail: str, watched: str) -> None:
        async with deps.database.transaction() as conn:
            assert await end_mails(deps, conn, cast.client_id, AddressId(ids[mail]))
            row = await fetch_one(conn, SQL["count_touches"], {"value": watched})
        counted[watched] = int(row["n"]) if row else 0

    async def everybody() -> None:
        watch = cast.mails if channel is ChannelName.email else cast.phones
        for mail, watched in reversed(list(zip(cast.mails, watch, strict=True))):  # the sweeps come the other way
            await asyncio.gather(click(mail, watched), click(mail, watched))

    await asyncio.gather(everybody(), *(arm_all(deps, cast.client_id, account, 2) for _ in range(2)))
    async with deps.database.transaction() as conn:
        after = {row["to_address"]: row["n"] for row in await fetch_all(conn, SQL["touches_by_address"])}
    violations = sum(after.get(address, 0) != n for address, n in counted.items())
    return Outcome(len(counted), sum(counted.values()), sum(after.values()), violations)


@pytest.mark.parametrize("channel", [ChannelName.email, ChannelName.sms])
async def test_nothing_is_armed_after_a_click_was_committed(
    database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch, channel: ChannelName
) -> None:
    linger_before_writing(monkeypatch)
    async with open_rig(database.url) as deps:
        seen = await race_clicks(deps, 200, channel)
    print(f"\n{engine.origin}, {channel}: {seen}")
    assert (seen.opt_outs, seen.violations) == (200, 0), seen
    assert 0 < seen.before < 200, f"the race was no race: {seen}"
