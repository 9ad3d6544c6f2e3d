"""A sweep first asks whether anything waits; each kind of work makes it say yes, and without any it says no."""

from datetime import timedelta

from modules.agenda import something_waits
from modules.labels import WATCHED
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import gather_cast, story
from tests.flow.answering import write
from tests.flow.ghl_stage import gather_ghl
from tests.flow.outside import play_on, states_of, sweep_after


async def waits(stage: Stage, **later: float) -> bool:
    async with stage.deps.database.transaction() as conn:
        return (await something_waits(conn, stage.deps.clock.now() + timedelta(**later), WATCHED)).anything


async def test_nothing_waits_in_an_empty_house(stage: Stage) -> None:
    assert not await waits(stage)
    assert await run_sweep(stage.deps) == {}


async def test_what_is_due_waits_and_what_is_armed_waits_for_its_next_look_only(stage: Stage) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms", "email"))
    stage.twin.script("twilio", "no_dlr", times=1)
    assert not await waits(stage, days=-1)
    assert await waits(stage)
    await run_sweep(stage.deps)

    assert await states_of(stage) == ["accepted"]
    assert not await waits(stage, minutes=1)
    assert await waits(stage, minutes=10)


async def test_an_answer_that_is_owed_waits_until_it_is_on_its_way(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    assert not await waits(stage)

    await write(stage, cast, "stop texting me")
    assert await waits(stage)
    await play_on(stage)
    assert not await waits(stage, minutes=30)


async def test_an_open_message_at_a_watched_provider_waits_every_minute(stage: Stage) -> None:
    await gather_ghl(stage, story("sms"))
    await run_sweep(stage.deps)

    assert await states_of(stage) == ["accepted"]
    assert await waits(stage, minutes=1)
    await play_on(stage)
    assert not await waits(stage, minutes=1)
