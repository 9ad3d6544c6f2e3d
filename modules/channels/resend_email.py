"""E-mail through Resend (resend-openapi resend.yaml of 2026-08-21).

The Idempotency-Key makes a repeat of the same bytes safe for 24 h (docs dashboard/emails/idempotency-keys); we stop at
23 h, after that the list is only looked at. The tag `touch` ties every webhook to our touch though the answer was lost.
An answer to a repeat speaks of the repeat alone: a refusal there does not prove that the first was not accepted.

Assumption A1 for Resend: processing ends at most 20 s after our socket closed, and GET /emails shows an accepted e-mail
at most 60 s later, newest first (the order is not documented: a list that is not so proves nothing here).
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import ClassVar

import httpx

from modules.accounts import Account
from modules.channels.answers import ask, read, read_object, text_in, weather, word_in
from modules.channels.fields import fault_of, need, need_token
from modules.channels.models import (
    Accepted,
    Answer,
    CannotTell,
    DeliveryPolicy,
    EnvelopeFacts,
    Found,
    Listed,
    Looked,
    Message,
    NotSent,
    Sought,
    Unknown,
)
from modules.channels.models_of_hooks import Event, Hint, HookKind, Inbound, Request
from modules.channels.policies import POLICIES
from modules.channels.port import Known
from modules.channels.resend_hooks import check_signature, parse_hook
from modules.channels.resend_lists import emails_url, find_email, key_of, list_emails
from modules.channels.resend_received import list_received, read_received
from modules.channels.resend_words import EMAIL_ID, read_email, read_refusal
from modules.labels import ChannelName, Provider
from utils.errors import BadInput

DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")


@dataclass(frozen=True)
class ResendEmail:
    """Setting `sender` ("Name <a@b>" or an address); secrets `api_key` (full access) and `webhook_secret`.

    Optional setting `inbound_domain`: one whose mail Resend receives; answers then come to an address of the touch.
    """

    page_size: int = 100  # the most that the list gives at once

    provider: ClassVar[Provider] = Provider.resend
    channel: ClassVar[ChannelName] = ChannelName.email
    policy: ClassVar[DeliveryPolicy] = POLICIES[Provider.resend]
    required_settings: ClassVar[tuple[str, ...]] = ("sender",)
    required_secrets: ClassVar[tuple[str, ...]] = ("api_key", "webhook_secret")
    optional_secrets: ClassVar[tuple[str, ...]] = ()

    def check_account(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """BadInput, naming the field, when something is missing or cannot be right."""
        address = parseaddr(need(settings, "sender", "The sender's address"))[1]
        if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+", address):
            raise BadInput("`sender` is written like Acme <hello@acme.com> or hello@acme.com", field="sender")
        inbound = settings.get("inbound_domain", "")
        if inbound and not DOMAIN.fullmatch(inbound):
            raise BadInput("`inbound_domain` is written like in.acme.com, in lower case", field="inbound_domain")
        need_token(secrets, "api_key", "Resend's API key")
        secret = need_token(secrets, "webhook_secret", "Resend's webhook secret")
        try:
            base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            raise BadInput("Resend's webhook secret begins with whsec_", field="webhook_secret") from None

    def senders(self, settings: Mapping[str, str]) -> tuple[str, ...]:
        """The one sender of the account."""
        return (settings["sender"],) if settings.get("sender") else ()

    def compose(self, account: Account, facts: EnvelopeFacts) -> Mapping[str, str]:
        """The sender and, where there are such, the address for answers and the one that ends it with one click."""
        inbound = account.settings.get("inbound_domain")
        reply_to = {"reply_to": f"r+{facts.touch_id}@{inbound}"} if inbound else {}
        unsubscribe = {"unsubscribe_url": facts.unsubscribe_url} if facts.unsubscribe_url else {}
        sender = facts.sender or next(iter(self.senders(account.settings)), "")
        return {"sender": sender} | reply_to | unsubscribe

    async def send(self, client: httpx.AsyncClient, account: Account, message: Message) -> Answer:
        """One POST under the touch's key. No connection, or an incomplete account, is NotSent; doubt is Unknown."""
        wrong = self._wrong_with(account)
        if wrong:
            return NotSent(wrong)
        headers = {"Content-Type": "application/json", "Idempotency-Key": f"touch/{message.touch_id}"}
        heard = await ask(
            client, "POST", emails_url(account), headers=key_of(account) | headers, content=bytes_of(message)
        )
        if not isinstance(heard, httpx.Response):
            return heard
        body = read_object(heard.content) or {}
        settled = weather(heard, word_in(body, "name"))
        if settled is not None:
            return settled
        if heard.is_client_error:
            return read_refusal(heard.status_code, body)
        email_id = text_in(body, "id") or ""
        return Accepted(email_id, "queued") if EMAIL_ID.fullmatch(email_id) else Unknown("unreadable_answer")

    async def lookup(self, client: httpx.AsyncClient, account: Account, sought: Sought) -> Looked:
        """Is it in Resend's list?"""
        wrong = self._wrong_with(account)
        if wrong:
            return CannotTell(wrong)
        return await find_email(client, account, sought, self.page_size)

    async def listing(
        self, client: httpx.AsyncClient, account: Account, since: datetime, until: datetime
    ) -> Sequence[Listed] | CannotTell:
        """What Resend took in this time, read to its end."""
        wrong = self._wrong_with(account)
        return CannotTell(wrong) if wrong else await list_emails(client, account, since, until, self.page_size)

    async def heard(
        self,
        client: httpx.AsyncClient,
        account: Account,
        since: datetime,
        until: datetime,
        known: Known | None = None,
        read: list[Inbound] | None = None,
    ) -> Sequence[Inbound] | CannotTell:
        """What people wrote in this time; what is `known` is not read again."""
        wrong = self._wrong_with(account)
        if wrong:
            return CannotTell(wrong)
        return await list_received(client, account, since, until, self.page_size, known, read)

    async def reread(self, client: httpx.AsyncClient, account: Account, hint: Hint) -> Event | CannotTell:
        """What a person wrote to us, behind the hint that something came in."""
        wrong = self._wrong_with(account)
        return CannotTell(wrong) if wrong else await read_received(client, account, hint)

    async def fetch(self, client: httpx.AsyncClient, account: Account, provider_id: str) -> Looked:
        """How one e-mail stands, by its last event."""
        wrong = self._wrong_with(account) or (None if EMAIL_ID.fullmatch(provider_id) else "not_an_email_id")
        if wrong:
            return CannotTell(wrong)
        email = await read(client, f"{emails_url(account)}/{provider_id}", headers=key_of(account))
        if isinstance(email, CannotTell):
            return email
        fact = read_email(email)
        return Found(fact) if fact and fact.provider_id == provider_id else CannotTell("unreadable_answer")

    def verify(self, secrets: Mapping[str, str], request: Request, wall_seconds: float) -> None:
        """BadSignature unless Resend signed it, at most five real minutes from `wall_seconds`."""
        check_signature(secrets.get("webhook_secret", ""), request, wall_seconds)

    def parse(self, kind: HookKind, request: Request) -> Event:
        """What a verified webhook says; Resend has one address for all kinds."""
        return parse_hook(request)

    def _wrong_with(self, account: Account) -> str | None:
        return fault_of(self.check_account, account)


def bytes_of(message: Message) -> bytes:
    """The request's body: the same message gives the same bytes for ever, or the key would answer 409.

    Keys stand in a fixed order; only ASCII is written, so that no library's encoding has a say.
    """
    payload: dict[str, object] = {
        "from": message.envelope["sender"],
        "to": [message.to_address],
        "subject": message.subject or "",
        "html": message.body,
    }
    if message.envelope.get("reply_to"):
        payload["reply_to"] = message.envelope["reply_to"]
    unsubscribe = message.envelope.get("unsubscribe_url")
    if unsubscribe:
        payload["headers"] = {
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    payload["tags"] = [{"name": "touch", "value": str(message.touch_id)}]
    return json.dumps(payload, ensure_ascii=True, separators=(",", ":")).encode("ascii")
