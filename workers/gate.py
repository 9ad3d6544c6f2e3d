"""Asks providers that keep a Do-Not-Disturb of their own, before the locks, about the people who are due."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import httpx

from modules.accounts import Account
from modules.channels import Gate, Permission, Person, channel_for
from modules.contacts import load_people, remember_ref
from modules.ids import AccountId, ContactId
from modules.sequences import DueGroup, peek_due
from utils.log import logger
from workers.context import Deps

LOG = logger("gate")
GATE_SECONDS = 10.0
"""A provider that hangs uses up its own group's time only; nobody is reached without an answer."""
FRESH = timedelta(minutes=10)
"""How long an answer counts (delivery protocol, section 4)."""


async def ask_gate(
    deps: Deps,
    client: httpx.AsyncClient,
    group: DueGroup,
    account: Account,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> dict[ContactId, Permission]:
    """What the provider says of each person who is about to be reached; empty where it keeps no such list.

    Read without a lock and without an open transaction; whoever is missing here is unknown, and unknown never allows.
    """
    if not isinstance(channel_for(account.provider, account.channel), Gate):
        return {}
    async with deps.database.transaction() as conn:
        contact_ids = await peek_due(conn, group, deps.clock.now(), after, limit)
    return await ask_about(deps, client, account, contact_ids)


async def ask_about(
    deps: Deps, client: httpx.AsyncClient, account: Account, contact_ids: Sequence[ContactId]
) -> dict[ContactId, Permission]:
    """The same of these people."""
    channel, now = channel_for(account.provider, account.channel), deps.clock.now()
    if not isinstance(channel, Gate):
        return {}
    fresh = _fresh(deps, account.id, contact_ids, now)
    async with deps.database.transaction() as conn:
        rows = await load_people(conn, account.provider, [one for one in contact_ids if one not in fresh])
    people = [Person(ContactId(row["id"]), row["ref"], row["phone"], row["email"]) for row in rows]
    if not people:
        return fresh
    try:
        async with asyncio.timeout(GATE_SECONDS):
            answers = await channel.permissions(client, account, people)
    except TimeoutError:
        LOG.warning("gate_too_slow", account_id=str(account.id), asked=len(people))
        return fresh
    refs = {person.contact_id: person.ref for person in people}
    found = [(one.ref, contact_id) for contact_id, one in answers.items() if one.ref and one.ref != refs[contact_id]]
    async with deps.database.transaction() as conn:
        for ref, contact_id in sorted(found):
            await remember_ref(conn, account.client_id, contact_id, account.provider, ref, now)
    for contact_id, answer in answers.items():
        if answer.may_send is not None:
            deps.permissions[account.id, contact_id] = (answer, now)
    LOG.info("gate_asked", asked=len(people), allowed=sum(bool(one.may_send) for one in answers.values()))
    return fresh | dict(answers)


def _fresh(
    deps: Deps, account_id: AccountId, contact_ids: Sequence[ContactId], now: datetime
) -> dict[ContactId, Permission]:
    for key, (_, at) in list(deps.permissions.items()):
        if not timedelta(0) <= now - at <= FRESH:  # the clock may have been set back
            del deps.permissions[key]
    return {one: deps.permissions[account_id, one][0] for one in contact_ids if (account_id, one) in deps.permissions}
