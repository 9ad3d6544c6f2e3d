"""What GoHighLevel checks before it takes a message, and the life it plans for one it took.

Sources: spec ghl-conversations.json (SendMessageBodyDto); the words of the refusals as public clients quote them. There
is no idempotency: the same body twice is two messages. The answer means queued, nothing more.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from scripts.sandbox.accounts import GhlAccount
from scripts.sandbox.answers import Refused
from scripts.sandbox.faults import Fates
from scripts.sandbox.ghl_changes import close_channel
from scripts.sandbox.ghl_checks import MAILBOX
from scripts.sandbox.ghl_errors import refuse_dnd, refuse_send
from scripts.sandbox.ghl_events import announce_contact, tell_email_stats, tell_outbound
from scripts.sandbox.ghl_records import TERMINAL, GhlContact, GhlConversation, GhlMessage
from scripts.sandbox.ledger import Acceptance, hash_body, iso
from scripts.sandbox.world import World

SPOKEN = ("SMS", "Email")


@dataclass(frozen=True)
class Draft:
    """A send that passed the checks."""

    kind: str
    contact: GhlContact
    to: str
    from_: str | None
    body: str
    fields: dict[str, Any]
    send_at: datetime | None

    @property
    def reference(self) -> str:
        """What draws hang on: the person and the words."""
        return f"{self.to}|{hash_body(self.body)}"


def draft_of(account: GhlAccount, contact: GhlContact, body: dict[str, Any]) -> Draft:
    """The draft of a body of known shape, or the 400 in GHL's words."""
    kind = body["type"]
    if kind not in SPOKEN:
        raise Refused(refuse_send(f"No conversation provider found for type {kind}"))
    return draft_sms(account, contact, body) if kind == "SMS" else draft_email(account, contact, body)


def draft_sms(account: GhlAccount, contact: GhlContact, body: dict[str, Any]) -> Draft:
    to = body.get("toNumber") or contact.phone
    if not to:
        raise Refused(refuse_send("Missing phone number"))
    if contact.blocks("SMS"):
        raise Refused(refuse_dnd("SMS"))
    from_ = body.get("fromNumber") or (account.numbers[0] if account.numbers else None)
    if from_ is None or (account.numbers and from_ not in account.numbers):
        raise Refused(refuse_send("The from number does not belong to this location"))
    text = body.get("message") or ""
    if not text and not body.get("attachments"):
        raise Refused(refuse_send("There is no message or attachments for this message. Skip sending."))
    return Draft("SMS", contact, to, from_, text, body, send_at_of(body))


def draft_email(account: GhlAccount, contact: GhlContact, body: dict[str, Any]) -> Draft:
    to = body.get("emailTo") or contact.email
    if not to or not MAILBOX.fullmatch(to):
        raise Refused(refuse_send("Unable to send e-mail, contact's e-mail is invalid"))
    if contact.unsubscribed:
        raise Refused(refuse_send(f"Cannot send email as {to} has unsubscribed"))
    if contact.blocks("Email"):
        raise Refused(refuse_dnd("Email"))
    text = body.get("html") or body.get("message") or ""
    if not text and not body.get("templateId"):
        raise Refused(refuse_send("There is no message or attachments for this message. Skip sending."))
    return Draft("Email", contact, to, body.get("emailFrom"), text, body, send_at_of(body))


def send_at_of(body: dict[str, Any]) -> datetime | None:
    """`scheduledTimestamp` is UTC in whole seconds."""
    when = body.get("scheduledTimestamp")
    return None if when is None else datetime.fromtimestamp(int(when), UTC)


def conversation_of(world: World, contact: GhlContact, now: datetime) -> GhlConversation:
    """A contact has one conversation for all channels."""
    for conversation in world.ghl_conversations.values():
        if conversation.contact_id == contact.id:
            return conversation
    new_id = world.fresh_digest("ghl", "conversation", contact.id)[:20]
    world.ghl_conversations[new_id] = GhlConversation(new_id, contact.location_id, contact.id, now)
    return world.ghl_conversations[new_id]


def accept(
    world: World, account: GhlAccount, draft: Draft, fates: Fates, now: datetime, source: str = "api"
) -> GhlMessage:
    """Take the message: record, ledger line, and its planned life."""
    message_id = world.fresh_digest("ghl", "message", account.location_id, draft.kind, draft.reference)[:20]
    email_id = world.fresh_digest("ghl", "email", message_id)[:20] if draft.kind == "Email" else None
    status = "scheduled" if draft.send_at else "pending"
    lag = fates["visibility"].delay if "visibility" in fates else 0.0
    conversation = conversation_of(world, draft.contact, now)
    acceptance = Acceptance(
        provider="ghl",
        provider_id=message_id,
        channel="sms" if draft.kind == "SMS" else "email",
        accepted_at=iso(now),
        account=account.location_id,
        to=draft.to,
        from_=draft.from_,
        subject=draft.fields.get("subject"),
        body=draft.body,
        body_hash=hash_body(draft.body),
        idempotency_key=None,
        touch=None,
    )
    acceptance.record_fact(status, now, f"{message_id}:{status}", f"poll:{message_id}:{status}")
    message = GhlMessage(
        id=message_id,
        location_id=account.location_id,
        contact_id=draft.contact.id,
        conversation_id=conversation.id,
        kind=draft.kind,
        direction="outbound",
        status=status,
        body=draft.body,
        from_=draft.from_,
        to=draft.to,
        added_at=now,
        updated_at=now,
        visible_at=now + timedelta(seconds=lag),
        source=source,
        subject=draft.fields.get("subject"),
        email_id=email_id,
        thread_id=draft.fields.get("threadId") or email_id,
        replies_to=draft.fields.get("replyMessageId"),
        cc=list(draft.fields.get("emailCc") or []),
        bcc=list(draft.fields.get("emailBcc") or []),
        attachments=list(draft.fields.get("attachments") or []),
        acceptance=acceptance,
    )
    world.ledger.acceptances.append(acceptance)
    world.ghl_messages[message_id] = message
    conversation.newest = message_id
    plan_life(world, account, message, draft, fates)
    return message


def plan_life(world: World, account: GhlAccount, message: GhlMessage, draft: Draft, fates: Fates) -> None:
    """Put every later status on the agenda, at seeded latencies or, when the webhook outruns the answer, at once."""
    begin = draft.send_at or message.added_at
    rushed, outcome = fates.get("early"), fates.get("outcome")
    name = outcome.name if outcome else outcome_of(world, message)
    first = timedelta() if rushed else world.seconds(2, 20, message.id, "sent")
    second = timedelta() if rushed and rushed.code == "all" else world.seconds(3, 60, message.id, "delivered")
    if name == "slow_queue" and outcome:
        first = timedelta(seconds=outcome.delay)
    if name == "dnd_dropped":
        plan(world, account, message, begin + first, "failed", silent=True)
        return
    plan(world, account, message, begin + first, "sent")
    if name in ("status_failed", "status_undelivered", "bounced"):
        plan(world, account, message, begin + first + second, "failed", bounced=name == "bounced")
    elif name != "no_dlr":
        plan(world, account, message, begin + first + second, "delivered")


def outcome_of(world: World, message: GhlMessage) -> str | None:
    fixed = world.personas.get((message.to or "").lower())
    return "bounced" if fixed == "bounces" and message.kind == "Email" else None


def plan(
    world: World,
    account: GhlAccount,
    message: GhlMessage,
    due: datetime,
    status: str,
    silent: bool = False,
    bounced: bool = False,
) -> None:
    async def happen(at: datetime) -> int:
        if message.status in TERMINAL:
            return 0
        settle(world, message, status, at)
        if bounced:
            close_after_bounce(world, account, message, at)
        return 0 if silent else await announce(world, account, message, at)

    world.schedule.add(due, message.id, happen)


def settle(world: World, message: GhlMessage, status: str, at: datetime) -> None:
    """Make it so, and write the truth down."""
    message.status, message.updated_at = status, at
    if message.acceptance is not None:
        evidence = f"{message.id}:{status}"
        message.acceptance.record_fact(status, at, evidence, f"poll:{evidence}")
    world.reached(message.acceptance, status, at)


async def announce(world: World, account: GhlAccount, message: GhlMessage, at: datetime) -> int:
    """OutboundMessage for what a user sees change; for mail the carrier's own LCEmailStats besides."""
    told = 0
    if message.status != "delivered" or account.delivery_webhooks:
        told += await tell_outbound(world, account, message, at)
    if message.kind == "Email" and message.status in TERMINAL:
        told += await tell_email_stats(world, account, message, message.status, at)
    return told


def close_after_bounce(world: World, account: GhlAccount, message: GhlMessage, at: datetime) -> None:
    contact = world.ghl_contacts[message.contact_id]
    close_channel(contact, "Email", "Hard bounce", at)
    announce_contact(world, account, contact, {"dnd"}, at)
