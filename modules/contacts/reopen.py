"""Opens a closed address again, and only by a new agreement of the person; what it was closed for stays known."""

from datetime import datetime
from uuid import UUID

from modules.contacts.store import closed_address, note_reopening, open_contacts
from modules.contacts.store import open_address as clear_suppression
from modules.ids import ClientId
from modules.labels import AddressKind
from utils.db import Connection


async def reopen_address(
    conn: Connection, client_id: ClientId, kind: AddressKind, value: str, consent_id: UUID, by: str, now: datetime
) -> bool:
    """True when this opened it. `consent_id` is the agreement that came after the closing (`consent_since_closing`, or
    one just recorded); the caller holds the person's locks. A provider's own block is not ours to lift."""
    closed = await closed_address(conn, client_id, kind, value)
    if closed is None:
        return False
    await note_reopening(conn, closed["id"], consent_id, by, now)
    await clear_suppression(conn, closed["id"])
    await open_contacts(conn, client_id, closed["id"], closed["suppressed_at"])
    return True
