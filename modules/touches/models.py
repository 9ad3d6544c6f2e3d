"""A touch: one thing that leaves for a contact, and the proof of what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from modules.ids import AccountId, ClientId, ContactId, EnrollmentId, TouchId
from modules.labels import CallDetails, ChannelName, Provider, SuppressionReason, TouchState
from utils.frozen import quickly_made


@quickly_made
@dataclass(frozen=True)
class Arming:
    """A touch about to be written as `sending`, with its final bytes."""

    id: TouchId
    client_id: ClientId
    account_id: AccountId
    origin: str
    origin_id: UUID
    part: int
    attempt: int
    enrollment_id: EnrollmentId | None
    step: str | None
    contact_id: ContactId
    channel: ChannelName
    provider: Provider
    to_address: str
    subject: str | None
    body: str
    body_hash: str
    envelope: Mapping[str, str]
    sender: str | None
    armed_at: datetime
    look_at: datetime
    confirm_by: datetime
    decision: Mapping[str, Any]
    cost_micros: int | None = None
    cost_currency: str | None = None
    cost_source: str | None = None
    """By the client's price list, until the provider tells."""


@quickly_made
@dataclass(frozen=True)
class Touch:
    """A touch as the ledger holds it, locked while its fate is decided."""

    id: TouchId
    client_id: ClientId
    account_id: AccountId
    enrollment_id: EnrollmentId | None
    contact_id: ContactId
    step: str | None
    part: int
    attempt: int
    channel: ChannelName
    provider: Provider
    to_address: str
    subject: str | None
    body: str
    envelope: Mapping[str, str]
    state: TouchState
    armed_at: datetime
    look_at: datetime | None
    confirm_by: datetime
    provider_id: str | None
    evidence_id: str | None
    sender: str | None = None
    absent_at: datetime | None = None


@dataclass(frozen=True)
class Seen:
    """As much of a touch as tells which fact is news of it, read without a lock."""

    id: TouchId
    account_id: AccountId
    provider_id: str | None
    state: TouchState


@quickly_made
@dataclass(frozen=True)
class News:
    """One thing learned about one touch: from its own send, a webhook, a poll, or a deadline of ours.

    `state` None proves acceptance only. `evidence_id` is required for every state in FACTS.
    """

    touch_id: TouchId
    state: TouchState | None
    provider_id: str | None = None
    provider_status: str | None = None
    evidence_id: str | None = None
    said_at: datetime | None = None
    """When it became so, by the provider's own clock."""
    reason: str | None = None
    suppress: SuppressionReason | None = None
    retry_after: timedelta | None = None
    cost_micros: int | None = None
    cost_currency: str | None = None
    call: CallDetails | None = None
    person_closed: bool = False
    """The person wants nothing more by any way: not only this address is closed."""
    doubtful: bool = False
    """What was said may be a wish to hear no more: a person looks before anything else leaves."""
    alarm: str | None = None
    """What a person should know of it, by the name of the log's event; `reason` says more."""


@dataclass(frozen=True)
class Delivery:
    """`delivered_at`: by the provider's own clock; None while it is not known, or where no instant was named."""

    client_id: ClientId
    armed_at: datetime
    delivered_at: datetime | None


@quickly_made
@dataclass(frozen=True)
class Change:
    """What one piece of news does to one touch; `look_at` is None exactly when the new state is terminal."""

    touch: Touch
    news: News
    before: TouchState
    after: TouchState
    look_at: datetime | None


@dataclass(frozen=True)
class AnswerFacts:
    """What an answer by code still depends on: nobody's consent and no hour, for the person has just asked for it."""

    client_status: str
    sending_stopped: bool
    in_flight: bool
    sent_just_now: int
