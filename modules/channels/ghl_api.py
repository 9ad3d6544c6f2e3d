"""How GoHighLevel's API is asked: addresses, headers, pages.

Sources: specs conversations and contacts of highlevel-api-docs, commit 0af86a4c of 2026-05-01. Every call needs a
`Version` and each product has its own; under `v3` the keys of `dndSettings` change their case, so the date versions
are pinned. 100 requests in 10 s and 200,000 a day for an app and location, told in five headers.
"""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx

from modules.accounts import Account
from modules.channels.answers import ask, read, read_object, text_in, weather
from modules.channels.fields import need, need_token
from modules.channels.models import CannotTell, NotSent, Unknown
from modules.channels.paging import CANNOT_GO_ON, CUT_SHORT, Reading, is_count, is_cut
from modules.labels import ChannelName
from utils.errors import BadInput
from utils.pace import rate_interval

CONVERSATIONS, CONTACTS = "2021-04-15", "2021-07-28"
GHL_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
MOST_PAGES = 20
LEAST_PAGE = 10
"""The smallest `limit` that the export takes."""
AFTER_THE_END = timedelta(days=1)
"""The export's `endDate` has no documented form: should a day be made of it, nothing of the last day may be missing."""
SPENT_FOR_TODAY = timedelta(hours=1)

EXPORT_CHANNELS: Mapping[ChannelName, str] = {ChannelName.sms: "SMS", ChannelName.email: "Email"}

Line = Mapping[str, object]


def url_of(account: Account, path: str) -> str:
    return account.base_url.rstrip("/") + path


def headers_of(account: Account, version: str) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {account.secrets['token']}",
        "Version": version,
        "Accept": "application/json",
    }


def check_location(settings: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    """BadInput unless there is a location and a token that can travel in a header."""
    if not GHL_ID.fullmatch(need(settings, "location_id", "GoHighLevel's location id")):
        raise BadInput("A location's id is letters and digits: check `location_id`", field="location_id")
    need_token(secrets, "token", "GoHighLevel's private integration token")


async def get(
    client: httpx.AsyncClient, account: Account, path: str, version: str, params: Mapping[str, str] | None = None
) -> dict[str, object] | CannotTell:
    """One GET of a JSON object."""
    return await read(client, url_of(account, path), headers=headers_of(account, version), params=params)


async def get_part(
    client: httpx.AsyncClient, account: Account, path: str, version: str, name: str
) -> Line | CannotTell:
    """One object by its id. The specs show some bare and some under a name; both are taken."""
    answer = await get(client, account, path, version)
    if isinstance(answer, CannotTell):
        return answer
    part = answer.get(name)
    return part if isinstance(part, dict) else answer


async def post(
    client: httpx.AsyncClient, url: str, headers: Mapping[str, str], content: bytes
) -> tuple[int, dict[str, object]] | NotSent | Unknown:
    """One POST: status and object of a 2xx or 4xx; of 429 the pause that GHL's own headers ask for."""
    heard = await ask(client, "POST", url, headers={**headers, "Content-Type": "application/json"}, content=content)
    if not isinstance(heard, httpx.Response):
        return heard
    settled = weather(heard)
    if isinstance(settled, NotSent) and settled.retry_after is None:
        return replace(settled, retry_after=pause_in(heard))
    return settled or (heard.status_code, read_object(heard.content) or {})


def pause_in(response: httpx.Response) -> timedelta | None:
    """An hour when the day's requests are spent, else one interval of the rate limit; None when nothing is said."""
    if response.headers.get("x-ratelimit-daily-remaining") == "0":
        return SPENT_FOR_TODAY
    seconds = rate_interval(response)
    return None if seconds is None else timedelta(seconds=seconds)


async def export(
    client: httpx.AsyncClient,
    account: Account,
    channel: ChannelName,
    since: datetime,
    until: datetime,
    page_size: int,
    contact_ref: str | None = None,
) -> list[Line] | CannotTell:
    """Every message of a channel in this time, newest first, read to the end of the cursors; else CannotTell.

    Without `channel` the export leaves e-mail out. The caller looks at each line's own date again.
    """
    params = {
        "locationId": account.settings["location_id"],
        "channel": EXPORT_CHANNELS[channel],
        "startDate": stamp(since),
        "endDate": stamp(until + AFTER_THE_END),
        "sortBy": "createdAt",
        "sortOrder": "desc",
        "limit": str(max(LEAST_PAGE, page_size)),
        **({"contactId": contact_ref} if contact_ref else {}),
    }
    found: dict[str, Line] = {}
    async for page in export_pages(client, account, params):
        if isinstance(page, CannotTell):
            return page
        found |= {text_in(line, "id") or "": line for line in page}
    return list(found.values())


async def export_pages(
    client: httpx.AsyncClient, account: Account, params: dict[str, str]
) -> AsyncIterator[list[Line] | CannotTell]:
    """Pages until there is no cursor, or an empty page; a CannotTell is the last thing given.

    Without a count, which the spec demands, a full page is not the last, and an empty one with a cursor neither.
    """
    seen, reading = set[str](), Reading()
    for _ in range(MOST_PAGES):
        page = await get(client, account, "/conversations/messages/export", CONVERSATIONS, params)
        if isinstance(page, CannotTell):
            yield page
            return
        lines, cursor = lines_in(page, "messages"), page.get("nextCursor")
        if lines is None or not isinstance(cursor, str | None) or (cursor and cursor in seen):
            yield CannotTell("unreadable_list")
            return
        if reading.goes_round(line["id"] for line in lines):
            yield CANNOT_GO_ON
            return
        yield lines
        if not cursor or not lines:
            total, full = page.get("total"), len(lines) >= int(params["limit"])
            if is_cut(total, len(reading.ids)) or (full and not is_count(total)):
                yield CUT_SHORT
            elif cursor and not is_count(total):
                yield CANNOT_GO_ON
            return
        seen.add(cursor)
        params = {**params, "cursor": cursor}
    yield CannotTell("list_too_long")


def lines_in(page: Line, name: str) -> list[Line] | None:
    """A list of objects that all have an id; None for anything else."""
    lines = page.get(name)
    if not isinstance(lines, list):
        return None
    whole = all(isinstance(line, dict) and GHL_ID.fullmatch(text_in(line, "id") or "") for line in lines)
    return lines if whole else None


def stamp(instant: datetime) -> str:
    """An instant as GHL writes it: 2026-11-21T09:00:00.000Z."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
