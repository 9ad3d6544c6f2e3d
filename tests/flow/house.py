"""A machine at home for tests: a database, the twin, the web application, the command line."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from scripts.cli.app import main
from scripts.database.bootstrap import OWNER, bootstrap
from scripts.database.launcher import DATABASE
from scripts.sandbox.remote import Twin, start_twin
from scripts.serve import listen, serve_in_thread, url_of
from tests.databases import Engine
from utils.clock import FileClock
from utils.config import read_settings

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)  # a Monday, ten in the morning in New York
SECRET = "only-for-tests-0123456789abcdef0123456789"
TOKEN = "t" * 32
TOKEN_NAME = "TOKEN_OF_TEST"


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class House:
    """A database, the twin, the web application, and the command line before them."""

    twin: Twin
    clock: FileClock
    environment: Mapping[str, str]
    folder: Path
    capture: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> Done:
        self.capture.readouterr()
        code = main(arguments)
        return Done(code, *self.capture.readouterr())

    def ok(self, *arguments: str) -> Any:
        """The JSON of a verb that must succeed."""
        done = self.run(*arguments, "--json")
        assert (done.code, done.err) == (0, ""), (arguments, done)
        return done.json()

    def refused(self, *arguments: str) -> str:
        """The sentence of a verb that must refuse."""
        done = self.run(*arguments)
        assert (done.code, done.out) == (1, ""), (arguments, done)
        return done.err

    def process(self, *arguments: str, stdin: str = "", **environment: str) -> Done:
        return spawn([sys.executable, "-m", "scripts.cli", *arguments], {**self.environment, **environment}, stdin)

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def tick(self, at: datetime) -> dict[str, int]:
        """One tick at this instant, before and after which the twin says what it has to say."""
        self.clock.set(at)
        self.twin.advance(at)
        report: dict[str, int] = self.ok("tick", "--at", at.isoformat())["jobs"]["sweep"]
        self.twin.advance(at)
        return report

    def ledger(self) -> list[dict[str, Any]]:
        done = self.run("ledger", "--client", "bright-dental")
        assert (done.code, done.err) == (0, "")
        return [json.loads(line) for line in done.out.splitlines()]


def spawn(command: list[str], environment: Mapping[str, str], stdin: str = "", cwd: Path = ROOT) -> Done:
    run = subprocess.run(
        command, cwd=cwd, env=dict(environment), input=stdin, capture_output=True, text=True, timeout=60, check=False
    )
    return Done(run.returncode, run.stdout, run.stderr)


@contextmanager
def open_house(
    engine: Engine,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capture: pytest.CaptureFixture[str],
    *,
    migrated: bool = True,
) -> Iterator[House]:
    """The whole machine, its settings in this process's environment; nothing of the developer's own is left there.

    With `migrated=False` nobody has migrated the database, as on the first day.
    """
    clock = FileClock(folder / "clock")
    clock.set(START)
    place = listen()
    with (
        engine.fresh_database(DATABASE if migrated else "template0") as database,
        start_twin(f"file:{clock.path}", leaving=engine.leaving) as twin,
        capture_logs(),
    ):
        if not migrated:
            bootstrap(database.superuser_url, OWNER)
        ours = {
            "DATABASE_URL": database.url,
            "OMNIFY_PUBLIC_URL": url_of(place),
            "OMNIFY_SECRET_KEY": SECRET,
            "OMNIFY_CLOCK": f"file:{clock.path}",
            "OMNIFY_HTTP_TIMEOUT": "2",
            "TWILIO_BASE_URL": twin.twilio_url,
            "TWILIO_LOOKUPS_BASE_URL": twin.lookups_url,
            "RESEND_BASE_URL": twin.resend_url,
            TOKEN_NAME: TOKEN,
        }
        for name in foreign_settings():
            monkeypatch.delenv(name)
        for name, value in ours.items():
            monkeypatch.setenv(name, value)
        with serve_in_thread(read_settings(ours), database.url, place, leaving=engine.leaving):
            yield House(twin, clock, dict(os.environ), folder, capture)


def foreign_settings() -> list[str]:
    """Settings in this process's environment that are not the test's; the mark of a test run stays."""
    starts = ("TWILIO_", "RESEND_", "SUPABASE_", "OMNIFY_")
    return [name for name in os.environ if name.startswith(starts) and name != "OMNIFY_TEST_RUN"]
