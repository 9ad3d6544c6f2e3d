"""A clock that is set back makes nothing young again, and takes nothing out of a sum."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from modules.accounts import ClientChange, set_client
from modules.channels import Permission
from modules.consents import ConsentGiven
from modules.contacts import ContactDraft, add_contact
from modules.labels import ChannelName, ConsentKind, Provider
from tests.cast import gather_cast, join, rows, story
from tests.cast_accounts import Given
from tests.databases import Database
from tests.db.rig import MONDAY, arm_all, open_rig, text_account
from utils.clock import FixedClock
from utils.http import read_client
from workers.context import Deps
from workers.gate import ask_about

SENT = {ChannelName.sms: Given(settings={"unit_price": "0.01"})}


@pytest.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


def at(deps: Deps, instant: datetime) -> Deps:
    return replace(deps, clock=FixedClock(instant))


async def test_a_spent_budget_stays_spent(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms"), 1, given=SENT)
    async with deps.database.transaction() as conn:
        await set_client(conn, cast.client_id, ClientChange(daily_budget_micros=10_000))
    account = await text_account(deps, cast.client_id)
    await arm_all(deps, cast.client_id, account, 1)
    behind = at(deps, MONDAY - timedelta(seconds=10))
    consent = ConsentGiven(ChannelName.sms, "I agree to texts", "form", ConsentKind.written)
    async with deps.database.transaction() as conn:
        draft = ContactDraft(phone="+12125550188", consents=(consent,))
        other = await add_contact(conn, cast.client_id, draft, behind.clock.now())
    await join(behind, cast.client_id, story("sms", slug="other"), [other])
    await arm_all(behind, cast.client_id, account, 1)
    assert [row["cost_micros"] for row in await rows(deps, "touches")] == [10_000]


async def test_a_providers_permission_gets_no_longer_life(deps: Deps) -> None:
    """At the rig nobody answers for the provider: only what is remembered can allow."""
    cast = await gather_cast(deps, None, story("sms"), by={ChannelName.sms: Provider.ghl})
    account, person = await text_account(deps, cast.client_id), cast.contacts[0]
    deps.permissions[account.id, person] = (Permission(True, "ref", "open"), MONDAY)
    allowed: list[bool | None] = []
    async with read_client(1.0) as client:
        for instant in (MONDAY + timedelta(minutes=9), MONDAY - timedelta(minutes=90)):
            told = (await ask_about(at(deps, instant), client, account, [person])).get(person)
            allowed.append(told.may_send if told else None)
    assert allowed == [True, None]
