"""Drafts of sequences: one function a query; see drafts_queries.sql."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from modules.ids import ClientId
from utils.db import Connection, Row, execute, fetch_all, fetch_one
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("drafts_queries.sql"))


@dataclass(frozen=True)
class Draft:
    """What somebody has written and not published. `based_on`: the version that was current when it was begun, 0 where
    there was none."""

    slug: str
    source: str
    based_on: int
    saved_by: str
    saved_at: datetime


@dataclass(frozen=True)
class ListedDraft:
    """A draft beside the version that is current now; 0 where none was published yet."""

    draft: Draft
    current_version: int


async def save_draft(
    conn: Connection, client_id: ClientId, slug: str, source: str, based_on: int, saved_by: str, now: datetime
) -> Draft:
    values = {"client_id": client_id, "slug": slug, "source": source, "based_on": based_on}
    rows = await fetch_all(conn, SQL["save_draft"], {**values, "saved_by": saved_by, "now": now})
    return Draft(**rows[0])


async def find_draft(conn: Connection, client_id: ClientId, slug: str) -> Draft | None:
    return _draft(await fetch_one(conn, SQL["find_draft"], {"client_id": client_id, "slug": slug}))


async def lock_draft(conn: Connection, client_id: ClientId, slug: str) -> Draft | None:
    return _draft(await fetch_one(conn, SQL["lock_draft"], {"client_id": client_id, "slug": slug}))


async def drop_draft(conn: Connection, client_id: ClientId, slug: str) -> bool:
    """True when there was one."""
    return await execute(conn, SQL["drop_draft"], {"client_id": client_id, "slug": slug}) == 1


async def list_drafts(conn: Connection, client_id: ClientId) -> list[ListedDraft]:
    rows = await fetch_all(conn, SQL["list_drafts"], {"client_id": client_id})
    names = Draft.__dataclass_fields__
    return [ListedDraft(Draft(**{name: row[name] for name in names}), row["current_version"]) for row in rows]


def _draft(row: Row | None) -> Draft | None:
    return None if row is None else Draft(**row)
