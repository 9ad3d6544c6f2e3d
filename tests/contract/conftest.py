"""A providers' twin for each test, on a clock the test steps."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scripts.sandbox.remote import Twin, start_twin
from utils.clock import FileClock


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
