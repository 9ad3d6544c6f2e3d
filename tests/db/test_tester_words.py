"""In a test a tester answers in somebody's stead: what they say closes the tester's address, and nobody else's."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest_asyncio

from modules.channels import Inbound
from modules.ids import ClientId
from modules.labels import ChannelName, NextChannel, Provider, SuppressionReason, TouchState
from modules.sequences import DueGroup
from modules.touches import News
from tests.cast import BY, Cast, gather_cast, rows, story
from tests.databases import Database
from tests.db.rig import account_of, open_rig
from utils.config import Redirect
from utils.db import Row, fetch_all
from utils.sql import Queries
from workers.arm import arm_batch
from workers.confirm import confirm
from workers.context import Deps
from workers.take_in import post_of_account, take_in

SQL = Queries(Path(__file__).with_name("inbound.sql"))
TESTER = Redirect("+12125559999", "tester@post.example")
NOTHING_EVER_AGAIN = "Do not contact me again in any way."


@pytest_asyncio.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield replace(opened, settings=replace(opened.settings, test_redirect=TESTER))


async def closed(deps: Deps) -> tuple[list[Row], list[Row]]:
    """The addresses and the people that are closed."""
    async with deps.database.transaction() as conn:
        return await fetch_all(conn, SQL["closed"]), await fetch_all(conn, SQL["closed_people"])


async def reach(deps: Deps, client_id: ClientId, channel: ChannelName) -> Row:
    """The one touch that is armed now."""
    account = await account_of(deps, client_id, channel)
    await arm_batch(deps, DueGroup(client_id, NextChannel(channel)), account, None, 10)
    (touch,) = await rows(deps, "touches")
    return touch


async def gather(deps: Deps, channel: ChannelName) -> Cast:
    return await gather_cast(deps, None, story(channel), 1, by={**BY, ChannelName.voice: Provider.vapi})


def said_in_a_call(touch: Row) -> News:
    """The person who was called wants nothing more by any way."""
    return News(
        touch["id"],
        TouchState.completed,
        provider_id="call-1",
        evidence_id="call-1:ended",
        suppress=SuppressionReason.opted_out,
        person_closed=True,
    )


async def answer(deps: Deps, cast: Cast, touch: Row, sender: str) -> str:
    event = Inbound(
        "re-1", sender, "+12065550100", NOTHING_EVER_AGAIN, False, {}, reference=touch["id"], at=deps.clock.now()
    )
    async with deps.database.transaction() as conn:
        post = await post_of_account(conn, await account_of(deps, cast.client_id, ChannelName.sms))
    return await take_in(deps, post, event)


async def test_what_a_tester_says_in_a_call_closes_no_person(deps: Deps) -> None:
    cast = await gather(deps, ChannelName.voice)
    touch = await reach(deps, cast.client_id, ChannelName.voice)
    assert (touch["to_address"], touch["contact_id"]) == (TESTER.phone, cast.contacts[0])
    assert [change.after for change in await confirm(deps, [said_in_a_call(touch)])] == [TouchState.completed]
    addresses, people = await closed(deps)
    assert people == []
    assert [row["value"] for row in addresses if row["value"] in cast.phones] == []


async def test_what_a_tester_writes_closes_the_testers_address_alone(deps: Deps) -> None:
    cast = await gather(deps, ChannelName.sms)
    touch = await reach(deps, cast.client_id, ChannelName.sms)
    assert await answer(deps, cast, touch, str(TESTER.phone)) == "opted_out"
    addresses, people = await closed(deps)
    assert people == []
    assert [row["value"] for row in addresses] == [TESTER.phone]


def by_themselves(deps: Deps, cast: Cast) -> Deps:
    """The one who tests is the person, with their own number."""
    return replace(deps, settings=replace(deps.settings, test_redirect=Redirect(cast.phones[0], None)))


async def test_who_tests_with_their_own_number_is_closed_as_a_person_by_what_they_write(deps: Deps) -> None:
    cast = await gather(deps, ChannelName.sms)
    testing = by_themselves(deps, cast)
    touch = await reach(testing, cast.client_id, ChannelName.sms)
    assert touch["decision"]["redirected"]
    assert await answer(testing, cast, touch, cast.phones[0]) == "opted_out"
    addresses, people = await closed(deps)
    assert [row["id"] for row in people] == list(cast.contacts)
    assert len(addresses) == 2


async def test_who_tests_with_their_own_number_is_closed_as_a_person_by_what_they_say_in_a_call(deps: Deps) -> None:
    cast = await gather(deps, ChannelName.voice)
    testing = by_themselves(deps, cast)
    await confirm(testing, [said_in_a_call(await reach(testing, cast.client_id, ChannelName.voice))])
    _, people = await closed(deps)
    assert [row["id"] for row in people] == list(cast.contacts)


async def test_the_same_words_of_the_person_close_all_their_addresses(deps: Deps) -> None:
    themselves = replace(deps, settings=replace(deps.settings, test_redirect=None))
    cast = await gather(themselves, ChannelName.sms)
    touch = await reach(themselves, cast.client_id, ChannelName.sms)
    assert await answer(themselves, cast, touch, cast.phones[0]) == "opted_out"
    addresses, people = await closed(themselves)
    assert [row["id"] for row in people] == list(cast.contacts)
    assert len(addresses) == 2
