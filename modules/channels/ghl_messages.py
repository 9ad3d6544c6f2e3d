"""What both ways of GoHighLevel share: one account, one policy, one reading of webhooks.

GHL has no idempotency key on send and carries no reference of ours, so what is unknown is never sent again: the
contact's conversation is asked for the same words in the same minutes.

Assumption A1 for GHL: processing ends at most 20 s after our socket closed. That its export shows an accepted message
at most 60 s later is less sure (issue 5 of highlevel-api-docs: the index lags), so until measured: never_rearm.
"""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import httpx

from modules.accounts import Account
from modules.channels.fields import fault_of, need_token
from modules.channels.ghl_api import CONVERSATIONS, GHL_ID, check_location, headers_of, post, url_of
from modules.channels.ghl_changes import list_changes
from modules.channels.ghl_contacts import read_permissions
from modules.channels.ghl_hooks import check_signature, parse_hook, read_key
from modules.channels.ghl_lists import find_message, list_messages
from modules.channels.ghl_records import fetch_message, reread_hint
from modules.channels.ghl_words import read_acceptance, read_refusal
from modules.channels.models import (
    Answer,
    CannotTell,
    DeliveryPolicy,
    EnvelopeFacts,
    Listed,
    Looked,
    Message,
    NotSent,
    Permission,
    Person,
    Sought,
)
from modules.channels.models_of_hooks import Changed, Event, Hint, HookKind, Request
from modules.channels.policies import POLICIES
from modules.ids import ContactId
from modules.labels import ChannelName, Provider
from utils.errors import BadInput


@dataclass(frozen=True)
class GhlMessages:
    """Setting `location_id`; secrets `token`, and if wanted `webhook_public_key` (else GHL's published key) and
    `hook_secret`, which a workflow's webhook carries."""

    page_size: int = 100

    provider: ClassVar[Provider] = Provider.ghl
    channel: ClassVar[ChannelName]
    sender_setting: ClassVar[str]
    policy: ClassVar[DeliveryPolicy] = POLICIES[Provider.ghl]
    required_settings: ClassVar[tuple[str, ...]] = ("location_id",)
    required_secrets: ClassVar[tuple[str, ...]] = ("token",)
    optional_secrets: ClassVar[tuple[str, ...]] = ("webhook_public_key", "hook_secret")

    def check_account(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """BadInput, naming the field, when something is missing or cannot be right."""
        check_location(settings, secrets)
        if secrets.get("hook_secret"):
            need_token(secrets, "hook_secret", "The secret that a workflow's webhook carries")
        try:
            if secrets.get("webhook_public_key"):
                read_key(secrets["webhook_public_key"])
        except ValueError:
            raise BadInput(
                "GoHighLevel's public key is PEM or base64 of an Ed25519 key", field="webhook_public_key"
            ) from None

    def senders(self, settings: Mapping[str, str]) -> tuple[str, ...]:
        """The one sender that is set; none when the location's own default is to send."""
        sender = settings.get(self.sender_setting, "")
        return (sender,) if sender else ()

    def compose(self, account: Account, facts: EnvelopeFacts) -> Mapping[str, str]:
        """Whom, by their id there, and from which number or address."""
        sender = facts.sender or next(iter(self.senders(account.settings)), "")
        return {"contact_id": facts.contact_ref or "", "sender": sender}

    async def send(self, client: httpx.AsyncClient, account: Account, message: Message) -> Answer:
        """One POST. No connection, an incomplete account, or nobody to send to is NotSent; doubt is Unknown."""
        wrong = self.wrong_with(account)
        if wrong:
            return NotSent(wrong)
        if not GHL_ID.fullmatch(message.envelope.get("contact_id", "")):
            return NotSent("ghl_contact_unknown")
        return await self.deliver(client, account, message)

    async def deliver(self, client: httpx.AsyncClient, account: Account, message: Message) -> Answer:
        url, headers = url_of(account, "/conversations/messages"), headers_of(account, CONVERSATIONS)
        heard = await post(client, url, headers, bytes_of(self.body_of(message)))
        if not isinstance(heard, tuple):
            return heard
        status, body = heard
        return read_acceptance(body) if status < 400 else read_refusal(status, body)

    def body_of(self, message: Message) -> dict[str, str]:
        """A SendMessageBodyDto. Never with a `status`: that would be a claim of ours."""
        raise NotImplementedError

    async def lookup(self, client: httpx.AsyncClient, account: Account, sought: Sought) -> Looked:
        """Is it in the contact's messages?"""
        wrong = self.wrong_with(account)
        if wrong:
            return CannotTell(wrong)
        return await find_message(client, account, self.channel, sought, self.page_size)

    async def fetch(self, client: httpx.AsyncClient, account: Account, provider_id: str) -> Looked:
        """How one message stands."""
        wrong = self.wrong_with(account)
        return CannotTell(wrong) if wrong else await fetch_message(client, account, provider_id)

    async def listing(
        self, client: httpx.AsyncClient, account: Account, since: datetime, until: datetime
    ) -> Sequence[Listed] | CannotTell:
        """What the location took through the API in this time; its list knows neither our reference nor addresses."""
        wrong = self.wrong_with(account)
        if wrong:
            return CannotTell(wrong)
        return await list_messages(client, account, self.channel, since, until, self.page_size)

    async def permissions(
        self, client: httpx.AsyncClient, account: Account, people: Sequence[Person]
    ) -> Mapping[ContactId, Permission]:
        """GHL's own Do-Not-Disturb for each. Whom it does not know is created there, without a word on that."""
        wrong = self.wrong_with(account)
        if wrong:
            return {one.contact_id: Permission(None, one.ref, wrong) for one in people}
        return await read_permissions(client, account, self.channel, people)

    async def reread(self, client: httpx.AsyncClient, account: Account, hint: Hint) -> Event | CannotTell:
        """The message or person behind a hint, as they are now."""
        wrong = self.wrong_with(account)
        return CannotTell(wrong) if wrong else await reread_hint(client, account, hint)

    async def changes(
        self, client: httpx.AsyncClient, account: Account, since: datetime, after: datetime | None = None
    ) -> AsyncIterator[Changed | CannotTell]:
        """What was sent and what people wrote at this location since then, on every channel."""
        if wrong := self.wrong_with(account):
            yield CannotTell(wrong)
            return
        async for part in list_changes(client, account, since, after):
            yield part

    def verify(self, secrets: Mapping[str, str], request: Request, wall_seconds: float) -> None:
        """BadSignature unless GHL signed it within two hours of `wall_seconds`, or it carries our own secret."""
        key, secret = secrets.get("webhook_public_key", ""), secrets.get("hook_secret", "")
        check_signature(key, secret, secrets.get("location_id", ""), request, wall_seconds)

    def parse(self, kind: HookKind, request: Request) -> Event:
        """What a verified webhook says; one that is not signed gives a hint at most."""
        return parse_hook(request)

    def wrong_with(self, account: Account) -> str | None:
        return fault_of(self.check_account, account)


def bytes_of(body: Mapping[str, str]) -> bytes:
    """Only ASCII is written, keys in the order given: the same message, the same bytes. What is empty stays away."""
    return json.dumps({name: value for name, value in body.items() if value}, separators=(",", ":")).encode("ascii")
