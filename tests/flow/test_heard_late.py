"""A reply whose webhook found nobody of ours: the reconciliation reads it at the provider, once, and it counts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import pytest

from modules.accounts import Account, AccountDraft, AccountOpener, add_account
from modules.channels import CannotTell, Inbound
from modules.channels.port import Known
from modules.channels.twilio_sms import TwilioSms
from modules.consents import ConsentGiven, insert_consent
from modules.contacts import reopen_address
from modules.labels import AddressKind, ChannelName, ConsentKind, Provider, UnknownPolicy
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database
from tests.db.test_write_economy import row_versions
from tests.flow.outside import database_down, play_on, standing, sweep_after
from tests.flow.speaking import hear_all, post_text, told
from utils.uuid7 import uuid7
from workers.context import Deps
from workers.erase import erase_person
from workers.reconcile import reconcile

STRANGER = "+12125559876"
STOPPED = {"stopped:suppressed": 1}


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    """One person whose text was delivered; a text and a mail follow on the next days."""
    acme = await gather_cast(stage.deps, stage.twin, story("sms", "sms", "email"))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=3)
    await reconcile(stage.deps)
    return acme


async def pass_time(stage: Stage, **later: float) -> None:
    """Time goes on, and nobody of ours does anything."""
    stage.clock.set(stage.clock.now() + timedelta(**later))
    await hear_all(stage)


async def lose_text(stage: Stage, cast: Cast, text: str, person: str | None = None, number: str | None = None) -> None:
    """Somebody texts, and the webhook never comes."""
    stage.twin.script("twilio", "webhook_lost", op="webhook", match={"status": "received"})
    stage.twin.text_us(cast.sid, person or cast.phones[0], number or cast.number, text)
    await hear_all(stage)


async def mark_of(stage: Stage) -> datetime | None:
    marks = [row["replies_read_to"] for row in await rows(stage.deps, "accounts") if row["provider"] == "twilio"]
    return max((one for one in marks if one), default=None)


async def agree_anew(stage: Stage, cast: Cast, *, opens: bool) -> None:
    """The person agrees to texts again, in writing; a person of ours opens their number by that, or does not."""
    now, phone = stage.clock.now(), cast.phones[0]
    given = ConsentGiven(ChannelName.sms, "yes again", "form", ConsentKind.written, address=phone, at=now)
    async with stage.deps.database.transaction() as conn:
        consent_id = uuid7(now)
        await insert_consent(conn, consent_id, cast.client_id, cast.contacts[0], given, now)
        if opens:
            assert await reopen_address(conn, cast.client_id, AddressKind.phone, phone, consent_id, "Ada", now)


async def test_a_stop_that_came_while_the_database_was_away_is_read_and_nothing_more_is_sent(
    stage: Stage, cast: Cast, database: Database
) -> None:
    with database_down(database):
        stage.twin.text_us(cast.sid, cast.phones[0], cast.number, "STOP")
        await hear_all(stage)
        await pass_time(stage, minutes=1)
    assert await told(stage) == []
    await pass_time(stage, minutes=15)
    assert (await reconcile(stage.deps))["heard"] == 1
    (row,) = await told(stage)
    assert (row["contact_id"], row["body"], row["opted_out"]) == (cast.contacts[0], "STOP", True)
    before = row_versions(database)
    assert "heard" not in await reconcile(stage.deps)
    assert row_versions(database) == before
    assert [touch["channel"] for touch in await play_on(stage)] == ["sms"]
    assert await standing(stage) == STOPPED


async def test_a_mail_that_no_webhook_told_is_read_and_stops_what_was_planned(stage: Stage, database: Database) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("email", "sms"))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=3)
    stage.twin.script("resend", "webhook_lost", op="webhook")
    stage.twin.mail_us(f"re_{acme.token}", acme.mails[0], "hello@acme.example", "Re: email-0", "Please call me")
    await hear_all(stage)
    await pass_time(stage, minutes=15)
    assert (await reconcile(stage.deps))["heard"] == 1
    before = row_versions(database)
    assert "heard" not in await reconcile(stage.deps)
    assert row_versions(database) == before
    assert [touch["channel"] for touch in await play_on(stage)] == ["email"]
    assert await standing(stage) == {"stopped:replied": 1}


async def test_a_reply_whose_webhook_came_is_neither_counted_nor_answered_twice(
    stage: Stage, cast: Cast, database: Database
) -> None:
    stage.twin.text_us(cast.sid, cast.phones[0], cast.number, "stop texting me")
    await hear_all(stage)
    await sweep_after(stage, minutes=1)
    await pass_time(stage, minutes=15)
    before = [await told(stage), await rows(stage.deps, "addresses")]
    assert "heard" not in await reconcile(stage.deps)
    assert [await told(stage), await rows(stage.deps, "addresses")] == before
    await play_on(stage)
    origins = [touch["origin"] for touch in await rows(stage.deps, "touches")]
    assert origins.count("confirmation") == 1


@pytest.mark.parametrize("hours", [5, 30, 100])
async def test_what_was_written_while_nothing_of_ours_ran_is_read_however_long_that_was(
    stage: Stage, cast: Cast, hours: int
) -> None:
    await lose_text(stage, cast, "STOP")
    await pass_time(stage, hours=hours)
    assert (await reconcile(stage.deps))["heard"] == 1
    assert len(await play_on(stage)) == 1
    assert await standing(stage) == STOPPED


async def test_what_is_older_than_a_week_is_told_to_a_person(stage: Stage, cast: Cast) -> None:
    await lose_text(stage, cast, "STOP")
    await pass_time(stage, days=9)
    assert "heard" not in await reconcile(stage.deps)
    await reconcile(stage.deps)
    lines = [row for row in await rows(stage.deps, "logs") if row["event"] == "changes_unread"]
    assert {(row["level"], row["detail"]["reason"]) for row in lines} == {("alarm", "away_too_long")}
    assert sorted(row["detail"]["account_id"] for row in lines) == sorted(map(str, cast.accounts.values()))


@pytest.mark.parametrize("fault", ["500_before_accept", "list_loops", "unreadable_200"])
async def test_an_account_that_cannot_be_read_keeps_its_mark_and_is_told(stage: Stage, cast: Cast, fault: str) -> None:
    mark = await mark_of(stage)
    await lose_text(stage, cast, "STOP")
    stage.twin.script("twilio", fault, op="list", times=1000)
    for _ in range(4):
        await pass_time(stage, hours=1)
        assert (await reconcile(stage.deps))["cannot_tell"] == 1
    assert await mark_of(stage) == mark
    assert "list_unread_long" in [row["event"] for row in await rows(stage.deps, "logs")]
    stage.twin.clear_faults()
    await pass_time(stage, minutes=15)
    assert (await reconcile(stage.deps))["heard"] == 1
    moved = await mark_of(stage)
    assert mark is not None
    assert moved is not None
    assert moved > mark


async def test_what_is_too_much_for_one_reading_is_read_in_pieces_and_the_newest_first(
    stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lose_text(stage, cast, "STOP")
    await pass_time(stage, hours=9)
    heard, asked = TwilioSms.heard, list[timedelta]()

    async def short(
        channel: TwilioSms,
        client: httpx.AsyncClient,
        account: Account,
        since: datetime,
        until: datetime,
        known: Known | None = None,
        read: list[Inbound] | None = None,
    ) -> Sequence[Inbound] | CannotTell:
        asked.append(until - since)
        long = until - since > timedelta(hours=2)
        return CannotTell("list_too_long") if long else await heard(channel, client, account, since, until, known, read)

    monkeypatch.setattr(TwilioSms, "heard", short)
    assert (await reconcile(stage.deps))["heard"] == 1
    assert asked[0] < timedelta(hours=2) < asked[1]
    assert len(await play_on(stage)) == 1
    assert await standing(stage) == STOPPED


@pytest.mark.parametrize("kind", ["same_page", "doubled", "short"])
async def test_a_list_that_pages_wrongly_tells_a_reply_once_or_says_that_it_cannot_be_read(
    stage: Stage, cast: Cast, kind: str
) -> None:
    await lose_text(stage, cast, "STOP")
    stage.twin.misprint("twilio", kind)
    await pass_time(stage, minutes=15)
    report = await reconcile(stage.deps)
    assert report.get("heard", 0) + report.get("cannot_tell", 0) == 1
    stage.twin.misprint("twilio", None)
    await reconcile(stage.deps)
    assert len(await told(stage)) == 1


async def share(stage: Stage, acme: Cast, calm: Cast) -> Deps:
    """Both send by the environment's own account, which is that of the first."""
    own = {"account_sid": acme.sid, "from_number": acme.number}, {"auth_token": acme.token}
    opener = AccountOpener(stage.deps.sealer, stage.deps.opener.base_urls, {Provider.twilio: own})
    deps = replace(stage.deps, opener=opener)
    for one in (acme, calm):
        draft = AccountDraft(one.client_id, Provider.twilio, ChannelName.sms, {}, None, UnknownPolicy.never_rearm, 1)
        async with deps.database.transaction() as conn:
            await add_account(conn, deps.sealer, draft, deps.clock.now())
    return deps


async def test_a_list_that_clients_share_is_read_once_and_a_stop_counts_at_each_who_knows_the_person(
    stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    calm = await gather_cast(stage.deps, stage.twin, story("sms"), slug="calm")
    deps = await share(stage, cast, calm)
    await lose_text(stage, cast, "STOP")
    await pass_time(stage, minutes=15)
    heard, read = TwilioSms.heard, list[bool]()

    async def counted(channel: TwilioSms, client: httpx.AsyncClient, account: Account, *more: object) -> object:
        read.append(account.from_environment)
        return await heard(channel, client, account, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(TwilioSms, "heard", counted)
    assert (await reconcile(deps))["heard"] == 1
    assert read.count(True) == 1
    assert {row["client_id"] for row in await told(stage)} == {cast.client_id, calm.client_id}
    assert "heard" not in await reconcile(deps)


async def test_what_was_written_to_another_clients_number_or_to_nobodys_is_not_taken_for_ours(
    stage: Stage, cast: Cast
) -> None:
    """An account at Twilio may have more numbers than ours: their texts stand in the same list."""
    calm = await gather_cast(stage.deps, stage.twin, story("sms"), slug="calm", number="+12065550444")
    assert calm.phones == cast.phones
    await lose_text(stage, cast, "STOP", number=calm.number)
    await lose_text(stage, cast, "Is this the dentist?", STRANGER, "+12065559999")
    await pass_time(stage, minutes=15)
    assert "heard" not in await reconcile(stage.deps)
    assert await told(stage) == []
    await lose_text(stage, cast, "Not now", number="+12065559999")
    await lose_text(stage, cast, "stop it", STRANGER, "+12065559999")
    await lose_text(stage, cast, "Is this the dentist?", STRANGER)
    await pass_time(stage, minutes=15)
    assert (await reconcile(stage.deps))["heard"] == 3


async def test_a_stop_that_is_older_than_what_opened_the_number_again_closes_nothing(stage: Stage, cast: Cast) -> None:
    await lose_text(stage, cast, "please stop")
    await pass_time(stage, minutes=1)
    post_text(stage, cast, cast.phones[0], "STOP")
    await pass_time(stage, minutes=1)
    await agree_anew(stage, cast, opens=True)
    await pass_time(stage, minutes=15)
    assert (await reconcile(stage.deps))["heard"] == 1
    assert [row["suppressed_at"] for row in await rows(stage.deps, "addresses")] == [None, None]
    assert [row["answer"] for row in await told(stage)] == [None, None]


async def test_an_agreement_that_opened_nothing_keeps_no_late_stop_from_closing(stage: Stage, cast: Cast) -> None:
    """Told in time, the stop would have closed the number, and the agreement would not have opened it."""
    await lose_text(stage, cast, "STOP")
    await pass_time(stage, minutes=2)
    await agree_anew(stage, cast, opens=False)
    await pass_time(stage, minutes=15)
    assert (await reconcile(stage.deps))["heard"] == 1
    assert "opted_out" in [row["suppressed_reason"] for row in await rows(stage.deps, "addresses")]


async def test_a_start_that_is_read_after_a_newer_stop_opens_nothing(stage: Stage, cast: Cast) -> None:
    await lose_text(stage, cast, "START")
    await pass_time(stage, minutes=1)
    post_text(stage, cast, cast.phones[0], "STOP")
    await pass_time(stage, minutes=1)
    await agree_anew(stage, cast, opens=False)
    await pass_time(stage, minutes=15)
    assert (await reconcile(stage.deps))["heard"] == 1
    assert "opted_out" in [row["suppressed_reason"] for row in await rows(stage.deps, "addresses")]
    assert {row["payload"].get("asks_to_start") for row in await told(stage)} == {None, "yes"}


async def test_the_words_of_who_was_erased_do_not_come_back_with_the_list(stage: Stage, cast: Cast) -> None:
    stage.twin.text_us(cast.sid, cast.phones[0], cast.number, "STOP, and delete me")
    await hear_all(stage)
    stage.twin.text_us(cast.sid, cast.phones[0], cast.number, "I mean it")
    await pass_time(stage, minutes=5)
    async with stage.deps.database.transaction() as conn:
        await erase_person(stage.deps, conn, cast.client_id, cast.contacts[0], "by_hand:ada", stage.clock.now())
    assert await told(stage) == []
    await pass_time(stage, minutes=15)
    assert "heard" not in await reconcile(stage.deps)
    assert await told(stage) == []
