"""What GoHighLevel posts to us: is it GoHighLevel, and what does it say?

Sources: GHL's webhook guide (X-GHL-Signature is Ed25519 over the raw body; the public key below stands in it; the
header may be `N/A`; copies read 2026-11-20), docs "webhook events" of highlevel-api-docs. GHL repeats only after a 429,
six times in about 70 minutes, with the same bytes. Its one key signs for every app and location, so that what is
signed must also name this account's location. The RSA signature of old (X-WH-Signature) has ended and is not taken.

The webhook of a workflow is not signed. It carries a secret that we gave, and is only ever a hint: what it is about is
read again by API.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import TYPE_CHECKING

from modules.channels.answers import read_object, text_in, word_in
from modules.channels.ghl_api import GHL_ID
from modules.channels.ghl_appointments import APPOINTMENT_EVENTS, read_appointment
from modules.channels.ghl_inbound import INBOUND, OUTBOUND, describe_inbound
from modules.channels.ghl_words import channel_in, describe, time_in
from modules.channels.models_of_hooks import Event, Hint, HintKind, Nothing, Request, Strange
from modules.labels import ChannelName
from utils.errors import BadSignature

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

GHL_PUBLIC_KEY = "MCowBQYDK2VwAyEAi2HR1srL4o18O8BRa7gVJY7G7bupbN3H9AwJrHCDiOg="
SIGNATURE, SECRET = "x-ghl-signature", "x-omnify-secret"
OLDEST_SECONDS, YOUNGEST_SECONDS = 7200, 300
_RAW, _WITH_ALGORITHM = 32, 44
_CONTACT_EVENTS = frozenset({"ContactCreate", "ContactUpdate", "ContactTagUpdate", "ContactDndUpdate"})
_MESSAGE_EVENTS = {"InboundMessage": INBOUND, "OutboundMessage": OUTBOUND}
_LONGEST_KEY = 200


def is_signed(request: Request) -> bool:
    return request.headers.get(SIGNATURE, "").strip().upper() not in ("", "N/A")


def check_signature(public_key: str, hook_secret: str, location_id: str, request: Request, wall_seconds: float) -> None:
    """Returns when GHL signed these bytes, or, where nobody signed, when our secret came along; BadSignature otherwise.

    A signature that is there must hold, whatever else came with it; what it holds for may be two hours old (a repeat
    keeps its timestamp). An event without a timestamp is taken: its repeats share one key.
    """
    if not is_signed(request):
        given = request.headers.get(SECRET, "")
        if not hook_secret or not hmac.compare_digest(given.encode(), hook_secret.encode()):
            raise BadSignature("The webhook has no signature and does not carry this account's secret")
        return
    from cryptography.exceptions import InvalidSignature  # heavy: only a signed webhook asks

    try:
        signature = base64.b64decode(request.headers[SIGNATURE].strip(), validate=True)
        read_key(public_key or GHL_PUBLIC_KEY).verify(signature, request.body)
    except (InvalidSignature, ValueError):
        raise BadSignature("The webhook's signature does not match") from None
    body = read_object(request.body) or {}
    if location_id and text_in(body, "locationId") != location_id:
        raise BadSignature("The webhook is about another location")
    sent_at = time_in(body, "timestamp")
    if sent_at is not None and not -YOUNGEST_SECONDS <= wall_seconds - sent_at.timestamp() <= OLDEST_SECONDS:
        raise BadSignature("The webhook's timestamp is too far from now")


def read_key(text: str) -> "Ed25519PublicKey":
    """A key as PEM, or the base64 of one with or without its algorithm before it; ValueError for anything else."""
    # heavy: only a signed webhook, or an account that names its key, asks
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        if text.lstrip().startswith("-----"):
            found = load_pem_public_key(text.encode())
            if isinstance(found, Ed25519PublicKey):
                return found
            raise ValueError("another kind of key")
        raw = base64.b64decode(text.strip(), validate=True)
    except UnsupportedAlgorithm as error:
        raise ValueError("another kind of key") from error
    if len(raw) not in (_RAW, _WITH_ALGORITHM):
        raise ValueError("no Ed25519 key has this length")
    return Ed25519PublicKey.from_public_bytes(raw[-_RAW:])


def parse_hook(request: Request) -> Event:
    """A fact, a person's words, a hint, or something strange that is kept. Of an unsigned post never more than a hint,
    whatever it says of itself."""
    body = read_object(request.body) or {}
    kind = text_in(body, "type") or ""
    if not is_signed(request):
        return read_workflow(body, request) or Strange(key_of({}, request), "workflow", body)
    event: Event | None = None
    if kind in _CONTACT_EVENTS:
        event = hint_at(HintKind.contact, text_in(body, "id"), key_of(body, request))
    elif kind in _MESSAGE_EVENTS:
        event = read_message_event(body, _MESSAGE_EVENTS[kind], key_of(body, request))
    elif kind in APPOINTMENT_EVENTS:
        event = read_appointment(kind, body, key_of(body, request))
    elif kind == "LCEmailStats":
        # without a message of ours it would only leave a person's address lying about
        event = hint_at(HintKind.message, text_in(body, "messageId"), key_of(body, request)) or Nothing(kind)
    return event or Strange(key_of(body, request), kind or "unreadable", body)


def hint_at(kind: HintKind, ref: str | None, key: str) -> Hint | None:
    return Hint(kind, ref, key) if ref and GHL_ID.fullmatch(ref) else None


def read_message_event(body: Mapping[str, object], usual: str, key: str) -> Event | None:
    """The event's `direction` counts, not its name: an inbound call has come as an OutboundMessage."""
    direction = text_in(body, "direction") or usual
    channel, message_id = channel_in(body), text_in(body, "messageId")
    if channel is None or direction not in (INBOUND, OUTBOUND):
        return None
    if direction == INBOUND:
        inbound = describe_inbound(body, channel, {}, other_key=key)
        return inbound or hint_at(HintKind.message, message_id, key)
    status = word_in(body, "status")
    if channel is ChannelName.voice or status is None or not GHL_ID.fullmatch(message_id or ""):
        return None
    return describe(message_id or "", status, f"{message_id}:{status}")


def read_workflow(body: Mapping[str, object], request: Request) -> Hint | None:
    """A workflow's own webhook speaks in snake case; its `message` may name an id."""
    message = body.get("message")
    message_id = text_in(message, "id") if isinstance(message, dict) else None
    key = key_of({}, request)
    return hint_at(HintKind.message, message_id, key) or hint_at(HintKind.contact, text_in(body, "contact_id"), key)


def key_of(body: Mapping[str, object], request: Request) -> str:
    """One key for all repeats of one event: its webhookId, else a hash of what was said."""
    webhook_id = text_in(body, "webhookId") or ""
    return f"ghl:{webhook_id[:_LONGEST_KEY] or hashlib.sha256(request.body).hexdigest()}"
