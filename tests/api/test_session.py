"""Signing in, the cookie, and who may write."""

from datetime import timedelta

import httpx
import pytest

from modules.accounts import add_client
from tests.api.conftest import BROWSER, HOME, NOW
from tests.tenants import PASSWORD, Tenant
from utils.clock import wall_clock
from workers.api import build_app
from workers.context import Deps


async def test_the_right_password_signs_in_and_shows_the_persons_clients(
    browser: httpx.AsyncClient, bright: Tenant, calm: Tenant
) -> None:
    answer = await browser.post("/api/v1/session", json={"email": bright.email.upper(), "password": PASSWORD})
    assert answer.status_code == 200
    assert answer.json() == {
        "user": {"id": str(bright.user_id), "email": bright.email},
        "clients": [
            {"id": str(bright.client.id), "slug": "bright", "name": "Bright", "status": "live", "role": "owner"}
        ],
    }
    assert (await browser.get("/api/v1/session")).json() == answer.json()


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    browser: httpx.AsyncClient, bright: Tenant
) -> None:
    answer = await browser.post("/api/v1/session", json={"email": bright.email, "password": PASSWORD})
    flags = {part.strip().lower() for part in answer.headers["set-cookie"].split(";")[1:]}
    assert answer.headers["set-cookie"].startswith("__Host-session=")
    assert flags == {"httponly", "secure", "samesite=lax", "path=/", "max-age=43200"}
    assert "eyJ" not in answer.headers["set-cookie"]


async def test_unknown_person_and_wrong_password_hear_the_same(browser: httpx.AsyncClient, bright: Tenant) -> None:
    wrong = await browser.post("/api/v1/session", json={"email": bright.email, "password": "not it"})
    unknown = await browser.post("/api/v1/session", json={"email": "no@example.com", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.headers["content-type"] == "application/problem+json"
    assert "set-cookie" not in wrong.headers


async def test_the_eleventh_attempt_in_a_minute_is_refused_kindly(browser: httpx.AsyncClient) -> None:
    attempt = {"email": "x@example.com", "password": "guess"}
    answers = [await browser.post("/api/v1/session", json=attempt) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert "wait a minute" in answers[-1].json()["detail"]


async def test_attempts_count_for_all_processes_together_and_no_longer_than_a_minute(
    deps: Deps, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = wall_clock()
    monkeypatch.setattr("modules.accounts.api.wall_clock", lambda: moment)
    another = httpx.ASGITransport(app=build_app(deps))
    async with httpx.AsyncClient(transport=another, base_url=HOME, headers=BROWSER) as other:
        codes = []
        for client in [browser, other] * 5 + [other, browser]:
            answer = await client.post("/api/v1/session", json={"email": "x@example.com", "password": "guess"})
            codes.append(answer.status_code)
            moment += timedelta(seconds=4)
        assert codes == [401] * 10 + [429] * 2
        moment += timedelta(seconds=13)  # the first is a minute old, and no other
        attempt = {"email": " X@example.com", "password": "guess"}
        assert [(await client.post("/api/v1/session", json=attempt)).status_code for client in (other, browser)] == [
            401,
            429,
        ]


async def test_nobody_is_signed_in_without_a_cookie_or_with_a_forged_one(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/api/v1/session")).status_code == 401
    for cookie in ("x", "AAAA", "é".encode().hex()):
        answer = await browser.get("/api/v1/session", headers={"Cookie": f"__Host-session={cookie}"})
        assert answer.status_code == 401
    answer = await browser.get("/api/v1/session", headers={"Authorization": "Bearer nonsense"})
    assert answer.status_code == 401


async def test_signing_out_takes_the_cookie_away(signed_in: httpx.AsyncClient) -> None:
    assert (await signed_in.delete("/api/v1/session")).status_code == 204
    assert (await signed_in.get("/api/v1/session")).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Omnify": "", "Origin": HOME},
        {"X-Omnify": "1", "Origin": "https://elsewhere.test"},
        {"X-Omnify": "1", "Origin": "null"},
        {"X-Omnify": "1", "Origin": "https://["},
        {"X-Omnify": "1", "Origin": ""},
    ],
)
async def test_a_write_from_another_site_is_refused(signed_in: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await signed_in.delete("/api/v1/session", headers=headers)
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await signed_in.get("/api/v1/session")).status_code == 200


async def test_a_missing_field_is_named(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/api/v1/session", json={"email": "a@example.com"})
    assert answer.status_code == 422
    assert answer.json()["field"] == "password"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_that_is_no_json_is_named_and_not_the_place_where_it_ends(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/api/v1/session", content=b'{"email": ', headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["field"]) == (422, "body")
    assert answer.json()["detail"].startswith("body: ")


async def test_a_new_client_is_invisible_until_one_is_a_member(signed_in: httpx.AsyncClient, deps: Deps) -> None:
    async with deps.database.transaction() as conn:
        await add_client(conn, "new-one", "New one", NOW)
    answer = await signed_in.get("/api/v1/session")
    assert [client["slug"] for client in answer.json()["clients"]] == ["bright"]
