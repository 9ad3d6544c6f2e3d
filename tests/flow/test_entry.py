"""Who enters a sequence, and when: set aside, handed round, and in portions."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from modules.sequences import ControlVerb
from scripts.conductor.stage import Stage
from tests.cast import gather_cast, join, rows
from tests.flow.outside import play_on, standing, sweep_after
from tests.flow.test_hand_over import SQL, order, stand_between
from tests.flow.test_sequence_language import file, text
from utils.db import execute

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, ten in the morning in New York
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
EVERY_HOUR = "drip: {people: 2, every: {hours: 1}}\n"


async def test_who_is_set_aside_is_not_enrolled_beside_it_and_can_go_on_later(stage: Stage) -> None:
    acme = await stand_between(stage)
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["spoil_zone_of"], {"id": acme.contacts[0]})
    await play_on(stage)
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["mend_zone_of"], {"id": acme.contacts[0]})
    again = file(text("hello", more=", on_success: {hand_over: next}"))
    assert await join(stage.deps, acme.client_id, again, acme.contacts) == []
    assert await standing(stage) == {"quarantined:ValueError": 1}
    await order(stage, acme, ControlVerb.resume)
    assert [touch["step"] for touch in await play_on(stage)] == ["hello", "onward"]


@pytest.mark.parametrize(("wait", "rounds"), [("minutes: 0", 1), ("hours: 9", 1), ("days: 2", 6)])
async def test_two_sequences_that_hand_over_to_each_other_come_to_an_end(stage: Stage, wait: str, rounds: int) -> None:
    ping = file(text("ping", wait, ", on_success: {hand_over: pong}"))
    acme = await gather_cast(stage.deps, stage.twin, ping)
    pong = file(text("pong", wait, ", on_success: {hand_over: story}"), slug="pong")
    await join(stage.deps, acme.client_id, pong, [])
    assert [touch["step"] for touch in await play_on(stage)] == ["ping", "pong"] * rounds
    assert await standing(stage) == {"finished:handed_over": 2 * rounds - 1, "finished:hand_over_refused": 1}
    logs = [(row["event"], row["detail"]) for row in await rows(stage.deps, "logs")]
    assert ("hand_over_refused", {"to": "story", "why": "went_in_a_circle"}) in logs


async def test_who_ended_there_otherwise_is_handed_over_all_the_same(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(text("ping", "hours: 2", ", on_success: {hand_over: pong}")))
    await join(stage.deps, acme.client_id, file(text("pong"), slug="pong"), acme.contacts)
    assert [touch["step"] for touch in await play_on(stage)] == ["pong", "ping", "pong"]


@pytest.mark.parametrize(
    ("wait", "first"),
    [('at: "10:30"', START + HOUR / 2), ('days: 1, at: "09:00"', START + DAY - HOUR), ("days: 2", START + 2 * DAY)],
)
async def test_a_local_time_of_the_first_step_brings_the_portions_not_together_again(
    stage: Stage, wait: str, first: datetime
) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello")), people=5)
    await play_on(stage)
    begun = stage.clock.now()
    await join(stage.deps, acme.client_id, file(text("drop", wait), top=EVERY_HOUR, slug="drip"), acme.contacts[:3])
    await sweep_after(stage, minutes=1)
    await join(stage.deps, acme.client_id, file(text("drop", wait), top=EVERY_HOUR, slug="drip"), acme.contacts[3:])
    starts = Counter(row["due_at"] for row in await rows(stage.deps, "enrollments") if row["status"] == "active")
    assert all(count <= 2 for count in starts.values()), starts
    assert timedelta(0) <= min(starts) - first <= begun - START + 2 * timedelta(minutes=1)
    assert sorted(starts) == [min(starts) + n * HOUR for n in range(3)]


async def test_portions_wait_for_the_hours_of_the_sequence_and_go_on_from_there(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello")), people=7)
    await play_on(stage)
    begun = stage.clock.now()
    assert begun - START < HOUR / 2
    office = 'windows:\n  - {days: [mon, tue, wed, thu, fri], from: "09:00", to: "11:30"}\n'
    for some in (acme.contacts[:3], acme.contacts[3:]):
        await join(stage.deps, acme.client_id, file(text("drop"), top=office + EVERY_HOUR, slug="drip"), some)
    starts = sorted(row["due_at"] for row in await rows(stage.deps, "enrollments") if row["status"] == "active")
    tomorrow = START + DAY - HOUR  # Tuesday, nine in the morning
    assert starts == [begun] * 2 + [begun + HOUR] * 2 + [tomorrow] * 2 + [tomorrow + HOUR]
