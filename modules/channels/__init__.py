"""The providers, each behind one adapter: what we send, what they answer, what they tell us later.

Weather is a value here (NotSent, Rejected, Accepted, Unknown), decided in one place, `answers.py`; nothing a provider
says is trusted before its shape was looked at.

Tables: none
Verbs: channel_for gives the adapter; channels_of those of a provider; list_ghl_contacts; its verbs are check_account,
    senders, compose, send, lookup, fetch, listing, verify, parse; some have permissions, reread, changes, hands_over;
    check_reassigned asks about a number; is_handed
Imports: ids, labels, accounts
"""

from modules.channels.ghl_workflow import is_handed
from modules.channels.models import (
    CONCURRENCY_BLOCKED,
    QUARANTINE,
    Absent,
    Accepted,
    Answer,
    CannotTell,
    Click,
    DeliveryPolicy,
    EnvelopeFacts,
    Fact,
    Found,
    Listed,
    Looked,
    Message,
    NotSent,
    Permission,
    Person,
    Rejected,
    Sought,
    Unknown,
)
from modules.channels.models_of_hooks import (
    AppointmentSeen,
    Changed,
    ContactSeen,
    Event,
    Hint,
    HintKind,
    HookKind,
    Inbound,
    Nothing,
    Request,
    Strange,
)
from modules.channels.numbers_port import Asker, NumberCheck
from modules.channels.policies import POLICIES
from modules.channels.port import Archive, Channel, Gate, HandsOver, Reader, Watcher
from modules.channels.registry import CHANNELS, channel_for, channels_of, list_ghl_contacts
from modules.channels.twilio_lookups import TwilioLookups

__all__ = [
    "CHANNELS",
    "CONCURRENCY_BLOCKED",
    "POLICIES",
    "QUARANTINE",
    "Absent",
    "Accepted",
    "Answer",
    "AppointmentSeen",
    "Archive",
    "Asker",
    "CannotTell",
    "Changed",
    "Channel",
    "Click",
    "ContactSeen",
    "DeliveryPolicy",
    "EnvelopeFacts",
    "Event",
    "Fact",
    "Found",
    "Gate",
    "HandsOver",
    "Hint",
    "HintKind",
    "HookKind",
    "Inbound",
    "Listed",
    "Looked",
    "Message",
    "NotSent",
    "Nothing",
    "NumberCheck",
    "Permission",
    "Person",
    "Reader",
    "Rejected",
    "Request",
    "Sought",
    "Strange",
    "TwilioLookups",
    "Unknown",
    "Watcher",
    "channel_for",
    "channels_of",
    "is_handed",
    "list_ghl_contacts",
]
