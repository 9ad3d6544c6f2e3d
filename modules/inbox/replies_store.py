"""One thin function a query of replies_queries.sql: what people of the client write back."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from uuid import UUID

from modules.ids import ClientId, ContactId
from modules.inbox.models import KeptReply, NewReply, TextedLast, WaitingReply
from utils.db import Connection, Row, execute, fetch_all, fetch_one
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("replies_queries.sql"))


async def newest_text(conn: Connection, client_id: ClientId, contact_id: ContactId) -> TextedLast | None:
    """The last text from the number that the contact has now."""
    row = await fetch_one(conn, SQL["newest_text"], {"client_id": client_id, "contact_id": contact_id})
    return TextedLast(**row) if row else None


async def keep_reply(conn: Connection, reply: NewReply) -> bool:
    """False when these words to this message were written before."""
    return await execute(conn, SQL["keep_reply"], asdict(reply)) == 1


async def replies_to(conn: Connection, inbound_id: UUID, now: datetime) -> list[KeptReply]:
    rows = await fetch_all(conn, SQL["replies_to"], {"inbound_id": inbound_id, "now": now})
    return [KeptReply(**row) for row in rows]


async def replies_due(conn: Connection, since: datetime, at_most: int) -> list[WaitingReply]:
    """Those whose time ended after `since` or has not ended."""
    rows = await fetch_all(conn, SQL["replies_due"], {"since": since, "at_most": at_most})
    return [WaitingReply(**row) for row in rows]


async def lock_reply(conn: Connection, reply_id: UUID) -> int | None:
    """Attempts made so far; None when it is locked elsewhere, has left or may not leave any more."""
    row = await fetch_one(conn, SQL["lock_reply"], {"id": reply_id})
    return row["attempts"] if row else None


async def close_reply(conn: Connection, reply_id: UUID, reason: str, now: datetime) -> bool:
    return await execute(conn, SQL["close_reply"], {"id": reply_id, "reason": reason, "now": now}) == 1


async def waiting_reply(conn: Connection, client_id: ClientId, reply_id: UUID) -> ContactId | None:
    """Whose it is, when it may still be taken back; `close_reply` has the last word. The row stays locked."""
    row = await fetch_one(conn, SQL["waiting_reply"], {"client_id": client_id, "id": reply_id})
    return row["contact_id"] if row else None


async def list_replies(conn: Connection, client_id: ClientId, now: datetime, at_most: int) -> list[Row]:
    """Rows of `id contact to body written_by written_at send_by state reason touch confirmed_at`.

    `state` is `waiting`, `closed`, `late` (its time is over and nobody closed it), else that of its touch.
    """
    return await fetch_all(conn, SQL["list_replies"], {"client_id": client_id, "now": now, "at_most": at_most})


async def erase_replies(conn: Connection, client_id: ClientId, contact_id: ContactId) -> int:
    return await execute(conn, SQL["erase_replies"], {"client_id": client_id, "contact_id": contact_id})


async def forget_replies(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_replies"], {"before": before, "at_most": at_most})
