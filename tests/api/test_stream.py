"""The live stream on a real server: tells a change, resumes, ends by itself, and stops for who was put out."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from modules.reports import Hub
from tests.api.conftest import NOW
from tests.tenants import Tenant, add_touch, move_touch, remove_members
from utils.http import read_client
from utils.web import SESSION_COOKIE, as_caller
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
