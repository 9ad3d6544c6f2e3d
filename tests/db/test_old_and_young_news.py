"""What the reconciliation does with news that is too young to judge, and with news that had to wait for days."""

import pytest

from modules.health import disarm_engine
from modules.labels import TouchState
from scripts.conductor.stage import Stage
from tests.cast import gather_cast, rows, story
from tests.db.test_findings import keep_orphan
from tests.db.test_reconcile import SQL, findings, pass_minutes
from tests.db.test_reconcile import stage as stage
from utils.db import execute
from workers.reconcile import reconcile
from workers.sweep import sweep

DAYS = 24 * 60.0


async def lose_the_answer(stage: Stage) -> str:
    """A text was taken and nobody told us; its id at the provider."""
    stage.twin.script("twilio", "timeout_after_accept")
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=1000)
    stage.twin.script("twilio", "no_dlr", times=1)
    await sweep(stage.deps)
    assert [touch["state"] for touch in await rows(stage.deps, "touches")] == ["unknown"]
    [sent] = stage.twin.ledger()
    return str(sent["provider_id"])


async def test_a_fact_that_came_before_its_touch_was_known_is_told_to_it(stage: Stage) -> None:
    """The list never shows that it was delivered; only the event that waited does."""
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    provider_id = await lose_the_answer(stage)
    await keep_orphan(stage, cast, provider_id)
    await pass_minutes(stage, 6)
    assert "orphans_rejoined" not in await reconcile(stage.deps)
    await sweep(stage.deps)
    assert [touch["state"] for touch in await rows(stage.deps, "touches")] == ["accepted"]
    assert (await reconcile(stage.deps))["orphans_rejoined"] == 1
    [touch] = await rows(stage.deps, "touches")
    assert (touch["state"], touch["evidence_id"]) == (TouchState.delivered, f"{provider_id}:delivered")


async def test_a_fact_is_told_to_a_touch_that_turns_up_two_days_later(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    provider_id = await lose_the_answer(stage)
    await keep_orphan(stage, cast, provider_id)
    await pass_minutes(stage, 2.5 * DAYS)
    [touch] = await rows(stage.deps, "touches")
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["second_acceptance"], {"id": touch["id"], "provider_id": provider_id})
    assert (await reconcile(stage.deps))["orphans_rejoined"] == 1
    assert [one["state"] for one in await rows(stage.deps, "touches")] == ["delivered"]


@pytest.mark.parametrize(("days", "told"), [(2.5, 1), (3.1, 0)])
async def test_an_event_that_nobody_looked_at_for_two_days_is_told_all_the_same(
    stage: Stage, days: float, told: int
) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    await keep_orphan(stage, cast, "SM" + "7" * 32)
    await pass_minutes(stage, days * DAYS)
    assert (await reconcile(stage.deps)).get("orphans", 0) == told
    assert len(await findings(stage)) == told


async def test_what_was_taken_in_the_last_two_minutes_is_left_to_its_own_answer(stage: Stage) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"))
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=1000)
    await sweep(stage.deps)
    await pass_minutes(stage, 1.5)
    assert await reconcile(stage.deps) == {}
    await pass_minutes(stage, 1.5)
    assert (await reconcile(stage.deps))["listed"] == 1


async def test_what_had_just_left_when_the_engine_was_disarmed_is_no_question_before_its_answer_can_be_there(
    stage: Stage,
) -> None:
    """In a gap no doubt is resolved in favour of the rows that are left; but this answer is still on its way."""
    await gather_cast(stage.deps, stage.twin, story("sms"))
    await lose_the_answer(stage)
    async with stage.deps.database.transaction() as conn:
        await disarm_engine(conn, "a drill", "ada", stage.clock.now())
    await pass_minutes(stage, 1.5)
    assert "lost" not in await reconcile(stage.deps)
    assert await findings(stage) == []
    await pass_minutes(stage, 1)
    assert (await reconcile(stage.deps))["lost"] == 1
