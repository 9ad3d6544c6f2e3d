"""What an adapter takes and gives when it sends and asks. Weather is an answer, never an exception."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from modules.ids import ContactId, TouchId
from modules.labels import (
    CallDetails,
    SuppressionReason,
    TouchState,
    UnknownPolicy,
)
from utils.frozen import quickly_made


@quickly_made
@dataclass(frozen=True)
class Message:
    """One touch as it leaves: final bytes. `envelope` is all else the provider gets, stored at arm, so that a repeat
    under the same key repeats the same request."""

    touch_id: TouchId
    to_address: str
    subject: str | None
    body: str
    envelope: Mapping[str, str]


@quickly_made
@dataclass(frozen=True)
class EnvelopeFacts:
    """What `compose` may put on the outside of a message."""

    touch_id: TouchId
    public_url: str
    window_seconds: int | None  # seconds until the sending window closes; None when it never does
    unsubscribe_url: str | None = None  # e-mail: where one click ends it (RFC 8058); None sends no such header
    armed_at: datetime | None = None
    sender: str | None = None  # the one chosen of `Channel.senders`; None: the account's first
    assistant: str | None = None  # voice: the step's own assistant; None: the account's
    contact_ref: str | None = None  # the person's id at the provider, where it sends to ids (GHL)
    variables: Mapping[str, str] = field(default_factory=dict)  # voice: what an assistant's own texts may read
    opening: str | None = None  # voice: the first words, which code owns and no model may change


@dataclass(frozen=True)
class Click:
    """A link in a mail was followed. Which one, and from where, is not kept: both may tell who somebody is."""

    at: datetime | None
    user_agent: str


@dataclass(frozen=True)
class Fact:
    """One piece of a provider's truth about one touch.

    `state` None means: proves acceptance and nothing more (queued, sent). `reference` is our touch id when the provider
    carried it; else the touch is found by (account, provider_id).
    """

    state: TouchState | None
    provider_id: str
    provider_status: str
    evidence_id: str
    at: datetime | None = None
    reference: TouchId | None = None
    reason: str | None = None
    suppress: SuppressionReason | None = None
    cost_micros: int | None = None
    cost_currency: str | None = None
    call: CallDetails | None = None
    click: Click | None = None


@dataclass(frozen=True)
class NotSent:
    """Provably before acceptance: free to retry. `retry_after` is the provider's wish."""

    reason: str
    retry_after: timedelta | None = None


@dataclass(frozen=True)
class Rejected:
    """The provider refused this message; sending the same again is pointless when `permanent`."""

    permanent: bool
    code: str
    reason: str
    suppress: SuppressionReason | None = None


@quickly_made
@dataclass(frozen=True)
class Accepted:
    """The provider took it and gave it this id. Not a success yet."""

    provider_id: str
    provider_status: str


@dataclass(frozen=True)
class Unknown:
    """It may or may not have been accepted. Never sent again blindly."""

    reason: str


Answer = NotSent | Rejected | Accepted | Unknown


@dataclass(frozen=True)
class Sought:
    """What to look for in a provider's list: one of our messages whose fate is unknown.

    `known` holds provider ids that already belong to other touches: the same words to the same person twice are two
    messages, and one must not be taken for the other.
    """

    message: Message
    armed_at: datetime
    until: datetime
    known: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Found:
    """The provider has it; the fact says how it stands."""

    fact: Fact


@dataclass(frozen=True)
class Absent:
    """The list was read whole and it is not there (now)."""


@dataclass(frozen=True)
class CannotTell:
    """The provider did not answer the question."""

    reason: str


Looked = Found | Absent | CannotTell


@dataclass(frozen=True)
class Person:
    """Whom a provider is asked about before a send."""

    contact_id: ContactId
    ref: str | None
    phone: str | None
    email: str | None


@dataclass(frozen=True)
class Permission:
    """The provider's own Do-Not-Disturb, read just before. `may_send` None: it could not be read, which never allows.

    `ref` is the person's id there; None with `may_send` None when the provider does not know the person.
    """

    may_send: bool | None
    ref: str | None
    reason: str


@dataclass(frozen=True)
class Listed:
    """One item of the provider's own list of what it took from us."""

    fact: Fact
    to_address: str | None
    created_at: datetime | None
    contact_ref: str | None = None
    """The person's id at the provider, where a line names that instead of an address."""
    refused: bool = False
    """It is listed though it was refused when it was to be made: nothing was taken, so no touch must explain it."""


@dataclass(frozen=True)
class DeliveryPolicy:
    """Instants after arm. `polls`: when an accepted touch is asked about; `expire`: when it ends as visibly lost;
    `same_key_until`: how long a repeat under the same key is safe (None: the provider has no such key)."""

    polls: tuple[timedelta, ...]
    expire: timedelta
    same_key_until: timedelta | None
    default_unknown: UnknownPolicy


QUARANTINE = timedelta(seconds=300)
"""Function timeout 120 + HTTP 15 + late processing 20 + list lag 60 + skew 30 s, rounded up (delivery protocol, 4)."""

CONCURRENCY_BLOCKED = "concurrency_blocked"
"""The status of a call that was taken although all lines were full: it will say soon that it never rang."""
