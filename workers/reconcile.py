"""Every 15 minutes, both ways: what the providers' lists show that we do not know, and what they took and do not show;
and before that what people wrote while no webhook reached us.

Nothing is repaired silently: a ghost (an item without a touch of ours) and a silent touch (an acceptance that a whole
list does not show) are written down once. What the lists tell about our touches goes through confirm like all news.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import httpx
import psycopg

from modules.accounts import Account
from modules.channels import CHANNELS, CannotTell
from modules.health import (
    EngineState,
    Finding,
    FindingKind,
    Level,
    ListLook,
    LogEvent,
    close_heard,
    keep_findings,
    keep_orphans,
    note_list_looks,
    read_engine_state,
    silent_touches,
    write_log,
)
from modules.ids import AccountId, ClientId
from modules.touches import accounts_with_open_touches
from utils.clock import monotonic
from utils.db import Connection, Row
from utils.http import read_client
from utils.log import logger
from workers.accounts_in_use import AccountsInUse, load_accounts_in_use
from workers.compare import Ghost, Sorted, compare, confirm_all, read_list, sort_out
from workers.context import Deps
from workers.findings import close_what_is_explained
from workers.hear_again import Listening
from workers.hear_late import hear_late
from workers.inbound import rematch_inbound
from workers.lost import detail_of, keep_what_was_lost
from workers.take_in import rejoin_orphans
from workers.watch import watch

__all__ = ["Sorted", "reconcile", "sort_out"]

LOG = logger("reconcile")

BACK = timedelta(hours=2)
"""Eight runs see each item, so that a provider that is away for an hour hides nothing; one that was away for longer is
read as far back as it was away."""
NOT_YET = timedelta(minutes=2)
"""What is younger may not be in the list yet, and its answer may still be on its way to us."""
SURELY_LISTED = timedelta(minutes=10)
"""Twice the quarantine: what was accepted before that and is not in a whole list is missing."""
EDGE = timedelta(minutes=1)
"""The provider's clock and ours may differ: what was armed at the window's very beginning may be listed before it."""
HEAR_SECONDS = 25.0
"""Of texts one page; of mails 70 that no webhook told, at the pace at which Resend lets them be read."""
ACCOUNT_SECONDS = 40.0
"""The longest list that is read at all, 50 pages, takes 25 s at Resend's pace; a request that hangs ends by itself."""
BUDGET_SECONDS = 200.0
AT_ONCE = 4
ORPHANS_AFTER = timedelta(hours=1)
"""Four looks at the lists: what has not found its touch by then is told."""
ORPHANS_BACK = timedelta(days=3)
WAY_OUT = {"way_out": "if the database was restored: scripts/omnify disarm --reason restore"}
MOST_FINDINGS = 50
"""Of one account in one run: an account that somebody else uses too must not fill our tables in an hour."""


async def reconcile(deps: Deps) -> dict[str, int]:
    """One run within its budget; a second one over the same lists writes nothing."""
    counts: Counter[str] = Counter()
    now, deadline = deps.clock.now(), monotonic() + BUDGET_SECONDS
    gate = asyncio.Semaphore(AT_ONCE)
    async with deps.database.transaction() as conn:
        state = await read_engine_state(conn)

    async def work(client: httpx.AsyncClient, group: Sequence[Account]) -> ListLook:
        async with gate:
            # what people wrote comes first: a stop counts before anything else is looked at
            listening, seconds = Listening(group, accounts), min(HEAR_SECONDS, deadline - monotonic())
            unheard = await hear_late(deps, client, listening, now, seconds, counts)
            seconds = min(ACCOUNT_SECONDS, deadline - monotonic())
            look = await _reconcile_group(deps, client, group, state, now, seconds, counts)
            if look.reason is None and unheard is not None:
                counts["cannot_tell"] += 1
                return replace(look, reason=unheard)
            return look

    async def catch_up(account_id: AccountId, unread_since: datetime) -> ListLook:
        [group] = [one for one in groups if one[0].id == account_id]
        seconds, back = min(ACCOUNT_SECONDS, deadline - monotonic()), now - unread_since + BACK
        return await _reconcile_group(deps, client, group, state, now, seconds, counts, back)

    accounts, groups = await _groups(deps, now)
    async with read_client(deps.settings.http_timeout_seconds, deps.transport) as client:
        looks = await asyncio.gather(*(work(client, group) for group in groups), return_exceptions=True)
        outcomes: list[BaseException | None] = [one for one in looks if isinstance(one, BaseException)]
        outcomes += await asyncio.gather(_listen(deps, client, deadline, counts), return_exceptions=True)
        seen = [one for one in looks if isinstance(one, ListLook)]
        outcomes += await asyncio.gather(_note_looks(deps, seen, catch_up, now, counts), return_exceptions=True)
    outcomes += await asyncio.gather(_rejoin(deps, counts), _rematch(deps, counts), return_exceptions=True)
    outcomes += await asyncio.gather(_settle(deps, now, counts), return_exceptions=True)
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
            rematched = await rematch_inbound(conn, await deps.pepper(conn), deps.clock.now())
            counts["rematched"] += rematched
    except psycopg.errors.DeadlockDetected:
        LOG.warning("rematch_deadlock")  # the next run finds the same


async def _note_looks(
    deps: Deps,
    looks: Sequence[ListLook],
    catch_up: Callable[[AccountId, datetime], Awaitable[ListLook]],
    now: datetime,
    counts: Counter[str],
) -> None:
    """Whose list could not be read for an hour: a person hears of it. After longer than a run looks back the time
    without the list is read first; until that is done, the list counts as unread."""
    async with deps.database.transaction() as conn:
        noted = await note_list_looks(conn, looks, now, BACK)
    counts["unread_long"] += noted.alarms
    again = [await catch_up(account_id, since) for account_id, since in noted.regained.items()]
    if again:
        async with deps.database.transaction() as conn:
            await note_list_looks(conn, again, now)


async def _settle(deps: Deps, now: datetime, counts: Counter[str]) -> None:
    """After all was heard: what has found its touch asks nobody any more, what has waited long for one is told."""
    counts.update(await close_what_is_explained(deps, now))
    async with deps.database.transaction() as conn:
        fresh = await keep_orphans(conn, now - ORPHANS_BACK, now - ORPHANS_AFTER, MOST_FINDINGS, now)
        for client_id, new in Counter(ClientId(row["client_id"]) for row in fresh).items():
            detail = {"new": str(new)}
            await write_log(conn, client_id, Level.warning, LogEvent.orphans_found, now, detail=detail)
        for client_id in sorted({ClientId(row["client_id"]) for row in fresh if row["names_a_row"]}):
            await write_log(conn, client_id, Level.alarm, LogEvent.rows_missing, now, detail=WAY_OUT)
    counts["orphans"] += len(fresh)


async def _groups(deps: Deps, now: datetime) -> tuple[AccountsInUse, list[list[Account]]]:
    """Accounts to compare; those that are one and the same at the provider are asked about once."""
    async with deps.database.transaction() as conn:
        accounts = await load_accounts_in_use(deps, conn)
        groups = await accounts_to_compare(conn, accounts)
    # another one first each time: when time runs out, it is not always the same ones that are left
    first = int(now.timestamp() // 900) % max(1, len(groups))
    return accounts, groups[first:] + groups[:first]


async def accounts_to_compare(conn: Connection, accounts: AccountsInUse) -> list[list[Account]]:
    """Those in service or with something to prove; each list is one account at its provider."""
    proving = await accounts_with_open_touches(conn, [provider for provider, _ in CHANNELS])
    in_use = accounts.in_service
    same: dict[object, list[Account]] = defaultdict(list)
    for account in sorted(accounts.by_id.values(), key=lambda one: (one.id not in in_use, one.id)):
        if account.id in in_use or account.id in proving:
            own = tuple(sorted(account.settings.items())), tuple(sorted(account.secrets.items()))
            same[account.provider, account.channel, account.base_url, own].append(account)
    return list(same.values())


async def _reconcile_group(
    deps: Deps,
    client: httpx.AsyncClient,
    group: Sequence[Account],
    state: EngineState | None,
    now: datetime,
    seconds: float,
    counts: Counter[str],
    back: timedelta = BACK,
) -> ListLook:
    account, since, by = group[0], now - back, monotonic() + seconds
    listed = await read_list(client, account, since, now - NOT_YET, seconds)
    if isinstance(listed, CannotTell):
        counts["cannot_tell"] += 1
        LOG.warning("list_not_read", account_id=str(account.id), reason=listed.reason)
        return ListLook(account.client_id, account.id, listed.reason)
    counts["listed"] += len(listed)
    async with deps.database.transaction() as conn:
        in_gap = state is None or not state.may_arm
        sorted_out = await compare(conn, group, listed, now, in_gap=in_gap)
    await confirm_all(deps, list(sorted_out.news.values()), counts)
    lost = [one for one in sorted_out.ghosts if in_gap or _is_of_a_gap(one, state)]
    # before the count is read: other groups count beside us
    kept = await keep_what_was_lost(deps, client, group, lost, now, by - monotonic())
    counts["lost"] += kept.fresh
    async with deps.database.transaction() as conn:
        ids = [item.fact.provider_id for item in listed]
        until = now - SURELY_LISTED
        silent = await silent_touches(conn, [one.id for one in group], since + EDGE, until, ids)
        heard = await close_heard(conn, [one.id for one in group], ids, now)
        counts["explained"] += heard
        await _keep(conn, group, [one for one in sorted_out.ghosts if one not in lost], silent, now, counts)
    return ListLook(account.client_id, account.id, None)


def _is_of_a_gap(ghost: Ghost, state: EngineState | None) -> bool:
    """A list that lagged when the gap was read shows it later."""
    made_at, until = ghost.item.created_at, state.gap_until if state else None
    return made_at is not None and until is not None and made_at <= until


async def _keep(
    conn: Connection,
    group: Sequence[Account],
    ghosts: Sequence[Ghost],
    silent: Sequence[Row],
    now: datetime,
    counts: Counter[str],
) -> None:
    """Each finding once, and told to the client whose it is; what has no room now, the next runs keep."""
    findings = [_ghost(group, ghost) for ghost in ghosts]
    findings += [
        Finding(row["client_id"], row["account_id"], FindingKind.silent, row["provider_id"], row["id"], {})
        for row in silent
    ]
    kept = await keep_findings(conn, findings, MOST_FINDINGS, now)
    named = {one.item.fact.provider_id for one in ghosts if one.item.fact.reference and one.touch_id is None}
    if any(row["kind"] == FindingKind.ghost and row["provider_id"] in named for row in kept):
        # of a restore that put files back in place nothing else tells
        await write_log(conn, group[0].client_id, Level.alarm, LogEvent.rows_missing, now, detail=WAY_OUT)
    seen = Counter((one.account_id, one.kind) for one in findings)
    fresh = Counter((row["account_id"], FindingKind(row["kind"])) for row in kept)
    for kind, event, name in (
        (FindingKind.ghost, LogEvent.ghosts_found, "ghosts"),
        (FindingKind.silent, LogEvent.silence_found, "silent"),
    ):
        for account in group:
            new = fresh[account.id, kind]
            counts[name] += new
            if new:
                detail = {"account_id": str(account.id), "new": str(new), "in_the_list": str(seen[account.id, kind])}
                await write_log(conn, account.client_id, Level.warning, event, now, detail=detail)


def _ghost(group: Sequence[Account], ghost: Ghost) -> Finding:
    """Of the client whose touch it names; else of the first, for nobody can say whose it is."""
    account = next((one for one in group if one.client_id == ghost.client_id), group[0])
    item, kind = ghost.item, FindingKind.ghost
    return Finding(account.client_id, account.id, kind, item.fact.provider_id, ghost.touch_id, detail_of(item))
