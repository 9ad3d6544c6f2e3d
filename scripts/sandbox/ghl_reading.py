"""GoHighLevel's lists of messages and conversations, as far as its index has come.

Sources: spec ghl-conversations.json (export, search, GET /conversations/{id}/messages); the last one's true body is
nested once more (issue 54 of highlevel-api-docs); the index lags (issue 5); an export without `channel` leaves e-mail
out (spec, parameter `channel`).
"""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import JSONResponse, Response

from scripts.sandbox.accounts import GhlAccount
from scripts.sandbox.answers import Refused
from scripts.sandbox.faults import Fates
from scripts.sandbox.ghl_contact_lists import limit_of
from scripts.sandbox.ghl_errors import refuse_fields
from scripts.sandbox.ghl_records import TYPE_NAMES, GhlConversation, GhlMessage, milliseconds
from scripts.sandbox.world import World
from utils.clock import parse_instant

CHANNEL_KINDS = {"Call": "CALL", "SMS": "SMS", "Email": "Email"}
CHANNELS = (*CHANNEL_KINDS, "WhatsApp", "Instagram", "Facebook")
EXPORT_QUERY = (
    *("locationId", "limit", "cursor", "sortBy", "sortOrder", "conversationId", "contactId", "channel", "startDate"),
    "endDate",
)
SEARCH_QUERY = (
    *("locationId", "contactId", "assignedTo", "followers", "mentions", "query", "sort", "startAfterDate", "id"),
    *("limit", "lastMessageType", "lastMessageAction", "lastMessageDirection", "status", "sortBy", "startDate"),
    "endDate",
)


def instant_of(query: dict[str, str], name: str) -> datetime | None:
    """ISO 8601 or epoch milliseconds; 422 for anything else."""
    text = query.get(name)
    if not text:
        return None
    try:
        return datetime.fromtimestamp(int(text) / 1000, UTC) if text.isdecimal() else parse_instant(text)
    except ValueError:
        raise Refused(refuse_fields(f"{name} must be a valid date")) from None


def choose(query: dict[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = query.get(name, default)
    if value and value not in allowed:
        raise Refused(refuse_fields(f"{name} must be one of the following values: {', '.join(allowed)}"))
    return value


def indexed(world: World, account: GhlAccount, fates: Fates) -> list[GhlMessage]:
    """The location's messages which the index shows by now, oldest first."""
    now = world.clock.now()
    seen_until = now - timedelta(seconds=fates["visibility"].delay if "visibility" in fates else 0)
    mine = [one for one in world.ghl_messages.values() if one.location_id == account.location_id]
    return sorted(
        (one for one in mine if one.visible_at <= now and one.added_at <= seen_until), key=lambda one: one.added_at
    )


def export_page(world: World, account: GhlAccount, query: dict[str, str], fates: Fates) -> Response:
    limit = limit_of(query.get("limit"), 100, 500)
    if limit is None or limit < 10:
        raise Refused(refuse_fields("limit must not be less than 10", "limit must not be greater than 500"))
    channel = choose(query, "channel", CHANNELS, "")
    by_update = choose(query, "sortBy", ("createdAt", "updatedAt"), "createdAt") == "updatedAt"
    newest_first = choose(query, "sortOrder", ("asc", "desc"), "desc") == "desc"
    found = [one for one in indexed(world, account, fates) if fits_export(one, channel, query)]
    if by_update:
        found.sort(key=lambda one: one.updated_at)
    if newest_first:
        found.reverse()
    rest = found[place_after(found, query.get("cursor")) :]
    shown = rest[:limit]
    cursor = cursor_of(shown[-1]) if len(rest) > len(shown) else None
    return JSONResponse({"messages": [one.shown() for one in shown], "nextCursor": cursor, "total": len(found)})


def fits_export(message: GhlMessage, channel: str, query: dict[str, str]) -> bool:
    start, end = instant_of(query, "startDate"), instant_of(query, "endDate")
    right_kind = message.kind == CHANNEL_KINDS.get(channel) if channel else message.kind != "Email"
    return (
        right_kind
        and query.get("contactId", message.contact_id) == message.contact_id
        and query.get("conversationId", message.conversation_id) == message.conversation_id
        and (start is None or message.added_at >= start)
        and (end is None or message.added_at <= end)
    )


def cursor_of(message: GhlMessage) -> str:
    words = {"lastSort": [milliseconds(message.added_at)], "lastId": message.id}
    return base64.b64encode(json.dumps(words).encode()).decode()


def place_after(found: list[GhlMessage], cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        last = json.loads(base64.b64decode(cursor, validate=True))["lastId"]
    except (ValueError, KeyError, TypeError):
        raise Refused(refuse_fields("cursor is invalid")) from None
    places = {one.id: place + 1 for place, one in enumerate(found)}
    return places.get(last, len(found))


def thread_page(
    world: World, account: GhlAccount, conversation: GhlConversation, query: dict[str, str], fates: Fates
) -> Response:
    """The newest messages of one conversation, behind `lastMessageId` if given."""
    limit = limit_of(query.get("limit"), 20, 100)
    if limit is None:
        raise Refused(refuse_fields("limit must not be greater than 100"))
    kinds = [kind for kind in query.get("type", "").split(",") if kind]
    found = [
        one
        for one in reversed(indexed(world, account, fates))
        if one.conversation_id == conversation.id and (not kinds or TYPE_NAMES[one.kind] in kinds)
    ]
    places = {one.id: place + 1 for place, one in enumerate(found)}
    rest = found[places.get(query.get("lastMessageId", ""), 0) :]
    shown = rest[:limit]
    page = {
        "lastMessageId": shown[-1].id if shown else None,
        "nextPage": len(rest) > len(shown),
        "messages": [one.shown() for one in shown],
    }
    return JSONResponse({"messages": page})


def search_page(world: World, account: GhlAccount, query: dict[str, str], fates: Fates) -> Response:
    """Conversations by the instant of their last indexed message; the newest first unless `sort` says asc."""
    limit = limit_of(query.get("limit"), 20, 100)
    if limit is None:
        raise Refused(refuse_fields("limit must not be greater than 100"))
    rising = choose(query, "sort", ("asc", "desc"), "desc") == "asc"
    choose(
        query, "sortBy", ("last_manual_message_date", "last_message_date", "overdue_at", "due_at"), "last_message_date"
    )
    last = {one.conversation_id: one for one in indexed(world, account, fates)}
    found = [one for one in last.values() if fits_search(world, one, query)]
    found.sort(key=lambda one: one.added_at, reverse=not rising)
    after = instant_of(query, "startAfterDate")
    if after is not None:
        found = [one for one in found if (one.added_at > after if rising else one.added_at < after)]
    shown = [conversation_shown(world, one) for one in found[:limit]]
    return JSONResponse({"conversations": shown, "total": len(found)})


def fits_search(world: World, last: GhlMessage, query: dict[str, str]) -> bool:
    contact = world.ghl_contacts[last.contact_id]
    added_at = world.ghl_conversations[last.conversation_id].added_at
    start, end = instant_of(query, "startDate"), instant_of(query, "endDate")
    words = f"{contact.name} {contact.email} {contact.phone}".lower()
    return (
        query.get("contactId", last.contact_id) == last.contact_id
        and query.get("id", last.conversation_id) == last.conversation_id
        and query.get("lastMessageType", TYPE_NAMES[last.kind]) == TYPE_NAMES[last.kind]
        and query.get("lastMessageDirection", last.direction) == last.direction
        and query.get("query", "").lower() in words
        and (start is None or added_at >= start)
        and (end is None or added_at <= end)
    )


def conversation_shown(world: World, last: GhlMessage) -> dict[str, Any]:
    conversation, contact = world.ghl_conversations[last.conversation_id], world.ghl_contacts[last.contact_id]
    return {
        "id": conversation.id,
        "contactId": contact.id,
        "locationId": contact.location_id,
        "lastMessageBody": last.body,
        "lastMessageType": TYPE_NAMES[last.kind],
        "lastMessageDirection": last.direction,
        "lastMessageDate": milliseconds(last.added_at),
        "type": "TYPE_PHONE",
        "unreadCount": conversation.unread,
        "fullName": contact.name,
        "contactName": contact.name,
        "email": contact.email,
        "phone": contact.phone,
        "dateAdded": milliseconds(conversation.added_at),
        "sort": [milliseconds(last.added_at)],
    }
