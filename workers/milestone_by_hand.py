"""A person of the client writes down what happened with a contact."""

from datetime import datetime, timedelta

from modules.contacts import is_erased
from modules.ids import ClientId, ContactId
from modules.milestones import Source
from utils.db import Connection
from utils.errors import BadInput, Conflict
from workers.context import Deps
from workers.note import Noted, Told, lock_whom_it_moves, note_event

FARTHEST = timedelta(days=3650)


async def write_milestone(
    deps: Deps, conn: Connection, client_id: ClientId, contact_id: ContactId, name: str, at: datetime | None, by: str
) -> tuple[datetime, Noted]:
    """`at`: when it happened or is to happen, else now; given back as it was written. Conflict for an erased person,
    BadInput for an instant ten years away."""
    await lock_whom_it_moves(conn, client_id, contact_id)
    if await is_erased(conn, client_id, contact_id):
        raise Conflict("This person was erased; nothing is written about them any more", field="contact")
    now = deps.clock.now()
    when = at or now
    if abs(when - now) > FARTHEST:
        raise BadInput("That is more than ten years away; give another --at", field="at")
    return when, await note_event(deps, conn, client_id, contact_id, name, when, Told(Source.person, by))
