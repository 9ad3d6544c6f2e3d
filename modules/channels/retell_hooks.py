"""What Retell posts to us: is it Retell, and what does it say?

Sources: retell-sdk 6.2.13 lib/webhook_auth.py (read 2026-11-21), docs features/webhook (copies read 2026-11-20). The
API key that has the webhook badge signs: HMAC-SHA256 over the body's own bytes and, right behind them, the milliseconds
that stand in the header. An event has no id: call and kind name it. `call_started` comes only for calls that connected,
`call_ended` for all; `call_analyzed` repeats it later with a model's summary and its opinion whether that was a
voicemail. An end is believed when it comes: where that opinion comes later and contradicts it, the touch keeps both.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping

from modules.channels.answers import read_object, text_in
from modules.channels.models_of_hooks import Event, Inbound, Request, Strange
from modules.channels.retell_reasons import ASKED_TO_STOP
from modules.channels.retell_words import CALL_ID, INBOUND, OUTBOUND, Found, describe, part_of, read_call, reference_of
from modules.labels import ChannelName, InboundKind
from utils.errors import BadSignature

HEADER = "x-retell-signature"
TOLERANCE_MILLIS = 300_000
LONGEST_TEXT = 2000
_STARTED, _ENDED, _ANALYZED = "call_started", "call_ended", "call_analyzed"
_SIGNATURE = re.compile(r"v=([1-9][0-9]{0,14}),d=([0-9a-f]{64})")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


def check_signature(api_key: str, request: Request, wall_seconds: float) -> None:
    """Returns when the account's key signed these bytes within five minutes of real time; BadSignature otherwise."""
    if not api_key:
        raise BadSignature("This account has no key to check the webhook with")
    found = _SIGNATURE.fullmatch(request.headers.get(HEADER, ""))
    if found is None:
        raise BadSignature("The webhook's signature is not readable")
    millis, given = found.groups()
    if abs(wall_seconds * 1000 - int(millis)) > TOLERANCE_MILLIS:
        raise BadSignature("The webhook's timestamp is too far from now")
    expected = hmac.new(api_key.encode(), request.body + millis.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, given):
        raise BadSignature("The webhook's signature does not match")


def parse_hook(request: Request) -> Event:
    """A fact about one of our calls, a call that a person made to us, or something strange that is kept."""
    body = read_object(request.body) or {}
    kind, call = text_in(body, "event") or "", part_of(body, "call")
    direction = text_in(call, "direction") or (OUTBOUND if reference_of(call) else "")
    event: Event | None = None
    if direction == OUTBOUND and kind in (_STARTED, _ENDED, _ANALYZED):
        seen = read_call(call)
        event = describe(seen, "", whole=kind != _STARTED) if seen else None
    if direction == INBOUND and kind in (_ENDED, _ANALYZED):
        event = _read_inbound(call)
    return event or Strange(_key_of(kind, call, request), kind[:LONGEST_TEXT] or "unreadable", _plain(body, call))


def _read_inbound(call: Found) -> Inbound | None:
    """A call to us, kept once; without the caller's number it is nobody's, and strange."""
    seen, caller = read_call(call), text_in(call, "from_number") or ""
    if seen is None or not _PHONE.fullmatch(caller):
        return None
    details = seen.details
    return Inbound(
        event_key=f"retell:{seen.id}:{_ENDED}",
        from_address=caller,
        to_address=text_in(call, "to_number") or "",
        text=details.transcript or details.summary or "",
        opted_out=seen.reason == ASKED_TO_STOP,
        payload={"call_id": seen.id, "disconnection_reason": (seen.reason or "")[:LONGEST_TEXT]},
        channel=ChannelName.voice,
        kind=InboundKind.call,
        at=details.started_at or seen.at,
        call=details,
    )


def _key_of(kind: str, call: Found, request: Request) -> str:
    """One key for all repeats of one event; a hash of what cannot be read so far."""
    call_id = text_in(call, "call_id") or ""
    if not CALL_ID.fullmatch(call_id) or not kind:
        return f"retell:{hashlib.sha256(request.body).hexdigest()}"
    return f"retell:{call_id}:{kind[:60]}"


def _plain(body: Found, call: Found) -> Mapping[str, object]:
    """What is kept of a strange event: its plain values, but no token and no address of a recording or log."""
    return {"event": _values(body), "call": _values(call)}


def _values(found: Found) -> dict[str, object]:
    kept: dict[str, object] = {}
    for name, value in found.items():
        text = text_in(found, name)
        if not name.isidentifier() or name.endswith(("_url", "_token")):
            continue
        if text is not None or isinstance(value, bool | int):
            kept[name] = value if text is None else text[:LONGEST_TEXT]
    return kept
