"""The ledger's pages, counts and walls."""

from datetime import timedelta

import httpx

from tests.api.conftest import NOW
from tests.tenants import Tenant, add_touch, move_touch
from workers.context import Deps


async def test_pages_hold_every_touch_once_and_newest_first(
    signed_in: httpx.AsyncClient, deps: Deps, bright: Tenant
) -> None:
    async with deps.database.transaction() as conn:
        ids = [str(await add_touch(conn, bright, f"+1202555010{n}", NOW + timedelta(minutes=n // 2))) for n in range(5)]
    seen: list[str] = []
    query: dict[str, str | int] = {"client": "bright", "limit": 2}
    pages = 0
    while True:
        page = (await signed_in.get("/api/v1/ledger", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        pages += 1
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert pages == 3
    assert seen == sorted(ids, reverse=True)


async def test_a_line_holds_the_proof(signed_in: httpx.AsyncClient, deps: Deps, bright: Tenant) -> None:
    async with deps.database.transaction() as conn:
        touch = await add_touch(conn, bright, "+12025550100", NOW)
        await move_touch(conn, touch, "delivered", NOW, "SM1:delivered")
    line = (await signed_in.get("/api/v1/ledger", params={"client": "bright"})).json()["items"][0]
    assert line["client"] == "bright"
    assert line["contact"] == str(bright.contact_id)
    assert line["contact_name"] == "Ada Example"
    assert (line["state"], line["evidence_id"], line["decision"]) == ("delivered", "SM1:delivered", {"why": "test"})
    assert line["body_hash"] == "a" * 64
    assert "body" not in line


async def test_filters_and_counts_agree(signed_in: httpx.AsyncClient, deps: Deps, bright: Tenant) -> None:
    async with deps.database.transaction() as conn:
        touch = await add_touch(conn, bright, "+12025550100", NOW)
        await add_touch(conn, bright, "+12025550101", NOW)
        await move_touch(conn, touch, "accepted", NOW, None)
    answer = await signed_in.get("/api/v1/ledger", params={"client": "bright", "state": "accepted", "channel": "sms"})
    assert [item["id"] for item in answer.json()["items"]] == [str(touch)]
    counts = (await signed_in.get("/api/v1/ledger/summary", params={"client": "bright"})).json()["items"]
    assert counts == [
        {"channel": "sms", "state": "accepted", "touches": 1},
        {"channel": "sms", "state": "sending", "touches": 1},
    ]


async def test_another_clients_ledger_is_not_found(
    signed_in: httpx.AsyncClient, deps: Deps, bright: Tenant, calm: Tenant
) -> None:
    async with deps.database.transaction() as conn:
        await add_touch(conn, calm, "+12025550100", NOW)
    for path in ("/api/v1/ledger", "/api/v1/ledger/summary", "/api/v1/events"):
        foreign = await signed_in.get(path, params={"client": "calm"})
        unknown = await signed_in.get(path, params={"client": "nobody"})
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.headers["content-type"] == "application/problem+json"
        assert foreign.json()["detail"].replace("calm", "nobody") == unknown.json()["detail"]
    assert (await signed_in.get("/api/v1/ledger", params={"client": "bright"})).json()["items"] == []


async def test_nobody_reads_a_ledger_without_signing_in(browser: httpx.AsyncClient, bright: Tenant) -> None:
    assert (await browser.get("/api/v1/ledger", params={"client": "bright"})).status_code == 401


async def test_a_cursor_or_limit_that_is_not_ours_is_named(signed_in: httpx.AsyncClient) -> None:
    for query, field in (({"cursor": "zzz"}, "cursor"), ({"limit": "201"}, "limit"), ({"state": "gone"}, "state")):
        answer = await signed_in.get("/api/v1/ledger", params={"client": "bright", **query})
        assert answer.status_code == 422
        assert answer.json()["field"] == field


async def test_a_client_that_is_not_there_is_told_without_a_hint_for_operators(signed_in: httpx.AsyncClient) -> None:
    answer = await signed_in.get("/api/v1/ledger", params={"client": "nobody"})
    assert answer.json()["detail"] == "There is no client 'nobody' that you may see"
