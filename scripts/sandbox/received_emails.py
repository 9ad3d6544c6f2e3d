"""Resend's received mail: its fields and how they are shown (spec resend.yaml, ReceivedEmail, EmailReceivedEvent)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scripts.sandbox.emails import event_time, stored_time
from scripts.sandbox.ledger import Acceptance


@dataclass
class ReceivedEmail:
    """One mail that came in. `acceptance` only notes the webhook's attempts: the ledger is of what we sent."""

    id: str
    api_key: str
    from_: str
    to: str
    subject: str
    text: str
    in_reply_to: str | None
    received_at: datetime
    acceptance: Acceptance
    blind: bool = False
    """We are told of it in a blind copy only: nobody stands in its head."""

    @property
    def head(self) -> list[str]:
        return [] if self.blind else [self.to]

    @property
    def message_id(self) -> str:
        return f"<{self.id}@mailbox.example>"

    def listed(self) -> dict[str, Any]:
        """As in the list: no body."""
        return {
            "id": self.id,
            "message_id": self.message_id,
            "to": self.head,
            "from": self.from_,
            "created_at": stored_time(self.received_at),
            "subject": self.subject,
            "bcc": [],
            "cc": [],
            "reply_to": [],
            "attachments": [],
        }

    def shown(self) -> dict[str, Any]:
        headers = {
            "from": self.from_,
            "to": ", ".join(self.head),
            "subject": self.subject,
            "message-id": self.message_id,
        }
        if self.in_reply_to:
            headers |= {"in-reply-to": self.in_reply_to, "references": self.in_reply_to}
        return {"object": "email"} | self.listed() | {"html": None, "text": self.text, "headers": headers}

    def event(self) -> dict[str, Any]:
        data = {
            "email_id": self.id,
            "created_at": event_time(self.received_at),
            "from": self.from_,
            "to": self.head,
            "cc": [],
            "bcc": [],
            "received_for": [self.to],
            "message_id": self.message_id,
            "subject": self.subject,
            "attachments": [],
        }
        return {"type": "email.received", "created_at": event_time(self.received_at), "data": data}
