"""Which number a call may leave from, and how many lines are free."""

from dataclasses import dataclass
from datetime import datetime

from modules.accounts import Account
from modules.channels import channel_for
from modules.health import open_breakers
from modules.labels import ChannelName
from modules.touches import calls_under_way
from utils.db import Connection

CALLS_AT_ONCE = 10
"""What a new account has at Vapi (10; Retell 20): docs.vapi.ai on concurrency, read 2026-11-20."""
RESERVED = 2
"""Lines kept free for people who call us."""


@dataclass(frozen=True)
class Senders:
    """`first` is the one to use, `spare` how many others could; `none_until`: all rest until then."""

    first: str | None
    spare: int
    none_until: datetime | None


async def usable_senders(conn: Connection, account: Account, now: datetime) -> Senders:
    """The account's senders without those whose breaker is open. Only numbers that dial have breakers."""
    senders = channel_for(account.provider, account.channel).senders(account.settings)
    if account.channel is not ChannelName.voice:
        return Senders(senders[0] if senders else None, 0, None)
    resting = await open_breakers(conn, account.id, now)
    free = [sender for sender in senders if sender not in resting]
    if free:
        return Senders(free[0], len(free) - 1, None)
    return Senders(None, 0, min((resting[one] for one in senders if one in resting), default=None))


async def free_lines(conn: Connection, account: Account) -> int | None:
    """How many more calls may be under way, a reserve for inbound kept; None where lines are no matter.

    The sender's lock is held, so no other arming counts at the same time.
    """
    if account.channel is not ChannelName.voice:
        return None
    most = int(account.settings.get("concurrent_calls") or CALLS_AT_ONCE)
    reserved = int(account.settings.get("reserved_for_inbound") or RESERVED)
    return max(0, max(1, most - reserved) - await calls_under_way(conn, account.id))
