"""An account whose price nobody can read sends nothing, and it is seen; nobody else notices."""

from typing import Any

import pytest
from psycopg.types.json import Jsonb
from structlog.testing import capture_logs

from modules.ids import AccountId
from modules.labels import ChannelName
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import gather_cast, rows, story
from tests.flow.conftest import START
from tests.flow.outside import SQL, sweep_after, sweep_at
from tests.flow.test_dry_run import compare
from utils.db import execute

WRONG = {"unit_price": "1,50"}


async def misprice(stage: Stage, account_id: AccountId) -> None:
    """The price becomes unreadable in the database, past the check that refuses it."""
    found = next(row for row in await rows(stage.deps, "accounts") if row["id"] == account_id)
    async with stage.deps.database.transaction() as conn:
        settings = Jsonb({**found["settings"], **WRONG})
        await execute(conn, SQL["set_account"], {"id": account_id, "settings": settings})


async def waiting_for(stage: Stage, client_id: object) -> list[Any]:
    return [
        (row["decision"] or {}).get("reason")
        for row in await rows(stage.deps, "enrollments")
        if row["client_id"] == client_id
    ]


@pytest.mark.parametrize("channel", ["sms", "email"])
async def test_one_unreadable_price_stops_its_own_account_alone_and_is_logged(stage: Stage, channel: str) -> None:
    broken = await gather_cast(stage.deps, stage.twin, story(channel), 2)
    sound = await gather_cast(stage.deps, stage.twin, story(channel), 2, slug="calm")
    wrong = broken.accounts[ChannelName(channel)]
    await misprice(stage, wrong)

    with capture_logs() as said:
        await run_sweep(stage.deps)

    assert [touch["client_id"] for touch in await rows(stage.deps, "touches")] == [sound.client_id] * 2
    assert await waiting_for(stage, broken.client_id) == ["no_account"] * 2
    told = [line for line in said if line["event"] == "account_unusable"]
    assert {line["account_id"] for line in told} == {str(wrong)}
    assert all("unit_price" in line["reason"] for line in told)
    logged = [row for row in await rows(stage.deps, "logs") if row["event"] == "no_account"]
    assert {(row["client_id"], row["detail"]["channel"]) for row in logged} == {(broken.client_id, channel)}


async def test_the_dry_run_foretells_what_an_unreadable_price_does(stage: Stage) -> None:
    broken = await gather_cast(stage.deps, stage.twin, story("sms"), 2)
    await gather_cast(stage.deps, stage.twin, story("sms"), 2, slug="calm")
    await misprice(stage, broken.texts)
    assert await compare(stage) == {"story wait no_account": 2, "story leave": 2}


async def test_what_left_before_the_price_became_unreadable_is_still_proven(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    stage.twin.script("twilio", "webhook_lost", times=1_000)
    await sweep_at(stage, START)
    await misprice(stage, cast.texts)
    for _ in range(4):
        await sweep_after(stage, minutes=30)
    assert [touch["state"] for touch in await rows(stage.deps, "touches")] == ["delivered"]
