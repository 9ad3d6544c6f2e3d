"""The proof of every touch, by page, by change, and whole."""

import base64
from binascii import Error as NotBase64
from collections.abc import AsyncIterator
from datetime import datetime
from uuid import UUID

from modules.accounts import find_client
from modules.ids import ClientId
from modules.reports import store
from modules.reports.models import LedgerCount, LedgerFilters, LedgerLine, Mark
from utils.db import Connection
from utils.errors import BadInput

_PAGE = 500
_EVERYTHING = LedgerFilters()


def write_mark(mark: Mark) -> str:
    """`{instant}|{id}`: the stream's event ids, and what a cursor holds."""
    return f"{mark.at.isoformat()}|{mark.id}"


def read_mark(text: str) -> Mark:
    """BadInput for anything that `write_mark` did not write."""
    at, _, touch = text.partition("|")
    try:
        mark = Mark(datetime.fromisoformat(at), UUID(touch))
    except ValueError as error:
        raise BadInput("This place in the list is not readable; begin again without it", field="cursor") from error
    if mark.at.tzinfo is None:
        raise BadInput("This place in the list is not readable; begin again without it", field="cursor")
    return mark


def write_cursor(mark: Mark) -> str:
    return base64.urlsafe_b64encode(write_mark(mark).encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Mark:
    """BadInput for a cursor that is not ours."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (NotBase64, ValueError) as error:
        raise BadInput("This place in the list is not readable; begin again without it", field="cursor") from error
    return read_mark(text)


async def ledger_page(
    conn: Connection,
    client_id: ClientId | None,
    cursor: str | None,
    limit: int,
    filters: LedgerFilters = _EVERYTHING,
) -> tuple[list[LedgerLine], str | None]:
    """At most `limit` touches, newest first, and the cursor of the next page; None at the end."""
    before = None if cursor is None else read_cursor(cursor)
    lines = await store.ledger_page(conn, client_id, before, limit + 1, filters)
    if len(lines) <= limit:
        return lines, None
    last = lines[limit - 1]
    return lines[:limit], write_cursor(Mark(last.armed_at, last.id))


async def ledger_changes(conn: Connection, client_id: ClientId, after: Mark, limit: int) -> list[LedgerLine]:
    """At most `limit` touches in the order they changed, after this mark."""
    return await store.ledger_changes(conn, client_id, after, limit)


async def newest_changes_from(conn: Connection, client_id: ClientId, after: Mark, newest: int) -> Mark:
    """The later one of this mark and the one after which only the `newest` changes are left."""
    return await store.change_before_last(conn, client_id, after, newest) or after


async def latest_change(conn: Connection, client_id: ClientId) -> datetime | None:
    """When one of the client's touches changed last; None before the first touch."""
    return await store.latest_change(conn, client_id)


async def ledger_summary(conn: Connection, client_id: ClientId) -> list[LedgerCount]:
    """How many touches stand in each state, by channel."""
    return await store.ledger_summary(conn, client_id)


async def ledger_lines(conn: Connection, slug: str | None) -> AsyncIterator[LedgerLine]:
    """Every touch of this client, or of all, newest first, read page by page. NotFound for an unknown slug."""
    client_id = None if slug is None else (await find_client(conn, slug)).id
    cursor: str | None = None
    while True:
        lines, cursor = await ledger_page(conn, client_id, cursor, _PAGE)
        for line in lines:
            yield line
        if cursor is None:
            return
