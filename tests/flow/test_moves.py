"""A move by hand of somebody who has written: nothing goes out elsewhere that their words would have held back here."""

from datetime import timedelta

import pytest

from modules.sequences import ControlVerb, Order
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, join, rows
from tests.flow.outside import play_on, sweep_after
from tests.flow.speaking import post_text
from tests.flow.test_sequence_language import file, text
from utils.errors import Conflict
from workers.control import Controlled, Target, Whose, control_enrollment
from workers.release import release_person


async def move(stage: Stage, acme: Cast) -> Controlled:
    async with stage.deps.database.transaction() as conn:
        order, target = Order(ControlVerb.move), Target("other")
        return await control_enrollment(stage.deps, conn, acme.enrollments[0], order, Whose("Jo"), target)


async def after_a_reply(stage: Stage, words: str, on_reply: str = "") -> Cast:
    second = text("second", "days: 1", more=on_reply)
    acme = await gather_cast(stage.deps, stage.twin, file(text("first"), second))
    await join(stage.deps, acme.client_id, file(text("elsewhere"), slug="other"), [])
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    assert post_text(stage, acme, acme.phones[0], words) == 200
    stage.clock.set(stage.clock.now() + timedelta(minutes=1))
    return acme


async def test_who_has_written_is_moved_when_somebody_has_read_it(stage: Stage) -> None:
    acme = await after_a_reply(stage, "Tell me more")
    with pytest.raises(Conflict, match="omnify release"):
        await move(stage, acme)
    assert [row["status"] for row in await rows(stage.deps, "enrollments")] == ["active"]
    async with stage.deps.database.transaction() as conn:
        await release_person(conn, acme.client_id, acme.contacts[0], "Jo", stage.clock.now())
    await move(stage, acme)
    assert [touch["step"] for touch in await play_on(stage)] == ["first", "elsewhere"]


async def test_a_reply_that_the_step_does_not_heed_stands_in_no_moves_way(stage: Stage) -> None:
    acme = await after_a_reply(stage, "Tell me more", ", on_reply: continue")
    assert (await move(stage, acme)).moved_to is not None
