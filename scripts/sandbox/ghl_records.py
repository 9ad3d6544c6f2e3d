"""GoHighLevel's contacts, conversations and messages: their fields and how they are shown.

Sources: specs ghl-contacts.json and ghl-conversations.json of 2026-05-01 (GetContectByIdSchema, GetMessageResponseDto,
GetEmailMessageResponseDto); the keys of `dndSettings` change their case with `Version: v3` (contacts-v3.json).
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from scripts.sandbox.ledger import Acceptance

CHANNELS = ("Call", "Email", "SMS", "WhatsApp", "GMB", "FB")
V3_NAMES = {"Call": "call", "Email": "email", "SMS": "sms", "WhatsApp": "whatsApp", "GMB": "gmb", "FB": "fb"}
DND_WORDS = ("active", "inactive", "permanent")
TYPE_NUMBERS = {"CALL": 1, "SMS": 2, "Email": 3}
TYPE_NAMES = {"CALL": "TYPE_CALL", "SMS": "TYPE_SMS", "Email": "TYPE_EMAIL"}
TERMINAL = ("delivered", "failed")
AN_APPOINTMENT = timedelta(minutes=30)
PLAIN_FIELDS = (
    *("firstName", "lastName", "email", "phone", "timezone", "source", "state", "postalCode", "country", "assignedTo"),
    "companyName",
)


def stamp(instant: datetime) -> str:
    """As GHL writes instants: 2024-03-27T18:13:49.000Z."""
    moment = instant.astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def milliseconds(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)


def plain_phone(text: str) -> str:
    """E.164 of what people type; ten digits are American. ValueError when it is no phone number."""
    digits = re.sub(r"[\s().-]", "", text)
    if re.fullmatch(r"\d{10}", digits):
        digits = f"+1{digits}"
    if not re.fullmatch(r"\+[1-9]\d{6,14}", digits):
        raise ValueError(f"'{text}' is no phone number")
    return digits


def all_inactive() -> dict[str, dict[str, str]]:
    return {channel: {"status": "inactive"} for channel in CHANNELS}


@dataclass
class GhlContact:
    """One contact of a location; `dnd` blocks every channel and is independent of the settings by channel."""

    id: str
    location_id: str
    added_at: datetime
    updated_at: datetime
    fields: dict[str, Any] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    custom_fields: list[dict[str, Any]] = field(default_factory=list)
    dnd: bool = False
    dnd_settings: dict[str, dict[str, str]] = field(default_factory=all_inactive)
    inbound_dnd_settings: dict[str, Any] | None = None
    unsubscribed: bool = False

    @property
    def phone(self) -> str | None:
        return self.fields.get("phone")

    @property
    def email(self) -> str | None:
        return self.fields.get("email")

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.fields.get("firstName"), self.fields.get("lastName")) if part)

    def blocks(self, channel: str) -> bool:
        """Whether a message on this channel (SMS, Email, Call) is refused."""
        status = self.dnd_settings.get(channel, {}).get("status", "inactive")
        return self.dnd or status in ("active", "permanent")

    def settings_shown(self, version: str) -> dict[str, dict[str, str]]:
        named = V3_NAMES if version == "v3" else {channel: channel for channel in CHANNELS}
        return {named[channel]: dict(setting) for channel, setting in self.dnd_settings.items()}

    def shown(self, version: str) -> dict[str, Any]:
        texts = {
            f"{name}LowerCase": self.fields[name].lower()
            for name in ("firstName", "lastName", "email")
            if self.fields.get(name)
        }
        return self.listed() | texts | {"dnd": self.dnd, "dndSettings": self.settings_shown(version), "type": "lead"}

    def listed(self) -> dict[str, Any]:
        """As in lists, which hold no `dndSettings` (issue 43 of highlevel-api-docs)."""
        plain = {name: self.fields.get(name) for name in PLAIN_FIELDS}
        return plain | {
            "id": self.id,
            "locationId": self.location_id,
            "contactName": self.name,
            "dnd": self.dnd,
            "tags": list(self.tags),
            "customFields": list(self.custom_fields),
            "dateAdded": stamp(self.added_at),
            "dateUpdated": stamp(self.updated_at),
        }


@dataclass
class GhlMessage:
    """One message of a conversation; e-mails have a record of their own besides, named by `email_id`."""

    id: str
    location_id: str
    contact_id: str
    conversation_id: str
    kind: str
    direction: str
    status: str
    body: str
    from_: str | None
    to: str | None
    added_at: datetime
    updated_at: datetime
    visible_at: datetime
    source: str = "api"
    subject: str | None = None
    email_id: str | None = None
    thread_id: str | None = None
    replies_to: str | None = None
    cc: list[str] = field(default_factory=list)
    bcc: list[str] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    call_status: str | None = None
    acceptance: Acceptance | None = None

    @property
    def mail_header(self) -> str:
        """The Message-ID header of an e-mail, by which LCEmailStats speaks of it."""
        return f"{self.email_id}@mail.ghl.twin"

    def meta(self) -> dict[str, Any]:
        if self.kind == "Email":
            return {"email": {"messageIds": [self.email_id]}}
        return {"callDuration": "0", "callStatus": self.call_status} if self.kind == "CALL" else {}

    def shown(self) -> dict[str, Any]:
        outbound = {"source": self.source} if self.direction == "outbound" else {}
        return outbound | {
            "id": self.id,
            "type": TYPE_NUMBERS[self.kind],
            "messageType": TYPE_NAMES[self.kind],
            "locationId": self.location_id,
            "contactId": self.contact_id,
            "conversationId": self.conversation_id,
            "dateAdded": stamp(self.added_at),
            "body": self.body,
            "direction": self.direction,
            "status": self.status,
            "contentType": "text/html" if self.kind == "Email" else "text/plain",
            "attachments": list(self.attachments),
            "meta": self.meta(),
        }

    def shown_email(self) -> dict[str, Any]:
        outbound = {"source": self.source} if self.direction == "outbound" else {}
        return outbound | {
            "id": self.email_id,
            "altId": self.mail_header,
            "threadId": self.thread_id,
            "locationId": self.location_id,
            "contactId": self.contact_id,
            "conversationId": self.conversation_id,
            "dateAdded": stamp(self.added_at),
            "subject": self.subject,
            "body": self.body,
            "direction": self.direction,
            "status": self.status,
            "contentType": "text/html",
            "attachments": list(self.attachments),
            "provider": "Leadconnector Mailgun",
            "from": self.from_,
            "to": [self.to],
            "cc": list(self.cc),
            "bcc": list(self.bcc),
            "replyToMessageId": self.replies_to,
        }


@dataclass
class GhlConversation:
    """The one conversation of a contact; `newest` is the id of its last message."""

    id: str
    location_id: str
    contact_id: str
    added_at: datetime
    newest: str | None = None
    unread: int = 0


@dataclass(frozen=True)
class GhlAppointment:
    """One appointment as it stands from `updated_at` on (docs "webhook events", AppointmentCreate; status words of
    calendars.json, AppointmentCreateSchema)."""

    id: str
    contact_id: str
    status: str
    starts_at: datetime
    added_at: datetime
    updated_at: datetime

    def shown(self) -> dict[str, Any]:
        """Instants with an offset, as the docs' example has them."""
        return {
            "id": self.id,
            "address": "https://example.com/meeting",
            "title": "A talk",
            "calendarId": "BqTwX8QFwXzpegMve9EQ",
            "contactId": self.contact_id,
            "groupId": "",
            "appointmentStatus": self.status,
            "assignedUserId": "",
            "users": [],
            "notes": "",
            "source": "booking_widget",
            "startTime": self.starts_at.isoformat(),
            "endTime": (self.starts_at + AN_APPOINTMENT).isoformat(),
            "dateAdded": self.added_at.isoformat(),
            "dateUpdated": self.updated_at.isoformat(),
        }
