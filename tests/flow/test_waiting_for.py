"""A branch that waits for something to happen: told before it is reached, told for later, moved, called off, or old."""

from datetime import UTC, datetime, timedelta

import pytest

from modules.milestones import Source
from modules.sequences import ControlVerb, Order, hold, lock_and_load_snapshots, write_enrollments
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, join, rows
from tests.flow.outside import play_on, sweep_after, sweep_at
from tests.flow.test_milestones import STALL, branch, happens
from tests.flow.test_sequence_language import file, text
from workers.control import Whose, control_enrollment
from workers.note import Noted, Told, take_back
from workers.release import release_person

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, ten in the morning in New York
DAY, SOON = timedelta(days=1), timedelta(minutes=5)


async def after_hello(stage: Stage) -> tuple[str, timedelta]:
    """What came after the first step, and how long after the beginning."""
    touches = await play_on(stage)
    (one,) = [touch for touch in touches if touch["step"] != "hello"]
    return one["step"], one["armed_at"] - START


async def at_the_branch(stage: Stage) -> Cast:
    acme = await gather_cast(stage.deps, stage.twin, file(*STALL))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    assert [row["step"] for row in await rows(stage.deps, "enrollments")] == ["seen"]
    return acme


async def test_a_day_that_is_known_before_the_branch_is_reached_is_waited_for(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(*STALL))
    await happens(stage, acme, "showing", START + 3 * DAY)
    step, later = await after_hello(stage)
    assert (step, 3 * DAY <= later <= 3 * DAY + SOON) == ("thanks", True)


async def test_what_happens_while_the_step_before_is_on_its_way_is_not_waited_for_again(stage: Stage) -> None:
    steps = (text("hello", more=", waits_for: ended"), *STALL[1:])
    acme = await gather_cast(stage.deps, stage.twin, file(*steps))
    await run_sweep(stage.deps)
    assert (await rows(stage.deps, "enrollments"))[0]["waiting"]
    assert await happens(stage, acme, "showing") == Noted(fresh=True)
    step, later = await after_hello(stage)
    assert (step, later <= timedelta(hours=1)) == ("thanks", True)


async def test_what_happens_between_two_attempts_of_the_step_before_is_not_waited_for_again(stage: Stage) -> None:
    again = ", waits_for: ended, on_failure: {retry: {times: 1, after: {minutes: 30}}}"
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello", more=again), *STALL[1:]))
    stage.twin.script("twilio", "status_undelivered", match={"to": acme.phones[0]})
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=5)
    assert [touch["state"] for touch in await rows(stage.deps, "touches")] == ["failed"]
    await happens(stage, acme, "showing")
    touches = await play_on(stage)
    assert [(touch["step"], touch["attempt"]) for touch in touches] == [("hello", 1), ("hello", 2), ("thanks", 1)]
    assert touches[2]["armed_at"] - touches[1]["armed_at"] <= timedelta(hours=1)


async def test_what_is_moved_to_a_later_day_is_waited_for_until_then(stage: Stage) -> None:
    acme = await at_the_branch(stage)
    await happens(stage, acme, "showing", START + 2 * DAY, "visit")
    assert (await happens(stage, acme, "showing", START + 5 * DAY, "visit")).moved == 1
    step, later = await after_hello(stage)
    assert (step, 5 * DAY <= later <= 5 * DAY + SOON) == ("thanks", True)


async def test_what_is_called_off_gives_the_rest_of_the_wait_back(stage: Stage) -> None:
    acme = await at_the_branch(stage)
    await happens(stage, acme, "showing", START + 2 * DAY, "visit")
    async with stage.deps.database.transaction() as conn:
        assert await take_back(conn, acme.client_id, Told(Source.person, ref="visit"))
    step, later = await after_hello(stage)
    assert (step, later >= 14 * DAY) == ("nudge", True)


async def test_a_skipped_step_before_it_keeps_the_rest_of_the_wait(stage: Stage) -> None:
    hours = 'windows: [{days: [tue], from: "09:00", to: "17:00"}]\n'
    acme = await gather_cast(
        stage.deps, stage.twin, file(text("hello", more=", after_window: skip"), *STALL[1:], top=hours)
    )
    await happens(stage, acme, "showing", START + 2 * DAY, "visit")
    await run_sweep(stage.deps)
    (row,) = await rows(stage.deps, "enrollments")
    assert (row["step"], row["due_at"], row["decision"]["skipped"]) == ("seen", START + 2 * DAY, "hello")
    async with stage.deps.database.transaction() as conn:
        assert await take_back(conn, acme.client_id, Told(Source.person, ref="visit"))
    await sweep_at(stage, START + 2 * DAY)
    (row,) = await rows(stage.deps, "enrollments")
    assert (row["step"], row["due_at"]) == ("seen", START + 14 * DAY)
    assert [one["skipped"] for one in row["decision"]["skips"]] == ["hello"]


async def test_what_happened_long_before_and_is_written_down_now_ends_no_wait(stage: Stage) -> None:
    acme = await at_the_branch(stage)
    assert (await happens(stage, acme, "showing", START - 60 * DAY)).moved == 0
    await happens(stage, acme, "showing", START + 20 * DAY)
    step, later = await after_hello(stage)
    assert (step, later >= 14 * DAY) == ("nudge", True)


async def test_the_nearer_of_two_days_counts_and_one_that_has_come_before_both(stage: Stage) -> None:
    acme = await at_the_branch(stage)
    await happens(stage, acme, "showing", START + 9 * DAY)
    assert (await happens(stage, acme, "showing", START + 6 * DAY)).moved == 1
    assert (await happens(stage, acme, "showing", START + 8 * DAY)).moved == 0
    await sweep_at(stage, START + 4 * DAY)
    assert (await happens(stage, acme, "showing")).moved == 1
    step, later = await after_hello(stage)
    assert (step, 4 * DAY <= later <= 4 * DAY + SOON) == ("thanks", True)


async def test_a_circle_through_a_branch_that_waits_is_never_hasty(stage: Stage) -> None:
    seen = branch(
        "seen", "wait: {days: 14}, wait_for: {milestone: showing}", when="{milestone: showing, go_to: thanks}"
    )
    steps = (
        text("hello"),
        seen,
        text("nudge", more=", on_success: end"),
        text("thanks", more=", on_success: {go_to: seen}"),
    )
    acme = await gather_cast(stage.deps, stage.twin, file(*steps))
    await run_sweep(stage.deps)
    await happens(stage, acme, "showing")
    for _ in range(12):
        await sweep_after(stage, hours=2)
    assert [touch["step"] for touch in await rows(stage.deps, "touches")] == ["hello", "thanks"]


async def obeys(stage: Stage, acme: Cast, verb: ControlVerb) -> None:
    async with stage.deps.database.transaction() as conn:
        await control_enrollment(stage.deps, conn, acme.enrollments[0], Order(verb), Whose("Jo"))


async def held_for_a_doubt(stage: Stage, acme: Cast) -> None:
    """As a call that ended doubtfully holds what comes after it."""
    async with stage.deps.database.transaction() as conn:
        snapshots = await lock_and_load_snapshots(conn, acme.enrollments)
        await write_enrollments(conn, [row for one in snapshots for row in hold(one, "reply_waiting")], START)


async def called_off(stage: Stage, acme: Cast) -> None:
    async with stage.deps.database.transaction() as conn:
        assert await take_back(conn, acme.client_id, Told(Source.person, ref="visit"))


@pytest.mark.parametrize("rest", ["pause", "hold"])
@pytest.mark.parametrize("until", [DAY, 3 * DAY])
async def test_a_day_called_off_in_a_rest_gives_the_rest_of_the_wait_back(
    stage: Stage, rest: str, until: timedelta
) -> None:
    """Whether it ends before the day that was told, or after it."""
    acme = await at_the_branch(stage)
    await happens(stage, acme, "showing", START + 2 * DAY, "visit")
    if rest == "pause":
        await obeys(stage, acme, ControlVerb.pause)
    else:
        await held_for_a_doubt(stage, acme)
    await called_off(stage, acme)
    await sweep_at(stage, START + until)
    if rest == "pause":
        await obeys(stage, acme, ControlVerb.resume)
    else:
        async with stage.deps.database.transaction() as conn:
            await release_person(conn, acme.client_id, acme.contacts[0], "Jo", stage.clock.now())
    step, later = await after_hello(stage)
    assert (step, later >= 14 * DAY) == ("nudge", True)


async def test_a_day_moved_on_while_it_is_held_is_waited_for_until_then(stage: Stage) -> None:
    acme = await at_the_branch(stage)
    await happens(stage, acme, "showing", START + 2 * DAY, "visit")
    await held_for_a_doubt(stage, acme)
    await happens(stage, acme, "showing", START + 5 * DAY, "visit")
    async with stage.deps.database.transaction() as conn:
        await release_person(conn, acme.client_id, acme.contacts[0], "Jo", stage.clock.now())
    step, later = await after_hello(stage)
    assert (step, 5 * DAY <= later <= 5 * DAY + SOON) == ("thanks", True)


async def test_a_day_called_off_after_a_step_that_was_passed_over_gives_the_wait_back(stage: Stage) -> None:
    """The note of why the step did not leave takes nothing away from what the branch behind it waits for."""
    late = text("late", "hours: 1", more=", max_lateness: {hours: 1}")
    acme = await gather_cast(stage.deps, stage.twin, file(STALL[0], late, *STALL[1:]))
    await happens(stage, acme, "showing", START + 9 * DAY, "visit")
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    await sweep_at(stage, START + 5 * DAY)
    [place] = await rows(stage.deps, "enrollments")
    assert (place["step"], place["decision"]["skipped"], place["due_at"]) == ("seen", "late", START + 9 * DAY)
    await called_off(stage, acme)
    touches = await play_on(stage)
    assert [(one["step"], one["armed_at"] - START >= 19 * DAY) for one in touches[1:]] == [("nudge", True)]


@pytest.mark.parametrize("off", [False, True])
async def test_who_begins_at_a_branch_waits_for_a_day_that_is_known_already(stage: Stage, off: bool) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello", "days: 30")))
    await happens(stage, acme, "showing", START + 3 * DAY, "visit")
    await happens(stage, acme, "showing", START - 3 * DAY)
    await join(stage.deps, acme.client_id, file(*STALL[1:], slug="first-seen"), acme.contacts)
    if off:
        await called_off(stage, acme)
    touches = await play_on(stage)
    later = touches[0]["armed_at"] - START
    expected = ("nudge", 14 * DAY) if off else ("thanks", 3 * DAY)
    assert (touches[0]["step"], expected[1] <= later <= expected[1] + SOON) == (expected[0], True)
