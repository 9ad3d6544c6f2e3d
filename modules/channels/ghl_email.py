"""E-mail through GoHighLevel's Conversations API (spec of highlevel-api-docs, commit 0af86a4c of 2026-05-01).

The API takes no headers: a one-click unsubscribe is GHL's own affair, and the location's e-mail settings bring it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import ClassVar

from modules.channels.ghl_messages import GhlMessages
from modules.channels.models import Message
from modules.labels import ChannelName
from utils.errors import BadInput


@dataclass(frozen=True)
class GhlEmail(GhlMessages):
    """As GhlMessages; setting `email_from` ("Name <a@b>" or an address; else the location's own default sends)."""

    sender_setting: ClassVar[str] = "email_from"
    channel: ClassVar[ChannelName] = ChannelName.email

    def check_account(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """BadInput, naming the field, when something is missing or cannot be right."""
        GhlMessages.check_account(self, settings, secrets)
        given = settings.get("email_from", "")
        if given and not (
            given.isprintable() and re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+", parseaddr(given)[1])
        ):
            raise BadInput("`email_from` is written like Acme <hello@acme.com> or hello@acme.com", field="email_from")

    def body_of(self, message: Message) -> dict[str, str]:
        return {
            "type": "Email",
            "contactId": message.envelope["contact_id"],
            "subject": message.subject or "",
            "html": message.body,
            "emailFrom": message.envelope.get("sender", ""),
            "emailTo": message.to_address,
        }
