"""What GoHighLevel refuses of a message by its shape alone: 422, one sentence for each field that is wrong.

Source: spec ghl-conversations.json (SendMessageBodyDto). `subType` and `status` are marked required there and sent by
nobody, so they may be missing here; `subType` is called an object, and shown as a text.
"""

import re
from collections.abc import Iterator
from email.utils import parseaddr
from typing import Any

from scripts.sandbox.answers import Refused
from scripts.sandbox.ghl_errors import refuse_fields

CHOICES = {
    "type": ("SMS", "RCS", "Email", "WhatsApp", "IG", "FB", "Custom", "Live_Chat", "TIKTOK"),
    "status": ("delivered", "failed", "pending", "read"),
    "emailReplyMode": ("reply", "reply_all"),
    "optimizationPeriod": ("24h", "48h", "72h"),
}
TEXTS = (
    *("type", "contactId", "appointmentId", "emailFrom", "emailTo", "html", "message", "subject", "replyMessageId"),
    *("templateId", "threadId", "conversationProviderId", "customSubtypeId", "emailReplyMode", "fromNumber"),
    *("toNumber", "status", "optimizationPeriod"),
)
LISTS = ("attachments", "emailCc", "emailBcc")
OTHERS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "subType": ((dict, str), "an object"),
    "scheduledTimestamp": ((int, float), "a number conforming to the specified constraints"),
    "forward": (dict, "an object"),
    "usesNativeSchedulingAi": (bool, "a boolean value"),
}
MAILBOX = re.compile(r"[^@\s<>,]+@[^@\s<>,]+\.[^@\s<>.,]+")
NUMBER = re.compile(r"\+[1-9]\d{6,14}")


def check_shape(body: dict[str, Any]) -> None:
    known = (*TEXTS, *LISTS, *OTHERS)
    wrong = [f"property {name} should not exist" for name in body if name not in known]
    wrong += [*type_faults(body), *value_faults(body)]
    if wrong:
        raise Refused(refuse_fields(*wrong))


def type_faults(body: dict[str, Any]) -> Iterator[str]:
    for name in TEXTS:
        if name in body and not isinstance(body[name], str):
            yield f"{name} must be a string"
    for name in LISTS:
        given = body.get(name, [])
        if not isinstance(given, list):
            yield f"{name} must be an array"
        elif not all(isinstance(one, str) for one in given):
            yield f"each value in {name} must be a string"
    for name, (kind, words) in OTHERS.items():
        given = body.get(name)
        if given is not None and (not isinstance(given, kind) or (kind is not bool and isinstance(given, bool))):
            yield f"{name} must be {words}"


def value_faults(body: dict[str, Any]) -> Iterator[str]:
    for name in ("type", "contactId"):
        if not body.get(name):
            yield f"{name} should not be empty"
    for name, allowed in CHOICES.items():
        if body.get(name, "") != "" and body[name] not in allowed:
            yield f"{name} must be one of the following values: {', '.join(allowed)}"
    if not is_written(NUMBER, body.get("toNumber")):
        yield "toNumber must be a valid phone number"
    sender = body.get("emailFrom")
    if not is_written(MAILBOX, parseaddr(sender)[1] or sender if isinstance(sender, str) else None):
        yield "emailFrom must be an email"


def is_written(form: re.Pattern[str], value: Any) -> bool:
    """What is left out or no text is another complaint's."""
    return not isinstance(value, str) or not value or form.fullmatch(value) is not None
