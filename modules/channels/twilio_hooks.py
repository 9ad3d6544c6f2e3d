"""What Twilio posts to us: is it Twilio, and what does it say?

Sources: docs usage/webhooks/webhooks-security and messaging/guides/webhook-request, copies read 2026-11-20; for calls
the statuses of twilio-oai twilio_api_v2010.json of 2026-04-14. The check itself is the code of twilio 9.13.0. The
signature has no timestamp: replays are harmless because facts are idempotent.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qs, parse_qsl, unquote, urldefrag, urlsplit
from uuid import UUID

from modules.channels.models_of_hooks import Event, HookKind, Inbound, Request, Strange
from modules.channels.twilio_words import MESSAGE_SID, STATES, code_in, describe, time_in
from modules.ids import TouchId
from modules.labels import ChannelName, InboundKind
from utils.errors import BadSignature

SIGNATURE = "x-twilio-signature"
CALL_SID = re.compile(r"CA[0-9a-fA-F]{32}")
MISSED = frozenset({"no-answer", "busy", "failed", "canceled"})
TAKEN = frozenset({"completed", "answered"})


@dataclass(frozen=True)
class Parameters:
    """Form parameters as the validator wants them: a plain dict would lose repeated ones."""

    values: Mapping[str, list[str]]

    def __iter__(self) -> object:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    def getall(self, name: str) -> list[str]:
        return self.values[name]


def check_signature(auth_token: str, request: Request) -> None:
    """Returns when the account's token signed this URL and these parameters; BadSignature otherwise.

    A missing header is refused first (the validator breaks on it). A URL with `bodySHA256` is refused too: it would
    make the validator hash a body instead of the parameters, and none of our addresses has it.
    """
    signature = request.headers.get(SIGNATURE, "")
    if not signature:
        raise BadSignature("The webhook has no Twilio signature")
    if not auth_token:
        raise BadSignature("This account has no auth token to check the webhook with")
    url = urldefrag(request.url).url
    # most addresses hold no such word at all, and need not be read for it
    if "bodySHA256" in unquote(url) and "bodySHA256" in parse_qs(urlsplit(url).query, keep_blank_values=True):
        raise BadSignature("The webhook is signed in a way that we did not ask for")
    from twilio.request_validator import RequestValidator, compare  # type: ignore[import-untyped]

    validator, parameters = RequestValidator(auth_token), Parameters(read_form(request.body))
    # the validator tries the address with a port and without; nearly always the address as it is fits
    if compare(validator.compute_signature(url, parameters), signature):
        return
    if not validator.validate(url, parameters, signature):
        raise BadSignature("The webhook's signature does not match")


@lru_cache(maxsize=1)
def read_form(body: bytes) -> Mapping[str, list[str]]:
    """All parameters, blank ones too: they count in the signature. BadSignature when it is no form at all.

    Read once for the check and for what it says.
    """
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True)
    except ValueError:
        raise BadSignature("The webhook's body is not a form") from None
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def parse_hook(kind: HookKind, request: Request) -> Event:
    """A status fact, a person's words or call, or something strange that is kept."""
    form = {name: values[0].replace("\x00", "") for name, values in read_form(request.body).items()}
    event: Event | None
    match kind:
        case HookKind.status:
            event = read_status(form, request.query)
        case HookKind.inbound:
            event = read_inbound(form)
        case HookKind.missed_call:
            event = read_call(form)
    return event or Strange(key_of(form, request), form.get("SmsStatus", "") or kind.value, form)


def read_status(form: Mapping[str, str], query: Mapping[str, str]) -> Event | None:
    sid, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
    if not MESSAGE_SID.fullmatch(sid) or status not in STATES:
        return None
    code = code_in(form.get("ErrorCode"))
    return describe(sid, status, code, f"{sid}:{status}", reference=read_reference(query.get("touch", "")))


def read_reference(text: str) -> TouchId | None:
    try:
        return TouchId(UUID(text))
    except ValueError:
        return None


def read_inbound(form: Mapping[str, str]) -> Event | None:
    """`OptOutType` comes only with Advanced Opt-Out in a Messaging Service; its absence says nothing."""
    sid, sender, ours = form.get("MessageSid", ""), form.get("From", ""), form.get("To", "")
    if not MESSAGE_SID.fullmatch(sid) or not is_number(sender) or not is_number(ours) or "Body" not in form:
        return None
    if form.get("SmsStatus", "received") != "received":
        return None
    return Inbound(sid, sender, ours, form["Body"], form.get("OptOutType", "").upper() == "STOP", dict(form))


def read_call(form: Mapping[str, str]) -> Event | None:
    """A person called and the call is over: missed, or, when it was taken by somebody or something, a call.

    The action of a `<Dial>` tells how the person we rang fared, in DialCallStatus, while the caller's own call still
    runs; a `completed` without it does not say whether a person spoke, so it is never told as missed. One call has one
    key, however many callbacks speak of it: the action comes first.
    """
    sid, caller, ours = form.get("CallSid", ""), form.get("From", ""), form.get("To", "")
    if (
        not CALL_SID.fullmatch(sid)
        or not is_number(caller)
        or not is_number(ours)
        or form.get("Direction") != "inbound"
    ):
        return None
    status = form.get("DialCallStatus") or form.get("CallStatus", "")
    if status not in MISSED and status not in TAKEN:
        return None
    return Inbound(
        event_key=sid,
        from_address=caller,
        to_address=ours,
        text="",
        opted_out=False,
        payload=dict(form),
        channel=ChannelName.voice,
        kind=InboundKind.missed_call if status in MISSED else InboundKind.call,
        at=time_in(form, "Timestamp"),
    )


def is_number(text: str) -> bool:
    """Whoever may have written or called: E.164, or a short code, which may have three digits."""
    digits = text.removeprefix("+")
    return digits.isascii() and digits.isdecimal() and len(digits) <= 15


def key_of(form: Mapping[str, str], request: Request) -> str:
    """One key for all repeats of one event: Twilio's own token for it, else a hash of what was said."""
    token = request.headers.get("i-twilio-idempotency-token", "")
    return f"twilio:{token[:200]}" if token else f"twilio:{hashlib.sha256(request.body).hexdigest()}"
