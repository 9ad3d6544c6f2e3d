"""Vapi's list of calls, read to its end: an array without a cursor, filtered by number and time alone.

Source: Vapi's OpenAPI document of 2026-08-18, GET /call (copies read 2026-11-20). The order is not documented: a full
page that is not newest first cannot be continued, and proves nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import httpx

from modules.accounts import Account
from modules.channels.answers import read_array, text_in
from modules.channels.models import CannotTell, Fact, Listed, Sought
from modules.channels.paging import CANNOT_GO_ON
from modules.channels.vapi_words import OUTBOUND, Found, describe, is_nameless, part_of, read_call, time_in

BEFORE_ARM = timedelta(seconds=10)
EDGE = timedelta(seconds=1)
"""How exactly Vapi keeps to `createdAtLe` is not documented."""
MOST_PAGES = 50
MOST_AT_ONCE = 1000


def calls_url(account: Account) -> str:
    return f"{account.base_url.rstrip('/')}/call"


def key_of(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.secrets['api_key']}"}


def written(instant: datetime) -> str:
    """As Vapi's own instants, which have milliseconds."""
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Calls:
    """What was read of the list. `short`: why it is not all; None when it was read to its end."""

    lines: Sequence[Found]
    short: CannotTell | None = None


async def list_calls(
    client: httpx.AsyncClient, account: Account, number_id: str, since: datetime, until: datetime, page_size: int
) -> Calls:
    """The calls of one of our numbers, made between the two instants (both inclusive).

    A further page begins at the oldest instant seen and not below it, for two calls may share one; what is known of
    that instant is asked for again on top. That a page is short says nothing, for Vapi may give fewer than were asked
    for: the end is a page that has nothing new.
    """
    window = {"phoneNumberId": number_id, "createdAtGe": written(since)}
    seen, oldest, limit, bound, known = dict[str, Found](), written(until), page_size, until, 0
    for _ in range(MOST_PAGES):
        params = window | {"createdAtLe": oldest, "limit": str(limit)}
        page = await read_array(client, calls_url(account), headers=key_of(account), params=params)
        lines = page if isinstance(page, CannotTell) else read_lines(page)
        if isinstance(lines, CannotTell):
            return Calls(list(seen.values()), lines)
        if any(created > bound + EDGE for _, created, _ in lines):
            return Calls(
                list(seen.values()), CANNOT_GO_ON
            )  # newer than asked for: it is not the page that was asked for
        fresh = {call_id: line for call_id, _, line in lines if call_id not in seen}
        seen |= fresh
        if not fresh:
            return Calls(list(seen.values()), None if known <= len(lines) < limit else CANNOT_GO_ON)
        instants = [created for _, created, _ in lines]
        if len(lines) >= limit and any(older > newer for newer, older in pairwise(instants)):
            return Calls(list(seen.values()), CANNOT_GO_ON)
        bound = min(instants)
        oldest = text_in(lines[instants.index(bound)][2], "createdAt") or ""
        known = instants.count(bound)
        limit = min(MOST_AT_ONCE, page_size + known)
    return Calls(list(seen.values()), CannotTell("list_too_long"))


def read_lines(page: list[object]) -> list[tuple[str, datetime, Found]] | CannotTell:
    """Id, time and line of each call; CannotTell for a line without them."""
    lines: list[tuple[str, datetime, Found]] = []
    for line in page:
        seen = read_call(line) if isinstance(line, dict) else None
        created = time_in(line, "createdAt") if isinstance(line, dict) else None
        if seen is None or created is None or not isinstance(line, dict):
            return CannotTell("unreadable_line")
        lines.append((seen.id, created, line))
    return lines


def match(line: Mapping[str, object], sought: Sought) -> Fact | CannotTell | None:
    """The fact when this call is ours; CannotTell when it may be (our person's number, and no name on it)."""
    fact = polled(line)
    if fact is None or fact.provider_id in sought.known or text_in(line, "type") not in (None, OUTBOUND):
        return None
    if fact.reference == sought.message.touch_id:
        return fact
    same_person = text_in(part_of(line, "customer"), "number") == sought.message.to_address
    return CannotTell("a_line_in_doubt") if same_person and is_nameless(line) else None


def polled(call: Mapping[str, object]) -> Fact | None:
    """The fact in a Call resource that we asked for."""
    seen = read_call(call)
    return describe(seen, "poll:", whole=True) if seen else None


def listed(lines: Sequence[Found]) -> list[Listed]:
    """Our outbound calls; a person's call to us is not ours."""
    ours = [line for line in lines if text_in(line, "type") in (None, OUTBOUND)]
    return [
        Listed(fact, text_in(part_of(line, "customer"), "number"), time_in(line, "createdAt"))
        for line in ours
        if (fact := polled(line))
    ]
