"""SMS through GoHighLevel's Conversations API (spec of highlevel-api-docs, commit 0af86a4c of 2026-05-01)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

import httpx

from modules.accounts import Account
from modules.channels.fields import check_sender
from modules.channels.ghl_messages import GhlMessages
from modules.channels.ghl_workflow import fetch_handed, hand_over, is_handed
from modules.channels.models import Answer, CannotTell, Looked, Message
from modules.labels import ChannelName
from utils.errors import BadInput

_OURSELVES = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True)
class GhlSms(GhlMessages):
    """As GhlMessages; settings `from_number` (else the location's own default sends) and `workflow_hook`: then a text
    is handed to that workflow, which is never a proof (ghl_workflow.py)."""

    sender_setting: ClassVar[str] = "from_number"
    channel: ClassVar[ChannelName] = ChannelName.sms

    def check_account(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """BadInput, naming the field, when something is missing or cannot be right."""
        GhlMessages.check_account(self, settings, secrets)
        check_sender(settings)
        hook = settings.get("workflow_hook", "")
        if hook and not is_secure(hook):
            raise BadInput("`workflow_hook` is the trigger's address and begins with https://", field="workflow_hook")

    def body_of(self, message: Message) -> dict[str, str]:
        return {
            "type": "SMS",
            "contactId": message.envelope["contact_id"],
            "message": message.body,
            "fromNumber": message.envelope.get("sender", ""),
            "toNumber": message.to_address,
        }

    def hands_over(self, settings: Mapping[str, str]) -> bool:
        """A text that a workflow sends stands in the export as the workflow's, beside those of the location's own."""
        return bool(settings.get("workflow_hook"))

    async def deliver(self, client: httpx.AsyncClient, account: Account, message: Message) -> Answer:
        if self.hands_over(account.settings):
            return await hand_over(client, account, message)
        return await GhlMessages.deliver(self, client, account, message)

    async def fetch(self, client: httpx.AsyncClient, account: Account, provider_id: str) -> Looked:
        """How one message stands; one that was handed over is looked for by person, words and time."""
        wrong = self.wrong_with(account)
        if wrong:
            return CannotTell(wrong)
        if is_handed(provider_id):
            return await fetch_handed(client, account, provider_id, self.page_size)
        return await GhlMessages.fetch(self, client, account, provider_id)


def is_secure(url: str) -> bool:
    """The address is the only secret of a trigger; without TLS it may only be on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return (
        bool(host)
        and url.isprintable()
        and (parts.scheme == "https" or (parts.scheme == "http" and host in _OURSELVES))
    )
