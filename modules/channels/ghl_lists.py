"""GoHighLevel's export of messages: is ours in it, and what did GoHighLevel take from us?

Sources: spec conversations of highlevel-api-docs, commit 0af86a4c of 2026-05-01 (export), its issue 5 (the index lags
behind what was accepted). Nothing of ours travels with a message, so person, words and time are what is matched.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx

from modules.accounts import Account
from modules.channels.answers import text_in
from modules.channels.ghl_api import CONVERSATIONS, Line, export, get_part
from modules.channels.ghl_words import email_ids, read_message, time_in
from modules.channels.html_words import words_of
from modules.channels.models import Absent, CannotTell, Fact, Found, Listed, Looked, Sought
from modules.labels import ChannelName

BEFORE_ARM = timedelta(seconds=60)
MOST_RECORDS = 10
_DOUBT = CannotTell("a_line_in_doubt")


async def find_message(
    client: httpx.AsyncClient, account: Account, channel: ChannelName, sought: Sought, page_size: int
) -> Looked:
    """Is it in the contact's messages? Absent is said only of an export read whole without a line in doubt."""
    contact = sought.message.envelope.get("contact_id")
    if not contact:
        return CannotTell("no_contact_id")
    since = sought.armed_at - BEFORE_ARM
    lines = await export(client, account, channel, since, sought.until, page_size, contact)
    if isinstance(lines, CannotTell):
        return lines
    verdicts: list[Fact | CannotTell] = []
    mails = 0
    for line in lines:
        verdict = match(line, contact, sought)
        if isinstance(verdict, Fact) and channel is ChannelName.email:
            mails += 1
            verdict = await match_mail(client, account, line, verdict, sought) if mails <= MOST_RECORDS else _DOUBT
        verdicts += [verdict] if verdict else []
    facts = [verdict for verdict in verdicts if isinstance(verdict, Fact)]
    if facts:
        return Found(facts[-1])
    return _DOUBT if verdicts else Absent()


def match(line: Line, contact: str, sought: Sought) -> Fact | CannotTell | None:
    """The fact when this line can be ours (for a text: is); CannotTell when that cannot be seen."""
    if line.get("direction") != "outbound" or line.get("contactId", contact) != contact:
        return None
    created = time_in(line, "dateAdded")
    if created is not None and not sought.armed_at - BEFORE_ARM <= created <= sought.until:
        return None
    fact = read_message(line)
    if fact is not None and fact.provider_id in sought.known:
        return None
    if not email_ids(line):
        body = text_in(line, "body")
        ours = sought.message.body.strip()
        if body is not None and body.strip() != ours:
            return _DOUBT if ours in body else None  # GHL may have added words to ours: then it may be ours
        return _DOUBT if body is None or created is None or fact is None else fact
    return _DOUBT if created is None or fact is None else fact


async def match_mail(
    client: httpx.AsyncClient, account: Account, line: Line, fact: Fact, sought: Sought
) -> Fact | CannotTell | None:
    """An e-mail by its own record: same subject and same HTML. What GHL may have put into our HTML (a footer, other
    links) leaves our words standing in it: then it may be ours, and that is doubt."""
    mail_id = next(iter(email_ids(line)), fact.provider_id)
    mail = await get_part(client, account, f"/conversations/messages/email/{mail_id}", CONVERSATIONS, "emailMessage")
    if isinstance(mail, CannotTell):
        return mail
    subject, html = text_in(mail, "subject"), text_in(mail, "body")
    if subject is None or html is None:
        return _DOUBT
    if subject.strip() != (sought.message.subject or "").strip():
        return None
    if html.strip() == sought.message.body.strip():
        return fact
    ours, theirs = " ".join(words_of(sought.message.body).split()), " ".join(words_of(html).split())
    return _DOUBT if ours in theirs else None


async def list_messages(
    client: httpx.AsyncClient,
    account: Account,
    channel: ChannelName,
    since: datetime,
    until: datetime,
    page_size: int,
) -> Sequence[Listed] | CannotTell:
    """What the location took through the API between two instants, oldest first; CannotTell unless all was read.

    What people or workflows of the location sent themselves is not ours. A line names no number, only a contact.
    """
    lines = await export(client, account, channel, since, until, page_size)
    if isinstance(lines, CannotTell):
        return lines
    found: list[tuple[datetime, Listed]] = []
    for line in lines:
        if line.get("direction") != "outbound" or line.get("source", "api") != "api":
            continue
        fact, created = read_message(line), time_in(line, "dateAdded")
        if fact is None or created is None:
            return CannotTell("unreadable_line")
        if since <= created <= until:
            found.append((created, Listed(fact, text_in(line, "to"), created, text_in(line, "contactId"))))
    return [one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].fact.provider_id))]
