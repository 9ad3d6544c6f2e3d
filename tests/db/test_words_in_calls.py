"""A doubtful wish in a call of ours holds all that is planned for the person, until somebody has listened to it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from modules.accounts import ClientStatus
from modules.consents import ConsentGiven
from modules.contacts import ContactDraft, add_contact
from modules.labels import PROOF_HOLDS_FOR, ChannelName, ConsentKind
from modules.learning import count_steps
from modules.permits import numbers_to_check
from modules.policy import load_colleague_replies, load_people_facts
from modules.preview import explain
from tests.cast import join, rows, story
from tests.databases import Database
from tests.db.call_reports import (
    ENDED,
    MINUTE,
    SQL,
    at,
    called,
    inbox,
    left_by,
    release,
    report,
    tell,
)
from tests.db.rig import MONDAY, open_rig
from tests.db.test_tester_facts import facts_of
from utils.db import fetch_all
from utils.sql import Queries
from workers.context import Deps
from workers.erase import erase_person
from workers.replay import foresee

JOBS = Queries(Path(__file__).with_name("jobs.sql"))
BUSY = "no, stop, I'm busy"


@pytest_asyncio.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


@pytest.mark.parametrize("joined", ["before", "after"])
@pytest.mark.parametrize("channel", [ChannelName.sms, ChannelName.email])
async def test_a_doubtful_wish_in_a_call_holds_the_persons_other_sequences_too(
    deps: Deps, joined: str, channel: ChannelName
) -> None:
    cast, touch = await called(deps)
    other = story(channel, slug="other")
    if joined == "before":
        await join(deps, cast.client_id, other, cast.contacts)
    await tell(deps, touch, report(BUSY))
    if joined == "after":
        await join(deps, cast.client_id, other, cast.contacts)
    assert await left_by(deps, cast, channel) == []
    async with deps.database.transaction() as conn:
        known = (await load_people_facts(conn, cast.contacts))[cast.contacts[0]]
    assert known.unsure  # nobody is asked to do something for them either


async def test_who_shares_the_number_is_not_texted_there_either(deps: Deps) -> None:
    cast, touch = await called(deps)
    await tell(deps, touch, report(BUSY))
    async with deps.database.transaction() as conn:
        given = ConsentGiven(ChannelName.sms, "I agree to texts", "form", ConsentKind.written)
        draft = ContactDraft(phone=cast.phones[0], consents=(given,))
        other = await add_contact(conn, cast.client_id, draft, deps.clock.now())
    await join(deps, cast.client_id, story("sms", slug="other"), [other])
    assert await left_by(deps, cast, ChannelName.sms) == []


async def test_a_doubtful_wish_in_a_later_report_of_an_ended_call_holds_everything(deps: Deps) -> None:
    cast, touch = await called(deps, "sms")
    await join(deps, cast.client_id, story("email", slug="other"), cast.contacts)
    await tell(deps, touch, ENDED, report(BUSY))
    place = next(row for row in await rows(deps, "enrollments") if row["step"] == "sms-1")
    assert (place["status"], place["status_reason"]) == ("held", "reply_waiting")
    assert await left_by(deps, cast, ChannelName.email) == []


async def test_what_a_person_has_released_stays_released_however_often_it_is_told(deps: Deps) -> None:
    cast, touch = await called(deps, "sms")
    await tell(deps, touch, ENDED, report(BUSY))
    assert await release(deps, cast) == 1
    before = await inbox(deps), await rows(deps, "enrollments")
    await tell(at(deps, 5), touch, report(BUSY), report(BUSY))
    assert (await inbox(deps), await rows(deps, "enrollments")) == before
    assert await left_by(at(deps, 3 * 24 * 60), cast, ChannelName.sms) == [cast.phones[0]]


async def test_the_doubt_stands_among_what_came_in_with_the_words_and_the_call(deps: Deps) -> None:
    cast, touch = await called(deps)
    await tell(deps, touch, ENDED)
    await tell(at(deps, 9), touch, report(BUSY, MONDAY + MINUTE))
    (row,) = await inbox(deps)
    assert (row["kind"], row["channel"], row["contact_id"]) == ("own_call", "voice", cast.contacts[0])
    assert (row["from_address"], row["reply_to_touch_id"], row["at"]) == (cast.phones[0], touch, MONDAY + MINUTE)
    assert (BUSY in row["body"], row["payload"]["opt_out"], row["opted_out"]) == (True, "unsure", False)
    async with deps.database.transaction() as conn:
        [effect] = await foresee(deps, conn, str(row["id"]), deps.clock.now())
    assert not effect.changes  # judged again, it is as doubtful


async def test_a_doubtful_wish_in_a_call_is_no_reply_that_leads_a_branch_or_reaches_a_goal(deps: Deps) -> None:
    cast, touch = await called(deps)
    goal = story("sms", slug="other").replace("steps:\n", "goal: {replied: true}\nsteps:\n")
    await join(deps, cast.client_id, goal, cast.contacts)
    await tell(deps, touch, report(BUSY))
    await release(deps, cast)
    assert await left_by(deps, cast, ChannelName.sms) == [cast.phones[0]]


async def test_a_doubtful_wish_in_a_call_is_no_reply_of_a_colleague_and_no_answer_to_the_step(deps: Deps) -> None:
    cast, touch = await called(deps)
    async with deps.database.transaction() as conn:
        draft = ContactDraft(email=f"colleague@{cast.mails[0].partition('@')[2]}")
        colleague = await add_contact(conn, cast.client_id, draft, deps.clock.now())
    await tell(deps, touch, report(BUSY))
    async with deps.database.transaction() as conn:
        assert await load_colleague_replies(conn, {colleague: MONDAY - MINUTE}) == {}
        assert await count_steps(conn, MONDAY.replace(hour=0), MONDAY + MINUTE) == 1
        assert [row["answered"] for row in await fetch_all(conn, JOBS["analytics"])] == [0]


async def test_the_call_is_in_the_history_once(deps: Deps) -> None:
    _, touch = await called(deps)
    await tell(deps, touch, report(BUSY))
    async with deps.database.transaction() as conn:
        assert [row["direction"] for row in await fetch_all(conn, SQL["history_of_everybody"])] == ["out"]
        assert [row["direction"] for row in await fetch_all(conn, SQL["calls_of_everybody"])] == ["out"]


async def test_why_says_what_was_said_and_that_every_step_waits(deps: Deps) -> None:
    cast, touch = await called(deps)
    await tell(deps, touch, report(BUSY))
    async with deps.database.transaction() as conn:
        pepper, now = await deps.pepper(conn), deps.clock.now()
        told = str(await explain(conn, pepper, cast.client_id, cast.contacts[0], now))
    assert "They said something in a call of ours" in told


async def test_who_is_erased_takes_the_words_along_and_no_later_report_brings_them_back(deps: Deps) -> None:
    cast, touch = await called(deps)
    await tell(deps, touch, report(BUSY))
    async with deps.database.transaction() as conn:
        await erase_person(deps, conn, cast.client_id, cast.contacts[0], "ada", deps.clock.now())
    assert await inbox(deps) == []
    await tell(deps, touch, report(BUSY))
    assert await inbox(deps) == []


async def test_a_call_of_ours_does_not_show_that_the_number_is_still_theirs(deps: Deps) -> None:
    """Only what came from the number does; whoever answered our call may have it since yesterday."""
    cast, touch = await called(deps)
    late = at(deps, int(PROOF_HOLDS_FOR / MINUTE) + 24 * 60)
    await tell(late, touch, report(BUSY))
    assert await release(late, cast) == 1
    async with deps.database.transaction() as conn:
        facts = await facts_of(deps, conn, cast, cast.contacts[0], None)
        client, live = cast.client_id, [ClientStatus.live]
        asked = await numbers_to_check(conn, client, ChannelName.voice, cast.contacts, live, late.clock.now())
    assert facts.permits.heard_at is None
    assert [one.contact_id for one in asked] == [cast.contacts[0]]
