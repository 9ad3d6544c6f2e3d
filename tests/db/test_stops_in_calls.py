"""A plain wish in a call of ours closes once: not again what was opened since, and the person where they say so."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest
import pytest_asyncio

from modules.contacts import close_address
from modules.labels import AddressKind, ChannelName, SuppressionReason
from tests.cast import join, rows, story
from tests.databases import Database
from tests.db.call_reports import (
    ENDED,
    MINUTE,
    agrees_again,
    at,
    called,
    closed_since,
    left_by,
    person_is,
    report,
    tell,
    texted,
)
from tests.db.rig import MONDAY, open_rig
from utils.config import Redirect
from workers.context import Deps

STOP = "stop calling me"
NOTHING = "Do not contact me again in any way."


@pytest_asyncio.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


@pytest.mark.parametrize("words", [STOP, NOTHING])
async def test_a_stop_told_again_does_not_close_what_the_person_has_opened_since(deps: Deps, words: str) -> None:
    cast, touch = await called(deps)
    await tell(deps, touch, report(words))
    assert await closed_since(deps, cast.phones[0]) == MONDAY
    await agrees_again(deps, cast, 10)
    await tell(at(deps, 20), touch, report(words), report(words))
    assert (await closed_since(deps, cast.phones[0]), await person_is(deps)) == (None, None)


async def test_a_stop_that_is_first_told_after_a_new_agreement_but_was_said_before_closes_nothing(deps: Deps) -> None:
    cast, touch = await called(deps)
    assert await texted(deps, cast, "STOP") == "opted_out"
    await agrees_again(deps, cast, 10)
    await tell(at(deps, 20), touch, report(STOP, ended_at=MONDAY + 2 * MINUTE))
    assert await closed_since(deps, cast.phones[0]) is None


async def test_a_call_whose_end_was_known_before_the_new_agreement_was_spoken_before_it(deps: Deps) -> None:
    cast, touch = await called(deps)
    await tell(deps, touch, ENDED)
    assert await texted(deps, cast, "STOP") == "opted_out"
    await agrees_again(deps, cast, 10)
    await tell(at(deps, 20), touch, report(STOP))
    assert await closed_since(deps, cast.phones[0]) is None


async def test_a_stop_that_was_said_after_the_agreement_closes_although_the_number_was_opened_later(deps: Deps) -> None:
    cast, touch = await called(deps)
    assert await texted(deps, cast, "STOP") == "opted_out"
    await agrees_again(deps, cast, 5, opened=15)
    await tell(at(deps, 20), touch, report(STOP, ended_at=MONDAY + 7 * MINUTE))
    assert await closed_since(deps, cast.phones[0]) == MONDAY + 20 * MINUTE


@pytest.mark.parametrize("ended_at", [None, MONDAY - 60 * MINUTE])
async def test_a_stop_of_which_nobody_can_tell_when_it_was_said_closes(deps: Deps, ended_at: datetime | None) -> None:
    cast, touch = await called(deps)
    assert await texted(deps, cast, "STOP") == "opted_out"
    await agrees_again(deps, cast, 10)
    await tell(at(deps, 20), touch, report(STOP, ended_at))
    assert await closed_since(deps, cast.phones[0]) == MONDAY + 20 * MINUTE


@pytest.mark.parametrize("words", [STOP, NOTHING])
async def test_an_agreement_to_mails_since_then_opens_no_number_and_leaves_the_person_open(
    deps: Deps, words: str
) -> None:
    cast, touch = await called(deps)
    async with deps.database.transaction() as conn:
        pepper, why = await deps.pepper(conn), SuppressionReason.opted_out
        await close_address(conn, pepper, cast.client_id, AddressKind.email, cast.mails[0], why, MONDAY)
    await agrees_again(deps, cast, 10, mail=True)
    await tell(at(deps, 20), touch, report(words, ended_at=MONDAY + 2 * MINUTE))
    assert await closed_since(deps, cast.phones[0]) == MONDAY + 20 * MINUTE
    assert (await closed_since(deps, cast.mails[0]), await person_is(deps)) == (None, None)


async def test_nothing_ever_again_closes_the_person_although_the_number_is_closed_already(deps: Deps) -> None:
    cast, touch = await called(deps)
    await tell(deps, touch, ENDED)
    assert await texted(deps, cast, "STOP") == "opted_out"
    await tell(at(deps, 3), touch, report(NOTHING))
    before = await rows(deps, "contacts"), await rows(deps, "addresses")
    assert await person_is(deps) == "opted_out"
    await tell(at(deps, 4), touch, report(NOTHING))
    assert (await rows(deps, "contacts"), await rows(deps, "addresses")) == before
    await join(deps, cast.client_id, story("email", slug="letters"), cast.contacts)
    assert await left_by(deps, cast, ChannelName.email) == []


async def test_a_new_agreement_after_it_opens_the_person_with_the_number(deps: Deps) -> None:
    cast, touch = await called(deps)
    await tell(deps, touch, ENDED)
    assert await texted(deps, cast, "STOP") == "opted_out"
    await tell(at(deps, 3), touch, report(NOTHING))
    await agrees_again(deps, cast, 10)
    await tell(at(deps, 20), touch, report(NOTHING))
    assert (await closed_since(deps, cast.phones[0]), await person_is(deps)) == (None, None)


async def test_nothing_ever_again_from_a_tester_closes_no_person(deps: Deps) -> None:
    tester = Redirect("+12125559999", "tester@post.example")
    testing = replace(deps, settings=replace(deps.settings, test_redirect=tester))
    cast, touch = await called(testing)
    await tell(testing, touch, ENDED, report(NOTHING), report(NOTHING))
    assert (await closed_since(deps, str(tester.phone)), await person_is(deps)) == (MONDAY, None)
    assert await closed_since(deps, cast.phones[0]) is None
