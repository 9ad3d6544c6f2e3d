"""The engine on a scratch database, without a network: arming and confirming as the workers do it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from modules.accounts import Account
from modules.ids import ClientId
from modules.labels import ChannelName, NextChannel
from modules.sequences import DueGroup
from utils.config import read_settings
from workers.accounts_in_use import load_accounts_in_use
from workers.arm import Armed, arm_batch
from workers.context import Deps, open_deps

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
"""Ten in the morning in New York: nothing is quiet."""
BUSY_IN_A_ROW = 200


@asynccontextmanager
async def open_rig(url: str, connections: int = 12) -> AsyncIterator[Deps]:
    """Deps on this database with the clock standing still at MONDAY; nothing in it reaches a provider."""
    environment = {
        "OMNIFY_ENV": "test",
        "OMNIFY_SECRET_KEY": "a secret key for tests that is long enough",
        "OMNIFY_CLOCK": f"at:{MONDAY.isoformat()}",
        "TWILIO_BASE_URL": "http://127.0.0.1:9",
        "RESEND_BASE_URL": "http://127.0.0.1:9",
    }
    async with open_deps(read_settings(environment), url, connections=connections) as deps:
        yield deps


async def text_account(deps: Deps, client_id: ClientId) -> Account:
    """The client's account for SMS."""
    return await account_of(deps, client_id, ChannelName.sms)


async def account_of(deps: Deps, client_id: ClientId, channel: ChannelName) -> Account:
    """The client's account for a channel, opened as a sweep opens it."""
    async with deps.database.transaction() as conn:
        accounts = await load_accounts_in_use(deps, conn)
    return accounts.by_channel[client_id, str(channel)]


async def arm_all(deps: Deps, client_id: ClientId, account: Account, limit: int) -> list[Armed]:
    """One sweep's loop over what a client sends by this account, batch after batch, to the end; sends nothing."""
    group, done, busy = DueGroup(client_id, NextChannel(account.channel)), list[Armed](), 0
    after = None
    while busy < BUSY_IN_A_ROW:
        armed = await arm_batch(deps, group, account, after, limit)
        if armed.busy:
            busy += 1
            continue
        if armed.last is None:
            break
        after, busy = armed.last, 0
        done.append(armed)
    return done
