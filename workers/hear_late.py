"""What people wrote while nobody of ours heard it, read every 15 minutes at the providers that keep it.

Each look goes back two hours, so that eight of them see the same line: a list may show it late. How far all was read is
kept with the account, an hour at a time where somebody writes, a day at a time where nobody does: an idle account costs
no row an hour. Whoever was away reads what is missing, after what is new; until that is done, the mark stays behind.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from modules.accounts import Account, note_replies_read, replies_read_to
from modules.channels import Archive, channel_for
from modules.health import Level, LogEvent, Trouble, note_troubles
from utils.clock import monotonic
from utils.log import logger
from workers.context import Deps
from workers.hear_again import Listening, hear_again

LOG = logger("hear_late")

BACK = timedelta(hours=2)
NOT_YET = timedelta(minutes=2)
"""What is younger may still come by its webhook, which says more than the list (an opt-out by the provider's word)."""
OVERLAP = timedelta(minutes=30)
"""Before the mark: what a list shows so late, for what was written while nothing of ours ran."""
MARK_EVERY = timedelta(hours=1)
MARK_IDLE_EVERY = timedelta(days=1)
LONGEST = timedelta(days=7)
"""What is older when we come back is told to a person and not read: who answers a reply of last week?"""
QUIET = timedelta(hours=6)
WAY_OUT = (
    "read at the provider by hand what people wrote since heard_until, and close who said stop: scripts/omnify suppress"
)


async def hear_late(
    deps: Deps, client: httpx.AsyncClient, listening: Listening, now: datetime, seconds: float, counts: Counter[str]
) -> str | None:
    """Takes in what people wrote since all was read last; why not all of it could be read, if so."""
    account, deadline = listening.group[0], monotonic() + seconds
    if not isinstance(channel_for(account.provider, account.channel), Archive):
        return None
    async with deps.database.transaction() as conn:
        marks = await replies_read_to(conn, [one.id for one in listening.group])
    keeper = max(marks, key=lambda one: marks[one], default=account.id)
    mark, until = marks.get(keeper), now - NOT_YET
    newest = await hear_again(deps, client, listening, now - BACK, until, seconds, counts)
    if not newest.whole:
        return _tell(account, newest.reason)
    missed = await _hear_missed(deps, client, listening, mark, now, deadline, counts)
    reached = missed.reached or until
    if mark and mark < now - LONGEST:
        await _tell_what_is_too_old(deps, account, mark, now)
    if is_worth_a_mark(mark, reached, now, newest.seen + missed.seen):
        async with deps.database.transaction() as conn:
            await note_replies_read(conn, keeper, reached)
    return _tell(account, newest.reason or missed.reason)


@dataclass(frozen=True)
class Missed:
    """How the time between the mark and where a look begins was read. `reached`: how far, if not to its end."""

    reason: str | None = None
    reached: datetime | None = None
    seen: int = 0


async def _hear_missed(
    deps: Deps,
    client: httpx.AsyncClient,
    listening: Listening,
    mark: datetime | None,
    now: datetime,
    deadline: float,
    counts: Counter[str],
) -> Missed:
    """At once; what is too much for that, piece by piece, the oldest first, so that each run comes further."""
    if mark is None or mark - OVERLAP >= now - BACK:
        return Missed()
    since = max(mark - OVERLAP, now - LONGEST)
    half = (deadline - monotonic()) / 2
    read = await hear_again(deps, client, listening, since, now - BACK, half, counts)
    if read.whole:
        return Missed(read.reason, seen=read.seen)
    seen, reason = read.seen, None
    for begins, ends in pieces(since, now - BACK):
        read = await hear_again(deps, client, listening, begins, ends, deadline - monotonic(), counts)
        seen, reason = seen + read.seen, reason or read.reason
        if not read.whole:
            return Missed(reason, max(begins, mark), seen)
    return Missed(reason, seen=seen)


def pieces(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Of two hours each, the oldest first."""
    while since < until:
        end = min(since + BACK, until)
        yield since, end
        since = end


def is_worth_a_mark(mark: datetime | None, reached: datetime, now: datetime, seen: int) -> bool:
    """Whether to write how far all was read: for the first time, where the clock was set back, after an hour in which
    somebody wrote, else after a day. Where nobody writes, to read it again costs nothing."""
    if mark is None or mark > now:
        return True
    return reached - mark >= (MARK_EVERY if seen else MARK_IDLE_EVERY)


def _tell(account: Account, reason: str | None) -> str | None:
    if reason is not None:
        LOG.warning("replies_not_read", account_id=str(account.id), reason=reason)
    return reason


async def _tell_what_is_too_old(deps: Deps, account: Account, mark: datetime, now: datetime) -> None:
    detail = {
        "account_id": str(account.id),
        "reason": "away_too_long",
        "heard_until": mark.isoformat(),
        "way_out": WAY_OUT,
    }
    trouble = Trouble(LogEvent.changes_unread, Level.alarm, account.client_id, str(account.id), detail)
    async with deps.database.transaction() as conn:
        await note_troubles(conn, [trouble], now, now - QUIET)
