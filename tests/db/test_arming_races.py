"""Whoever arms has read the gap of this very disarming: of no earlier one, and not before the lists show its end."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from psycopg.types.json import Jsonb

from modules.accounts import Account
from modules.channels import CannotTell, Listed
from modules.channels.twilio_sms import TwilioSms
from modules.ids import AccountId
from scripts.conductor.stage import Stage
from tests.cast import gather_cast, rows, story
from tests.databases import Database, Engine
from tests.db.restoring import BY, armed, dump, let_leave_again, live_on, pass_time, restore_in_place, taken
from tests.db.test_restore import stage as stage
from tests.flow.outside import SQL as OUTSIDE
from tests.flow.test_unreadable_price import misprice
from utils.db import execute
from workers.interlock import disarm
from workers.rearm import Rearming, rearm
from workers.sweep import sweep


async def stop(stage: Stage, reason: str) -> None:
    async with stage.deps.database.transaction() as conn:
        assert await disarm(conn, reason, BY, stage.clock.now())


def meanwhile(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], Awaitable[None]]) -> None:
    """Something happens while the first list is being read, and the list is then read as ever."""
    left, listing = [happens], TwilioSms.listing

    async def slow(
        channel: TwilioSms, client: httpx.AsyncClient, account: Account, since: datetime, until: datetime
    ) -> Sequence[Listed] | CannotTell:
        while left:
            await left.pop()()
        return await listing(channel, client, account, since, until)

    monkeypatch.setattr(TwilioSms, "listing", slow)


async def test_who_began_to_read_before_the_engine_was_disarmed_anew_does_not_arm_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people arm; the first one's engine is disarmed again before the second one has read everything."""
    await gather_cast(stage.deps, stage.twin, story("sms"))
    await stop(stage, "restore")
    await pass_time(stage, minutes=6)
    first: list[Rearming] = []

    async def arm_and_disarm() -> None:
        first.append(await rearm(stage.deps, BY, "restored"))
        await live_on(stage, minutes=1)
        await stop(stage, "restored once more")

    meanwhile(monkeypatch, arm_and_disarm)
    second = await rearm(stage.deps, "grace", "restored")
    assert first[0].armed
    assert (second.armed, second.overtaken, second.missing) == (False, True, [])
    assert not await armed(stage)
    await pass_time(stage, minutes=6)
    assert (await rearm(stage.deps, "grace", "restored")).armed


async def test_of_two_who_arm_at_once_one_does_and_the_other_hears_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"))
    await stop(stage, "restore")
    await pass_time(stage, minutes=6)

    async def arm() -> None:
        assert (await rearm(stage.deps, BY, "restored")).armed

    meanwhile(monkeypatch, arm)
    second = await rearm(stage.deps, "grace", "restored")
    assert (second.armed, second.was_armed, second.overtaken) == (True, True, False)
    events = [row["detail"]["by"] for row in await rows(stage.deps, "logs") if row["event"] == "engine_armed"]
    assert events == [BY]
    assert second.since == stage.clock.now()


async def test_a_backup_of_a_disarmed_engine_is_a_restore_too(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path
) -> None:
    """What left right before the restore is in no list yet, however long ago the backup's engine was disarmed."""
    await gather_cast(stage.deps, stage.twin, story("sms", "sms"), 2)
    await live_on(stage)
    await stop(stage, "a drill")
    dump(engine, database, tmp_path / "backup")
    await pass_time(stage, minutes=6)
    assert (await rearm(stage.deps, BY, "the drill is over")).armed
    await live_on(stage, days=1)
    before = taken(stage)
    assert sum(before.values()) == 4
    restore_in_place(engine, database, tmp_path / "backup")
    early = await rearm(stage.deps, BY, "restored")
    assert (early.armed, early.not_before) == (False, stage.clock.now() + timedelta(minutes=5))
    assert [row["event"] for row in await rows(stage.deps, "logs") if row["level"] == "alarm"].count(
        "engine_disarmed"
    ) == 2
    await pass_time(stage, minutes=5)
    assert (await rearm(stage.deps, BY, "restored")).armed
    await live_on(stage)
    assert taken(stage) == before


async def test_nobody_makes_the_gap_shorter_than_it_is(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path
) -> None:
    """Who gives the instant of the restore for the one of the backup would have everything sent again."""
    await gather_cast(stage.deps, stage.twin, story("sms", "sms"), 2)
    await live_on(stage)
    dump(engine, database, tmp_path / "backup")
    await live_on(stage, days=1)
    before = taken(stage)
    restore_in_place(engine, database, tmp_path / "backup")
    await sweep(stage.deps)
    await pass_time(stage, minutes=6)
    restored_at = stage.clock.now() - timedelta(minutes=6)
    done = await rearm(stage.deps, BY, "restored", since=restored_at)
    assert (done.armed, done.counts["lost"]) == (True, 2)
    assert done.since is not None
    assert done.since < restored_at - timedelta(hours=23)
    await live_on(stage)
    assert taken(stage) == before


async def test_an_account_by_which_nothing_new_leaves_now_is_read_all_the_same(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path
) -> None:
    """Its price, mended in the gap, is as unreadable as it was at the backup; mended again, everything would leave."""
    cast = await gather_cast(stage.deps, stage.twin, story("sms", "sms"), 2)
    await live_on(stage)
    [fine] = [row["settings"] for row in await rows(stage.deps, "accounts") if row["id"] == cast.texts]
    await misprice(stage, cast.texts)
    dump(engine, database, tmp_path / "backup")
    await price(stage, cast.texts, fine)
    await live_on(stage, days=1)
    before = taken(stage)
    assert sum(before.values()) == 4
    restore_in_place(engine, database, tmp_path / "backup")
    assert (await let_leave_again(stage)).counts["lost"] == 2
    await price(stage, cast.texts, fine)
    await live_on(stage, hours=1)
    assert taken(stage) == before


async def price(stage: Stage, account_id: AccountId, settings: Mapping[str, str]) -> None:
    async with stage.deps.database.transaction() as conn:
        await execute(conn, OUTSIDE["set_account"], {"id": account_id, "settings": Jsonb(dict(settings))})
