"""The link below every e-mail: looking at it changes nothing, one POST ends the e-mails of that client to that address.

RFC 8058: a mailbox provider posts `List-Unsubscribe=One-Click`, without cookies, and wants no redirect; link scanners
fetch the page, so only the POST counts. What no key of ours wrote is refused before the database is asked.
"""

from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import compat32
from urllib.parse import parse_qsl
from uuid import UUID

import psycopg
from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from modules.contacts import Mailbox, close_address, load_mailbox, lock_person
from modules.content import PAGE_HEADERS, Said, language_of, unsubscribe_page
from modules.ids import AddressId, ClientId
from modules.labels import OWN_WORD, AddressKind, SuppressionReason
from modules.touches import suppress_claimed
from utils.db import Connection
from utils.errors import Unavailable
from utils.log import logger
from utils.unsubscribe_links import link_keys, read_token
from workers.context import Deps

LOG = logger("unsubscribe")
BODY_LIMIT = 4096
STATUS: Mapping[Said, int] = {Said.lost: 404, Said.unclear: 400, Said.busy: 503}


async def show(web: Request, token: str) -> Response:
    """The page with its button, for whoever opens the link."""
    deps: Deps = web.app.state.deps
    whose = _whose(deps, token)
    if whose is None:
        return _page(web, Said.lost)
    try:
        async with deps.database.transaction() as conn:
            mailbox = await load_mailbox(conn, *whose)
    except (Unavailable, psycopg.OperationalError):
        return _page(web, Said.busy)
    if mailbox is None:  # erased: nobody is written to there any more
        return _page(web, Said.gone)
    return _page(web, Said.done if mailbox.suppressed_reason in OWN_WORD else Said.ask, mailbox)


async def end(web: Request, token: str) -> Response:
    """What a mailbox provider, or the page's button, posts. The same again answers the same and changes nothing."""
    deps: Deps = web.app.state.deps
    whose = _whose(deps, token)
    if whose is None:
        return _page(web, Said.lost)
    body = await _small_body(web)
    if body is None:
        return Response(status_code=413, headers={"Connection": "close"})
    form = fields_of(web.headers.get("content-type", ""), body)
    if form.get("List-Unsubscribe") != "One-Click":
        return _page(web, Said.unclear)
    try:
        # once more when it had to give way to others: a mailbox provider asks only once
        mailbox = await deps.database.patiently(lambda conn: end_mails(deps, conn, *whose))
    except (Unavailable, psycopg.OperationalError):
        return _page(web, Said.busy)
    if "page" not in form:
        return Response(status_code=200)
    return _page(web, Said.done if mailbox else Said.gone, mailbox)


async def end_mails(deps: Deps, conn: Connection, client_id: ClientId, address_id: AddressId) -> Mailbox | None:
    """Closes the address as a person's own word does: contact and address are locked first, so that an arming either
    came before or sees it. None for an address that was erased."""
    now, mailbox = deps.clock.now(), await load_mailbox(conn, client_id, address_id)
    if mailbox is None:
        return None
    await lock_person(conn, mailbox.contacts, [(client_id, AddressKind.email, mailbox.value)])
    mailbox = await load_mailbox(conn, client_id, address_id)  # what others did to it before they let go
    if mailbox is None or mailbox.suppressed_reason in OWN_WORD:
        return mailbox
    reason, pepper = SuppressionReason.opted_out, await deps.pepper(conn)
    await close_address(conn, pepper, client_id, AddressKind.email, mailbox.value, reason, now)
    await suppress_claimed(conn, client_id, mailbox.value, reason, now)
    LOG.info("unsubscribed", client_id=str(client_id), address_id=str(address_id))
    return mailbox


def fields_of(content_type: str, body: bytes) -> dict[str, str]:
    """The fields of a form, of either kind (RFC 8058, section 3.2: multipart, or urlencoded); empty when it is none."""
    if content_type.lower().startswith("multipart/form-data"):
        # compat32 takes headers as they are: the newer policies raise on some that are malformed
        head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
        whole = BytesParser(policy=compat32).parsebytes(head + body)
        parts = [part for part in whole.walk() if not part.is_multipart()]
        named = (
            (part.get_param("name", header="content-disposition"), part.get_payload(decode=True)) for part in parts
        )
        return {
            str(name): value.decode("utf-8", "replace").strip() for name, value in named if isinstance(value, bytes)
        }
    return dict(parse_qsl(body.decode("utf-8", "replace").strip(), keep_blank_values=True))


async def _small_body(web: Request) -> bytes | None:
    """None as soon as it is larger than any such form."""
    told, body = web.headers.get("content-length", ""), b""
    if told.isdigit() and int(told) > BODY_LIMIT:
        return None
    async for chunk in web.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            return None
    return body


def _whose(deps: Deps, token: str) -> tuple[ClientId, AddressId] | None:
    found: tuple[UUID, UUID] | None = read_token(link_keys(deps.settings.secret_key), token)
    return (ClientId(found[0]), AddressId(found[1])) if found else None


def _page(web: Request, said: Said, mailbox: Mailbox | None = None) -> Response:
    """In the person's language, else in the browser's."""
    first = web.headers.get("accept-language", "").split(",")[0].split(";")[0]
    language = language_of(mailbox.language if mailbox and mailbox.language else first)
    brand, address = (mailbox.client_name, mailbox.value) if mailbox else ("", "")
    headers = PAGE_HEADERS | ({"Retry-After": "60"} if said is Said.busy else {})
    return HTMLResponse(unsubscribe_page(said, language, brand, address), STATUS.get(said, 200), headers)
