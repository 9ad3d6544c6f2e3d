"""What every adapter can do; the engine knows providers only by this."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Protocol, runtime_checkable

import httpx

from modules.accounts import Account
from modules.channels.models import (
    Answer,
    CannotTell,
    DeliveryPolicy,
    EnvelopeFacts,
    Listed,
    Looked,
    Message,
    Permission,
    Person,
    Sought,
)
from modules.channels.models_of_hooks import Changed, Event, Hint, HookKind, Inbound, Request
from modules.ids import ContactId
from modules.labels import ChannelName, Provider

Known = Callable[[Sequence[str]], Awaitable[Collection[str]]]
"""Which of these event keys something is kept under."""


class Channel(Protocol):
    """One provider for one channel. Every method that asks the network answers with a value for any weather."""

    provider: ClassVar[Provider]
    channel: ClassVar[ChannelName]
    policy: ClassVar[DeliveryPolicy]
    required_settings: ClassVar[tuple[str, ...]]
    required_secrets: ClassVar[tuple[str, ...]]
    optional_secrets: ClassVar[tuple[str, ...]]

    def check_account(self, settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
        """BadInput, naming the field, when something is missing or cannot be right."""

    def senders(self, settings: Mapping[str, str]) -> tuple[str, ...]:
        """The numbers or addresses to send from, the preferred one first; one of them travels in EnvelopeFacts."""
        ...

    def compose(self, account: Account, facts: EnvelopeFacts) -> Mapping[str, str]: ...

    async def send(self, client: httpx.AsyncClient, account: Account, message: Message) -> Answer: ...

    async def lookup(self, client: httpx.AsyncClient, account: Account, sought: Sought) -> Looked: ...

    async def fetch(self, client: httpx.AsyncClient, account: Account, provider_id: str) -> Looked: ...

    async def listing(
        self, client: httpx.AsyncClient, account: Account, since: datetime, until: datetime
    ) -> Sequence[Listed] | CannotTell:
        """All that the provider took from us in this time, read to its end; else CannotTell."""
        ...

    def verify(self, secrets: Mapping[str, str], request: Request, wall_seconds: float) -> None:
        """BadSignature unless this account's provider sent these bytes. `secrets` holds the settings too."""
        ...

    def parse(self, kind: HookKind, request: Request) -> Event: ...


@runtime_checkable
class Gate(Protocol):
    """A provider that keeps its own Do-Not-Disturb, which is read before each send."""

    async def permissions(
        self, client: httpx.AsyncClient, account: Account, people: Sequence[Person]
    ) -> Mapping[ContactId, Permission]:
        """One permission for each person asked about; what could not be read is said as such."""
        ...


@runtime_checkable
class Reader(Protocol):
    """A provider whose webhooks may be hints: the object itself is read again."""

    async def reread(self, client: httpx.AsyncClient, account: Account, hint: Hint) -> Event | CannotTell: ...


@runtime_checkable
class HandsOver(Protocol):
    """A provider whose accounts may hand what leaves to somebody else there, who sends it in their own name."""

    def hands_over(self, settings: Mapping[str, str]) -> bool:
        """Whether an account so set up does: then `listing` cannot show what left by it."""
        ...


@runtime_checkable
class Archive(Protocol):
    """A provider that keeps what people wrote, so that it can be read again when a webhook found nobody of ours."""

    async def heard(
        self,
        client: httpx.AsyncClient,
        account: Account,
        since: datetime,
        until: datetime,
        known: Known | None = None,
        read: list[Inbound] | None = None,
    ) -> Sequence[Inbound] | CannotTell:
        """All that people wrote in this time, oldest first, each with the event key of its webhook; else CannotTell.

        Where each takes a request of its own, what is `known` under its key is left out, and each is put into `read`
        as it comes: whoever runs out of time has these, and does not begin anew each time.
        """
        ...


@runtime_checkable
class Watcher(Protocol):
    """A provider without reliable webhooks: what changed is asked for."""

    def changes(
        self, client: httpx.AsyncClient, account: Account, since: datetime, after: datetime | None = None
    ) -> AsyncIterator[Changed | CannotTell]:
        """Facts about our messages and what people wrote, since then; every one carries its own event key.

        Conversation by conversation, the one that was silent longest first; those last moved before `after` are left
        out. A CannotTell stands for any number of conversations that were not read.
        """
        ...
