"""What Retell checks before it takes a call, in our own words.

Source: retell-sdk 6.2.13, types/call_create_phone_call_params.py (field names and types; variables are strings only).
Which status a wrong field gets is not documented for each field: 422 for its shape, 400 for a number that is not ours.
"""

import json
import re
from typing import Any

from scripts.sandbox.accounts import RetellAccount
from scripts.sandbox.answers import Refused
from scripts.sandbox.retell_errors import refuse

E164 = re.compile(r"\+[1-9]\d{6,14}")
FIELDS: dict[str, type | tuple[type, ...]] = {
    "from_number": str,
    "to_number": str,
    "agent_override": dict,
    "custom_sip_headers": dict,
    "honor_internal_dnc": bool,
    "idempotency_key": str,
    "ignore_e164_validation": bool,
    "metadata": dict,
    "override_agent_id": str,
    "override_agent_version": (str, int),
    "retell_llm_dynamic_variables": dict,
}
AGENT_PARTS = ("agent", "retell_llm", "conversation_flow")
VOICEMAIL_ACTIONS = ("prompt", "static_text", "hangup", "bridge_transfer")
LARGEST_METADATA = 50_000


def check_call(account: RetellAccount, content: bytes) -> dict[str, Any]:
    """The body, if Retell would take it; the first thing that is wrong otherwise."""
    body = read_object(content)
    wrong = shape_fault(body) or variable_fault(body) or override_fault(body) or number_fault(body)
    if wrong:
        raise Refused(refuse(422, wrong))
    if body["from_number"] not in account.numbers:
        raise Refused(refuse(400, f"The number {body['from_number']} is not one of this account."))
    agent = body.get("override_agent_id")
    if agent is None or agent not in account.agent_ids:
        raise Refused(refuse(422, f"There is no agent {agent or 'bound to this number'}."))
    return body


def read_object(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except ValueError:
        raise Refused(refuse(400, "The request body is not valid JSON.")) from None
    if not isinstance(body, dict):
        raise Refused(refuse(422, "The request body must be an object."))
    return body


def shape_fault(body: dict[str, Any]) -> str | None:
    for name in ("from_number", "to_number"):
        if name not in body:
            return f"{name} is required."
    for name, value in body.items():
        if name not in FIELDS:
            return f"{name} is not a known field."
        if not isinstance(value, FIELDS[name]):
            return f"{name} has the wrong type."
    too_large = len(json.dumps(body.get("metadata", {})).encode()) > LARGEST_METADATA
    return "metadata must be at most 50 kB." if too_large else None


def variable_fault(body: dict[str, Any]) -> str | None:
    for field in ("retell_llm_dynamic_variables", "custom_sip_headers"):
        for name, value in body.get(field, {}).items():
            if not isinstance(value, str):
                return f"{field}.{name} must be a string."
    return None


def override_fault(body: dict[str, Any]) -> str | None:
    override = body.get("agent_override", {})
    if any(name not in AGENT_PARTS or not isinstance(part, dict) for name, part in override.items()):
        return "agent_override takes the objects agent, retell_llm and conversation_flow."
    option = override.get("agent", {}).get("voicemail_option")
    if option is None:
        return None
    action = option.get("action") if isinstance(option, dict) else None
    known = isinstance(action, dict) and action.get("type") in VOICEMAIL_ACTIONS
    return None if known else "agent_override.agent.voicemail_option.action is not a known action."


def number_fault(body: dict[str, Any]) -> str | None:
    checked = not body.get("ignore_e164_validation", False)
    if checked and not E164.fullmatch(body["to_number"]):
        return "to_number must be in the E.164 format."
    return None
