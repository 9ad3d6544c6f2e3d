"""What is forgotten when: the words go before the line of the ledger, and what is not settled or still waits stays."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from modules.accounts import Attempts
from modules.health import Level, LogEvent, write_log
from modules.ids import TouchId
from modules.inbox import EventKind, keep_event
from modules.labels import ChannelName, Provider
from scripts.conductor.conduct import fired_between
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database
from tests.db.erasing import add_canary, add_inbound, add_touch, erase, read, write
from tests.db.rig import MONDAY, open_rig
from tests.db.test_jobs import later
from tests.db.test_write_economy import row_versions
from utils.db import Row
from workers.context import Deps
from workers.lifecycle import forget

WORDS = ("recording", "transcript", "summary", "subject", "body", "envelope")
FIVE_YEARS = 5 * 365 + 3
"""Days, and one more."""


@pytest_asyncio.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


@pytest_asyncio.fixture
async def cast(deps: Deps) -> Cast:
    return await gather_cast(deps, None, story("sms", "email"))


async def touch_of(deps: Deps, touch_id: TouchId) -> Row:
    return next(row for row in await rows(deps, "touches") if row["id"] == touch_id)


def said(row: Row) -> list[str]:
    """Which of its columns still hold words."""
    return [name for name in WORDS if row[name]]


@pytest.mark.parametrize(
    ("days", "left"),
    [
        (29, ["recording", "transcript", "summary", "subject", "body", "envelope"]),
        (31, ["transcript", "summary", "subject", "body", "envelope"]),
        (91, ["subject", "body", "envelope"]),
        (181, []),
    ],
)
async def test_a_call_loses_its_sound_then_its_words_then_its_briefing_and_keeps_its_proof(
    deps: Deps, cast: Cast, database: Database, days: int, left: list[str]
) -> None:
    call = await add_touch(deps, cast, await add_canary(deps, cast), ChannelName.voice, "completed")
    before = await touch_of(deps, call)
    then = later(deps, days=days)
    await forget(then)
    after = await touch_of(deps, call)
    assert said(after) == left
    gone = {*WORDS, "decision"}
    assert {name: value for name, value in after.items() if name not in gone} == {
        name: value for name, value in before.items() if name not in gone
    }
    assert after["decision"] == before["decision"] | after["decision"]
    assert after["decision"].get("forgotten") == {29: None, 31: "recording", 91: "transcript", 181: "body"}[days]
    versions = row_versions(database)
    assert await forget(then) == {}
    assert row_versions(database) == versions


@pytest.mark.parametrize("state", ["sending", "unknown", "accepted"])
async def test_what_is_not_settled_is_never_forgotten_however_old(deps: Deps, cast: Cast, state: str) -> None:
    touch = await add_touch(deps, cast, await add_canary(deps, cast), ChannelName.voice, state)
    before = await touch_of(deps, touch)
    await forget(later(deps, days=2000))
    assert await touch_of(deps, touch) == before


async def test_what_people_wrote_is_forgotten_after_half_a_year_and_what_they_said_on_a_call_after_90_days(
    deps: Deps, cast: Cast
) -> None:
    contact_id = await add_canary(deps, cast)
    call = await add_inbound(deps, cast, contact_id, kind="call")
    text = await add_inbound(deps, cast, contact_id)
    heard: list[dict[object, tuple[str, str | None]]] = []
    for days in (29, 31, 91, 181):
        await forget(later(deps, days=days))
        heard.append({row["id"]: (row["body"], row["recording"]) for row in await read(deps, "inbound")})
    words = "I am Zyxcanary"
    assert [one[call] for one in heard] == [(words, "canarywords"), (words, None), ("", None), ("", None)]
    assert [one[text][0] for one in heard] == [words, words, words, ""]
    assert {row["contact_id"] for row in await read(deps, "inbound")} == {contact_id}
    codes = {"forgotten": "body", "opt_out": "unsure", "opt_out_rule": "subject"}
    assert [row["payload"] for row in await read(deps, "inbound")] == [codes] * 2
    assert [row["subject"] for row in await read(deps, "inbound")] == [None] * 2


async def test_raw_posts_go_after_two_weeks_and_what_waits_for_its_client_after_a_month(deps: Deps, cast: Cast) -> None:
    async with deps.database.transaction() as conn:
        for kind in EventKind:
            await keep_event(conn, cast.texts, kind, cast.client_id, kind, Provider.twilio, {"clues": {}}, MONDAY)
    left: list[list[str]] = []
    for days in (13, 15, 29, 31):
        await forget(later(deps, days=days))
        left.append(sorted(row["event_key"] for row in await rows(deps, "inbox")))
    assert left == [["inbound", "unknown_touch", "unknown_type"], ["inbound"], ["inbound"], []]


async def test_logs_go_after_a_month_and_those_of_a_touch_with_the_ledger(deps: Deps, cast: Cast) -> None:
    touch = await add_touch(deps, cast, await add_canary(deps, cast), ChannelName.sms, "delivered")
    async with deps.database.transaction() as conn:
        await write_log(conn, cast.client_id, Level.alarm, LogEvent.no_account, MONDAY)
        await write_log(conn, cast.client_id, Level.alarm, LogEvent.needs_review, MONDAY, touch_id=touch)
    left = []
    for days in (29, 31, 1700, 1830):
        await forget(later(deps, days=days))
        left.append(len(await rows(deps, "logs")))
    assert left == [2, 1, 1, 0]


async def test_attempts_to_sign_in_are_forgotten_within_two_hours(deps: Deps) -> None:
    attempts = Attempts(deps.database.transaction)
    for address, minute in (("ada@example.com", 0), ("ada@example.com", 1), ("bob@example.com", 40)):
        await attempts.count(address, MONDAY + timedelta(minutes=minute))
    done = [await forget(later(deps, hours=hours)) for hours in (1, 1.5, 2)]
    assert done == [{}, {"attempts": 1}, {"attempts": 1}]


async def test_after_five_years_the_ledger_goes_with_all_that_names_it_and_a_suppression_stays(
    deps: Deps, cast: Cast
) -> None:
    contact_id = await add_canary(deps, cast)
    touch = await add_touch(deps, cast, contact_id, ChannelName.sms, "delivered")
    await add_inbound(deps, cast, contact_id)
    owned = {"client_id": cast.client_id, "account_id": cast.texts}
    await write(deps, "plant_finding", touch_id=touch, word="x", at=MONDAY, **owned)
    await write(deps, "end_enrollments", touch_id=touch, at=MONDAY)
    await write(deps, "close_phone", at=MONDAY)
    assert "touches" not in await forget(later(deps, days=1826))
    done = await forget(later(deps, days=FIVE_YEARS))
    assert {name: done.get(name) for name in ("findings", "inbound", "last_touches", "touches", "enrollments")} == {
        "findings": 1,
        "inbound": 1,
        "last_touches": 1,
        "touches": 1,
        "enrollments": 1,
    }
    assert await rows(deps, "touches") == []
    assert "opted_out" in {row["suppressed_reason"] for row in await rows(deps, "addresses")}
    assert await forget(later(deps, days=FIVE_YEARS)) == {}


async def test_an_enrollment_that_still_runs_keeps_its_last_touch_for_ever(deps: Deps, cast: Cast) -> None:
    touch = await add_touch(deps, cast, await add_canary(deps, cast), ChannelName.sms, "delivered")
    await write(deps, "point_enrollments", touch_id=touch)
    await forget(later(deps, days=FIVE_YEARS))
    assert [row["id"] for row in await rows(deps, "touches")] == [touch]
    assert {row["last_touch_id"] for row in await rows(deps, "enrollments")} == {touch}


async def test_the_proof_of_an_erased_person_goes_on_its_day(deps: Deps, cast: Cast) -> None:
    contact_id = await add_canary(deps, cast)
    await erase(deps, cast, contact_id)
    await forget(later(deps, days=5 * 365))
    assert len(await read(deps, "proofs")) == 1
    assert (await forget(later(deps, days=5 * 365 + 2)))["proofs"] == 1
    assert await read(deps, "proofs") == []
    assert len(await read(deps, "erasures")) == 1


async def test_a_person_is_erased_after_their_words_were_forgotten_too(deps: Deps, cast: Cast) -> None:
    contact_id = await add_canary(deps, cast)
    touch = await add_touch(deps, cast, contact_id, ChannelName.sms, "delivered")
    await forget(later(deps, days=181))
    await erase(deps, cast, contact_id)
    assert (await touch_of(deps, touch))["decision"]["forgotten"] == "body"


def test_lifecycle_fires_once_an_hour() -> None:
    hour = [fired_between(MONDAY + timedelta(minutes=n), MONDAY + timedelta(minutes=n + 1)) for n in range(60)]
    assert sum("lifecycle" in jobs for jobs in hour) == 1
