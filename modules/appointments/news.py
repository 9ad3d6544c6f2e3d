"""Whether what a provider tells of an appointment is newer than what is known."""

from modules.appointments.models import Appointment
from modules.channels import AppointmentSeen
from modules.ids import ContactId
from modules.labels import AppointmentStatus


def is_news(known: Appointment | None, seen: AppointmentSeen, contact_id: ContactId) -> bool:
    """False for a repeat, for what is older than the last news, and for all that follows a deletion.

    A deletion is news whenever it was told: no provider brings an id back. Of two that say another thing for the same
    instant the later one to arrive counts, and so does one that names no instant.
    """
    if known is None:
        return True
    if AppointmentStatus.deleted in (known.status, seen.status):
        return known.status is not seen.status and seen.status is AppointmentStatus.deleted
    if seen.told_at is not None and seen.told_at != known.told_at:
        return seen.told_at > known.told_at
    return (known.contact_id, known.status, known.starts_at) != (contact_id, seen.status, seen.starts_at)
