"""A number whose last proof is old is asked about before anybody is texted or called there; silence never allows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from modules.accounts import ClientChange, ClientStatus, set_client
from modules.labels import ChannelName, NextChannel, Provider
from modules.sequences import DueGroup
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import BY, Cast, gather_cast, join, rows, story
from tests.contract.silent_servers import closed_port_url
from tests.flow.conftest import START
from tests.flow.outside import sweep_after, sweep_at
from tests.flow.speaking import post_text
from utils.db import Row, execute, fetch_all
from utils.http import read_client
from utils.sql import Queries
from workers import vet
from workers.accounts_in_use import load_accounts_in_use

SQL = Queries(Path(__file__).with_name("vetting.sql"))
LATER = timedelta(days=49)  # a Monday at ten in New York, as START is
CALLS: Mapping[ChannelName, Provider] = {**BY, ChannelName.voice: Provider.vapi}


async def gather_long_ago(stage: Stage, *channels: str, people: int = 1, **more: Any) -> Cast:
    """People who agreed seven weeks ago, got a mail at once, and begin a story now."""
    cast = await gather_cast(stage.deps, stage.twin, story("email", slug="before"), people, **more)
    await run_sweep(stage.deps)
    stage.clock.set(START + LATER)
    await join(stage.deps, cast.client_id, story(*channels), cast.contacts)
    return cast


async def told(stage: Stage, block: str) -> list[Row]:
    """All rows of one block of vetting.sql."""
    async with stage.deps.database.transaction() as conn:
        return await fetch_all(conn, SQL[block])


async def notes(stage: Stage) -> list[dict[str, Any]]:
    """Why something was put off or left out."""
    return [one for row in await rows(stage.deps, "enrollments") if "reason" in (one := row["decision"] or {})]


async def reached(stage: Stage) -> list[tuple[str, str]]:
    """Texts and calls that were armed: to whom, and which step."""
    touches = await rows(stage.deps, "touches")
    return [(one["to_address"], one["step"]) for one in touches if one["channel"] != "email"]


async def test_a_consent_of_seven_weeks_leaves_only_after_the_service_said_no(stage: Stage) -> None:
    cast = await gather_long_ago(stage, "sms", people=3)
    for phone in cast.phones:
        stage.twin.lookup_answer(phone, reassigned=False)
    report = await run_sweep(stage.deps)
    assert report["vetted"] == 3
    assert sorted(await reached(stage)) == sorted((phone, "sms-0") for phone in cast.phones)
    assert sorted(one["number"] for one in stage.twin.looked_up()) == sorted(cast.phones)
    assert {one["last_verified_date"] for one in stage.twin.looked_up()} == {"20261123"}


async def test_a_yes_ends_the_consent_to_texts_and_calls_and_nothing_leaves(stage: Stage) -> None:
    cast = await gather_long_ago(stage, "sms", "voice", people=2, by=CALLS)
    stage.twin.lookup_answer(cast.phones[0], reassigned=True)
    stage.twin.lookup_answer(cast.phones[1], reassigned=False)
    await run_sweep(stage.deps)
    for _ in range(3):
        await sweep_after(stage, days=1)
    assert sorted(await reached(stage)) == [(cast.phones[1], "sms-0"), (cast.phones[1], "voice-1")]
    assert [(row["contact_id"], row["channel"], row["source"]) for row in await told(stage, "withdrawn")] == [
        (cast.contacts[0], channel, "reassigned_number") for channel in ("sms", "voice")
    ]
    assert {row["phone"]: row["answer"] for row in await told(stage, "checks")} == {
        cast.phones[0]: "yes",
        cast.phones[1]: "no",
    }
    assert [(one["skipped"], one["reason"]) for one in await notes(stage)] == [("voice-1", "no_consent")]
    assert [one["number"] for one in stage.twin.looked_up()].count(cast.phones[0]) == 1


async def test_nothing_is_known_of_the_number_and_nothing_leaves_and_nobody_asks_again(stage: Stage) -> None:
    cast = await gather_long_ago(stage, "sms", "sms")
    stage.twin.lookup_answer(cast.phones[0], no_data=True)
    await run_sweep(stage.deps)
    await sweep_after(stage, days=1)
    assert await reached(stage) == []
    assert len(stage.twin.looked_up()) == 1


async def test_nothing_is_asked_for_fresh_consents_nor_twice_in_thirty_days(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms", "sms", wait="days: 50"), 2)
    for phone in cast.phones:
        stage.twin.lookup_answer(phone, reassigned=False)
    assert "vetted" not in await run_sweep(stage.deps)
    assert stage.twin.looked_up() == []
    await sweep_at(stage, START + timedelta(days=50))
    assert len(await reached(stage)) == 4
    assert len(stage.twin.looked_up()) == 2
    await join(stage.deps, cast.client_id, story("sms", "sms", slug="again", wait="days: 32"), cast.contacts)
    await sweep_at(stage, START + timedelta(days=51))
    assert (len(await reached(stage)), len(stage.twin.looked_up())) == (6, 2)
    await sweep_at(stage, START + timedelta(days=84))
    assert (len(await reached(stage)), len(stage.twin.looked_up())) == (8, 4)


async def test_mail_is_never_a_reason_to_ask(stage: Stage) -> None:
    await gather_long_ago(stage, "email")
    await run_sweep(stage.deps)
    assert stage.twin.looked_up() == []


async def test_who_wrote_lately_from_the_number_is_reached_without_a_question(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("email", slug="before"))
    await run_sweep(stage.deps)
    stage.clock.set(START + timedelta(days=20))
    assert post_text(stage, cast, cast.phones[0], "Thank you!") < 300
    stage.clock.set(START + LATER)
    await join(stage.deps, cast.client_id, story("sms"), cast.contacts)
    await run_sweep(stage.deps)
    assert stage.twin.looked_up() == []
    assert await reached(stage) == [(cast.phones[0], "sms-0")]


async def test_a_service_that_is_down_never_allows_and_when_it_is_back_the_text_leaves(stage: Stage) -> None:
    cast = await gather_long_ago(stage, "sms")
    stage.twin.lookup_answer(cast.phones[0], reassigned=False)
    stage.twin.script("lookups", "500_before_accept", op="fetch", times=2)
    stage.twin.script("lookups", "429", op="fetch")
    for minutes in (0, 5, 10):
        await sweep_after(stage, minutes=minutes)
        assert await reached(stage) == []
        assert [one["reason"] for one in await notes(stage)] == ["reassigned_number"]
    await sweep_after(stage, minutes=60)
    assert await reached(stage) == [(cast.phones[0], "sms-0")]
    assert len(stage.twin.looked_up()) == 4


async def test_what_the_service_cannot_tell_for_days_ends_visibly_as_too_late(stage: Stage) -> None:
    cast = await gather_long_ago(stage, "sms")
    stage.twin.lookup_answer(cast.phones[0], error_code="60600")
    await run_sweep(stage.deps)
    await sweep_after(stage, hours=101)
    assert await reached(stage) == []
    assert [(one["skipped"], one["reason"]) for one in await notes(stage)] == [("sms-0", "too_late")]
    assert await told(stage, "checks") == []


async def test_a_client_without_a_twilio_account_waits_until_there_is_one(stage: Stage) -> None:
    by = {ChannelName.email: Provider.resend, ChannelName.voice: Provider.vapi}
    await gather_long_ago(stage, "voice", by=by)
    await run_sweep(stage.deps)
    assert (await reached(stage), stage.twin.looked_up()) == ([], [])
    assert [one["reason"] for one in await notes(stage)] == ["reassigned_number"]


async def test_people_with_one_telephone_are_one_question_by_the_oldest_proof(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("email", slug="before"), 2)
    await run_sweep(stage.deps)
    await told(stage, "share_phones")
    stage.clock.set(START + LATER)
    await join(stage.deps, cast.client_id, story("sms"), cast.contacts)
    stage.twin.lookup_answer(cast.phones[0], reassigned=False)
    await run_sweep(stage.deps)
    assert [one["number"] for one in stage.twin.looked_up()] == [cast.phones[0]]


async def test_a_service_that_hangs_uses_up_its_own_time_and_what_it_told_before_is_kept(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # enough for the one that answers on any machine, and less than a request may take
    monkeypatch.setattr(vet, "VET_SECONDS", 2.0)
    patient = replace(stage.deps, settings=replace(stage.deps.settings, http_timeout_seconds=15.0))
    cast = await gather_long_ago(stage, "sms", people=2)
    for phone in cast.phones:
        stage.twin.lookup_answer(phone, reassigned=False)
    stage.twin.script("lookups", "timeout_after_accept", op="fetch", match={"to": cast.phones[0]})
    await run_sweep(patient)
    assert await reached(stage) == [(cast.phones[1], "sms-0")]
    assert [row["phone"] for row in await told(stage, "checks")] == [cast.phones[1]]


async def test_where_nobody_listens_nobody_is_texted_and_mail_goes_on(stage: Stage) -> None:
    cast = await gather_long_ago(stage, "sms")
    await join(stage.deps, cast.client_id, story("email", slug="beside"), cast.contacts)
    nowhere = replace(stage.deps, settings=replace(stage.deps.settings, lookups_url=closed_port_url()))
    await run_sweep(nowhere)
    # each of the two may have found the person locked by the other; a minute later the mail is alone
    stage.clock.set(stage.clock.now() + timedelta(minutes=1))
    await run_sweep(nowhere)
    touches = await rows(stage.deps, "touches")
    assert [one["channel"] for one in touches] == ["email", "email"]


async def test_only_a_client_that_may_send_pays_for_questions(stage: Stage) -> None:
    cast = await gather_long_ago(stage, "sms")
    for status in (ClientStatus.paused, ClientStatus.test):
        async with stage.deps.database.transaction() as conn:
            await set_client(conn, cast.client_id, ClientChange(status))
        await sweep_after(stage, hours=2)
    assert stage.twin.looked_up() == []


async def test_who_needs_no_question_is_looked_over_four_batches_ahead_and_the_others_only_batch_by_batch(
    stage: Stage,
) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), 9)
    needless = await look(stage, cast)
    stage.clock.set(START + LATER)
    for phone in cast.phones:
        stage.twin.lookup_answer(phone, reassigned=False)
    needed = await look(stage, cast)
    assert (needless, needed) == (vet.Vetted(0, vet.AHEAD), vet.Vetted(2, 1))
    assert len(stage.twin.looked_up()) == 2


@pytest.mark.full
async def test_somebody_who_needs_a_question_three_batches_ahead_is_asked_before_their_own_batch(stage: Stage) -> None:
    """Seven of nine have agreed anew; batches are of two people."""
    cast = await gather_cast(stage.deps, stage.twin, story("email", slug="before"), 9, rate=0.3)
    stage.clock.set(START + LATER)
    old = cast.contacts[4:6]
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["agree_again"], {"but": list(old), "at": START + LATER - timedelta(days=1)})
    for place, contact_id in enumerate(cast.contacts):
        await join(stage.deps, cast.client_id, story("sms", slug=f"story-{place}"), [contact_id])
        stage.clock.set(stage.clock.now() + timedelta(seconds=1))
    for phone in cast.phones:
        stage.twin.lookup_answer(phone, reassigned=False)
    found = await look(stage, cast)
    report = await run_sweep(stage.deps)
    asked = sorted(one["number"] for one in stage.twin.looked_up())
    for _ in range(3):  # a slow account sends four in ten seconds
        await sweep_after(stage, minutes=1)
    assert (found, report["vetted"], asked) == (vet.Vetted(0, 1), 2, sorted(cast.phones[4:6]))
    assert sorted(await reached(stage)) == sorted((phone, "sms-0") for phone in cast.phones)
    assert len(stage.twin.looked_up()) == 2


async def look(stage: Stage, cast: Cast) -> vet.Vetted:
    """What the first look at the client's due texts says, in batches of two."""
    group = DueGroup(cast.client_id, NextChannel.sms)
    async with stage.deps.database.transaction() as conn:
        accounts = await load_accounts_in_use(stage.deps, conn)
    async with read_client(5.0) as client:
        return await vet.vet(stage.deps, client, group, accounts, None, 2)
