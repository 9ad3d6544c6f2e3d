"""A person writes to us, or calls us, through GoHighLevel; and people opt out there.

A text whose whole body is a stop word switches DND on for SMS (GHL help, "STOP keyword"); an unsubscription closes
e-mail twice: in the preferences and as DND.
"""

from datetime import datetime

from scripts.sandbox.accounts import GhlAccount
from scripts.sandbox.ghl_changes import close_channel
from scripts.sandbox.ghl_events import announce_contact, tell_email_stats, tell_inbound
from scripts.sandbox.ghl_records import GhlContact, GhlMessage, all_inactive
from scripts.sandbox.ghl_sending import conversation_of
from scripts.sandbox.ledger import OptOut, iso
from scripts.sandbox.twilio_callbacks import START_WORDS, STOP_WORDS
from scripts.sandbox.world import World

CALL_OUTCOMES = ("no-answer", "voicemail", "completed", "busy")


async def receive(
    world: World,
    account: GhlAccount,
    contact: GhlContact,
    channel: str,
    body: str,
    subject: str | None,
    at: datetime,
    replies_to: GhlMessage | None = None,
) -> int:
    """Keep it, obey the keyword, tell the webhooks. For a CALL the body says how it ended, else it was missed."""
    message = inbound_message(world, account, contact, channel, body, subject, at)
    if replies_to is not None:
        message.thread_id, message.replies_to = replies_to.thread_id, replies_to.email_id
    world.ghl_messages[message.id] = message
    conversation = world.ghl_conversations[message.conversation_id]
    conversation.newest, conversation.unread = message.id, conversation.unread + 1
    told = await tell_inbound(world, account, contact, message, at)
    if channel == "SMS":
        obey_keyword(world, account, contact, body, at)
    return told


def inbound_message(
    world: World, account: GhlAccount, contact: GhlContact, channel: str, body: str, subject: str | None, at: datetime
) -> GhlMessage:
    new_id = world.fresh_digest("ghl", "inbound", contact.id, channel, body, iso(at))[:20]
    call_status = (body if body in CALL_OUTCOMES else "no-answer") if channel == "CALL" else None
    words = {"CALL": "voicemail" if call_status == "voicemail" else "completed"}
    by_mail = channel == "Email"
    return GhlMessage(
        id=new_id,
        location_id=account.location_id,
        contact_id=contact.id,
        conversation_id=conversation_of(world, contact, at).id,
        kind=channel,
        direction="inbound",
        status=words.get(channel, "delivered"),
        body="" if channel == "CALL" else body,
        from_=contact.email if by_mail else contact.phone,
        to=f"inbox@{account.location_id.lower()}.ghl.twin" if by_mail else next(iter(account.numbers), None),
        added_at=at,
        updated_at=at,
        visible_at=at,
        subject=subject,
        email_id=world.fresh_digest("ghl", "email", new_id)[:20] if by_mail else None,
        thread_id=world.fresh_digest("ghl", "thread", new_id)[:20] if by_mail else None,
        call_status=call_status,
    )


def obey_keyword(world: World, account: GhlAccount, contact: GhlContact, body: str, at: datetime) -> None:
    word = body.strip().upper()
    if word in STOP_WORDS:
        close_channel(contact, "SMS", "Updated by 'STOP' keyword", at)
        world.ledger.opt_outs.append(OptOut(contact.phone or "", iso(at), word))
        announce_contact(world, account, contact, {"dnd"}, at)
    elif word in START_WORDS and contact.dnd_settings["SMS"]["status"] == "active":
        contact.dnd_settings["SMS"] = all_inactive()["SMS"]
        announce_contact(world, account, contact, {"dnd"}, at)


async def unsubscribe(world: World, account: GhlAccount, contact: GhlContact, at: datetime) -> int:
    """The person follows the unsubscribe link of an e-mail."""
    contact.unsubscribed = True
    close_channel(contact, "Email", "Unsubscribed by the contact", at)
    world.ledger.opt_outs.append(OptOut(contact.email or "", iso(at), "unsubscribed"))
    announce_contact(world, account, contact, {"dnd"}, at)
    sent = [one for one in world.ghl_messages.values() if one.contact_id == contact.id and one.kind == "Email"]
    last = next((one for one in reversed(sent) if one.direction == "outbound"), None)
    return 0 if last is None else await tell_email_stats(world, account, last, "unsubscribed", at)
