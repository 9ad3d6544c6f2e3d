"""What a person wrote to a location, or that they called, in our words.

Sources: docs "webhook events" of highlevel-api-docs, commit 0af86a4c of 2026-05-01 (InboundMessage), its issue 188
(`from` and `to` since January 2026). The same words come by webhook, by hint and by poll, always under one key: the
e-mail's own id, because a thread may share one message id, else the message's.
"""

from collections.abc import Mapping

from modules.channels.answers import text_in
from modules.channels.ghl_words import email_ids, time_in
from modules.channels.html_words import is_html, words_of
from modules.channels.mail_address import address_in
from modules.channels.models_of_hooks import Inbound
from modules.labels import CallDetails, ChannelName, InboundKind

INBOUND, OUTBOUND = "inbound", "outbound"
MISSED = frozenset(
    {"voicemail", "missed", "no-answer", "no_answer", "busy", "failed", "canceled", "cancelled", "undelivered"}
)


def describe_inbound(
    message: Mapping[str, object],
    channel: ChannelName,
    contact: Mapping[str, object],
    other_key: str = "",
) -> Inbound | None:
    """The message in our words; None when nobody can be seen to have sent it.

    Args:
        message: a webhook's fields, a message, or an e-mail's record with the message's id added.
        contact: `phone` and `email` of the person, for messages that name no sender; may be empty.
        other_key: for a message without any id.
    """
    message_id = text_in(message, "messageId") or text_in(message, "id") or ""
    mail_id = text_in(message, "emailMessageId") or next(iter(email_ids(message)[-1:]), "")
    key_id = mail_id if channel is ChannelName.email and mail_id else message_id
    sender = sender_of(message, channel, contact)
    if not sender or not (key_id or other_key):
        return None
    kind = kind_of(message) if channel is ChannelName.voice else InboundKind.message
    return Inbound(
        event_key=f"ghl:{key_id}" if key_id else other_key,
        from_address=sender,
        to_address=to_of(message, channel),
        text=text_of(message, channel),
        opted_out=False,
        payload=payload_of(message, message_id),
        channel=channel,
        kind=kind,
        subject=text_in(message, "subject"),
        at=time_in(message, "dateAdded"),
        answers=answered(message, channel, mail_id),
        contact_ref=text_in(message, "contactId") or text_in(contact, "id"),
        call=CallDetails(started_at=time_in(message, "dateAdded")) if channel is ChannelName.voice else None,
    )


def sender_of(message: Mapping[str, object], channel: ChannelName, contact: Mapping[str, object]) -> str:
    given = text_in(message, "from") or ""
    if channel is ChannelName.email:
        return address_in(given) or address_in(text_in(contact, "email") or "")
    return given or text_in(contact, "phone") or ""


def to_of(message: Mapping[str, object], channel: ChannelName) -> str:
    """Ours; empty where the message does not say."""
    given = message.get("to")
    first = given[0] if isinstance(given, list) and given else given
    text = first if isinstance(first, str) else ""
    return address_in(text) if channel is ChannelName.email else text


def text_of(message: Mapping[str, object], channel: ChannelName) -> str:
    """The words; of HTML those that it shows. Webhooks may leave the type out: a body with a tag is HTML."""
    body = text_in(message, "body") or ""
    html = channel is ChannelName.email and ("html" in (text_in(message, "contentType") or "") or is_html(body))
    return words_of(body) if html else body


def kind_of(message: Mapping[str, object]) -> InboundKind:
    """A voicemail is a call that we missed; an answered one, or one that ended in a way unknown to us, is a call."""
    meta = message.get("meta")
    more = text_in(meta, "callStatus") if isinstance(meta, dict) else None
    said = {text_in(message, "status"), text_in(message, "callStatus"), more}
    missed = any(word is not None and word.lower() in MISSED for word in said)
    return InboundKind.missed_call if missed else InboundKind.call


def payload_of(message: Mapping[str, object], message_id: str) -> dict[str, str]:
    kept = ("locationId", "conversationId", "emailMessageId", "threadId", "messageType", "status", "callStatus")
    named = {name: text_in(message, name) for name in kept}
    return {"messageId": message_id} | {name: value for name, value in named.items() if value}


def answered(message: Mapping[str, object], channel: ChannelName, mail_id: str) -> tuple[str, ...]:
    """What an e-mail answers: the one before it, its thread, and the message that holds both where GHL keeps it so."""
    if channel is not ChannelName.email:
        return ()
    given = (text_in(message, name) for name in ("replyToMessageId", "threadId", "messageId"))
    return tuple(dict.fromkeys(one for one in given if one and one != mail_id))
