"""A provider's list against our ledger: which items are news of our touches, and which no touch of ours explains."""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
import psycopg

from modules.accounts import Account
from modules.channels import QUARANTINE, CannotTell, Listed, channel_for
from modules.health import listed_touches, unplaced_people
from modules.ids import ClientId, TouchId
from modules.labels import TouchState
from modules.touches import News, is_old
from utils.db import Connection, Row
from utils.log import logger
from workers.confirm import confirm, news_of_fact
from workers.context import Deps

LOG = logger("compare")

MAY_BE = timedelta(days=1)
"""So far back, a touch whose fate is unknown may be what an item without a reference is."""
EXCUSED_FOR = timedelta(hours=1)
"""By then a touch whose fate is unknown has been looked for several times. What is told for nothing closes by itself
when its touch turns up; what was excused to the end of the list's window would never be told."""
CHUNK = 50


@dataclass(frozen=True)
class Ghost:
    """An item that no touch explains; `touch_id` and `client_id` are of one that it names and that has another id at
    the provider already."""

    item: Listed
    touch_id: TouchId | None = None
    client_id: ClientId | None = None


@dataclass
class Sorted:
    """A list sorted out: news of our touches, and items that no touch of ours explains."""

    news: dict[TouchId, News] = field(default_factory=dict)
    ghosts: list[Ghost] = field(default_factory=list)


async def read_list(
    client: httpx.AsyncClient, account: Account, since: datetime, until: datetime, seconds: float
) -> Sequence[Listed] | CannotTell:
    """All that the provider took from us in this time, within so many seconds."""
    channel = channel_for(account.provider, account.channel)
    try:
        async with asyncio.timeout(max(0.0, seconds)):
            return await channel.listing(client, account, since, until)
    except TimeoutError:
        return CannotTell("out_of_time")


async def compare(
    conn: Connection, group: Sequence[Account], listed: Sequence[Listed], now: datetime, *, in_gap: bool = False
) -> Sorted:
    """Read after the list, so that what was recorded meanwhile is known.

    `in_gap`: the ledger is known to have lost rows, so no doubt is resolved in favour of those that are left; a touch
    whose fate is unknown explains its item only once it was found.
    """
    account = group[0]
    references = [item.fact.reference for item in listed if item.fact.reference]
    rows = await listed_touches(conn, account.provider, references, [item.fact.provider_id for item in listed])
    clients = sorted({one.client_id for one in group})
    if in_gap:
        return sort_out(listed, rows, clients, frozenset(), now, of_any_age=True)
    shared = any(one.from_environment for one in group)
    since, by = now - MAY_BE, account.channel
    unplaced = await unplaced_people(conn, account.provider, by, clients, since, shared=shared)
    return sort_out(listed, rows, clients, unplaced, now)


def sort_out(
    listed: Sequence[Listed],
    rows: Sequence[Row],
    clients: Collection[object],
    unplaced: frozenset[str],
    now: datetime,
    *,
    of_any_age: bool = False,
) -> Sorted:
    """What each item is. A reference proves nothing across clients: whoever can write at a provider can write one.

    `rows`: touches that the list may speak of; `unplaced`: whom touches went to that may be listed under an id that we
    do not know yet, by address or the provider's id of the person; `of_any_age`: nothing of ours is on its way, so what
    is young is judged too.
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
            if row["client_id"] in clients and not is_old(fact, TouchState(row["state"]), row["provider_id"]):
                done.news[TouchId(row["id"])] = news_of_fact(TouchId(row["id"]), fact)
        elif item.refused or _may_be_unplaced(item, unplaced, now):
            continue
        elif of_any_age or _is_old_enough(item, now):
            # one that names a touch of ours is its second acceptance: that touch has another one
            second = named if named and named["client_id"] in clients else None
            done.ghosts.append(Ghost(item, second["id"], second["client_id"]) if second else Ghost(item))
    return done


def _is_old_enough(item: Listed, now: datetime) -> bool:
    return item.created_at is not None and item.created_at <= now - QUARANTINE


def _may_be_unplaced(item: Listed, unplaced: frozenset[str], now: datetime) -> bool:
    """One of ours whose fate is unknown. With our reference it would have been found by it."""
    if item.fact.reference or (item.created_at is not None and item.created_at <= now - EXCUSED_FOR):
        return False
    names = [item.to_address.lower()] if item.to_address else []
    names += [item.contact_ref] if item.contact_ref else []
    return any(name in unplaced for name in names) if names else bool(unplaced)


async def confirm_all(deps: Deps, news: Sequence[News], counts: Counter[str]) -> None:
    """What the lists tell goes the way of all news; what the database refuses of one keeps no other from being told."""
    for start in range(0, len(news), CHUNK):
        chunk = news[start : start + CHUNK]
        try:
            changed = await confirm(deps, chunk)  # before the count is read: other accounts count beside us
            counts["changed"] += len(changed)
        except (psycopg.IntegrityError, psycopg.DataError):
            for one in chunk:
                await _confirm_one(deps, one, counts)


async def _confirm_one(deps: Deps, news: News, counts: Counter[str]) -> None:
    try:
        changed = await confirm(deps, [news])
        counts["changed"] += len(changed)
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        LOG.error("news_refused", touch_id=str(news.touch_id), error=type(error).__name__)
        counts["refused"] += 1
