"""AI calls through Vapi (OpenAPI document of 2026-08-18).

Vapi has no idempotency key and no metadata on a call, so what is unknown is never dialled again: our touch id travels
as the call's name and the customer's external id, by which the list is matched. 201 says only "queued": a call can end
a moment later with no webhook at all, so every accepted call is asked about. Voicemail detection, off by default at
Vapi, always goes along: without it an answering machine looks like a person.

Assumption A1 for Vapi: processing ends at most 20 s after our socket closed, and GET /call shows an accepted call at
most 60 s later (not documented). Until measured: never_rearm. Not documented either, and not tried: that Vapi takes an
`earliestAt` which has just passed.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

import httpx

from modules.accounts import Account
from modules.channels.answers import ask, read, read_object, text_in, weather
from modules.channels.fields import check_lines, fault_of, need, need_token
from modules.channels.models import (
    CONCURRENCY_BLOCKED,
    Absent,
    Accepted,
    Answer,
    CannotTell,
    DeliveryPolicy,
    EnvelopeFacts,
    Fact,
    Found,
    Listed,
    Looked,
    Message,
    NotSent,
    Sought,
    Unknown,
)
from modules.channels.models_of_hooks import Event, HookKind, Request
from modules.channels.policies import POLICIES
from modules.channels.vapi_calls import (
    BEFORE_ARM,
    MOST_AT_ONCE,
    calls_url,
    key_of,
    list_calls,
    listed,
    match,
    polled,
    written,
)
from modules.channels.vapi_hooks import check_signature, parse_hook
from modules.channels.vapi_words import CALL_ID, is_concurrency, part_of, read_refusal, words_of
from modules.labels import ChannelName, Provider
from utils.errors import BadInput

LONGEST_WAIT = 600
_RETRIES, _FIRST_PAUSE_SECONDS = 6, 5  # 5 s doubled six times: five minutes, then the poll


@dataclass(frozen=True)
class VapiVoice:
    """Settings `assistant_id`, `phone_number_id`, and if wanted `second_phone_number_id`, `concurrent_calls`,
    `reserved_for_inbound`, `credential_id`; secrets `api_key` and `webhook_secret`."""

    page_size: int = MOST_AT_ONCE

    provider: ClassVar[Provider] = Provider.vapi
    channel: ClassVar[ChannelName] = ChannelName.voice
    policy: ClassVar[DeliveryPolicy] = POLICIES[Provider.vapi]
    required_settings: ClassVar[tuple[str, ...]] = ("assistant_id", "phone_number_id")
    required_secrets: ClassVar[tuple[str, ...]] = ("api_key", "webhook_secret")
    optional_secrets: ClassVar[tuple[str, ...]] = ()

    def check_account(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """BadInput, naming the field, when something is missing or cannot be right."""
        need_id(settings, "assistant_id", "Vapi's assistant")
        need_id(settings, "phone_number_id", "Vapi's phone number")
        for field in ("second_phone_number_id", "credential_id"):
            if settings.get(field):
                need_id(settings, field, f"The setting {field}")
        check_lines(settings)
        need_token(secrets, "api_key", "Vapi's private API key")
        need_token(secrets, "webhook_secret", "The secret that Vapi's webhooks carry")

    def senders(self, settings: Mapping[str, str]) -> tuple[str, ...]:
        """The ids of one or two phone numbers."""
        given = (settings.get("phone_number_id", ""), settings.get("second_phone_number_id", ""))
        return tuple(dict.fromkeys(one for one in given if one))

    def compose(self, account: Account, facts: EnvelopeFacts) -> Mapping[str, str]:
        """Who calls, with which assistant, until when, and where its webhooks go; no secret is in it."""
        envelope = {
            "sender": facts.sender or account.settings.get("phone_number_id", ""),
            "assistant_id": facts.assistant or account.settings.get("assistant_id", ""),
            "server_url": f"{facts.public_url.rstrip('/')}/hooks/vapi/{account.account_key}",
            "credential_id": account.settings.get("credential_id", ""),
            "variables": json.dumps(dict(facts.variables), sort_keys=True),
            **({"first_message": facts.opening} if facts.opening else {}),
        }
        if facts.armed_at is not None:
            left = LONGEST_WAIT if facts.window_seconds is None else max(0, min(LONGEST_WAIT, facts.window_seconds))
            envelope["earliest_at"] = written(facts.armed_at)
            envelope["latest_at"] = written(facts.armed_at + timedelta(seconds=left))
        return envelope

    async def send(self, client: httpx.AsyncClient, account: Account, message: Message) -> Answer:
        """One POST. No connection, or an incomplete account, is NotSent; all doubt is Unknown."""
        wrong = self._wrong_with(account)
        if wrong:
            return NotSent(wrong)
        headers = key_of(account) | {"Content-Type": "application/json"}
        heard = await ask(client, "POST", calls_url(account), headers=headers, content=bytes_of(account, message))
        if not isinstance(heard, httpx.Response):
            return heard
        body = read_object(heard.content) or {}
        settled = weather(heard, "capacity" if is_concurrency(words_of(body)) else None)
        if settled is not None:
            return settled
        return read_refusal(heard.status_code, body) if heard.is_client_error else read_acceptance(body)

    async def lookup(self, client: httpx.AsyncClient, account: Account, sought: Sought) -> Looked:
        """Is it in Vapi's list? By our touch id on it; Absent is said only of a list read whole without doubt."""
        wrong = self._wrong_with(account)
        if wrong:
            return CannotTell(wrong)
        since, until = sought.armed_at - BEFORE_ARM, sought.until
        number = sought.message.envelope["sender"]
        calls = await list_calls(client, account, number, since, until, self.page_size)
        verdicts = [match(line, sought) for line in calls.lines]
        facts = [verdict for verdict in verdicts if isinstance(verdict, Fact)]
        if facts:
            return Found(facts[-1])
        doubts = [verdict for verdict in verdicts if isinstance(verdict, CannotTell)]
        return calls.short or (doubts[0] if doubts else Absent())

    async def fetch(self, client: httpx.AsyncClient, account: Account, provider_id: str) -> Looked:
        """How one call stands."""
        wrong = self._wrong_with(account) or (None if CALL_ID.fullmatch(provider_id) else "not_a_call_id")
        if wrong:
            return CannotTell(wrong)
        call = await read(client, f"{calls_url(account)}/{provider_id}", headers=key_of(account))
        if isinstance(call, CannotTell):
            return call
        fact = polled(call)
        return Found(fact) if fact and fact.provider_id == provider_id else CannotTell("unreadable_answer")

    async def listing(
        self, client: httpx.AsyncClient, account: Account, since: datetime, until: datetime
    ) -> Sequence[Listed] | CannotTell:
        """All calls made from our numbers in this time, whoever asked for them."""
        wrong = self._wrong_with(account)
        if wrong:
            return CannotTell(wrong)
        found: list[Listed] = []
        for number in self.senders(account.settings):
            calls = await list_calls(client, account, number, since, until, self.page_size)
            if calls.short:
                return calls.short
            found += listed(calls.lines)
        return found

    def verify(self, secrets: Mapping[str, str], request: Request, wall_seconds: float) -> None:
        """BadSignature unless the account's secret came along, or signed it within five minutes of real time."""
        check_signature(secrets.get("webhook_secret", ""), request, wall_seconds)

    def parse(self, kind: HookKind, request: Request) -> Event:
        """What a verified webhook says; Vapi has one address for all kinds."""
        return parse_hook(request)

    def _wrong_with(self, account: Account) -> str | None:
        return fault_of(self.check_account, account)


def need_id(given: Mapping[str, str], field: str, words: str) -> None:
    if not re.fullmatch(r"[0-9a-zA-Z_-]{1,64}", need(given, field, words)):
        raise BadInput(f"{words} is an id of letters, digits and dashes: check `{field}`", field=field)


def read_acceptance(body: Mapping[str, object]) -> Accepted | Unknown:
    """A 2xx of POST /call. Blocked or queued, the documents contradict each other: only the call's own end says."""
    call_id = text_in(body, "id") or ""
    if not CALL_ID.fullmatch(call_id):
        return Unknown("unreadable_answer")
    if part_of(body, "subscriptionLimits").get("concurrencyBlocked") is True:
        return Accepted(call_id, CONCURRENCY_BLOCKED)
    return Accepted(call_id, (text_in(body, "status") or "queued")[:60])


def bytes_of(account: Account, message: Message) -> bytes:
    """The request's body. Keys stand in a fixed order and only ASCII is written: the same message, the same bytes."""
    return json.dumps(body_of(account, message), sort_keys=True, separators=(",", ":")).encode()


def body_of(account: Account, message: Message) -> dict[str, object]:
    """A CreateCallDTO. The webhook's secret joins here, so that it lies in no row."""
    envelope, touch = message.envelope, str(message.touch_id)
    server: dict[str, object] = {
        "url": envelope["server_url"],
        "timeoutSeconds": 20,
        "backoffPlan": {
            "type": "exponential",
            "maxRetries": _RETRIES,
            "baseDelaySeconds": _FIRST_PAUSE_SECONDS,
        },
    }
    if envelope["credential_id"]:
        server["credentialId"] = envelope["credential_id"]
    else:
        server["headers"] = {"X-Vapi-Secret": account.secrets["webhook_secret"]}
    plan = {"earliestAt": envelope.get("earliest_at"), "latestAt": envelope.get("latest_at")}
    return {
        "assistantId": envelope["assistant_id"],
        "phoneNumberId": envelope["sender"],
        "name": touch,
        "customer": {"number": message.to_address, "externalId": touch},
        **({"schedulePlan": plan} if plan["earliestAt"] else {}),
        "assistantOverrides": {
            "variableValues": {**json.loads(envelope["variables"]), "prompt": message.body},
            "metadata": {"touch": touch},
            "voicemailDetection": {"provider": "vapi"},
            **_spoken_first(envelope.get("first_message")),
            "serverMessages": ["status-update", "end-of-call-report"],
            "server": server,
        },
    }


def _spoken_first(words: str | None) -> dict[str, str]:
    """The assistant's own first message gives way to ours (AssistantOverrides, vapi.openapi.json)."""
    return {"firstMessage": words, "firstMessageMode": "assistant-speaks-first"} if words else {}
