"""What the read-only questions answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from modules.ids import ContactId, EnrollmentId, TouchId
from modules.labels import ChannelName, Provider, TouchState


@dataclass(frozen=True)
class LedgerLine:
    """One touch with its proof. `client` and `sequence` are slugs; `body_hash` is the hex SHA-256 of the text sent."""

    id: TouchId
    client: str
    contact: ContactId
    contact_name: str | None
    enrollment: EnrollmentId | None
    sequence: str | None
    step: str | None
    attempt: int
    channel: ChannelName
    provider: Provider
    to_address: str
    body_hash: str
    state: TouchState
    reason: str | None
    armed_at: datetime
    confirmed_at: datetime | None
    changed_at: datetime
    provider_id: str | None
    evidence_id: str | None
    decision: Mapping[str, object]


@dataclass(frozen=True)
class Mark:
    """A place in an ordered list: an instant and, where several share it, an id."""

    at: datetime
    id: UUID


@dataclass(frozen=True)
class LedgerFilters:
    """What to leave out; None leaves nothing out."""

    state: TouchState | None = None
    channel: ChannelName | None = None


@dataclass(frozen=True)
class LedgerCount:
    channel: ChannelName
    state: TouchState
    touches: int
