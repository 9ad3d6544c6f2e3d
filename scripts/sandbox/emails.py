"""Resend's Email resource: its fields and how they are shown (spec resend.yaml, schema Email)."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scripts.sandbox.ledger import Acceptance

TERMINAL = ("bounced", "canceled", "complained", "failed", "suppressed")


def stored_time(instant: datetime) -> str:
    """As the resource shows it: 2023-04-03 22:13:42.674981+00."""
    return instant.strftime("%Y-%m-%d %H:%M:%S.%f+00")


def event_time(instant: datetime) -> str:
    """As events show it: 2023-10-06T23:47:56.678Z."""
    return instant.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


@dataclass
class Email:
    """One e-mail as Resend knows it; `visible_at` is when the list begins to show it."""

    id: str
    api_key: str
    from_: str
    to: list[str]
    subject: str
    html: str | None
    text: str | None
    cc: list[str]
    bcc: list[str]
    reply_to: list[str]
    tags: dict[str, str]
    headers: dict[str, str]
    created_at: datetime
    visible_at: datetime
    last_event: str
    acceptance: Acceptance
    scheduled_at: datetime | None = None
    outcome: dict[str, Any] = field(default_factory=dict)

    @property
    def message_id(self) -> str:
        return f"<{self.id}@email.resend.twin>"

    def shown(self) -> dict[str, Any]:
        return self.listed() | {"html": self.html, "text": self.text}

    def listed(self) -> dict[str, Any]:
        """As in the list, which leaves out the bodies (docs: api-reference/emails/list-emails)."""
        return {
            "object": "email",
            "id": self.id,
            "message_id": self.message_id,
            "to": self.to,
            "from": self.from_,
            "created_at": stored_time(self.created_at),
            "subject": self.subject,
            "bcc": self.bcc or None,
            "cc": self.cc or None,
            "reply_to": self.reply_to or None,
            "last_event": self.last_event,
            "scheduled_at": None if self.scheduled_at is None else stored_time(self.scheduled_at),
        }

    def event(self, name: str, at: datetime) -> dict[str, Any]:
        """The webhook's JSON: tags come back as an object, custom headers as a list (spec OutboundEmailEventData)."""
        data: dict[str, Any] = {
            "email_id": self.id,
            "created_at": event_time(self.created_at),
            "from": self.from_,
            "to": self.to,
            "subject": self.subject,
        }
        if self.tags:
            data["tags"] = self.tags
        if self.headers:
            data["headers"] = [{"name": key, "value": value} for key, value in self.headers.items()]
        return {"type": f"email.{name}", "created_at": event_time(at), "data": data | self.outcome.get(name, {})}
