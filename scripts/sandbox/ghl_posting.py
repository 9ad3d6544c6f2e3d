"""Carries GoHighLevel's webhooks: signed ones of the marketplace app, plain ones of a workflow.

Sources: GHL's webhook guide (X-GHL-Signature is base64 Ed25519 over the raw body; only 429 is retried, 6 times, about
10 minutes apart; 5xx and timeouts are final), docs "webhook events" (fields stand at the top level of the envelope).
The envelope's `timestamp` is real time, because receivers refuse old ones by it; all other times are business time. A
retry carries the first attempt's bytes.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scripts.sandbox.accounts import GhlAccount
from scripts.sandbox.faults import Fault
from scripts.sandbox.ghl_records import stamp
from scripts.sandbox.ledger import Acceptance
from scripts.sandbox.world import World
from utils.clock import wall_clock

APP_ID, VERSION_ID = "665c6bb13d4e5364bdec0e2f", "665c6bb13d4e5364bdec0e30"
RETRY_GAP, MOST_RETRIES = timedelta(minutes=10), 6
CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0


@dataclass(frozen=True)
class Parcel:
    """One webhook on its way: to which URL, what, and whose it is in the ledger."""

    url: str
    body: bytes
    headers: dict[str, str]
    about: str
    evidence: str
    status: str
    acceptance: Acceptance | None


def sign(private_key: str, body: bytes) -> str:
    """X-GHL-Signature by a key of 32 raw bytes in base64."""
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private_key))
    return base64.b64encode(key.sign(body)).decode()


def envelope(world: World, account: GhlAccount, kind: str, reference: str, fields: dict[str, Any]) -> bytes:
    head = {
        "type": kind,
        "locationId": account.location_id,
        "appId": APP_ID,
        "versionId": VERSION_ID,
        "timestamp": stamp(wall_clock()),
        "webhookId": world.fresh_uuid("ghl", "webhook", kind, reference),
    }
    return json.dumps(head | fields, separators=(",", ":")).encode()


async def post_event(
    world: World,
    account: GhlAccount,
    kind: str,
    reference: tuple[str, str],
    at: datetime,
    fields: dict[str, Any],
    acceptance: Acceptance | None = None,
) -> int:
    """Tell the app's webhook URL, if there is one. `reference` is the object's id and its status."""
    if account.webhook_url is None:
        return 0
    about, status = reference
    body = envelope(world, account, kind, f"{about}:{status}", fields)
    headers = {"Content-Type": "application/json", "User-Agent": "axios/1.7"}
    headers["X-GHL-Signature"] = sign(account.webhook_private_key, body) if account.webhook_private_key else "N/A"
    parcel = Parcel(account.webhook_url, body, headers, about, f"{about}:{status}", status, acceptance)
    traits = {"status": status, "id": about, "type": kind}
    if acceptance is not None:
        traits |= {"to": acceptance.to, "channel": acceptance.channel}
    return await deliver(world, parcel, world.faults.befall("ghl", "webhook", f"{about}:{kind}:{status}", traits), at)


async def post_workflow(world: World, account: GhlAccount, about: str, at: datetime, fields: dict[str, Any]) -> int:
    """A workflow's own webhook action: unsigned, with the secret header its author typed in."""
    if account.workflow_hook_url is None:
        return 0
    headers = {"Content-Type": "application/json", "X-Omnify-Secret": account.workflow_secret or ""}
    body = json.dumps(fields, separators=(",", ":")).encode()
    parcel = Parcel(account.workflow_hook_url, body, headers, about, f"{about}:workflow", "workflow", None)
    fates = world.faults.befall("ghl", "webhook", f"{about}:workflow", {"status": "workflow", "id": about})
    return await deliver(world, parcel, fates, at)


async def deliver(world: World, parcel: Parcel, fates: dict[str, Fault], at: datetime) -> int:
    fault = fates.get("posting")
    match fault.name if fault else None:
        case "webhook_lost":
            note(parcel, at, "lost")
            return 0
        case "webhook_delayed":
            attempt_later(world, parcel, at + timedelta(seconds=fault.delay if fault else 0), 1)
            return 0
        case "webhook_doubled":
            await attempt(world, parcel, at, MOST_RETRIES + 1)
            return 1 + await attempt(world, parcel, at, 1)
    return await attempt(world, parcel, at, 1)


async def attempt(world: World, parcel: Parcel, at: datetime, number: int) -> int:
    answer = await world.postman.post(parcel.url, parcel.body, parcel.headers, CONNECT_SECONDS, READ_SECONDS)
    note(parcel, at, answer.shown)
    if answer.status == 429 and number <= MOST_RETRIES:
        attempt_later(world, parcel, at + RETRY_GAP, number + 1)
    return 1


def attempt_later(world: World, parcel: Parcel, due: datetime, number: int) -> None:
    async def again(at: datetime) -> int:
        return await attempt(world, parcel, at, number)

    world.schedule.add(due, parcel.about, again)


def note(parcel: Parcel, at: datetime, answer: int | str) -> None:
    if parcel.acceptance is not None:
        parcel.acceptance.record_posting(parcel.evidence, parcel.status, at, answer)
