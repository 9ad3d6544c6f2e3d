"""One message at GoHighLevel, read again: how ours stands, or what a person wrote.

Sources: spec conversations of highlevel-api-docs, commit 0af86a4c of 2026-05-01 (GET /conversations/messages/{id} and
/email/{id}; `meta.email.messageIds` names the e-mails behind a message). A message names no number, only a contact.
"""

from collections.abc import Mapping
from dataclasses import replace
from email.utils import parseaddr

import httpx

from modules.accounts import Account
from modules.channels.answers import text_in
from modules.channels.ghl_api import CONVERSATIONS, GHL_ID, Line, get_part
from modules.channels.ghl_contacts import read_one
from modules.channels.ghl_dnd import read_contact
from modules.channels.ghl_inbound import INBOUND, OUTBOUND, describe_inbound
from modules.channels.ghl_words import channel_in, email_ids, polled, read_message
from modules.channels.models import CannotTell, Fact, Found, Looked
from modules.channels.models_of_hooks import Event, Hint, HintKind, Inbound, Strange
from modules.labels import ChannelName

PATH = "/conversations/messages"
MOST_MAILS = 4


async def fetch_message(client: httpx.AsyncClient, account: Account, message_id: str) -> Looked:
    """How one of our messages stands."""
    if not GHL_ID.fullmatch(message_id):
        return CannotTell("not_a_message_id")
    message = await read_record(client, account, message_id)
    if isinstance(message, CannotTell):
        return message
    fact = await fact_of(client, account, message)
    return Found(fact) if fact else CannotTell("unreadable_answer")


async def read_record(client: httpx.AsyncClient, account: Account, message_id: str) -> Line | CannotTell:
    message = await get_part(client, account, f"{PATH}/{message_id}", CONVERSATIONS, "message")
    if isinstance(message, CannotTell):
        return message
    location = text_in(message, "locationId")
    if text_in(message, "id") != message_id or location not in (None, account.settings["location_id"]):
        return CannotTell("unreadable_answer")
    return message


async def fact_of(client: httpx.AsyncClient, account: Account, message: Line) -> Fact | None:
    """A message's own status; of an e-mail that of its first record, ours: an answer in the thread leaves it alone."""
    ids = email_ids(message)
    return fact_told_by(message, await read_mail(client, account, ids[0]) if ids and read_message(message) else None)


def fact_told_by(message: Line, first_mail: Line | CannotTell | None) -> Fact | None:
    """Where the first record cannot be read, or settles less, the message's own word stands."""
    ours = message.get("direction", OUTBOUND) == OUTBOUND
    fact = read_message(message)
    if fact and isinstance(first_mail, Mapping) and first_mail.get("direction", OUTBOUND) == OUTBOUND:
        own = polled(fact.provider_id, first_mail)
        if own and (own.state or not ours):
            return own
    return fact if ours else None


async def read_mail(client: httpx.AsyncClient, account: Account, mail_id: str) -> Line | CannotTell:
    return await get_part(client, account, f"{PATH}/email/{mail_id}", CONVERSATIONS, "emailMessage")


async def reread_hint(client: httpx.AsyncClient, account: Account, hint: Hint) -> Event | CannotTell:
    """What the object behind a hint says now."""
    match hint.kind:
        case HintKind.contact:
            contact = await read_one(client, account, hint.ref)
            if isinstance(contact, CannotTell):
                return contact
            return read_contact(contact) or CannotTell("unreadable_answer")
        case HintKind.message:
            return await reread_message(client, account, hint)
    return CannotTell("not_a_hint_of_ours")


async def reread_message(client: httpx.AsyncClient, account: Account, hint: Hint) -> Event | CannotTell:
    """A fact about ours, or what a person wrote. What is neither is strange, and kept."""
    if not GHL_ID.fullmatch(hint.ref):
        return CannotTell("not_a_message_id")
    message = await read_record(client, account, hint.ref)
    if isinstance(message, CannotTell):
        return message
    contact: Mapping[str, object] | CannotTell = {}
    if message.get("direction") == INBOUND:
        contact = await read_one(client, account, text_in(message, "contactId") or "")
    if isinstance(contact, CannotTell):
        return contact
    events = await events_of(client, account, message, contact)
    if isinstance(events, CannotTell):
        return events
    return events[-1] if events else Strange(hint.event_key, "message", dict(message))


async def events_of(
    client: httpx.AsyncClient, account: Account, message: Line, contact: Mapping[str, object]
) -> list[Event] | CannotTell:
    """What a message tells, oldest first: ours, and what came back in its thread.

    `contact` has the `phone` and `email` of the person, which a message leaves out.
    """
    channel, is_inbound = channel_in(message), message.get("direction") == INBOUND
    if channel is None:
        return []
    if channel is ChannelName.email and email_ids(message):
        return await mail_events(client, account, message, contact)
    if is_inbound:
        inbound = describe_inbound(message, channel, contact)
        return [to_us(account, inbound)] if inbound else []
    fact = None if channel is ChannelName.voice else read_message(message)
    return [fact] if fact else []


async def mail_events(
    client: httpx.AsyncClient, account: Account, message: Line, contact: Mapping[str, object]
) -> list[Event] | CannotTell:
    """Our own e-mail, and of the newest records those that a person wrote; each record is read once."""
    events: list[Event] = []
    ids, first = email_ids(message), None
    if message.get("direction") != INBOUND:
        first = await read_mail(client, account, ids[0])
        fact = fact_told_by(message, first)
        events += [fact] if fact else []
    for mail_id in ids[-MOST_MAILS:]:
        mail = first if first and mail_id == ids[0] else await read_mail(client, account, mail_id)
        if isinstance(mail, CannotTell):
            return mail
        if mail.get("direction", message.get("direction")) != INBOUND:
            continue
        whole = {**mail, "messageId": text_in(message, "id"), "emailMessageId": mail_id}
        inbound = describe_inbound(whole, ChannelName.email, contact)
        events += [to_us(account, inbound)] if inbound else []
    return events


def to_us(account: Account, inbound: Inbound) -> Inbound:
    """A message read by API does not say to which of our addresses it went: the account's own is meant."""
    name = "email_from" if inbound.channel is ChannelName.email else "from_number"
    ours = account.settings.get(name, "")
    return inbound if inbound.to_address else replace(inbound, to_address=parseaddr(ours)[1].lower() or ours)
