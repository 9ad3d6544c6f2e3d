"""A row that our rules cannot work with is set aside; the provider's facts and everybody else go on."""

from modules.contacts import close_address
from modules.labels import AddressKind, SuppressionReason
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import SQL, gather_cast, join, rows, story
from tests.flow.outside import play_on, standing, sweep_after
from utils.db import execute


async def test_a_fact_about_a_poisoned_enrollment_is_kept_and_the_enrollment_is_set_aside(stage: Stage) -> None:
    # an e-mail without windows leaves without asking for the zone; the wait after it cannot be counted
    await gather_cast(stage.deps, stage.twin, story("email", "email"))
    stage.twin.script("resend", "timeout_after_accept")
    await run_sweep(stage.deps)
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["spoil_zone"])

    await sweep_after(stage, minutes=5)

    (touch,) = await rows(stage.deps, "touches")
    assert (touch["state"], bool(touch["evidence_id"])) == ("delivered", True)
    assert sum((await standing(stage)).values()) == 1
    assert [key.split(":")[0] for key in await standing(stage)] == ["quarantined"]
    assert [row["event"] for row in await rows(stage.deps, "logs")] == ["enrollment_quarantined"]


async def test_a_poisoned_enrollment_that_is_due_stops_nobody_else(stage: Stage) -> None:
    poisoned = await gather_cast(stage.deps, stage.twin, story("sms"))
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["spoil_step"])
    await gather_cast(stage.deps, stage.twin, story("sms"), 3, slug="others")

    await play_on(stage)

    standings = await standing(stage)
    assert standings["finished"] == 3, standings
    assert sum(count for key, count in standings.items() if key.startswith("quarantined")) == len(poisoned.contacts)


async def test_a_stop_after_the_house_closed_the_number_still_ends_the_mails(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("email", "email"))
    await run_sweep(stage.deps)
    async with stage.deps.database.transaction() as conn:
        now = stage.clock.now()
        await close_address(
            conn,
            await stage.deps.pepper(conn),
            cast.client_id,
            AddressKind.phone,
            cast.phones[0],
            SuppressionReason.by_hand,
            now,
        )
    await sweep_after(stage, minutes=1)
    stage.twin.text_us(cast.sid, cast.phones[0], cast.number, "STOP")

    touches = await play_on(stage)

    assert len(touches) == 1
    assert await standing(stage) == {"stopped:suppressed": 1}


async def test_a_second_stop_ends_what_was_planned_since_the_first(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    await run_sweep(stage.deps)
    stage.twin.text_us(cast.sid, cast.phones[0], cast.number, "STOP")
    await play_on(stage)
    await sweep_after(stage, hours=1)
    await join(stage.deps, cast.client_id, story("email", "email", slug="letters"), cast.contacts)
    await run_sweep(stage.deps)
    stage.twin.text_us(cast.sid, cast.phones[0], cast.number, "stop")

    touches = await play_on(stage)

    assert [touch["channel"] for touch in touches] == ["sms", "email"]
