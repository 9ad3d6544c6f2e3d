"""What stands before and beside the routes: sizes, weather, headers, the description, the dashboard's files."""

from collections.abc import AsyncIterator, MutableMapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import psycopg
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from structlog.testing import capture_logs

from modules.inbox import EventKind, keep_event
from modules.labels import Provider
from scripts.export_openapi import TARGET, render_openapi
from tests.api.conftest import BROWSER, HOME, NOW
from tests.cast import gather_cast, story
from tests.tenants import Tenant
from utils.asgi import BODY_LIMIT
from utils.clock import FixedClock
from utils.db import Database
from utils.errors import SettingsError
from workers.api import build_app
from workers.context import Deps
from workers.last_sweep import LastSweep


def visit(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=HOME, headers=BROWSER)


async def test_five_megabytes_are_refused_by_their_told_length(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/api/v1/session", content=b"x" * 5 * 1024 * 1024)
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


async def test_five_megabytes_in_chunks_are_refused_before_all_is_read(browser: httpx.AsyncClient) -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(80):
            sent += 64 * 1024
            yield b"x" * 64 * 1024

    answer = await browser.post("/api/v1/session", content=chunks(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert sent <= BODY_LIMIT + 2 * 64 * 1024


async def test_without_a_database_the_answer_is_a_kind_503(deps: Deps) -> None:
    nowhere = Database("postgresql://nobody:x@127.0.0.1:1/none", connect_timeout=1)
    await nowhere.open()
    async with visit(build_app(replace(deps, database=nowhere))) as client:
        for answer in (
            await client.get("/readyz"),
            await client.post("/api/v1/session", json={"email": "a@example.com", "password": "x"}),
        ):
            assert answer.status_code == 503
            assert answer.headers["content-type"] == "application/problem+json"
            assert "try again" in answer.json()["detail"]
        assert (await client.get("/healthz")).json() == {"status": "ok"}
    await nowhere.close()


async def test_with_a_database_the_process_is_ready(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/readyz")
    assert answer.json() == {"database": "ok", "last_sweep_age_seconds": "unknown", "overdue_seconds": 0.0}


async def test_readiness_tells_how_long_what_is_due_has_waited_and_writes_nothing(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms"), 2)
    assert cast.contacts
    told: list[float] = []
    for later in (-30, 0, 90, 7200):
        async with visit(build_app(replace(deps, clock=FixedClock(NOW + timedelta(seconds=later))))) as client:
            told.append((await client.get("/readyz")).json()["overdue_seconds"])
    assert told == [0.0, 0.0, 90.0, 7200.0]


async def test_a_process_that_runs_the_sweeps_tells_when_the_last_one_ended(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = 1000.0
    monkeypatch.setattr("workers.last_sweep.monotonic", lambda: moment)
    last = LastSweep()
    async with visit(build_app(deps, last_sweep=last)) as client:
        before = (await client.get("/readyz")).json()["last_sweep_age_seconds"]
        last.has_ended()
        moment += 75.04
        after = (await client.get("/readyz")).json()["last_sweep_age_seconds"]
    assert (before, after) == ("unknown", 75.0)


async def test_an_unexpected_error_tells_nothing_from_inside(app: FastAPI) -> None:
    @app.get("/api/v1/broken")
    async def break_down(_request: Request) -> None:
        raise RuntimeError("postgresql://secret")

    async with visit(app) as client:
        answer = await client.get("/api/v1/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert_side_doors_closed(answer)


async def test_every_answer_closes_the_browsers_side_doors(signed_in: httpx.AsyncClient, bright: Tenant) -> None:
    for answer in (
        await signed_in.get("/api/v1/session"),
        await signed_in.get("/api/v1/nowhere"),
        await signed_in.post("/api/v1/session", content=b"x" * (BODY_LIMIT + 1)),
        await signed_in.post("/api/v1/session", json={}, headers={"Origin": "https://elsewhere.example"}),
    ):
        assert_side_doors_closed(answer)


def assert_side_doors_closed(answer: httpx.Response) -> None:
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["strict-transport-security"]


async def test_the_committed_description_is_the_one_that_is_served(browser: httpx.AsyncClient) -> None:
    assert TARGET.read_text(encoding="utf-8") == render_openapi()
    served = (await browser.get("/api/v1/openapi.json")).json()
    assert served["paths"].keys() >= {"/api/v1/session", "/api/v1/ledger", "/api/v1/events"}


async def test_the_dashboard_answers_for_every_page_and_for_nothing_of_the_api(deps: Deps, tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<title>Omnify</title>")
    (tmp_path / "assets" / "app-1a2b.js").write_text("1")
    async with visit(build_app(deps, dashboard=tmp_path)) as client:
        for page in ("/", "/contacts/7", "/../secret"):
            answer = await client.get(page)
            assert "Omnify" in answer.text
            assert answer.headers["cache-control"] == "no-cache"
        asset = await client.get("/assets/app-1a2b.js")
        assert "immutable" in asset.headers["cache-control"]
        for nothing in ("/api/v1/nothing", "/hooks/nothing", "/assets/nothing.js"):
            answer = await client.get(nothing)
            assert answer.status_code == 404
            assert answer.headers["content-type"] == "application/problem+json"


async def test_a_broken_route_logs_its_kind_and_place_and_raises_no_further(app: FastAPI) -> None:
    @app.get("/api/v1/broken")
    async def break_down() -> None:
        raise psycopg.IntegrityError("DETAIL: Failing row contains (+12025550100, Hello Ada)")

    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    with capture_logs() as events:
        async with httpx.AsyncClient(transport=transport, base_url=HOME) as client:
            answer = await client.get("/api/v1/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert [event["event"] for event in events] == ["request_broke"]
    assert events[0]["kind"] == "IntegrityError"
    assert events[0]["at"].startswith("tests/api/test_edges.py:")
    assert "Ada" not in str(events) + answer.text


async def test_an_answer_that_breaks_on_its_way_is_logged_and_raises_no_further(app: FastAPI) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield b"begun"
        raise RuntimeError("Hello Ada")

    @app.get("/api/v1/half")
    async def answer_half() -> StreamingResponse:
        return StreamingResponse(half())

    said: list[str] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, object]) -> None:
        said.append(str(message["type"]))

    asgi = {"version": "3.0", "spec_version": "2.4"}
    scope = {"type": "http", "asgi": asgi, "method": "GET", "path": "/api/v1/half", "headers": [], "query_string": b""}
    with capture_logs() as events:
        await app(scope, receive, send)
    assert said == ["http.response.start", "http.response.body"]
    assert [(event["event"], event["kind"]) for event in events] == [("request_broke", "RuntimeError")]
    assert "Ada" not in str(events)


async def test_a_missing_setting_is_named_in_the_log_and_not_in_the_answer(app: FastAPI) -> None:
    @app.get("/api/v1/unset")
    async def miss_setting() -> None:
        raise SettingsError("OMNIFY_INNER is missing", field="OMNIFY_INNER")

    with capture_logs() as events:
        async with visit(app) as client:
            answer = await client.get("/api/v1/unset")
    assert answer.status_code == 500
    assert "OMNIFY_INNER" not in answer.text
    assert "setting" not in answer.text
    assert events[0]["field"] == "OMNIFY_INNER"


async def test_what_the_database_cannot_store_is_the_callers_to_change(app: FastAPI) -> None:
    @app.get("/api/v1/unstorable")
    async def store_nul() -> None:
        raise psycopg.DataError("quotes Hello Ada")

    async with visit(app) as client:
        answer = await client.get("/api/v1/unstorable")
    assert answer.status_code == 422
    assert "Ada" not in answer.text


@pytest.mark.parametrize("path", ["/api/v1/ledger", "/api/v1/ledger/summary", "/api/v1/events"])
async def test_a_nul_in_a_clients_slug_is_named(signed_in: httpx.AsyncClient, path: str) -> None:
    answer = await signed_in.get(path, params={"client": "bri\x00ght"})
    assert (answer.status_code, answer.json()["field"]) == (422, "client")


async def test_a_nul_in_the_credentials_is_named(browser: httpx.AsyncClient) -> None:
    for given, field in (({"email": "a\x00@example.com"}, "email"), ({"password": "a\x00b"}, "password")):
        answer = await browser.post("/api/v1/session", json={"email": "a@example.com", "password": "x", **given})
        assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_an_event_is_kept_without_what_postgresql_cannot_store(deps: Deps, bright: Tenant) -> None:
    payload = {"Body": "a\x00b", "list": ["\x00", {"k\x00": "half \ud800"}], "n": 1}
    async with deps.database.transaction() as conn:
        for fresh in (True, False):
            kept = await keep_event(
                conn, bright.account_id, "k\x001", bright.client.id, EventKind.inbound, Provider.twilio, payload, NOW
            )
            assert kept is fresh
