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
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import ClassVar

import httpx

from modules.accounts import Account
from modules.channels.answers import ask, read, read_object, text_in, weather, word_in
from modules.channels.fields import need, need_token
from modules.channels.models import (
    Absent,
    Accepted,
    Answer,
    CannotTell,
    DeliveryPolicy,
    EnvelopeFacts,
    Event,
    Found,
    HookKind,
    Looked,
    Message,
    NotSent,
    Request,
    Sought,
    Unknown,
)
from modules.channels.resend_hooks import check_signature, parse_hook
from modules.channels.resend_words import EMAIL_ID, read_email, read_refusal, time_in
from modules.labels import ChannelName, Provider, UnknownPolicy
from utils.errors import BadInput

BEFORE_ARM = timedelta(seconds=60)
MOST_PAGES = 50


@dataclass(frozen=True)
class ResendEmail:
    """Setting `sender` ("Name <a@b>" or an address); secrets `api_key` (full access) and `webhook_secret`."""

    page_size: int = 100  # the most that the list gives at once

    provider: ClassVar[Provider] = Provider.resend
    channel: ClassVar[ChannelName] = ChannelName.email
    policy: ClassVar[DeliveryPolicy] = DeliveryPolicy(
        polls=(timedelta(minutes=10), timedelta(hours=2)),
        expire=timedelta(hours=28),
        same_key_until=timedelta(hours=23),
        default_unknown=UnknownPolicy.same_key_retry,
    )
    required_settings: ClassVar[tuple[str, ...]] = ("sender",)
    required_secrets: ClassVar[tuple[str, ...]] = ("api_key", "webhook_secret")

    def check_account(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """BadInput, naming the field, when something is missing or cannot be right."""
        address = parseaddr(need(settings, "sender", "The sender's address"))[1]
        if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+", address):
            raise BadInput("`sender` is written like Acme <hello@acme.com> or hello@acme.com", field="sender")
        need_token(secrets, "api_key", "Resend's API key")
        secret = need_token(secrets, "webhook_secret", "Resend's webhook secret")
        try:
            base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            raise BadInput("Resend's webhook secret begins with whsec_", field="webhook_secret") from None

    def compose(self, account: Account, facts: EnvelopeFacts) -> Mapping[str, str]:
        """The sender and, where one is given, the address that ends it with one click."""
        unsubscribe = {"unsubscribe_url": facts.unsubscribe_url} if facts.unsubscribe_url else {}
        return {"sender": account.settings.get("sender", "")} | unsubscribe

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
        """Is it in Resend's list? By recipient, subject and time; the list has no text, so the e-mail is then read.

        The list has no filters and is read back from now until a whole page is older than what is sought.
        """
        wrong = self._wrong_with(account)
        if wrong:
            return CannotTell(wrong)
        oldest, doubt = sought.armed_at - BEFORE_ARM, False
        params = {"limit": str(self.page_size)}
        for _ in range(MOST_PAGES):
            page = await read(client, emails_url(account), headers=key_of(account), params=params)
            if isinstance(page, CannotTell):
                return page
            lines = read_lines(page)
            if isinstance(lines, CannotTell):
                return lines
            for email_id, created, line in lines:
                if is_candidate(email_id, created, line, sought):
                    looked = await self._compare(client, account, email_id, sought.message)
                    if isinstance(looked, Found):
                        return looked
                    doubt = doubt or isinstance(looked, CannotTell)
            if not page.get("has_more") or all(created < oldest for _, created, _ in lines):
                return CannotTell("a_line_in_doubt") if doubt else Absent()
            params["after"] = lines[-1][0]
        return CannotTell("list_too_long")

    async def _compare(self, client: httpx.AsyncClient, account: Account, email_id: str, message: Message) -> Looked:
        """Found when its text is ours, byte for byte; CannotTell when there is no text to compare."""
        email = await read(client, f"{emails_url(account)}/{email_id}", headers=key_of(account))
        if isinstance(email, CannotTell):
            return email
        fact, html = read_email(email), email.get("html")
        if fact is None or fact.provider_id != email_id or not isinstance(html, str) or not html:
            return CannotTell("unreadable_answer")
        return Found(fact) if html == message.body else Absent()

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
        try:
            self.check_account(account.settings, account.secrets)
        except BadInput as error:
            return f"account_incomplete_{error.field}"
        return None


def emails_url(account: Account) -> str:
    return f"{account.base_url.rstrip('/')}/emails"


def key_of(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.secrets['api_key']}"}


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
    unsubscribe = message.envelope.get("unsubscribe_url")
    if unsubscribe:
        payload["headers"] = {
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    payload["tags"] = [{"name": "touch", "value": str(message.touch_id)}]
    return json.dumps(payload, ensure_ascii=True, separators=(",", ":")).encode("ascii")


Line = tuple[str, datetime, Mapping[str, object]]


def read_lines(page: Mapping[str, object]) -> list[Line] | CannotTell:
    """Id, creation and rest of each line; CannotTell when one is not readable or the newest is not first."""
    given, lines = page.get("data"), []
    if not isinstance(given, list) or (page.get("has_more") and not given):
        return CannotTell("unreadable_list")
    for line in given:
        email_id = text_in(line, "id") if isinstance(line, dict) else None
        created = time_in(line, "created_at") if isinstance(line, dict) else None
        if not email_id or created is None or not EMAIL_ID.fullmatch(email_id):
            return CannotTell("unreadable_line")
        lines.append((email_id, created, line))
    if lines and lines[0][1] < lines[-1][1]:
        return CannotTell("list_is_not_newest_first")
    return lines


def is_candidate(email_id: str, created: datetime, line: Mapping[str, object], sought: Sought) -> bool:
    """Same recipient, same subject, in the window, and not already another touch's."""
    to = line.get("to")
    addresses = [parseaddr(one)[1].lower() for one in to if isinstance(one, str)] if isinstance(to, list) else []
    return (
        email_id not in sought.known
        and sought.armed_at - BEFORE_ARM <= created <= sought.until
        and sought.message.to_address.lower() in addresses
        and line.get("subject") == (sought.message.subject or "")
    )
