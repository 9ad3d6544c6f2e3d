"""Providers' lists that cannot be read: a line when it begins, an alarm once it has lasted, a line when it is over.

One run that reads nothing hides nothing, for the next ones see the same items. Where no run reads, nobody sees what
others sent with the account nor what got lost; only a person can end that, and then the time without it is read, too.
The lines themselves are the memory between runs, a day long, so a world whose lists can be read writes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from modules.health.models import Level, LogEvent
from modules.health.store import newest_list_lines, write_log
from modules.ids import AccountId, ClientId
from utils.db import Connection

UNREAD_TOO_LONG = timedelta(minutes=40)
"""The fourth run in a row, which comes 45 minutes after the first that failed, give or take a late start."""
REMEMBERED = timedelta(days=1)
"""What nobody has mended by then is told again."""
LEVELS = {
    LogEvent.list_not_read: Level.notice,
    LogEvent.list_unread_long: Level.alarm,
    LogEvent.list_read_again: Level.notice,
}
WAIT = "look at the account there; if the provider is down, wait: the list_read_again line says when it is over"
WAYS_OUT = {
    "http_401": "the provider refuses the key: give the account a valid one by `scripts/omnify client account add`",
    "http_403": "the key may not read messages: allow it at the provider",
    "http_429": "the provider is asked too often with this account: slow down whatever else uses it, or give the "
    "sequencer an account of its own",
    "out_of_time": "the account has more messages than one run can read, or the provider is slow: send less at once or "
    "divide what you send between accounts",
    "list_too_long": "the account has more messages than one run can read: send less at once or divide what you send "
    "between accounts",
}


@dataclass(frozen=True)
class ListLook:
    """What became of reading one account's list; `reason` says why not, None that it was read."""

    client_id: ClientId
    account_id: AccountId
    reason: str | None


@dataclass(frozen=True)
class Noted:
    """`alarms`: how many were written. `regained`: accounts whose lists can be read again after a long time, and since
    when they could not; that is written once that time was read, too."""

    alarms: int
    regained: Mapping[AccountId, datetime]


async def note_list_looks(
    conn: Connection, looks: Sequence[ListLook], now: datetime, back: timedelta | None = None
) -> Noted:
    """Writes what is new about these lists. Each look went so far `back`; None: as far as it had to."""
    clients = sorted({look.client_id for look in looks})
    newest = await newest_list_lines(conn, clients, now - REMEMBERED) if looks else {}
    alarms, regained = 0, dict[AccountId, datetime]()
    for look in looks:
        last, since = newest.get(look.account_id, (LogEvent.list_read_again, now))
        event = what_to_tell(last, since, look.reason, now)
        if event is None:
            continue
        if event is LogEvent.list_read_again and back is not None and since < now - back:
            regained[look.account_id] = since
            continue
        detail = {"account_id": str(look.account_id)}
        if look.reason is not None:
            detail["reason"] = look.reason
        if event is LogEvent.list_unread_long:
            detail |= {"since": since.isoformat(), "way_out": WAYS_OUT.get(look.reason or "", WAIT)}
            alarms += 1
        await write_log(conn, look.client_id, LEVELS[event], event, now, detail=detail)
    return Noted(alarms, regained)


def what_to_tell(last: LogEvent, since: datetime, reason: str | None, now: datetime) -> LogEvent | None:
    """The next line, after the newest one that stands there, of `since`; None when there is nothing new to say."""
    if reason is None:
        return LogEvent.list_read_again if last is not LogEvent.list_read_again else None
    if last is LogEvent.list_read_again:
        return LogEvent.list_not_read
    too_long = last is LogEvent.list_not_read and now - since >= UNREAD_TOO_LONG
    return LogEvent.list_unread_long if too_long else None
