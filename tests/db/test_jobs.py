"""The guardian, learn and lifecycle on a real database: what is true is written once, an idle run writes nothing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from modules.health import Level, LogEvent, open_breaker, write_log
from modules.ids import ContactId, TouchId
from modules.inbox import EventKind, keep_event
from modules.labels import Provider
from scripts.conductor.conduct import fired_between
from scripts.conductor.stage import Stage, open_stage
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database, Engine
from tests.db.rig import MONDAY, open_rig
from tests.db.test_write_economy import row_versions
from utils.clock import clock_from
from utils.db import Row, execute, fetch_all
from utils.errors import BadInput
from utils.schedules import SCHEDULES
from utils.sql import Queries
from utils.uuid7 import uuid7
from workers.context import Deps
from workers.guardian import watch
from workers.jobs import JOBS, schedule_of
from workers.learn import learn
from workers.lifecycle import forget
from workers.sweep import sweep

SQL = Queries(Path(__file__).with_name("jobs.sql"))


@pytest_asyncio.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


@pytest_asyncio.fixture
async def stage(engine: Engine, database: Database, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, database.url, MONDAY, timeout="5", leaving=engine.leaving) as running:
        yield running


def later(deps: Deps, **span: float) -> Deps:
    """The same house when so much time has passed."""
    return replace(deps, clock=clock_from(f"at:{(MONDAY + timedelta(**span)).isoformat()}"))


async def read(deps: Deps, block: str) -> list[Row]:
    async with deps.database.transaction() as conn:
        return await fetch_all(conn, SQL[block])


async def someone_writes(
    deps: Deps, cast: Cast, key: str, contact: ContactId | None = None, touch: TouchId | None = None
) -> None:
    at = deps.clock.now()
    values = {"id": uuid7(at), "client_id": cast.client_id, "account_id": cast.texts, "at": at, "event_key": key}
    async with deps.database.transaction() as conn:
        await execute(conn, SQL["plant_inbound"], values | {"contact_id": contact, "touch_id": touch})


async def events_of(deps: Deps) -> list[str]:
    return [row["event"] for row in await rows(deps, "logs")]


def test_every_schedule_has_its_job_and_no_other_exists() -> None:
    assert list(JOBS) == [one.name for one in SCHEDULES]
    with pytest.raises(BadInput, match="sweep, guardian, reconcile, learn, lifecycle"):
        schedule_of("dance")


def test_a_job_that_fired_often_within_a_jump_runs_once() -> None:
    assert fired_between(MONDAY, MONDAY + timedelta(days=3)) == [one.name for one in SCHEDULES]
    assert fired_between(MONDAY, MONDAY + timedelta(seconds=59)) == []
    assert fired_between(MONDAY, MONDAY + timedelta(minutes=5)) == ["sweep", "guardian"]
    assert fired_between(MONDAY - timedelta(microseconds=1), MONDAY) == ["sweep", "guardian", "reconcile"]


async def test_nobody_hears_of_a_healthy_house(deps: Deps, database: Database) -> None:
    await gather_cast(deps, None, story("sms", "email"), 3)
    before = row_versions(database)
    for job in ("guardian", "learn", "lifecycle"):
        assert await JOBS[job](later(deps, minutes=14)) == {}
    assert row_versions(database) == before


async def test_enrollments_that_nobody_sweeps_ring_once_in_six_hours(deps: Deps, database: Database) -> None:
    await gather_cast(deps, None, story("sms"), 3)
    assert await watch(later(deps, minutes=16)) == {"troubles": 1, "told": 1}
    before = row_versions(database)
    assert await watch(later(deps, hours=6)) == {"troubles": 1}
    assert row_versions(database) == before
    assert await watch(later(deps, hours=6, minutes=17)) == {"troubles": 1, "told": 1}
    assert await events_of(deps) == ["enrollments_overdue"] * 2
    assert [row["detail"]["how_many"] for row in await rows(deps, "logs")] == ["3", "3"]


async def test_a_touch_past_its_deadline_and_a_stranger_are_told(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    stage.twin.script("twilio", "no_dlr")
    await sweep(stage.deps)
    await someone_writes(stage.deps, cast, "stranger")
    assert await watch(later(stage.deps, minutes=59)) == {}
    assert await watch(later(stage.deps, minutes=61)) == {"troubles": 1, "told": 1}
    await watch(later(stage.deps, hours=5, minutes=20))
    assert await events_of(stage.deps) == ["inbound_unmatched", "touches_overdue"]


async def test_a_provider_that_takes_nothing_and_a_resting_number_are_told(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), 6)
    stage.twin.script("twilio", "429", times=100)
    await sweep(stage.deps)
    async with stage.deps.database.transaction() as conn:
        await open_breaker(conn, cast.client_id, cast.texts, cast.number, "transport_fault", MONDAY)
    assert {row["state"] for row in await rows(stage.deps, "touches")} == {"not_sent"}
    assert await watch(later(stage.deps, minutes=1)) == {"troubles": 2, "told": 2}
    logs = await rows(stage.deps, "logs")
    assert {row["event"] for row in logs} == {"provider_down", "numbers_resting"}
    assert cast.number not in str(logs)


async def test_each_step_is_counted_and_counted_anew_only_when_something_changed(
    stage: Stage, database: Database
) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms", "email"), 4)
    stage.twin.script("twilio", "status_undelivered", code="30005")
    await sweep(stage.deps)
    assert await learn(stage.deps) == {"counted": 1}
    await asyncio.to_thread(stage.twin.advance, MONDAY + timedelta(minutes=5))
    touches = await rows(stage.deps, "touches")
    good = next(touch for touch in touches if touch["state"] == "delivered")
    for key in ("once", "twice"):
        await someone_writes(stage.deps, cast, key, good["contact_id"], good["id"])
    assert await learn(later(stage.deps, hours=1)) == {"counted": 1}
    before = row_versions(database)
    assert await learn(later(stage.deps, hours=2)) == {}
    assert row_versions(database) == before
    (row,) = await read(stage.deps, "analytics")
    assert (row["client_id"], row["step"], row["version"]) == (cast.client_id, "sms-0", 1)
    assert (row["channel"], row["armed_on"]) == ("sms", date(2026, 11, 23))
    told = {name: row[name] for name in ("armed", "succeeded", "failed", "lost", "answered")}
    assert told == {"armed": 4, "succeeded": 3, "failed": 1, "lost": 0, "answered": 1}


async def test_what_was_kept_long_enough_goes_and_the_proof_stays(stage: Stage, database: Database) -> None:
    deps, cast = stage.deps, await gather_cast(stage.deps, stage.twin, story("sms"))
    await sweep(deps)
    touch = (await rows(deps, "touches"))[0]
    async with deps.database.transaction() as conn:
        for days in (15, 13):
            at = MONDAY - timedelta(days=days)
            kind = EventKind.unknown_type
            await keep_event(conn, cast.texts, f"{days}", cast.client_id, kind, Provider.twilio, {}, at)
        for days in (31, 29):
            at = MONDAY - timedelta(days=days)
            await write_log(conn, cast.client_id, Level.notice, LogEvent.no_account, at)
        old = MONDAY - timedelta(days=91)
        await write_log(conn, cast.client_id, Level.alarm, LogEvent.needs_review, old, touch_id=touch["id"])
        for sender, days in (("+12065550001", 8), ("+12065550002", 6)):
            await open_breaker(conn, cast.client_id, cast.texts, sender, "fault", MONDAY - timedelta(days=days))
    assert await forget(deps) == {"breakers": 1, "events": 1, "logs": 1}
    assert [row["event_key"] for row in await rows(deps, "inbox")] == ["13"]
    assert sorted(await events_of(deps)) == ["needs_review", "no_account"]
    assert [row["sender"] for row in await read(deps, "breakers")] == ["+12065550002"]
    before = row_versions(database)
    assert await forget(deps) == {}
    assert row_versions(database) == before
