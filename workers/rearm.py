"""After a restore: everything the providers took and heard since is read, and only then does anything leave again.

The gap begins where the restored ledger ends (its newest arming, an hour earlier for safety) and ends now. What the
providers took in it and no row explains is kept as lost: the guards hold back whatever would go to the same address by
the same way, until a person has said what it was. An account that cannot be read leaves the engine disarmed, unless a
person names it and says why it does not matter.

What people wrote is read first, where the provider keeps it (Twilio's texts, e-mails that Resend received,
GoHighLevel's conversations). Calls that people made to an assistant, and our own unsubscribe link, stand in no list.
"""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from modules.accounts import Account, stored_accounts
from modules.channels import QUARANTINE, CannotTell, HandsOver, Watcher, channel_for
from modules.health import Level, LogEvent, arm_engine, newest_trace, read_engine_state, write_log
from modules.ids import AccountId
from utils.clock import monotonic
from utils.db import Connection
from utils.http import read_client
from utils.log import logger
from workers.accounts_in_use import AccountsInUse, load_accounts_in_use
from workers.compare import compare, confirm_all, read_list
from workers.context import Deps
from workers.findings import close_what_is_explained
from workers.hear_again import Listening, hear_again
from workers.inbound import rematch_inbound
from workers.interlock import BY_ITSELF, NOT_RECORDED, NOTICED, disarm
from workers.lost import keep_what_was_lost
from workers.reconcile import accounts_to_compare
from workers.take_in import rejoin_orphans
from workers.watch import hear_changes

LOG = logger("rearm")

OVERLAP = timedelta(hours=1)
"""Before the newest row: a transaction that a backup cut off, clocks that differ, dates that a list rounds."""
ACCOUNT_SECONDS = 1800.0
"""Each of its three readings may take so long: of mails that came in each is read by itself, three a second at Resend,
and an account that nobody can read to the end in time would stay unread for ever."""
AT_ONCE = 4
UNREADABLE = "cannot_be_opened"
NAMES_NOBODY = "names_nobody"
"""Something left in the gap, and the provider does not say to whom: nobody would be held back for it."""
HANDED_OVER = "handed_over"
"""What was handed to a workflow in the gap stands in no list as ours, so it would go a second time."""


@dataclass(frozen=True)
class Unread:
    """An account that could not be read, and why."""

    account_id: AccountId
    provider: str
    channel: str
    reason: str


@dataclass
class Rearming:
    """What was found between `since` and `until`. `armed`: the engine is armed now; `was_armed`: it was already, and
    nothing was done; `not_before`: too early, come back then. `left_out`: unread accounts that a person let pass.
    `overtaken`: the engine was disarmed anew while the lists were read, so what was read is not the whole gap."""

    armed: bool = False
    was_armed: bool = False
    not_before: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    counts: Counter[str] = field(default_factory=Counter)
    missing: list[Unread] = field(default_factory=list)
    left_out: list[Unread] = field(default_factory=list)
    overtaken: bool = False


async def rearm(
    deps: Deps,
    by: str,
    reason: str,
    *,
    since: datetime | None = None,
    without: Mapping[AccountId, str] | None = None,
) -> Rearming:
    """Reads every account over the gap, keeps what was found, and arms when nothing is missing.

    `since`: the gap begins earlier than the ledger ends (after a restore that was noticed late); it never begins later.
    `without` names accounts that may be missing, each with a person's reason. Run twice, the second finds the same and
    writes nothing new.
    """
    now, done = deps.clock.now(), Rearming()
    async with deps.database.transaction() as conn:
        state = await read_engine_state(conn)
        if state is not None and state.may_arm:
            return Rearming(armed=True, was_armed=True, since=state.changed_at)
        if state is None or state.armed or not state.same:
            await disarm(conn, NOTICED if state else NOT_RECORDED, BY_ITSELF, now)
            state = await read_engine_state(conn)
        begins = (await newest_trace(conn) or now) - OVERLAP
        accounts, groups, done.missing = await _accounts(deps, conn)
    disarmed_at = state.changed_at if state else now
    if disarmed_at is not None and now < disarmed_at + QUARANTINE:
        # what the engine before the restore sent last is in no list yet
        return Rearming(not_before=disarmed_at + QUARANTINE)
    done.since, done.until = min(begins, since or begins), now
    await _read_all(deps, accounts, groups, done)
    done.counts.update(await rejoin_orphans(deps))
    async with deps.database.transaction() as conn:
        rematched = await rematch_inbound(conn, await deps.pepper(conn), now)
        done.counts["rematched"] += rematched
    done.counts.update(await close_what_is_explained(deps, now))
    named = without or {}
    done.left_out = [one for one in done.missing if one.account_id in named]
    done.missing = [one for one in done.missing if one.account_id not in named]
    if not done.missing:
        await _arm(deps, done, by, reason, named, disarmed_at, now)
    return done


async def _arm(
    deps: Deps,
    done: Rearming,
    by: str,
    reason: str,
    without: Mapping[AccountId, str],
    disarmed_at: datetime | None,
    now: datetime,
) -> None:
    detail = {"by": by, "reason": reason, "since": done.since.isoformat() if done.since else ""}
    detail |= {name: str(count) for name, count in sorted(done.counts.items())}
    detail |= {f"without {one.account_id}": without[one.account_id] for one in done.left_out}
    async with deps.database.transaction() as conn:
        if await arm_engine(conn, reason, by, disarmed_at, now):
            await write_log(conn, None, Level.warning, LogEvent.engine_armed, now, detail=detail)
            done.armed = True
            return
        state = await read_engine_state(conn)
    if state is not None and state.may_arm:
        done.armed, done.was_armed, done.since = True, True, state.changed_at
    done.overtaken = not done.armed


async def _accounts(deps: Deps, conn: Connection) -> tuple[AccountsInUse, list[list[Account]], list[Unread]]:
    """The accounts to read; one in service that cannot even be opened is missing."""
    accounts = await load_accounts_in_use(deps, conn)
    unusable = [
        Unread(row.id, row.provider, row.channel, UNREADABLE)
        for row in await stored_accounts(conn)
        if row.retired_at is None and row.id not in accounts.by_id
    ]
    return accounts, await accounts_to_compare(conn, accounts), unusable


async def _read_all(deps: Deps, accounts: AccountsInUse, groups: Sequence[Sequence[Account]], done: Rearming) -> None:
    """First what people wrote, then what left: a stop counts before anything else is looked at."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def work(client: httpx.AsyncClient, group: Sequence[Account]) -> None:
        async with gate:
            unheard = await _hear(deps, client, group, accounts, done)
            reasons = [unheard] if unheard else await _read_group(deps, client, group, done)
        for reason in reasons:
            LOG.warning("gap_not_read", account_id=str(group[0].id), reason=reason)
            done.missing += [Unread(one.id, one.provider, one.channel, reason) for one in group]

    async with read_client(deps.settings.http_timeout_seconds, deps.transport) as client:
        outcomes = await asyncio.gather(*(work(client, group) for group in groups), return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome


async def _hear(
    deps: Deps, client: httpx.AsyncClient, group: Sequence[Account], accounts: AccountsInUse, done: Rearming
) -> str | None:
    """What people wrote in the gap, as far as the provider keeps it; why it could not be read."""
    account, since, until = group[0], *_gap(done)
    if isinstance(channel_for(account.provider, account.channel), Watcher):
        deadline = monotonic() + ACCOUNT_SECONDS
        heard = await hear_changes(deps, client, account, deadline, until - since, done.counts)
        return None if heard else "changes_not_read"
    listening = Listening(group, accounts, strangers=True)
    return (await hear_again(deps, client, listening, since, until, ACCOUNT_SECONDS, done.counts)).reason


async def _read_group(deps: Deps, client: httpx.AsyncClient, group: Sequence[Account], done: Rearming) -> list[str]:
    """The provider's list over the gap: news goes the way of all news, the rest is kept as lost. Why that is not enough
    to hold back everything that left, if so."""
    account, since, until = group[0], *_gap(done)
    channel = channel_for(account.provider, account.channel)
    listed = await read_list(client, account, since, until, ACCOUNT_SECONDS)
    if isinstance(listed, CannotTell):
        return [listed.reason]
    done.counts["listed"] += len(listed)
    async with deps.database.transaction() as conn:
        sorted_out = await compare(conn, group, listed, until, in_gap=True)
    await confirm_all(deps, list(sorted_out.news.values()), done.counts)
    done.counts["lost"] += len(sorted_out.ghosts)
    kept = await keep_what_was_lost(deps, client, group, sorted_out.ghosts, until, ACCOUNT_SECONDS)
    done.counts["lost_new"] += kept.fresh
    done.counts["nameless"] += kept.nameless
    handed_over = isinstance(channel, HandsOver) and channel.hands_over(account.settings)
    return [NAMES_NOBODY] * bool(kept.unplaced) + [HANDED_OVER] * handed_over


def _gap(done: Rearming) -> tuple[datetime, datetime]:
    if done.since is None or done.until is None:
        raise ValueError("the gap was not measured yet")
    return done.since, done.until
