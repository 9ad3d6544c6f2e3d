"""What an erased person agreed to, sealed: nobody reads it by chance, and it is there when the proof is asked for."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from modules.erasure.store import insert_proof, load_proof, page_proofs, reseal_proof
from modules.ids import ClientId, ContactId
from utils.db import Connection
from utils.signing import Sealer

KEEP_PROOF = timedelta(days=5 * 365 + 2)
"""Five years, however the leap days fall (16 CFR 310.5, in the version of 89 FR 26760, in force since 16 May 2024)."""

_PAGE = 500


async def keep_proof(
    conn: Connection,
    sealer: Sealer,
    client_id: ClientId,
    contact_id: ContactId,
    rows: Sequence[Mapping[str, Any]],
    now: datetime,
) -> bool:
    """True when there was something to keep. `rows` are whole rows as JSON; the seal binds client and person in."""
    if not rows:
        return False
    sealed = sealer.seal(json.dumps(list(rows)).encode(), _context(client_id, contact_id))
    await insert_proof(conn, client_id, contact_id, sealed, now + KEEP_PROOF)
    return True


async def open_proof(
    conn: Connection, sealer: Sealer, client_id: ClientId, contact_id: ContactId
) -> list[dict[str, Any]]:
    """The rows again, oldest first; none when nothing was kept or its time is over. SettingsError without the key."""
    sealed = await load_proof(conn, client_id, contact_id)
    if sealed is None:
        return []
    rows: list[dict[str, Any]] = json.loads(sealer.open(sealed, _context(client_id, contact_id)))
    return rows


async def reseal_proofs(conn: Connection, sealer: Sealer) -> int:
    """Every proof under the newest key, or it could not be opened once the older one is taken away; how many were under
    an older one."""
    resealed, after = 0, UUID(int=0)
    while page := await page_proofs(conn, after, _PAGE):
        for row in page:
            sealed, context = bytes(row["sealed"]), _context(row["client_id"], row["contact_id"])
            if not sealer.is_current(sealed):
                fresh = sealer.seal(sealer.open(sealed, context), context)
                resealed += await reseal_proof(conn, row["client_id"], row["contact_id"], fresh)
        after = page[-1]["contact_id"]
    return resealed


def _context(client_id: ClientId, contact_id: ContactId) -> str:
    return f"erased proof {client_id}/{contact_id}"
