"""The fields that the providers' create calls take, listed by hand, so that what we send is held against their words.

Twilio: twilio-oai spec/json/twilio_api_v2010.json, commit d50069b4 of 2026-04-14, CreateMessageRequest.
Resend: resend-openapi resend.yaml, commit 18cca2df of 2026-08-21, SendEmailRequest and Tag. Both read 2026-11-21.
"""

import json
import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlsplit

Check = Callable[[object], bool]


def text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


def like(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def whole_number(least: int, most: int) -> Check:
    return lambda value: isinstance(value, str) and value.isdecimal() and least <= int(value) <= most


def web_address(value: object) -> bool:
    parts = urlsplit(value if isinstance(value, str) else "")
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "_" not in (parts.hostname or "")


def texts(value: object) -> bool:
    return isinstance(value, list) and 1 <= len(value) <= 50 and all(map(text, value))


def tags(value: object) -> bool:
    word = like(r"[A-Za-z0-9_-]{1,256}")
    return isinstance(value, list) and all(
        isinstance(tag, dict) and set(tag) == {"name", "value"} and word(tag["name"]) and word(tag["value"])
        for tag in value
    )


def text_map(value: object) -> bool:
    return isinstance(value, dict) and all(text(name) and text(said) for name, said in value.items())


def not_used_by_us(_: object) -> bool:
    """A field that exists and that we do not use."""
    return False


TWILIO_REQUIRED = {"To"}
TWILIO: dict[str, Check] = {
    "To": like(r"\+[1-9]\d{6,14}"),
    "From": like(r"\+[1-9]\d{6,14}|\d{5,6}"),
    "MessagingServiceSid": like(r"MG[0-9a-fA-F]{32}"),
    "Body": lambda value: isinstance(value, str) and 1 <= len(value) <= 1600,
    "StatusCallback": web_address,
    "ValidityPeriod": whole_number(1, 36000),
} | dict.fromkeys(
    [
        "ApplicationSid",
        "MaxPrice",
        "ProvideFeedback",
        "Attempt",
        "ForceDelivery",
        "ContentRetention",
        "AddressRetention",
        "SmartEncoded",
        "PersistentAction",
        "TrafficType",
        "ShortenUrls",
        "ScheduleType",
        "SendAt",
        "SendAsMms",
        "ContentVariables",
        "RiskCheck",
        "FallbackFrom",
        "MediaUrl",
        "ContentSid",
    ],
    not_used_by_us,
)

RESEND_REQUIRED = {"from", "to", "subject"}
RESEND: dict[str, Check] = {
    "from": like(r"[^<>]*<[^@<>\s]+@[^@<>\s]+>|[^@<>\s]+@[^@<>\s]+"),
    "to": texts,
    "subject": text,
    "html": text,
    "headers": text_map,
    "tags": tags,
} | dict.fromkeys(
    ["bcc", "cc", "reply_to", "text", "template", "scheduled_at", "attachments", "topic_id"], not_used_by_us
)


def wrong_fields(given: dict[str, object], known: dict[str, Check], required: set[str]) -> list[str]:
    """One sentence for each field that is unknown, missing or of the wrong kind; empty when all is right."""
    unknown = [f"{name} is no field" for name in given if name not in known]
    missing = [f"{name} is missing" for name in sorted(required - set(given))]
    return unknown + missing + [f"{name} is wrong" for name in given if name in known and not known[name](given[name])]


def wrong_with_twilio(content: bytes) -> list[str]:
    pairs = parse_qsl(content.decode(), keep_blank_values=True, strict_parsing=True)
    given: dict[str, object] = dict(pairs)
    both = [] if ("From" in given) != ("MessagingServiceSid" in given) else ["exactly one sender is needed"]
    return wrong_fields(given, TWILIO, TWILIO_REQUIRED) + both


def wrong_with_resend(content: bytes) -> list[str]:
    return wrong_fields(json.loads(content), RESEND, RESEND_REQUIRED)
