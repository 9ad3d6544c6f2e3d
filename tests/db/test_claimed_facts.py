"""A claim reads somebody's addresses only where they can matter, and then it misses nothing."""

from pathlib import Path

from modules.contacts import close_address
from modules.labels import AddressKind, NextChannel, SuppressionReason
from modules.sequences import DueGroup, Snapshot, claim_due
from tests.cast import Cast, gather_cast, story
from tests.databases import Database
from tests.db.rig import MONDAY, open_rig
from utils.db import Connection, execute
from utils.sql import Queries
from workers.context import Deps

SQL = Queries(Path(__file__).with_name("claimed_facts.sql"))
ZONE = "America/New_York"


async def close(
    deps: Deps, conn: Connection, cast: Cast, kind: AddressKind, value: str, why: SuppressionReason
) -> None:
    await close_address(conn, await deps.pepper(conn), cast.client_id, kind, value, why, MONDAY)


async def claimed(conn: Connection, cast: Cast, channel: NextChannel) -> list[Snapshot]:
    """In the order of the cast."""
    found = {one.contact_id: one for one in await claim_due(conn, DueGroup(cast.client_id, channel), MONDAY, None, 50)}
    return [found[contact_id] for contact_id in cast.contacts if contact_id in found]


async def test_who_has_stated_no_zone_is_claimed_with_the_one_of_their_number(database: Database) -> None:
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("sms"), 2)
        async with deps.database.transaction() as conn:
            await execute(conn, SQL["forget_mail"], {"contact_ids": cast.contacts})
            await execute(conn, SQL["forget_zone"], {"contact_id": cast.contacts[0]})
            by_number, stated = await claimed(conn, cast, NextChannel.sms)
    assert (by_number.zone, stated.zone) == (ZONE, ZONE)
    assert (by_number.addresses, stated.addresses) == (1, 1)


async def test_who_has_mail_is_claimed_for_a_text_with_what_became_of_it(database: Database) -> None:
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("sms"), 2)
        async with deps.database.transaction() as conn:
            await close(deps, conn, cast, AddressKind.email, cast.mails[0], SuppressionReason.bounced)
            bounced, well = await claimed(conn, cast, NextChannel.sms)
    assert (bounced.mail_bounced, well.mail_bounced) == (True, False)
    assert (bounced.addresses, well.addresses) == (2, 2)


async def test_who_said_stop_is_claimed_with_it_for_whatever_is_not_sent(database: Database) -> None:
    """Of a stop before what is sent the guards ask, under the locks."""
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("sms"), 3)
        async with deps.database.transaction() as conn:
            await execute(conn, SQL["forget_mail"], {"contact_ids": cast.contacts})
            for place, channel in enumerate((NextChannel.task, NextChannel.settle, NextChannel.settle)):
                await execute(conn, SQL["due_for"], {"contact_id": cast.contacts[place], "channel": channel})
            for phone in cast.phones[:2]:
                await close(deps, conn, cast, AddressKind.phone, phone, SuppressionReason.opted_out)
            (before_a_task,) = await claimed(conn, cast, NextChannel.task)
            before_a_branch, silent = await claimed(conn, cast, NextChannel.settle)
    assert (before_a_task.said_stop, before_a_branch.said_stop, silent.said_stop) == (True, True, False)
