"""`scripts/omnify prove` says what was simulated, what was broken and how to play it again; its exit code proves it."""

import json
from pathlib import Path

import pytest

from scripts.cli import prove
from scripts.cli.app import main
from scripts.cli.prove import repeat_line, report_of, summary_of
from tests.simulation.mutations import Hunt, Mutation
from tests.simulation.outcome import Outcome, Violation

FEW = ["prove", "--tier", "t0", "--seeds", "6"]
BROKEN = Outcome("T0", 41, 12.0, 3, 1, (Violation("I1", "2026-11-23T15:00:00+00:00", "twice"),), Path("history"))


def test_a_few_seeds_of_the_rules_are_proven_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*FEW, "--no-mutations"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("T0: 6 seeds, ")
    assert "0 violations" in said
    assert said.rstrip().endswith("Proven: no promise was broken.")


def test_as_json_it_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*FEW, "--no-mutations", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["proven"], report["failing"], report["mutations"]) == (True, [], [])
    [tier] = report["tiers"]
    assert (tier["tier"], tier["seeds"], tier["violations"]) == ("T0", 6, 0)
    assert tier["simulated_hours"] > 100
    assert tier["hours_per_cpu_second"] > 0


def test_a_broken_promise_is_told_with_the_line_that_repeats_it_and_ends_in_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prove, "play_t0", lambda _many: iter([(BROKEN, 0.1)]))
    assert main([*FEW, "--no-mutations"]) == 1
    said = capsys.readouterr().out
    assert "T0 seed 41: I1 2026-11-23T15:00:00+00:00 twice" in said
    assert "again: .venv/bin/python -m tests.simulation.t0 41" in said
    assert "Not proven: 1 seeds broke a promise." in said


def test_a_guard_that_nobody_misses_is_no_proof_and_an_untested_one_is_named() -> None:
    missed = Hunt(Mutation("addresses_are_not_locked", "T1"), None, (), 500)
    untested = Hunt(Mutation("send_by_is_not_looked_at", "T0", None, "it only saves time"), None, (), 0)
    caught = Hunt(Mutation("quarantine_is_zero", "T0"), 5, ("I1",), 5)
    assert [hunt.passed for hunt in (missed, untested, caught)] == [False, True, True]
    assert missed.line() == "T1 addresses are not locked: NOT CAUGHT in 500 seeds"
    assert untested.line() == "T0 send by is not looked at: untested, it only saves time"
    assert caught.line() == "T0 quarantine is zero: caught by seed 5 (I1)"
    said = summary_of([], [missed, untested, caught])
    assert "Mutations: 1 caught, 1 not caught, 1 untested." in said
    assert "does not notice 1 missing guards" in said
    assert report_of([], [BROKEN], [missed], proven=False)["failing"][0]["again"] == repeat_line(BROKEN)


def test_the_real_engine_repeats_a_seed_by_its_own_line() -> None:
    assert repeat_line(Outcome("T1", 7, 1.0, 1, 0, ())) == ".venv/bin/python -m tests.simulation --seed 7"
