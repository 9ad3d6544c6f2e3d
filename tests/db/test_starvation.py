"""Whoever is stuck must not hold up whoever is free: locked rows at the head of the queue, a provider that hangs."""

from collections import Counter
from pathlib import Path

import pytest

from modules.labels import TouchState
from scripts.conductor.stage import open_stage
from tests.cast import gather_cast, rows, story
from tests.databases import Database
from tests.db.rig import MONDAY
from utils.clock import monotonic
from utils.db import execute
from utils.sql import Queries
from workers.sweep import sweep

SQL = Queries(Path(__file__).with_name("starvation.sql"))


@pytest.mark.parametrize("held", ["hold_enrollments", "hold_contacts"])
async def test_a_hundred_free_people_are_reached_behind_a_hundred_locked_ones_and_beside_a_hanging_account(
    database: Database, tmp_path: Path, held: str
) -> None:
    """One sweep: the locked ones of the same client are older and come first, the other client's provider is silent."""
    async with open_stage(tmp_path, database.url, MONDAY, timeout="2") as stage:
        cast = await gather_cast(stage.deps, stage.twin, story("sms"), 200)
        hung = await gather_cast(stage.deps, stage.twin, story("sms"), 30, slug="hung")
        stage.twin.script("twilio", "timeout_after_accept", times=30, match={"from": hung.number})
        old, free = list(cast.contacts[:100]), set(cast.contacts[100:])
        async with stage.deps.database.transaction() as conn:
            await execute(conn, SQL["make_older"], {"contact_ids": old})
        started = monotonic()
        async with stage.deps.database.transaction() as blocker:
            await execute(blocker, SQL[held], {"contact_ids": old})
            report = await sweep(stage.deps)
        seconds = monotonic() - started
        touches = await rows(stage.deps, "touches")
        still_due = Counter(row["status"] for row in await rows(stage.deps, "enrollments") if row["contact_id"] in old)
    reached = {touch["contact_id"] for touch in touches if touch["state"] == TouchState.accepted}
    print(f"\n{held}: {len(reached & free)} of 100 free reached in {seconds:.1f} s, {report.as_dict()}")
    assert reached == free, f"{len(reached & free)} of 100 free reached, {len(reached - free)} others"
    assert still_due == {"active": 100}, still_due
    assert report.counts["unknown"] > 0, f"nobody was hung: {report.as_dict()}"


async def test_those_who_were_locked_are_reached_by_the_next_sweep(database: Database, tmp_path: Path) -> None:
    async with open_stage(tmp_path, database.url, MONDAY, timeout="5") as stage:
        cast = await gather_cast(stage.deps, stage.twin, story("sms"), 20)
        async with stage.deps.database.transaction() as blocker:
            await execute(blocker, SQL["hold_contacts"], {"contact_ids": list(cast.contacts[:10])})
            first = await sweep(stage.deps)
        second = await sweep(stage.deps)
    print(f"\nfirst {first.as_dict()}, second {second.as_dict()}")
    assert (first.counts["armed"], second.counts["armed"]) == (10, 10)
