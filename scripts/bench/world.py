"""Clients, each with an account of its own and many people, planted by set-based SQL: what the benchmarks play in.

People are due in slots a minute apart, one slot a round, so that every round finds the same work.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import DictRow, dict_row

from modules.accounts import AccountDraft, Client, add_account, add_client, stored_accounts
from modules.channels import channel_for
from modules.ids import ClientId
from modules.labels import ChannelName, Provider
from modules.sequences import find_sequence, publish_sequence
from utils.config import Settings, read_settings
from utils.db import Connection, execute, fetch_all
from utils.sql import Queries
from workers.context import Deps

SQL = Queries(Path(__file__).with_name("world.sql"))
START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""A Monday, ten in the morning in New York: nobody is asleep."""
SLUG = "bench"
SECRET_KEY = "only-for-benchmarks-0123456789abcdef"
AREAS, IN_AN_AREA, EXCHANGES = ("212", "646"), 8_000_000, 800
"""New York's; world.sql plants the same."""
UNHURRIED = 1_000_000.0
"""An account's rate that never makes the sweep wait."""
SID, TOKEN, NUMBER = "AC" + "0" * 32, "t" * 32, "+12065550100"
VAPI_NUMBER, VAPI_SECRET = "bench-number", "hook-" + "s" * 32
OWN = ("account_sid", "from_number")
"""What no two clients share."""
ACCOUNTS: Mapping[Provider, tuple[ChannelName, dict[str, str], dict[str, str]]] = {
    Provider.twilio: (ChannelName.sms, {"account_sid": SID, "from_number": NUMBER}, {"auth_token": TOKEN}),
    Provider.vapi: (
        ChannelName.voice,
        {"assistant_id": "bench-assistant", "phone_number_id": VAPI_NUMBER, "concurrent_calls": "1000"},
        {"api_key": TOKEN, "webhook_secret": VAPI_SECRET},
    ),
}
CONTENT = {
    ChannelName.sms: 'body: "Hi {{ contact.first_name }}, news from {{ client.name }}"',
    ChannelName.voice: 'prompt: "Ask {{ contact.first_name }} about the visit, kindly"',
}
STEP = "  - key: {key}\n    channel: {channel}\n    wait: {{ {wait} }}\n    content: {{ {content} }}\n"
SEQUENCE = "name: Bench\nslug: bench\ntimezone: contact\nfallbacks:\n  contact.first_name: there\nsteps:\n"


@dataclass(frozen=True)
class World:
    """Person n, from 1, has the number `phone_of(n)`; `slot` people are due at `slot_at(0)`, as many a minute on."""

    client: Client
    account_key: str
    people: int
    slot: int


def phone_of(number: int) -> str:
    line, exchange = divmod(number % IN_AN_AREA, EXCHANGES)
    return f"+1{AREAS[number // IN_AN_AREA]}{2_000_000 + exchange * 10_000 + line}"


def number_of(value: str, number: int) -> str:
    """The same account or number of another client: its last digits counted on."""
    return value[:-2] + f"{int(value[-2:]) + number:02d}"


def slot_at(number: int) -> datetime:
    return START + timedelta(minutes=number)


def settings_for(dsn: str, twilio_url: str = "http://127.0.0.1:9") -> Settings:
    """Settings of a process that reaches nothing but this address."""
    return read_settings(
        {
            "DATABASE_URL": dsn,
            "OMNIFY_ENV": "test",
            "OMNIFY_SECRET_KEY": SECRET_KEY,
            "TWILIO_BASE_URL": twilio_url,
        }
    )


async def plant_clients(deps: Deps, provider: Provider, clients: int, people: int, slot: int) -> None:
    """As many clients, each with as many of the people, and as many of those in each slot."""
    own, due = people // clients, slot // clients
    for number in range(clients):
        await plant_world(deps, provider, own, due, number=number, first=1 + number * own)


async def plant_world(
    deps: Deps, provider: Provider, people: int, slot: int, rate: float = UNHURRIED, *, number: int = 0, first: int = 1
) -> World:
    """Everybody may be reached, and is at the first of two steps that are a day apart. `rate`: sends a second. The
    client of another `number` has another name and its own account at the provider; people are counted from `first`."""
    channel, settings, secrets = ACCOUNTS[provider]
    settings = settings | {name: number_of(value, number) for name, value in settings.items() if name in OWN}
    steps = (("first", "minutes: 0"), ("second", "days: 1"))
    text = SEQUENCE + "".join(
        STEP.format(key=key, channel=channel, wait=wait, content=CONTENT[channel]) for key, wait in steps
    )
    policy = channel_for(provider, channel).policy.default_unknown
    async with deps.database.transaction() as conn:
        client = await add_client(conn, f"{SLUG}{number or ''}", "Bench", START)
        draft = AccountDraft(client.id, provider, channel, settings, secrets, policy, rate)
        await add_account(conn, deps.sealer, draft, START)
        await execute(conn, SQL["plant_permits"], {"client_id": client.id, "now": START})
        await deps.pepper(conn)  # it is made once in a database's life; no round shall pay for it
        published = await publish_sequence(conn, client.id, text, START)
        found = {"sequence_id": published.sequence_id, "version": published.version, "step": "first"}
        await plant_people(conn, client.id, first, first + people - 1, channel=channel, slot=slot, **found)
        [account] = [one for one in await stored_accounts(conn) if one.client_id == client.id]
    return World(client, account.account_key, people, slot)


async def plant_people(conn: Connection, client_id: ClientId, first: int, last: int, **values: Any) -> None:
    """Contacts with a number, an agreement and an enrollment each."""
    for block in ("plant_contacts", "plant_addresses", "plant_links", "plant_consents", "plant_enrollments"):
        await execute(conn, SQL[block], {"client_id": client_id, "first": first, "last": last, "now": START, **values})


@asynccontextmanager
async def backstage(url: str, people: int) -> AsyncIterator[tuple[Connection, dict[str, Any]]]:
    """A superuser's transaction with triggers at rest (a million takes minutes), and what planting blocks ask of the
    world of `plant_world`: everybody beside its one person."""
    connect = psycopg.AsyncConnection[DictRow].connect
    async with await connect(url, row_factory=dict_row) as conn:
        [account] = await stored_accounts(conn)
        sequence = await find_sequence(conn, account.client_id, SLUG)
        if sequence is None:
            raise RuntimeError("the benchmark's sequence was not planted")
        await conn.execute(SQL["without_triggers"])
        yield (
            conn,
            {
                "client_id": account.client_id,
                "account_id": account.id,
                "sequence_id": sequence.id,
                "version": sequence.current_version,
                "first": 2,
                "last": people + 1,
                "now": START,
            },
        )


async def count_states(deps: Deps) -> dict[str, int]:
    """How many touches are in each state."""
    async with deps.database.transaction() as conn:
        return {row["state"]: row["n"] for row in await fetch_all(conn, SQL["count_states"])}
