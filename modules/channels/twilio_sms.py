"""SMS through Twilio's Messages API (twilio-oai twilio_api_v2010.json of 2026-04-14).

Twilio has no idempotency key on send, so what is unknown is never sent again: our touch id travels in the status
callback's URL, which Twilio signs, and the list by To is asked for the same words in the same minutes.

Assumption A1 for Twilio: processing ends at most 20 s after our socket closed, and the list shows an accepted message
at most 60 s later (not documented, and measured by nobody yet). Until then: never_rearm.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import httpx

from modules.accounts import Account
from modules.channels.answers import ask, read, read_object, text_in, weather, word_in
from modules.channels.fields import check_sender, fault_of, need, need_token
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
from modules.channels.models_of_hooks import Event, HookKind, Inbound, Request
from modules.channels.policies import POLICIES
from modules.channels.port import Known
from modules.channels.twilio_hooks import check_signature, parse_hook
from modules.channels.twilio_lists import find_message, key_of, list_inbound, list_messages, messages_url
from modules.channels.twilio_words import MESSAGE_SID, code_in, read_message, read_refusal
from modules.labels import ChannelName, Provider
from utils.errors import BadInput

SHORTEST_LIFE, LONGEST_LIFE = 5, 14400


@dataclass(frozen=True)
class TwilioSms:
    """Settings `account_sid` and `messaging_service_sid` or `from_number`; secret `auth_token`."""

    page_size: int = 1000  # the most that the list gives at once

    provider: ClassVar[Provider] = Provider.twilio
    channel: ClassVar[ChannelName] = ChannelName.sms
    policy: ClassVar[DeliveryPolicy] = POLICIES[Provider.twilio]
    required_settings: ClassVar[tuple[str, ...]] = ("account_sid",)
    required_secrets: ClassVar[tuple[str, ...]] = ("auth_token",)
    optional_secrets: ClassVar[tuple[str, ...]] = ()

    def check_account(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """BadInput, naming the field, when something is missing or cannot be right."""
        if not re.fullmatch(r"AC[0-9a-fA-F]{32}", need(settings, "account_sid", "Twilio's account SID")):
            raise BadInput("Twilio's account SID begins with AC and has 34 characters", field="account_sid")
        service, number = settings.get("messaging_service_sid", ""), settings.get("from_number", "")
        if not service and not number:
            raise BadInput(
                "Twilio needs a sender: give `messaging_service_sid` or `from_number`", field="messaging_service_sid"
            )
        if service and not re.fullmatch(r"MG[0-9a-fA-F]{32}", service):
            raise BadInput(
                "A Messaging Service's SID begins with MG and has 34 characters", field="messaging_service_sid"
            )
        if not service:
            check_sender(settings)
        need_token(secrets, "auth_token", "Twilio's auth token")

    def senders(self, settings: Mapping[str, str]) -> tuple[str, ...]:
        """The Messaging Service, which chooses among its own numbers, or the one number."""
        sender = settings.get("messaging_service_sid") or settings.get("from_number")
        return (sender,) if sender else ()

    def compose(self, account: Account, facts: EnvelopeFacts) -> Mapping[str, str]:
        """Sender, callback and life in Twilio's queue, so that quiet hours hold there too.

        The fragment asks for five retries on every failure (docs usage/webhooks/webhooks-connection-overrides); it
        never travels. `validity_seconds` always goes along: Twilio's default of ten hours outlives our own deadline.
        """
        left = LONGEST_LIFE if facts.window_seconds is None else facts.window_seconds
        path = f"/hooks/twilio/status/{account.account_key}?touch={facts.touch_id}"
        return {
            "sender": facts.sender or next(iter(self.senders(account.settings)), ""),
            "status_callback": f"{facts.public_url.rstrip('/')}{path}#rc=5&rp=all",
            "validity_seconds": str(max(SHORTEST_LIFE, min(LONGEST_LIFE, left))),
        }

    async def send(self, client: httpx.AsyncClient, account: Account, message: Message) -> Answer:
        """One POST. A refusal to connect, or an account that is not complete, is NotSent; all doubt is Unknown."""
        wrong = self._wrong_with(account)
        if wrong:
            return NotSent(wrong)
        heard = await ask(client, "POST", messages_url(account), auth=key_of(account), form=form_of(message))
        if not isinstance(heard, httpx.Response):
            return heard
        body = read_object(heard.content) or {}
        code = code_in(body.get("code"))
        settled = weather(heard, f"twilio_{code}" if code else None)
        if settled is not None:
            return settled
        if heard.is_client_error:
            return read_refusal(heard.status_code, body)
        sid, status = text_in(body, "sid"), word_in(body, "status")
        if sid is None or status is None or not MESSAGE_SID.fullmatch(sid):
            return Unknown("unreadable_answer")
        return Accepted(sid, status)

    async def lookup(self, client: httpx.AsyncClient, account: Account, sought: Sought) -> Looked:
        """Is it in Twilio's list?"""
        wrong = self._wrong_with(account)
        if wrong:
            return CannotTell(wrong)
        return await find_message(client, account, sought, self.page_size)

    async def listing(
        self, client: httpx.AsyncClient, account: Account, since: datetime, until: datetime
    ) -> Sequence[Listed] | CannotTell:
        """What Twilio took from us in this time, read to its end; its list carries no reference of ours."""
        wrong = self._wrong_with(account)
        return CannotTell(wrong) if wrong else await list_messages(client, account, since, until, self.page_size)

    async def heard(
        self,
        client: httpx.AsyncClient,
        account: Account,
        since: datetime,
        until: datetime,
        known: Known | None = None,
        read: list[Inbound] | None = None,
    ) -> Sequence[Inbound] | CannotTell:
        """What people texted in this time. Nothing `known` is left out: the list holds the words."""
        wrong = self._wrong_with(account)
        return CannotTell(wrong) if wrong else await list_inbound(client, account, since, until, self.page_size)

    async def fetch(self, client: httpx.AsyncClient, account: Account, provider_id: str) -> Looked:
        """How one message stands."""
        wrong = self._wrong_with(account) or (None if MESSAGE_SID.fullmatch(provider_id) else "not_a_message_sid")
        if wrong:
            return CannotTell(wrong)
        url = f"{messages_url(account).removesuffix('.json')}/{provider_id}.json"
        message = await read(client, url, auth=key_of(account))
        if isinstance(message, CannotTell):
            return message
        fact = read_message(message)
        return Found(fact) if fact and fact.provider_id == provider_id else CannotTell("unreadable_answer")

    def verify(self, secrets: Mapping[str, str], request: Request, wall_seconds: float) -> None:
        """BadSignature unless Twilio signed it. `wall_seconds` is not needed: the signature knows no time."""
        check_signature(secrets.get("auth_token", ""), request)

    def parse(self, kind: HookKind, request: Request) -> Event:
        """What a verified webhook says."""
        return parse_hook(kind, request)

    def _wrong_with(self, account: Account) -> str | None:
        return fault_of(self.check_account, account)


def form_of(message: Message) -> dict[str, str]:
    """The form as Twilio takes it: a Messaging Service chooses the number, else ours is named."""
    sender = message.envelope["sender"]
    return {
        "To": message.to_address,
        "MessagingServiceSid" if sender.startswith("MG") else "From": sender,
        "Body": message.body,
        "StatusCallback": message.envelope["status_callback"],
        "ValidityPeriod": message.envelope["validity_seconds"],
    }
