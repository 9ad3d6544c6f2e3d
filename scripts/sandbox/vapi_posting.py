"""Vapi's server messages: status-update and end-of-call-report, to the URL the call named.

Sources: spec of 2026-08-18 (ServerMessageStatusUpdate, ServerMessageEndOfCallReport, Server, BackoffPlan: without one
nothing is posted twice) and docs server-url/server-authentication (HMAC of "timestamp.body", hexadecimal, x-signature
and x-timestamp; the timestamp's unit is not stated, so calls differ in it). Signatures carry real time.
"""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

from scripts.sandbox.calls_posting import Parcel, deliver
from scripts.sandbox.vapi_records import VapiCall, millis
from scripts.sandbox.world import World
from utils.clock import wall_clock

USUAL = ("status-update", "end-of-call-report")
STATUS, REPORT = USUAL
LONGEST_WAIT = 20.0


def tells(call: VapiCall, kind: str) -> bool:
    """Whether this call's server hears messages of this kind; both are in Vapi's default set."""
    wanted = (call.request.get("assistantOverrides") or {}).get("serverMessages", USUAL)
    return bool(call.server.get("url")) and not call.silent and kind in wanted


async def tell(world: World, call: VapiCall, kind: str, at: datetime) -> int:
    """Post one server message about the call as it is now. Answers the number of attempts."""
    if not tells(call, kind):
        return 0
    word = call.ended_reason if call.status == "ended" else call.status
    label = f"{STATUS}:{call.status}" if kind == STATUS else REPORT
    acceptance = call.acceptance
    traits = {"to": call.number, "id": call.id, "type": kind, "status": call.status if kind == STATUS else REPORT}
    traits |= {"touch": acceptance.touch or ""} if acceptance else {}
    now_shown = snapshot(call, kind, at)

    def pack(number: int) -> tuple[bytes, dict[str, str]]:
        message = now_shown | ({"call": call.shown(number)} | call.report(number) if kind == REPORT else {})
        body = json.dumps({"message": message}, separators=(",", ":")).encode()
        return body, headers_of(world, call, body)

    waits, final = retries(call.server.get("backoffPlan"))
    patience = min(LONGEST_WAIT, float(call.server.get("timeoutSeconds", 20)))
    evidence = f"{call.id}:{word}"
    parcel = Parcel(
        "vapi", call.server["url"], call.id, label, evidence, traits, pack, waits, final, patience, acceptance
    )
    return await deliver(world, parcel, at)


def snapshot(call: VapiCall, kind: str, at: datetime) -> dict[str, Any]:
    """The message at its instant: a late repeat still says what was so then."""
    shown = call.shown()
    message: dict[str, Any] = {"type": kind, "timestamp": millis(at), "call": shown}
    message |= {"customer": call.request.get("customer", {}), "phoneNumber": {"number": call.our_number}}
    if kind == STATUS:
        message["status"] = call.status
    if call.ended_reason is not None:
        message["endedReason"] = call.ended_reason
    times = {name: shown[name] for name in ("startedAt", "endedAt") if name in shown}
    return message | (times if kind == REPORT else {})


def retries(plan: dict[str, Any] | None) -> tuple[tuple[timedelta, ...], frozenset[int]]:
    """The pauses before each further attempt, and the answers that end them."""
    if not plan:
        return (), frozenset()
    most, first = int(plan["maxRetries"]), int(plan["baseDelaySeconds"])
    grows = 2 if plan["type"] == "exponential" else 1
    waits = tuple(timedelta(seconds=first * grows**number) for number in range(most))
    return waits, frozenset(plan.get("excludedStatusCodes", []))


def headers_of(world: World, call: VapiCall, body: bytes) -> dict[str, str]:
    """The call's own headers, and a signature where its server names a credential of an account that has a secret."""
    headers = {"Content-Type": "application/json", "User-Agent": "axios/1.7"} | dict(call.server.get("headers") or {})
    secret = world.vapi_accounts[call.api_key].webhook_secret
    if call.server.get("credentialId") and secret:
        now = wall_clock().timestamp()
        in_seconds = world.draw.number("timestamp unit", call.id) < 0.5
        timestamp = str(int(now) if in_seconds else int(now * 1000))
        headers |= {"x-timestamp": timestamp, "x-signature": sign(secret, timestamp, body)}
    return headers


def sign(secret: str, timestamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
