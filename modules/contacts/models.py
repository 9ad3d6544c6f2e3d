"""People, and the addresses that reach them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.ids import AddressId, ClientId, ContactId
from modules.labels import AddressKind, ChannelName


@dataclass(frozen=True)
class ConsentGiven:
    """What the person agreed to for one channel: the exact wording, and where it was given."""

    channel: ChannelName
    wording: str
    source: str


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


@dataclass(frozen=True)
class Address:
    id: AddressId
    client_id: ClientId
    contact_id: ContactId
    kind: AddressKind
    value: str
