"""Twilio's statuses, refusals and message resource in our words.

Sources: twilio-oai twilio_api_v2010.json of 2026-04-14 (status enum, field types), docs "Outbound Message Status in
Status Callbacks" and the error pages named below, copies read 2026-11-20. Twilio splits codes over time and says not to
build on them (changelog 2024-07-10): what is not listed is permanent and held for a person, never retried.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime

from modules.channels.answers import text_in, word_in
from modules.channels.models import Fact, Rejected
from modules.ids import TouchId
from modules.labels import SuppressionReason, TouchState

MESSAGE_SID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
UNSUBSCRIBED = "21610"

STATES: Mapping[str, TouchState | None] = {
    "queued": None,
    "accepted": None,
    "scheduled": None,
    "sending": None,
    "sent": None,  # can stay the last word: a carrier without receipts. Never promoted by a timer.
    "partially_delivered": None,
    "delivered": TouchState.delivered,
    "read": TouchState.delivered,
    "failed": TouchState.failed,
    "undelivered": TouchState.failed,
    "canceled": TouchState.cancelled,
}

FOR_THE_ACCOUNT = frozenset(
    {
        20003,  # authentication failed
        20005,  # account not active
        20404,  # no such account, or a wrong base URL
        21212,  # From is invalid
        21408,  # region not enabled
        21601,  # From cannot send SMS
        21603,  # no From
        21606,  # From is not a message-capable number of this account
        21608,  # trial account, number not verified
        21609,  # StatusCallback is not a valid URL
        21611,  # the sender's queue is full
        21659,  # From is no number of Twilio's; with the next two what 21212 and 21606 said until July 2024
        21660,  # From belongs to another account
        21661,  # From cannot send SMS
        21701,  # no such Messaging Service
        21702,  # the Messaging Service is not available
        21703,  # none of its numbers can send this
        21704,  # it has no numbers
        21705,  # it has no valid SID
        30002,  # account suspended
        30024,  # sender not provisioned on the carrier
        30032,  # toll-free number not verified
        30034,  # unregistered number (A2P 10DLC)
    }
)
"""Nothing is wrong with the message or the person: the account must be looked at, then the same may be sent."""


def read_refusal(status: int, body: Mapping[str, object]) -> Rejected:
    """A 4xx of the create call: proof that nothing was accepted."""
    code = code_in(body.get("code"))
    if code is None:
        return Rejected(permanent=False, code=f"http_{status}", reason=f"twilio_http_{status}")
    fault_of_account = int(code) in FOR_THE_ACCOUNT or status in (401, 403, 404)
    suppress = SuppressionReason.provider_opt_out if code == UNSUBSCRIBED else None
    return Rejected(not fault_of_account, code, f"twilio_{code}", suppress)


def is_refused(message: Mapping[str, object]) -> bool:
    """Whether a Message resource is one that the create call refused: since April 2024 Twilio lists these too, as
    failed (support article 21923437804315). The API's codes begin with 2; what fails on its way has others."""
    return word_in(message, "status") == "failed" and (code_in(message.get("error_code")) or "").startswith("2")


def code_in(value: object) -> str | None:
    """An error code, which comes as a number in JSON and as digits in forms."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return text if text.isascii() and text.isdecimal() and len(text) <= 6 else None


def describe(
    sid: str,
    status: str,
    code: str | None,
    evidence_id: str,
    *,
    at: datetime | None = None,
    reference: TouchId | None = None,
    cost: tuple[int, str] | None = None,
) -> Fact:
    """The fact behind a status; a status that is not listed proves acceptance and no more."""
    state = STATES.get(status)
    failed = state is TouchState.failed
    return Fact(
        state=state,
        provider_id=sid,
        provider_status=status,
        evidence_id=evidence_id,
        at=at,
        reference=reference,
        reason=f"twilio_{code or status}" if failed else None,
        suppress=SuppressionReason.provider_opt_out if failed and code == UNSUBSCRIBED else None,
        cost_micros=cost[0] if cost else None,
        cost_currency=cost[1] if cost else None,
    )


def read_message(message: Mapping[str, object]) -> Fact | None:
    """The fact in a Message resource that was polled; None when it has no id or status."""
    sid, status = text_in(message, "sid"), word_in(message, "status")
    if sid is None or not MESSAGE_SID.fullmatch(sid) or status is None:
        return None
    code, at = code_in(message.get("error_code")), time_in(message, "date_updated")
    return describe(sid, status, code, f"poll:{sid}:{status}", at=at, cost=cost_in(message))


def time_in(message: Mapping[str, object], name: str) -> datetime | None:
    """An RFC 2822 time in GMT, to the second."""
    try:
        instant = parsedate_to_datetime(text_in(message, name) or "")
    except ValueError:
        return None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def cost_in(message: Mapping[str, object]) -> tuple[int, str] | None:
    """Micros and currency out of `price` (a negative decimal, null until it is known) and `price_unit`."""
    unit = text_in(message, "price_unit") or ""
    try:
        price = Decimal(text_in(message, "price") or "")
    except InvalidOperation:
        return None
    if not price.is_finite() or abs(price) > 1000 or not re.fullmatch(r"[A-Za-z]{3}", unit):
        return None
    return int((abs(price) * 1_000_000).to_integral_value()), unit.upper()
