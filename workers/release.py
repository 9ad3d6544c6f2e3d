"""A person of the client has read what came in: it holds nothing any more."""

from datetime import datetime

from modules.contacts import lock_person
from modules.ids import ClientId, ContactId
from modules.inbox import held_by_reply, release_inbound
from modules.sequences import FOR_A_REPLY, EnrollmentState, go_on, lock_and_load_snapshots, write_enrollments
from utils.db import Connection


async def release_person(conn: Connection, client_id: ClientId, contact_id: ContactId, by: str, now: datetime) -> int:
    """What a contact wrote holds nothing any more, and what it held goes on now; how many rows were released. Who is
    paused rests on, and goes on at the resume."""
    snapshots = await lock_and_load_snapshots(conn, await held_by_reply(conn, client_id, contact_id))
    await lock_person(conn, [contact_id])
    released = await release_inbound(conn, client_id, contact_id, by, now)
    after = {EnrollmentState.held: EnrollmentState.active, EnrollmentState.paused: EnrollmentState.paused}
    # between the list and the lock somebody may have found a reason of their own to hold them
    waiting = [one for one in snapshots if one.status in after and one.status_reason in FOR_A_REPLY]
    rows = [go_on(one, after[one.status], None, now) for one in waiting]
    await write_enrollments(conn, rows, now)
    return released
