"""What each provider's own document refuses of the requests that our adapters make, field by field and by hand.

The documents are those that `official_fields.py` names. `GONE`: the field is left out. A field that is no part of what
we send is added. Where a document leaves a map's inside to its owner, only the map itself is looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from modules.labels import ChannelName, Provider
from tests.contract.adapter_pairs import PairName


class Gone:
    """Stands for a field that is left out."""

    def __repr__(self) -> str:
        return "GONE"


GONE = Gone()
LONG = "x" * 41
Refused = Mapping[str, Sequence[object]]


@dataclass(frozen=True)
class Wrongs:
    """`fields`: by path, with dots, the values that are refused. `shapes`: the names that a refusal's body has. `free`:
    maps whose inside is anybody's own."""

    fields: Refused
    shapes: Sequence[frozenset[str]]
    free: Sequence[str] = ()


TWILIO: Refused = {
    "To": (GONE, "", "Ada", "415 555 0100", "+1"),
    "From": (GONE, "", "+15005559999", "Ada"),
    "MessagingServiceSid": ("MG1", "Ada"),
    "Body": (GONE, "", "x" * 1601),
    "StatusCallback": ("Ada", "ftp://hooks.example/x", "https://our_hooks.example/x", "https://"),
    "ValidityPeriod": ("0", "36001", "-1", "1.5", "soon"),
    "ContentRetention": ("keep",),
    "AddressRetention": ("keep",),
    "TrafficType": ("paid",),
    "RiskCheck": ("maybe",),
    "ScheduleType": ("loose",),
    "ApplicationSid": ("AP1",),
    "ContentSid": ("HX1",),
    "SmartEncoded": ("perhaps",),
    "Attempt": ("first",),
}
RESEND: Refused = {
    "from": (GONE, "", 7, "Acme", ["hello@acme.example"]),
    "to": (GONE, [], "", 7, [7], ["Ada"], ["a@b.example"] * 51, {"email": "a@b.example"}),
    "subject": (GONE, "", 7, ["Hello"]),
    "html": (GONE, 7, ["<p>"]),
    "text": (7,),
    "cc": (7, [7], "Ada"),
    "bcc": (7, [7], "Ada"),
    "reply_to": (7, [7], "Ada", {}),
    "headers": ("X: y", 7, ["X"]),
    "tags": ("touch", 7, {"touch": "x"}, ["touch"], [7]),
    "tags.0.name": (GONE, "", 7, "two words", "x" * 257),
    "tags.0.value": (GONE, "", 7, "two words", "x" * 257),
    "attachments": (
        *("file.pdf", 7, {"path": "https://x.example/f"}, ["file.pdf"], [7]),
        *([{name: 7}] for name in ("filename", "path", "content", "content_type", "content_id")),
    ),
    "scheduled_at": (7, "soon"),
    "template": ("welcome", 7, ["welcome"], {}),
    "topic_id": (7, ["news"]),
}
VAPI: Refused = {
    "assistantId": (GONE, "", 7, ["a"]),
    "phoneNumberId": (GONE, "", 7, "another"),
    "name": (7, LONG),
    "customer": (GONE, {}, "Ada", 7),
    "customer.number": (GONE, "", 7, "12", "Ada", LONG),
    "customer.externalId": (7, LONG),
    "customer.email": (7, LONG),
    "customer.extension": (7, "x" * 11),
    "customer.numberE164CheckEnabled": ("no", 1),
    "customer.sipUri": (7,),
    "customer.color": ("blue",),
    "schedulePlan": ("now", 7, {}),
    "schedulePlan.earliestAt": (GONE, 7, "soon"),
    "schedulePlan.latestAt": (7, "soon", None),
    "assistantOverrides": ("loud", 7, []),
    "assistantOverrides.variableValues": ("x", 7, []),
    "assistantOverrides.metadata": ("x", 7, []),
    "assistantOverrides.firstMessage": (7, ["Hello"]),
    "assistantOverrides.firstMessageMode": ("shouts-first", "", 7, ["assistant-speaks-first"]),
    "assistantOverrides.firstMessageInterruptionsEnabled": ("yes",),
    "assistantOverrides.voicemailDetection": ("on", 7, {}, {"provider": "acme"}, {"provider": "vapi", "type": "ear"}),
    "assistantOverrides.voicemailDetection.provider": (GONE, "acme", 7, ["vapi"]),
    "assistantOverrides.serverMessages": ("status-update", 7, ["gossip"], [7], [["status-update"]]),
    "assistantOverrides.clientMessages": ("transcript", ["gossip"]),
    "assistantOverrides.maxDurationSeconds": ("600", 9, 43201),
    "assistantOverrides.endCallPhrases": ("bye", [7], ["b"], ["x" * 141]),
    "assistantOverrides.endCallMessage": (7, "x" * 1001),
    "assistantOverrides.voicemailMessage": (7, "x" * 1001),
    "assistantOverrides.name": (7, LONG),
    "assistantOverrides.color": ("blue",),
    "assistantOverrides.server": ("https://hooks.example", 7, []),
    "assistantOverrides.server.url": (7, ["https://hooks.example"]),
    "assistantOverrides.server.timeoutSeconds": ("20", 0, 301),
    "assistantOverrides.server.headers": ("X: y", 7, []),
    "assistantOverrides.server.credentialId": (7,),
    "assistantOverrides.server.staticIpAddressesEnabled": ("yes",),
    "assistantOverrides.server.encryptedPaths": ("all", [7]),
    "assistantOverrides.server.color": ("blue",),
    "assistantOverrides.server.backoffPlan": ("slow", 7, {}),
    "assistantOverrides.server.backoffPlan.type": (GONE, "slow", 7, ["fixed"]),
    "assistantOverrides.server.backoffPlan.maxRetries": (GONE, "6", -1, 11),
    "assistantOverrides.server.backoffPlan.baseDelaySeconds": (GONE, "5", -1, 11),
    "color": ("blue",),
}
RETELL: Refused = {
    "from_number": (GONE, "", 7, "Ada", "+15005559999"),
    "to_number": (GONE, "", 7, "Ada", "415 555 0100"),
    "override_agent_id": (7, "another"),
    "override_agent_version": ([], 1.5),
    "metadata": ("x", 7, []),
    "retell_llm_dynamic_variables": ("x", 7, [], {"first_name": 7}, {"first_name": None}),
    "agent_override": ("loud", 7, [], {"robot": {}}),
    "agent_override.agent": ("loud", 7, []),
    "agent_override.agent.voicemail_option": ("hangup", 7, {}),
    "agent_override.agent.voicemail_option.action": (GONE, "hangup", {}),
    "agent_override.agent.voicemail_option.action.type": (GONE, "sing", 7, ["hangup"]),
    "idempotency_key": (7,),
    "custom_sip_headers": ("x", {"X-A": 7}),
    "ignore_e164_validation": ("no",),
    "honor_internal_dnc": ("no",),
    "color": ("blue",),
}
GHL_BOTH: Refused = {
    "type": (GONE, "", 7, "Pigeon", ["SMS"]),
    "contactId": (GONE, "", 7, "nobody"),
    "subType": (7, ["SMS"]),
    "status": ("sent", 7),
    "attachments": ("https://x.example/f", 7, [7]),
    "emailCc": ("a@b.example", [7]),
    "emailBcc": ("a@b.example", [7]),
    "emailReplyMode": ("reply_none", 7),
    "scheduledTimestamp": ("soon", True),
    "optimizationPeriod": ("12h", 24),
    "usesNativeSchedulingAi": ("no",),
    "forward": ("a@b.example", 7),
    "threadId": (7,),
    "color": ("blue",),
}
GHL_SMS: Refused = {
    **GHL_BOTH,
    "message": (GONE, "", 7, ["Hello"]),
    "fromNumber": (7, "+15005559999", "Ada"),
    "toNumber": (7, "Ada", "415"),
}
GHL_EMAIL: Refused = {
    **GHL_BOTH,
    "html": (GONE, "", 7, ["<p>"]),
    "subject": (7, ["Hello"]),
    "emailFrom": (7, "Ada", "ada@", "Ada <ada>"),
    "emailTo": (7, "Ada", "ada@", "@lovelace.example", "two words@lovelace.example", "a@b.example, c@d.example"),
}
_GHL_SHAPES = (frozenset({"statusCode", "message", "error"}), frozenset({"status", "message", "name"}))

WRONGS: Mapping[PairName, Wrongs] = {
    (Provider.twilio, ChannelName.sms): Wrongs(TWILIO, [frozenset({"code", "message", "more_info", "status"})]),
    (Provider.resend, ChannelName.email): Wrongs(
        RESEND, [frozenset({"statusCode", "name", "message"})], free=["headers"]
    ),
    (Provider.vapi, ChannelName.voice): Wrongs(
        VAPI,
        [frozenset({"message", "error", "statusCode"})],
        free=[f"assistantOverrides.{name}" for name in ("variableValues", "metadata", "server.headers")],
    ),
    (Provider.retell, ChannelName.voice): Wrongs(
        RETELL, [frozenset({"status", "message"})], free=["metadata", "retell_llm_dynamic_variables"]
    ),
    (Provider.ghl, ChannelName.sms): Wrongs(GHL_SMS, _GHL_SHAPES),
    (Provider.ghl, ChannelName.email): Wrongs(GHL_EMAIL, _GHL_SHAPES),
}

_PLACE: Refused = {"locationId": (GONE, "", "another")}
_INSTANT = ("soon", "2026-13-01")
QUESTIONS: Mapping[str, Refused] = {
    "/twilio/Messages.json": {
        "To": (),
        "PageSize": ("0", "-1", "1001", "many"),
        "DateSent<": ("soon", "2026-13-01"),
        "DateSent>": ("soon", "2026-13-01"),
        "DateSent": ("soon",),
        "Page": ("-1", "first"),
    },
    "/resend/emails": {"limit": ("0", "101", "-1", "many"), "after": ("another",), "before": ("another",)},
    "/vapi/call": {
        "phoneNumberId": (),
        "limit": ("-1", "1001", "many"),
        **{f"createdAt{edge}": _INSTANT for edge in ("Ge", "Le", "Gt", "Lt")},
        "name": ("another",),
    },
    "/retell/list-calls": {
        "limit": (0, 1001, "50", True),
        "sort_order": ("up", 7),
        "pagination_key": ("another", 7),
        "skip": (-1, "1"),
        "include_total": ("yes",),
        "color": ("blue",),
        "filter_criteria": ("all", 7, {"color": {"type": "string", "op": "eq", "value": "blue"}}),
        "filter_criteria.direction": ("outbound", [], {"type": "enum", "op": "in"}),
        "filter_criteria.direction.type": (GONE, "string", 7),
        "filter_criteria.direction.op": (GONE, "eq", 7),
        "filter_criteria.direction.value": (GONE, "outbound", 7, ["sideways"]),
        "filter_criteria.metadata": ({"type": "string", "op": "eq", "value": "x"}, 7, [7], ["x"]),
        "filter_criteria.metadata.0.type": (GONE, "text", 7),
        "filter_criteria.metadata.0.op": (GONE, "in", 7),
        "filter_criteria.metadata.0.key": (GONE,),
        "filter_criteria.metadata.0.value": (GONE, 7, ["x"]),
        "filter_criteria.to_number": ("+14155550100", [], {"type": "string", "op": "eq"}),
        "filter_criteria.to_number.type": (GONE, "enum", 7),
        "filter_criteria.to_number.op": (GONE, "in", 7),
        "filter_criteria.to_number.value": (GONE, 7, ["x"]),
        "filter_criteria.start_timestamp": ("now", [], {"type": "range"}),
        "filter_criteria.start_timestamp.type": (GONE, "enum"),
        "filter_criteria.start_timestamp.op": (GONE, "in"),
        "filter_criteria.start_timestamp.value": (GONE, 7, [1], ["a", "b"], [1, 2, 3]),
    },
    "/ghl/export": {
        **_PLACE,
        "contactId": (),
        "channel": ("Pigeon", "sms"),
        "startDate": _INSTANT,
        "endDate": _INSTANT,
        "sortBy": ("name",),
        "sortOrder": ("up",),
        "limit": ("9", "501", "many"),
        "cursor": ("another",),
        "color": ("blue",),
    },
    "/ghl/search": {
        **_PLACE,
        "sortBy": ("name",),
        "sort": ("up",),
        "limit": ("0", "101", "many"),
        "startAfterDate": ("soon",),
        "color": ("blue",),
    },
    "/ghl/messages": {"limit": ("0", "101", "many"), "color": ("blue",)},
    "/ghl/duplicate": {**_PLACE, "number": ("Ada",), "email": (), "color": ("blue",)},
    "/ghl/upsert": {
        "locationId": (GONE, "", 7, "another"),
        "phone": (7, "Ada", ["+14155550100"]),
        "email": (7, "Ada", ["a@b.example"]),
        "firstName": (7,),
        "dnd": ("no", 7),
        "tags": ("vip", [7]),
        "color": ("blue",),
    },
    "/ghl/status": {**_PLACE, "contactId": (GONE, "another"), "email": (), "color": ("blue",)},
}
"""What our adapters ask, by provider and the last part of the path. Without a value: any text may be asked for."""
