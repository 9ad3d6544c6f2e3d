"""Retell's webhooks: call_started, call_ended and call_analyzed, signed, and posted up to three times more.

Sources: docs features/webhook (10 s, three retries on anything but 2xx, no body expected) and retell-sdk 6.2.13,
lib/webhook_auth.py (`v=<unix ms>,d=<hex HMAC-SHA256 of raw body and v, by the API key>`). Signatures carry real time;
the pause between retries is not documented.
"""

import hashlib
import hmac
import json
from datetime import datetime, timedelta

from scripts.sandbox.calls_posting import Parcel, deliver
from scripts.sandbox.retell_records import RetellCall
from scripts.sandbox.world import World
from utils.clock import wall_clock

USUAL = ("call_started", "call_ended", "call_analyzed")
WAITS = (timedelta(seconds=10),) * 3
READ_SECONDS = 10.0


def sign(api_key: str, body: bytes, at_millis: int) -> str:
    digest = hmac.new(api_key.encode(), body + str(at_millis).encode(), hashlib.sha256).hexdigest()
    return f"v={at_millis},d={digest}"


async def tell(world: World, call: RetellCall, event: str, at: datetime) -> int:
    """Post one event to the agent's own URL, else to the account's. Answers the number of attempts."""
    url = call.agent_settings.get("webhook_url") or world.retell_accounts[call.api_key].webhook_url
    if not url or event not in call.agent_settings.get("webhook_events", USUAL):
        return 0
    body = json.dumps({"event": event, "call": call.shown()}, separators=(",", ":")).encode()
    word = call.reason or call.status
    traits = {"to": call.person, "id": call.id, "type": event, "status": event}
    traits |= {"touch": call.acceptance.touch or ""} if call.acceptance else {}

    def pack(_: int) -> tuple[bytes, dict[str, str]]:
        signature = sign(call.api_key, body, int(wall_clock().timestamp() * 1000))
        return body, {"Content-Type": "application/json", "x-retell-signature": signature}

    parcel = Parcel(
        provider="retell",
        url=str(url),
        call_id=call.id,
        kind=event,
        evidence=f"{call.id}:{word}",
        traits=traits,
        pack=pack,
        waits=WAITS,
        final=frozenset(),
        read_seconds=READ_SECONDS,
        acceptance=call.acceptance,
    )
    return await deliver(world, parcel, at)
