"""The addresses that providers post to: what each of them is, and what nobody proves is refused alike by all."""

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from modules.accounts import AccountOpener, stored_accounts
from modules.labels import Provider
from tests.api.conftest import HOME
from tests.tenants import Tenant
from utils.errors import BadSignature
from workers.api import build_app
from workers.context import Deps
from workers.gathering import Gathering
from workers.receive import Intake

NAMES = ("twilio/status", "twilio/inbound", "twilio/voice-missed", "ghl", "resend", "vapi", "retell")
KEY = "0" * 32


@pytest.fixture
def unknown(app: FastAPI) -> httpx.AsyncClient:
    """Somebody who sends no header of ours."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=HOME)


@pytest.mark.parametrize("name", NAMES)
async def test_every_hook_with_and_without_an_account_key_refuses_what_nobody_signed(
    unknown: httpx.AsyncClient, bright: Tenant, name: str
) -> None:
    for path in (f"/hooks/{name}", f"/hooks/{name}/{KEY}"):
        answer = await unknown.post(path, content=b"{}")
        assert (path, answer.status_code) == (path, 401)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", NAMES)
async def test_a_hook_takes_posts_only_and_says_so(unknown: httpx.AsyncClient, name: str) -> None:
    for path in (f"/hooks/{name}", f"/hooks/{name}/{KEY}"):
        for method in ("GET", "HEAD", "PUT", "DELETE"):
            answer = await unknown.request(method, path)
            assert (path, method, answer.status_code) == (path, method, 405)
            assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "path", ["/hooks", "/hooks/nothing", "/hooks/twilio", "/hooks/vapi/a/b", "/hooks/twilio/status/a/b", "/hook/vapi"]
)
async def test_an_address_that_is_no_hook_is_not_found(unknown: httpx.AsyncClient, path: str) -> None:
    answer = await unknown.post(path, content=b"{}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_beside_the_dashboard_a_hook_is_no_page(deps: Deps, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>Omnify</title>")
    transport = httpx.ASGITransport(app=build_app(deps, dashboard=tmp_path))
    async with httpx.AsyncClient(transport=transport, base_url=HOME) as client:
        seen = await client.get("/hooks/vapi")
        posted = await client.post("/hooks/vapi", content=b"{}")
    assert (seen.status_code, posted.status_code) == (404, 401)
    assert "Omnify" not in seen.text


async def test_a_slash_too_many_is_sent_to_the_hooks_own_address(unknown: httpx.AsyncClient) -> None:
    answer = await unknown.post("/hooks/vapi/", content=b"{}")
    assert (answer.status_code, answer.headers["location"]) == (307, f"{HOME}/hooks/vapi")


async def test_the_hooks_are_not_described(unknown: httpx.AsyncClient) -> None:
    described = (await unknown.get("/api/v1/openapi.json")).json()["paths"]
    assert not [path for path in described if path.startswith("/hooks")]


async def test_who_posts_is_read_once_for_all_who_ask_at_the_same_time(deps: Deps, bright: Tenant) -> None:
    async with deps.database.transaction() as conn:
        [account] = [one for one in await stored_accounts(conn) if one.id == bright.account_id]
    reached = replace(deps, opener=AccountOpener(deps.sealer, {Provider.twilio: "http://127.0.0.1:9"}, {}))
    intake, sender = Intake(reached, Gathering(reached), HOME), (account.provider, account.account_key)
    gone = asyncio.create_task(intake.read_with_others(*sender))
    asking = [asyncio.create_task(intake.read_with_others(*sender)) for _ in range(20)]
    await asyncio.sleep(0)
    gone.cancel()
    first, *others = await asyncio.gather(*asking)
    assert first.keeper == bright.account_id
    assert all(other is first for other in others)
    assert intake.just_known(*sender) is first
    assert await intake.read_with_others(*sender) is not first, "asked later, it is read anew"


async def test_a_key_that_nobody_has_is_refused_to_all_who_ask_and_not_remembered(deps: Deps, bright: Tenant) -> None:
    intake = Intake(deps, Gathering(deps), HOME)
    asked = (intake.read_with_others(Provider.twilio, KEY) for _ in range(3))
    refused = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(one) for one in refused] == [BadSignature] * 3
    assert intake.just_known(Provider.twilio, KEY) is None
    assert not intake.known
    assert not intake.reading
