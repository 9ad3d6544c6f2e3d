"""A person of the client has read what came in: it holds nothing any more."""

from datetime import datetime

from modules.contacts import lock_person
from modules.ids import ClientId, ContactId
from modules.inbox import held_by_reply, release_inbound
from modules.sequences import EnrollmentChange, EnrollmentState, lock_and_load_snapshots, write_enrollments
from utils.db import Connection


async def release_person(conn: Connection, client_id: ClientId, contact_id: ContactId, by: str, now: datetime) -> int:
    """What a contact wrote holds nothing any more, and what it held goes on now; how many rows were released."""
    snapshots = await lock_and_load_snapshots(conn, await held_by_reply(conn, client_id, contact_id))
    await lock_person(conn, [contact_id])
    released = await release_inbound(conn, client_id, contact_id, by, now)
    rows = [
        EnrollmentChange(
            id=one.enrollment_id,
            status=EnrollmentState.active,
            status_reason=None,
            step=one.step,
            visit=one.visit,
            next_channel=one.next_channel,
            due_at=max(one.due_at or now, now),
            waiting=one.waiting,
            last_touch_id=None,
            decision=None,
        )
        for one in snapshots
        if one.status is EnrollmentState.held
    ]
    await write_enrollments(conn, rows, now)
    return released
