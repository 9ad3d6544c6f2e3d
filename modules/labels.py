"""What two modules share: enums, equal to the text in the database, and the plain values that pass between siblings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class ChannelName(StrEnum):
    sms = "sms"
    email = "email"
    voice = "voice"


class NextChannel(StrEnum):
    """What an enrollment is due for; `settle` is a decision without a send."""

    sms = "sms"
    email = "email"
    voice = "voice"
    task = "task"
    settle = "settle"


class Provider(StrEnum):
    twilio = "twilio"
    resend = "resend"
    ghl = "ghl"
    vapi = "vapi"
    retell = "retell"


WATCHED: tuple[Provider, ...] = (Provider.ghl,)
"""Providers that are asked for changes, because their webhooks cannot be relied on; their adapters are Watchers."""


class AddressKind(StrEnum):
    phone = "phone"
    email = "email"


class TouchState(StrEnum):
    """What is known of one touch; see modules/touches/states.py for the moves."""

    claimed = "claimed"
    sending = "sending"
    unknown = "unknown"
    accepted = "accepted"
    review = "review"
    delivered = "delivered"
    completed = "completed"
    failed = "failed"
    bounced = "bounced"
    complained = "complained"
    expired = "expired"
    not_sent = "not_sent"
    suppressed = "suppressed"
    cancelled = "cancelled"


class UnknownPolicy(StrEnum):
    """What may happen to a touch whose fate is unknown (design: delivery protocol, section 1)."""

    never_rearm = "never_rearm"
    same_key_retry = "same_key_retry"
    rearm_after_absent = "rearm_after_absent"


class CallEnd(StrEnum):
    """Why a call was no success; the provider's own word stays in `provider_status`."""

    no_answer = "no_answer"
    busy = "busy"
    voicemail = "voicemail"
    nobody_spoke = "nobody_spoke"
    invalid_number = "invalid_number"
    transport_fault = "transport_fault"  # our number could not dial: it never rang
    capacity = "capacity"  # all lines taken or a limit reached: it never rang
    misconfigured = "misconfigured"  # assistant, billing or credentials: it never rang
    broken_off = "broken_off"  # it may have been heard in part
    uncertain = "uncertain"  # the line opened, a person is not proven
    cancelled = "cancelled"
    unlisted = "unlisted"  # a word we do not know


CALL_AGAIN = frozenset(
    {
        CallEnd.no_answer,
        CallEnd.busy,
        CallEnd.voicemail,
        CallEnd.nobody_spoke,
        CallEnd.transport_fault,
        CallEnd.capacity,
        CallEnd.misconfigured,
    }
)
"""Only after one of these may a step call the same person again by itself: nobody heard a part of it."""


@dataclass(frozen=True)
class CallDetails:
    """What a provider's final report tells of a call. `recording` is a reference, never a public link."""

    started_at: datetime | None = None
    ended_at: datetime | None = None
    transcript: str | None = None
    recording: str | None = None
    summary: str | None = None


class InboundKind(StrEnum):
    """What came in from a person."""

    message = "message"
    missed_call = "missed_call"
    call = "call"
    own_call = "own_call"
    """A call that we placed, in which they said what may be a wish to hear no more. It holds, and is no reply."""


class SuppressionReason(StrEnum):
    opted_out = "opted_out"
    provider_opt_out = "provider_opt_out"
    complained = "complained"
    bounced = "bounced"
    provider_suppressed = "provider_suppressed"
    by_hand = "by_hand"


class ConsentKind(StrEnum):
    """How strong an agreement is. `written`: signed, naming the seller and the number (47 CFR 64.1200(f)(9))."""

    express = "express"
    written = "written"
    soft_opt_in = "soft_opt_in"


@dataclass(frozen=True)
class ConsentGiven:
    """What the person agreed to for one channel: the exact wording, and where it was given.

    `address` is the number or e-mail address it was given for; None leaves it to whoever writes the contact. `proof`
    is what shows it (page, file and row, signature; plain texts). `at` None: now.
    """

    channel: ChannelName
    wording: str
    source: str
    kind: ConsentKind = ConsentKind.express
    version: str | None = None
    address: str | None = None
    proof: Mapping[str, str] = field(default_factory=dict)
    expires_at: datetime | None = None
    at: datetime | None = None


class Purpose(StrEnum):
    """What a sequence is for: marketing needs the stronger agreement."""

    marketing = "marketing"
    informational = "informational"


class CheckAnswer(StrEnum):
    """What a service said: whether a number was given to somebody else since a day."""

    yes = "yes"
    no = "no"
    no_data = "no_data"


PROOF_HOLDS_FOR = timedelta(days=45)
"""How long a sign of life from a number needs no check: disconnected numbers rest at least 45 days before somebody else
gets them (FCC DA 20-423 and 84 FR 11226 on the Reassigned Numbers Database)."""
CHECK_HOLDS_FOR = timedelta(days=30)
"""How long an answer counts, and how long nothing is asked again: each question costs money."""
DNC_LIST_HOLDS_FOR = timedelta(days=31)
"""How old a copy of the national list may be (16 CFR 310.4(b)(3)(iv); 47 CFR 64.1200(c)(2))."""

OWN_WORD = (SuppressionReason.opted_out, SuppressionReason.provider_opt_out, SuppressionReason.complained)
"""Closed by the person's own word, said to us or to a provider."""


MILESTONE_NAME = r"[a-z][a-z0-9_]{0,62}"
"""How what happens with a contact may be named; the database asks for the same."""
BOOKED = "booked"
"""The milestone that says an appointment was made; `stop_on: [booking]` asks for it."""


class OnReply(StrEnum):
    """What a reply does to an enrollment at its next step."""

    stop = "stop"
    hold = "hold"
    go_on = "continue"


class WaitsFor(StrEnum):
    accepted = "accepted"
    ended = "ended"


ADDRESS_KIND: dict[ChannelName, AddressKind] = {
    ChannelName.sms: AddressKind.phone,
    ChannelName.voice: AddressKind.phone,
    ChannelName.email: AddressKind.email,
}


class AppointmentStatus(StrEnum):
    """Where an appointment stands in its calendar. `deleted` is for good: its id never comes back."""

    booked = "booked"
    called_off = "called_off"
    showed = "showed"
    deleted = "deleted"
