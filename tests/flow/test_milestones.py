"""What happened with a contact moves their sequences: waits, branches, goals, ends; and from one to another."""

from datetime import UTC, datetime, timedelta

import pytest

from modules.ids import ContactId
from modules.labels import ChannelName
from modules.milestones import Source, list_milestones, mark_taken_back
from modules.sequences import EntryRefusal, enroll_admitted, find_sequence, load_version
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, join, rows
from tests.flow.outside import play_on, standing, sweep_after, sweep_at
from tests.flow.speaking import post_text
from tests.flow.test_sequence_language import file, mail, text
from workers.note import Noted, Told, note_event, take_back

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, ten in the morning in New York
DAY = timedelta(days=1)


async def happens(
    stage: Stage, cast: Cast, name: str, at: datetime | None = None, ref: str | None = None, n: int = 0
) -> Noted:
    async with stage.deps.database.transaction() as conn:
        instant, told = at or stage.clock.now(), Told(Source.person, "Jo", ref)
        return await note_event(stage.deps, conn, cast.client_id, cast.contacts[n], name, instant, told)


async def steps(stage: Stage) -> list[str]:
    return [touch["step"] for touch in await rows(stage.deps, "touches")]


def branch(key: str, more: str, *, when: str, otherwise: str = "next") -> str:
    return f"  - {{key: {key}, channel: branch, {more}, when: [{when}], otherwise: {otherwise}}}\n"


STALL = (
    text("hello"),
    branch("seen", "wait: {days: 14}, wait_for: {milestone: showing}", when="{milestone: showing, go_to: thanks}"),
    text("nudge", more=", on_success: end"),
    text("thanks"),
)


async def test_a_branch_that_waits_for_a_milestone_goes_on_as_soon_as_it_happens(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(*STALL), people=2)
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    await sweep_at(stage, START + 3 * DAY)
    assert await happens(stage, acme, "showing") == Noted(fresh=True, moved=1)
    touches = await play_on(stage)
    by_person = {touch["to_address"]: touch for touch in touches if touch["step"] != "hello"}
    assert by_person[acme.phones[0]]["step"] == "thanks"
    assert timedelta(0) <= by_person[acme.phones[0]]["armed_at"] - (START + 3 * DAY) <= timedelta(minutes=2)
    assert by_person[acme.phones[1]]["step"] == "nudge"
    assert by_person[acme.phones[1]]["armed_at"] >= START + 14 * DAY


async def test_the_same_thing_told_twice_is_one_and_another_time_of_it_is_the_new_one(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello")))
    assert (await happens(stage, acme, "showing", START, "visit-1")).fresh
    assert not (await happens(stage, acme, "showing", START, "visit-1")).fresh
    assert (await happens(stage, acme, "showing", START + DAY, "visit-1")).fresh
    (kept,) = await rows(stage.deps, "milestones")
    assert (kept["name"], kept["at"]) == ("showing", START + DAY)
    async with stage.deps.database.transaction() as conn:
        assert await take_back(conn, acme.client_id, Told(Source.person, ref="visit-1"))
        assert not await take_back(conn, acme.client_id, Told(Source.person, ref="visit-1"))
    assert await rows(stage.deps, "milestones") == []


async def test_a_step_waits_until_the_day_of_a_milestone_and_follows_it_when_it_is_moved(stage: Stage) -> None:
    wait = 'until: {milestone: showing, days: 1, at: "10:00", otherwise: end}'
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), text("asked", wait)))
    await happens(stage, acme, "showing", START + 2 * DAY, "visit")
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    assert await happens(stage, acme, "showing", START + 5 * DAY, "visit") == Noted(fresh=True, moved=1)
    touches = await play_on(stage)
    assert [(one["step"], one["armed_at"]) for one in touches][1:] == [("asked", START + 6 * DAY)]


async def test_a_step_without_its_milestone_ends_where_the_file_says_so(stage: Stage) -> None:
    wait = "until: {milestone: showing, otherwise: end}"
    await gather_cast(stage.deps, stage.twin, file(text("hello"), text("asked", wait)))
    await play_on(stage)
    assert await standing(stage) == {"stopped:no_date": 1}


async def test_a_booking_and_a_goal_end_it_before_the_next_step(stage: Stage) -> None:
    top = "stop_on: [booking]\ngoal: {milestone: closing}\n"
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), text("more", "days: 1"), top=top), people=3)
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    await happens(stage, acme, "booked", n=0)
    await happens(stage, acme, "closing", n=1)
    await happens(stage, acme, "closing", START + 30 * DAY, n=2)  # is to happen, has not happened
    await play_on(stage)
    assert await standing(stage) == {"stopped:booked": 1, "finished:goal_met": 1, "finished": 1}
    assert (await steps(stage)).count("more") == 1


async def test_what_happened_before_somebody_was_enrolled_meets_no_goal(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), top="goal: {milestone: closing}\n"))
    await happens(stage, acme, "closing", START - DAY)
    await play_on(stage)
    assert await steps(stage) == ["hello"]


async def test_a_branch_knows_who_has_been_silent(stage: Stage) -> None:
    asks = branch("quiet", "wait: {days: 10}", when="{stalled: {days: 7}, go_to: nudge}", otherwise="end")
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), asks, text("nudge")), people=2)
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    await sweep_at(stage, START + 5 * DAY)
    await happens(stage, acme, "offer", n=0)
    touches = await play_on(stage)
    assert [touch["to_address"] for touch in touches if touch["step"] == "nudge"] == [acme.phones[1]]


async def test_a_reply_of_a_colleague_ends_it_where_the_file_says_so_and_one_of_a_stranger_does_not(
    stage: Stage,
) -> None:
    top = "stop_on: [company_reply]\n"
    acme = await gather_cast(stage.deps, stage.twin, file(mail("letter"), mail("more", "days: 1"), top=top), people=2)
    other = await gather_cast(
        stage.deps, stage.twin, file(mail("letter"), mail("more", "days: 1"), top=top), slug="oak"
    )
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    assert post_text(stage, acme, acme.phones[0], "Please call me") == 200
    await play_on(stage)
    assert await standing(stage) == {"stopped:replied": 1, "stopped:company_replied": 1, "finished": 1}
    last = [touch["to_address"] for touch in await rows(stage.deps, "touches") if touch["step"] == "more"]
    assert last == [other.mails[0]]


async def test_a_hand_over_ends_one_sequence_and_begins_the_other_although_both_exclude_each_other(
    stage: Stage,
) -> None:
    first = file(text("hello", more=", on_success: {hand_over: next}"), top="exclusive: leads\n")
    acme = await gather_cast(stage.deps, stage.twin, first)
    await join(stage.deps, acme.client_id, file(text("onward"), top="exclusive: leads\n", slug="next"), [])
    touches = await play_on(stage)
    assert [touch["step"] for touch in touches] == ["hello", "onward"]
    assert await standing(stage) == {"finished:handed_over": 1, "finished": 1}


async def test_a_hand_over_to_nowhere_ends_visibly(stage: Stage) -> None:
    await gather_cast(stage.deps, stage.twin, file(text("hello", more=", on_success: {hand_over: nowhere}")))
    await play_on(stage)
    assert await standing(stage) == {"finished:hand_over_refused": 1}
    logs = [(row["event"], row["detail"]) for row in await rows(stage.deps, "logs")]
    assert ("hand_over_refused", {"to": "nowhere", "why": "no_such_sequence"}) in logs


async def entered(stage: Stage, cast: Cast, slug: str, people: list[ContactId]) -> dict[EntryRefusal, int]:
    now = stage.clock.now()
    async with stage.deps.database.transaction() as conn:
        known = await find_sequence(conn, cast.client_id, slug)
        assert known is not None
        definition = await load_version(conn, known.id, known.current_version)
        done = await enroll_admitted(conn, cast.client_id, known.id, known.current_version, definition, people, now)
        return dict(done.refused)


async def test_people_begin_by_portions_and_whoever_comes_later_joins_the_queue(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello")), people=5)
    await play_on(stage)
    top = "drip: {people: 2, every: {hours: 1}}\n"
    begin = stage.clock.now()
    await join(stage.deps, acme.client_id, file(text("drop"), top=top, slug="drip"), list(acme.contacts[:3]))
    assert await entered(stage, acme, "drip", list(acme.contacts)) == {}
    starts = sorted(row["due_at"] - begin for row in await rows(stage.deps, "enrollments") if row["status"] == "active")
    hour = timedelta(hours=1)
    assert starts == [0 * hour, 0 * hour, hour, hour, 2 * hour]


async def test_no_more_run_at_a_time_than_the_file_allows(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello")), people=4)
    await play_on(stage)
    small = file(text("drop"), text("more", "days: 1"), top="most_running: 3\n", slug="small")
    await join(stage.deps, acme.client_id, small, list(acme.contacts[:2]))
    assert await entered(stage, acme, "small", list(acme.contacts)) == {EntryRefusal.full: 1}
    await play_on(stage)
    assert await entered(stage, acme, "small", list(acme.contacts)) == {EntryRefusal.full: 1}


@pytest.mark.full
async def test_the_urgent_sequence_is_worked_first_where_only_one_may_leave(stage: Stage) -> None:
    slow = 0.1  # sends a second: one leaves, the other has the next turn
    acme = await gather_cast(stage.deps, stage.twin, file(mail("usual"), top="priority: low\n"), rate=slow)
    await join(stage.deps, acme.client_id, file(mail("urgent"), top="priority: high\n", slug="urgent"), acme.contacts)
    await run_sweep(stage.deps)
    assert await steps(stage) == ["urgent"]
    touches = await play_on(stage)
    assert [touch["step"] for touch in touches] == ["urgent", "usual"]
    assert {touch["channel"] for touch in touches} == {ChannelName.email}


async def take_back_by_hand(stage: Stage, cast: Cast, n: int = 0) -> None:
    async with stage.deps.database.transaction() as conn:
        for one in await list_milestones(conn, cast.client_id, cast.contacts[n], 9):
            assert await mark_taken_back(conn, cast.client_id, one.id, "Jo", "a mistake", stage.clock.now())
            assert not await mark_taken_back(conn, cast.client_id, one.id, "Jo", "a mistake", stage.clock.now())


async def test_what_a_person_took_back_meets_no_goal_wakes_no_branch_and_names_no_day(stage: Stage) -> None:
    goal, until = "goal: {milestone: closing}\n", "until: {milestone: closing, days: 1, otherwise: end}"
    seen = branch("seen", "wait: {hours: 1}", when="{milestone: closing, since: {days: 9}, go_to: thanks}")
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), text("more", "days: 1"), top=goal), people=1)
    other = await gather_cast(
        stage.deps, stage.twin, file(text("hello"), seen, text("asked", until), text("thanks")), slug="oak"
    )
    for cast in (acme, other):
        await happens(stage, cast, "closing")
        await take_back_by_hand(stage, cast)
    await play_on(stage)
    assert sorted(await steps(stage)) == ["hello", "hello", "more"]
    assert await standing(stage) == {"finished": 1, "stopped:no_date": 1}


async def test_who_went_on_because_of_what_is_taken_back_stays_where_they_are(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(*STALL))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    await happens(stage, acme, "showing")
    await sweep_after(stage, minutes=2)
    await take_back_by_hand(stage, acme)
    touches = await play_on(stage)
    assert [touch["step"] for touch in touches] == ["hello", "thanks"]


async def test_who_enters_waits_for_no_day_that_was_taken_back(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello")))
    await happens(stage, acme, "closing", START + 9 * DAY)
    await take_back_by_hand(stage, acme)
    waits = file(text("asked", "until: {milestone: closing, otherwise: end}"), slug="next")
    await join(stage.deps, acme.client_id, waits, acme.contacts)
    assert [run["due_at"] for run in await rows(stage.deps, "enrollments")] == [START, START]
