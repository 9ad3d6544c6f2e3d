"""The live stream on a real server: tells a change, resumes, ends by itself, and stops for who was put out."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from modules.reports import Hub, stream
from modules.reports.models import Mark
from modules.reports.stream import resume_from
from tests.api.conftest import NOW
from tests.tenants import Tenant, add_touch, move_touch, remove_members
from utils.db import Connection
from utils.http import read_client
from utils.web import SESSION_COOKIE, Who, as_caller
from workers.context import Deps

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def address(app: FastAPI, deps: Deps) -> AsyncIterator[str]:
    """The application behind uvicorn on 127.0.0.1, polling fast so that nobody waits."""
    app.state.hub = Hub(partial(as_caller, deps.database), interval=0.02)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await serving


@asynccontextmanager
async def follow(
    address: str, signed_in: httpx.AsyncClient, last: str | None = None
) -> AsyncIterator[AsyncIterator[str]]:
    """The stream's lines, from the moment it is joined."""
    headers = {"Cookie": f"{SESSION_COOKIE}={signed_in.cookies[SESSION_COOKIE]}"} | (
        {"Last-Event-ID": last} if last else {}
    )
    async with (
        read_client(10) as client,
        client.stream("GET", f"{address}/api/v1/events?client=bright", headers=headers) as answer,
    ):
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield answer.aiter_lines()


async def next_touch(lines: AsyncIterator[str]) -> tuple[str, dict[str, Any]]:
    """The next event's id and its line; a hanging stream fails after the client's ten seconds."""
    event: dict[str, str] = {}
    async for line in lines:
        name, _, value = line.partition(": ")
        if line:
            event[name] = value
        elif event.get("event") == "touch":
            return event["id"], json.loads(event["data"])
        else:
            event = {}
    raise AssertionError("the stream ended")


async def test_a_change_arrives_and_a_listener_resumes_where_it_stopped(
    address: str, signed_in: httpx.AsyncClient, deps: Deps, bright: Tenant
) -> None:
    async with deps.database.transaction() as conn:
        before = await add_touch(conn, bright, "+12025550100", NOW)
    async with follow(address, signed_in) as lines:
        async with deps.database.transaction() as conn:
            await move_touch(conn, before, "accepted", NOW + MINUTE, None)
        event_id, line = await next_touch(lines)
        assert (line["id"], line["state"]) == (str(before), "accepted")
        assert event_id == f"{(NOW + MINUTE).isoformat()}|{before}"
    async with deps.database.transaction() as conn:
        missed = await add_touch(conn, bright, "+12025550101", NOW + 2 * MINUTE)
    async with follow(address, signed_in, event_id) as lines:
        assert (await next_touch(lines))[1]["id"] == str(missed)


async def test_two_changes_of_one_instant_both_arrive_whatever_their_order(
    address: str, signed_in: httpx.AsyncClient, deps: Deps, bright: Tenant
) -> None:
    async with deps.database.transaction() as conn:
        touches = sorted([await add_touch(conn, bright, f"+1202555010{n}", NOW) for n in range(2)])
    async with follow(address, signed_in) as lines:
        for touch in reversed(touches):
            async with deps.database.transaction() as conn:
                await move_touch(conn, touch, "accepted", NOW, None)
            assert (await next_touch(lines))[1]["id"] == str(touch)


async def test_many_listeners_of_one_client_share_one_poll_and_the_last_ends_it(
    address: str, app: FastAPI, signed_in: httpx.AsyncClient, deps: Deps, bright: Tenant
) -> None:
    async with follow(address, signed_in) as first, follow(address, signed_in) as second:
        assert app.state.hub.watched == 1
        async with deps.database.transaction() as conn:
            touch = await add_touch(conn, bright, "+12025550100", NOW)
        assert (await next_touch(first))[1]["id"] == (await next_touch(second))[1]["id"] == str(touch)
    async with asyncio.timeout(10), read_client(5) as client:
        while app.state.hub.watched:
            await client.get(f"{address}/healthz")


async def test_the_stream_ends_itself_and_says_when_to_come_back(
    address: str, app: FastAPI, signed_in: httpx.AsyncClient, bright: Tenant
) -> None:
    app.state.stream_seconds = 0.05
    async with follow(address, signed_in) as lines:
        assert "retry: 1000" in [line async for line in lines]


async def test_who_is_put_out_hears_nothing_more(
    address: str, signed_in: httpx.AsyncClient, deps: Deps, bright: Tenant
) -> None:
    async with follow(address, signed_in) as lines:
        async with deps.database.transaction() as conn:
            await remove_members(conn, bright)
            await add_touch(conn, bright, "+12025550100", NOW)
        assert not [line async for line in lines if line.startswith("event: touch")]


async def test_a_newcomer_does_not_join_a_room_whose_polls_broke(deps: Deps, bright: Tenant) -> None:
    who = Who(bright.user_id, bright.email)
    broken = False

    @asynccontextmanager
    async def enter(watcher: Who) -> AsyncIterator[Connection]:
        if broken:
            raise RuntimeError("the poll breaks")
        async with as_caller(deps.database, watcher) as conn:
            yield conn

    hub = Hub(enter, interval=0.01)

    async def break_and_come_anew() -> None:
        nonlocal broken
        async with asyncio.timeout(10), hub.listen(bright.client.id, who, None) as first:
            broken = True
            assert [line async for line in first.lines()] == []
            broken = False
            async with hub.listen(bright.client.id, who, None) as newcomer:
                async with deps.database.transaction() as conn:
                    touch = await add_touch(conn, bright, "+12025550100", NOW)
                assert (await anext(newcomer.lines())).id == touch

    with pytest.raises(RuntimeError, match="the poll breaks"):  # what broke the polls is told, not swallowed
        await break_and_come_anew()
    assert hub.watched == 0


async def test_an_event_id_of_long_ago_replays_nothing_old(
    address: str, signed_in: httpx.AsyncClient, deps: Deps, bright: Tenant
) -> None:
    async with deps.database.transaction() as conn:
        await add_touch(conn, bright, "+12025550100", NOW - timedelta(minutes=90))
        recent = await add_touch(conn, bright, "+12025550101", NOW)
    for long_ago in ("0001-01-01T00:00:00+14:00", (NOW - timedelta(hours=2)).isoformat()):
        async with follow(address, signed_in, f"{long_ago}|{UUID(int=0)}") as lines:
            assert (await next_touch(lines))[1]["id"] == str(recent)


async def test_an_event_id_that_is_not_ours_is_refused(signed_in: httpx.AsyncClient) -> None:
    answer = await signed_in.get("/api/v1/events", params={"client": "bright"}, headers={"Last-Event-ID": "zzz"})
    assert answer.status_code == 422


def test_a_mark_counts_for_an_hour() -> None:
    touch = UUID(int=7)
    within, past = Mark(NOW - timedelta(hours=1), touch), Mark(NOW - timedelta(hours=1, seconds=1), touch)
    assert resume_from(within, NOW) is within
    assert resume_from(past, NOW).at == NOW
    assert resume_from(Mark(datetime.max.replace(tzinfo=UTC), touch), NOW).id == touch


async def test_who_missed_too_much_hears_the_newest_of_it_and_stays(
    deps: Deps, bright: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "_PATIENCE", 2)
    async with deps.database.transaction() as conn:
        touches = [await add_touch(conn, bright, f"+1202555010{n}", NOW + n * timedelta(seconds=1)) for n in range(4)]
    hub = Hub(partial(as_caller, deps.database))
    after = Mark(NOW, UUID(int=0))
    async with hub.listen(bright.client.id, Who(bright.user_id, bright.email), after) as listener:
        heard = [listener.queue.get_nowait() for _ in range(listener.queue.qsize())]
    assert [getattr(line, "id", None) for line in heard] == touches[2:]
