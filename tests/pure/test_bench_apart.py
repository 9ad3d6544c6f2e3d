"""The server of a benchmark may have processors of its own; afterwards everybody runs where they did."""

import os
import subprocess
import sys

import pytest

from scripts.bench.apart import Processors, keep_to, processors_of_ours, split_processors
from scripts.database.launcher import PROJECT


def test_each_side_gets_processors_that_the_other_does_not_have() -> None:
    allowed, split = processors_of_ours(), split_processors()
    assert not split.server & split.ours
    assert split.server | split.ours == (allowed if split.are_apart else frozenset())
    assert split.are_apart == bool(split.ours) == (len(allowed) > 1)


def test_a_process_runs_where_it_is_kept_and_afterwards_where_it_did() -> None:
    before, server = processors_of_ours(), split_processors().server

    def fail() -> None:
        with keep_to(server):
            assert processors_of_ours() == (server or before)
            raise RuntimeError("on the way")

    with pytest.raises(RuntimeError, match="on the way"):
        fail()
    assert processors_of_ours() == before


def test_nobody_is_moved_where_there_is_nothing_to_split() -> None:
    before = processors_of_ours()
    with keep_to(Processors().server):
        assert processors_of_ours() == before


def test_a_process_that_go_first_is_one_that_the_system_does_not_keep_waiting() -> None:
    asked = "import os; from scripts.bench.apart import go_first; print(go_first(), os.sched_getscheduler(0))"
    said = subprocess.run([sys.executable, "-c", asked], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert said.stdout.split() in (["True", str(os.SCHED_RR)], ["False", str(os.SCHED_OTHER)])
