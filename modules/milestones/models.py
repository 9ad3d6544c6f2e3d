"""One fact about a contact, and who told it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from modules.ids import ClientId, ContactId

APPOINTMENT = "appointment"
"""The milestone whose instant is when an appointment is; `booked` says when it was made."""


class Source(StrEnum):
    """Who told it; further ones are providers by their names."""

    person = "person"
    task = "task"
    ghl = "ghl"


@dataclass(frozen=True)
class Milestone:
    """`at`: when it happened or is to happen; `ref`: what the source calls it, so that it counts once (None: each time
    is a new one)."""

    id: UUID
    client_id: ClientId
    contact_id: ContactId
    name: str
    at: datetime
    source: Source
    ref: str | None
    noted_by: str | None


@dataclass(frozen=True)
class ListedMilestone:
    """`taken_back_at`: since when it does not count any more; `taken_back_by` and `taken_back_for`: who, and why."""

    id: UUID
    name: str
    at: datetime
    source: str
    noted_by: str | None
    noted_at: datetime
    taken_back_at: datetime | None
    taken_back_by: str | None
    taken_back_for: str | None
