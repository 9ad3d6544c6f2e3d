"""T0: the rules of the protocol keep its promises on plain values, and fast enough to be asked for years of it."""

import os
import subprocess
import sys
import time

import pytest

from tests.simulation.outcome import Outcome
from tests.simulation.regressions import kept
from tests.simulation.t0 import Conductor, run_t0
from tests.simulation.t0_rows import Thing

PLAIN = range(1, 201)
MANY = range(10_001, 12_001)


def played(seeds: range) -> list[Outcome]:
    return [run_t0(seed) for seed in seeds]


def test_no_promise_is_broken_in_two_hundred_seeds_and_they_are_eventful() -> None:
    outcomes = played(PLAIN)
    assert [one for one in outcomes if one.violations] == []
    assert sum(one.hours for one in outcomes) > 15_000
    assert sum(one.acceptances for one in outcomes) > 1_500
    assert sum(one.crashes for one in outcomes) > 500


def test_seeds_of_t0_that_once_broke_a_promise_break_none_any_more() -> None:
    assert [one for one in map(run_t0, kept("T0")) if one.violations] == []


def test_the_same_seed_plays_the_same_story_of_t0() -> None:
    first, second = (Conductor(7).play().ledger.history for _ in range(2))
    assert first == second
    assert len(first) > 20


def test_another_process_with_other_hashes_plays_the_same_story_of_t0() -> None:
    first, second = (
        subprocess.run(
            [sys.executable, "-m", "tests.simulation.t0", "7"],
            env={**os.environ, "PYTHONHASHSEED": hashes},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for hashes in ("1", "2")
    )
    assert first == second
    assert len(first.splitlines()) > 20


def test_seeds_meet_every_kind_of_trouble() -> None:
    """A world in which nothing goes wrong would prove nothing."""
    reasons: set[str | None] = set()
    states: set[str] = set()
    ops: set[str] = set()
    for seed in range(1, 61):
        ledger = Conductor(seed).play().ledger
        reasons |= {None if one is None else str(one) for one in ledger.reasons.values()}
        states |= {str(touch.state) for touch in ledger.touches.values()}
        ops |= {event.op for event in ledger.history}
    assert {"absent_twice", "unresolved", "unconfirmed", "send_by_passed", "too_many_requests", "21610"} <= reasons
    assert {"delivered", "completed", "failed", "bounced", "complained", "expired", "not_sent"} <= states
    assert {"armed", "touch", "run", "request", "repeat", "closed", "stopped", "withdrawn", "reply", "turn"} <= ops


def test_everything_that_may_turn_does_and_every_second_story_is_a_plain_one() -> None:
    turned: set[Thing] = set()
    plain = 0
    for seed in range(1, 121):
        events = [event for event in Conductor(seed).play().ledger.history if event.op == "turn"]
        turned |= {event.about[0] for event in events}
        plain += not events
    assert turned == set(Thing)
    assert 40 < plain < 80


@pytest.mark.full
def test_no_promise_is_broken_in_thousands_of_seeds_at_ten_thousand_hours_a_cpu_second() -> None:
    begun = time.process_time()
    outcomes = played(MANY)
    spent = time.process_time() - begun
    hours = sum(one.hours for one in outcomes)
    print(f"\n{hours:,.0f} simulated hours, {hours / spent:,.0f} a CPU second")
    assert [one for one in outcomes if one.violations] == []
