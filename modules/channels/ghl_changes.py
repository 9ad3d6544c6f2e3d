"""What changed in a location's conversations since a moment, for locations whose webhooks do not reach us.

Sources: spec conversations of highlevel-api-docs, commit 0af86a4c of 2026-05-01 (search, messages of a conversation),
its issue 54 (the messages' true body is nested once more) and issue 5 (the index lags). A status that changes moves no
conversation up: what became of our own messages is told by `fetch`; here come answers, and what else was said.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import httpx

from modules.accounts import Account
from modules.channels.answers import text_in
from modules.channels.ghl_api import CONVERSATIONS, MOST_PAGES, Line, get, lines_in
from modules.channels.ghl_contacts import AT_ONCE
from modules.channels.ghl_records import events_of
from modules.channels.ghl_words import channel_in, time_in
from modules.channels.models import CannotTell
from modules.channels.models_of_hooks import Event, Inbound
from modules.labels import ChannelName

OVERLAP = timedelta(minutes=2)
"""The index may show a message this much later; what is told twice has the same key."""
PAGE = 100


async def list_changes(client: httpx.AsyncClient, account: Account, since: datetime) -> Sequence[Event] | CannotTell:
    """Facts about messages sent and what people wrote, conversation by conversation, each oldest first."""
    since -= OVERLAP
    conversations = await changed_conversations(client, account, since)
    if isinstance(conversations, CannotTell):
        return conversations
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(conversation: Line) -> list[Event] | CannotTell:
        async with gate:
            return await conversation_events(client, account, conversation, since)

    told = await asyncio.gather(*map(one, conversations))
    events: list[Event] = []
    for part in told:
        if isinstance(part, CannotTell):
            return part
        events += part
    return events


async def changed_conversations(
    client: httpx.AsyncClient, account: Account, since: datetime
) -> list[Line] | CannotTell:
    """Conversations whose last message is not older, newest first. The next page begins one millisecond higher than
    this one ends, so that equal instants are not cut apart."""
    params = {
        "locationId": account.settings["location_id"],
        "sortBy": "last_message_date",
        "sort": "desc",
        "limit": str(PAGE),
    }
    found: dict[str, Line] = {}
    for _ in range(MOST_PAGES):
        page = await get(client, account, "/conversations/search", CONVERSATIONS, params)
        if isinstance(page, CannotTell):
            return page
        lines = lines_in(page, "conversations")
        dates = [moment_of(line) for line in lines or ()]
        if lines is None or None in dates:
            return CannotTell("unreadable_list")
        before = len(found)
        moments = [date for date in dates if date is not None]
        found |= {
            text_in(line, "id") or "": line for line, moment in zip(lines, moments, strict=True) if moment >= since
        }
        if len(lines) < PAGE or min(moments) < since:
            return list(found.values())
        if len(found) == before:
            break
        params["startAfterDate"] = str(int(min(moments).timestamp() * 1000) + 1)
    return CannotTell("list_too_long")


def moment_of(conversation: Line) -> datetime | None:
    """When its last message came: milliseconds, or an ISO instant; None when it does not say."""
    given = conversation.get("lastMessageDate")
    if isinstance(given, int) and 0 <= given < 10**14:
        return datetime.fromtimestamp(given / 1000, UTC)
    return time_in(conversation, "lastMessageDate")


async def conversation_events(
    client: httpx.AsyncClient, account: Account, conversation: Line, since: datetime
) -> list[Event] | CannotTell:
    messages = await messages_since(client, account, text_in(conversation, "id") or "", since)
    if isinstance(messages, CannotTell):
        return messages
    contact: Mapping[str, object] = {
        "id": conversation.get("contactId"),
        "phone": conversation.get("phone"),
        "email": conversation.get("email"),
    }
    events: list[Event] = []
    for message in messages:
        told = await events_of(client, account, message, contact)
        if isinstance(told, CannotTell):
            return told
        events += [one for one in told if not (isinstance(one, Inbound) and one.at and one.at < since)]
    return events


async def messages_since(
    client: httpx.AsyncClient, account: Account, conversation_id: str, since: datetime
) -> list[Line] | CannotTell:
    """A conversation's messages that are not older, oldest first, and its newest e-mail of whatever age: an answer may
    have joined a thread that is one old message."""
    params = {"limit": str(PAGE)}
    found: list[Line] = []
    newest_mail: Line | None = None
    for _ in range(MOST_PAGES):
        page = await get(client, account, f"/conversations/{conversation_id}/messages", CONVERSATIONS, params)
        if isinstance(page, CannotTell):
            return page
        inner = page.get("messages")
        part = inner if isinstance(inner, dict) else page
        lines = lines_in(part, "messages")
        if lines is None:
            return CannotTell("unreadable_list")
        fresh = [line for line in lines if not is_older(line, since)]
        mails = [line for line in lines if channel_in(line) is ChannelName.email]
        newest_mail = newest_mail or next(iter(mails), None)
        found += fresh
        last = text_in(part, "lastMessageId")
        if not part.get("nextPage") or not last or len(fresh) < len(lines):
            return [*([newest_mail] if newest_mail and newest_mail not in found else []), *found[::-1]]
        params["lastMessageId"] = last
    return CannotTell("list_too_long")


def is_older(message: Line, since: datetime) -> bool:
    """Whether it says so; without a date it is looked at."""
    created = time_in(message, "dateAdded")
    return created is not None and created < since
