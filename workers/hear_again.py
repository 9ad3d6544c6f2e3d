"""What people wrote, read again from the provider's own list: a webhook that found nobody of ours is not repeated.

The reconciliation reads it every 15 minutes, and whoever arms after a restore for the whole gap. What came by its
webhook changes nothing. A list shows more than the webhooks would have told: texts to another client's number, or to
one that has nothing to do with us. Those are not ours to keep.
"""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx
import psycopg

from modules.accounts import Account
from modules.channels import Archive, CannotTell, Inbound, channel_for
from modules.contacts import clients_of_address
from modules.erasure import newest_erasure
from modules.ids import AccountId, ClientId
from modules.inbox import Place, kept_under
from modules.labels import ADDRESS_KIND
from modules.suppressions import kept_own_word
from utils.clock import monotonic
from utils.db import Connection
from utils.errors import Unavailable
from utils.log import logger
from utils.signing import Pepper
from workers.accounts_in_use import AccountsInUse
from workers.context import Deps
from workers.hear import Heard, asks_to_stop, hear
from workers.reused import repeats
from workers.take_in import Post, post_of_account, post_of_environment, take_in

LOG = logger("hear_again")

NOT_TAKEN_IN = "not_taken_in"
READING = 0.8
"""Of the time for an account: the rest is for taking in what was read, also when it was not all."""


@dataclass(frozen=True)
class Listening:
    """One account at its provider, and what is known around it. `strangers`: what somebody unknown wrote to a number
    that no account names counts too, for after a restore nobody may be known."""

    group: Sequence[Account]
    accounts: AccountsInUse
    strangers: bool = False


@dataclass(frozen=True)
class Read:
    """`reason` says why not all that people wrote was read and taken in; `whole`: it was read, however it was taken;
    `seen`: how much stood there, known or not."""

    reason: str | None
    whole: bool
    seen: int = 0


async def hear_again(
    deps: Deps,
    client: httpx.AsyncClient,
    listening: Listening,
    since: datetime,
    until: datetime,
    seconds: float,
    counts: Counter[str],
) -> Read:
    """Takes in what people wrote between two instants and is not known yet; nothing where the provider keeps none.
    One event that the database refuses keeps no other from being heard; what was read before time ran out counts."""
    account, deadline = listening.group[0], monotonic() + seconds
    channel = channel_for(account.provider, account.channel)
    if not isinstance(channel, Archive):
        return Read(None, whole=True)
    async with deps.database.transaction() as conn:
        post = await _post_of(conn, listening.group)

    listed: set[str] = set()

    async def known(keys: Sequence[str]) -> Collection[str]:
        listed.update(keys)
        async with deps.database.transaction() as conn:
            return {row["event_key"] for row in await kept_under(conn, _keepers(post), keys)}

    so_far: list[Inbound] = []
    try:
        async with asyncio.timeout(max(0.0, seconds * READING)):
            events = await channel.heard(client, account, since, until, known, so_far)
    except TimeoutError:
        events = CannotTell("out_of_time")
    told, reason = (so_far, events.reason) if isinstance(events, CannotTell) else (events, None)
    listed.update(one.event_key for one in told)
    if not told:
        return Read(reason, reason is None, len(listed))
    async with deps.database.transaction() as conn:
        fresh = await _fresh(conn, await deps.pepper(conn), listening, post, told, deps.clock.now())
    taken = await _take(deps, post, fresh, deadline, counts)
    return Read(reason or taken.reason, reason is None and taken.whole, len(listed))


async def _post_of(conn: Connection, group: Sequence[Account]) -> Post:
    account = group[0]
    if account.from_environment:
        return await post_of_environment(conn, account.provider, group)
    return await post_of_account(conn, account)


async def _take(deps: Deps, post: Post, events: Sequence[Inbound], deadline: float, counts: Counter[str]) -> Read:
    refused: str | None = None
    for event in events:
        if monotonic() > deadline:
            return Read("out_of_time", whole=False)
        try:
            outcome = await take_in(deps, post, event)
        except Unavailable:
            return Read(NOT_TAKEN_IN, whole=False)
        except (psycopg.IntegrityError, psycopg.DataError) as error:
            LOG.error("event_refused", account_id=str(post.keeper), error=type(error).__name__)
            refused = NOT_TAKEN_IN
            continue
        if outcome != "nothing_new":
            LOG.info("heard_again", provider=post.provider, account_id=str(post.keeper), outcome=outcome)
            counts["heard"] += 1
    return Read(refused, whole=True)


def _keepers(post: Post) -> list[AccountId]:
    return [*(one.account_id for one in post.places), post.keeper]


async def _fresh(
    conn: Connection, pepper: Pepper, listening: Listening, post: Post, events: Sequence[Inbound], now: datetime
) -> list[Inbound]:
    """What is not known yet and meant for us. Looked at before anybody is locked: nearly all of it came by webhook."""
    kept = await kept_under(conn, _keepers(post), [one.event_key for one in events])
    clients = sorted({one.client_id for one in post.places})
    places = [
        _place(one, listening.accounts) for one in listening.accounts.by_id.values() if one.provider is post.provider
    ]
    erased_at = await newest_erasure(conn, clients)
    fresh = []
    for event in events:
        heard = hear(post.provider, event, now)
        if any(row["event_key"] == event.event_key and repeats(heard, row) for row in kept):
            continue
        named = is_named(event, clients, places)
        if named is False:
            continue
        if not await _is_known(conn, clients, heard):
            wanted = named or listening.strangers or event.reference is not None or asks_to_stop(event)
            if not wanted or (erased_at and heard.at <= erased_at and await _was_erased(conn, pepper, clients, heard)):
                continue
        fresh.append(event)
    return fresh


def _place(account: Account, accounts: AccountsInUse) -> Place:
    retired = account.id not in accounts.in_service
    return Place(account.id, account.client_id, account.channel, retired, account.settings)


def is_named(event: Inbound, clients: Collection[ClientId], places: Sequence[Place]) -> bool | None:
    """Whether an account of these clients names what this was written to as its own; False when only others' do, None
    when nobody's does (the numbers of a Messaging Service). Who has it now comes before who had it once."""
    domain = event.to_address.rpartition("@")[2]
    naming = [one for one in places if one.claims(event.to_address) or one.settings.get("inbound_domain") == domain]
    naming = [one for one in naming if not one.retired] or naming
    return any(one.client_id in clients for one in naming) if naming else None


async def _is_known(conn: Connection, clients: Sequence[ClientId], heard: Heard) -> bool:
    kind = ADDRESS_KIND[heard.event.channel]
    return heard.sender is not None and bool(await clients_of_address(conn, clients, kind, heard.sender))


async def _was_erased(conn: Connection, pepper: Pepper, clients: Sequence[ClientId], heard: Heard) -> bool:
    """Whether what nobody known wrote before an erasure may be the words of who was erased: they do not come back. A
    stop counts all the same, unless it was heard before and is kept without the address."""
    if not asks_to_stop(heard.event) or heard.sender is None:
        return True
    hashes = [(one, pepper.hash(one, ADDRESS_KIND[heard.event.channel], heard.sender)) for one in clients]
    return any([await kept_own_word(conn, client_id, hashed) for client_id, hashed in hashes])
