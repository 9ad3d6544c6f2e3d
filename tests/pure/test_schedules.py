"""Modal gets exactly what utils/schedules.py lists: five crons, one web endpoint, and files that are no Python too."""

import importlib
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import modal
import pytest

from utils.schedules import SCHEDULES, full_minute

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("utils", "modules", "workers")
Seen = list[dict[str, Any]]


@pytest.fixture
def seen() -> dict[str, Seen]:
    """What modal_app.py asked of Modal when it was imported."""
    return {"function": [], "concurrent": [], "asgi_app": []}


@pytest.fixture
def modal_app(monkeypatch: pytest.MonkeyPatch, seen: dict[str, Seen]) -> ModuleType:
    def record(place: Any, name: str) -> None:
        original = getattr(place, name)

        def recording(*given: Any, **options: Any) -> Any:
            seen[name].append(options)
            return original(*given, **options)

        monkeypatch.setattr(place, name, recording)

    record(modal.App, "function")
    record(modal, "concurrent")
    record(modal, "asgi_app")
    monkeypatch.delitem(sys.modules, "modal_app", raising=False)
    return importlib.import_module("modal_app")


def test_modal_gets_five_crons_that_are_never_repeated_nor_run_twice_at_once(
    modal_app: ModuleType, seen: dict[str, Seen]
) -> None:
    crons = [options for options in seen["function"] if options.get("schedule")]
    assert [options["schedule"].proto_message.cron.cron_string for options in crons] == [one.cron for one in SCHEDULES]
    assert all(isinstance(options["schedule"], modal.Cron) for options in crons), "a Period restarts at each deploy"
    assert [options["timeout"] for options in crons] == [120, 60, 240, 120, 120]
    for options in crons:
        assert (options["retries"], options["max_containers"], options["scaledown_window"]) == (0, 1, 2)
    for one in SCHEDULES:
        assert hasattr(modal_app, one.name)


def test_modal_gets_one_web_endpoint_that_is_always_there(modal_app: ModuleType, seen: dict[str, Seen]) -> None:
    webs = [options for options in seen["function"] if not options.get("schedule")]
    assert [options["min_containers"] for options in webs] == [1]
    assert seen["concurrent"] == [{"max_inputs": 100}]
    assert len(seen["asgi_app"]) == 1


def test_the_image_takes_queries_and_prompts_along_and_nothing_else(modal_app: ModuleType) -> None:
    left_out = ~modal.FilePatternMatcher(*modal_app.FILES)
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()]
    taken = {path.suffix for path in files if not left_out(path.relative_to(ROOT))}
    assert {".py", ".sql"} <= taken <= {".py", ".sql", ".md"}
    assert not left_out(Path("modules/llm/prompts/rewrite.md"))


def test_the_jobs_run_when_the_design_says() -> None:
    assert [(one.name, one.cron) for one in SCHEDULES] == [
        ("sweep", "* * * * *"),
        ("guardian", "*/5 * * * *"),
        ("reconcile", "*/15 * * * *"),
        ("learn", "7 * * * *"),
        ("lifecycle", "17 * * * *"),
    ]
    assert SCHEDULES[0].timeout.total_seconds() == 120, "assumption A1 counts with it"
    assert all(one.timeout.total_seconds() <= 300 for one in SCHEDULES)


def test_a_cron_fires_on_the_full_minute_itself_else_on_the_next_one() -> None:
    nine, instant = datetime(2026, 11, 23, 9, tzinfo=UTC), timedelta(microseconds=1)
    assert full_minute(nine) == nine
    assert (
        full_minute(nine + instant) == full_minute(nine + timedelta(minutes=1) - instant) == nine + timedelta(minutes=1)
    )
