"""Modal gets exactly what utils/schedules.py lists: never more than five crons, one web endpoint."""

import importlib
import sys
from typing import Any

import modal
import pytest

from utils.schedules import SCHEDULES


def test_modal_gets_a_cron_for_each_schedule_and_one_web_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    original = modal.App.function

    def recording(app: modal.App, **options: Any) -> Any:
        seen.append(options)
        return original(app, **options)

    monkeypatch.setattr(modal.App, "function", recording)
    monkeypatch.delitem(sys.modules, "modal_app", raising=False)
    importlib.import_module("modal_app")

    crons = [options["schedule"] for options in seen if options.get("schedule")]
    assert len(crons) == len(SCHEDULES) <= 5
    assert all(isinstance(cron, modal.Cron) for cron in crons)
    assert len(seen) - len(crons) == 1
    assert all(options["retries"] == 0 for options in seen if options.get("schedule"))


def test_there_are_never_more_than_five_schedules() -> None:
    assert len(SCHEDULES) <= 5
    assert len({schedule.name for schedule in SCHEDULES}) == len(SCHEDULES)
