"""People at GoHighLevel: may they be reached, who are they, all of them.

Sources: spec contacts of highlevel-api-docs, commit 0af86a4c of 2026-05-01. A search is no gate: its lines hold no
`dndSettings` (issues 43 and 314) and its index lags; the contact itself, by id, is read before each send.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence

import httpx

from modules.accounts import Account
from modules.channels.answers import text_in
from modules.channels.ghl_api import (
    CONTACTS,
    CONVERSATIONS,
    GHL_ID,
    get,
    get_part,
    headers_of,
    lines_in,
    post,
    url_of,
)
from modules.channels.ghl_dnd import is_subscribed, permission_of, read_contact
from modules.channels.models import CannotTell, Permission, Person
from modules.channels.models_of_hooks import ContactSeen
from modules.channels.paging import CUT_SHORT, is_count, is_cut
from modules.ids import ContactId
from modules.labels import ChannelName

AT_ONCE = 8
PAGE = 100
MOST_CONTACT_PAGES = 2000
_NOBODY = frozenset({"http_400", "http_404"})
"""What GHL says to the id of a contact that was deleted or merged."""


async def read_permissions(
    client: httpx.AsyncClient, account: Account, channel: ChannelName, people: Sequence[Person]
) -> Mapping[ContactId, Permission]:
    """One permission for each person, at most eight requests at once; any weather is unknown."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(person: Person) -> Permission:
        async with gate:
            return await read_permission(client, account, channel, person)

    answers = await asyncio.gather(*map(one, people))
    return {person.contact_id: answer for person, answer in zip(people, answers, strict=True)}


async def read_permission(
    client: httpx.AsyncClient, account: Account, channel: ChannelName, person: Person
) -> Permission:
    """By the person's id there; where that is unknown, or nobody's any more, by number or address.

    Whom GHL does not know is created there, because it sends to ids only: number and address, never a `dnd` field,
    which could clear an opt-out.
    """
    if person.ref is not None:
        contact = await read_one(client, account, person.ref)
        if not (isinstance(contact, CannotTell) and contact.reason in _NOBODY):
            return await judge(client, account, channel, person, person.ref, contact)
    ref = await find_or_create(client, account, channel, person)
    if isinstance(ref, CannotTell):
        return Permission(None, None, ref.reason)
    return await judge(client, account, channel, person, ref, await read_one(client, account, ref))


async def judge(
    client: httpx.AsyncClient,
    account: Account,
    channel: ChannelName,
    person: Person,
    ref: str,
    contact: Mapping[str, object] | CannotTell,
) -> Permission:
    """The contact's own word; for e-mail its unsubscription besides."""
    if isinstance(contact, CannotTell):
        return Permission(None, ref, contact.reason)
    permission = permission_of(contact, channel, ref)
    if channel is not ChannelName.email or not permission.may_send:
        return permission
    asked = {"locationId": account.settings["location_id"], "contactId": ref}
    path = "/conversations/preferences/unsubscriptions/status"
    params = asked | ({"email": person.email} if person.email else {})
    answer = await get(client, account, path, CONVERSATIONS, params)
    if isinstance(answer, CannotTell):
        return Permission(None, ref, answer.reason)
    match is_subscribed(answer):
        case True:
            return permission
        case False:
            return Permission(False, ref, "unsubscribed")
    return Permission(None, ref, "subscription_unreadable")


async def read_one(client: httpx.AsyncClient, account: Account, ref: str) -> Mapping[str, object] | CannotTell:
    """One contact by its id, which must be the one asked for and of this location."""
    if not GHL_ID.fullmatch(ref):
        return CannotTell("not_a_contact_id")
    contact = await get_part(client, account, f"/contacts/{ref}", CONTACTS, "contact")
    if isinstance(contact, CannotTell):
        return contact
    location = text_in(contact, "locationId")
    if text_in(contact, "id") != ref or location not in (None, account.settings["location_id"]):
        return CannotTell("unreadable_answer")
    return contact


async def find_or_create(
    client: httpx.AsyncClient, account: Account, channel: ChannelName, person: Person
) -> str | CannotTell:
    """The id of the person with the address we would write to; one is made where there is none."""
    by_phone = ("number", person.phone), ("email", person.email)
    wanted = by_phone if channel is ChannelName.sms else by_phone[::-1]
    name, value = next(((name, value) for name, value in wanted if value), ("", None))
    if not value:
        return CannotTell("no_address")
    asked = {"locationId": account.settings["location_id"]}
    answer = await get(client, account, "/contacts/search/duplicate", CONTACTS, asked | {name: value})
    if isinstance(answer, CannotTell):
        return answer
    contact = answer.get("contact")
    if isinstance(contact, dict) and contact:
        return id_in(contact)
    if "contact" not in answer or contact:
        return CannotTell("unreadable_answer")
    return await create(client, account, asked, person)


async def create(
    client: httpx.AsyncClient, account: Account, asked: Mapping[str, str], person: Person
) -> str | CannotTell:
    """An upsert: by the location's own rule it may also find the person by the other address."""
    given = {"phone": person.phone, "email": person.email}
    body = {**asked, **{name: value for name, value in given.items() if value}}
    url = url_of(account, "/contacts/upsert")
    heard = await post(client, url, headers_of(account, CONTACTS), json.dumps(body).encode())
    if not isinstance(heard, tuple):
        return CannotTell(heard.reason)
    status, answer = heard
    contact = answer.get("contact")
    if status >= 400 or not isinstance(contact, dict):
        return CannotTell(f"http_{status}" if status >= 400 else "unreadable_answer")
    return id_in(contact)


def id_in(contact: Mapping[str, object]) -> str | CannotTell:
    ref = text_in(contact, "id") or ""
    return ref if GHL_ID.fullmatch(ref) else CannotTell("unreadable_answer")


async def list_contacts(
    client: httpx.AsyncClient, account: Account
) -> AsyncIterator[Sequence[ContactSeen] | CannotTell]:
    """Everybody at the location, a page at a time; a CannotTell is the last thing given, and means: not all.

    Lines of the list hold no settings by channel, so `dnd_channels` is all channels or None; whoever needs more reads
    the person.
    """
    params = {"locationId": account.settings["location_id"], "limit": str(PAGE)}
    seen: set[str] = set()
    ids: set[str | None] = set()
    first: object = None
    for _ in range(MOST_CONTACT_PAGES):
        page = await get(client, account, "/contacts/", CONTACTS, params)
        lines = None if isinstance(page, CannotTell) else lines_in(page, "contacts")
        if isinstance(page, CannotTell) or lines is None:
            yield page if isinstance(page, CannotTell) else CannotTell("unreadable_list")
            return
        yield [person for person in map(read_contact, lines) if person]
        first = page.get("count") if first is None else first
        ids |= {text_in(line, "id") for line in lines}
        after = next_in(page)
        if not after or not lines:
            # whoever was added since the first page is none of these
            cut = is_cut(page.get("count"), len(ids)) and is_cut(first, len(ids))
            if cut or (len(lines) >= PAGE and not is_count(page.get("count"))):
                yield CUT_SHORT
            return
        if after["startAfterId"] in seen:
            yield CannotTell("unreadable_list")
            return
        seen.add(after["startAfterId"])
        params = params | after
    yield CannotTell("list_too_long")


def next_in(page: Mapping[str, object]) -> dict[str, str] | None:
    """Where the next page begins: an id and a number of milliseconds."""
    meta = page.get("meta")
    last, at = (meta.get("startAfterId"), meta.get("startAfter")) if isinstance(meta, dict) else (None, None)
    if not isinstance(last, str) or not last:
        return None
    return {"startAfterId": last} | ({"startAfter": str(at)} if isinstance(at, str | int) else {})
