"""Appointments in GoHighLevel's calendars end, wake and move sequences; each counts once, as it last stood there."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from modules.channels import AppointmentSeen
from modules.channels.ghl_appointments import read_appointment
from modules.labels import ChannelName
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import join, rows
from tests.db.rig import account_of
from tests.flow.ghl_stage import Ghl, gather_ghl, play_ghl, tell, told
from tests.flow.outside import standing, sweep_after, sweep_at
from tests.flow.speaking import hear_all
from tests.flow.test_ghl_people import GRACE, post_signed
from tests.flow.test_sequence_language import file, text
from utils.config import database_url_of
from utils.sql import Queries
from workers.appointments import take_appointment
from workers.erase import erase_person
from workers.take_in import post_of_account

SQL = Queries(Path(__file__).parents[1] / "db" / "control.sql")
START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, ten in the morning in New York
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STOPS = file(text("hello"), text("more", "days: 1"), top="stop_on: [booking]\n")
ASKS_AFTER = file(text("hello"), text("asked", 'until: {milestone: appointment, days: 1, at: "10:00", otherwise: end}'))


async def begun(stage: Stage, sequence: str, people: int = 1) -> Ghl:
    """The first text has arrived."""
    ghl = await gather_ghl(stage, sequence, people)
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    return ghl


def event(
    ghl: Ghl, told_at: datetime, starts_at: datetime, status: str = "confirmed", kind: str = "AppointmentUpdate"
) -> Mapping[str, object]:
    """As GoHighLevel posts it (docs "webhook events", AppointmentUpdate)."""
    appointment = {"id": "APP1", "contactId": ghl.refs[0], "appointmentStatus": status}
    appointment |= {"startTime": starts_at.isoformat(), "dateAdded": START.isoformat()}
    appointment |= {"dateUpdated": told_at.isoformat(), "notes": "secret-words", "title": "secret-words"}
    return {"type": kind, "locationId": ghl.location, "appointment": appointment}


async def written(stage: Stage) -> dict[str, datetime]:
    return {row["name"]: row["at"] for row in await rows(stage.deps, "milestones")}


async def test_an_appointment_that_is_made_ends_the_sequence_before_its_next_step(stage: Stage) -> None:
    ghl = await begun(stage, STOPS, people=2)
    stage.twin.put_ghl_appointment(ghl.location, ghl.refs[0], START + 3 * DAY)
    touches = await play_ghl(stage)
    assert await standing(stage) == {"stopped:booked": 1, "finished": 1}
    assert [one["to_address"] for one in touches if one["step"] == "more"] == [ghl.phones[1]]
    assert set(await written(stage)) == {"booked", "appointment"}


async def test_an_appointment_that_is_moved_moves_the_step_that_waits_for_it(stage: Stage) -> None:
    ghl = await gather_ghl(stage, "", 1)
    ref = stage.twin.put_ghl_appointment(ghl.location, ghl.refs[0], START + 2 * DAY)
    await hear_all(stage)
    assert await written(stage) == {"booked": START, "appointment": START + 2 * DAY}
    await begin_sequence(stage, ghl, ASKS_AFTER)
    stage.clock.set(START + HOUR)
    stage.twin.put_ghl_appointment(ghl.location, ghl.refs[0], START + 5 * DAY, ref=ref)
    touches = await play_ghl(stage)
    assert [(one["step"], one["armed_at"]) for one in touches][1:] == [("asked", START + 6 * DAY)]
    assert await written(stage) == {"booked": START, "appointment": START + 5 * DAY}


async def begin_sequence(stage: Stage, ghl: Ghl, sequence: str) -> None:
    await join(stage.deps, ghl.client_id, sequence, ghl.contacts)
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)


async def test_an_appointment_that_is_called_off_is_taken_back_and_the_sequence_goes_on(stage: Stage) -> None:
    ghl = await begun(stage, STOPS)
    ref = stage.twin.put_ghl_appointment(ghl.location, ghl.refs[0], START + 3 * DAY)
    await hear_all(stage)
    assert set(await written(stage)) == {"booked", "appointment"}
    await sweep_at(stage, START + 2 * HOUR)
    stage.twin.put_ghl_appointment(ghl.location, ghl.refs[0], ref=ref, status="cancelled")
    touches = await play_ghl(stage)
    assert await written(stage) == {}
    assert [one["step"] for one in touches] == ["hello", "more"]
    assert await standing(stage) == {"finished": 1}


async def test_a_deleted_appointment_is_taken_back_and_never_comes_again(stage: Stage) -> None:
    ghl = await begun(stage, STOPS)
    ref = stage.twin.put_ghl_appointment(ghl.location, ghl.refs[0], START + 3 * DAY)
    await hear_all(stage)
    stage.twin.put_ghl_appointment(ghl.location, ghl.refs[0], ref=ref, deleted=True)
    await hear_all(stage)
    assert await written(stage) == {}
    stage.clock.set(stage.clock.now() + HOUR)
    stage.twin.put_ghl_appointment(ghl.location, ghl.refs[0], ref=ref)
    await hear_all(stage)
    assert await written(stage) == {}


async def test_who_came_has_a_milestone_of_its_own_until_it_is_said_that_they_did_not(stage: Stage) -> None:
    ghl = await begun(stage, STOPS)
    ref = stage.twin.put_ghl_appointment(ghl.location, ghl.refs[0], START + HOUR)
    await sweep_at(stage, START + 2 * HOUR)
    stage.twin.put_ghl_appointment(ghl.location, ghl.refs[0], ref=ref, status="showed")
    await hear_all(stage)
    assert (await written(stage))["showed"] == START + HOUR
    assert set(await written(stage)) == {"booked", "appointment", "showed"}
    stage.clock.set(START + 3 * HOUR)
    stage.twin.put_ghl_appointment(ghl.location, ghl.refs[0], ref=ref, status="noshow")
    await hear_all(stage)
    assert await written(stage) == {}


async def test_the_same_news_a_hundred_times_writes_nothing(stage: Stage) -> None:
    ghl = await begun(stage, STOPS)
    news = event(ghl, START, START + DAY, kind="AppointmentCreate")
    assert post_signed(stage, ghl, ghl, news) == 200
    before = [await rows(stage.deps, name) for name in ("appointments", "milestones", "enrollments", "inbox", "logs")]
    for number in range(100):
        assert post_signed(stage, ghl, ghl, {**news, "webhookId": f"w-{number}"}) == 200
    after = [await rows(stage.deps, name) for name in ("appointments", "milestones", "enrollments", "inbox", "logs")]
    assert after == before
    assert len(before[0]) == 1
    assert "secret-words" not in str(before)


async def test_older_news_that_comes_late_undoes_nothing_newer(stage: Stage) -> None:
    ghl = await begun(stage, STOPS)
    moved = event(ghl, START + 2 * HOUR, START + 5 * DAY)
    for news in (
        moved,
        event(ghl, START, START + DAY, kind="AppointmentCreate"),
        event(ghl, START + HOUR, START + 2 * DAY, "cancelled"),
    ):
        assert post_signed(stage, ghl, ghl, news) == 200
    assert await written(stage) == {"booked": START, "appointment": START + 5 * DAY}
    assert post_signed(stage, ghl, ghl, event(ghl, START + 3 * HOUR, START + 5 * DAY, "cancelled")) == 200
    assert post_signed(stage, ghl, ghl, moved) == 200
    assert await written(stage) == {}


async def test_many_posts_about_one_appointment_at_the_same_time_end_as_its_last_word(stage: Stage) -> None:
    ghl = await gather_ghl(stage)
    news = [event(ghl, START + n * HOUR, START + n * DAY) for n in range(1, 9)]
    answers = await asyncio.gather(*(asyncio.to_thread(post_signed, stage, ghl, ghl, one) for one in news * 3))
    assert set(answers) == {200}
    assert await written(stage) == {"booked": START, "appointment": START + 8 * DAY}


async def test_older_news_waits_for_newer_news_that_is_being_written_and_then_changes_nothing(stage: Stage) -> None:
    ghl = await gather_ghl(stage)
    account = await account_of(stage.deps, ghl.client_id, ChannelName.sms)
    newer, older = (seen_of(event(ghl, START + n * HOUR, START + n * DAY)) for n in (2, 1))

    async def take(news: AppointmentSeen, first: bool) -> str | None:
        async with stage.deps.database.transaction() as conn:
            post = await post_of_account(conn, account)
            if not first:
                return await take_appointment(stage.deps, conn, post, news)
            outcome = await take_appointment(stage.deps, conn, post, news)
            second = asyncio.create_task(take(older, first=False))
            await until_somebody_waits(stage, second)
        assert await second == "nothing_new"
        return outcome

    assert await take(newer, first=True) == "appointment_booked"
    assert await written(stage) == {"booked": START, "appointment": START + 2 * DAY}


def seen_of(told_event: Mapping[str, object]) -> AppointmentSeen:
    found = read_appointment("AppointmentUpdate", told_event, "key")
    assert found is not None
    return found


async def until_somebody_waits(stage: Stage, task: "asyncio.Task[str | None]") -> None:
    """Until the task waits for a lock in the database (or has ended, which the caller will see)."""
    with psycopg.connect(database_url_of(stage.deps.settings), autocommit=True) as conn:
        for _ in range(10_000):
            found = conn.execute(SQL["waiting"]).fetchone()
            if task.done() or (found is not None and found[0]):
                return
            await asyncio.sleep(0)
    raise AssertionError("nobody waits")


async def test_an_appointment_of_somebody_elses_client_changes_nothing(stage: Stage) -> None:
    acme, bolt = await begun(stage, STOPS), await gather_ghl(stage, slug="bolt")
    theirs = event(bolt, START, START + DAY)
    assert post_signed(stage, bolt, bolt, {**theirs, "locationId": acme.location}) == 401
    assert post_signed(stage, acme, bolt, theirs) == 401
    assert await written(stage) == {}
    assert post_signed(stage, bolt, bolt, theirs) == 200
    (kept,) = await rows(stage.deps, "appointments")
    assert kept["client_id"] == bolt.client_id
    assert {touch["step"] for touch in await play_ghl(stage)} == {"hello", "more"}


async def test_an_unsigned_post_about_an_appointment_books_nothing(stage: Stage) -> None:
    ghl = await begun(stage, STOPS)
    tell(stage, ghl, by="hints")
    stage.twin.put_ghl_appointment(ghl.location, ghl.refs[0], START + DAY)
    await hear_all(stage)
    assert await written(stage) == {}


async def test_somebody_who_is_not_known_yet_is_read_at_the_provider_first(stage: Stage) -> None:
    ghl = await gather_ghl(stage, people=0)
    ref = stage.twin.put_ghl_contact(ghl.location, **GRACE)
    stage.twin.put_ghl_appointment(ghl.location, ref, START + DAY)
    await hear_all(stage)
    assert [row["ref"] for row in await told(stage, "refs")] == [ref]
    assert await written(stage) == {"booked": START, "appointment": START + DAY}


async def test_an_appointment_of_nobody_whom_we_could_reach_is_kept(stage: Stage) -> None:
    ghl = await gather_ghl(stage, people=0)
    ref = stage.twin.put_ghl_contact(ghl.location, firstName="Grace")
    stage.twin.put_ghl_appointment(ghl.location, ref, START + DAY)
    await hear_all(stage)
    assert await written(stage) == {}
    kinds = sorted(row["payload"]["kind"] for row in await rows(stage.deps, "inbox"))
    assert kinds == ["appointment_not_placed", "contact_not_placed"]


async def test_nothing_is_written_of_somebody_who_was_erased(stage: Stage) -> None:
    ghl = await begun(stage, STOPS)
    assert post_signed(stage, ghl, ghl, event(ghl, START, START + DAY)) == 200
    async with stage.deps.database.transaction() as conn:
        done = await erase_person(stage.deps, conn, ghl.client_id, ghl.contacts[0], "test", stage.clock.now())
    assert (done.counts["milestones"], done.counts["appointments"]) == (2, 1)
    assert await rows(stage.deps, "appointments") == []
    assert await written(stage) == {}
