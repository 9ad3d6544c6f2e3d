"""The fields that the providers' create calls take, listed by hand, so that what we send is held against their words.

Twilio: twilio-oai spec/json/twilio_api_v2010.json, commit d50069b4 of 2026-04-14, CreateMessageRequest.
Resend: resend-openapi resend.yaml, commit 18cca2df of 2026-08-21, SendEmailRequest and Tag. Both read 2026-11-21.
Vapi: VapiAI/docs fern/apis/api/openapi.json of 2026-08-18, CreateCallDTO and what is inside it; read 2026-11-21.
GoHighLevel: highlevel-api-docs apps/conversations.json, commit 0af86a4c of 2026-05-01, SendMessageBodyDto.
Retell: retell-sdk 6.2.13, types/call_create_phone_call_params.py and call_list_params.py; read 2026-11-21.
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
    "reply_to": like(r"[^@<>\s]+@[^@<>\s]+"),
} | dict.fromkeys(["bcc", "cc", "text", "template", "scheduled_at", "attachments", "topic_id"], not_used_by_us)


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


def shaped(known: dict[str, Check], required: set[str]) -> Check:
    """An object of these fields and no others."""
    return lambda value: isinstance(value, dict) and not wrong_fields(value, known, required)


def up_to(longest: int) -> Check:
    return lambda value: isinstance(value, str) and 1 <= len(value) <= longest


def one_of(*words: str) -> Check:
    return lambda value: value in words


def number(least: float, most: float) -> Check:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def server_messages(value: object) -> bool:
    return isinstance(value, list) and set(value) == {"status-update", "end-of-call-report"}


instant = like(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
BACKOFF: dict[str, Check] = {
    "type": one_of("fixed", "exponential"),
    "maxRetries": number(0, 10),
    "baseDelaySeconds": number(0, 10),
    "excludedStatusCodes": not_used_by_us,
}
SERVER: dict[str, Check] = {
    "url": web_address,
    "timeoutSeconds": number(1, 300),
    "credentialId": text,
    "headers": text_map,
    "backoffPlan": shaped(BACKOFF, set()),
} | dict.fromkeys(["staticIpAddressesEnabled", "encryptedPaths"], not_used_by_us)
CUSTOMER: dict[str, Check] = {
    "number": like(r"\+[1-9]\d{6,14}"),
    "externalId": up_to(40),
} | dict.fromkeys(
    ["name", "email", "extension", "sipUri", "numberE164CheckEnabled", "assistantOverrides", "squadOverrides"],
    not_used_by_us,
)
OVERRIDES: dict[str, Check] = {
    "variableValues": text_map,
    "metadata": text_map,
    "firstMessage": text,
    "firstMessageMode": lambda value: value == "assistant-speaks-first",
    "voicemailDetection": lambda value: value == {"provider": "vapi"},
    "serverMessages": server_messages,
    "server": shaped(SERVER, {"url"}),
}
"""Only what we use of some forty: another name there is as wrong."""
VAPI: dict[str, Check] = {
    "assistantId": text,
    "phoneNumberId": text,
    "name": up_to(40),
    "customer": shaped(CUSTOMER, {"number"}),
    "schedulePlan": shaped({"earliestAt": instant, "latestAt": instant}, {"earliestAt"}),
    "assistantOverrides": shaped(OVERRIDES, set()),
} | dict.fromkeys(
    [
        *("assistant", "assistantVersion", "customerId", "customers", "phoneNumber", "squad", "squadId"),
        *("squadOverrides", "transport", "workflow", "workflowId", "workflowOverrides"),
    ],
    not_used_by_us,
)


def wrong_with_vapi(content: bytes) -> list[str]:
    return wrong_fields(json.loads(content), VAPI, {"assistantId", "phoneNumberId", "customer"})


GHL_ID = like(r"[0-9A-Za-z]{1,64}")
GHL_USED: dict[str, dict[str, Check]] = {
    "SMS": {
        "type": one_of("SMS"),
        "contactId": GHL_ID,
        "message": text,
        "fromNumber": like(r"\+[1-9]\d{6,14}"),
        "toNumber": like(r"\+[1-9]\d{6,14}"),
    },
    "Email": {
        "type": one_of("Email"),
        "contactId": GHL_ID,
        "subject": text,
        "html": text,
        "emailFrom": like(r"[^<>]*<[^@<>\s]+@[^@<>\s]+>|[^@<>\s]+@[^@<>\s]+"),
        "emailTo": like(r"[^@<>\s]+@[^@<>\s]+"),
    },
}
GHL_OTHERS = dict.fromkeys(
    [
        *("subType", "appointmentId", "attachments", "emailCc", "emailBcc", "replyMessageId", "templateId", "threadId"),
        *("scheduledTimestamp", "conversationProviderId", "customSubtypeId", "emailReplyMode", "forward"),
        *("status", "usesNativeSchedulingAi", "optimizationPeriod"),
    ],
    not_used_by_us,
)
"""`status` would be a claim of ours; `subType` is marked as required together with it, and sent by nobody."""


def wrong_with_ghl(content: bytes) -> list[str]:
    given = json.loads(content)
    words = "html" if given.get("type") == "Email" else "message"
    known = GHL_USED.get(given.get("type"), GHL_USED["SMS"]) | GHL_OTHERS
    return wrong_fields(given, known, {"type", "contactId", words})


RETELL_VOICEMAIL: dict[str, Check] = {
    "action": lambda value: value == {"type": "hangup"},
    "detection_prompt": not_used_by_us,
}
RETELL_AGENT: dict[str, Check] = {"voicemail_option": shaped(RETELL_VOICEMAIL, {"action"})}
"""Only what we use of some sixty: another name there is as wrong."""
RETELL: dict[str, Check] = {
    "from_number": like(r"\+[1-9]\d{6,14}"),
    "to_number": like(r"\+[1-9]\d{6,14}"),
    "override_agent_id": text,
    "metadata": text_map,
    "retell_llm_dynamic_variables": text_map,
    "agent_override": shaped({"agent": shaped(RETELL_AGENT, {"voicemail_option"})}, {"agent"}),
    "idempotency_key": text,
} | dict.fromkeys(
    ["custom_sip_headers", "honor_internal_dnc", "ignore_e164_validation", "override_agent_version"], not_used_by_us
)
"""Voicemail detection must be on, or a voicemail looks like an answered call: so it is required here."""


def wrong_with_retell(content: bytes) -> list[str]:
    return wrong_fields(json.loads(content), RETELL, {"from_number", "to_number", "agent_override"})


def string_filter(value: object) -> bool:
    known = {"type": one_of("string"), "op": one_of("eq", "ne", "sw", "ew", "co"), "value": text, "key": text}
    return shaped(known, {"type", "op", "value"})(value)


def between(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(number(0, 1e13)(one) for one in value)


RETELL_FILTERS: dict[str, Check] = {
    "metadata": lambda value: isinstance(value, list) and all(map(string_filter, value)),
    "to_number": string_filter,
    "direction": lambda value: value == {"type": "enum", "op": "in", "value": ["outbound"]},
    "start_timestamp": shaped({"type": one_of("range"), "op": one_of("bt"), "value": between}, {"type", "op", "value"}),
}
"""Only what we use of some twenty-five."""
RETELL_LIST: dict[str, Check] = {
    "filter_criteria": shaped(RETELL_FILTERS, set()),
    "limit": number(1, 1000),
    "pagination_key": text,
    "sort_order": one_of("ascending", "descending"),
} | dict.fromkeys(["skip", "include_total"], not_used_by_us)


def wrong_with_retell_list(content: bytes) -> list[str]:
    return wrong_fields(json.loads(content), RETELL_LIST, set())
