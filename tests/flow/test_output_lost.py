"""Output that ends in a full disk, or in a reader who has left: a sentence or nothing, no traceback, no half of a file.

Real processes and the kernel's own refusals: /dev/full for a full disk, a pipe without a reader, a limit of file sizes.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Engine
from tests.flow.house import ROOT, Done, House, open_house

ADA, CLIENT = "+12125550123", ("--client", "bright-dental")
PROVE = ("prove", "--seeds", "1", "--tier", "t0", "--no-mutations")
FULL = "The output cannot be written: No space left on device. Not all of it is there; what was changed stays so.\n"
SMALL = 2048
"""Bytes that a file may have where the disk is said to be full."""


@pytest.fixture
def house(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    with open_house(engine, tmp_path, monkeypatch, capsys) as opened:
        opened.ok("client", "add", "bright-dental", "--name", "Bright Dental")
        agreed = ("--consent", "sms", "--wording", "I agree.", "--source", "web-form")
        opened.ok("contact", "add", *CLIENT, "--phone", ADA, "--field", f"note={'x' * SMALL}", *agreed)
        yield opened


def into(house: House, output: int, *arguments: str) -> Done:
    """The verb as a process that writes to this descriptor, which is closed here afterwards."""
    command = [sys.executable, "-m", "scripts.cli", *arguments]
    try:
        run = subprocess.run(
            command,
            cwd=ROOT,
            env=dict(house.environment),
            stdout=output,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(output)
    return Done(run.returncode, "", run.stderr.decode())


def to_full_disk(house: House, *arguments: str) -> Done:
    return into(house, os.open("/dev/full", os.O_WRONLY), *arguments)


def to_nobody(house: House, *arguments: str) -> Done:
    reader, writer = os.pipe()
    os.close(reader)
    return into(house, writer, *arguments)


READING = [
    ("client", "list"),
    ("evidence", ADA, "--json"),
    ("library", "show", "speed-to-lead"),
    ("--help",),
]


@pytest.mark.parametrize("verb", READING, ids=" ".join)
def test_a_full_disk_is_told_in_a_sentence_and_a_reader_who_left_is_nobodys_defect(
    house: House, verb: tuple[str, ...]
) -> None:
    assert to_full_disk(house, *verb) == Done(1, "", FULL)
    assert to_nobody(house, *verb) == Done(141, "", "")


def test_a_proof_that_nobody_can_read_is_no_success(house: House) -> None:
    done = to_full_disk(house, *PROVE, "--json")
    assert done.code == 1
    assert done.err.endswith(FULL)
    assert "Traceback" not in done.err


def on_a_full_disk(house: House, *arguments: str) -> Done:
    """No file of this process may grow beyond SMALL: what a full disk does, but for the reason that it is told."""
    limit = f'ulimit -f {SMALL // 1024}; exec "$@"'
    command = ["bash", "-c", limit, "bash", sys.executable, "-B", "-m", "scripts.cli", *arguments]
    run = subprocess.run(command, cwd=ROOT, env=dict(house.environment), capture_output=True, text=True, timeout=60)
    return Done(run.returncode, run.stdout, run.stderr)


def test_a_file_that_does_not_fit_is_told_and_nothing_of_it_is_left(house: House) -> None:
    folder = house.folder / "out"
    folder.mkdir()
    kept = folder / "kept.csv"
    kept.write_text("older", encoding="utf-8")
    for verb, path in (
        (("export", str(folder / "new.csv"), *CLIENT), folder / "new.csv"),
        (("export", str(kept), *CLIENT, "--force"), kept),
    ):
        assert on_a_full_disk(house, *verb) == Done(1, "", f"{path} cannot be written: File too large\n")
    done = on_a_full_disk(house, "evidence", ADA, *CLIENT, "--out", str(folder))
    assert (done.code, done.out) == (1, "")
    assert done.err.endswith(" cannot be written: File too large\n")
    assert done.err.count("\n") == 1
    assert [one.name for one in folder.iterdir()] == ["kept.csv"]
    assert kept.read_text(encoding="utf-8") == "older"


def test_what_was_left_out_has_its_file_or_nobody_is_imported(house: House) -> None:
    rejects = house.folder / "rejects.csv"
    people = house.file("people.csv", "phone,note\n+12125550200,fine\n" + f"nothing,{'y' * SMALL}\n" * 2)
    done = on_a_full_disk(house, "import", people, *CLIENT, "--rejects", str(rejects))
    assert done == Done(1, "", f"{rejects} cannot be written: File too large\n")
    assert not rejects.exists()
    assert not [one for one in house.folder.iterdir() if one.name.startswith(".")]
    assert len(house.ok("contact", "list", *CLIENT)) == 1
