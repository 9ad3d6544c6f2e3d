"""A whole stage for each test: scratch database, twin, web application, stepped clock."""

import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from scripts.conductor.stage import Stage, open_stage
from tests.databases import Database, Engine, scratch_engine

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with scratch_engine("embedded") as running:
        yield running


@pytest.fixture
def database(engine: Engine) -> Iterator[Database]:
    with engine.fresh_database() as fresh:
        yield fresh


@pytest_asyncio.fixture
async def stage(database: Database, tmp_path: Path, leaving: list[threading.Thread]) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, database.url, START, leaving=leaving) as running:
        yield running
