"""`scripts/omnify bench` measures, and says so in a shape that stays. How fast it was is a record, not a test."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.bench.models import Line, Sign, Target
from scripts.bench.rounds import in_turns_blocking
from scripts.cli.app import main

LINES = {
    "engine": ["engine"],
    "http": ["http", "http, answers after 100 ms"],
    "claim": ["claim"],
    "import": [
        "import: the sweep",
        "import: a sweep with work",
        "import: the web application",
        "import: the web application and its first webhook",
    ],
}


def measure(capture: pytest.CaptureFixture[str], name: str, *more: str) -> dict[str, Any]:
    """The last line of a small run of one round."""
    assert main(["bench", name, "--scale", "small", "--rounds", "1", *more]) == 0
    report: dict[str, Any] = json.loads(capture.readouterr().out.splitlines()[-1])
    return report


@pytest.mark.full
def test_a_confirmed_touch_costs_five_row_writes_at_most_and_an_idle_sweep_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = measure(capsys, "writes", "--json")
    assert 0 < report["row_writes_per_confirmed_touch"] <= 5.0
    assert report["idle_sweep_row_writes"] == 0
    assert [line["met"] for line in report["benchmarks"]] == [True] * 5


@pytest.mark.full
@pytest.mark.parametrize("name", LINES)
def test_each_ratio_stands_with_its_target_its_rounds_and_its_settings(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept.json"
    report = measure(capsys, name, "--json", "--out", str(kept))
    assert json.loads(kept.read_text(encoding="utf-8")) == report
    assert [line["name"] for line in report["benchmarks"]] == LINES[name]
    for line in report["benchmarks"]:
        [ours], [baseline] = line["rounds"]["ours"], line["rounds"]["baseline"]
        assert ours > 0
        assert baseline > 0
        assert line["ratio"] > 0
        if line["target"] is None:
            assert line["met"] is None
        else:
            assert line["target"][0] in "≥≤"
            assert line["met"] in (True, False)
        assert name == "import" or line["settings"]["fsync"] == "on"
    assert {"cpus", "python", "psycopg", "load", "rounds", "scale"} <= report["settings"].keys()


@pytest.mark.full
def test_the_memory_of_the_whole_demo_is_told_in_a_table_and_in_the_last_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["bench", "memory", "--scale", "small"]) == 0
    table, said = capsys.readouterr()
    heads, row, *_ = table.splitlines()
    assert heads.split() == ["name", "ours", "baseline", "ratio", "spread", "target", "met"]
    assert row.startswith("memory: scripts/demo --check")
    [line] = json.loads(table.splitlines()[-1])["benchmarks"]
    assert line["settings"]["processes"] > 5, "the database's own processes are part of it"
    assert line["ours"] > 0.05
    assert said.startswith("memory: ")


def test_a_benchmark_that_does_not_exist_is_refused_with_those_that_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "speed"]) == 1
    said = capsys.readouterr().err
    assert "no benchmark 'speed'" in said
    for name in ("writes", "engine", "http", "claim", "import", "memory"):
        assert name in said


def test_ours_and_the_baseline_take_turns_and_the_first_round_only_warms_up() -> None:
    turns: list[tuple[str, int]] = []

    def turn(side: str, number: int) -> float:
        turns.append((side, number))
        return float(number)

    kept = in_turns_blocking(2, lambda number: turn("ours", number), lambda number: turn("raw", number))
    assert turns == [("raw", 0), ("ours", 0), ("ours", 1), ("raw", 1), ("raw", 2), ("ours", 2)]
    assert kept == ((1.0, 2.0), (1.0, 2.0))


def test_a_missed_target_is_told_by_the_median_of_the_rounds_ratios() -> None:
    half = Target(Sign.at_least, 0.5)
    line = Line("engine", "touches/s", (40.0, 50.0, 1.0), (100.0, 100.0, 100.0), half)
    assert (line.value, line.is_met, str(half)) == (0.4, False, "≥ 0.5")
    count = Line("writes", "row-writes", (5.0,), (), Target(Sign.at_most, 5.0))
    assert (count.value, count.is_met) == (5.0, True)
