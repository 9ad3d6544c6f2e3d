"""Database, twin and web application on one stepped clock: where the demo and the flow tests play."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scripts.sandbox.remote import Twin, start_twin
from scripts.serve import listen, serve_in_thread, url_of
from utils.clock import FileClock
from utils.config import Settings, read_settings
from workers.context import Deps, open_deps

HTTP_TIMEOUT, DATABASE_TIMEOUT = "0.3", "5"
SECRET = "only-for-demo-and-tests-0123456789abcdef"


@dataclass(frozen=True)
class Stage:
    """Everything that runs. `environment` is what a job in a process of its own needs."""

    deps: Deps
    twin: Twin
    clock: FileClock
    dsn: str
    url: str
    environment: dict[str, str]


@asynccontextmanager
async def open_stage(
    folder: Path,
    dsn: str,
    start: datetime,
    *,
    seed: str = "1",
    faults: str = "none",
    port: int = 0,
    timeout: str = HTTP_TIMEOUT,
    patience: str = DATABASE_TIMEOUT,
    leaving: list[threading.Thread] | None = None,
) -> AsyncIterator[Stage]:
    """A stage on a migrated database, clock at `start`; all of it stopped at the end (for `leaving` see start_twin).

    Seconds of real time: `timeout` for a request to a provider, `patience` for a connection to the database.
    """
    clock = FileClock(folder / "clock")
    clock.set(start)
    place = listen(port)
    with start_twin(f"file:{clock.path}", seed, faults, leaving=leaving) as twin:
        environment = {
            "DATABASE_URL": dsn,
            "OMNIFY_ENV": "demo",
            "OMNIFY_PUBLIC_URL": url_of(place),
            "OMNIFY_SECRET_KEY": SECRET,
            "OMNIFY_CLOCK": f"file:{clock.path}",
            "OMNIFY_HTTP_TIMEOUT": timeout,
            "OMNIFY_DATABASE_TIMEOUT": patience,
            "TWILIO_BASE_URL": twin.twilio_url,
            "TWILIO_LOOKUPS_BASE_URL": twin.lookups_url,
            "RESEND_BASE_URL": twin.resend_url,
            "GHL_BASE_URL": twin.ghl_url,
            "VAPI_BASE_URL": twin.vapi_url,
            "RETELL_BASE_URL": twin.retell_url,
        }
        settings: Settings = read_settings(environment)
        with serve_in_thread(settings, dsn, place, leaving=leaving) as url:
            async with open_deps(settings, dsn) as deps:
                yield Stage(deps, twin, clock, dsn, url, environment)
