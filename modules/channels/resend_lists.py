"""Resend's list of e-mails: is ours in it, and what did Resend take from us?

Sources: resend-openapi resend.yaml of 2026-08-21 (GET /emails with limit and after), docs api-reference/emails, copies
read 2026-11-20. The list has no filters and no texts. It shows the newest first, though no document says so: a list
that is not so proves nothing here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parseaddr

import httpx

from modules.accounts import Account
from modules.channels.answers import read, text_in
from modules.channels.models import Absent, CannotTell, Found, Listed, Looked, Message, Sought
from modules.channels.paging import CANNOT_GO_ON, NOT_NEWEST_FIRST, Reading
from modules.channels.resend_words import EMAIL_ID, read_email, read_tag, time_in

BEFORE_ARM = timedelta(seconds=60)
MOST_PAGES = 50

Line = tuple[str, datetime, Mapping[str, object]]


def emails_url(account: Account) -> str:
    return f"{account.base_url.rstrip('/')}/emails"


def key_of(account: Account) -> dict[str, str]:
    return {"Authorization": f"Bearer {account.secrets['api_key']}"}


async def read_page(
    client: httpx.AsyncClient, account: Account, params: Mapping[str, str], part: str = ""
) -> tuple[list[Line], bool] | CannotTell:
    """The lines of one page, and whether more follow. `part`: `/receiving` for the list of what came in."""
    page = await read(client, f"{emails_url(account)}{part}", headers=key_of(account), params=params)
    if isinstance(page, CannotTell):
        return page
    lines, more = read_lines(page), page.get("has_more")
    if isinstance(lines, CannotTell):
        return lines
    return (lines, more) if isinstance(more, bool) else CannotTell("unreadable_list")


async def find_email(client: httpx.AsyncClient, account: Account, sought: Sought, page_size: int) -> Looked:
    """Is it in Resend's list? By recipient, subject and time; the list has no text, so the e-mail is then read.

    The list is read back from now until a whole page is older than what is sought.
    """
    oldest, doubt, reading = sought.armed_at - BEFORE_ARM, False, Reading()
    params = {"limit": str(page_size)}
    for _ in range(MOST_PAGES):
        page = await read_page(client, account, params)
        if isinstance(page, CannotTell):
            return page
        lines, more = page
        if reading.goes_round(email_id for email_id, _, _ in lines):
            return CANNOT_GO_ON
        if reading.turns_back(created for _, created, _ in lines):
            return NOT_NEWEST_FIRST
        for email_id, created, line in lines:
            if is_candidate(email_id, created, line, sought):
                looked = await compare(client, account, email_id, sought.message)
                if isinstance(looked, Found):
                    return looked
                doubt = doubt or isinstance(looked, CannotTell)
        if not more or all(created < oldest for _, created, _ in lines):
            return CannotTell("a_line_in_doubt") if doubt else Absent()
        params["after"] = lines[-1][0]
    return CannotTell("list_too_long")


async def compare(client: httpx.AsyncClient, account: Account, email_id: str, message: Message) -> Looked:
    """Found when its text is ours, byte for byte; CannotTell when there is no text to compare."""
    email = await read(client, f"{emails_url(account)}/{email_id}", headers=key_of(account))
    if isinstance(email, CannotTell):
        return email
    fact, html = read_email(email), email.get("html")
    if fact is None or fact.provider_id != email_id or not isinstance(html, str) or not html:
        return CannotTell("unreadable_answer")
    return Found(fact) if html == message.body else Absent()


def read_lines(page: Mapping[str, object]) -> list[Line] | CannotTell:
    """Id, creation and rest of each line; CannotTell when one is not readable or the newest is not first."""
    given, lines = page.get("data"), []
    if not isinstance(given, list) or (page.get("has_more") and not given):
        return CannotTell("unreadable_list")
    for line in given:
        email_id = text_in(line, "id") if isinstance(line, dict) else None
        created = time_in(line, "created_at") if isinstance(line, dict) else None
        if not email_id or created is None or not EMAIL_ID.fullmatch(email_id):
            return CannotTell("unreadable_line")
        lines.append((email_id, created, line))
    if lines and lines[0][1] < lines[-1][1]:
        return NOT_NEWEST_FIRST
    return lines


def is_candidate(email_id: str, created: datetime, line: Mapping[str, object], sought: Sought) -> bool:
    """Same recipient, same subject, in the window, and not already another touch's."""
    return (
        email_id not in sought.known
        and sought.armed_at - BEFORE_ARM <= created <= sought.until
        and sought.message.to_address.lower() in recipients(line)
        and line.get("subject") == (sought.message.subject or "")
    )


def recipients(line: Mapping[str, object]) -> list[str]:
    to = line.get("to")
    return [parseaddr(one)[1].lower() for one in to if isinstance(one, str)] if isinstance(to, list) else []


async def list_emails(
    client: httpx.AsyncClient, account: Account, since: datetime, until: datetime, page_size: int
) -> Sequence[Listed] | CannotTell:
    """What Resend took between two instants, oldest first, read back from now; CannotTell unless all of it was read."""
    lines = await lines_between(client, account, since, until, page_size)
    if isinstance(lines, CannotTell):
        return lines
    found: list[Listed] = []
    for _, created, line in lines:
        fact = read_email(line, reference=read_tag(line.get("tags")))
        if fact is None:
            return CannotTell("unreadable_line")
        found.append(Listed(fact, next(iter(recipients(line)), None), created))
    return found


async def lines_between(
    client: httpx.AsyncClient, account: Account, since: datetime, until: datetime, page_size: int, part: str = ""
) -> list[Line] | CannotTell:
    """Each line of these instants once, oldest first; CannotTell unless the list was read back behind `since`."""
    found: dict[str, Line] = {}
    reading = Reading()
    params = {"limit": str(page_size)}
    for _ in range(MOST_PAGES):
        page = await read_page(client, account, params, part)
        if isinstance(page, CannotTell):
            return page
        lines, more = page
        if reading.goes_round(email_id for email_id, _, _ in lines):
            return CANNOT_GO_ON
        if reading.turns_back(created for _, created, _ in lines):
            return NOT_NEWEST_FIRST
        found |= {line[0]: line for line in lines if since <= line[1] <= until}
        if not more or lines[-1][1] < since:
            return list(found.values())[::-1]
        params["after"] = lines[-1][0]
    return CannotTell("list_too_long")
