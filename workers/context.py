"""Everything a worker needs, built once by whoever owns the process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from modules.accounts import AccountOpener
from modules.ids import SequenceId
from modules.labels import Provider
from modules.sequences import Definition
from utils.clock import Clock, clock_from
from utils.config import Settings
from utils.db import Database
from utils.signing import Sealer


@dataclass(frozen=True)
class Deps:
    """Ports of the shell. Pure code never sees this; modules take a connection and an instant."""

    settings: Settings
    clock: Clock
    database: Database
    sealer: Sealer
    opener: AccountOpener
    # published versions never change, so a process keeps what it has read
    definitions: dict[tuple[SequenceId, int], Definition] = field(default_factory=dict)


def environment_accounts_of(settings: Settings) -> dict[Provider, tuple[dict[str, str], dict[str, str]]]:
    """Settings and secrets of the environment's own accounts, by provider."""
    found: dict[Provider, tuple[dict[str, str], dict[str, str]]] = {}
    if settings.twilio:
        sid, service = settings.twilio.account_sid, settings.twilio.messaging_service_sid
        own = {"account_sid": sid, "messaging_service_sid": service}
        found[Provider.twilio] = (own, {"auth_token": settings.twilio.auth_token})
    if settings.resend:
        secrets = {"api_key": settings.resend.api_key, "webhook_secret": settings.resend.webhook_secret}
        found[Provider.resend] = ({"sender": settings.resend.sender}, secrets)
    return found


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
    base_urls = {Provider.twilio: settings.twilio_base_url, Provider.resend: settings.resend_base_url}
    opener = AccountOpener(sealer, base_urls, environment_accounts_of(settings))
    return Deps(settings, clock_from(settings.clock), Database(dsn, max_size=connections), sealer, opener)
