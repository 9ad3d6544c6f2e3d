"""What becomes of an e-mail at Resend, and how Resend tells us: signed events, retried for more than a day.

Sources: spec resend.yaml (Email*Event, WebhookEventBounce, WebhookEventFailed, WebhookEventSuppressed); docs
webhooks/event-types and webhooks/retries-and-replays (8 attempts: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h;
every attempt keeps its svix-id).
"""

import json
from datetime import datetime, timedelta

from scripts.sandbox.accounts import ResendAccount
from scripts.sandbox.emails import TERMINAL, Email
from scripts.sandbox.faults import Fates, Fault
from scripts.sandbox.ledger import OptOut, iso
from scripts.sandbox.received_emails import ReceivedEmail
from scripts.sandbox.resend_sending import address_of
from scripts.sandbox.signing import svix_headers
from scripts.sandbox.world import World
from utils.clock import wall_clock

RETRY_WAITS = tuple(
    timedelta(seconds=seconds) for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600)
)
TEST_MAILBOXES = {"bounced": "bounced", "complained": "complained", "suppressed": "suppressed"}
CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0


def plan_life(world: World, account: ResendAccount, email: Email, fates: Fates) -> None:
    """Put every event on the agenda, at seeded latencies or, when the webhook outruns the answer, at once."""
    begin = email.scheduled_at or email.created_at
    rushed = fates.get("early")
    first = timedelta() if rushed else world.seconds(2, 20, email.id, "sent")
    second = timedelta() if rushed and rushed.code == "all" else world.seconds(3, 60, email.id, "delivered")
    outcome = fates.get("outcome") or outcome_of_address(world, account, email)
    name = outcome.name if outcome else "delivered"
    describe_outcome(email, outcome, account)
    if name in ("suppressed", "status_failed"):
        plan(world, account, email, begin + first, "suppressed" if name == "suppressed" else "failed")
        return
    plan(world, account, email, begin + first, "sent")
    delivered_at = begin + first + second
    match name:
        case "bounced":
            plan(world, account, email, delivered_at, "bounced")
        case "complained":
            plan(world, account, email, delivered_at, "delivered")
            plan(world, account, email, delivered_at + world.seconds(60, 3600, email.id, "complained"), "complained")
        case "delivery_delayed":
            plan(world, account, email, delivered_at, "delivery_delayed")
            plan(world, account, email, delivered_at + timedelta(seconds=outcome.delay if outcome else 0), "delivered")
        case "delivered" | "slow_queue":
            plan(world, account, email, delivered_at, "delivered")


def outcome_of_address(world: World, account: ResendAccount, email: Email) -> Fault | None:
    """The provider's own test mailboxes, people who bounce, and the account's suppression list."""
    for mailbox in email.to:
        if world.personas.get(address_of(mailbox)) == "bounces" and address_of(mailbox) not in account.suppressed:
            return Fault("bounced")
        local, _, domain = address_of(mailbox).partition("@")
        if domain == "resend.dev" and local.partition("+")[0] in TEST_MAILBOXES:
            return Fault(TEST_MAILBOXES[local.partition("+")[0]])
        if address_of(mailbox) in account.suppressed:
            return Fault("suppressed", code=account.suppressed[address_of(mailbox)])
    return None


def describe_outcome(email: Email, outcome: Fault | None, account: ResendAccount) -> None:
    """Prepare what the event says beyond its name."""
    code = outcome.code if outcome else None
    kind = code or "Permanent"
    smtp = "smtp; 550 5.1.1 user unknown" if kind == "Permanent" else "smtp; 452 4.2.2 mailbox full"
    email.outcome["bounced"] = {
        "bounce": {
            "type": kind,
            "subType": "NoEmail" if kind == "Permanent" else "MailboxFull",
            "message": "The recipient's mail server did not accept the message.",
            "diagnosticCode": [smtp for _ in email.to],
        }
    }
    email.outcome["failed"] = {"failed": {"reason": code or "reached_daily_quota"}}
    email.outcome["suppressed"] = {
        "suppressed": {
            "type": "OnAccountSuppressionList",
            "reason": code or "previous_bounce",
            "message": "The address is on the suppression list of this account.",
            "diagnosticCode": [],
        }
    }


def plan(world: World, account: ResendAccount, email: Email, due: datetime, name: str) -> None:
    async def happen(at: datetime) -> int:
        return await move(world, account, email, name, at)

    world.schedule.add(due, email.id, happen)


async def move(world: World, account: ResendAccount, email: Email, name: str, at: datetime) -> int:
    """Let an event happen, write the truth down and tell the webhook. Answers the number of attempts made now."""
    if email.last_event in TERMINAL:
        return 0
    email.last_event = name
    event_id = "msg_" + world.fresh_digest("svix", email.id, name)[:27]
    email.acceptance.record_fact(name, at, event_id, f"poll:{email.id}:{name}")
    remember_refusal(world, account, email, name, at)
    world.reached(email.acceptance, name, at)
    body = json.dumps(email.event(name, at), separators=(",", ":"))
    return await tell(world, account, email, name, event_id, body, at)


def remember_refusal(world: World, account: ResendAccount, email: Email, name: str, at: datetime) -> None:
    """Permanent bounces and complaints put the address on the account's suppression list; the test mailboxes never."""
    permanent = name == "bounced" and email.outcome["bounced"]["bounce"]["type"] == "Permanent"
    for mailbox in email.to:
        address = address_of(mailbox)
        if (permanent or name == "complained") and not address.endswith("@resend.dev"):
            account.suppressed[address] = "previous_bounce" if permanent else "previous_complaint"
        if name == "complained":
            world.ledger.opt_outs.append(OptOut(address, iso(at), "complained"))


async def tell(
    world: World,
    account: ResendAccount,
    email: Email | ReceivedEmail,
    name: str,
    event_id: str,
    body: str,
    at: datetime,
) -> int:
    """Post one event, or spoil it as its fate says."""
    traits = {"to": email.acceptance.to, "status": name, "id": email.id, "touch": email.acceptance.touch or ""}
    fault = world.faults.befall("resend", "webhook", f"{email.id}:{name}", traits).get("posting")
    match fault.name if fault else None:
        case "webhook_lost":
            email.acceptance.record_posting(event_id, name, at, "lost")
            return 0
        case "webhook_delayed":
            attempt_later(
                world, account, email, name, event_id, body, at + timedelta(seconds=fault.delay if fault else 0), 1
            )
            return 0
        case "webhook_doubled":
            await attempt(world, account, email, name, event_id, body, at, len(RETRY_WAITS) + 1)
            return 1 + await attempt(world, account, email, name, event_id, body, at, 1)
    return await attempt(world, account, email, name, event_id, body, at, 1)


async def attempt(
    world: World,
    account: ResendAccount,
    email: Email | ReceivedEmail,
    name: str,
    event_id: str,
    body: str,
    at: datetime,
    number: int,
) -> int:
    """One attempt of eight. The signature's timestamp is real time, the event's own times are business time."""
    if account.webhook_url is None or account.webhook_secret is None:
        return 0
    headers = {"Content-Type": "application/json", "User-Agent": "Svix-Webhooks/1.0"}
    headers |= svix_headers(account.webhook_secret, event_id, wall_clock(), body)
    answer = await world.postman.post(account.webhook_url, body.encode(), headers, CONNECT_SECONDS, READ_SECONDS)
    email.acceptance.record_posting(event_id, name, at, answer.shown)
    if not answer.succeeded and number <= len(RETRY_WAITS):
        attempt_later(world, account, email, name, event_id, body, at + RETRY_WAITS[number - 1], number + 1)
    return 1


def attempt_later(
    world: World,
    account: ResendAccount,
    email: Email | ReceivedEmail,
    name: str,
    event_id: str,
    body: str,
    due: datetime,
    number: int,
) -> None:
    async def again(at: datetime) -> int:
        return await attempt(world, account, email, name, event_id, body, at, number)

    world.schedule.add(due, email.id, again)
