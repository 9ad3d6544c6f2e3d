"""Two demos in one folder: the second says who is there; neither a killed one nor Ctrl-C bars the way for ever."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.flow.house import ROOT

DEMO = """
import pathlib, sys, scripts.conductor.__main__ as it
it.FOLDER = pathlib.Path(sys.argv.pop(1))
sys.exit(it.main())
"""


@contextmanager
def demo(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """`scripts/demo` with one contact and its own place for what it keeps."""
    command = [sys.executable, "-c", DEMO, str(folder), "--contacts", "1"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def address_of(process: subprocess.Popen[str]) -> str:
    """Where its dashboard is, once everything stands that it announces."""
    assert process.stdout is not None
    address = ""
    for line in process.stdout:
        if line.startswith("Dashboard"):
            address = line.split()[1]
        if line.startswith("Ctrl-C"):
            break
    return address


def test_the_second_demo_says_that_one_runs_and_a_killed_one_bars_nobody(tmp_path: Path) -> None:
    with demo(tmp_path) as first:
        address = address_of(first)
        kept = (tmp_path / "environment").read_text(encoding="utf-8")
        with demo(tmp_path) as second:
            said, told = second.communicate(timeout=60)
        assert (second.returncode, said) == (1, "")
        assert told == (
            f"A demo runs here already (process {first.pid}, {address}): look at that one, or end it with Ctrl-C "
            "first. `scripts/demo --check` runs beside it.\n"
        )
        assert (tmp_path / "environment").read_text(encoding="utf-8") == kept
        first.kill()
        first.wait(20)
        with demo(tmp_path) as third:
            assert address_of(third).startswith("http://127.0.0.1:")
            third.send_signal(signal.SIGINT)
            assert third.communicate(timeout=60)[0].endswith("Stopped.\n")
        assert third.returncode == 0
        with demo(tmp_path) as fourth:
            assert address_of(fourth)
            fourth.terminate()
            assert fourth.wait(60) == 0
