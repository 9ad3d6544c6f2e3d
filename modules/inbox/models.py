"""Events that are not a plain status of a known touch, and to whom they may belong."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from enum import StrEnum
from uuid import NAMESPACE_URL, UUID, uuid5

from modules.ids import AccountId, ClientId, ContactId, TouchId
from modules.labels import ChannelName, Provider, SuppressionReason, TouchState


class EventKind(StrEnum):
    inbound = "inbound"
    unknown_touch = "unknown_touch"
    unknown_type = "unknown_type"


class AnswerKind(StrEnum):
    """What code answers by itself to what came in; `too_late`: it should have and did not, which was written down."""

    confirmation = "confirmation"
    help = "help"
    too_late = "too_late"


@dataclass(frozen=True)
class AnswerHistory:
    """What a client has with a number so far: why it is closed (None: open), whether it was lately helped."""

    closed_for: SuppressionReason | None
    helped: bool


@dataclass(frozen=True)
class Unanswered:
    """A message that code has to answer. `attempts`: how often it was armed already and provably not sent."""

    id: UUID
    client_id: ClientId
    contact_id: ContactId
    from_address: str
    to_address: str
    body: str
    at: datetime
    answer: AnswerKind
    attempts: int


@dataclass(frozen=True)
class TextedLast:
    """A contact's last text: whether it said stop, and why its number is closed now (None: open)."""

    id: UUID
    at: datetime
    from_address: str
    to_address: str
    opted_out: bool
    closed_for: SuppressionReason | None


@dataclass(frozen=True)
class NewReply:
    """What a person of the client wrote back to one message; it leaves until `send_by` or not at all."""

    id: UUID
    client_id: ClientId
    contact_id: ContactId
    inbound_id: UUID
    body: str
    body_hash: str
    written_by: str
    written_at: datetime
    send_by: datetime


@dataclass(frozen=True)
class KeptReply:
    """One that was written to the same message before, and why it will not leave (None: it may, or has)."""

    id: UUID
    body_hash: str
    send_by: datetime
    closed_reason: str | None


@dataclass(frozen=True)
class WaitingReply:
    """A reply that has not left. `from_address` wrote to `to_address` at `answers_at`; `attempts` were provably not
    sent, the last one at `tried_at`."""

    id: UUID
    client_id: ClientId
    contact_id: ContactId
    body: str
    written_at: datetime
    send_by: datetime
    from_address: str
    to_address: str
    answers_at: datetime
    attempts: int
    tried_at: datetime | None = None


@dataclass(frozen=True)
class Place:
    """A provider account at which something may have come in."""

    account_id: AccountId
    client_id: ClientId
    channel: ChannelName
    retired: bool
    settings: Mapping[str, str]

    def claims(self, address: str) -> bool:
        """Whether the account names this number or mail address as its own."""
        return bool(address) and any(
            address in (value, parseaddr(value)[1].lower()) for value in self.settings.values()
        )


@dataclass(frozen=True)
class Match:
    """Whom a client knows behind what came in. `told_id` is the touch that the provider's own word named; else
    `recent_id` is the newest touch to that address on that channel. `by_tester`: the touch named was sent to a tester
    in this person's stead, so whoever answers it is not this person. `from_elsewhere`: the person was told by the
    provider or the touch, and the address it came from is none that we have of them."""

    client_id: ClientId
    contact_id: ContactId | None
    told_id: TouchId | None
    told_address: str | None
    recent_id: TouchId | None
    by_tester: bool = False
    from_elsewhere: bool = False

    @property
    def touch_id(self) -> TouchId | None:
        return self.told_id or self.recent_id


@dataclass(frozen=True)
class Queued:
    """What waits for its person: a row of `inbound`, or one of `inbox_events` when its client is unknown too."""

    provider: Provider
    account_id: AccountId
    event_key: str
    client_id: ClientId | None
    row_id: UUID | None
    payload: Mapping[str, object]


@dataclass(frozen=True)
class Orphan:
    """A fact that came before its touch was known, the touch that it is about, and what is known of that by now."""

    received_at: datetime
    account_id: AccountId
    event_key: str
    touch_id: TouchId
    state: TouchState
    provider_id: str | None
    payload: Mapping[str, object]


def environment_account(provider: Provider) -> AccountId:
    """The fixed id under which events of the environment's own account are kept while no client is known."""
    return AccountId(uuid5(NAMESPACE_URL, f"omnify:environment:{provider}"))
