"""People, and the addresses that reach them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from modules.ids import AddressId, ClientId, ContactId
from modules.labels import AddressKind, ConsentGiven
from utils.frozen import quickly_made


@dataclass(frozen=True)
class ContactDraft:
    """A contact as it comes in; addresses as typed, checked by `add_contact`."""

    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    email: str | None = None
    time_zone: str | None = None
    external_ref: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    consents: tuple[ConsentGiven, ...] = ()


@quickly_made
@dataclass(frozen=True)
class Contact:
    """A person as messages need them."""

    id: ContactId
    client_id: ClientId
    first_name: str | None
    last_name: str | None
    time_zone: str | None
    fields: Mapping[str, Any]
    suppressed: bool
    client_name: str
    postal_address: str | None = None
    help_contact: str | None = None


@quickly_made
@dataclass(frozen=True)
class Address:
    id: AddressId
    client_id: ClientId
    contact_id: ContactId
    kind: AddressKind
    value: str


@dataclass(frozen=True)
class Mailbox:
    """An e-mail address at one client, and everybody there who is reached by it."""

    value: str
    suppressed_reason: str | None
    client_name: str
    contacts: Sequence[ContactId]
    language: str | None
