"""The providers' lists against our ledger, over real HTTP: nothing is repaired silently, nothing told twice."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest_asyncio

from modules.contacts import ContactDraft, add_contact
from scripts.conductor.stage import Stage, open_stage
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database, Engine
from tests.db.rig import MONDAY
from tests.db.test_write_economy import row_versions
from utils.db import Row, execute, fetch_all
from utils.http import send_client
from utils.sql import Queries
from workers.reconcile import reconcile
from workers.sweep import sweep

SQL = Queries(Path(__file__).with_name("jobs.sql"))


@pytest_asyncio.fixture
async def stage(engine: Engine, database: Database, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, database.url, MONDAY, timeout="1", leaving=engine.leaving) as running:
        yield running


async def findings(stage: Stage) -> list[Row]:
    async with stage.deps.database.transaction() as conn:
        return await fetch_all(conn, SQL["findings"])


async def warnings(stage: Stage) -> Counter[str]:
    return Counter(row["event"] for row in await rows(stage.deps, "logs") if row["level"] == "warning")


async def pass_minutes(stage: Stage, minutes: float) -> None:
    """Time goes on at the twin, and nobody of ours looks."""
    stage.clock.set(stage.clock.now() + timedelta(minutes=minutes))
    await asyncio.to_thread(stage.twin.advance, stage.clock.now())


async def text_past_us(stage: Stage, cast: Cast, to: str) -> str:
    """Somebody sends with our account, and we have no row of it."""
    url = f"{stage.twin.twilio_url}/2010-04-01/Accounts/{cast.sid}/Messages.json"
    form = {"To": to, "From": cast.number, "Body": "not from us"}
    async with send_client(5.0) as client:
        answer = await client.post(url, data=form, auth=(cast.sid, cast.token))
    return str(answer.json()["sid"])


async def test_the_list_tells_what_the_webhooks_did_not_and_a_second_look_writes_nothing(
    stage: Stage, database: Database
) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), 3)
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=1000)
    await sweep(stage.deps)
    await pass_minutes(stage, 6)
    assert {touch["state"] for touch in await rows(stage.deps, "touches")} == {"accepted"}
    assert await reconcile(stage.deps) == {"changed": 3, "listed": 3}
    touches = await rows(stage.deps, "touches")
    assert {(touch["state"], touch["evidence_id"]) for touch in touches} == {
        ("delivered", f"poll:{touch['provider_id']}:delivered") for touch in touches
    }
    before = row_versions(database)
    assert await reconcile(stage.deps) == {"listed": 3}
    assert row_versions(database) == before
    assert len(cast.contacts) == 3


async def test_what_the_provider_has_and_we_do_not_is_written_down_once(stage: Stage, database: Database) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    await sweep(stage.deps)
    sid = await text_past_us(stage, cast, "+12125550177")
    await pass_minutes(stage, 4)
    assert "ghosts" not in await reconcile(stage.deps), "younger than the quarantine: its row may still be on its way"
    await pass_minutes(stage, 2)
    assert (await reconcile(stage.deps))["ghosts"] == 1
    found = await findings(stage)
    assert [(row["kind"], row["provider_id"], row["touch_id"]) for row in found] == [("ghost", sid, None)]
    assert "+12125550177" not in str(found)
    assert await warnings(stage) == {"ghosts_found": 1}
    before = row_versions(database)
    assert await reconcile(stage.deps) == {"listed": 2}
    assert row_versions(database) == before


async def test_a_message_whose_fate_is_unknown_is_no_ghost(stage: Stage) -> None:
    """Twilio's list carries no reference: what went to that address may be this very item."""
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    stage.twin.script("twilio", "timeout_after_accept")
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=1000)
    await sweep(stage.deps)
    await text_past_us(stage, cast, "+12125550177")
    await pass_minutes(stage, 6)
    assert [touch["state"] for touch in await rows(stage.deps, "touches")] == ["unknown"]
    assert await reconcile(stage.deps) == {"ghosts": 1, "listed": 2}
    assert len(await findings(stage)) == 1


async def test_a_mail_whose_fate_is_unknown_is_no_ghost_either(stage: Stage) -> None:
    """Resend's list shows no tags (resend-openapi of 2026-08-21), so there too only the address tells."""
    await gather_cast(stage.deps, stage.twin, story("email"))
    stage.twin.script("resend", "timeout_after_accept")
    stage.twin.script("resend", "webhook_lost", op="webhook", times=1000)
    await sweep(stage.deps)
    await pass_minutes(stage, 6)
    assert await reconcile(stage.deps) == {"listed": 1}
    assert [touch["state"] for touch in await rows(stage.deps, "touches")] == ["unknown"]
    assert await findings(stage) == []


async def test_a_second_acceptance_of_one_touch_is_found(stage: Stage) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"))
    await sweep(stage.deps)
    touch = (await rows(stage.deps, "touches"))[0]
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["second_acceptance"], {"id": touch["id"], "provider_id": "SM" + "0" * 32})
    await pass_minutes(stage, 6)
    assert (await reconcile(stage.deps))["ghosts"] == 1
    assert [row["provider_id"] for row in await findings(stage)] == [touch["provider_id"]]


async def test_what_the_provider_took_and_does_not_show_is_told_once_and_left_as_it_is(
    stage: Stage, database: Database
) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"), 2)
    stage.twin.script("twilio", "list_lag", delay=7200)
    stage.twin.script("twilio", "no_dlr", times=2)
    await sweep(stage.deps)
    await pass_minutes(stage, 9)
    assert "silent" not in await reconcile(stage.deps), "too young to be missed"
    await pass_minutes(stage, 2)
    touches = await rows(stage.deps, "touches")
    assert await reconcile(stage.deps) == {"listed": 1, "silent": 1}
    found = await findings(stage)
    assert [row["kind"] for row in found] == ["silent"]
    assert {row["touch_id"] for row in found} <= {touch["id"] for touch in touches}
    assert await warnings(stage) == {"silence_found": 1}
    assert await rows(stage.deps, "touches") == touches
    before = row_versions(database)
    assert await reconcile(stage.deps) == {"listed": 1}
    assert row_versions(database) == before


async def test_a_list_that_cannot_be_read_accuses_nobody(stage: Stage, database: Database) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    await sweep(stage.deps)
    await text_past_us(stage, cast, "+12125550177")
    await pass_minutes(stage, 11)
    stage.twin.script("twilio", "500_before_accept", op="list", times=100)
    assert await reconcile(stage.deps) == {"cannot_tell": 1}
    assert await findings(stage) == []
    assert [row["event"] for row in await rows(stage.deps, "logs")] == ["list_not_read"]
    before = row_versions(database)
    assert await reconcile(stage.deps) == {"cannot_tell": 1}
    assert row_versions(database) == before


async def test_clients_that_share_nothing_do_not_see_one_anothers_findings(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("sms"), slug="acme")
    other = await gather_cast(stage.deps, stage.twin, story("sms"), slug="other")
    await text_past_us(stage, other, "+12125550177")
    await pass_minutes(stage, 6)
    await reconcile(stage.deps)
    assert [row["client_id"] for row in await findings(stage)] == [other.client_id] != [acme.client_id]


async def test_what_somebody_wrote_finds_its_person_once_we_know_them(stage: Stage, database: Database) -> None:
    cast, stranger = await gather_cast(stage.deps, stage.twin, story("sms")), "+12125550177"
    stage.twin.text_us(cast.sid, stranger, cast.number, "Is this the dentist?")
    await pass_minutes(stage, 1)
    assert await reconcile(stage.deps) == {}
    async with stage.deps.database.transaction() as conn:
        draft = ContactDraft(first_name="Grace", phone=stranger)
        await add_contact(conn, cast.client_id, draft, stage.clock.now())
    assert await reconcile(stage.deps) == {"rematched": 1}
    before = row_versions(database)
    assert await reconcile(stage.deps) == {}
    assert row_versions(database) == before
