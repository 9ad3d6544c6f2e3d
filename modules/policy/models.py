"""What the guards look at, and what they answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from modules.ids import AccountId, AddressId, ClientId, ContactId
from modules.labels import ChannelName, OnReply

THROTTLE_SECONDS = 10
"""The span over which a sender's rate is counted, from touches.armed_at."""


class GuardReason(StrEnum):
    """Why something may not leave (now). Prose is made where a person reads it."""

    kill_switch = "kill_switch"
    tenant_not_live = "tenant_not_live"
    no_account = "no_account"
    suppressed = "suppressed"
    provider_dnd = "provider_dnd"
    no_consent = "no_consent"
    sender_broken = "sender_broken"
    on_a_call_now = "on_a_call_now"
    replied_already = "replied_already"
    reply_waiting = "reply_waiting"
    being_handled = "being_handled"
    address_in_flight = "address_in_flight"
    closed_address = "closed_address"
    quiet_hours = "quiet_hours"
    sequence_window = "sequence_window"
    contact_cap = "contact_cap"
    sender_throttle = "sender_throttle"
    too_late = "too_late"
    fact_missing = "fact_missing"
    missing_variable = "missing_variable"
    not_renderable = "not_renderable"


class Effect(StrEnum):
    """What a block does to the enrollment."""

    skip_step = "skip_step"
    end_enrollment = "end_enrollment"
    hold = "hold"


EFFECTS: dict[GuardReason, Effect] = {
    GuardReason.suppressed: Effect.end_enrollment,
    GuardReason.provider_dnd: Effect.skip_step,
    GuardReason.no_consent: Effect.skip_step,
    GuardReason.replied_already: Effect.end_enrollment,
    GuardReason.reply_waiting: Effect.hold,
    GuardReason.closed_address: Effect.skip_step,
    GuardReason.too_late: Effect.skip_step,
    GuardReason.fact_missing: Effect.hold,
    GuardReason.missing_variable: Effect.hold,
    GuardReason.not_renderable: Effect.hold,
}


@dataclass(frozen=True)
class Allow:
    pass


@dataclass(frozen=True)
class Defer:
    until: datetime
    reason: GuardReason


@dataclass(frozen=True)
class Block:
    reason: GuardReason


Verdict = Allow | Defer | Block


@dataclass(frozen=True)
class OpenWindow:
    """Local hours in which a sequence may send; `days` are ISO weekdays."""

    days: tuple[int, ...]
    start_minute: int
    end_minute: int


@dataclass(frozen=True)
class Candidate:
    """The touch that wants to leave."""

    client_id: ClientId
    contact_id: ContactId
    account_id: AccountId
    address_id: AddressId | None
    channel: ChannelName
    due_at: datetime
    max_lateness: timedelta
    windows: tuple[OpenWindow, ...]
    since: datetime | None = None
    """An opt-out or a reply, on any of the person's addresses, after this instant ends what was planned before it."""
    on_reply: OnReply = OnReply.stop
    gated: bool = False
    """The provider keeps a Do-Not-Disturb of its own, so its answer must be known."""


@dataclass(frozen=True)
class Facts:
    """What is known, read after the locks in the arming transaction. None is «could not be loaded» and never allows."""

    client_status: str | None
    sending_stopped: bool | None
    contact_suppressed: bool | None
    address_suppressed: bool | None
    consent: bool | None
    held_until: datetime | None
    in_flight_until: datetime | None
    sent_last_day: int | None
    oldest_in_day: datetime | None
    sent_just_now: int | None
    sends_per_second: float
    zones: tuple[str, ...] | None
    replied: bool | None = False
    """The person wrote or called since `Candidate.since`, and nobody has released it."""
    on_call_until: datetime | None = None
    provider_allows: bool | None = None
    """The provider's own Do-Not-Disturb, read just before; looked at only where the candidate is gated."""
    sender_broken_until: datetime | None = None
    has_address: bool | None = True
    """An address of this kind exists and mail did not come back from it."""


@dataclass(frozen=True)
class Decision:
    """The verdict of all guards together, with each one that did not allow: the answer to «why» and «why not yet»."""

    verdict: Verdict
    said: tuple[tuple[GuardReason, str], ...]
    window_seconds: int | None
