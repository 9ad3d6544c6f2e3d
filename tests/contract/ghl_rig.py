"""GoHighLevel's two adapters before the twin, with an account, a client that counts, and people to ask about."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx

from modules.accounts import Account
from modules.channels import CannotTell, EnvelopeFacts, Event, HookKind, Message, Permission, Person, Request
from modules.channels.ghl_email import GhlEmail
from modules.channels.ghl_messages import GhlMessages
from modules.channels.ghl_sms import GhlSms
from modules.ids import AccountId, ClientId, ContactId, TouchId
from modules.labels import Provider, UnknownPolicy
from scripts.sandbox.remote import Twin
from tests.contract.adapter_rig import counting_client
from tests.contract.ghl_customer import (
    LOCATION,
    MAILBOX,
    NUMBER,
    PERSON,
    RAW_KEY,
    TOKEN,
    WORKFLOW_SECRET,
    GhlCustomer,
    Letter,
    open_ghl_customer,
)
from tests.contract.ghl_pairs import public_key
from utils.clock import FileClock, wall_clock
from utils.uuid7 import uuid7

SMS, EMAIL = GhlSms(), GhlEmail()
SETTINGS = {"location_id": LOCATION, "from_number": NUMBER, "email_from": "Acme <hello@acme.example>"}
SECRETS = {"token": TOKEN, "webhook_public_key": public_key(RAW_KEY), "hook_secret": WORKFLOW_SECRET}
HELLO = "Hello!"


def account_of(adapter: GhlMessages, base_url: str, **settings: str) -> Account:
    return Account(
        id=AccountId(UUID(int=1)),
        client_id=ClientId(UUID(int=2)),
        provider=Provider.ghl,
        channel=adapter.channel,
        account_key="0123456789abcdef",
        settings=SETTINGS | settings,
        unknown_policy=UnknownPolicy.never_rearm,
        sends_per_second=1,
        base_url=base_url,
        secrets=SECRETS,
    )


async def changes_of(
    adapter: GhlMessages, client: httpx.AsyncClient, account: Account, since: datetime
) -> list[Event] | CannotTell:
    """What a look tells, or the first reason why not all."""
    told: list[Event] = []
    async for part in adapter.changes(client, account, since):
        events = part if isinstance(part, CannotTell) else part.events
        if isinstance(events, CannotTell):
            return events
        told += events
    return told


@dataclass(frozen=True)
class GhlRig:
    customer: GhlCustomer
    client: httpx.AsyncClient
    requests: list[httpx.Request] = field(default_factory=list)

    @property
    def twin(self) -> Twin:
        return self.customer.twin

    def account(self, adapter: GhlMessages = SMS, **settings: str) -> Account:
        return account_of(adapter, self.twin.ghl_url, **settings)

    def message(
        self, adapter: GhlMessages = SMS, body: str = HELLO, ref: str | None = None, **settings: str
    ) -> Message:
        """To the customer's person, armed now: the id says when."""
        now = self.customer.clock.now()
        touch = TouchId(uuid7(now))
        outside = EnvelopeFacts(
            touch, "https://hooks.example", 3600, armed_at=now, contact_ref=ref or self.customer.contact
        )
        envelope = adapter.compose(self.account(adapter, **settings), outside)
        to, subject = (MAILBOX, "Hello") if adapter is EMAIL else (PERSON, None)
        return Message(touch, to, subject, body, envelope)

    async def ask(self, *people: Person, adapter: GhlMessages = SMS) -> list[Permission]:
        answers = await adapter.permissions(self.client, self.account(adapter), people)
        assert list(answers) == [one.contact_id for one in people]
        return list(answers.values())

    def person(self, ref: str | None = None, number: int = 0, **changes: Any) -> Person:
        usual = {"phone": PERSON, "email": MAILBOX} | changes
        return Person(ContactId(UUID(int=100 + number)), ref, usual["phone"], usual["email"])

    def paths(self, method: str = "GET") -> list[str]:
        return [one.url.path.removeprefix("/ghl") for one in self.requests if one.method == method]

    def heard(self, path: str = "/ghl", adapter: GhlMessages = SMS) -> list[Event]:
        """Every webhook that came there, verified and parsed."""
        events = []
        for letter in self.customer.mailbox.letters:
            if letter.path == path:
                request = request_of(letter)
                adapter.verify(SECRETS, request, wall_clock().timestamp())
                events.append(adapter.parse(HookKind.status, request))
        return events


def request_of(letter: Letter) -> Request:
    return Request(f"https://hooks.example{letter.path}", {}, letter.headers, letter.body)


@contextlib.asynccontextmanager
async def open_ghl_rig(twin: Twin, clock: FileClock) -> AsyncIterator[GhlRig]:
    requests: list[httpx.Request] = []
    with open_ghl_customer(twin, clock) as customer, counting_client(requests) as client:
        async with client:
            yield GhlRig(customer, client, requests)
