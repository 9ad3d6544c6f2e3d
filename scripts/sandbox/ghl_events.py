"""What GoHighLevel says when something happens to a contact or a message.

Sources: docs "webhook events" (ContactCreate, ContactUpdate, ContactDndUpdate, ContactTagUpdate, InboundMessage,
OutboundMessage, LCEmailStats) and the samples in issues 188 and 260 of highlevel-api-docs.
"""

from datetime import datetime
from typing import Any

from scripts.sandbox.accounts import GhlAccount
from scripts.sandbox.ghl_posting import post_event, post_workflow
from scripts.sandbox.ghl_records import CHANNELS, TYPE_NAMES, TYPE_NUMBERS, GhlContact, GhlMessage, stamp
from scripts.sandbox.world import World

EVENTS_OF = {"new": "ContactCreate", "fields": "ContactUpdate", "dnd": "ContactDndUpdate", "tags": "ContactTagUpdate"}


def announce_contact(world: World, account: GhlAccount, contact: GhlContact, kinds: set[str], at: datetime) -> None:
    """Put the webhooks of a change on the agenda; they leave with the next advance, after the answer."""
    for kind in sorted(kinds):
        plan_contact_event(world, account, contact, EVENTS_OF[kind], at)


def plan_contact_event(world: World, account: GhlAccount, contact: GhlContact, kind: str, due: datetime) -> None:
    async def tell(at: datetime) -> int:
        fields = contact_fields(contact, kind)
        told = await post_event(world, account, kind, (contact.id, kind), at, fields)
        return told + await post_workflow(world, account, f"{contact.id}:{kind}", at, workflow_contact(contact))

    world.schedule.add(due, f"contact:{contact.id}", tell)


def contact_fields(contact: GhlContact, kind: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": contact.id,
        "firstName": contact.fields.get("firstName"),
        "lastName": contact.fields.get("lastName"),
        "email": contact.email,
        "phone": contact.phone,
        "dnd": contact.dnd,
        "tags": list(contact.tags),
        "customFields": list(contact.custom_fields),
        "dateAdded": stamp(contact.added_at),
    }
    if kind == "ContactDndUpdate":
        fields["dndSettings"] = {channel: dict(contact.dnd_settings[channel]) for channel in CHANNELS}
    return fields


def workflow_contact(contact: GhlContact) -> dict[str, Any]:
    """A workflow's webhook speaks of contacts in snake case."""
    return {
        "contact_id": contact.id,
        "first_name": contact.fields.get("firstName"),
        "last_name": contact.fields.get("lastName"),
        "email": contact.email,
        "phone": contact.phone,
        "tags": ",".join(contact.tags),
        "location": {"id": contact.location_id},
    }


def message_fields(message: GhlMessage) -> dict[str, Any]:
    """The event of a message; an e-mail has its address fields and no `messageTypeString` of its own kind."""
    fields: dict[str, Any] = {
        "contactId": message.contact_id,
        "conversationId": message.conversation_id,
        "messageId": message.id,
        "messageType": message.kind,
        "messageTypeId": TYPE_NUMBERS[message.kind],
        "messageTypeString": TYPE_NAMES[message.kind],
        "direction": message.direction,
        "body": message.body,
        "contentType": "text/html" if message.kind == "Email" else "text/plain",
        "attachments": list(message.attachments),
        "dateAdded": stamp(message.added_at),
        "status": message.status,
        "from": message.from_,
        "to": message.to,
    }
    if message.direction == "outbound":
        fields["source"] = message.source
    if message.kind == "Email":
        fields |= {"emailMessageId": message.email_id, "threadId": message.thread_id, "subject": message.subject}
        fields |= {"to": [message.to], "cc": list(message.cc), "bcc": list(message.bcc)}
    if message.kind == "CALL":
        fields |= {"callDuration": 0, "callStatus": message.call_status}
    return fields


async def tell_outbound(world: World, account: GhlAccount, message: GhlMessage, at: datetime) -> int:
    fields = message_fields(message)
    return await post_event(
        world, account, "OutboundMessage", (message.id, message.status), at, fields, message.acceptance
    )


async def tell_inbound(
    world: World, account: GhlAccount, contact: GhlContact, message: GhlMessage, at: datetime
) -> int:
    told = await post_event(world, account, "InboundMessage", (message.id, "inbound"), at, message_fields(message))
    about = {"message": {"type": TYPE_NUMBERS[message.kind], "body": message.body, "id": message.id}}
    return told + await post_workflow(world, account, message.id, at, workflow_contact(contact) | about)


async def tell_email_stats(world: World, account: GhlAccount, message: GhlMessage, event: str, at: datetime) -> int:
    """LCEmailStats: what the mail carrier says, by the Message-ID header alone."""
    headers = {
        "message-id": message.mail_header,
        "to": message.to,
        "from": message.from_,
        "subject": message.subject,
    }
    delivered = event == "delivered"
    payload = {
        "event": event,
        "id": world.fresh_digest("ghl", "stats", message.id, event)[:22],
        "timestamp": at.timestamp(),
        "message": {"attachments": [], "headers": headers},
        "recipient": message.to,
        "delivery-status": {
            "code": 250 if delivered else 550,
            "message": "OK" if delivered else "No such mailbox",
            "attempt-no": 1,
        },
        "tags": [f"loc_{account.location_id}"],
    }
    fields = {"webhookPayload": payload}
    return await post_event(world, account, "LCEmailStats", (message.id, event), at, fields, message.acceptance)
