"""One adapter before the twin: its account, a client that counts requests, and messages to send."""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import httpx

from modules.accounts import Account
from modules.channels import Channel, EnvelopeFacts, Found, HookKind, Message, Request, Sought, channel_for
from modules.ids import AccountId, ClientId, TouchId
from modules.labels import Provider
from scripts.sandbox.remote import Twin
from tests.contract.pair import Pair, To
from tests.contract.receiver import Letter
from tests.contract.twin_customer import Customer, open_customer
from utils.clock import FileClock, wall_clock
from utils.http import send_client

PATIENT_SECONDS = 10.0
"""For a twin on a machine that is busy with other tests: what it really answers is never cut off."""
HURRIED_SECONDS = 0.4
TOUCH = TouchId(UUID("01935f00-0000-7000-8000-000000000001"))
STATUS = HookKind.status


def touch(number: int) -> TouchId:
    return TouchId(UUID(int=TOUCH.int + number))


def account_at(pair: Pair, base_url: str) -> Account:
    return Account(
        id=AccountId(UUID(int=1)),
        client_id=ClientId(UUID(int=2)),
        provider=pair.provider,
        channel=pair.channel,
        account_key="0123456789abcdef0123456789abcdef",
        settings=pair.settings,
        unknown_policy=channel_for(pair.provider, pair.channel).policy.default_unknown,
        sends_per_second=1,
        base_url=base_url,
        secrets=pair.secrets,
    )


@dataclass(frozen=True)
class Rig:
    """What a case of the contract needs."""

    pair: Pair
    channel: Channel
    account: Account
    client: httpx.AsyncClient
    customer: Customer
    requests: list[httpx.Request] = field(default_factory=list)

    def with_account(self, base_url: str | None = None, **changes: str) -> "Rig":
        """The same with another base URL, or with settings or secrets changed by name; blank ones stay blank."""
        settings = {name: changes.get(name, value) for name, value in self.account.settings.items()}
        added = {name: value for name, value in changes.items() if name not in self.account.secrets}
        secrets = {name: changes.get(name, value) for name, value in self.account.secrets.items()}
        url = self.account.base_url if base_url is None else base_url
        return replace(self, account=replace(self.account, settings=settings | added, secrets=secrets, base_url=url))

    def with_small_pages(self) -> "Rig":
        """The same, with an adapter that asks for as few lines of a list at a time as the provider gives."""
        return replace(self, channel=type(self.channel)(page_size=self.pair.smallest_page))  # type: ignore[call-arg]

    @property
    def provider(self) -> Provider:
        return self.pair.provider

    @property
    def twin(self) -> Twin:
        return self.customer.twin

    def message(
        self, touch: TouchId = TOUCH, body: str = "Hello Ada & <b>you</b> — ✓", to: To | None = None, **facts: str
    ) -> Message:
        """One message to the pair's person, or to another; `facts` go into its envelope."""
        person = to or self.pair.to
        outside = EnvelopeFacts(
            touch,
            self.customer.receiver.url,
            window_seconds=3600,
            armed_at=self.customer.clock.now(),
            contact_ref=person.ref,
        )
        envelope = self.channel.compose(self.account, replace(outside, **facts))  # type: ignore[arg-type]
        return Message(touch, person.address, self.pair.subject, body, envelope)

    def sought(self, message: Message, known: frozenset[str] = frozenset()) -> Sought:
        now = self.customer.clock.now()
        return Sought(message, armed_at=now, until=now + timedelta(minutes=10), known=known)

    def all_day(self) -> tuple[datetime, datetime]:
        now = self.customer.clock.now()
        return now - timedelta(hours=12), now + timedelta(hours=12)

    def ledger(self) -> list[dict[str, object]]:
        return self.twin.ledger(self.provider)

    def evidence(self) -> set[str]:
        """Every evidence id that the provider's twin holds."""
        return {
            one for line in self.twin.ledger(self.provider) for fact in line["facts"] for one in fact["evidence_ids"]
        }

    async def found(self, provider_id: str) -> Found:
        looked = await self.channel.fetch(self.client, self.account, provider_id)
        assert isinstance(looked, Found), looked
        return looked

    def letters(self) -> list[Request]:
        """The webhooks about our messages that really came, as the hooks' route would hand them over."""
        return [letter for letter in self.all_letters() if self.pair.letter_mark in letter.body]

    def all_letters(self) -> list[Request]:
        return [request_of(self.customer.receiver.url, letter) for letter in self.customer.receiver.letters]

    def verify(self, letter: Request, seconds_later: float = 0.0) -> None:
        self.channel.verify(self.account.secrets, letter, wall_clock().timestamp() + seconds_later)

    def genuine_letter(self) -> Request:
        """The last webhook of a message that was sent and delivered."""
        self.customer.step(hours=1)
        return self.letters()[-1]


def request_of(public_url: str, letter: Letter) -> Request:
    query = dict(parse_qsl(urlsplit(letter.path).query, keep_blank_values=True))
    return Request(public_url + letter.path, query, letter.headers, letter.body.encode())


@contextlib.contextmanager
def hurried(client: httpx.AsyncClient) -> Iterator[None]:
    """Waits hardly at all: for requests that get no answer on purpose."""
    before = client.timeout
    client.timeout = httpx.Timeout(HURRIED_SECONDS)
    try:
        yield
    finally:
        client.timeout = before


@contextlib.contextmanager
def counting_client(requests: list[httpx.Request], seconds: float = PATIENT_SECONDS) -> Iterator[httpx.AsyncClient]:
    client = send_client(seconds)
    told_of(client, requests.append)
    yield client


def told_of(client: httpx.AsyncClient, tell: Callable[[httpx.Request], object]) -> None:
    """`tell` hears of each request before it is sent."""
    send = client.send

    async def told(request: httpx.Request, **more: Any) -> httpx.Response:
        tell(request)
        return await send(request, **more)

    client.send = told  # type: ignore[method-assign]


@contextlib.asynccontextmanager
async def open_rig(pair: Pair, twin: Twin, clock: FileClock) -> AsyncIterator[Rig]:
    requests: list[httpx.Request] = []
    with open_customer(twin, clock) as customer, counting_client(requests) as client:
        if pair.register is not None:
            pair.register(customer)
        async with client:
            account = account_at(pair, pair.base_url(twin))
            yield Rig(pair, channel_for(pair.provider, pair.channel), account, client, customer, requests)
