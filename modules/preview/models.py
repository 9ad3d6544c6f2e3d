"""What is asked of the tables, and the answer in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from modules.ids import AccountId, AddressId, ClientId, ContactId, EnrollmentId, SequenceId, TouchId
from modules.labels import ChannelName, InboundKind, Provider, TouchState


class Kind(StrEnum):
    """What an entry speaks of."""

    touch = "touch"
    enrollment = "enrollment"
    inbound = "inbound"
    closed = "closed"
    deed = "deed"


@dataclass(frozen=True)
class Person:
    """One contact. `phone` and `email` are the addresses messages would go to."""

    id: ContactId
    client_id: ClientId
    client: str
    name: str | None
    external_ref: str | None
    time_zone: str | None
    fields: Mapping[str, Any]
    phone: str | None
    email: str | None
    suppressed_at: datetime | None
    suppressed_reason: str | None


@dataclass(frozen=True)
class Sent:
    """One touch with the decision it was armed by. `consent_*` is the consent that this names, else the newest
    word on the channel at the time."""

    id: TouchId
    sequence: str | None
    origin: str
    step: str | None
    attempt: int
    channel: ChannelName
    provider: Provider
    to_address: str
    state: TouchState
    reason: str | None
    armed_at: datetime
    confirmed_at: datetime | None
    changed_at: datetime
    evidence_id: str | None
    evidence: Sequence[Mapping[str, Any]]
    decision: Mapping[str, Any]
    consent_event: str | None = None
    consent_at: datetime | None = None
    consent_source: str | None = None
    consent_wording: str | None = None
    consent_kind: str | None = None
    consent_version: str | None = None


@dataclass(frozen=True)
class Run:
    """One contact's way through one sequence. Account and address are those the next step would use."""

    id: EnrollmentId
    sequence_id: SequenceId
    sequence: str
    version: int
    status: str
    status_reason: str | None
    step: str | None
    next_channel: str
    due_at: datetime | None
    waiting: bool
    decision: Mapping[str, Any] | None
    enrolled_at: datetime
    changed_at: datetime
    last_step: str | None = None
    last_state: TouchState | None = None
    account_id: AccountId | None = None
    provider: Provider | None = None
    sends_per_second: float = 1.0
    address_id: AddressId | None = None
    to_do: str | None = None
    """The task that it waits for."""


@dataclass(frozen=True)
class Heard:
    """What came in and nobody has released. `unsure`: it may have been a wish to hear no more."""

    kind: InboundKind
    channel: ChannelName
    from_address: str
    at: datetime
    opted_out: bool
    unsure: bool


@dataclass(frozen=True)
class Closed:
    """An address to which nothing leaves any more."""

    value: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Deed:
    """What somebody did with one enrollment by hand. `moved_to` is the slug of the sequence that a move led to; the
    versions are of one that was taken over to a newer version."""

    enrollment_id: EnrollmentId
    sequence: str
    verb: str
    acted_by: str
    reason: str | None
    at: datetime
    from_status: str
    from_step: str | None
    from_due_at: datetime | None
    to_status: str
    to_step: str | None
    to_due_at: datetime | None
    moved_to: str | None
    from_version: int | None = None
    to_version: int | None = None


@dataclass(frozen=True)
class Entry:
    """One thing that happened or waits. `next_at` is the next eligible instant where there is one."""

    kind: Kind
    at: datetime
    title: str
    sentences: tuple[str, ...]
    next_at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """Everything about one contact, newest first; what waits stands at the instant of the question."""

    person: Person
    zone: str
    entries: tuple[Entry, ...]
