"""What Vapi checks before it takes a call, in our own words.

Source: Vapi's OpenAPI document of 2026-08-18, schemas CreateCallDTO, CreateCustomerDTO, AssistantOverrides, Server,
BackoffPlan and SchedulePlan. A call has no `metadata` of its own, and an unknown property is refused.
"""

import re
from collections.abc import Container, Iterator
from typing import Any

from scripts.sandbox.accounts import VapiAccount
from scripts.sandbox.answers import Refused
from scripts.sandbox.vapi_errors import refuse
from scripts.sandbox.vapi_records import words_in
from utils.clock import parse_instant

E164 = re.compile(r"\+[1-9]\d{6,14}")
SCRIPTS = ("assistantId", "assistant", "squadId", "squad", "workflowId", "workflow")
CALL = words_in(
    "assistantVersion transport customers name schedulePlan assistantId assistant assistantOverrides"
    " squadId squad squadOverrides workflowId workflow workflowOverrides phoneNumberId phoneNumber"
    " customerId customer"
)
CUSTOMER = words_in(
    "numberE164CheckEnabled extension assistantOverrides squadOverrides number sipUri name email externalId"
)
OVERRIDES = words_in(
    "transcriber model voice firstMessage firstMessageInterruptionsEnabled firstMessageMode"
    " voicemailDetection clientMessages serverMessages maxDurationSeconds backgroundSound"
    " modelOutputInMessagesEnabled transportConfigurations observabilityPlan credentials hooks"
    " tools:append variableValues name voicemailMessage endCallMessage endCallPhrases compliancePlan"
    " metadata backgroundSpeechDenoisingPlan analysisPlan artifactPlan startSpeakingPlan stopSpeakingPlan"
    " monitorPlan credentialIds server keypadInputPlan"
)
SERVER = words_in("timeoutSeconds credentialId staticIpAddressesEnabled encryptedPaths url headers backoffPlan")
BACKOFF = words_in("type maxRetries baseDelaySeconds excludedStatusCodes")
SERVER_MESSAGES = words_in(
    "assistant.started assistant.speechStarted conversation-update end-of-call-report function-call hang"
    " language-changed language-change-detected model-output phone-call-control speech-update"
    ' status-update transcript transcript[transcriptType="final"] tool-calls transfer-destination-request'
    " handoff-destination-request transfer-update user-interrupted voice-input chat.created chat.deleted"
    " session.created session.updated session.deleted call.deleted call.delete.failed call.artifact.upload"
)
CLIENT_MESSAGES = words_in(
    "conversation-update assistant.speechStarted function-call function-call-result hang language-changed metadata"
    " model-output speech-update status-update transcript tool-calls tool-calls-result tool.completed transfer-update"
    " user-interrupted voice-input workflow.node.started assistant.started"
)
VOICEMAIL_PROVIDERS = ("vapi", "google", "openai", "twilio")
SPEAKS_FIRST = (
    *("assistant-speaks-first", "assistant-speaks-first-with-model-generated-message", "assistant-waits-for-user"),
)
LONGEST_NAME = 40


def check_call(account: VapiAccount, body: Any) -> dict[str, Any]:
    """The body, if Vapi would take it; a list of what is wrong with its fields, else one text on what is missing."""
    if not isinstance(body, dict):
        raise Refused(refuse(400, ["the body must be an object"]))
    if wrong := list(field_faults(body)):
        raise Refused(refuse(400, wrong))
    if missing := missing_part(account, body):
        raise Refused(refuse(400, missing))
    return body


def field_faults(body: dict[str, Any]) -> Iterator[str]:
    yield from unknown_names(body, CALL, "")
    for name in ("name", "assistantId", "squadId", "workflowId", "phoneNumberId", "customerId", "assistantVersion"):
        yield from text_faults(body, name, LONGEST_NAME if name == "name" else None, "")
    yield from part_faults(body, "customer", CUSTOMER, customer_faults)
    yield from part_faults(body, "schedulePlan", frozenset(("earliestAt", "latestAt")), plan_faults)
    yield from part_faults(body, "assistantOverrides", OVERRIDES, override_faults)


def part_faults(body: dict[str, Any], name: str, known: frozenset[str], check: Any) -> Iterator[str]:
    if name not in body:
        return
    part = body[name]
    if not isinstance(part, dict):
        yield f"{name} must be an object"
        return
    yield from unknown_names(part, known, f"{name}.")
    yield from check(part)


def unknown_names(part: dict[str, Any], known: frozenset[str], where: str) -> Iterator[str]:
    for name in part:
        if name not in known:
            yield f"{where}property {name} should not exist"


def text_faults(part: dict[str, Any], name: str, longest: int | None, where: str) -> Iterator[str]:
    if name not in part:
        return
    value = part[name]
    if not isinstance(value, str):
        yield f"{where}{name} must be a string"
    elif longest is not None and len(value) > longest:
        yield f"{where}{name} must be shorter than or equal to {longest} characters"


def switch_faults(part: dict[str, Any], name: str, where: str) -> Iterator[str]:
    if not isinstance(part.get(name, False), bool):
        yield f"{where}{name} must be a boolean value"


def list_faults(part: dict[str, Any], name: str, where: str, known: Container[str] | None = None) -> Iterator[str]:
    """A list of texts, each of the known ones where there are such."""
    given = part.get(name, [])
    if not isinstance(given, list) or any(
        not isinstance(one, str) or (known is not None and one not in known) for one in given
    ):
        yield f"each value in {where}{name} must be " + ("a string" if known is None else "one of the known messages")


def customer_faults(customer: dict[str, Any]) -> Iterator[str]:
    for name in ("name", "email", "externalId", "number"):
        yield from text_faults(customer, name, LONGEST_NAME, "customer.")
    yield from text_faults(customer, "extension", 10, "customer.")
    yield from text_faults(customer, "sipUri", None, "customer.")
    yield from switch_faults(customer, "numberE164CheckEnabled", "customer.")
    number = customer.get("number")
    checked = customer.get("numberE164CheckEnabled", True) is not False
    if isinstance(number, str) and checked and not E164.fullmatch(number):
        yield "customer.number must be a valid phone number in the E.164 format"


def plan_faults(plan: dict[str, Any]) -> Iterator[str]:
    if "earliestAt" not in plan:
        yield "schedulePlan.earliestAt should not be empty"
    for name in plan:
        try:
            parse_instant(plan[name] if isinstance(plan[name], str) else "")
        except ValueError:
            yield f"schedulePlan.{name} must be a valid ISO 8601 date string"


def override_faults(overrides: dict[str, Any]) -> Iterator[str]:
    where = "assistantOverrides."
    yield from text_faults(overrides, "name", LONGEST_NAME, where)
    for name in ("variableValues", "metadata"):
        if not isinstance(overrides.get(name, {}), dict):
            yield f"{where}{name} must be an object"
    for name, longest in (("firstMessage", None), ("endCallMessage", 1000), ("voicemailMessage", 1000)):
        yield from text_faults(overrides, name, longest, where)
    if overrides.get("firstMessageMode", SPEAKS_FIRST[0]) not in SPEAKS_FIRST:
        yield f"{where}firstMessageMode must be one of the following values: {', '.join(SPEAKS_FIRST)}"
    for name in ("firstMessageInterruptionsEnabled", "modelOutputInMessagesEnabled"):
        yield from switch_faults(overrides, name, where)
    yield from list_faults(overrides, "serverMessages", where, SERVER_MESSAGES)
    yield from list_faults(overrides, "clientMessages", where, CLIENT_MESSAGES)
    yield from list_faults(overrides, "endCallPhrases", where)
    phrases = overrides.get("endCallPhrases", [])
    if isinstance(phrases, list) and any(isinstance(one, str) and not 2 <= len(one) <= 140 for one in phrases):
        yield f"each value in {where}endCallPhrases must have from 2 to 140 characters"
    duration = overrides.get("maxDurationSeconds", 600)
    if not is_number(duration, 10, 43200):
        yield f"{where}maxDurationSeconds must be a number from 10 to 43200"
    detection = overrides.get("voicemailDetection", "off")
    known = isinstance(detection, dict) and detection.get("provider") in VOICEMAIL_PROVIDERS
    known = known and detection.get("type", "audio") in ("audio", "transcript")
    if detection != "off" and not known:
        yield f"{where}voicemailDetection must be off or a plan of a known provider"
    yield from part_faults(overrides, "server", SERVER, server_faults)


def server_faults(server: dict[str, Any]) -> Iterator[str]:
    yield from text_faults(server, "url", None, "server.")
    yield from text_faults(server, "credentialId", None, "server.")
    yield from switch_faults(server, "staticIpAddressesEnabled", "server.")
    yield from list_faults(server, "encryptedPaths", "server.")
    headers = server.get("headers", {})
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        yield "server.headers must be an object of strings"
    if not is_number(server.get("timeoutSeconds", 20), 1, 300):
        yield "server.timeoutSeconds must be a number from 1 to 300"
    yield from part_faults(server, "backoffPlan", BACKOFF, backoff_faults)


def backoff_faults(plan: dict[str, Any]) -> Iterator[str]:
    if plan.get("type") not in ("fixed", "exponential"):
        yield "backoffPlan.type must be fixed or exponential"
    for name in ("maxRetries", "baseDelaySeconds"):
        if not is_number(plan.get(name), 0, 10):
            yield f"backoffPlan.{name} must be a number from 0 to 10"
    if not isinstance(plan.get("excludedStatusCodes", []), list):
        yield "backoffPlan.excludedStatusCodes must be an array"


def is_number(value: Any, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def missing_part(account: VapiAccount, body: dict[str, Any]) -> str | None:
    """What no single field shows. This twin dials one saved number to one customer a request, and says so."""
    if "customers" in body:
        return "Batches are not taken here: name one customer a request."
    if not any(body.get(name) for name in SCRIPTS):
        return "One of assistantId, assistant, squadId, squad, workflowId or workflow is needed."
    if not body.get("phoneNumberId"):
        return "An outbound call needs a phoneNumberId."
    if body["phoneNumberId"] not in account.phone_numbers:
        return f"There is no phone number with the id {body['phoneNumberId']}."
    if not (body.get("customer") or {}).get("number"):
        return "An outbound call needs a customer with a number."
    return None
