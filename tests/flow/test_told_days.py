"""A date that GoHighLevel tells anew moves the step that waits for it at once, later or earlier, also into the past."""

from datetime import UTC, datetime, timedelta

import pytest

from modules.sequences import ControlVerb, Order
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import gather_cast, join, rows
from tests.flow.ghl_stage import Ghl, gather_ghl, play_ghl
from tests.flow.outside import play_on, sweep_after, sweep_at
from tests.flow.speaking import hear_all
from tests.flow.test_milestones import happens
from tests.flow.test_sequence_language import file, text
from workers.control import Whose, control_enrollment
from workers.note import Noted

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, ten in the morning in New York
DAY = timedelta(days=1)
SOON = 'until: {field: contact.closing_on, days: -3, at: "09:00"}'
HOURS = 'windows: [{days: [mon, tue, wed, thu, fri], from: "14:00", to: "18:00"}]\n'


async def tell_date(stage: Stage, ghl: Ghl, closing_on: str) -> None:
    fields = [{"id": "closing_on", "value": closing_on}]
    stage.twin.put_ghl_contact(ghl.location, quiet=False, id=ghl.refs[0], customFields=fields)
    await hear_all(stage)


async def wait_for_the_twentieth(stage: Stage, top: str = "", late: str = "") -> Ghl:
    ghl = await gather_ghl(stage, "", 1)
    await tell_date(stage, ghl, "2026-12-20")
    steps = text("hello", more=", on_reply: continue"), text("soon", SOON, more=late)
    await join(stage.deps, ghl.client_id, file(*steps, top=top), ghl.contacts)
    await sweep_at(stage, START + timedelta(hours=4))
    await sweep_after(stage, minutes=5)
    return ghl


async def left_at(stage: Stage) -> datetime:
    soon = [touch for touch in await play_ghl(stage) if touch["step"] == "soon"]
    assert len(soon) == 1, "it left once"
    at: datetime = soon[0]["armed_at"]
    return at


async def test_a_day_that_moves_forward_into_the_past_lets_it_leave_at_once_while_it_is_not_too_late(
    stage: Stage,
) -> None:
    ghl = await wait_for_the_twentieth(stage)
    now = stage.clock.now()
    await tell_date(
        stage, ghl, "2026-11-25"
    )  # it was to leave on the twenty-second, a day ago; three days are no longer
    at = await left_at(stage)
    assert now <= at <= now + timedelta(minutes=5)


async def test_it_waits_for_its_hours_and_counts_as_due_on_the_day_that_has_passed(stage: Stage) -> None:
    ghl = await wait_for_the_twentieth(stage, top=HOURS)
    await sweep_at(stage, START + DAY + timedelta(hours=10))  # Tuesday night
    await tell_date(stage, ghl, "2026-11-26")
    assert await left_at(stage) == START + 2 * DAY + timedelta(hours=4)  # Wednesday at two, in New York


async def test_a_day_that_lies_too_far_back_makes_it_too_late_at_once(stage: Stage) -> None:
    ghl = await wait_for_the_twentieth(stage, late=", max_lateness: {hours: 4}")
    await tell_date(stage, ghl, "2026-11-25")
    touches = await play_ghl(stage)
    assert [touch["step"] for touch in touches] == ["hello"]
    (run,) = await rows(stage.deps, "enrollments")
    assert (run["decision"]["skipped"], run["decision"]["reason"]) == ("soon", "too_late")
    assert run["changed_at"] < START + DAY


@pytest.mark.parametrize("closing_on", ["2026-12-10", "2026-12-30"])
async def test_it_follows_to_a_day_ahead_and_says_so_at_once(stage: Stage, closing_on: str) -> None:
    ghl = await wait_for_the_twentieth(stage)
    await tell_date(stage, ghl, closing_on)
    (run,) = await rows(stage.deps, "enrollments")
    day = datetime.fromisoformat(closing_on).replace(hour=14, tzinfo=UTC) - 3 * DAY
    assert (run["due_at"], run["decision"]["reason"]) == (day, "date_moved")
    assert await left_at(stage) - day <= timedelta(minutes=2)


async def test_what_a_person_has_ordered_stands_and_other_news_of_the_contact_moves_nothing(stage: Stage) -> None:
    ghl = await wait_for_the_twentieth(stage)
    (before,) = await rows(stage.deps, "enrollments")
    stage.twin.put_ghl_contact(ghl.location, quiet=False, id=ghl.refs[0], firstName="Grace")
    await hear_all(stage)
    assert await rows(stage.deps, "enrollments") == [before]
    given = START + 5 * DAY
    async with stage.deps.database.transaction() as conn:
        order = Order(ControlVerb.reschedule, at=given)
        await control_enrollment(stage.deps, conn, before["id"], order, Whose("Jo"))
    await tell_date(stage, ghl, "2026-11-28")
    assert timedelta(0) <= await left_at(stage) - given <= timedelta(minutes=2)


async def test_a_step_that_has_left_is_not_sent_again_because_its_day_moves(stage: Stage) -> None:
    ghl = await wait_for_the_twentieth(stage)
    await tell_date(stage, ghl, "2026-11-25")
    await left_at(stage)
    await tell_date(stage, ghl, "2026-12-30")
    assert await left_at(stage) < START + DAY
    await run_sweep(stage.deps)


async def test_the_day_before_an_appointment_that_is_brought_forward_to_tomorrow_is_now(stage: Stage) -> None:
    remind = text(
        "remind", 'until: {milestone: appointment, days: -1, at: "09:00"}', more=", max_lateness: {hours: 20}"
    )
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), remind))
    await happens(stage, acme, "appointment", START + 10 * DAY, "visit")
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    moved = await happens(stage, acme, "appointment", START + timedelta(hours=28), "visit")
    assert moved == Noted(fresh=True, moved=1)  # the reminder was due an hour ago
    touches = await play_on(stage)
    assert [touch["step"] for touch in touches] == ["hello", "remind"]
    assert touches[-1]["armed_at"] <= START + timedelta(minutes=4)
