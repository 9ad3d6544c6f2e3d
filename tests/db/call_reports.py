"""A call of ours to one person, and what its reports tell of what they said; for tests of those words."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from modules.channels import Fact, Inbound
from modules.consents import ConsentGiven, insert_consent
from modules.contacts import reopen_address
from modules.ids import TouchId
from modules.labels import AddressKind, CallDetails, ChannelName, ConsentKind, Provider, TouchState
from tests.cast import BY, Cast, gather_cast, rows, story
from tests.db.rig import MONDAY, account_of, arm_all, text_account
from utils.clock import FixedClock
from utils.db import Row, fetch_all
from utils.sql import Queries
from utils.uuid7 import uuid7
from workers.confirm import confirm, news_of_fact
from workers.context import Deps
from workers.release import release_person
from workers.take_in import post_of_account, take_in

SQL = Queries(Path(__file__).with_name("inbound.sql"))
MINUTE = timedelta(minutes=1)
ENDED = Fact(TouchState.completed, "call-1", "customer-ended-call", "poll:call-1:ended")
"""What a poll tells first: that it ended, and no word of it."""


def at(deps: Deps, minutes: int) -> Deps:
    return replace(deps, clock=FixedClock(MONDAY + minutes * MINUTE))


def report(words: str, ended_at: datetime | None = None) -> Fact:
    """The call's final report, as an adapter reads it."""
    call = CallDetails(transcript=f"AI: Hello.\nUser: {words}", summary="They spoke.", ended_at=ended_at)
    return replace(ENDED, evidence_id="call-1:ended", call=call)


async def tell(deps: Deps, touch: TouchId, *facts: Fact) -> None:
    for fact in facts:
        await confirm(deps, [news_of_fact(touch, fact)])


async def called(deps: Deps, *then: str) -> tuple[Cast, TouchId]:
    """One person whose call is on its way, and the steps that would follow it."""
    cast = await gather_cast(deps, None, story("voice", *then), 1, by={**BY, ChannelName.voice: Provider.vapi})
    await arm_all(deps, cast.client_id, await account_of(deps, cast.client_id, ChannelName.voice), 1)
    (touch,) = await rows(deps, "touches")
    return cast, TouchId(touch["id"])


async def texted(deps: Deps, cast: Cast, words: str) -> str:
    async with deps.database.transaction() as conn:
        post = await post_of_account(conn, await text_account(deps, cast.client_id))
    return await take_in(deps, post, Inbound("SM1", cast.phones[0], cast.number, words, False, {}))


async def agrees_again(deps: Deps, cast: Cast, minutes: int, opened: int | None = None, mail: bool = False) -> None:
    """They agree to texts (or to mails) at that minute, and their number (address) is opened for it, then or later."""
    later = at(deps, minutes if opened is None else opened)
    async with later.database.transaction() as conn:
        now, consent_id = later.clock.now(), uuid7(MONDAY)
        channel = ChannelName.email if mail else ChannelName.sms
        given = ConsentGiven(channel, "I agree again", "form", ConsentKind.written)
        await insert_consent(conn, consent_id, cast.client_id, cast.contacts[0], given, MONDAY + minutes * MINUTE)
        kind, value = (AddressKind.email, cast.mails[0]) if mail else (AddressKind.phone, cast.phones[0])
        assert await reopen_address(conn, cast.client_id, kind, value, consent_id, "ada", now)


async def left_by(deps: Deps, cast: Cast, channel: ChannelName) -> list[str]:
    """Whatever leaves by this way now."""
    account = await account_of(deps, cast.client_id, channel)
    await arm_all(deps, cast.client_id, account, 5)
    return [row["to_address"] for row in await rows(deps, "touches") if row["channel"] == channel]


async def inbox(deps: Deps) -> list[Row]:
    async with deps.database.transaction() as conn:
        return await fetch_all(conn, SQL["inbound_as_written"])


async def release(deps: Deps, cast: Cast) -> int:
    async with deps.database.transaction() as conn:
        return await release_person(conn, cast.client_id, cast.contacts[0], "ada", deps.clock.now())


async def closed_since(deps: Deps, value: str) -> datetime | None:
    (row,) = [row for row in await rows(deps, "addresses") if row["value"] == value]
    found: datetime | None = row["suppressed_at"]
    return found


async def person_is(deps: Deps) -> str | None:
    (contact,) = await rows(deps, "contacts")
    reason: str | None = contact["suppressed_reason"]
    return reason
