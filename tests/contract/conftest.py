"""A providers' twin for each test, on a clock the test steps."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scripts.sandbox.remote import Twin, start_twin
from utils.clock import FileClock

END_SECONDS = 20.0


@pytest.fixture(scope="session")
def leaving() -> Iterator[list[threading.Thread]]:
    """Twins whose test is over; all have ended before the session does."""
    threads: list[threading.Thread] = []
    yield threads
    for thread in threads:
        thread.join(END_SECONDS)
    assert not [thread for thread in threads if thread.is_alive()]


@pytest.fixture
def twin_clock(tmp_path: Path) -> FileClock:
    """Business time of the twin; begins on a Saturday at nine, UTC."""
    clock = FileClock(tmp_path / "twin-clock")
    clock.set(datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
    return clock


@pytest.fixture
def twin(twin_clock: FileClock, leaving: list[threading.Thread]) -> Iterator[Twin]:
    """A twin without faults and without accounts."""
    with start_twin(f"file:{twin_clock.path}", leaving=leaving) as started:
        yield started
