"""Twilio's list of messages: is ours in it, and what did Twilio take from us?

Sources: twilio-oai twilio_api_v2010.json of 2026-04-14 (ListMessage: To, From, DateSent by GMT day, next_page_uri); the
page token goes on behind the last line seen, so that new messages do not shift what follows. The order is not
documented: newest first is what it shows, and a list that is plainly not so proves nothing here.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import httpx

from modules.accounts import Account
from modules.channels.answers import read, text_in
from modules.channels.models import Absent, CannotTell, Fact, Found, Listed, Looked, Sought
from modules.channels.models_of_hooks import Inbound
from modules.channels.paging import CANNOT_GO_ON, NOT_NEWEST_FIRST, Reading
from modules.channels.twilio_words import is_refused, read_message, time_in

BEFORE_ARM = timedelta(seconds=60)
LONGEST_QUEUE = timedelta(seconds=36_000)
"""A message leaves Twilio's queue at most this long after it was made (the largest ValidityPeriod)."""
MOST_PAGES = 20

Page = tuple[list[object], str | None]
"""The lines of one page, and the address of the next one."""


def messages_path(account: Account) -> str:
    return f"/2010-04-01/Accounts/{account.settings['account_sid']}/Messages.json"


def messages_url(account: Account) -> str:
    return account.base_url.rstrip("/") + messages_path(account)


def key_of(account: Account) -> tuple[str, str]:
    return account.settings["account_sid"], account.secrets["auth_token"]


async def read_page(
    client: httpx.AsyncClient, account: Account, url: str, params: Mapping[str, str] | None
) -> Page | CannotTell:
    page = await read(client, url, auth=key_of(account), params=params)
    if isinstance(page, CannotTell):
        return page
    lines, further = page.get("messages"), page.get("next_page_uri", "")
    if not isinstance(lines, list):
        return CannotTell("unreadable_list")
    if further is None:
        return lines, None
    if not isinstance(further, str) or not further.startswith(f"{messages_path(account)}?"):
        return CannotTell("unreadable_list")  # an address of their choosing would get our credentials
    return lines, account.base_url.rstrip("/") + further


def sids(lines: list[object]) -> list[object]:
    return [line.get("sid") for line in lines if isinstance(line, dict)]


async def find_message(client: httpx.AsyncClient, account: Account, sought: Sought, page_size: int) -> Looked:
    """Is it in Twilio's list? By To alone: what was not sent yet has no DateSent, and a service no From.

    Absent is said only of a list that was read to its end without one line in doubt.
    """
    url, doubt, reading = messages_url(account), False, Reading()
    params: Mapping[str, str] | None = {"To": sought.message.to_address, "PageSize": str(page_size)}
    for _ in range(MOST_PAGES):
        page = await read_page(client, account, url, params)
        if isinstance(page, CannotTell):
            return page
        if reading.goes_round(sids(page[0])):
            return CANNOT_GO_ON
        verdicts = [match(line, sought) for line in page[0]]
        facts = [verdict for verdict in verdicts if isinstance(verdict, Fact)]
        if facts:
            return Found(facts[-1])
        doubt = doubt or any(isinstance(verdict, CannotTell) for verdict in verdicts)
        if page[1] is None:
            return CannotTell("a_line_in_doubt") if doubt else Absent()
        url, params = page[1], None
    return CannotTell("list_too_long")


def match(line: object, sought: Sought) -> Fact | CannotTell | None:
    """The fact when this line is our message; CannotTell when it may be (text redacted, or no date)."""
    if not isinstance(line, dict):
        return CannotTell("unreadable_line")
    if line.get("direction") != "outbound-api" or line.get("to") != sought.message.to_address:
        return None
    created, body = time_in(line, "date_created"), line.get("body")
    if created is not None and not sought.armed_at - BEFORE_ARM <= created <= sought.until:
        return None
    fact = read_message(line)
    if fact is not None and fact.provider_id in sought.known:
        return None
    if body and body != sought.message.body:
        # a carrier or the service may have added words to ours: then it may be ours
        amended = isinstance(body, str) and sought.message.body.strip() in body
        return CannotTell("a_line_in_doubt") if amended else None
    return CannotTell("a_line_in_doubt") if created is None or not body or fact is None else fact


async def list_messages(
    client: httpx.AsyncClient, account: Account, since: datetime, until: datetime, page_size: int
) -> Sequence[Listed] | CannotTell:
    """What Twilio took from us between two instants, oldest first; CannotTell unless all of it was read.

    Two readings, because a message has no DateSent before it is sent and then fits no filter on it: first back from now
    without a filter, then by day to the list's end. In this order nothing slips between them while it is sent.
    """
    found: dict[str, Listed] = {}
    days = {
        "DateSent>": since.astimezone(UTC).date().isoformat(),
        "DateSent<": (until + LONGEST_QUEUE).astimezone(UTC).date().isoformat(),
    }
    size = {"PageSize": str(page_size)}
    for params, oldest in ((size, since - LONGEST_QUEUE), (days | size, None)):
        lines = await read_back(client, account, params, oldest)
        if isinstance(lines, CannotTell):
            return lines
        found |= {
            one.fact.provider_id: one
            for one in lines
            if one.created_at is not None and since <= one.created_at <= until
        }
    return sorted(found.values(), key=lambda one: (one.created_at or since, one.fact.provider_id))


async def read_back(
    client: httpx.AsyncClient, account: Account, params: Mapping[str, str], oldest: datetime | None
) -> list[Listed] | CannotTell:
    """Every message of ours to the list's end, or until a whole page is older than `oldest`."""
    ours: list[Listed] = []
    reading = Reading()
    page = await read_page(client, account, messages_url(account), params)
    for _ in range(MOST_PAGES):
        if isinstance(page, CannotTell):
            return page
        if reading.goes_round(sids(page[0])):
            return CANNOT_GO_ON
        dates: list[datetime] = []
        for line in page[0]:
            listed = read_line(line)
            if isinstance(listed, CannotTell):
                return listed
            created, one = listed
            dates.append(created)
            ours += [one] if one else []
        if oldest is not None and dates and dates[0] + LONGEST_QUEUE < dates[-1]:
            return NOT_NEWEST_FIRST
        if page[1] is None or (oldest is not None and dates and max(dates) < oldest):
            return ours
        page = await read_page(client, account, page[1], None)
    return CannotTell("list_too_long")


def read_line(line: object) -> tuple[datetime, Listed | None] | CannotTell:
    """When it was made and, when we sent it through the API, what it is. A line in doubt spoils the list.

    Twilio's list carries no reference of ours: the callback's address, which does, is not shown.
    """
    if not isinstance(line, dict):
        return CannotTell("unreadable_line")
    created, direction = time_in(line, "date_created"), text_in(line, "direction")
    if created is None or direction is None:
        return CannotTell("unreadable_line")
    if direction != "outbound-api":
        return created, None
    fact = read_message(line)
    if fact is None:
        return CannotTell("unreadable_line")
    return created, Listed(fact, text_in(line, "to"), created, refused=is_refused(line))


async def list_inbound(
    client: httpx.AsyncClient, account: Account, since: datetime, until: datetime, page_size: int
) -> Sequence[Inbound] | CannotTell:
    """What people texted between two instants, oldest first, under the key that its webhook had: the message's SID.

    Whether Twilio took it as an opt-out stands in the webhook only; the words themselves stand in both.
    """
    found: dict[str, Inbound] = {}
    reading = Reading()
    page = await read_page(client, account, messages_url(account), {"PageSize": str(page_size)})
    for _ in range(MOST_PAGES):
        if isinstance(page, CannotTell):
            return page
        if reading.goes_round(sids(page[0])):
            return CANNOT_GO_ON
        dates: list[datetime] = []
        theirs: list[datetime] = []
        for line in page[0]:
            created = time_in(line, "date_created") if isinstance(line, dict) else None
            if not isinstance(line, dict) or created is None:
                return CannotTell("unreadable_line")
            dates.append(created)
            # what waits in Twilio's queue may stand where it was sent; what people wrote waits nowhere
            theirs += [created] if line.get("direction") == "inbound" else []
            if line.get("direction") == "inbound" and since <= created <= until:
                sid, sender, ours = (text_in(line, name) for name in ("sid", "from", "to"))
                if not sid or not sender or not ours:
                    return CannotTell("unreadable_line")
                body = text_in(line, "body") or ""
                found[sid] = Inbound(sid, sender, ours, body, False, {"read_again": "list"}, at=created)
        if (dates and dates[0] < dates[-1]) or reading.turns_back(theirs):
            return NOT_NEWEST_FIRST
        if page[1] is None or (dates and max(dates) < since):
            return sorted(found.values(), key=lambda one: (one.at or since, one.event_key))
        page = await read_page(client, account, page[1], None)
    return CannotTell("list_too_long")
