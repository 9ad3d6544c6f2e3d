"""Every enum that two modules share; equal to the text in the database."""

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


class SuppressionReason(StrEnum):
    opted_out = "opted_out"
    provider_opt_out = "provider_opt_out"
    complained = "complained"
    bounced = "bounced"
    provider_suppressed = "provider_suppressed"
    by_hand = "by_hand"


class WaitsFor(StrEnum):
    accepted = "accepted"
    ended = "ended"


ADDRESS_KIND: dict[ChannelName, AddressKind] = {
    ChannelName.sms: AddressKind.phone,
    ChannelName.voice: AddressKind.phone,
    ChannelName.email: AddressKind.email,
}
