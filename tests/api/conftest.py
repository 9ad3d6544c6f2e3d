"""The real application on a real database, in this process; two tenants with one person each."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from modules.accounts import AccountOpener
from tests.databases import Database as TestDatabase
from tests.databases import Engine, scratch_engine
from tests.tenants import PASSWORD, Tenant, add_tenant
from utils.clock import FixedClock
from utils.config import read_settings
from utils.db import Database
from utils.signing import Sealer
from workers.api import build_app
from workers.context import Deps

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HOME = "https://omnify.test"
BROWSER = {"X-Omnify": "1", "Origin": HOME}
KEY = "a secret key for tests that is long enough"


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with scratch_engine("embedded") as running:
        yield running


@pytest.fixture
def scratch(engine: Engine) -> Iterator[TestDatabase]:
    with engine.fresh_database() as fresh:
        yield fresh


@pytest.fixture
async def deps(scratch: TestDatabase) -> AsyncIterator[Deps]:
    settings = read_settings(
        {"OMNIFY_ENV": "test", "OMNIFY_SECRET_KEY": KEY, "OMNIFY_PUBLIC_URL": HOME, "DATABASE_URL": scratch.url}
    )
    database = Database(scratch.url)
    await database.open()
    sealer = Sealer.from_setting(KEY)
    yield Deps(settings, FixedClock(NOW), database, sealer, AccountOpener(sealer, {}, {}))
    await database.close()


@pytest.fixture
def app(deps: Deps, tmp_path: Path) -> FastAPI:
    return build_app(deps, dashboard=tmp_path / "not built")


@pytest.fixture
async def bright(deps: Deps) -> Tenant:
    async with deps.database.transaction() as conn:
        return await add_tenant(conn, deps.sealer, "bright", NOW)


@pytest.fixture
async def calm(deps: Deps) -> Tenant:
    async with deps.database.transaction() as conn:
        return await add_tenant(conn, deps.sealer, "calm", NOW)


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser on the dashboard's page: keeps cookies, sends the headers the dashboard sends."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HOME, headers=BROWSER) as client:
        yield client


@pytest.fixture
async def signed_in(browser: httpx.AsyncClient, bright: Tenant) -> httpx.AsyncClient:
    """The same browser, signed in as the owner of `bright`."""
    answer = await browser.post("/api/v1/session", json={"email": bright.email, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return browser
