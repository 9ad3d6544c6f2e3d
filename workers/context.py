"""Everything a worker needs, built once by whoever owns the process."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import httpx

from modules.accounts import Account, AccountOpener
from modules.ids import AccountId, ContactId, SequenceId
from modules.labels import Provider
from modules.suppressions import load_pepper, pepper_of
from utils.clock import Clock, clock_from
from utils.config import Settings
from utils.db import Connection, Database
from utils.signing import Pepper, Sealer
from workers.send_pace import SendPace

if TYPE_CHECKING:
    from modules.channels import Permission
    from modules.sequences import Definition


@dataclass(frozen=True)
class Deps:
    """Ports of the shell. Pure code never sees this; modules take a connection and an instant."""

    settings: Settings
    clock: Clock
    database: Database
    sealer: Sealer
    opener: AccountOpener
    # published versions never change, so a process keeps what it has read
    definitions: "dict[tuple[SequenceId, int], Definition]" = field(default_factory=dict)
    # what providers said of their own Do-Not-Disturb, and when (at most 10 minutes old when it is used)
    permissions: "dict[tuple[AccountId, ContactId], tuple[Permission, datetime]]" = field(default_factory=dict)
    # until when each account's changes were asked for by this process
    watched: dict[AccountId, datetime] = field(default_factory=dict)
    # the secret behind the hashes of closed addresses, once it is known to be committed
    peppers: list[Pepper] = field(default_factory=list, repr=False)
    # when each account may send next; one for all who send
    paces: dict[AccountId, SendPace] = field(default_factory=dict)
    # what answers in this process instead of the network: benchmarks and simulations only
    transport: httpx.AsyncBaseTransport | None = None

    def pace_of(self, account: Account) -> SendPace:
        """This process's pace of an account; a rate that was changed holds from now on."""
        pace = self.paces.setdefault(account.id, SendPace(account.sends_per_second))
        pace.rate = account.sends_per_second
        return pace

    async def pepper(self, conn: Connection) -> Pepper:
        """The database's own; made at the first question. One that a transaction has just made is not kept here, for
        the transaction may yet be rolled back."""
        if not self.peppers:
            known = await load_pepper(conn, self.sealer)
            if known is None:
                return await pepper_of(conn, self.sealer, self.clock.now())
            self.peppers.append(known)
        return self.peppers[0]


_SECRETS: Mapping[str, str] = {
    "TWILIO_AUTH_TOKEN": "auth_token",
    "RESEND_API_KEY": "api_key",
    "RESEND_WEBHOOK_SECRET": "webhook_secret",
    "VAPI_API_KEY": "api_key",
    "VAPI_WEBHOOK_SECRET": "webhook_secret",
    "RETELL_API_KEY": "api_key",
    "GHL_TOKEN": "token",
    "GHL_WEBHOOK_PUBLIC_KEY": "webhook_public_key",
    "GHL_HOOK_SECRET": "hook_secret",
}
_SETTINGS: Mapping[str, str] = {
    "TWILIO_ACCOUNT_SID": "account_sid",
    "TWILIO_MESSAGING_SERVICE_SID": "messaging_service_sid",
    "RESEND_FROM": "sender",
    "VAPI_ASSISTANT_ID": "assistant_id",
    "VAPI_PHONE_NUMBER_ID": "phone_number_id",
    "RETELL_AGENT_ID": "agent_id",
    "RETELL_FROM_NUMBER": "from_number",
    "GHL_LOCATION_ID": "location_id",
    "GHL_SMS_WEBHOOK_URL": "workflow_hook",
}


def environment_accounts_of(settings: Settings) -> dict[Provider, tuple[dict[str, str], dict[str, str]]]:
    """Settings and secrets of the environment's own accounts, by provider, named as the adapters name them."""
    return {
        Provider(provider): (
            {_SETTINGS[name]: value for name, value in given.items() if name in _SETTINGS},
            {_SECRETS[name]: value for name, value in given.items() if name in _SECRETS},
        )
        for provider, given in settings.own_accounts.items()
    }


@asynccontextmanager
async def open_deps(settings: Settings, dsn: str, *, connections: int = 2) -> AsyncIterator[Deps]:
    """Deps with an open pool to `dsn`, closed at the end."""
    deps = make_deps(settings, dsn, connections=connections)
    await deps.database.open()
    try:
        yield deps
    finally:
        await deps.database.close()


def make_deps(settings: Settings, dsn: str, *, connections: int = 2) -> Deps:
    """Deps whose pool is still closed; the caller opens and closes `deps.database`."""
    sealer = Sealer.from_setting(settings.secret_key)
    base_urls = {Provider(name): url for name, url in settings.base_urls.items()}
    opener = AccountOpener(sealer, base_urls, environment_accounts_of(settings))
    database = Database(dsn, max_size=connections, connect_timeout=settings.database_timeout_seconds)
    return Deps(settings, clock_from(settings.clock), database, sealer, opener)
