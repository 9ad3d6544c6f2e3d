"""Lists are replaced whole, permits say the last word once, and only numbers in doubt are asked about."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from modules.accounts import ClientChange, ClientStatus, add_client, set_client
from modules.consents import ConsentGiven, insert_consent, withdraw_consents
from modules.ids import ClientId
from modules.labels import ChannelName, CheckAnswer
from modules.permits import (
    Clearance,
    NumberToCheck,
    Receipt,
    RegistrationStatus,
    StateBlock,
    add_state_block,
    clear_state,
    end_state_blocks,
    list_clearances,
    list_dnc_lists,
    list_registrations,
    list_state_blocks,
    load_dnc_list,
    numbers_to_check,
    read_dnc_lines,
    record_checks,
    register_sender,
)
from tests.cast import Cast, gather_cast, story
from tests.databases import Database as Scratch
from tests.db.rig import MONDAY, open_rig
from utils.db import Connection, execute, fetch_all
from utils.errors import BadInput, Conflict
from utils.sql import Queries
from utils.uuid7 import uuid7
from workers.context import Deps

SQL = Queries(Path(__file__).with_name("permits.sql"))
OLD_ENOUGH = MONDAY + timedelta(days=45)
TODAY = MONDAY.date()
LIVE = (ClientStatus.live,)
NO = CheckAnswer.no


@pytest_asyncio.fixture
async def deps(database: Scratch) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as running:
        yield running


async def load(conn: Connection, client_id: ClientId, lines: list[str], issued_on: date = TODAY) -> dict[str, int]:
    return await load_dnc_list(conn, client_id, read_dnc_lines(lines), issued_on, MONDAY)


async def listed(conn: Connection, client_id: ClientId) -> list[int]:
    return [row["phone"] for row in await fetch_all(conn, SQL["dnc_numbers"]) if row["client_id"] == client_id]


async def test_a_list_takes_the_place_of_the_one_before_for_its_area_codes_and_its_client_only(deps: Deps) -> None:
    async with deps.database.transaction() as conn:
        one = (await add_client(conn, "one", "One", MONDAY)).id
        other = (await add_client(conn, "other", "Other", MONDAY)).id
        await load(conn, other, ["212,5550100"])
        first = await load(conn, one, ["212,5550123", "2125550124", "", "212,5550123", " 646,5550100 ", "2129999999"])
        again = await load(conn, one, ["212,5550199", "2120000000"])
        assert first == {"212": 3, "646": 1}
        assert again == {"212": 2}
        assert await listed(conn, one) == [2120000000, 2125550199, 6465550100]
        assert await listed(conn, other) == [2125550100]
        kept = [(row["area_code"], row["numbers"], row["issued_on"]) for row in await list_dnc_lists(conn, one)]
        assert kept == [("212", 2, TODAY), ("646", 1, TODAY)]


async def test_a_list_that_is_too_old_from_tomorrow_or_older_than_what_is_there_changes_nothing(deps: Deps) -> None:
    async with deps.database.transaction() as conn:
        client_id = (await add_client(conn, "one", "One", MONDAY)).id
        await load(conn, client_id, ["212,5550123"], TODAY - timedelta(days=3))
        with pytest.raises(BadInput, match="older than 31 days"):
            await load(conn, client_id, ["212,5550199"], TODAY - timedelta(days=31))
        with pytest.raises(BadInput, match="still to come"):
            await load(conn, client_id, ["212,5550199"], TODAY + timedelta(days=1))
        with pytest.raises(Conflict, match="Load the newest list"):
            await load(conn, client_id, ["646,5550100", "212,5550199"], TODAY - timedelta(days=4))
        assert await listed(conn, client_id) == [2125550123]
        await load(conn, client_id, ["646,5550100"], TODAY - timedelta(days=30))
        assert await listed(conn, client_id) == [2125550123, 6465550100]


async def test_the_last_word_on_a_sender_or_a_state_counts_and_the_same_again_is_no_news(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms"))
    async with deps.database.transaction() as conn:

        async def say(campaign: str, status: RegistrationStatus) -> bool:
            return await register_sender(conn, cast.client_id, cast.texts, campaign, status, "ada", MONDAY)

        assert await say(" C0ABC ", RegistrationStatus.pending)
        assert not await say("C0ABC", RegistrationStatus.pending)
        assert await say("C0ABC", RegistrationStatus.approved)
        stand = {row["account_id"]: row["status"] for row in await list_registrations(conn, cast.client_id)}
        assert stand == {cast.texts: "approved", cast.mails_by: None}
        texas = Clearance(cast.client_id, "TX", "SOS 4711", "ada")
        assert [await clear_state(conn, texas, MONDAY) for _ in range(2)] == [True, False]
        assert await clear_state(conn, Clearance(cast.client_id, "TX", "SOS 4712", "ada"), MONDAY)
        assert [(row["state"], row["reference"]) for row in await list_clearances(conn, cast.client_id)] == [
            ("TX", "SOS 4712")
        ]
        for wrong in (
            Clearance(cast.client_id, "tx", "SOS", "ada"),
            Clearance(cast.client_id, "TX", "  ", "ada"),
            Clearance(cast.client_id, "TX", "SOS", "ada", MONDAY),
        ):
            with pytest.raises(BadInput):
                await clear_state(conn, wrong, MONDAY)


async def test_a_closed_state_is_open_again_when_it_is_ended_and_what_was_to_come_is_gone(deps: Deps) -> None:
    hour = timedelta(hours=1)

    def block(state: str, begins: datetime, ends: datetime) -> StateBlock:
        return StateBlock(uuid7(begins), state, begins, ends, "hurricane", "https://gov.example/1", "ada")

    async with deps.database.transaction() as conn:
        for one in (
            block("LA", MONDAY, MONDAY + 9 * hour),
            block("LA", MONDAY + 20 * hour, MONDAY + 30 * hour),
            block("TX", MONDAY, MONDAY + 3 * hour),
        ):
            await add_state_block(conn, one, MONDAY)
        for begins, ends in ((MONDAY, MONDAY), (MONDAY - 3 * hour, MONDAY - hour), (MONDAY + 2 * hour, MONDAY + hour)):
            with pytest.raises(BadInput, match="still to come"):
                await add_state_block(conn, block("LA", begins, ends), MONDAY)
        now = MONDAY + hour
        assert [one.state for one in await list_state_blocks(conn, False, now)] == ["LA", "LA", "TX"]
        assert await end_state_blocks(conn, "LA", now) == 2
        assert [one.state for one in await list_state_blocks(conn, False, now)] == ["TX"]
        past = [(one.state, one.until_at) for one in await list_state_blocks(conn, True, now)]
        assert past == [("LA", now), ("TX", MONDAY + 3 * hour)]
        assert await end_state_blocks(conn, "LA", now) == 0


async def test_what_is_told_of_a_client_changes_alone_and_nonsense_changes_nothing(deps: Deps) -> None:
    async with deps.database.transaction() as conn:
        client_id = (await add_client(conn, "one", "One", MONDAY)).id
        await set_client(conn, client_id, ClientChange(seller=" One  LLC ", daily_budget_micros=25_000_000))
        told = await set_client(conn, client_id, ClientChange(ClientStatus.paused, postal_address="1 Main Street"))
        assert (told.status, told.seller, told.postal_address, told.help_contact, told.daily_budget_micros) == (
            *(ClientStatus.paused, "One LLC", "1 Main Street", None, 25_000_000),
        )
        for wrong in (
            ClientChange(seller=" "),
            ClientChange(help_contact="x" * 201),
            ClientChange(postal_address="a\x00b"),
            ClientChange(daily_budget_micros=-1),
            ClientChange(daily_budget_micros=1, unlimited=True),
        ):
            with pytest.raises(BadInput):
                await set_client(conn, client_id, wrong)
        free = await set_client(conn, client_id, ClientChange(unlimited=True))
        assert (free.daily_budget_micros, free.seller) == (None, "One LLC")


async def in_doubt(
    conn: Connection, cast: Cast, now: datetime = OLD_ENOUGH, channel: ChannelName = ChannelName.sms
) -> list[NumberToCheck]:
    return await numbers_to_check(conn, cast.client_id, channel, cast.contacts, LIVE, now)


async def test_a_number_is_in_doubt_from_the_forty_fifth_day_of_its_newest_proof(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms"), 2)
    async with deps.database.transaction() as conn:
        assert await in_doubt(conn, cast, OLD_ENOUGH - timedelta(seconds=1)) == []
        found = await in_doubt(conn, cast)
        assert {(one.contact_id, one.phone, one.consented_on) for one in found} == {
            (contact_id, phone, date(2026, 11, 23))
            for contact_id, phone in zip(cast.contacts, cast.phones, strict=True)
        }
        word = {"id": uuid7(MONDAY), "client_id": cast.client_id, "account_id": cast.texts, "phone": cast.phones[0]}
        # at two in the morning in UTC it was still the day before wherever the person may be
        await execute(conn, SQL["plant_word"], word | {"at": datetime(2026, 12, 1, 2, 0, tzinfo=UTC)})
        assert [one.contact_id for one in await in_doubt(conn, cast)] == [cast.contacts[1]]
        later = await in_doubt(conn, cast, OLD_ENOUGH + timedelta(days=30))
        assert {one.contact_id: one.consented_on for one in later} == {
            cast.contacts[0]: date(2026, 11, 30),
            cast.contacts[1]: date(2026, 11, 23),
        }


async def test_an_answer_holds_for_thirty_days_and_for_whom_it_covers(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms"))
    async with deps.database.transaction() as conn:
        [one] = await in_doubt(conn, cast)

        async def answered(answer: CheckAnswer, day: date, at: datetime) -> int:
            receipt = Receipt(one.address_id, answer, day, "test")
            assert await record_checks(conn, cast.client_id, [receipt], at) == 1
            assert await record_checks(conn, cast.client_id, [receipt], at) == 0
            return len(await in_doubt(conn, cast, at + timedelta(minutes=1)))

        day, step = one.consented_on, timedelta(days=40)
        assert await answered(NO, day, OLD_ENOUGH) == 0
        assert await in_doubt(conn, cast, OLD_ENOUGH + timedelta(days=30, seconds=-1)) == []
        assert len(await in_doubt(conn, cast, OLD_ENOUGH + timedelta(days=30))) == 1
        # not disconnected since a later day says nothing of the days before, where somebody else may have begun
        assert await answered(NO, day + timedelta(days=1), OLD_ENOUGH + step) == 1
        assert await answered(NO, day - timedelta(days=1), OLD_ENOUGH + 2 * step) == 0
        assert await answered(CheckAnswer.yes, day - timedelta(days=1), OLD_ENOUGH + 3 * step) == 1
        assert await answered(CheckAnswer.yes, day + timedelta(days=1), OLD_ENOUGH + 4 * step) == 0
        assert await answered(CheckAnswer.no_data, day, OLD_ENOUGH + 5 * step) == 0


Deed = Callable[[Connection, Cast], Awaitable[object]]


def run(block: str) -> Deed:
    async def deed(conn: Connection, cast: Cast) -> object:
        values: dict[str, Any] = {"at": MONDAY, "phone": cast.phones[0], "contact_id": cast.contacts[0]}
        return await execute(conn, SQL[block], values | {"client_id": cast.client_id})

    return deed


async def withdraw(conn: Connection, cast: Cast) -> object:
    return await withdraw_consents(conn, cast.client_id, cast.contacts[0], [ChannelName.sms], "no", "test", MONDAY)


async def pause(conn: Connection, cast: Cast) -> object:
    return await set_client(conn, cast.client_id, ClientChange(ClientStatus.paused))


async def try_out(conn: Connection, cast: Cast) -> object:
    return await set_client(conn, cast.client_id, ClientChange(ClientStatus.test))


async def agree_anew(conn: Connection, cast: Cast) -> None:
    given = ConsentGiven(ChannelName.sms, "yes", "form", at=OLD_ENOUGH - timedelta(days=1))
    await insert_consent(conn, uuid7(MONDAY), cast.client_id, cast.contacts[0], given, MONDAY)


async def agree_for_a_day(conn: Connection, cast: Cast) -> None:
    ends = MONDAY + timedelta(days=1)
    given = ConsentGiven(ChannelName.sms, "yes", "form", at=MONDAY + timedelta(seconds=1), expires_at=ends)
    await insert_consent(conn, uuid7(MONDAY), cast.client_id, cast.contacts[0], given, MONDAY)


@pytest.mark.parametrize(
    "deed",
    [
        *(run("close_address"), run("close_contact"), run("stop_sending"), run("move_abroad")),
        *(withdraw, pause, try_out, agree_anew, agree_for_a_day),
    ],
)
async def test_nothing_is_asked_where_nothing_would_leave_or_the_proof_is_young(deps: Deps, deed: Deed) -> None:
    cast = await gather_cast(deps, None, story("sms"))
    async with deps.database.transaction() as conn:
        assert len(await in_doubt(conn, cast)) == 1
        await deed(conn, cast)
        assert await in_doubt(conn, cast) == []


async def test_consent_for_another_channel_or_another_number_is_no_proof(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms"))
    young = OLD_ENOUGH - timedelta(days=1)
    async with deps.database.transaction() as conn:
        for given in (
            ConsentGiven(ChannelName.email, "yes", "form", at=young),
            ConsentGiven(ChannelName.sms, "yes", "form", at=young, address="+12125550199"),
        ):
            await insert_consent(conn, uuid7(MONDAY), cast.client_id, cast.contacts[0], given, MONDAY)
        assert len(await in_doubt(conn, cast)) == 1
        mine = ConsentGiven(ChannelName.sms, "yes", "form", at=young, address=cast.phones[0])
        await insert_consent(conn, uuid7(MONDAY), cast.client_id, cast.contacts[0], mine, MONDAY)
        assert await in_doubt(conn, cast) == []
        assert len(await in_doubt(conn, cast, channel=ChannelName.voice)) == 1
