"""Kept once, though a provider gives its id again to other words or to somebody else: those get a key of their own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from modules.emotion import OptOut
from modules.ids import AccountId
from modules.inbox import EventKind, keep_event, keep_inbound, kept_under, pack_inbound
from modules.labels import InboundKind
from utils.db import Connection
from utils.digest import hash_text
from workers.hear import Heard

LONGEST_ADDRESS = 320
LONGEST_ID = 480
MARK = 16


async def keep_apart(conn: Connection, heard: Heard, row: Mapping[str, Any]) -> bool:
    """A row of `inbound`, once: under its id, or under a key of its own where something else has taken that."""
    if await keep_inbound(conn, row):
        return True
    key = await key_apart(conn, row["account_id"], heard)
    return key is not None and await keep_inbound(conn, {**row, "event_key": key})


async def keep_event_apart(conn: Connection, keeper: AccountId, heard: Heard, now: datetime) -> bool:
    """The same for what waits because no client knows its sender yet."""
    event = replace(heard.event, from_address=heard.sender or heard.event.from_address)

    async def keep(key: str) -> bool:
        packed = pack_inbound(replace(event, event_key=key))
        return await keep_event(conn, keeper, key, None, EventKind.inbound, heard.provider, packed, now)

    if await keep(event.event_key):
        return True
    key = await key_apart(conn, keeper, heard)
    return key is not None and await keep(key)


async def key_apart(conn: Connection, account_id: AccountId, heard: Heard) -> str | None:
    """A key made of the id, the sender and the words, when the account keeps something else under the id alone.

    None for a true repetition, which writes nothing: a stop told again must not close what the person has opened since.
    The report of a call grows, and of what is old the words are forgotten: there words alone make no other message, but
    a stop not heard before does.
    """
    event = heard.event
    if any(repeats(heard, row) for row in await kept_under(conn, [account_id], [event.event_key])):
        return None
    mark = hash_text(f"{_sender(heard)}\n{_plain(event.text)}")[:MARK]
    return f"{event.event_key[:LONGEST_ID]}#{mark}"


def repeats(heard: Heard, row: Mapping[str, Any]) -> bool:
    """Whether this says nothing that the row, kept under its id (`kept_under`), does not say."""
    event = heard.event
    asks = heard.verdict.opt_out is OptOut.yes if row["judged"] else event.opted_out
    changes = event.kind is not InboundKind.message or row["body"] is None
    same_words = changes or _plain(row["body"]) == _plain(event.text)
    return _plain(row["from_address"] or "") == _sender(heard) and same_words and (row["opted_out"] or not asks)


def _sender(heard: Heard) -> str:
    return _plain((heard.sender or heard.event.from_address)[:LONGEST_ADDRESS])


def _plain(text: str) -> str:
    """Without what PostgreSQL does not store, and without blanks: a webhook and a list may differ in them."""
    return "".join(text.replace("\x00", "").encode("utf-8", "replace").decode().split())
