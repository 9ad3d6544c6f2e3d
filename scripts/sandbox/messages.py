"""Twilio's Message resource: its fields and how they are shown (spec twilio_api_v2010.json)."""

from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from scripts.sandbox.ledger import Acceptance

API_VERSION = "2010-04-01"
TERMINAL = ("delivered", "undelivered", "failed", "canceled", "received")
GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_DOUBLE = frozenset("^{}\\[~]|€\f")

ERROR_MESSAGES = {
    "21610": "Attempt to send to unsubscribed recipient",
    "30001": "Queue overflow",
    "30002": "Account suspended",
    "30003": "Unreachable destination handset",
    "30004": "Message blocked",
    "30005": "Unknown destination handset",
    "30006": "Landline or unreachable carrier",
    "30007": "Carrier violation",
    "30008": "Unknown error",
    "30034": "US A2P 10DLC - Message from an Unregistered Number",
    "30036": "Validity Period Expired",
}


def count_segments(body: str) -> int:
    """Billed parts of an SMS: 160 GSM-7 or 70 UCS-2 characters in one, 153 or 67 each in several (3GPP TS 23.040)."""
    if all(character in GSM7 or character in GSM7_DOUBLE for character in body):
        length, alone, joined = sum(2 if character in GSM7_DOUBLE else 1 for character in body), 160, 153
    else:
        length, alone, joined = len(body.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else -(-length // joined)


def rfc2822(instant: datetime | None) -> str | None:
    return None if instant is None else format_datetime(instant)


@dataclass
class Message:
    """One SMS as Twilio knows it: listed from `visible_at`, out of the queue from `sending_at`."""

    sid: str
    account_sid: str
    to: str
    from_: str | None
    body: str
    status: str
    direction: str
    created_at: datetime
    updated_at: datetime
    visible_at: datetime
    messaging_service_sid: str | None = None
    status_callback: str | None = None
    sending_at: datetime | None = None
    sent_at: datetime | None = None
    error_code: int | None = None
    acceptance: Acceptance | None = None

    @property
    def uri(self) -> str:
        return f"/{API_VERSION}/Accounts/{self.account_sid}/Messages/{self.sid}.json"

    def status_at(self, now: datetime) -> str:
        """`sending` has no callback and no event of its own: it is how `queued` looks shortly before it is sent."""
        leaving = self.status == "queued" and self.sending_at is not None and now >= self.sending_at
        return "sending" if leaving else self.status

    def shown(self, now: datetime) -> dict[str, Any]:
        """The resource as JSON: a price once it was sent; no segments before a service chose a sender."""
        undecided = self.messaging_service_sid is not None and self.from_ is None
        stem = self.uri.removesuffix(".json")
        segments = count_segments(self.body) if self.body else 1
        return {
            "account_sid": self.account_sid,
            "api_version": API_VERSION,
            "body": self.body,
            "date_created": rfc2822(self.created_at),
            "date_sent": rfc2822(self.sent_at),
            "date_updated": rfc2822(self.updated_at),
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": None if self.error_code is None else ERROR_MESSAGES.get(str(self.error_code)),
            "from": self.from_,
            "messaging_service_sid": self.messaging_service_sid,
            "num_media": "0",
            "num_segments": "0" if undecided else str(segments),
            "price": None if self.sent_at is None else f"-{0.0079 * segments:.5f}",
            "price_unit": "USD" if self.sent_at is not None else None,
            "sid": self.sid,
            "status": self.status_at(now),
            "subresource_uris": {"media": f"{stem}/Media.json", "feedback": f"{stem}/Feedback.json"},
            "to": self.to,
            "uri": self.uri,
        }
