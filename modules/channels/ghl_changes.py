"""What changed in a location's conversations since a moment, for locations whose webhooks do not reach us.

Sources: spec conversations of highlevel-api-docs, commit 0af86a4c of 2026-05-01 (search, messages of a conversation),
its issue 54 (the messages' true body is nested once more) and issue 5 (the index lags). A status that changes moves no
conversation up: what became of our own messages is told by `fetch`; here come answers, and what else was said.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta

import httpx

from modules.accounts import Account
from modules.channels.answers import text_in
from modules.channels.ghl_api import CONVERSATIONS, MOST_PAGES, Line, get, lines_in
from modules.channels.ghl_contacts import AT_ONCE
from modules.channels.ghl_records import events_of
from modules.channels.ghl_words import channel_in, time_in
from modules.channels.models import CannotTell
from modules.channels.models_of_hooks import Changed, Event, Inbound
from modules.channels.paging import CUT_SHORT, is_cut
from modules.labels import ChannelName

OVERLAP = timedelta(minutes=2)
"""The index may show a message this much later; what is told twice has the same key."""
PAGE = 100
MOST_HALVES = 4
TOO_FAST = CannotTell("http_429")
TOO_LONG = CannotTell("list_too_long")
LATER = CannotTell("more_later")
"""Only the oldest of them were read; the next look goes on."""


async def list_changes(
    client: httpx.AsyncClient, account: Account, since: datetime, after: datetime | None = None
) -> AsyncIterator[Changed | CannotTell]:
    """Facts about messages sent and what people wrote, as the port's `changes` has it.

    Told as it is read: who has no time left, or is refused, keeps what came before. After a refusal for the rate of
    requests (the client has waited once, where GHL said how long) nothing more is asked.
    """
    since -= OVERLAP
    conversations, missing = await changed_conversations(client, account, max(since, after or since))
    if missing not in (None, LATER):
        yield missing
    for first in range(0, len(conversations), AT_ONCE):
        batch = conversations[first : first + AT_ONCE]
        told = await asyncio.gather(*(conversation_events(client, account, one, since) for _, one in batch))
        for (moment, _), events in zip(batch, told, strict=True):
            yield events if isinstance(events, CannotTell) and events == TOO_FAST else Changed(moment, events)
        if TOO_FAST in told:
            return
    if missing == LATER:
        yield missing


async def changed_conversations(
    client: httpx.AsyncClient, account: Account, since: datetime
) -> tuple[list[tuple[datetime, Line]], CannotTell | None]:
    """Conversations whose last message is not older, each with its moment, the oldest first; and why not all.

    Where a look ends the next one goes on, so the oldest must be among them: of a list that is too long the older half
    of what it did not show is read instead, and LATER says so.
    """
    before: datetime | None = None
    found, missing = await read_conversations(client, account, since, before)
    for _ in range(MOST_HALVES):
        if missing != TOO_LONG:
            break
        before = since + (min(moment for moment, _ in found) - since) / 2
        found, missing = await read_conversations(client, account, since, before)
    return sorted(found, key=lambda one: one[0]), missing or (LATER if before else None)


async def read_conversations(
    client: httpx.AsyncClient, account: Account, since: datetime, before: datetime | None
) -> tuple[list[tuple[datetime, Line]], CannotTell | None]:
    """Page by page from the newest on; what was read, and why not all. The next page begins one millisecond higher than
    this one ends, so that equal instants are not cut apart."""
    params = {
        "locationId": account.settings["location_id"],
        "sortBy": "last_message_date",
        "sort": "desc",
        "limit": str(PAGE),
    }
    if before:
        params["startAfterDate"] = milliseconds(before)
    found: dict[str, tuple[datetime, Line]] = {}
    seen: set[object] = set()
    for _ in range(MOST_PAGES):
        page = await get(client, account, "/conversations/search", CONVERSATIONS, params)
        if isinstance(page, CannotTell):
            return list(found.values()), page
        lines = lines_in(page, "conversations")
        moments = [moment for line in lines or () if (moment := moment_of(line))]
        if lines is None or len(moments) < len(lines):
            return list(found.values()), CannotTell("unreadable_list")
        known = len(seen)
        seen |= {line["id"] for line in lines}
        for line, moment in zip(lines, moments, strict=True):
            if moment >= since:
                found.setdefault(text_in(line, "id") or "", (moment, line))
        # what a search that does not begin with the newest counts is not documented
        more = before is None and is_cut(page.get("total"), len(seen))
        if (len(lines) < PAGE and not more) or any(moment < since for moment in moments):
            return list(found.values()), None
        if len(seen) == known:
            return list(found.values()), CUT_SHORT if more else CannotTell("unreadable_list")
        params["startAfterDate"] = milliseconds(min(moments))
    return list(found.values()), TOO_LONG


def milliseconds(instant: datetime) -> str:
    """One more than this one's."""
    return str(int(instant.timestamp() * 1000) + 1)


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
        further, last = part.get("nextPage"), text_in(part, "lastMessageId")
        if further is False or len(fresh) < len(lines):
            return [*([newest_mail] if newest_mail and newest_mail not in found else []), *found[::-1]]
        if further is not True or not last:
            return CannotTell("unreadable_list")
        params["lastMessageId"] = last
    return CannotTell("list_too_long")


def is_older(message: Line, since: datetime) -> bool:
    """Whether it says so; without a date it is looked at."""
    created = time_in(message, "dateAdded")
    return created is not None and created < since
