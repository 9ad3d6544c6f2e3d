"""Puts contacts into a sequence."""

from collections.abc import Sequence
from datetime import datetime

from modules.ids import ClientId, ContactId, EnrollmentId, SequenceId
from modules.sequences.models import Definition
from modules.sequences.store import contact_zones, enroll_contacts
from modules.sequences.waits import due_after
from utils.db import Connection


async def enroll(
    conn: Connection,
    client_id: ClientId,
    sequence_id: SequenceId,
    version: int,
    definition: Definition,
    contact_ids: Sequence[ContactId],
    now: datetime,
) -> list[EnrollmentId]:
    """The new enrollments, pinned to this version. Contacts that run in the sequence already are left as they are."""
    first = definition.steps[0]
    zones = await contact_zones(conn, client_id, contact_ids)
    due = {contact_id: due_after(first.wait, now, zone) for contact_id, zone in zones.items()}
    return await enroll_contacts(conn, client_id, sequence_id, version, first, due, now)
