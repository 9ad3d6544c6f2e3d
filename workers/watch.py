"""Providers whose webhooks may be lost for good are asked what changed, while something of ours there is unsettled."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import httpx
import psycopg

from modules.accounts import Account
from modules.channels import CannotTell, Watcher, channel_for
from modules.labels import WATCHED
from modules.touches import accounts_with_open_touches
from utils.clock import monotonic
from utils.errors import Unavailable
from utils.log import logger
from workers.accounts_in_use import load_accounts_in_use
from workers.context import Deps
from workers.take_in import post_of_account, post_of_environment, take_in

LOG = logger("watch")

FIRST_LOOK = timedelta(minutes=15)
"""How far back a process looks that has just begun: several missed minutes, and what the index shows late."""
ACCOUNT_SECONDS = 15.0
OVERLAP = timedelta(minutes=2)
"""The provider's index lags (facts on GoHighLevel: 30 s and more); what comes twice changes nothing."""


async def watch(deps: Deps, client: httpx.AsyncClient, deadline: float, back: timedelta = FIRST_LOOK) -> Counter[str]:
    """One round over the accounts that have something unsettled; a sweep runs it every minute, and the reconciliation
    with a longer look `back`, for what an outage kept from us."""
    counts: Counter[str] = Counter()
    async with deps.database.transaction() as conn:
        open_accounts = await accounts_with_open_touches(conn, WATCHED)
        if not open_accounts:
            return counts
        accounts = await load_accounts_in_use(deps, conn)
    # the two accounts of one location (SMS and e-mail) share their conversations: one look serves both
    groups = {
        (one.provider, one.settings.get("location_id"), None if one.from_environment else one.client_id): one
        for account_id in sorted(open_accounts)
        if (one := accounts.by_id.get(account_id))
    }
    looks = [hear_changes(deps, client, account, deadline, back, counts) for account in groups.values()]
    outcomes = await asyncio.gather(*looks, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return counts


async def hear_changes(
    deps: Deps, client: httpx.AsyncClient, account: Account, deadline: float, back: timedelta, counts: Counter[str]
) -> bool:
    """What changed at one account since `back` before now, or since this process asked last; whether all was heard."""
    now: datetime = deps.clock.now()
    watcher = channel_for(account.provider, account.channel)
    if not isinstance(watcher, Watcher) or monotonic() > deadline:
        return not isinstance(watcher, Watcher)
    since = deps.watched.get(account.id, now - back) - OVERLAP
    try:
        async with asyncio.timeout(max(0.0, min(ACCOUNT_SECONDS, deadline - monotonic()))):
            changes = await watcher.changes(client, account, since)
    except TimeoutError:
        changes = CannotTell("no_time_left")
    if isinstance(changes, CannotTell):
        LOG.warning("changes_not_read", account_id=str(account.id), reason=changes.reason)
        return False
    async with deps.database.transaction() as conn:
        shared = account.from_environment
        post = await (
            post_of_environment(conn, account.provider, [account]) if shared else post_of_account(conn, account)
        )
    for event in changes:
        if monotonic() > deadline:
            return False  # not marked as seen: the next minute reads it again
        try:
            outcome = await take_in(deps, post, event, keep_strangers=False)
        except Unavailable:
            return False
        except (psycopg.IntegrityError, psycopg.DataError) as error:
            # one event that the database refuses keeps no other from being heard
            LOG.error("change_refused", account_id=str(account.id), error=type(error).__name__)
            continue
        if outcome != "nothing_new":
            counts["heard"] += 1
    deps.watched[account.id] = now
    return True
