"""`scripts/omnify bench` measures, and says so in a shape that stays. How fast it was is a record, not a test."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.bench.models import Line, Sign, Target
from scripts.bench.rounds import in_turns_blocking
from scripts.bench.source import source
from scripts.cli.app import main
from tests.flow.house import ROOT

LINES = {
    "engine": ["engine", "engine, one client", "engine, processors shared"],
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


def test_a_place_that_takes_no_file_is_refused_before_anything_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "kept.json"
    taken.write_text("older", encoding="utf-8")
    for place, told in (
        (tmp_path / "none" / "kept.json", "There is no folder"),
        (tmp_path, "is a folder; name a file in it"),
        (taken / "kept.json", "There is no folder"),
        (tmp_path / ("x" * 300), "cannot be written: File name too long"),
    ):
        assert main(["bench", "import", "--scale", "small", "--rounds", "1", "--out", str(place)]) == 1
        said = capsys.readouterr()
        assert told in said.err
        assert (said.out, said.err.count("\n")) == ("", 1), "nothing was measured"
    assert [one.name for one in tmp_path.iterdir()] == ["kept.json"]
    assert taken.read_text(encoding="utf-8") == "older"


def test_a_measurement_whose_file_cannot_be_kept_is_printed_all_the_same_and_is_no_success(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["bench", "import", "--scale", "small", "--rounds", "1", "--json", "--out", "/dev/full"]) == 1
    said = capsys.readouterr()
    assert (
        said.err.splitlines()[-1] == "/dev/full cannot be written: No space left on device; the record stands here only"
    )
    report = json.loads(said.out)
    assert report["benchmarks"]
    assert {name: report["settings"][name] for name in source()._fields} == source()._asdict()


def test_a_record_without_room_leaves_the_older_one_as_it_was(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text("older", encoding="utf-8")
    link = tmp_path / "link.json"
    link.symlink_to(kept)
    keep = (
        "import sys; from pathlib import Path; from scripts.cli.bench import keep; keep(Path(sys.argv[1]), 'x' * 5000)"
    )
    for place in (kept, link, tmp_path / "new.json"):
        command = ["bash", "-c", 'ulimit -f 1; exec "$@"', "bash", sys.executable, "-B", "-c", keep, str(place)]
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert run.stderr.endswith("File too large\n"), run.stderr
    assert sorted(one.name for one in tmp_path.iterdir()) == ["kept.json", "link.json"]
    assert kept.read_text(encoding="utf-8") == "older"


@pytest.mark.full
def test_a_confirmed_touch_costs_five_row_writes_at_most_and_an_idle_sweep_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = measure(capsys, "writes", "--json")
    assert 0 < report["row_writes_per_confirmed_touch"] <= 5.0
    assert report["idle_sweep_row_writes"] == 0
    for name in ("statements", "commits", "wal_bytes"):
        assert report[f"{name}_per_confirmed_touch"] > 0
    assert report["idle_sweep_statements"] > 0
    lines = report["benchmarks"]
    assert len(lines) == 5 * 4, "four cases and the idle sweep, four counts each"
    assert [line["name"] for line in lines if not line["met"]] == []


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
    assert {"commit", "tree", "cpus", "python", "psycopg", "load", "rounds", "scale"} <= report["settings"].keys()


LIMITS = ("limit: 10 in any 1 s", "limit: 100 in any 10 s")


@pytest.mark.full
def test_a_providers_limit_is_used_in_real_time_and_refusals_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    lines = {line["name"]: line for line in measure(capsys, "limit", "--json")["benchmarks"]}
    assert list(lines) == [name for limit in LIMITS for name in (limit, f"{limit}, refused")]
    for limit in LIMITS:
        assert 0 < lines[limit]["ours"] <= 1.1
        assert lines[limit]["target"] == "≥ 0.95"
        assert lines[f"{limit}, refused"]["target"] == "≤ 0"
        assert lines[limit]["settings"]["fsync"] == "on"
        assert lines[limit]["contract"]


@pytest.mark.full
def test_growth_is_told_for_claim_sweep_and_idle_sweep_which_writes_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    claim, swept, idle, writes = measure(capsys, "growth", "--json")["benchmarks"]
    assert [line["name"].partition(": ")[2] for line in (claim, swept, idle, writes)] == [
        *("claim p50", "sweep", "idle sweep", "idle sweeps")
    ]
    assert [claim["target"], swept["target"], idle["target"]] == ["≤ 1.3", "≤ 1.3", "≤ 5"]
    assert (writes["ours"], writes["met"]) == (0, True)
    assert claim["settings"]["enrollments"] > claim["settings"]["baseline_enrollments"]


@pytest.mark.full
def test_webhooks_are_taken_in_beside_a_bare_application_and_repeats_write_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rate, half, again = measure(capsys, "ingest", "--json")["benchmarks"]
    assert (rate["target"], half["target"]) == ("≥ 0.8", "≤ 50")
    assert rate["ratio"] > 0
    assert half["ours"] > 0
    assert (again["ours"], again["met"]) == (0, True)
    assert rate["settings"]["load_alone_per_second"] > 2 * max(rate["ours"], rate["baseline"])


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
    assert main(["bench", "speed"]) == 2
    said = capsys.readouterr().err
    assert "no benchmark 'speed'" in said
    for name in ("writes", "engine", "http", "claim", "limit", "growth", "ingest", "import", "memory"):
        assert name in said


def test_a_record_names_the_commit_and_whether_anything_differs_from_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = ("unknown", "unknown")
    assert source(tmp_path) == unknown
    monkeypatch.setenv("GIT_DIR", str(ROOT / ".git"))  # as a hook has it
    assert source(tmp_path) == unknown

    def git(*arguments: str) -> str:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        done = subprocess.run(
            ["git", *who, *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
            env={"PATH": os.defpath},
        )
        return done.stdout.strip()

    git("init", "-q")
    assert source(tmp_path) == unknown, "no commit yet"
    (tmp_path / "code.py").write_text("1\n", encoding="utf-8")
    git("add", ".")
    git("commit", "-q", "-m", "Begin")
    begun = git("rev-parse", "HEAD")
    assert source(tmp_path) == (begun, "clean")
    assert source(tmp_path / "inner") == unknown
    (tmp_path / "inner").mkdir()
    assert source(tmp_path / "inner") == unknown, "part of somebody else's clone"
    (tmp_path / "new.py").write_text("2\n", encoding="utf-8")
    assert source(tmp_path) == (begun, "changed")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert source(tmp_path) == unknown, "no git"


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
