"""A cold process pays for what it imports: what an idle sweep, a busy one and the web function must not load."""

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT

EDGES = {"fastapi", "starlette", "pydantic", "pydantic_settings", "uvicorn", "sse_starlette"}
FOR_TEXTS = {"liquid", "babel", "yaml", "difflib"}
FOR_SECRETS = {"jwt", "cryptography"}
ENGINE = {
    *("workers.work_due", "workers.take_in", "modules.sequences", "modules.policy", "modules.channels"),
    *("modules.content", "modules.emotion", "modules.touches", "modules.inbox"),
}
ADAPTERS = {
    f"modules.channels.{one}"
    for one in ("twilio_sms", "resend_email", "vapi_voice", "retell_voice", "ghl_sms", "ghl_email")
}
OTHER_JOBS = {f"workers.{one}" for one in ("guardian", "reconcile", "learn", "lifecycle", "api")}


def loaded_by(name: str, root: Path = ROOT) -> set[str]:
    """Every module that a fresh interpreter holds after this import."""
    code = f"import sys; sys.path.insert(0, {str(root)!r}); import {name}; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120, cwd=root
    )
    return set(run.stdout.split())


@pytest.mark.parametrize(
    ("name", "heavy"),
    [
        pytest.param("workers.sweep", EDGES | FOR_TEXTS | FOR_SECRETS | ENGINE, id="an idle sweep"),
        pytest.param("workers.jobs", EDGES | FOR_TEXTS | FOR_SECRETS | ENGINE | OTHER_JOBS, id="a job not yet named"),
        pytest.param("workers.work_due", EDGES | FOR_TEXTS | FOR_SECRETS | ADAPTERS, id="a sweep with work"),
        pytest.param("workers.api", {"uvicorn", "sse_starlette"} | FOR_TEXTS | ENGINE, id="the web function"),
    ],
)
def test_a_cold_process_loads_nothing_heavy_that_it_may_not_need(name: str, heavy: Iterable[str]) -> None:
    assert not loaded_by(name) & set(heavy)


def test_a_heavy_import_is_seen_however_deep_it_hides(tmp_path: Path) -> None:
    (tmp_path / "deep.py").write_text("import yaml", encoding="utf-8")
    (tmp_path / "planted.py").write_text("import deep", encoding="utf-8")
    assert "yaml" in loaded_by("planted", tmp_path)
