"""Permits, lists and receipts as values."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from modules.ids import AddressId, ClientId, ContactId
from modules.labels import CheckAnswer


class RegistrationStatus(StrEnum):
    """What the carriers say of a sender's campaign; only an approved one sends."""

    pending = "pending"
    approved = "approved"
    rejected = "rejected"


@dataclass(frozen=True)
class Clearance:
    """A client may write to people of a state that asks sellers to register; `reference` is the proof of it."""

    client_id: ClientId
    state: str
    reference: str
    cleared_by: str
    ends_at: datetime | None = None


@dataclass(frozen=True)
class StateBlock:
    """Nobody in a state is called or texted between two instants, whoever the client is."""

    id: UUID
    state: str
    from_at: datetime
    until_at: datetime
    reason: str
    source: str
    added_by: str


@dataclass(frozen=True)
class NumberToCheck:
    """A person's number whose newest proof is too old. `consented_on` is the day of that proof."""

    contact_id: ContactId
    address_id: AddressId
    phone: str
    consented_on: date


@dataclass(frozen=True)
class Receipt:
    """What a service said of a number, for which day."""

    address_id: AddressId
    answer: CheckAnswer
    consented_on: date
    source: str
