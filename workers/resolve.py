"""Asks the providers about touches that are not settled, and ends at the deadline what nobody could prove."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx
import psycopg

from modules.accounts import Account
from modules.channels import (
    POLICIES,
    QUARANTINE,
    CannotTell,
    Fact,
    Found,
    Looked,
    Message,
    Sought,
    channel_for,
    is_handed,
)
from modules.ids import AccountId
from modules.labels import Provider, TouchState
from modules.touches import (
    News,
    Touch,
    due_looks,
    has_look_alike,
    load_touches,
    note_absent,
    taken_provider_ids,
)
from utils.clock import monotonic
from utils.log import logger
from workers.accounts_in_use import load_accounts_in_use
from workers.conclude import conclude, end_at_deadline, may_repeat
from workers.confirm import confirm
from workers.context import Deps
from workers.repeat import repeat_same_key

LOG = logger("resolve")

AT_MOST = 100
"""Looks of one account in one sweep."""
ACCOUNT_SECONDS = 15.0
WINDOW = timedelta(seconds=150)
"""How far back a poll instant may lie: two cron minutes and some. A poll that a pause made us miss is made up for by
the next one, at the latest by those before expiry."""

LAST_POLLS = (timedelta(minutes=30), timedelta(minutes=10))
"""Before the deadline: what a provider knew half an hour before it is not called lost because one read failed."""

LOOKS_AT_ONCE = 6
"""Of one account: a provider that is slow to answer shall not keep its own touches waiting for one another."""

APART = timedelta(minutes=11)
"""Of two touches armed further apart no message fits both: what was handed over may appear ten minutes later, and the
clocks differ by one at most."""

POLLS: dict[Provider, Sequence[timedelta]] = {
    provider: (QUARANTINE, *policy.polls, *(policy.expire - before for before in LAST_POLLS))
    for provider, policy in POLICIES.items()
}


async def resolve(deps: Deps, client: httpx.AsyncClient, deadline: float) -> Counter[str]:
    """One round. A look that settles nothing writes nothing."""
    counts: Counter[str] = Counter()
    now = deps.clock.now()
    async with deps.database.transaction() as conn:
        due = await due_looks(conn, now, now - WINDOW, POLLS, AT_MOST)
        if not due:
            return counts
        accounts = await load_accounts_in_use(deps, conn)
        touches = await load_touches(conn, [row["id"] for row in due])
    by_account: dict[AccountId, list[Touch]] = defaultdict(list)
    for touch in touches:
        by_account[touch.account_id].append(touch)
    until = min(deadline, monotonic() + ACCOUNT_SECONDS)
    looks = [
        _look_at_all(deps, client, accounts.by_id.get(account_id), group, now, until, counts)
        for account_id, group in by_account.items()
    ]
    outcomes = await asyncio.gather(*looks, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return counts


async def _look_at_all(
    deps: Deps,
    client: httpx.AsyncClient,
    account: Account | None,
    touches: Sequence[Touch],
    now: datetime,
    until: float,
    counts: Counter[str],
) -> None:
    """One account's touches, a few at a time: an account that does not answer uses up its own time only.

    What goes wrong with one look keeps no other from being made; the first failure is heard at the end.
    """
    gate = asyncio.Semaphore(LOOKS_AT_ONCE)

    async def one(touch: Touch) -> None:
        async with gate:
            if monotonic() <= until:
                await _look_at_one(deps, client, account, touch, now, counts)

    outcomes = await asyncio.gather(*map(one, touches), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


async def _look_at_one(
    deps: Deps, client: httpx.AsyncClient, account: Account | None, touch: Touch, now: datetime, counts: Counter[str]
) -> None:
    counts["looked"] += 1
    try:
        news, told = await _look(deps, client, account, touch, now) if account else (None, False)
        news = news or end_at_deadline(touch, account is not None and account.review_unknown, told, now)
        if news and await confirm(deps, [news]):
            counts["settled" if news.state not in (None, TouchState.unknown) else "found"] += 1
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        # what the database refuses for one touch must not keep it from ending
        LOG.error("look_refused", touch_id=str(touch.id), error=type(error).__name__)
        counts["refused"] += 1
        if now >= touch.confirm_by:
            await confirm(deps, [News(touch.id, TouchState.expired, reason="unresolved")])


async def _look(
    deps: Deps, client: httpx.AsyncClient, account: Account, touch: Touch, now: datetime
) -> tuple[News | None, bool]:
    """News of a touch, or None, and whether the provider told us anything. Past the deadline only an end counts."""
    channel = channel_for(touch.provider, touch.channel)
    if touch.provider_id:
        looked = await channel.fetch(client, account, touch.provider_id)
    else:
        message = Message(touch.id, touch.to_address, touch.subject, touch.body, touch.envelope)
        repeatable = may_repeat(touch, account.unknown_policy, channel.policy.same_key_until, now)
        if repeatable and (repeated := await repeat_same_key(deps, account, touch, message)):
            return repeated, True
        async with deps.database.transaction() as conn:
            taken = await taken_provider_ids(conn, touch)
        looked = await channel.lookup(client, account, Sought(message, touch.armed_at, now, taken))
    looked = await _unless_it_may_be_anothers(deps, touch, looked)
    concluded = conclude(touch, looked, account.unknown_policy, now)
    if concluded.absent:
        async with deps.database.transaction() as conn:
            await note_absent(conn, touch.id, now)
    return concluded.news, concluded.told


async def _unless_it_may_be_anothers(deps: Deps, touch: Touch, looked: Looked) -> Looked:
    """Of two messages with the same words to the same address a list does not tell which is whose, and where it shows
    one only, it may be either's: then nothing is guessed.

    Asked after the list was read, so every touch that can have a message in it is seen, whoever else looks meanwhile.
    """
    if not isinstance(looked, Found) or not _known_by_its_words_alone(touch, looked.fact):
        return looked
    async with deps.database.transaction() as conn:
        if not await has_look_alike(conn, touch.id, APART):
            return looked
    LOG.warning("look_alike", touch_id=str(touch.id))
    return CannotTell("a_line_in_doubt")


def _known_by_its_words_alone(touch: Touch, fact: Fact) -> bool:
    return fact.reference != touch.id and (touch.provider_id is None or is_handed(touch.provider_id))
