"""The real application, served by uvicorn in a thread of its own on a scratch database, with a little to look at."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import psycopg
import uvicorn

from modules.accounts import AccountDraft, Role, add_account, add_client, add_member
from modules.ids import AccountId, ClientId
from modules.labels import ChannelName, Provider, UnknownPolicy
from tests.databases import Database
from tests.tenants import SECRETS, add_tenant
from utils.config import read_settings
from utils.sql import queries
from utils.uuid7 import uuid7
from workers.api import build_app
from workers.context import open_deps

SQL = queries(__file__)
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
STARTS_WITHIN_SECONDS = 30
PROVIDERS = {ChannelName.sms: Provider.twilio, ChannelName.email: Provider.resend}


@dataclass(frozen=True)
class House:
    """Two clients, Bright and Calm, whom the same person may see; only Bright has sent anything."""

    email: str
    client_id: ClientId
    accounts: dict[ChannelName, AccountId]


@dataclass(frozen=True)
class Served:
    """Where the application answers, and hands to write into its database as the workers do."""

    url: str
    dsn: str
    house: House
    _seconds: "count[int]" = field(default_factory=lambda: count(1))

    def add_touch(self, name: str, channel: ChannelName, to_address: str) -> UUID:
        """A touch of a new contact with this name, one minute after the one before."""
        now = NOW + timedelta(minutes=next(self._seconds))
        first_name, _, last_name = name.partition(" ")
        touch_id, contact_id = uuid7(now), uuid7(now)
        person = {"id": contact_id, "first_name": first_name, "last_name": last_name}
        touch = {
            "id": touch_id,
            "account_id": self.house.accounts[channel],
            "contact_id": contact_id,
            "channel": channel,
            "provider": PROVIDERS[channel],
            "to_address": to_address,
            "body_hash": touch_id.hex * 2,
            "provider_id": f"SM{touch_id.hex}",
        }
        shared = {"client_id": self.house.client_id, "now": now}
        with psycopg.connect(self.dsn) as connection:
            connection.execute(SQL["add_contact"], person | shared)
            connection.execute(SQL["add_touch"], touch | shared)
        return touch_id

    def move_touch(self, touch_id: UUID | str, state: str, evidence_id: str | None = None) -> None:
        """What the workers write; the database refuses an illegal move, or success without its proof."""
        now = NOW + timedelta(minutes=next(self._seconds))
        with psycopg.connect(self.dsn) as connection:
            parameters = {"id": touch_id, "state": state, "now": now, "evidence_id": evidence_id}
            connection.execute(SQL["move_touch"], parameters)


@contextmanager
def serve(database: Database) -> Iterator[Served]:
    """The application on a free port of this machine until the end of the block."""
    started: list[tuple[uvicorn.Server, House]] = []
    ready = threading.Event()

    async def run() -> None:
        settings = read_settings(
            {
                "OMNIFY_ENV": "test",
                "OMNIFY_SECRET_KEY": "a secret key for tests that is long enough",
                "OMNIFY_CLOCK": f"at:{NOW.isoformat()}",
            }
        )
        async with open_deps(settings, database.url) as deps:
            async with deps.database.transaction() as conn:
                tenant = await add_tenant(conn, deps.sealer, "bright", NOW)
                calm = await add_client(conn, "calm", "Calm", NOW)
                await add_member(conn, calm.id, tenant.user_id, Role.viewer, NOW)
                draft = AccountDraft(
                    client_id=tenant.client.id,
                    provider=Provider.resend,
                    channel=ChannelName.email,
                    settings={"sender": "hello@bright.test"},
                    secrets=SECRETS,
                    unknown_policy=UnknownPolicy.same_key_retry,
                    sends_per_second=1,
                )
                by_mail = await add_account(conn, deps.sealer, draft, NOW)
            accounts = {ChannelName.sms: tenant.account_id, ChannelName.email: by_mail}
            config = uvicorn.Config(
                build_app(deps), host="127.0.0.1", port=0, log_config=None, timeout_graceful_shutdown=1
            )
            server = Announcing(config, ready)
            started.append((server, House(tenant.email, tenant.client.id, accounts)))
            await server.serve()

    def live() -> None:
        try:
            asyncio.run(run())
        finally:
            ready.set()

    thread = threading.Thread(target=live, name="served", daemon=True)
    thread.start()
    assert ready.wait(STARTS_WITHIN_SECONDS), "the application did not start in time"
    assert started, "the application did not start; its thread has said why"
    server, house = started[0]
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Served(f"http://127.0.0.1:{port}", database.url, house)
    finally:
        server.should_exit = True
        thread.join(STARTS_WITHIN_SECONDS)
        assert not thread.is_alive(), "the application did not stop"


class Announcing(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup()
        self._ready.set()
