"""What a mailbox provider does with the unsubscribe headers of a mail (RFC 8058; Gmail's and Yahoo's sender rules).

It shows its button only for a whole pair of headers, and posts one form field to the one URI: without cookies, and
following no redirect. A link scanner fetches the same URI beforehand.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from scripts.sandbox.ledger import Acceptance, OptOut, iso
from scripts.sandbox.postman import Answer
from scripts.sandbox.world import World

ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "mailbox-one-click/1.0"}
SCANNER = {"User-Agent": "mailbox-link-scanner/1.0"}
LOOPBACK = "127.0.0.1"
CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0


@dataclass(frozen=True)
class Malformed:
    """Why a mailbox shows no button."""

    reason: str


def one_click_url(headers: Mapping[str, str]) -> str | Malformed:
    """The one URI of a whole pair of headers. On loopback, where nobody has a certificate, http will do."""
    given = {name.lower(): value for name, value in headers.items()}
    listed, post = given.get("list-unsubscribe"), given.get("list-unsubscribe-post")
    if listed is None or post is None:
        return Malformed("the mail lacks List-Unsubscribe or List-Unsubscribe-Post")
    if post != ONE_CLICK:
        return Malformed(f"List-Unsubscribe-Post is '{post}', not '{ONE_CLICK}'")
    found = re.fullmatch(r"<([^<>\s,]+)>", listed)
    if found is None:
        return Malformed("List-Unsubscribe is not exactly one URI in angle brackets")
    url = urlsplit(found[1])
    if url.scheme != "https" and not (url.scheme == "http" and url.hostname == LOOPBACK):
        return Malformed("the URI of List-Unsubscribe is not https")
    return found[1]


async def click(world: World, acceptance: Acceptance, at: datetime) -> Answer | Malformed:
    """A person presses the mailbox's button. From then on they have opted out, whatever we answer."""
    url = one_click_url(acceptance.headers)
    if isinstance(url, Malformed):
        return url
    world.ledger.opt_outs.append(OptOut(acceptance.to, iso(at), "one_click"))
    return await world.postman.post(url, ONE_CLICK.encode(), FORM, CONNECT_SECONDS, READ_SECONDS)


async def scan(world: World, acceptance: Acceptance) -> Answer | Malformed:
    """A scanner looks where the link leads; nobody has decided anything."""
    url = one_click_url(acceptance.headers)
    if isinstance(url, Malformed):
        return url
    return await world.postman.get(url, SCANNER, CONNECT_SECONDS, READ_SECONDS)
