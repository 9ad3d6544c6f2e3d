"""What a hand may slip at: another time than now where messages really leave, Ctrl-C in the middle of a start."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg

from tests.flow.house import ROOT, START, House, spawn
from tests.flow.test_control import house as house
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("safe_hands.sql"))
AT = ("tick", "--at", START.isoformat())
REAL = "https://twilio.invalid"


def test_at_another_time_than_now_nothing_is_sent_for_real(house: House) -> None:
    refused = house.process(*AT, TWILIO_BASE_URL=REAL)
    assert (refused.code, refused.out) == (1, "")
    assert "nothing is sent for real (twilio); `--dry-run` says what would be" in refused.err
    assert house.process(*AT, "--dry-run", TWILIO_BASE_URL=REAL).code == 0
    assert house.ledger() == []
    assert house.tick(START)["accepted"] == 1, "the twin is nobody's telephone"


def test_a_database_that_takes_no_changes_is_told_in_a_sentence(house: House) -> None:
    with psycopg.connect(house.environment["DATABASE_URL"], autocommit=True) as connection:
        (name,) = connection.execute(SQL["name_database"]).fetchone() or ("",)
        connection.execute(SQL["take_no_changes"].format(name=name))
    told = house.process("client", "add", "second", "--name", "Second")
    assert (told.code, told.out) == (1, "")
    assert "takes no changes now" in told.err
    assert "Traceback" not in told.err


def place_with(python: str, folder: Path) -> Path:
    """A checkout whose environment has this for its interpreter."""
    (folder / ".venv" / "bin").mkdir(parents=True)
    for name in ("scripts", "tests"):
        (folder / name).mkdir()
        (folder / name / "requirements.txt").touch()
    (folder / "requirements.txt").touch()
    shutil.copy(ROOT / "scripts" / "environment.sh", folder / "scripts")
    interpreter = folder / ".venv" / "bin" / "python"
    interpreter.write_text(f"#!/bin/sh\n{python}\n", encoding="utf-8")
    interpreter.chmod(0o755)
    return folder


def test_ctrl_c_at_the_start_clears_no_environment(house: House, tmp_path: Path) -> None:
    place = place_with("kill -INT $PPID\nexit 1", tmp_path / "place")
    done = spawn(["bash", "-c", ". scripts/environment.sh; need_venv scripts"], house.environment, cwd=place)
    assert (done.code, done.out) == (130, "")
    assert (place / ".venv" / "bin" / "python").read_text(encoding="utf-8").startswith("#!/bin/sh")


def test_an_environment_that_is_only_linked_to_is_never_cleared(house: House, tmp_path: Path) -> None:
    place = place_with("exit 1", tmp_path / "place")
    (place / ".venv").rename(tmp_path / "elsewhere")
    (place / ".venv").symlink_to(tmp_path / "elsewhere")
    done = spawn(["bash", "-c", ". scripts/environment.sh; need_venv scripts"], house.environment, cwd=place)
    assert (done.code, done.out) == (1, "")
    assert "is a link to an environment that does not work" in done.err
    assert (tmp_path / "elsewhere" / "bin" / "python").exists()


def test_two_commands_at_once_in_a_fresh_folder_set_it_up_once(house: House, tmp_path: Path) -> None:
    made = tmp_path / "made"
    installs = f"echo once >> {made}; sleep 1"
    place = place_with(f'case "$*" in *install*) {installs} ;; esac', tmp_path / "place")
    ask = ["bash", "-c", "set -euo pipefail; . scripts/environment.sh; need_venv scripts; echo ready"]
    with ThreadPoolExecutor(3) as pool:
        told = list(pool.map(lambda _: spawn(ask, house.environment, cwd=place), range(3)))
    assert [(one.code, one.err) for one in told] == [(0, "")] * 3
    assert made.read_text(encoding="utf-8") == "once\n"
    assert sum("waiting for it" in one.out for one in told) == 2
    assert all(one.out.endswith("ready\n") for one in told)
