"""Resend's events, refusals and e-mail resource in our words.

Sources: resend-openapi resend.yaml of 2026-08-21 (events, last_event, bounce types), docs webhooks/event-types,
api-reference/errors and dashboard/emails/idempotency-keys, copies read 2026-11-20.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from modules.channels.answers import text_in, word_in
from modules.channels.models import Click, Fact, Rejected, Unknown
from modules.ids import TouchId
from modules.labels import SuppressionReason, TouchState
from utils.clock import parse_instant
from utils.unsubscribe_links import is_unsubscribe_link

EMAIL_ID = re.compile(r"[0-9a-zA-Z-]{8,64}")

STATES: Mapping[str, TouchState | None] = {
    "queued": None,
    "scheduled": None,
    "sent": None,  # the API request was accepted; not a delivery
    "delivery_delayed": None,
    "opened": None,  # machines open mail too: proves acceptance, never a delivery
    "clicked": None,
    "delivered": TouchState.delivered,  # by the recipient's mail server; a bounce may still follow
    "bounced": TouchState.bounced,
    "complained": TouchState.complained,
    "failed": TouchState.failed,
    "suppressed": TouchState.failed,
    "canceled": TouchState.cancelled,
}
EVENTS = frozenset(STATES) - {"queued", "canceled"}
"""What arrives as `email.…` and is about a touch; all other events are strange to us."""

_LONGEST_AGENT = 300
_FOR_THE_ACCOUNT = frozenset({"invalid_from_address", "restricted_api_key", "missing_api_key", "invalid_api_key"})
_CONFLICTS = {"invalid_idempotent_request": "idempotency_conflict"}


def read_refusal(status: int, body: Mapping[str, object]) -> Rejected | Unknown:
    """A 4xx of POST /emails.

    409 is doubt: the key stands for a request that is still running, or for other bytes (a fault of ours; a new key
    would send twice). 400 and 422 are about this message; the rest is about the account, which must be looked at.
    """
    name = word_in(body, "name")
    if status == 409:
        return Unknown(_CONFLICTS.get(name or "", name or "http_409"))
    code = name or f"http_{status}"
    return Rejected(name is not None and status in (400, 422) and name not in _FOR_THE_ACCOUNT, code, f"resend_{code}")


def describe(
    email_id: str,
    status: str,
    evidence_id: str,
    data: Mapping[str, object],
    *,
    at: datetime | None = None,
    reference: TouchId | None = None,
) -> Fact:
    """The fact behind an event or a `last_event`; `data` may say more (bounce, failed, suppressed)."""
    reason, suppress = read_trouble(status, data)
    return Fact(
        STATES.get(status),
        email_id,
        status,
        evidence_id,
        at,
        reference,
        reason,
        suppress,
        click=read_click(status, data),
    )


def read_click(status: str, data: Mapping[str, object]) -> Click | None:
    """The click of an `email.clicked` (spec WebhookEventClick); None where nothing is said of one, as in a poll,
    and for our own link that ends the mails: whoever follows that is not interested."""
    told = data.get("click") if status == "clicked" else None
    if not isinstance(told, dict) or is_unsubscribe_link(text_in(told, "link") or ""):
        return None
    return Click(time_in(told, "timestamp"), (text_in(told, "userAgent") or "")[:_LONGEST_AGENT])


def read_trouble(status: str, data: Mapping[str, object]) -> tuple[str | None, SuppressionReason | None]:
    """Why it went wrong, and whether the address is closed by it.

    Only a bounce that says Permanent closes an address; a full mailbox, or a bounce known from a poll alone (which has
    no type), does not.
    """
    part = data.get({"bounced": "bounce"}.get(status, status))
    more = part if isinstance(part, dict) else {}
    match status:
        case "bounced":
            kind = word_in(more, "type")
            closed = SuppressionReason.bounced if kind == "permanent" else None
            return f"resend_bounce_{kind or 'unstated'}", closed
        case "complained":
            return "resend_complained", SuppressionReason.complained
        case "suppressed":
            word = word_in(more, "reason")
            return f"resend_suppressed_{word}" if word else "resend_suppressed", SuppressionReason.provider_suppressed
        case "failed":
            word = word_in(more, "reason")
            return f"resend_failed_{word}" if word else "resend_failed", None
    return None, None


def read_email(email: Mapping[str, object], *, reference: TouchId | None = None) -> Fact | None:
    """The fact in an Email resource that was polled; None when it has no id or last event."""
    email_id, status = text_in(email, "id"), word_in(email, "last_event")
    if email_id is None or not EMAIL_ID.fullmatch(email_id) or status is None:
        return None
    return describe(email_id, status, f"poll:{email_id}:{status}", {}, reference=reference)


def read_tag(tags: object) -> TouchId | None:
    """Our touch id in the tag that we sent along: an object in events, a list of name and value as it was given."""
    if isinstance(tags, list):
        tags = {one.get("name"): one.get("value") for one in tags if isinstance(one, dict)}
    try:
        return TouchId(UUID(text_in(tags, "touch") or "")) if isinstance(tags, dict) else None
    except ValueError:
        return None


def time_in(found: Mapping[str, object], name: str) -> datetime | None:
    """An instant as Resend writes it: 2026-11-21T09:00:00.000Z in events, a blank and +00 in resources."""
    try:
        return parse_instant(text_in(found, name) or "")
    except ValueError:
        return None
