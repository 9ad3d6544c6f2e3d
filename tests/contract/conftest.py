"""A providers' twin for each test, on a clock the test steps."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvloop

from scripts.sandbox.remote import Twin, start_twin
from utils.clock import FileClock


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop in which the jobs send: what a broken connection means must be the same in it."""
    return {"uvloop": uvloop.new_event_loop}


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
