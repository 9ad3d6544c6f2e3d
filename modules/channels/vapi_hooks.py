"""What Vapi posts to us: is it Vapi, and what does it say?

Sources: Vapi's OpenAPI document of 2026-08-18 and docs server-url/events.mdx, server-authentication.mdx (copies read
2026-11-20). Vapi signs only where a webhook credential of the account says so (HMAC over "timestamp.body", in
hexadecimal); else it repeats a secret header that we gave it with the call. The timestamp's unit is not documented:
seconds and milliseconds are told apart by their digits. A message has no id, and a repeat carries other links, so that
its hash is no key.
"""

import hashlib
import hmac
from collections.abc import Mapping

from modules.channels.answers import read_object, text_in
from modules.channels.models_of_hooks import Event, Inbound, Request, Strange
from modules.channels.vapi_words import (
    CALL_ID,
    INBOUND,
    OUTBOUND,
    Found,
    describe,
    first_text,
    part_of,
    read_call,
    reference_of,
    time_of_message,
)
from modules.labels import ChannelName, InboundKind
from utils.errors import BadSignature

TOLERANCE_SECONDS = 300
LONGEST_TEXT = 2000
_STATUS, _REPORT = "status-update", "end-of-call-report"
_DIGITS_OF_SECONDS, _DIGITS_OF_MILLIS = 10, 13


def check_signature(secret: str, request: Request, wall_seconds: float) -> None:
    """Returns when the account's secret signed these bytes, or came with them; BadSignature otherwise.

    A signature that is there must hold, whatever else came with it.
    """
    if not secret:
        raise BadSignature("This account has no secret to check the webhook with")
    if "x-signature" in request.headers:
        _check_hmac(secret, request, wall_seconds)
        return
    bearer = request.headers.get("authorization", "")
    given = [request.headers.get("x-vapi-secret", "")]
    given += [bearer[7:]] if bearer[:7].lower() == "bearer " else []
    if not any(hmac.compare_digest(one.encode(), secret.encode()) for one in given):
        raise BadSignature("The webhook does not carry this account's secret")


def _check_hmac(secret: str, request: Request, wall_seconds: float) -> None:
    timestamp, signature = request.headers.get("x-timestamp", ""), request.headers.get("x-signature", "")
    if not (timestamp.isascii() and timestamp.isdecimal()):
        raise BadSignature("The webhook's timestamp is not readable")
    if len(timestamp) not in (_DIGITS_OF_SECONDS, _DIGITS_OF_MILLIS):
        raise BadSignature("The webhook's timestamp is not readable")
    seconds = int(timestamp) / (1 if len(timestamp) == _DIGITS_OF_SECONDS else 1000)
    if abs(wall_seconds - seconds) > TOLERANCE_SECONDS:
        raise BadSignature("The webhook's timestamp is too far from now")
    expected = hmac.new(secret.encode(), timestamp.encode() + b"." + request.body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.lower().encode()):
        raise BadSignature("The webhook's signature does not match")


def parse_hook(request: Request) -> Event:
    """A fact about one of our calls, a call that a person made to us, or something strange that is kept."""
    body = read_object(request.body) or {}
    message = part_of(body, "message")
    kind, call = text_in(message, "type") or "", part_of(message, "call")
    direction = text_in(call, "type") or (OUTBOUND if reference_of(call) else "")
    event: Event | None = None
    if direction == OUTBOUND and kind in (_STATUS, _REPORT):
        event = _read_ours(message, call, kind)
    if direction == INBOUND and kind == _REPORT:
        event = _read_inbound(message, call)
    return event or Strange(_key_of(message, request), kind[:LONGEST_TEXT] or "unreadable", _plain(message, call))


def _read_ours(message: Found, call: Found, kind: str) -> Event | None:
    """The message's own status counts: the call beside it may have been copied a moment earlier or later."""
    if kind == _REPORT:
        seen = read_call({**call, "status": "ended"}, message)
        return describe(seen, "", whole=True) if seen else None
    status = text_in(message, "status")
    seen = read_call({**call, "status": status}, message) if status else None
    return describe(seen, "", whole=False) if seen else None


def _read_inbound(message: Found, call: Found) -> Event | None:
    """A call to us; without the caller's number it is nobody's, and strange."""
    seen = read_call({**call, "status": "ended"}, message)
    caller = first_text([part_of(call, "customer"), part_of(message, "customer")], "number")
    if seen is None or not caller:
        return None
    ours = [part_of(message, "phoneNumber"), part_of(call, "phoneNumber")]
    number = first_text(ours, "number") or first_text(ours, "twilioPhoneNumber") or text_in(call, "phoneNumberId")
    details = seen.details
    payload = {"call_id": seen.id, "ended_reason": (seen.reason or "")[:LONGEST_TEXT]}
    return Inbound(
        event_key=f"vapi:{seen.id}:{_REPORT}",
        from_address=caller,
        to_address=number or "",
        text=details.transcript or details.summary or "",
        opted_out=False,
        payload=payload,
        channel=ChannelName.voice,
        kind=InboundKind.call,
        at=details.started_at or seen.at or time_of_message(message),
        call=details,
    )


def _key_of(message: Found, request: Request) -> str:
    """One key for all repeats of one message: its call, kind, status and time; a hash of what cannot be read so far."""
    call_id, kind = text_in(part_of(message, "call"), "id") or "", text_in(message, "type") or ""
    if not CALL_ID.fullmatch(call_id) or not kind:
        return f"vapi:{hashlib.sha256(request.body).hexdigest()}"
    said = (kind, text_in(message, "status") or "", str(message.get("timestamp") or ""))
    return f"vapi:{call_id}:{':'.join(one[:60] for one in said)}"


def _plain(message: Found, call: Found) -> Mapping[str, object]:
    """What is kept of a strange message: its plain values. Its objects hold what must not lie about: our secret header
    in the call's server, and a control address that anybody may hang up by."""
    return {"message": _values(message), "call": _values(call)}


def _values(found: Found) -> dict[str, object]:
    kept: dict[str, object] = {}
    for name, value in found.items():
        text = text_in(found, name)
        if name.isidentifier() and (text is not None or isinstance(value, bool | int)):
            kept[name] = value if text is None else text[:LONGEST_TEXT]
    return kept
