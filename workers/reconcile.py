"""Every 15 minutes, both ways: what the providers' lists show that we do not know, and what they took and do not show.

Nothing is repaired silently: a ghost (an item without a touch of ours) and a silent touch (an acceptance that a whole
list does not show) are written down once. What the lists tell about our touches goes through confirm like all news.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import psycopg

from modules.accounts import Account
from modules.channels import CHANNELS, QUARANTINE, CannotTell, Fact, Listed, channel_for
from modules.health import (
    Finding,
    FindingKind,
    Level,
    LogEvent,
    keep_findings,
    listed_touches,
    silent_touches,
    unplaced_addresses,
    write_log,
)
from modules.ids import TouchId
from modules.labels import TouchState
from modules.touches import OPEN, News, accounts_with_open_touches
from utils.clock import monotonic
from utils.db import Connection, Row
from utils.http import read_client
from utils.log import logger
from workers.accounts_in_use import load_accounts_in_use
from workers.confirm import confirm, news_of_fact
from workers.context import Deps
from workers.inbound import rematch_inbound
from workers.take_in import rejoin_orphans
from workers.watch import watch

LOG = logger("reconcile")

BACK = timedelta(hours=2)
"""Eight runs see each item, so that a provider that is away for an hour hides nothing."""
NOT_YET = timedelta(minutes=2)
"""What is younger may not be in the list yet, and its answer may still be on its way to us."""
SURELY_LISTED = timedelta(minutes=10)
"""Twice the quarantine: what was accepted before that and is not in a whole list is missing."""
EDGE = timedelta(minutes=1)
"""The provider's clock and ours may differ: what was armed at the window's very beginning may be listed before it."""
MAY_BE = timedelta(days=1)
"""So far back, a touch whose fate is unknown may be what an item without a reference is."""
ACCOUNT_SECONDS = 20.0
BUDGET_SECONDS = 200.0
AT_ONCE = 4
CHUNK = 50
MOST_FINDINGS = 50
"""Of one account in one run: an account that somebody else uses too must not fill our tables in an hour."""


@dataclass
class Sorted:
    """A list sorted out: news of our touches, and items that no touch of ours explains."""

    news: dict[TouchId, News] = field(default_factory=dict)
    ghosts: list[tuple[Listed, TouchId | None]] = field(default_factory=list)


async def reconcile(deps: Deps) -> dict[str, int]:
    """One run within its budget; a second one over the same lists writes nothing."""
    counts: Counter[str] = Counter()
    now, deadline = deps.clock.now(), monotonic() + BUDGET_SECONDS
    gate = asyncio.Semaphore(AT_ONCE)

    async def work(client: httpx.AsyncClient, group: Sequence[Account]) -> None:
        async with gate:
            seconds = min(ACCOUNT_SECONDS, deadline - monotonic())
            await _reconcile_group(deps, client, group, now, seconds, counts)

    groups = await _groups(deps, now)
    async with read_client(deps.settings.http_timeout_seconds) as client:
        outcomes = await asyncio.gather(*(work(client, group) for group in groups), return_exceptions=True)
        outcomes += await asyncio.gather(_listen(deps, client, deadline, counts), return_exceptions=True)
    outcomes += await asyncio.gather(_rejoin(deps, counts), _rematch(deps, counts), return_exceptions=True)
    report = {name: count for name, count in sorted(counts.items()) if count}
    if report:
        LOG.info("reconciled", **report)
    # the others have been compared; now the first failure is heard
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return report


async def _listen(deps: Deps, client: httpx.AsyncClient, deadline: float, counts: Counter[str]) -> None:
    """What an outage of ours or theirs kept the sweeps from hearing."""
    counts.update(await watch(deps, client, deadline, back=BACK))


async def _rejoin(deps: Deps, counts: Counter[str]) -> None:
    """Facts that came before their touch was known; the lists may have told us the provider's id since."""
    counts.update(await rejoin_orphans(deps))


async def _rematch(deps: Deps, counts: Counter[str]) -> None:
    """What people wrote before we knew them."""
    try:
        async with deps.database.transaction() as conn:
            counts["rematched"] += await rematch_inbound(conn, await deps.pepper(conn), deps.clock.now())
    except psycopg.errors.DeadlockDetected:
        LOG.warning("rematch_deadlock")  # the next run finds the same


async def _groups(deps: Deps, now: datetime) -> list[list[Account]]:
    """Accounts to compare; those that are one and the same at the provider are asked about once."""
    async with deps.database.transaction() as conn:
        accounts = await load_accounts_in_use(deps, conn)
        proving = await accounts_with_open_touches(conn, [provider for provider, _ in CHANNELS])
    in_use = {account.id for account in accounts.by_channel.values()}
    same: dict[object, list[Account]] = defaultdict(list)
    for account in sorted(accounts.by_id.values(), key=lambda one: (one.id not in in_use, one.id)):
        if account.id in in_use or account.id in proving:
            own = tuple(sorted(account.settings.items())), tuple(sorted(account.secrets.items()))
            same[account.provider, account.channel, account.base_url, own].append(account)
    groups = list(same.values())
    # another one first each time: when time runs out, it is not always the same ones that are left
    first = int(now.timestamp() // 900) % max(1, len(groups))
    return groups[first:] + groups[:first]


async def _reconcile_group(
    deps: Deps,
    client: httpx.AsyncClient,
    group: Sequence[Account],
    now: datetime,
    seconds: float,
    counts: Counter[str],
) -> None:
    account, since = group[0], now - BACK
    listed = await _list(client, account, since, now - NOT_YET, seconds)
    if isinstance(listed, CannotTell):
        counts["cannot_tell"] += 1
        LOG.warning("list_not_read", account_id=str(account.id), reason=listed.reason)
        return
    counts["listed"] += len(listed)
    async with deps.database.transaction() as conn:
        sorted_out = await _sort_out(conn, group, listed, now)
    await _confirm_all(deps, list(sorted_out.news.values()), counts)
    async with deps.database.transaction() as conn:
        ids = [item.fact.provider_id for item in listed]
        until = now - SURELY_LISTED
        silent = await silent_touches(conn, [one.id for one in group], since + EDGE, until, ids)
        await _keep(conn, account, sorted_out.ghosts, silent, now, counts)


async def _list(
    client: httpx.AsyncClient, account: Account, since: datetime, until: datetime, seconds: float
) -> Sequence[Listed] | CannotTell:
    channel = channel_for(account.provider, account.channel)
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            return await channel.listing(client, account, since, until)
    except TimeoutError:
        return CannotTell("out_of_time")


async def _sort_out(conn: Connection, group: Sequence[Account], listed: Sequence[Listed], now: datetime) -> Sorted:
    """Read after the list, so that what was recorded meanwhile is known."""
    account = group[0]
    references = [item.fact.reference for item in listed if item.fact.reference]
    rows = await listed_touches(conn, account.provider, references, [item.fact.provider_id for item in listed])
    unplaced = await unplaced_addresses(conn, account.provider, account.channel, now - MAY_BE)
    return sort_out(listed, rows, {one.client_id for one in group}, unplaced, now)


def sort_out(
    listed: Sequence[Listed], rows: Sequence[Row], clients: set[object], unplaced: frozenset[str], now: datetime
) -> Sorted:
    """What each item is. A reference proves nothing across clients: whoever can write at a provider can write one.

    `rows`: touches that the list may speak of; `unplaced`: addresses of touches that may be listed under an id that we
    do not know yet.
    """
    done, by_id = Sorted(), {TouchId(row["id"]): row for row in rows}
    by_provider_id = {row["provider_id"]: row for row in rows if row["provider_id"]}
    for item in listed:
        fact = item.fact
        row = by_provider_id.get(fact.provider_id)
        named = by_id.get(fact.reference) if row is None and fact.reference else None
        if named and named["provider_id"] is None and named["id"] not in done.news:
            row = named
        if row is not None:
            if row["client_id"] in clients and _tells_something(fact, row):
                done.news[TouchId(row["id"])] = news_of_fact(TouchId(row["id"]), fact)
        elif _is_old_enough(item, now) and not _may_be_unplaced(item, unplaced):
            # one that names a touch of ours is its second acceptance: that touch has another one
            second = named is not None and named["client_id"] in clients
            done.ghosts.append((item, TouchId(named["id"]) if named and second else None))
    return done


def _is_old_enough(item: Listed, now: datetime) -> bool:
    return item.created_at is not None and item.created_at <= now - QUARANTINE


def _may_be_unplaced(item: Listed, unplaced: frozenset[str]) -> bool:
    """One of ours whose fate is unknown. With our reference it would have been found by it."""
    if item.fact.reference:
        return False
    return bool(unplaced) if item.to_address is None else item.to_address.lower() in unplaced


def _tells_something(fact: Fact, row: Row) -> bool:
    """Old news would write nothing, but lock its enrollment for nothing."""
    if fact.call is not None or row["provider_id"] is None:
        return True
    state = TouchState(row["state"])
    if fact.state is None:
        return state in OPEN or state in (TouchState.review, TouchState.not_sent)
    return fact.state is not state


async def _confirm_all(deps: Deps, news: Sequence[News], counts: Counter[str]) -> None:
    for start in range(0, len(news), CHUNK):
        chunk = news[start : start + CHUNK]
        try:
            counts["changed"] += len(await confirm(deps, chunk))
        except (psycopg.IntegrityError, psycopg.DataError):
            # what the database refuses for one touch must not keep the others from being told
            for one in chunk:
                await _confirm_one(deps, one, counts)


async def _confirm_one(deps: Deps, news: News, counts: Counter[str]) -> None:
    try:
        counts["changed"] += len(await confirm(deps, [news]))
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        LOG.error("news_refused", touch_id=str(news.touch_id), error=type(error).__name__)
        counts["refused"] += 1


async def _keep(
    conn: Connection,
    account: Account,
    ghosts: Sequence[tuple[Listed, TouchId | None]],
    silent: Sequence[Row],
    now: datetime,
    counts: Counter[str],
) -> None:
    findings = [_ghost(account, item, touch_id) for item, touch_id in ghosts[:MOST_FINDINGS]]
    findings += [
        Finding(row["client_id"], row["account_id"], FindingKind.silent, row["provider_id"], row["id"], {})
        for row in silent[:MOST_FINDINGS]
    ]
    fresh = Counter(FindingKind(row["kind"]) for row in await keep_findings(conn, findings, now))
    for kind, event, seen in (
        (FindingKind.ghost, LogEvent.ghosts_found, len(ghosts)),
        (FindingKind.silent, LogEvent.silence_found, len(silent)),
    ):
        counts[f"{kind}s" if kind is FindingKind.ghost else kind] += fresh[kind]
        if fresh[kind]:
            detail = {"account_id": str(account.id), "new": str(fresh[kind]), "in_the_list": str(seen)}
            await write_log(conn, account.client_id, Level.warning, event, now, detail=detail)


def _ghost(account: Account, item: Listed, touch_id: TouchId | None) -> Finding:
    detail = {"status": item.fact.provider_status}
    if item.created_at:
        detail["created_at"] = item.created_at.isoformat()
    if item.fact.reference:
        # a reference of ours without a row: a lost row, or another installation on the same account
        detail["reference"] = str(item.fact.reference)
    return Finding(account.client_id, account.id, FindingKind.ghost, item.fact.provider_id, touch_id, detail)
