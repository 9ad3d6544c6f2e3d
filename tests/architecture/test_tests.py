"""House section 4 and 9: tests are sentences, and every one of them runs."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import laws_tests as laws
from tests.architecture.tree import ROOT, Source, broken, holds, project

TESTS = project("tests")


def test_no_test_is_skipped_asleep_or_mocked() -> None:
    holds(*map(laws.skips, TESTS), *map(laws.sleeps, TESTS), *map(laws.mocks, TESTS))


@pytest.mark.parametrize(
    "code",
    [
        "import pytest\ndef test_a(): pytest.skip('later')",
        "import pytest\n@pytest.mark.skipif(True, reason='later')\ndef test_a(): ...",
        "from pytest import mark as m\n@m.xfail\ndef test_a(): ...",
        "from pytest import importorskip\nx = importorskip('x')",
        "import unittest\n@unittest.skip('later')\ndef test_a(): ...",
    ],
)
def test_a_skip_is_found(code: str) -> None:
    assert broken(laws.skips(Source("tests/pure/test_a.py", code)))


def test_words_about_skipping_are_no_skip() -> None:
    assert not broken(laws.skips(Source("tests/pure/test_a.py", "SKIP = 'pytest.skip'\nstep.skip_step()\nskip = 1")))


@pytest.mark.parametrize(
    "code", ["import time\ntime.sleep(1)", "from asyncio import sleep\nsleep(0.1)", "page.wait_for_timeout(500)"]
)
def test_a_sleep_is_found(code: str) -> None:
    assert broken(laws.sleeps(Source("tests/flow/test_a.py", code)))


def test_letting_others_run_is_no_sleep() -> None:
    assert not broken(laws.sleeps(Source("tests/flow/test_a.py", "import asyncio\nasyncio.sleep(0)")))


def test_a_mock_is_found() -> None:
    assert broken(laws.mocks(Source("tests/flow/test_a.py", "from unittest.mock import AsyncMock")))


def test_every_test_is_a_sentence() -> None:
    holds(*map(laws.no_sentence, TESTS))


def test_a_test_that_is_no_sentence_is_found() -> None:
    assert broken(laws.no_sentence(Source("tests/pure/test_a.py", "def test_reply_stops(): ...")))


SLIPPING_PAST = {
    "test_skips.py": "def test_a(): pytest.skip('no database')",
    "test_marked.py": "@pytest.mark.skip\ndef test_a(): ...",
    "test_xfails.py": "@pytest.mark.xfail\ndef test_a(): assert False",
    "test_xpasses.py": "@pytest.mark.xfail\ndef test_a(): ...",
    "test_fixture.py": "@pytest.fixture\ndef database(): pytest.skip('none')\ndef test_a(database): ...",
    "test_import.py": "pytest.importorskip('no_such_library')\ndef test_a(): ...",
    "test_empty.py": "@pytest.mark.parametrize('x', [])\ndef test_a(x): ...",
}


def test_a_skip_that_slips_past_the_law_turns_the_run_red(tmp_path: Path) -> None:
    run = run_planted(tmp_path, {**SLIPPING_PAST, "test_sound.py": "def test_a(): ..."})
    assert run.returncode != 0
    red = {name for name in SLIPPING_PAST if f"FAILED {name}" in run.stdout or f"ERROR {name}" in run.stdout}
    assert red == set(SLIPPING_PAST), run.stdout
    assert "1 passed" in run.stdout
    assert "skipped" not in run.stdout.splitlines()[-1]


def test_what_is_marked_full_runs_only_when_asked_for(tmp_path: Path) -> None:
    files = {"test_full.py": "@pytest.mark.full\ndef test_a(): assert False\ndef test_b(): ..."}
    assert run_planted(tmp_path, files).returncode == 0
    assert run_planted(tmp_path, files, "--full").returncode == 1


SLOW_AND_QUICK = {"test_a.py": "def test_slow(): assert False\ndef test_quick(): ..."}


@pytest.mark.parametrize(
    ("asked", "exit_code"),
    [((), 0), (("-k", "test"), 0), (("--full",), 1), (("test_a.py",), 1), (("test_a.py::test_slow",), 1)],
)
def test_what_is_slow_runs_when_it_is_named_or_everything_is_asked_for(
    tmp_path: Path, asked: tuple[str, ...], exit_code: int
) -> None:
    run = run_planted(tmp_path, SLOW_AND_QUICK, *asked, slow="test_a.py::test_slow\n")
    assert run.returncode == exit_code, run.stdout


def test_what_is_called_slow_exists() -> None:
    named = (ROOT / "tests" / "slow.txt").read_text(encoding="utf-8").split()
    assert named == sorted(set(named))
    sources = {source.name: source.text for source in TESTS}
    assert [one for one in named if f"def {one.partition('::')[2]}(" not in sources[one.partition("::")[0]]] == []


def run_planted(
    folder: Path, files: dict[str, str], *arguments: str, slow: str = ""
) -> subprocess.CompletedProcess[str]:
    """Runs pytest over planted files under our own conftest and configuration."""
    shutil.copy(ROOT / "tests" / "conftest.py", folder / "conftest.py")
    shutil.copy(ROOT / "pyproject.toml", folder / "pyproject.toml")
    (folder / "slow.txt").write_text(slow, encoding="utf-8")
    for name, code in files.items():
        (folder / name).write_text(f"import pytest\n{code}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--continue-on-collection-errors"]
    command += arguments if any(".py" in argument for argument in arguments) else [str(folder), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)
