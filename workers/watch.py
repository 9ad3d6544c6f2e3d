"""Providers whose webhooks may be lost for good are asked what changed, while something of ours there is unsettled."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx
import psycopg

from modules.accounts import Account, Unheard, note_heard, note_unheard, unheard_accounts
from modules.channels import CannotTell, Changed, Watcher, channel_for
from modules.health import Level, LogEvent, Trouble, note_troubles
from modules.ids import AccountId
from modules.labels import WATCHED
from modules.touches import accounts_with_open_touches
from utils.clock import monotonic
from utils.errors import Unavailable
from utils.log import logger
from workers.accounts_in_use import load_accounts_in_use
from workers.context import Deps
from workers.take_in import Post, post_of_account, post_of_environment, take_in

LOG = logger("watch")

FIRST_LOOK = timedelta(minutes=15)
"""How far back a process looks that has just begun: several missed minutes, and what the index shows late."""
ACCOUNT_SECONDS = 15.0
OVERLAP = timedelta(minutes=2)
"""The provider's index lags (facts on GoHighLevel: 30 s and more); what comes twice changes nothing. What a
look that ended early has heard is not read again, except of so short a time before it."""
MOST_STUCK = 5
FAR_BEHIND = timedelta(hours=3)
"""An hour more than the reconciliation looks back."""
QUIET = timedelta(hours=6)
"""So long the same trouble is not told again."""
WAY_OUT = "look at the account at the provider, and read this location's conversations since heard_until by hand"


async def watch(deps: Deps, client: httpx.AsyncClient, deadline: float, back: timedelta = FIRST_LOOK) -> Counter[str]:
    """One round over the accounts that have something unsettled; a sweep runs it every minute, and the reconciliation
    with a longer look `back`, for what an outage kept from us."""
    counts: Counter[str] = Counter()
    async with deps.database.transaction() as conn:
        # where a look ended early the rest is heard, whatever has become of our messages meanwhile
        wanted = {*await accounts_with_open_touches(conn, WATCHED), *await unheard_accounts(conn)}
        if not wanted:
            return counts
        accounts = await load_accounts_in_use(deps, conn)
    # the two accounts of one location (SMS and e-mail) share their conversations: one look serves both
    groups: dict[object, list[Account]] = defaultdict(list)
    for one in sorted(accounts.by_id.values(), key=lambda one: (one.id not in wanted, one.id)):
        whose = None if one.from_environment else one.client_id
        groups[one.provider, one.settings.get("location_id"), whose].append(one)
    looks = [
        hear_changes(deps, client, group[0], deadline, back, counts, [one.id for one in group])
        for group in groups.values()
        if group[0].id in wanted
    ]
    outcomes = await asyncio.gather(*looks, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return counts


async def hear_changes(
    deps: Deps,
    client: httpx.AsyncClient,
    account: Account,
    deadline: float,
    back: timedelta,
    counts: Counter[str],
    same: Sequence[AccountId] = (),
) -> bool:
    """What changed at one account since `back` before now, or since this process asked last; whether all was heard.

    A look that ends early keeps what it heard and leaves a mark: the next one, in whatever process, goes on there. The
    `same` accounts are this one at the provider.
    """
    now: datetime = deps.clock.now()
    watcher = channel_for(account.provider, account.channel)
    if not isinstance(watcher, Watcher) or monotonic() > deadline:
        return not isinstance(watcher, Watcher)
    async with deps.database.transaction() as conn:
        marks = {id_: mark for id_, mark in (await unheard_accounts(conn)).items() if id_ in (account.id, *same)}
        shared = account.from_environment
        post = await (
            post_of_environment(conn, account.provider, [account]) if shared else post_of_account(conn, account)
        )
    keeper = min(marks, key=lambda one: marks[one].since, default=account.id)
    mark = begin(marks.get(keeper), deps.watched.get(account.id, now - back) - OVERLAP)
    parts: list[Changed | CannotTell] = []
    try:
        async with asyncio.timeout(max(0.0, min(ACCOUNT_SECONDS, deadline - monotonic()))):
            async for part in watcher.changes(client, account, mark.since, mark.until):
                parts.append(part)
    except TimeoutError:
        parts.append(CannotTell("no_time_left"))
    reached, missing = await _take_parts(deps, post, parts, mark, deadline, counts)
    if missing is None:
        deps.watched[account.id] = now
        if marks:
            async with deps.database.transaction() as conn:
                await note_heard(conn, list(marks), mark.since)
        return True
    LOG.warning("changes_not_read", account_id=str(account.id), reason=missing)
    await _keep_mark(deps, account, keeper, mark, min(reached, now - OVERLAP), missing)
    return False


def begin(mark: Unheard | None, since: datetime) -> Unheard:
    """Where a look begins: where the last one ended, unless this one shall go further back than that one did."""
    return mark if mark and mark.since <= since else Unheard(since, since, 0)


async def _take_parts(
    deps: Deps,
    post: Post,
    parts: Sequence[Changed | CannotTell],
    mark: Unheard,
    deadline: float,
    counts: Counter[str],
) -> tuple[datetime, str | None]:
    """Until when everything has been heard now, and why not all. One conversation that has held up MOST_STUCK looks by
    itself is passed: what others wrote after it shall be heard."""
    reached, gap, passed = mark.until, False, mark.stuck < MOST_STUCK
    missing: str | None = None
    for part in parts:
        if isinstance(part, CannotTell):
            missing, gap = missing or part.reason, True
        elif failed := await _take(deps, post, part, deadline, counts):
            missing, gap, passed = missing or failed.reason, gap or passed, True
        elif not gap:
            reached = max(reached, part.at)
    return reached, missing


async def _take(deps: Deps, post: Post, part: Changed, deadline: float, counts: Counter[str]) -> CannotTell | None:
    """What one conversation told; why it has to be read again."""
    if isinstance(part.events, CannotTell):
        return part.events
    for event in part.events:
        if monotonic() > deadline:
            return CannotTell("no_time_left")
        try:
            outcome = await take_in(deps, post, event, keep_strangers=False)
        except Unavailable:
            return CannotTell("not_taken_in")
        except (psycopg.IntegrityError, psycopg.DataError) as error:
            # one event that the database refuses keeps no other from being heard
            LOG.error("change_refused", account_id=str(post.keeper), error=type(error).__name__)
            continue
        if outcome != "nothing_new":
            counts["heard"] += 1
    return None


async def _keep_mark(
    deps: Deps, account: Account, keeper: AccountId, mark: Unheard, reached: datetime, missing: str
) -> None:
    """Where the next look goes on. When looks come no further, or fall far behind, a person is told."""
    now, until = deps.clock.now(), max(mark.until, reached)
    stuck = mark.stuck + 1 if until == mark.until else 0
    detail = {"account_id": str(keeper), "reason": missing, "heard_until": until.isoformat(), "way_out": WAY_OUT}
    trouble = Trouble(LogEvent.changes_unread, Level.alarm, account.client_id, str(keeper), detail)
    async with deps.database.transaction() as conn:
        await note_unheard(conn, keeper, Unheard(mark.since, until, stuck))
        if stuck >= MOST_STUCK or now - until > FAR_BEHIND:
            await note_troubles(conn, [trouble], now, now - QUIET)
