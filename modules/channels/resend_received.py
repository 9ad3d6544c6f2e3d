"""An e-mail that a person sent us, read again through Resend's API: its webhook holds no text, nor does the list.

Sources: resend-openapi resend.yaml of 2026-08-21 (GetReceivedEmailResponse, ListReceivedEmailsResponse), docs
dashboard/receiving, copies read 2026-11-20; RFC 5322 section 3.6.4 for In-Reply-To and References.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import getaddresses
from uuid import UUID

import httpx

from modules.accounts import Account
from modules.channels.answers import read, text_in
from modules.channels.html_words import words_of
from modules.channels.mail_address import address_in
from modules.channels.models import CannotTell
from modules.channels.models_of_hooks import Event, Hint, HintKind, Inbound, Strange
from modules.channels.port import Known
from modules.channels.resend_lists import emails_url, key_of, lines_between
from modules.channels.resend_words import EMAIL_ID, time_in
from modules.ids import TouchId
from modules.labels import ChannelName

RECEIVING = "/receiving"
MESSAGE_ID = re.compile(r"<[^<>\s]{3,998}>")
OUR_ADDRESS = re.compile(r"r\+([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@\S+")
KEPT_HEADERS = ("auto-submitted", "precedence", "list-id", "x-autoreply")
"""What tells an answer of a machine (RFC 3834) from a person's."""


async def read_received(client: httpx.AsyncClient, account: Account, hint: Hint) -> Event | CannotTell:
    """What the person wrote. An e-mail without a sender to answer to is strange, and kept."""
    if hint.kind is not HintKind.received_email or not EMAIL_ID.fullmatch(hint.ref):
        return CannotTell("not_a_received_email")
    email = await read(client, f"{emails_url(account)}{RECEIVING}/{hint.ref}", headers=key_of(account))
    if isinstance(email, CannotTell):
        return email
    if text_in(email, "id") != hint.ref:
        return CannotTell("unreadable_answer")
    return describe_received(hint.ref, email, hint.received_for)


async def list_received(
    client: httpx.AsyncClient,
    account: Account,
    since: datetime,
    until: datetime,
    page_size: int,
    known: Known | None = None,
    so_far: list[Inbound] | None = None,
) -> Sequence[Inbound] | CannotTell:
    """What people wrote between two instants, oldest first; CannotTell unless the list and every text were read.

    The list holds no texts, so each e-mail that is not `known` is then read, one after the other: the read pace says
    how fast. One without a sender is nobody's, and left out. What was read is in `so_far` whatever becomes of the rest.
    """
    lines = await lines_between(client, account, since, until, page_size, RECEIVING)
    if isinstance(lines, CannotTell):
        return lines
    found: list[Inbound] = [] if so_far is None else so_far
    kept = await known([key_of_received(email_id) for email_id, _, _ in lines]) if known and lines else ()
    for email_id, _, _ in lines:
        if key_of_received(email_id) in kept:
            continue
        event = await read_received(client, account, Hint(HintKind.received_email, email_id, email_id))
        if isinstance(event, CannotTell):
            return event
        found += [event] if isinstance(event, Inbound) else []
    return found


def key_of_received(email_id: str) -> str:
    """The event key, whether a webhook told of the mail or the list."""
    return f"resend:received:{email_id}"


def describe_received(
    email_id: str, email: Mapping[str, object], received_for: Sequence[str] = ()
) -> Inbound | Strange:
    """The e-mail in our words. `opted_out` stays False: Resend says no such thing, only the text may.

    It came in, so it was for us, also where its head names nobody: who has us in a blind copy says stop as any other.
    """
    key = key_of_received(email_id)
    sender = address_in(text_in(email, "from") or "")
    if not sender:
        return Strange(key, "email.received", email)
    to = [*received_for, *(one for name in ("to", "cc", "bcc") for one in addresses(email.get(name)))]
    headers = read_headers(email.get("headers"))
    ours = [one for one in to if OUR_ADDRESS.fullmatch(one)]
    return Inbound(
        event_key=key,
        from_address=sender,
        to_address=next(iter(ours or to), ""),
        text=text_of(email),
        opted_out=False,
        payload=payload_of(email_id, email, headers),
        channel=ChannelName.email,
        subject=text_in(email, "subject"),
        at=time_in(email, "created_at"),
        reference=reference_in(ours),
        answers=answered(headers),
    )


def addresses(value: object) -> list[str]:
    """Each once. A line should hold one; of several all count."""
    lines = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
    found = [one for line in lines for one in (address_in(line), *(each for _, each in getaddresses([line])))]
    return list(dict.fromkeys(one.lower() for one in found if "@" in one))


def reference_in(ours: Iterable[str]) -> TouchId | None:
    """Our touch out of the address that we gave as Reply-To. Anybody can write there: it proves no tenant."""
    for address in ours:
        found = OUR_ADDRESS.fullmatch(address)
        if found:
            return TouchId(UUID(found[1]))
    return None


def read_headers(value: object) -> dict[str, str]:
    """Names in lower case; what is neither a text nor a list of texts is left out."""
    headers: dict[str, str] = {}
    for name, given in value.items() if isinstance(value, dict) else ():
        texts = given if isinstance(given, list) else [given]
        if isinstance(name, str) and all(isinstance(one, str) for one in texts):
            headers[name.lower()] = " ".join(texts).replace("\x00", "")
    return headers


def answered(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Message ids with their angle brackets, the nearest first: In-Reply-To, then References from its end."""
    direct = MESSAGE_ID.findall(headers.get("in-reply-to", ""))
    earlier = MESSAGE_ID.findall(headers.get("references", ""))[::-1]
    return tuple(dict.fromkeys(direct + earlier))


def payload_of(email_id: str, email: Mapping[str, object], headers: Mapping[str, str]) -> dict[str, str]:
    kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
    return {"email_id": email_id, "message_id": text_in(email, "message_id") or ""} | kept


def text_of(email: Mapping[str, object]) -> str:
    """The plain text; where there is none, the words that the HTML shows."""
    return (text_in(email, "text") or "").strip() or words_of(text_in(email, "html") or "")
