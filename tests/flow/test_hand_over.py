"""From one sequence to another: whatever happens before the entry, nobody is lost and nobody is pressed."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from modules.policy import GuardReason
from modules.sequences import ControlVerb, Order, hold, lock_and_load_snapshots, write_enrollments
from modules.tasks import list_tasks
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, join, rows
from tests.flow.outside import play_on, standing, sweep_after, sweep_until_idle
from tests.flow.speaking import post_text
from tests.flow.test_milestones import happens
from tests.flow.test_sequence_language import file, text
from utils.db import execute
from utils.sql import Queries
from workers.control import Whose, control_enrollment
from workers.foretell import foretell
from workers.release import release_person
from workers.settle_task import Word, settle

SQL = Queries(Path(__file__).with_name("hand_over.sql"))
START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, ten in the morning in New York
OVER = ", on_success: {hand_over: next}"
ASK = "  - {key: ask, channel: task, content: {title: Call them}, within: {days: 1}, on_failure: {hand_over: next}}\n"


async def stand_between(stage: Stage, *, top: str = "", people: int = 1, onward: str = "minutes: 0") -> Cast:
    """Everybody's hand-over is noted, and nobody has entered the other sequence yet."""
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello", more=OVER), top=top), people)
    await join(stage.deps, acme.client_id, file(text("onward", onward), slug="next"), [])
    await run_sweep(stage.deps)
    assert [row["step"] for row in await rows(stage.deps, "enrollments")] == [None] * people
    return acme


async def order(stage: Stage, cast: Cast, verb: ControlVerb, at: datetime | None = None) -> None:
    async with stage.deps.database.transaction() as conn:
        await control_enrollment(stage.deps, conn, cast.enrollments[0], Order(verb, at=at), Whose("Jo"))


async def onward(stage: Stage) -> list[str]:
    return [touch["step"] for touch in await play_on(stage)]


@pytest.mark.parametrize("minutes", [0, 10])
async def test_a_pause_between_two_sequences_ends_in_the_other_one(stage: Stage, minutes: int) -> None:
    acme = await stand_between(stage)
    await order(stage, acme, ControlVerb.pause)
    await sweep_after(stage, minutes=minutes)
    await order(stage, acme, ControlVerb.resume)
    assert await onward(stage) == ["hello", "onward"]
    assert await standing(stage) == {"finished:handed_over": 1, "finished": 1}


async def test_a_hand_over_that_is_put_off_by_hand_comes_later_and_not_never(stage: Stage) -> None:
    acme = await stand_between(stage)
    later = stage.clock.now() + timedelta(hours=3)
    await order(stage, acme, ControlVerb.reschedule, later)
    assert await onward(stage) == ["hello", "onward"]
    assert (await rows(stage.deps, "touches"))[-1]["armed_at"] >= later


async def test_a_hand_over_that_was_held_for_a_person_goes_on_when_it_is_released(stage: Stage) -> None:
    acme = await stand_between(stage)
    async with stage.deps.database.transaction() as conn:
        (snapshot,) = await lock_and_load_snapshots(conn, acme.enrollments)
        await write_enrollments(conn, hold(snapshot, GuardReason.reply_waiting), stage.clock.now())
    await sweep_after(stage, minutes=10)
    async with stage.deps.database.transaction() as conn:
        await release_person(conn, acme.client_id, acme.contacts[0], "Jo", stage.clock.now())
    assert await onward(stage) == ["hello", "onward"]


async def test_who_cannot_enter_because_of_an_error_of_ours_is_set_aside_alone(stage: Stage) -> None:
    acme = await stand_between(stage, people=3, onward="days: 1")
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["spoil_zone_of"], {"id": acme.contacts[0]})
    assert (await onward(stage)).count("onward") == 2
    found = await standing(stage)
    assert (found["finished:handed_over"], found["finished"]) == (2, 2)
    assert [key.split(":")[0] for key in found if "finished" not in key] == ["quarantined"]


async def test_who_cannot_be_given_a_task_because_of_an_error_of_ours_is_set_aside_alone(stage: Stage) -> None:
    ask = "  - {key: note, channel: task, blocks: false, content: {title: Look them up}}\n"
    acme = await gather_cast(stage.deps, stage.twin, file(ask, text("hello", "days: 1")), people=3)
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["spoil_zone_of"], {"id": acme.contacts[0]})
    assert await onward(stage) == ["hello", "hello"]
    assert [key.split(":")[0] for key in await standing(stage) if key != "finished"] == ["quarantined"]


async def test_a_reply_while_a_task_was_waited_for_ends_it_instead_of_handing_over(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), ASK))
    await join(stage.deps, acme.client_id, file(text("onward"), slug="next"), [])
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=5)
    assert post_text(stage, acme, acme.phones[0], "Yes please, call me tomorrow") == 200
    assert await onward(stage) == ["hello"]
    assert await standing(stage) == {"stopped:replied": 1}
    (row,) = await rows(stage.deps, "enrollments")
    assert (row["decision"]["reason"], "skipped" in row["decision"]) == ("replied_already", False)


async def test_a_reply_goes_on_into_the_other_sequence_where_the_step_says_so(stage: Stage) -> None:
    ask = ASK.replace("channel: task,", "channel: task, on_reply: continue,")
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), ask))
    await join(stage.deps, acme.client_id, file(text("onward"), slug="next"), [])
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=5)
    assert post_text(stage, acme, acme.phones[0], "Yes please, call me tomorrow") == 200
    assert await onward(stage) == ["hello", "onward"]


async def test_a_branch_hands_over_whoever_replied(stage: Stage) -> None:
    turn = "  - {key: turn, channel: branch, wait: {days: 1}, when: [{replied: false, go_to: more}], "
    steps = (text("hello"), turn + "otherwise: {hand_over: next}}\n", text("more"))
    acme = await gather_cast(stage.deps, stage.twin, file(*steps))
    await join(stage.deps, acme.client_id, file(text("onward"), slug="next"), [])
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=5)
    assert post_text(stage, acme, acme.phones[0], "Yes please") == 200
    assert await onward(stage) == ["hello", "onward"]


@pytest.mark.parametrize(
    ("top", "milestone", "end"),
    [
        ("stop_on: [booking]\n", "booked", "stopped:booked"),
        ("goal: {milestone: closing}\n", "closing", "finished:goal_met"),
    ],
)
async def test_what_ends_a_sequence_comes_before_its_hand_over(
    stage: Stage, top: str, milestone: str, end: str
) -> None:
    acme = await stand_between(stage, top=top)
    await happens(stage, acme, milestone)
    assert await onward(stage) == ["hello"]
    assert await standing(stage) == {end: 1}


async def test_a_task_asks_for_no_reply_that_only_another_run_of_the_person_has_seen(stage: Stage) -> None:
    """One person in two sequences, in one batch: each run counts what came since its own beginning."""
    ask = "  - {key: ask, channel: task, wait: {days: 1}, content: {title: Call them}}\n"
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), ask))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=5)
    assert post_text(stage, acme, acme.phones[0], "Call me") == 200
    await sweep_after(stage, hours=1)
    later = await join(stage.deps, acme.client_id, file(ask, slug="later"), acme.contacts)
    both = [*acme.enrollments, *later]
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["come_due_together"], {"ids": both, "at": stage.clock.now()})
    await run_sweep(stage.deps)
    assert await standing(stage) == {"stopped:replied": 1, "active": 1}


async def test_a_colleague_s_reply_ends_what_had_begun_before_it_and_nothing_else(stage: Stage) -> None:
    top = "stop_on: [company_reply]\n"
    turn = "  - {key: turn, channel: branch, wait: {days: 1}, when: [{replied: true, go_to: more}], otherwise: end}\n"
    more = text("more", more=", on_reply: continue")
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), turn, more, top=top), people=2)
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=5)
    assert post_text(stage, acme, acme.phones[0], "Call me") == 200
    await sweep_after(stage, hours=1)
    later = await join(stage.deps, acme.client_id, file(turn, more, top=top, slug="later"), acme.contacts[1:])
    both = [acme.enrollments[1], *later]
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["come_due_together"], {"ids": both, "at": stage.clock.now()})
    await run_sweep(stage.deps)
    ended = {row["id"]: row["status_reason"] for row in await rows(stage.deps, "enrollments")}
    assert [ended[one] for one in both] == ["company_replied", None]


async def test_what_is_foretold_of_tasks_and_hand_overs_is_what_the_sweep_then_does(stage: Stage) -> None:
    acme = await stand_between(stage, people=3)
    await order(stage, acme, ControlVerb.stop)
    ask = "  - {key: note, channel: task, blocks: false, content: {title: Look them up}}\n"
    await join(stage.deps, acme.client_id, file(ask, text("bye", "days: 1"), slug="asks"), acme.contacts)
    await join(stage.deps, acme.client_id, file(ASK, slug="calls"), acme.contacts)
    assert post_text(stage, acme, acme.phones[1], "Call me") == 200
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["spoil_zone_of"], {"id": acme.contacts[0]})
    async with stage.deps.database.transaction() as conn:
        fates = {fate.enrollment_id: fate for fate in await foretell(stage.deps, conn, stage.clock.now())}
    await sweep_until_idle(stage.deps)
    places = {row["id"]: row for row in await rows(stage.deps, "enrollments")}
    foretold = Counter(str(one.outcome) for one in fates.values())
    assert foretold == {"end": 4, "ask": 3, "hold": 1}
    for one, fate in fates.items():
        status = {"end": {"stopped", "finished"}, "hold": {"held", "quarantined"}}.get(fate.outcome, {"active"})
        assert places[one]["status"] in status, (fate, places[one])
        assert fate.outcome in ("end", "hold") or fate.until == places[one]["due_at"], (fate, places[one])


async def test_a_task_counts_as_done_although_our_rules_could_not_work_with_the_person_just_then(stage: Stage) -> None:
    ask = "  - {key: ask, channel: task, content: {title: Call them}, on_failure: end}\n"
    acme = await gather_cast(stage.deps, stage.twin, file(ask, text("ready", "days: 1")))
    await run_sweep(stage.deps)
    async with stage.deps.database.transaction() as conn:
        (task,) = await list_tasks(conn, acme.client_id, stage.clock.now(), 2)
        await execute(conn, SQL["spoil_zone_of"], {"id": acme.contacts[0]})
    async with stage.deps.database.transaction() as conn:
        assert not (await settle(stage.deps, conn, task.id, Word("Jo"), done=True)).moved
    assert await standing(stage) == {"quarantined:ValueError": 1}
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["mend_zone_of"], {"id": acme.contacts[0]})
    await order(stage, acme, ControlVerb.resume)
    assert await onward(stage) == ["ready"]
