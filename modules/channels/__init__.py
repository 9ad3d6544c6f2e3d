"""The providers, each behind one adapter: what we send, what they answer, what they tell us later.

Weather is a value here (NotSent, Rejected, Accepted, Unknown), decided in one place, `answers.py`; nothing a provider
says is trusted before its shape was looked at.

Tables: none
Verbs: channel_for gives the adapter; its verbs are check_account, compose, send, lookup, fetch, verify, parse
Imports: ids, labels, accounts
"""

from modules.channels.models import (
    QUARANTINE,
    Absent,
    Accepted,
    Answer,
    CannotTell,
    DeliveryPolicy,
    EnvelopeFacts,
    Event,
    Fact,
    Found,
    HookKind,
    Inbound,
    Looked,
    Message,
    NotSent,
    Rejected,
    Request,
    Sought,
    Strange,
    Unknown,
)
from modules.channels.port import Channel
from modules.channels.registry import CHANNELS, channel_for

__all__ = [
    "CHANNELS",
    "QUARANTINE",
    "Absent",
    "Accepted",
    "Answer",
    "CannotTell",
    "Channel",
    "DeliveryPolicy",
    "EnvelopeFacts",
    "Event",
    "Fact",
    "Found",
    "HookKind",
    "Inbound",
    "Looked",
    "Message",
    "NotSent",
    "Rejected",
    "Request",
    "Sought",
    "Strange",
    "Unknown",
    "channel_for",
]
