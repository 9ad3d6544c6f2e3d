"""One appointment."""

from dataclasses import dataclass
from datetime import datetime

from modules.ids import ClientId, ContactId
from modules.labels import AppointmentStatus, Provider


@dataclass(frozen=True)
class Appointment:
    """As it stood at `told_at` by the provider's clock. `ref` is its id there; `starts_at` None: not said."""

    client_id: ClientId
    source: Provider
    ref: str
    contact_id: ContactId
    status: AppointmentStatus
    starts_at: datetime | None
    booked_at: datetime
    told_at: datetime
