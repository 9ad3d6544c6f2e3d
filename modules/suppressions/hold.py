"""A number that asked several clients to stop is left alone by all, until a person decides."""

from datetime import datetime

from modules.ids import ClientId
from modules.labels import AddressKind
from modules.suppressions.store import lock_platform_hash, note_platform_opt_out, open_platform_hold
from utils.db import Connection
from utils.signing import Pepper

CLIENTS_FOR_A_HOLD = 3


async def note_own_word(
    conn: Connection, pepper: Pepper, client_id: ClientId, kind: AddressKind, value: str, now: datetime
) -> bool:
    """Counts a person's own word at one client; True when this opened (or opened again) a hold over all clients."""
    hashed = pepper.platform_hash(kind, value)
    await lock_platform_hash(conn, hashed)
    if not await note_platform_opt_out(conn, client_id, hashed, now):
        return False
    return await open_platform_hold(conn, hashed, CLIENTS_FOR_A_HOLD, now)
