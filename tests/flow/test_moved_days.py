"""A day that moves while a step waits for it, and a person's order that moves the step itself, against the twin."""

from datetime import UTC, datetime, timedelta

import pytest

from modules.sequences import ControlVerb, Order, publish_sequence
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast
from tests.flow.outside import play_on, standing, sweep_after
from tests.flow.test_sequence_language import file, know, note, text
from workers.adopt import AdoptOrder, adopt_runs
from workers.control import Whose, control_enrollment

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, ten in the morning in New York
SOON = 'until: {field: contact.closing_on, days: -3, at: "09:00"}'
LATE = datetime(2026, 12, 17, 14, tzinfo=UTC)  # three days before the twentieth
HOURS = 'windows: [{days: [tue], from: "10:30", to: "17:00"}]\n'


async def wait_for_the_twentieth(stage: Stage, top: str = "") -> Cast:
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), text("soon", SOON), top=top))
    await know(stage, acme, closing_on="2026-12-20")
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    return acme


async def test_a_text_that_the_moved_day_has_made_too_late_never_leaves(stage: Stage) -> None:
    acme = await wait_for_the_twentieth(stage)
    await know(stage, acme, closing_on="2026-12-10")
    assert [touch["step"] for touch in await play_on(stage)] == ["hello"]
    told = await note(stage)
    assert (told["skipped"], told["reason"]) == ("soon", "too_late")
    assert await standing(stage) == {"finished": 1}


async def test_a_day_that_was_moved_forward_by_less_than_it_may_be_late_changes_nothing(stage: Stage) -> None:
    acme = await wait_for_the_twentieth(stage)
    await know(stage, acme, closing_on="2026-12-19")
    touches = await play_on(stage)
    assert touches[-1]["step"] == "soon"
    assert LATE <= touches[-1]["armed_at"] <= LATE + timedelta(minutes=2)


@pytest.mark.parametrize("top", ["", HOURS])
@pytest.mark.parametrize("closing_on", ["2026-12-20", "2026-12-01"])
async def test_the_instant_that_a_person_gave_is_when_it_leaves(stage: Stage, top: str, closing_on: str) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(text("soon", SOON), top=top))
    async with stage.deps.database.transaction() as conn:
        at = START + timedelta(hours=23)  # Tuesday at nine; the hours begin at half past ten
        order = Order(ControlVerb.reschedule, at=at)
        await control_enrollment(stage.deps, conn, acme.enrollments[0], order, Whose("Jo"))
    await know(stage, acme, closing_on=closing_on)
    (touch,) = await play_on(stage)
    opens = at + timedelta(minutes=90 if top else 0)
    assert opens <= touch["armed_at"] <= opens + timedelta(minutes=2)


async def test_a_jump_at_once_leaves_at_once(stage: Stage) -> None:
    acme = await wait_for_the_twentieth(stage)
    async with stage.deps.database.transaction() as conn:
        order = Order(ControlVerb.jump, step="soon", at_once=True)
        await control_enrollment(stage.deps, conn, acme.enrollments[0], order, Whose("Jo"))
    touches = await play_on(stage)
    assert touches[-1]["armed_at"] <= START + timedelta(minutes=5)
    assert [touch["step"] for touch in touches] == ["hello", "soon"]


async def test_a_new_version_that_waits_until_a_day_keeps_the_instant_that_was_planned(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), text("soon", "days: 2")))
    await know(stage, acme, closing_on="2026-12-20")
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    async with stage.deps.database.transaction() as conn:
        changed = file(text("hello"), text("soon", SOON))
        await publish_sequence(conn, acme.client_id, changed, stage.clock.now())
    await adopt_runs(stage.deps, AdoptOrder(acme.client_id, "story", "Jo"))
    touches = await play_on(stage)
    assert touches[-1]["step"] == "soon"
    assert touches[-1]["armed_at"] <= START + timedelta(days=2, minutes=5)
