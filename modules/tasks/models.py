"""One thing that a person has to do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from modules.ids import ClientId, ContactId, EnrollmentId


class TaskState(StrEnum):
    """`dismissed`: a person said that it cannot be done; `withdrawn`: the contact left the step before."""

    open = "open"
    done = "done"
    dismissed = "dismissed"
    withdrawn = "withdrawn"


@dataclass(frozen=True)
class NewTask:
    """A task as a step gives it, its texts final. `due_by` None: nothing waits for it; `records`: the milestone that
    doing it writes."""

    id: UUID
    client_id: ClientId
    contact_id: ContactId
    enrollment_id: EnrollmentId
    step: str
    visit: int
    title: str
    instructions: str
    blocks: bool
    records: str | None
    due_by: datetime | None


@dataclass(frozen=True)
class KnownTask:
    """A task as far as settling it needs."""

    id: UUID
    client_id: ClientId
    contact_id: ContactId
    enrollment_id: EnrollmentId | None
    step: str | None
    visit: int | None
    title: str
    state: TaskState
    records: str | None
    settled_by: str | None


@dataclass(frozen=True)
class ListedTask:
    """A task as its list shows it. `closed`: the contact's addresses that must not be used; `is_overdue`: the sequence
    has gone on without it, or will with the next sweep."""

    id: UUID
    title: str
    instructions: str
    state: TaskState
    contact_id: ContactId
    contact: str
    sequence: str | None
    step: str | None
    blocks: bool
    due_by: datetime | None
    is_overdue: bool
    closed: tuple[str, ...]
    created_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    note: str | None
