"""People by the thousand: taken over from an import's rows, and taken back."""

from datetime import datetime
from uuid import UUID

from modules.contacts.imported_store import (
    add_imported_contacts,
    await_imported_addresses,
    await_imported_contacts,
    await_known_contacts,
    close_imported_addresses,
    drop_imported_addresses,
    drop_imported_contacts,
    drop_imported_refs,
    ensure_imported_addresses,
    link_imported_addresses,
    measure_contacts,
)
from utils.db import Connection

# From so many rows on, a plan that was made for a few takes minutes (seen: 200,000 by 200,000 rows in a loop).
MANY_ROWS = 1_000


async def take_over_imported(conn: Connection, import_id: UUID, now: datetime) -> int:
    """How many people are new. Call it when the rows were judged. Of the others those whose consent comes next are
    locked: whoever is erased before that gets none, and an erasure after that finds it."""
    await await_known_contacts(conn, import_id)
    added = await add_imported_contacts(conn, import_id, now)
    await ensure_imported_addresses(conn, import_id, now)
    await link_imported_addresses(conn, import_id)
    if added >= MANY_ROWS:
        await measure_contacts(conn)
    return added


async def lock_imported(conn: Connection, import_id: UUID) -> int:
    """How many people of an import are still there; they and their addresses are locked, as everybody locks."""
    people = await await_imported_contacts(conn, import_id)
    if people >= MANY_ROWS:
        await measure_contacts(conn)
    await await_imported_addresses(conn, import_id)
    return people


async def drop_imported(conn: Connection, import_id: UUID) -> int:
    """How many people are gone, with addresses that nobody else has. What is closed stays closed. Call it after
    lock_imported, and after everything that refers to them is gone."""
    await close_imported_addresses(conn, import_id)
    await drop_imported_refs(conn, import_id)
    await drop_imported_addresses(conn, import_id)
    return await drop_imported_contacts(conn, import_id)
