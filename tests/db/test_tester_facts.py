"""In a test everything goes to one address, whoever it is for: what is true of that address counts for everybody."""

from datetime import timedelta

from modules.contacts import close_address, lock_addresses
from modules.ids import ContactId
from modules.labels import AddressKind, ChannelName, NextChannel, Provider, SuppressionReason
from modules.policy import Candidate, Facts, Place, load_facts
from modules.sequences import DueGroup
from tests.cast import BY, Cast, gather_cast, story
from tests.databases import Database
from tests.db.rig import MONDAY, account_of, open_rig
from utils.db import Connection
from workers.arm import arm_batch
from workers.context import Deps

NOWHERE = Place(frozenset(), frozenset())


async def facts_of(deps: Deps, conn: Connection, cast: Cast, person: ContactId, target: str | None) -> Facts:
    """Of a call to this person that goes to `target` instead."""
    phone = (await lock_addresses(conn, [person]))[person][AddressKind.phone]
    account = cast.calls_by
    candidate = Candidate(
        client_id=cast.client_id,
        contact_id=person,
        account_id=account,
        address_id=phone.id,
        channel=ChannelName.voice,
        due_at=MONDAY,
        max_lateness=timedelta(hours=1),
        windows=(),
        since=MONDAY,
        own_hash=(await deps.pepper(conn)).hash(cast.client_id, AddressKind.phone, phone.value),
        target=target,
    )
    (facts,) = await load_facts(conn, [candidate], [NOWHERE], {account: 1.0}, MONDAY)
    return facts


async def test_a_closed_address_of_the_tester_counts_as_closed_for_everybody(database: Database) -> None:
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("voice"), 2, by={**BY, ChannelName.voice: Provider.vapi})
        person, target = cast.contacts[0], cast.phones[1]
        async with deps.database.transaction() as conn:
            before = await facts_of(deps, conn, cast, person, target)
            pepper, why = await deps.pepper(conn), SuppressionReason.opted_out
            await close_address(conn, pepper, cast.client_id, AddressKind.phone, target, why, MONDAY)
            closed = await facts_of(deps, conn, cast, person, target)
            themselves = await facts_of(deps, conn, cast, person, None)
    assert [one.address_suppressed for one in (before, closed, themselves)] == [False, True, False]


async def test_a_tester_who_is_on_a_call_is_not_called_for_somebody_else(database: Database) -> None:
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("voice"), 2, by={**BY, ChannelName.voice: Provider.vapi})
        account = await account_of(deps, cast.client_id, ChannelName.voice)
        armed = await arm_batch(deps, DueGroup(cast.client_id, NextChannel.voice), account, None, 1)
        (called,) = [message.to_address for message in armed.messages]
        other = cast.contacts[1 - list(cast.phones).index(called)]
        async with deps.database.transaction() as conn:
            in_a_test = await facts_of(deps, conn, cast, other, called)
            themselves = await facts_of(deps, conn, cast, other, None)
    assert in_a_test.on_call_until is not None
    assert themselves.on_call_until is None
