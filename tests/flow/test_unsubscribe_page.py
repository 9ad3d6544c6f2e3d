"""The unsubscribe link over real HTTP: looking changes nothing, one POST closes the address, junk reaches nobody."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
import pytest_asyncio

from modules.ids import ClientId
from scripts.conductor.stage import SECRET, Stage
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database
from tests.flow.outside import database_down
from utils.http import trusted
from utils.sql import Queries
from utils.unsubscribe_links import link_keys, unsubscribe_token
from workers.unsubscribe import BODY_LIMIT

SQL = Queries(Path(__file__).with_name("unsubscribe.sql"))
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
BUTTON = ONE_CLICK | {"page": "1"}


@pytest_asyncio.fixture
async def acme(stage: Stage) -> Cast:
    return await gather_cast(stage.deps, stage.twin, story("email"), 2)


@pytest_asyncio.fixture
async def link(stage: Stage, acme: Cast) -> str:
    return await link_to(stage, acme.client_id, acme.mails[0])


@pytest_asyncio.fixture
async def web() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, verify=trusted(), follow_redirects=False, timeout=20) as client:
        yield client


async def link_to(stage: Stage, client_id: ClientId, mail: str) -> str:
    (row,) = [one for one in await rows(stage.deps, "addresses") if one["value"] == mail]
    return f"{stage.url}/u/{unsubscribe_token(link_keys(SECRET)[0], client_id, UUID(str(row['id'])))}"


async def closed(stage: Stage) -> dict[str, tuple[str, object]]:
    """Only what is closed: why, and since when."""
    found = await rows(stage.deps, "addresses")
    return {row["value"]: (row["suppressed_reason"], row["suppressed_at"]) for row in found if row["suppressed_at"]}


async def test_looking_at_the_link_changes_nothing_however_often(
    stage: Stage, acme: Cast, link: str, web: httpx.AsyncClient
) -> None:
    for method in ("GET", "HEAD", "GET", "OPTIONS", "PUT", "DELETE", "PROPFIND"):
        answer = await web.request(method, link, headers={"User-Agent": "mailbox-link-scanner/1.0"})
        assert answer.status_code == (200 if method in ("GET", "HEAD") else 405)
    assert (await web.get(f"{link}?List-Unsubscribe=One-Click&page=1")).status_code == 200
    assert await closed(stage) == {}


async def test_the_page_names_the_brand_masks_the_address_and_asks_for_one_press(
    acme: Cast, link: str, web: httpx.AsyncClient
) -> None:
    answer = await web.get(link)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Acme" in answer.text
    assert "p•••@acme-people.example" in answer.text
    assert acme.mails[0] not in answer.text
    assert answer.text.count("<button>") == 1
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    assert "noindex" in answer.headers["x-robots-tag"]
    assert "set-cookie" not in answer.headers
    assert (await web.head(link)).content == b""


async def test_one_post_of_a_mailbox_closes_the_address_and_the_same_again_changes_nothing(
    stage: Stage, acme: Cast, link: str, web: httpx.AsyncClient
) -> None:
    since = stage.clock.now()
    answer = await web.post(link, data=ONE_CLICK)
    assert (answer.status_code, answer.content, "set-cookie" in answer.headers) == (200, b"", False)
    assert await closed(stage) == {acme.mails[0]: ("opted_out", since)}
    stage.clock.set(since.replace(hour=20))
    assert (await web.post(link, data=ONE_CLICK)).status_code == 200
    assert (await web.post(link, data=BUTTON)).status_code == 200
    assert await closed(stage) == {acme.mails[0]: ("opted_out", since)}


async def test_a_post_as_multipart_counts_too_for_that_is_what_the_standard_prefers(
    stage: Stage, acme: Cast, link: str, web: httpx.AsyncClient
) -> None:
    assert (await web.post(link, files={"List-Unsubscribe": (None, "One-Click")})).status_code == 200
    assert list(await closed(stage)) == [acme.mails[0]]


async def test_the_button_of_the_page_answers_with_a_page_and_the_page_then_has_no_button(
    stage: Stage, acme: Cast, link: str, web: httpx.AsyncClient
) -> None:
    fields = dict(re.findall("name='([^']+)' value='([^']+)'", (await web.get(link)).text))
    answer = await web.post(link, data=fields)
    assert answer.status_code == 200
    assert "You are unsubscribed" in answer.text
    assert list(await closed(stage)) == [acme.mails[0]]
    again = (await web.get(link)).text
    assert "You are unsubscribed" in again
    assert "<button>" not in again


@pytest.mark.parametrize(
    ("told", "page", "title"),
    [(None, "es-MX,es;q=0.9", "¿Darse de baja?"), ("fr", "es", "Se désabonner ?"), (None, "", "Unsubscribe?")],
)
async def test_the_page_speaks_the_persons_language_else_the_browsers(
    stage: Stage, acme: Cast, link: str, web: httpx.AsyncClient, told: str | None, page: str, title: str
) -> None:
    if told:
        with psycopg.connect(stage.dsn) as conn:
            conn.execute(SQL["speak"], {"language": told})
    assert title in (await web.get(link, headers={"Accept-Language": page})).text


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "body", [b"", b"List-Unsubscribe=", b"page=1", b"list-unsubscribe=one-click", b"\xff\x00", b"{}"]
)
async def test_a_post_that_does_not_ask_for_it_changes_nothing(
    stage: Stage, link: str, web: httpx.AsyncClient, body: bytes
) -> None:
    answer = await web.post(link, content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 400
    assert await closed(stage) == {}


async def test_a_form_that_is_malformed_or_has_many_fields_is_answered_and_never_fails(
    stage: Stage, link: str, web: httpx.AsyncClient
) -> None:
    many = "&".join(f"a{n}=1" for n in range(30))
    torn = b"--x\r\nContent-Disposition: form-data; name*\r\n1=Content-Type: message/rfc822\r\n\r\nOne-Click\r\n--x--\r"
    assert (
        await web.post(link, content=torn, headers={"Content-Type": "multipart/form-data; boundary=x"})
    ).status_code == 400
    assert (await web.post(link, content=many, headers={"Content-Type": FORM})).status_code == 400
    assert await closed(stage) == {}
    wanted = f"{many}&List-Unsubscribe=One-Click"
    assert (await web.post(link, content=wanted, headers={"Content-Type": FORM})).status_code == 200
    assert len(await closed(stage)) == 1


async def test_a_huge_body_is_refused_with_or_without_its_length(
    stage: Stage, link: str, web: httpx.AsyncClient
) -> None:
    huge = b"List-Unsubscribe=One-Click&x=" + b"x" * BODY_LIMIT

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(huge), 512):
            yield huge[start : start + 512]

    assert (await web.post(link, content=huge)).status_code == 413
    assert (await web.post(link, content=pieces())).status_code == 413
    assert await closed(stage) == {}


async def test_what_was_forged_cut_or_taken_to_another_client_is_not_found_and_closes_nothing(
    stage: Stage, acme: Cast, link: str, web: httpx.AsyncClient
) -> None:
    other = await gather_cast(stage.deps, stage.twin, story("email"), slug="bright")
    before = await rows(stage.deps, "addresses")
    ids = [UUID(str(row["id"])) for row in before if row["value"] == acme.mails[0]]
    foreign = unsubscribe_token(link_keys("a secret key of somebody else's house")[0], acme.client_id, ids[0])
    token, base = link.rsplit("/", 1)[1], link.rsplit("/", 1)[0]
    for junk in (foreign, token[:-1], token[:-1] + ("A" if token[-1] != "A" else "B"), "x", "%00" * 72, "A" * 9000):
        for answer in (await web.get(f"{base}/{junk}"), await web.post(f"{base}/{junk}", data=ONE_CLICK)):
            assert answer.status_code == 404
    # what only we could sign: this client's address at the other client
    crossed = unsubscribe_token(link_keys(SECRET)[0], other.client_id, ids[0])
    assert (await web.post(f"{base}/{crossed}", data=ONE_CLICK)).status_code == 200
    for path in ("/u", "/u/", f"/u/{token}/more", "/u/a/b"):
        assert (await web.post(base.removesuffix("/u") + path, data=ONE_CLICK)).status_code in (404, 405)
    assert await rows(stage.deps, "addresses") == before


async def test_an_address_that_was_erased_answers_kindly(stage: Stage, acme: Cast, web: httpx.AsyncClient) -> None:
    gone = f"{stage.url}/u/{unsubscribe_token(link_keys(SECRET)[0], acme.client_id, UUID(int=7))}"
    assert (await web.post(gone, data=ONE_CLICK)).status_code == 200
    page = await web.get(gone)
    assert (page.status_code, "This address is deleted" in page.text) == (200, True)
    assert "<button>" not in page.text


async def test_without_a_database_junk_is_refused_as_ever_and_a_wish_is_asked_to_come_again(
    stage: Stage, database: Database, acme: Cast, link: str, web: httpx.AsyncClient
) -> None:
    with database_down(database):
        assert (await web.post(link[:-1], data=ONE_CLICK)).status_code == 404
        answer = await web.post(link, data=ONE_CLICK)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert "Nothing was changed yet" in answer.text
    assert (await web.post(link, data=ONE_CLICK)).status_code == 200
    assert list(await closed(stage)) == [acme.mails[0]]
