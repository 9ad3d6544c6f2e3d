"""What every adapter can do; the engine knows providers only by this."""

from collections.abc import Mapping
from typing import ClassVar, Protocol

import httpx

from modules.accounts import Account
from modules.channels.models import (
    Answer,
    DeliveryPolicy,
    EnvelopeFacts,
    Event,
    HookKind,
    Looked,
    Message,
    Request,
    Sought,
)
from modules.labels import ChannelName, Provider


class Channel(Protocol):
    """One provider for one channel. Every method that asks the network answers with a value for any weather."""

    provider: ClassVar[Provider]
    channel: ClassVar[ChannelName]
    policy: ClassVar[DeliveryPolicy]
    required_settings: ClassVar[tuple[str, ...]]
    required_secrets: ClassVar[tuple[str, ...]]

    def check_account(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """BadInput, naming the field, when something is missing or cannot be right."""

    def compose(self, account: Account, facts: EnvelopeFacts) -> Mapping[str, str]: ...

    async def send(self, client: httpx.AsyncClient, account: Account, message: Message) -> Answer: ...

    async def lookup(self, client: httpx.AsyncClient, account: Account, sought: Sought) -> Looked: ...

    async def fetch(self, client: httpx.AsyncClient, account: Account, provider_id: str) -> Looked: ...

    def verify(self, secrets: Mapping[str, str], request: Request, wall_seconds: float) -> None: ...

    def parse(self, kind: HookKind, request: Request) -> Event: ...
