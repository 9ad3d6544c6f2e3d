"""Whom a provider means by its own ids for people, where no row of ours says so any more.

Such an id is learned when somebody is first written to; a restore loses what was learned since the backup. So the
provider is asked who that is, and nothing else of the person is changed here, nobody is added and nobody enrolled.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

import httpx

from modules.accounts import Account
from modules.channels import CannotTell, ContactSeen, Hint, HintKind, Reader, channel_for
from modules.contacts import (
    ContactDraft,
    clients_of_address,
    find_lookalike,
    find_ref,
    load_people,
    lock_ref,
    note_ref,
    usable_draft,
)
from modules.labels import ADDRESS_KIND, AddressKind
from utils.db import Connection
from utils.log import logger

LOG = logger("identify")

AT_ONCE = 4


async def ask_who(
    client: httpx.AsyncClient, account: Account, refs: Sequence[str], seconds: float
) -> Mapping[str, ContactSeen]:
    """What the provider says about each of these ids, as far as it could be read within so many seconds."""
    channel = channel_for(account.provider, account.channel)
    if not isinstance(channel, Reader):
        return {}
    reader, gate, seen = channel, asyncio.Semaphore(AT_ONCE), dict[str, ContactSeen]()

    async def ask(ref: str) -> None:
        async with gate:
            told = await reader.reread(client, account, Hint(HintKind.contact, ref, f"gap:{ref}"))
        if isinstance(told, ContactSeen):
            seen[ref] = told
            return
        reason = told.reason if isinstance(told, CannotTell) else "not_a_person"
        LOG.warning("person_not_read", account_id=str(account.id), reason=reason)

    try:
        async with asyncio.timeout(max(0.0, seconds)):
            await asyncio.gather(*map(ask, sorted(refs)))
    except TimeoutError:
        LOG.warning("people_not_read", account_id=str(account.id), read=len(seen), asked=len(refs))
    return seen


async def place_person(conn: Connection, account: Account, seen: ContactSeen, now: datetime) -> str | None:
    """The address by which the account reaches this person, and the id is theirs from now on; None for nobody.

    The person's address there comes first when it is one of ours too: that is where the message went. Else it is the
    address of whom the person is most like, and when we know nobody like that (added in the gap), theirs there.
    """
    kind, provider = ADDRESS_KIND[account.channel], account.provider
    draft = usable_draft(ContactDraft(first_name=seen.first_name, phone=seen.phone, email=seen.email))
    there = draft.email if kind is AddressKind.email else draft.phone
    await lock_ref(conn, account.client_id, provider, seen.ref)
    contact_id = await find_ref(conn, account.client_id, provider, seen.ref)
    if contact_id is None:
        contact_id = await find_lookalike(conn, account.client_id, provider, draft.phone, draft.email, draft.first_name)
        if contact_id:
            await note_ref(conn, account.client_id, contact_id, provider, seen.ref, now)
    if contact_id is None or (there and await clients_of_address(conn, [account.client_id], kind, there)):
        return there
    (own,) = await load_people(conn, provider, [contact_id])
    return own[str(kind)] or there
