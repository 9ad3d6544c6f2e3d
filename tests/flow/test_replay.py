"""Replay: what today's code would make of what was kept, said without writing, and then done."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from modules.channels import Fact
from modules.inbox import EventKind, keep_event, pack_fact
from modules.labels import Provider, TouchState
from scripts.conductor.stage import Stage
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database
from tests.db.test_write_economy import row_versions
from utils.db import Connection, Row, execute, fetch_all
from utils.errors import NotFound
from utils.sql import Queries
from workers.replay import Effect, foresee, replay
from workers.sweep import sweep

SQL = Queries(Path(__file__).with_name("replay.sql"))


async def pass_minutes(stage: Stage, minutes: float) -> None:
    stage.clock.set(stage.clock.now() + timedelta(minutes=minutes))
    await asyncio.to_thread(stage.twin.advance, stage.clock.now())


async def ahead(stage: Stage, name: str) -> list[Effect]:
    async with stage.deps.database.transaction() as conn:
        return await foresee(stage.deps, conn, name, stage.clock.now())


async def keep_orphan(stage: Stage, conn: Connection, cast: Cast, provider_id: str) -> str:
    fact = Fact(TouchState.delivered, provider_id, "delivered", f"{provider_id}:delivered")
    now = stage.clock.now()
    kind = EventKind.unknown_touch
    await keep_event(conn, cast.texts, fact.evidence_id, cast.client_id, kind, Provider.twilio, pack_fact(fact), now)
    return fact.evidence_id


async def test_a_kept_fact_is_foreseen_without_a_write_and_then_moves_touch_and_enrollment(
    stage: Stage, database: Database
) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms", "email"))
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=1000)
    await sweep(stage.deps)
    [touch] = await rows(stage.deps, "touches")
    async with stage.deps.database.transaction() as conn:
        key = await keep_orphan(stage, conn, cast, touch["provider_id"])
    before = row_versions(database)
    effects = await ahead(stage, key)
    assert [(one.subject, one.was, one.would_be) for one in effects if one.changes] == [
        (f"touch {touch['id']}", "accepted", "delivered")
    ]
    assert row_versions(database) == before
    assert await replay(stage.deps, key, stage.clock.now()) == effects
    [after] = await rows(stage.deps, "touches")
    assert (after["state"], after["evidence_id"]) == ("delivered", key)
    settled = row_versions(database)
    assert not any(one.changes for one in await replay(stage.deps, key, stage.clock.now()))
    assert row_versions(database) == settled


async def test_a_failure_that_would_turn_the_way_is_told_with_the_step_it_leads_to(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms", "email", wait="hours: 1"))
    stage.twin.script("twilio", "timeout_after_accept")
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=1000)
    await sweep(stage.deps)
    [touch] = await rows(stage.deps, "touches")
    fact = Fact(TouchState.failed, "SM" + "8" * 32, "failed", "late", reference=touch["id"])
    async with stage.deps.database.transaction() as conn:
        now, kind = stage.clock.now(), EventKind.unknown_touch
        await keep_event(conn, cast.texts, "late", cast.client_id, kind, Provider.twilio, pack_fact(fact), now)
    effects = [one for one in await ahead(stage, "late") if one.changes]
    assert [(one.was, one.would_be) for one in effects][:1] == [(touch["state"], "failed")]
    assert "email-1" in effects[1].would_be
    assert "sms-0" in effects[1].was


async def test_an_orphan_without_a_touch_waits_and_an_unknown_name_is_refused(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    async with stage.deps.database.transaction() as conn:
        key = await keep_orphan(stage, conn, cast, "SM" + "9" * 32)
    [effect] = await ahead(stage, key)
    assert (effect.changes, effect.was) == (False, "waits: no touch of ours has this id")
    with pytest.raises(NotFound, match="Nothing was kept under 'nowhere'"):
        await ahead(stage, "nowhere")


async def test_the_evidence_of_every_touch_leads_to_its_state_again(stage: Stage) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms", "email", wait="hours: 1"), 6)
    stage.twin.script("resend", "bounced", times=2)
    stage.twin.script("resend", "complained", times=1)
    stage.twin.script("twilio", "status_undelivered", times=1)
    for _ in range(8):
        await sweep(stage.deps)
        await pass_minutes(stage, 20)
    touches = await rows(stage.deps, "touches")
    assert {"delivered", "bounced", "complained", "failed"} <= {touch["state"] for touch in touches}
    for touch in touches:
        [effect] = await ahead(stage, str(touch["id"]))
        assert (effect.was, effect.would_be) == (touch["state"], touch["state"])
        assert await ahead(stage, touch["provider_id"]) == [effect]


async def test_words_that_were_judged_otherwise_are_told(stage: Stage, database: Database) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    stage.twin.text_us(cast.sid, cast.phones[0], cast.number, "STOP")
    await pass_minutes(stage, 1)
    [key] = [row["event_key"] for row in await _inbound(stage)]
    assert [(one.was, one.would_be) for one in await ahead(stage, key)] == [("yes", "yes")]
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["forget_wish"])
    before = row_versions(database)
    assert [(one.was, one.would_be) for one in await ahead(stage, key)] == [("no", "yes")]
    assert row_versions(database) == before


async def _inbound(stage: Stage) -> list[Row]:
    async with stage.deps.database.transaction() as conn:
        return await fetch_all(conn, SQL["inbound"])
