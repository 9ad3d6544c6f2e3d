"""Retell's list of calls, read to its end: filtered by Retell, paged by its key.

Source: retell-sdk 6.2.13, POST /v3/list-calls (read 2026-11-21). The list tells no word of what was said, so it proves
no success; the call itself is asked for. How fast a call is listed, and whether one that is still `registered` is, is
not documented: it has no start yet, so nothing that must not be missed is filtered by its start.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from modules.accounts import Account
from modules.channels.answers import read, read_by_post, text_in
from modules.channels.models import Absent, CannotTell, Fact, Found, Listed, Looked, Sought
from modules.channels.paging import CANNOT_GO_ON, CUT_SHORT, Reading, is_cut
from modules.channels.retell_words import OUTBOUND, describe, part_of, read_call, time_in

MOST_PAGES = 50
MOST_AT_ONCE = 1000
BEFORE_ARM = timedelta(seconds=60)
EDGE = timedelta(seconds=1)
"""Whether Retell's "between" holds its ends is not documented: a little more is asked for, and then left out."""

Line = Mapping[str, object]
JSON = {"Content-Type": "application/json"}


def url_of(account: Account, path: str) -> str:
    return account.base_url.rstrip("/") + path


def key_of(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.secrets['api_key']}"}


def millis(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def equals(value: str, **key: str) -> dict[str, str]:
    return {"type": "string", "op": "eq", "value": value} | key


def among(*words: str) -> dict[str, object]:
    return {"type": "enum", "op": "in", "value": list(words)}


@dataclass(frozen=True)
class Calls:
    """What was read of the list. `short`: why it is not all; None when it was read to its end."""

    lines: Sequence[Line]
    short: CannotTell | None = None


async def list_calls(
    client: httpx.AsyncClient, account: Account, criteria: Mapping[str, object], page_size: int
) -> Calls:
    """The calls that fit, newest first as Retell sorts them, read until Retell says that no more follow."""
    asked: dict[str, object] = {"filter_criteria": criteria, "limit": page_size, "sort_order": "descending"}
    lines, keys, reading = dict[object, Line](), set[str | None](), Reading()
    for _ in range(MOST_PAGES):
        page = await read_page(client, account, asked)
        if isinstance(page, CannotTell):
            return Calls(list(lines.values()), page)
        fresh, key, total = page
        round_again = reading.goes_round(line.get("call_id") for line in fresh)
        lines |= {line.get("call_id"): line for line in fresh}
        if key is None and not round_again:
            return Calls(list(lines.values()), CUT_SHORT if is_cut(total, len(lines)) else None)
        if not key or not fresh or round_again or key in keys:
            return Calls(list(lines.values()), CANNOT_GO_ON)
        keys.add(key)
        asked["pagination_key"] = key
    return Calls(list(lines.values()), CannotTell("list_too_long"))


async def read_page(
    client: httpx.AsyncClient, account: Account, asked: Mapping[str, object]
) -> tuple[list[Line], str | None, object] | CannotTell:
    """The calls of one page and the key of the next one: None when Retell says that no more follow, blank when it says
    that more do and not how; and how many there are, where it says so. CannotTell for a page that says neither, or a
    line that is no call."""
    content = json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()
    url = url_of(account, "/v3/list-calls")
    page = await read_by_post(client, url, headers=key_of(account) | JSON, content=content)
    if isinstance(page, CannotTell):
        return page
    given, more = page.get("items"), page.get("has_more")
    if not isinstance(given, list) or not isinstance(more, bool):
        return CannotTell("unreadable_list")
    lines: list[Line] = [line for line in given if isinstance(line, dict) and read_call(line)]
    if len(lines) < len(given):
        return CannotTell("unreadable_line")
    return lines, (text_in(page, "pagination_key") or "") if more else None, page.get("total")


async def find_call(client: httpx.AsyncClient, account: Account, sought: Sought, page_size: int) -> Looked:
    """Is it there? By our touch id; then, before absence is said, by all that left for this number."""
    by_touch = {"metadata": [equals(str(sought.message.touch_id), key="touch")]}
    by_number = {"to_number": equals(sought.message.to_address), "direction": among(OUTBOUND)}
    short: list[CannotTell] = []
    for criteria in (by_touch, by_number):
        calls = await list_calls(client, account, criteria, page_size)
        verdicts = [match(line, sought) for line in calls.lines]
        facts = [verdict for verdict in verdicts if isinstance(verdict, Fact)]
        if facts:
            whole = await fetch_call(client, account, facts[-1].provider_id)
            return whole if isinstance(whole, Found) else Found(facts[-1])
        if calls.short:
            return calls.short
        short += [verdict for verdict in verdicts if isinstance(verdict, CannotTell)]
    return short[0] if short else Absent()


def match(line: Line, sought: Sought) -> Fact | CannotTell | None:
    """The fact when this call is ours; CannotTell when it may be (our person's number, and no metadata on it)."""
    fact = polled(line, whole=False)
    if fact is None or fact.provider_id in sought.known or text_in(line, "direction") not in (None, OUTBOUND):
        return None
    if fact.reference == sought.message.touch_id:
        return fact
    same_person = text_in(line, "to_number") == sought.message.to_address
    started = time_in(line, "start_timestamp")
    in_time = started is None or sought.armed_at - BEFORE_ARM <= started <= sought.until
    nameless = not part_of(line, "metadata")
    return CannotTell("a_line_in_doubt") if same_person and in_time and nameless else None


async def fetch_call(client: httpx.AsyncClient, account: Account, call_id: str) -> Found | CannotTell:
    call = await read(client, url_of(account, f"/v2/get-call/{call_id}"), headers=key_of(account))
    if isinstance(call, CannotTell):
        return call
    fact = polled(call, whole=True)
    return Found(fact) if fact and fact.provider_id == call_id else CannotTell("unreadable_answer")


def polled(call: Line, *, whole: bool) -> Fact | None:
    """The fact in a call that we asked for."""
    seen = read_call(call)
    return describe(seen, "poll:", whole=whole) if seen else None


async def list_ours(
    client: httpx.AsyncClient,
    account: Account,
    numbers: Sequence[str],
    since: datetime,
    until: datetime,
    page_size: int,
) -> Sequence[Listed] | CannotTell:
    """All calls that left from our numbers, or bear our reference, and started between the two instants."""
    window = {"type": "range", "op": "bt", "value": [millis(since - EDGE), millis(until + EDGE)]}
    criteria = {"start_timestamp": window, "direction": among(OUTBOUND)}
    calls = await list_calls(client, account, criteria, page_size)
    if calls.short:
        return calls.short
    found = {}
    for line in calls.lines:
        fact, started = polled(line, whole=False), time_in(line, "start_timestamp")
        ours = text_in(line, "from_number") in numbers or (fact is not None and fact.reference is not None)
        in_time = started is None or since <= started <= until
        if fact and ours and in_time and text_in(line, "direction") in (None, OUTBOUND):
            found[fact.provider_id] = Listed(fact, text_in(line, "to_number"), started)
    return list(found.values())
