"""Appointments as a provider's calendar tells of them: each once, as it last stood there.

News comes repeated and out of order; the provider's own clock says what is newer.

Tables: appointments
Verbs: find_appointment, is_news, write_appointment, erase_appointments, forget_appointments
Imports: ids, labels, channels
"""

from modules.appointments.models import Appointment
from modules.appointments.news import is_news
from modules.appointments.store import (
    erase_appointments,
    find_appointment,
    forget_appointments,
    write_appointment,
)

__all__ = [
    "Appointment",
    "erase_appointments",
    "find_appointment",
    "forget_appointments",
    "is_news",
    "write_appointment",
]
