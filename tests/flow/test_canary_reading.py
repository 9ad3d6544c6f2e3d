"""What the guardian reads of checks of ours every five minutes: a day of each, and of all."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from modules.canaries import list_canaries
from modules.canaries.store import SQL as ASKED
from modules.labels import ChannelName
from scripts.conductor.stage import Stage
from tests.cast import Cast, gather_cast
from tests.flow.checking import HOUR, SMS, later, started, troubles
from tests.flow.outside import sweep_after
from utils.db import Connection, execute, fetch_one
from utils.sql import Queries
from workers import guardian

SQL = Queries(Path(__file__).with_name("checking.sql"))
MANY = 3000
"""Four months of one that leaves every hour."""
A_DAY = 26
"""Of one that leaves every hour, with those at both ends."""


async def plant(conn: Connection, many: int) -> None:
    await execute(conn, SQL["may_begin_proven"], {})
    await execute(conn, SQL["begin_earlier"], {"many": many})
    await execute(conn, SQL["number_turns"], {"many": many})
    await execute(conn, SQL["plant_history"], {"many": many})
    await execute(conn, SQL["count_again"], {})


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if plan.get("Relation Name") == "touches":
        yield plan
    for inner in plan.get("Plans", ()):
        yield from scans(inner)


async def test_of_a_long_history_a_day_is_read_and_no_more(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, later())
    await started(stage, cast)
    await sweep_after(stage, minutes=1)
    now = stage.clock.now()
    async with stage.deps.database.transaction() as conn:
        await plant(conn, MANY)
        values = {"client_id": None, "after": None, "since": now - 24 * HOUR, "at_most": 100}
        explained = "explain (analyze, format json) " + ASKED["list_canaries"]
        row = await fetch_one(conn, explained, values)
        [look] = await list_canaries(conn, None, now - 24 * HOUR, 100)
        await conn.rollback()
    assert row is not None
    told = row["QUERY PLAN"]
    [plan] = told if isinstance(told, list) else json.loads(told)
    read = [one["Actual Rows"] + one.get("Rows Removed by Filter", 0) for one in scans(plan["Plan"])]
    assert 0 < sum(read) <= A_DAY + 3
    assert {one.get("Index Name") for one in scans(plan["Plan"])} == {"touches_origin_origin_id_part_attempt_key"}
    assert (look.sent, look.proven, look.median_seconds) == (24, 16, 60)
    assert look.proven_at is not None
    assert now - look.proven_at < HOUR


async def test_all_that_run_are_looked_at_however_many(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guardian, "CANARIES_AT_ONCE", 1)
    acme: Cast = await gather_cast(stage.deps, stage.twin, later())
    stage.twin.script("twilio", "status_undelivered", code="30003", times=9)
    stage.twin.script("resend", "no_dlr", times=9)
    await started(stage, acme)
    await started(stage, acme, ChannelName.email)
    # the mail may leave a minute later, when news of the text holds the person; and the guardian comes every five
    for _ in range(28):
        await sweep_after(stage, minutes=1)
    assert sorted(await troubles(stage)) == [("canary_unproven", "email"), ("canary_unproven", SMS)]
