"""A whole stage for each test: scratch database, twin, web application, stepped clock."""

import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from scripts.conductor.stage import Stage, open_stage
from tests.databases import Database, Engine, scratch_engine

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TIMEOUT = "1"
"""Seconds: what a busy machine may need for a real answer, and what each answer that never comes costs."""


@dataclass
class Tally:
    """What was really killed; told once all tests are over, where no capture hides it."""

    cases: set[str] = field(default_factory=set)
    kills: int = 0

    def note(self, case: str, kills: int) -> None:
        self.cases.add(case)
        self.kills += kills


TALLY = pytest.StashKey[Tally]()


@pytest.fixture(scope="session")
def tally(pytestconfig: pytest.Config) -> Tally:
    return pytestconfig.stash.setdefault(TALLY, Tally())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if played := config.stash.get(TALLY, None):
        cases, kills = len(played.cases), played.kills
        told = f"SIGKILL for real: {cases} cases with {kills} kills, each held against the provider's ledger"
        terminalreporter.write_line(told)


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
    async with open_stage(tmp_path, database.url, START, timeout=TIMEOUT, leaving=leaving) as running:
        yield running
