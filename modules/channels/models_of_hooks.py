"""What a provider posts to us, and what an adapter reads in it: facts, words of people, hints, appointments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from modules.channels.models import CannotTell, Fact
from modules.ids import TouchId
from modules.labels import AppointmentStatus, CallDetails, ChannelName, InboundKind


@dataclass(frozen=True)
class Request:
    """A webhook as it came in: raw bytes; `url` is built from our public address, never from Host headers."""

    url: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes


class HookKind(StrEnum):
    status = "status"
    inbound = "inbound"
    missed_call = "missed_call"


@dataclass(frozen=True)
class Inbound:
    """A person wrote or called. `opted_out` is the provider's own word (never only a guess of ours).

    `reference`: our touch that this answers, when the provider carried it; `answers`: provider ids (of messages or mail
    headers) that it answers; `contact_ref`: the person's id at the provider.
    """

    event_key: str
    from_address: str
    to_address: str
    text: str
    opted_out: bool
    payload: Mapping[str, str]
    channel: ChannelName = ChannelName.sms
    kind: InboundKind = InboundKind.message
    subject: str | None = None
    at: datetime | None = None
    reference: TouchId | None = None
    answers: tuple[str, ...] = ()
    contact_ref: str | None = None
    call: CallDetails | None = None


@dataclass(frozen=True)
class Strange:
    """An event of a kind we do not know: kept, answered 2xx."""

    event_key: str
    kind: str
    payload: Mapping[str, object]


@dataclass(frozen=True)
class Nothing:
    """An event of a kind we know and have no use for: answered 2xx, kept nowhere."""

    kind: str


class HintKind(StrEnum):
    """What a hint points at."""

    contact = "contact"
    message = "message"
    received_email = "received_email"


@dataclass(frozen=True)
class Hint:
    """Something happened to this object; only the object, read again through the provider's API, says what."""

    kind: HintKind
    ref: str
    event_key: str
    received_for: tuple[str, ...] = ()
    """The addresses for which a mail was taken, where only the hint tells them: the mail itself names no blind copy."""


@dataclass(frozen=True)
class ContactSeen:
    """A person as the provider keeps them. `dnd_channels` may not be reached; None when that could not be read."""

    ref: str
    first_name: str | None
    last_name: str | None
    phone: str | None
    email: str | None
    time_zone: str | None
    tags: tuple[str, ...]
    dnd_channels: frozenset[ChannelName] | None
    fields: Mapping[str, str]


@dataclass(frozen=True)
class AppointmentSeen:
    """An appointment as it stood at `told_at` by the provider's own clock. What it is about is not read."""

    ref: str
    contact_ref: str
    status: AppointmentStatus
    starts_at: datetime | None
    booked_at: datetime | None
    told_at: datetime | None
    event_key: str


Event = Fact | Inbound | Strange | Nothing | Hint | ContactSeen | AppointmentSeen


@dataclass(frozen=True)
class Changed:
    """One conversation, last moved `at`: its events, oldest first; CannotTell when it could not be read."""

    at: datetime
    events: Sequence[Event] | CannotTell
