"""What Resend posts to us: is it Resend, and what does it say?

Sources: resend-openapi resend.yaml of 2026-08-21 (event shapes; tags come back as an object), docs.svix.com on
verifying payloads, copies read 2026-11-20. A repeated event keeps its svix-id, which is therefore the evidence.
"""

import hashlib

from modules.channels.answers import read_object, text_in
from modules.channels.models_of_hooks import Event, Hint, HintKind, Request, Strange
from modules.channels.resend_received import addresses
from modules.channels.resend_words import EMAIL_ID, EVENTS, describe, read_tag, time_in
from utils.errors import BadSignature
from utils.signing import check_svix

RECEIVED = "received"
SVIX = ("svix-id", "svix-timestamp", "svix-signature")


def check_signature(secret: str, request: Request, wall_seconds: float) -> None:
    """Returns when the account's secret signed these bytes within five minutes of real time; BadSignature otherwise."""
    if not secret:
        raise BadSignature("This account has no secret to check the webhook with")
    if not all(request.headers.get(name, "").isascii() for name in SVIX):
        raise BadSignature("The webhook's signature is not readable")
    check_svix(secret, request.headers, request.body, wall_seconds)


def parse_hook(request: Request) -> Event:
    """A fact about one of our e-mails, a hint that one came in (its text is to be read), or something strange, kept."""
    event = read_object(request.body) or {}
    kind, data, event_id = text_in(event, "type") or "", event.get("data"), request.headers.get("svix-id", "")
    name = kind.removeprefix("email.")
    email_id = text_in(data, "email_id") if isinstance(data, dict) else None
    known = kind == f"email.{name}" and (name in EVENTS or name == RECEIVED)
    if not (known and event_id and isinstance(data, dict) and email_id and EMAIL_ID.fullmatch(email_id)):
        key = event_id[:200] or hashlib.sha256(request.body).hexdigest()
        return Strange(f"resend:{key}", kind or "unreadable", event)
    if name == RECEIVED:
        return Hint(HintKind.received_email, email_id, event_id, tuple(addresses(data.get("received_for"))))
    reference = read_tag(data.get("tags"))
    return describe(email_id, name, event_id, data, at=time_in(event, "created_at"), reference=reference)
