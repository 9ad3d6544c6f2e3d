"""GoHighLevel's statuses, refusals and message records in our words.

Sources: spec conversations of highlevel-api-docs, commit 0af86a4c of 2026-05-01 (GetMessageResponseDto,
GetEmailMessageResponseDto); the texts of refused sends as public clients quote them (copies read 2026-11-20); no status
carries a carrier's reason (issue 160 there).
"""

import re
from collections.abc import Mapping
from datetime import datetime

from modules.channels.answers import text_in, word_in
from modules.channels.ghl_api import GHL_ID
from modules.channels.models import Accepted, Answer, Fact, Rejected, Unknown
from modules.labels import ChannelName, SuppressionReason, TouchState
from utils.clock import parse_instant

STATES: Mapping[str, TouchState | None] = {
    "pending": None,
    "queued": None,
    "scheduled": None,
    "sent": None,  # can stay the last word. Never promoted by a timer.
    "connected": None,  # of calls
    "delivered": TouchState.delivered,
    "read": TouchState.delivered,
    "opened": TouchState.delivered,
    "clicked": TouchState.delivered,
    "failed": TouchState.failed,
    "undelivered": TouchState.failed,
    "opt_out": TouchState.failed,
}
OPT_OUT = "opt_out"

KINDS: Mapping[str, ChannelName] = {
    "sms": ChannelName.sms,
    "custom_sms": ChannelName.sms,  # a location's own provider of texts or mails, from the marketplace
    "custom_provider_sms": ChannelName.sms,
    "email": ChannelName.email,
    "custom_email": ChannelName.email,
    "custom_provider_email": ChannelName.email,
    "call": ChannelName.voice,
    "custom_call": ChannelName.voice,
    "ivr_call": ChannelName.voice,
}
"""`TYPE_SMS`, `SMS` and the like; all other kinds (chats, campaigns, activities) are not ours."""
KIND_NUMBERS: Mapping[int, ChannelName] = {1: ChannelName.voice, 2: ChannelName.sms, 3: ChannelName.email}

CLOSED = re.compile(r"\bdnd\b|do.not.disturb|unsubscribed|opted.out", re.IGNORECASE)
_REFUSALS = (
    (re.compile(r"missing (?:phone|number)|phone number.*invalid", re.IGNORECASE), True, "ghl_no_phone"),
    (re.compile(r"e-?mail is invalid|missing e-?mail", re.IGNORECASE), True, "ghl_no_email"),
    (re.compile(r"contact.*not found", re.IGNORECASE), True, "ghl_no_contact"),
    (re.compile(r"from number|no conversation provider", re.IGNORECASE), False, "ghl_sender"),
)


def read_refusal(status: int, body: Mapping[str, object]) -> Rejected:
    """A 4xx of a send: proof that nothing was accepted. 400 and 422 are about the message or the person, or, where the
    words say so, about the sender; the rest is about the account, which must be looked at."""
    said = words_of(body)
    if status in (400, 422) and CLOSED.search(said):
        return Rejected(True, "ghl_dnd", "ghl_dnd", SuppressionReason.provider_opt_out)
    for pattern, permanent, code in _REFUSALS if status in (400, 422) else ():
        if pattern.search(said):
            return Rejected(permanent, code, code)
    return Rejected(status in (400, 422), f"http_{status}", f"ghl_http_{status}")


def words_of(body: Mapping[str, object]) -> str:
    """`message` is a text, or for 422 a list of texts."""
    said = body.get("message")
    parts = said if isinstance(said, list) else [said]
    return " ".join(part for part in parts if isinstance(part, str))


def read_acceptance(body: Mapping[str, object]) -> Answer:
    """A 2xx of a send. It means queued, whatever `status` claims; without an id nothing is known (issues 6 and 70)."""
    message_id = text_in(body, "messageId") or ""
    if not GHL_ID.fullmatch(message_id):
        return Unknown("unreadable_answer")
    return Accepted(message_id, word_in(body, "status") or "queued")


def describe(message_id: str, status: str, evidence_id: str) -> Fact:
    """The fact behind a status; one that is not listed proves acceptance and no more."""
    state = STATES.get(status)
    failed = state is TouchState.failed
    return Fact(
        state=state,
        provider_id=message_id,
        provider_status=status,
        evidence_id=evidence_id,
        reason=f"ghl_{status}" if failed else None,
        suppress=SuppressionReason.provider_opt_out if status == OPT_OUT else None,
    )


def read_message(message: Mapping[str, object]) -> Fact | None:
    """The fact in a message that was polled; None when it has no id or status."""
    return polled(text_in(message, "id") or "", message)


def polled(message_id: str, record: Mapping[str, object]) -> Fact | None:
    """The same for the record of an e-mail, which has an id of its own."""
    status = word_in(record, "status")
    if not GHL_ID.fullmatch(message_id) or status is None:
        return None
    return describe(message_id, status, f"poll:{message_id}:{status}")


def channel_in(message: Mapping[str, object]) -> ChannelName | None:
    """SMS, e-mail or call, by `messageType` (in webhooks SMS, elsewhere TYPE_SMS), else by its number."""
    name = text_in(message, "messageType") or text_in(message, "messageTypeString")
    if name is not None:
        return KINDS.get(name.lower().removeprefix("type_"))
    for field in ("messageTypeId", "type"):
        number = message.get(field)
        if isinstance(number, int):
            return KIND_NUMBERS.get(number)
    return None


def email_ids(message: Mapping[str, object]) -> list[str]:
    """The e-mails behind a message, oldest first: a thread may be one message."""
    meta = message.get("meta")
    mails = meta.get("email") if isinstance(meta, dict) else None
    ids = mails.get("messageIds") if isinstance(mails, dict) else None
    return [one for one in ids if isinstance(one, str) and GHL_ID.fullmatch(one)] if isinstance(ids, list) else []


def time_in(found: Mapping[str, object], name: str) -> datetime | None:
    """An ISO instant."""
    try:
        return parse_instant(text_in(found, name) or "")
    except ValueError:
        return None
