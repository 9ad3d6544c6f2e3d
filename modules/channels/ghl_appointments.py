"""GoHighLevel's appointments in our words.

Sources: docs "webhook events" AppointmentCreate, AppointmentUpdate and AppointmentDelete (marketplace docs of
2021-04-15 and 2023-02-21, read 2026-11-21: all three have one shape, instants with an offset); the status words of
calendars.json (AppointmentCreateSchema, AppointmentSchemaResponse).
"""

from collections.abc import Mapping

from modules.channels.answers import text_in, word_in
from modules.channels.ghl_api import GHL_ID
from modules.channels.ghl_words import time_in
from modules.channels.models_of_hooks import AppointmentSeen
from modules.labels import AppointmentStatus

DELETED = "AppointmentDelete"
APPOINTMENT_EVENTS = frozenset({"AppointmentCreate", "AppointmentUpdate", DELETED})

STATUSES: Mapping[str, AppointmentStatus] = {
    "new": AppointmentStatus.booked,
    "confirmed": AppointmentStatus.booked,
    "active": AppointmentStatus.booked,
    "completed": AppointmentStatus.booked,  # its time is over, which is no word about who came
    "showed": AppointmentStatus.showed,
    "cancelled": AppointmentStatus.called_off,
    "noshow": AppointmentStatus.called_off,
    "invalid": AppointmentStatus.called_off,
}


def read_appointment(kind: str, body: Mapping[str, object], event_key: str) -> AppointmentSeen | None:
    """None when it does not say which appointment, whose, or by a known word where it stands: kept as it came in."""
    told = body.get("appointment")
    if not isinstance(told, dict):
        return None
    ref, contact_ref = text_in(told, "id") or "", text_in(told, "contactId") or ""
    status = AppointmentStatus.deleted if kind == DELETED else STATUSES.get(word_in(told, "appointmentStatus") or "")
    if status is None or not GHL_ID.fullmatch(ref) or not GHL_ID.fullmatch(contact_ref):
        return None
    return AppointmentSeen(
        ref=ref,
        contact_ref=contact_ref,
        status=status,
        starts_at=time_in(told, "startTime"),
        booked_at=time_in(told, "dateAdded"),
        told_at=time_in(told, "dateUpdated"),
        event_key=event_key,
    )
