"""AI calls through Retell (retell-sdk 6.2.13, generated from Retell's specification; read 2026-11-21).

`idempotency_key` in the body makes a repeat of the same bytes safe for one hour; we stop at 55 minutes, because clocks
differ. Were ours set back by more than five minutes within that hour, while Retell answers nothing, a person could be
called twice. What the same key with other bytes gets is not documented, so the bytes hang on the stored message alone.
Our touch id travels in the metadata, by which calls can be listed. 201 says only "registered". Voicemail detection,
which an agent may have switched off, always goes along: without it an answering machine looks like a person.

Assumption A1 for Retell: processing ends at most 20 s after our socket closed, and POST /v3/list-calls shows a call at
most 60 s later; a call that is still `registered` may not be listed, but it rings for 30 s (300 s at most) and then has
an end, which is why Absent is believed only after the quarantine.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import httpx

from modules.accounts import Account
from modules.channels.answers import ask, read_object, text_in, weather
from modules.channels.fields import check_lines, fault_of, need, need_token
from modules.channels.models import (
    Accepted,
    Answer,
    CannotTell,
    DeliveryPolicy,
    EnvelopeFacts,
    Listed,
    Looked,
    Message,
    NotSent,
    Sought,
    Unknown,
)
from modules.channels.models_of_hooks import Event, HookKind, Request
from modules.channels.policies import POLICIES
from modules.channels.retell_calls import (
    JSON,
    MOST_AT_ONCE,
    fetch_call,
    find_call,
    key_of,
    list_ours,
    url_of,
)
from modules.channels.retell_hooks import check_signature, parse_hook
from modules.channels.retell_words import CALL_ID, is_concurrency, read_refusal, words_of
from modules.labels import ChannelName, Provider
from utils.errors import BadInput

_AGENT = re.compile(r"[0-9a-zA-Z_-]{1,64}")
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True)
class RetellVoice:
    """Settings `agent_id`, `from_number`, and if wanted `second_from_number`, `concurrent_calls`,
    `reserved_for_inbound`; secret `api_key`, the one with the webhook badge (it also signs)."""

    page_size: int = MOST_AT_ONCE

    provider: ClassVar[Provider] = Provider.retell
    channel: ClassVar[ChannelName] = ChannelName.voice
    policy: ClassVar[DeliveryPolicy] = POLICIES[Provider.retell]
    required_settings: ClassVar[tuple[str, ...]] = ("agent_id", "from_number")
    required_secrets: ClassVar[tuple[str, ...]] = ("api_key",)
    optional_secrets: ClassVar[tuple[str, ...]] = ()

    def check_account(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """BadInput, naming the field, when something is missing or cannot be right."""
        if not _AGENT.fullmatch(need(settings, "agent_id", "Retell's agent")):
            raise BadInput("Retell's agent is an id of letters, digits and dashes: check `agent_id`", field="agent_id")
        need(settings, "from_number", "The number that calls")
        for field in ("from_number", "second_from_number"):
            if settings.get(field) and not _PHONE.fullmatch(settings[field]):
                raise BadInput(f"`{field}` is a number with its country code, such as +12125550123", field=field)
        check_lines(settings)
        need_token(secrets, "api_key", "Retell's API key")

    def senders(self, settings: Mapping[str, str]) -> tuple[str, ...]:
        """One or two phone numbers."""
        given = (settings.get("from_number", ""), settings.get("second_from_number", ""))
        return tuple(dict.fromkeys(one for one in given if one))

    def compose(self, account: Account, facts: EnvelopeFacts) -> Mapping[str, str]:
        """Who calls and with which agent. Retell's webhooks go where the account or agent says."""
        return {
            "sender": facts.sender or account.settings.get("from_number", ""),
            "agent_id": facts.assistant or account.settings.get("agent_id", ""),
            "variables": json.dumps(dict(facts.variables), sort_keys=True),
        }

    async def send(self, client: httpx.AsyncClient, account: Account, message: Message) -> Answer:
        """One POST under the touch's key. No connection, or an incomplete account, is NotSent; doubt is Unknown."""
        wrong = self._wrong_with(account)
        if wrong:
            return NotSent(wrong)
        url, headers = url_of(account, "/v2/create-phone-call"), key_of(account) | JSON
        heard = await ask(client, "POST", url, headers=headers, content=bytes_of(message))
        if not isinstance(heard, httpx.Response):
            return heard
        body = read_object(heard.content) or {}
        settled = weather(heard, "capacity" if is_concurrency(words_of(body)) else None)
        if settled is not None:
            return settled
        return read_refusal(heard.status_code, body) if heard.is_client_error else read_acceptance(body)

    async def lookup(self, client: httpx.AsyncClient, account: Account, sought: Sought) -> Looked:
        """Is it in Retell's list? By our touch id on it; Absent is said only of lists read whole without doubt."""
        wrong = self._wrong_with(account)
        return CannotTell(wrong) if wrong else await find_call(client, account, sought, self.page_size)

    async def fetch(self, client: httpx.AsyncClient, account: Account, provider_id: str) -> Looked:
        """How one call stands."""
        wrong = self._wrong_with(account) or (None if CALL_ID.fullmatch(provider_id) else "not_a_call_id")
        return CannotTell(wrong) if wrong else await fetch_call(client, account, provider_id)

    async def listing(
        self, client: httpx.AsyncClient, account: Account, since: datetime, until: datetime
    ) -> Sequence[Listed] | CannotTell:
        """All calls that began in this time. No word of a talk stands in the list: one that was answered is here merely
        accepted."""
        wrong = self._wrong_with(account)
        if wrong:
            return CannotTell(wrong)
        return await list_ours(client, account, self.senders(account.settings), since, until, self.page_size)

    def verify(self, secrets: Mapping[str, str], request: Request, wall_seconds: float) -> None:
        """BadSignature unless the account's key signed it, at most five real minutes from `wall_seconds`."""
        check_signature(secrets.get("api_key", ""), request, wall_seconds)

    def parse(self, kind: HookKind, request: Request) -> Event:
        """What a verified webhook says; Retell has one address for all kinds."""
        return parse_hook(request)

    def _wrong_with(self, account: Account) -> str | None:
        return fault_of(self.check_account, account)


def read_acceptance(body: Mapping[str, object]) -> Accepted | Unknown:
    """A 2xx of create-phone-call: an id was given, nothing has rung."""
    call_id = text_in(body, "call_id") or ""
    if not CALL_ID.fullmatch(call_id):
        return Unknown("unreadable_answer")
    return Accepted(call_id, (text_in(body, "call_status") or "registered")[:60])


def bytes_of(message: Message) -> bytes:
    """The request's body: the same message gives the same bytes for ever, for they stand behind one key.

    Keys stand in a fixed order; only ASCII is written, so that no library's encoding has a say.
    """
    touch, envelope = str(message.touch_id), message.envelope
    payload = {
        "from_number": envelope["sender"],
        "to_number": message.to_address,
        "override_agent_id": envelope["agent_id"],
        "metadata": {"touch": touch},
        "retell_llm_dynamic_variables": {**json.loads(envelope["variables"]), "prompt": message.body},
        "agent_override": {"agent": {"voicemail_option": {"action": {"type": "hangup"}}}},
        "idempotency_key": f"touch/{touch}",
    }
    return json.dumps(payload, sort_keys=True, separators=(",", ":")).encode("ascii")
