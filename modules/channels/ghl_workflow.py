"""The second way to send a text: handed to a workflow's own webhook trigger. Never a proof.

Its 200 says only that the trigger's server took the post: a workflow that is not published, a filter, a re-entry rule
and Do-Not-Disturb all end in 200 and nothing (public reports, 2025). So the id we keep is our own, `handed:` with all
that is needed to look for the message later, and only the message itself, found in the contact's conversation by its
words, settles anything. Two that look alike settle nothing.
"""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx

from modules.accounts import Account
from modules.channels.answers import text_in
from modules.channels.ghl_api import export, post
from modules.channels.ghl_lists import BEFORE_ARM
from modules.channels.ghl_words import read_message, read_refusal, time_in
from modules.channels.models import Accepted, Answer, CannotTell, Fact, Found, Looked, Message
from modules.labels import ChannelName
from utils.digest import hash_text

HANDED = re.compile(r"handed:([0-9a-f-]{36}):([0-9A-Za-z_-]{1,64}):([0-9a-f]{32})")
LONGEST_RUN = timedelta(minutes=10)
"""How long after the hand-over a workflow's message may appear."""
_VERSION_7 = 7


async def hand_over(client: httpx.AsyncClient, account: Account, message: Message) -> Answer:
    """One POST to the trigger's secret address; any 2xx is a hand-over."""
    body = {
        "contactId": message.envelope["contact_id"],
        "phone": message.to_address,
        "message": message.body,
        "touch": str(message.touch_id),
    }
    heard = await post(client, account.settings["workflow_hook"], {}, json.dumps(body).encode())
    if not isinstance(heard, tuple):
        return heard
    status, answer = heard
    return Accepted(handed_id(message), "handed_over") if status < 400 else read_refusal(status, answer)


def handed_id(message: Message) -> str:
    return f"handed:{message.touch_id}:{message.envelope['contact_id']}:{hash_of(message.body)}"


def is_handed(provider_id: str) -> bool:
    """Whether it is our own id of a hand-over, which names no message."""
    return provider_id.startswith("handed:")


def hash_of(body: str) -> str:
    return hash_text(body.strip())[:32]


async def fetch_handed(client: httpx.AsyncClient, account: Account, provider_id: str, page_size: int) -> Looked:
    """The one message with these words to this person in the minutes after the hand-over, under the id we know."""
    found = HANDED.fullmatch(provider_id)
    armed_at = moment_in(found[1]) if found else None
    if not found or armed_at is None:
        return CannotTell("not_a_message_id")
    contact, wanted, until = found[2], found[3], armed_at + LONGEST_RUN
    since = armed_at - BEFORE_ARM
    lines = await export(client, account, ChannelName.sms, since, until, page_size, contact)
    if isinstance(lines, CannotTell):
        return lines
    same = [
        line
        for line in lines
        if line.get("direction") == "outbound"
        and hash_of(text_in(line, "body") or "") == wanted
        and since <= (time_in(line, "dateAdded") or armed_at) <= until
    ]
    fact = read_message(same[0]) if len(same) == 1 else None
    if fact is None:
        return CannotTell("handed_over_and_in_doubt" if same else "handed_over_and_not_seen")
    return Found(_under(provider_id, fact))


def _under(provider_id: str, fact: Fact) -> Fact:
    """The message's own evidence, for the touch that knows only its hand-over."""
    return replace(fact, provider_id=provider_id)


def moment_in(touch_id: str) -> datetime | None:
    """When a touch was armed: the first 48 bits of its id (RFC 9562, version 7), in milliseconds."""
    try:
        number = UUID(touch_id)
    except ValueError:
        return None
    if number.version != _VERSION_7:
        return None
    return datetime.fromtimestamp((number.int >> 80) / 1000, UTC)
