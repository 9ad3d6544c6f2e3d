"""Beside other queues: the same rows, the same transport, and after a SIGKILL the provider's own ledger."""

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.bench.circle import in_circle
from scripts.bench.models import Line, Outcome, Sign, Target
from scripts.bench.peers import durable
from scripts.bench.report import report_of, rows_of
from scripts.cli.app import main

SMALL = ("--scale", "small", "--rounds", "1", "--json")


def measure(capture: pytest.CaptureFixture[str], name: str) -> dict[str, dict[str, Any]]:
    """The lines of a small run by name."""
    assert main(["bench", name, *SMALL]) == 0
    report = json.loads(capture.readouterr().out.splitlines()[-1])
    return {line["name"]: line for line in report["benchmarks"]}


@pytest.mark.full
@pytest.mark.parametrize(("name", "delay"), [("peers", 0), ("volume", 1000)])
def test_another_queue_and_a_bare_worker_write_our_rows_and_each_line_says_what_its_sides_promise(
    name: str, delay: int, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = measure(capsys, name)
    assert list(lines) == [f"{name}: raw SQL worker", f"{name}: procrastinate"]
    for line in lines.values():
        [ours], [theirs] = line["rounds"]["ours"], line["rounds"]["baseline"]
        assert ours > 0
        assert theirs > 0
        assert line["settings"]["fsync"] == line["settings"]["synchronous_commit"] == "on"
        assert line["settings"]["commit_delay_us"] == delay
        assert line["contract"].startswith("ours: ")
    raw, queue = lines.values()
    assert (raw["target"], raw["met"]) == (None, None)
    assert queue["target"] == "≥ 5"
    assert queue["settings"]["version"]
    assert "MIT" in queue["settings"]["licence"]


@pytest.mark.full
def test_after_a_sigkill_all_is_known_in_six_minutes_and_only_the_other_queue_sends_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = measure(capsys, "recovery")
    until_known = lines["recovery: until all in flight is known, business time"]
    assert until_known["rounds"]["ours"] == [5.0], "no webhook came, so the quarantine had to end first"
    assert until_known["met"] is True
    assert until_known["settings"]["states"] == {"delivered": 20}
    never, absent = (
        lines[f"recovery: half of them not yet sent, {policy}"]["settings"]
        for policy in ("never_rearm", "rearm_after_absent")
    )
    assert never["states"] == {"delivered": 20, "expired": 20}
    assert absent["states"] == {"delivered": 40, "not_sent": 20}
    assert never["duplicates"] == absent["duplicates"] == 0
    twice = lines["recovery: sent twice, beside procrastinate"]
    assert twice["rounds"] == {"ours": [0], "baseline": [20]}
    assert twice["met"] is True


@pytest.mark.parametrize("name", ["peers", "recovery"])
def test_without_node_the_whole_comparison_is_refused_before_anything_is_measured(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["bench", name]) == 1
    assert "needs Node 20 or newer" in capsys.readouterr().err


async def test_every_contestant_begins_once_and_the_first_round_only_warms_up() -> None:
    turns: list[tuple[str, int]] = []

    async def turn(name: str, number: int) -> float:
        turns.append((name, number))
        return float(number)

    async def a(number: int) -> float:
        return await turn("a", number)

    async def b(number: int) -> float:
        return await turn("b", number)

    async def c(number: int) -> float:
        return await turn("c", number)

    assert await in_circle(2, [a, b, c]) == [(1.0, 2.0)] * 3
    assert turns == [(name, number) for number, names in enumerate(("abc", "bca", "cab")) for name in names]


def test_none_sent_twice_is_met_also_beside_one_who_sends_none_twice() -> None:
    none_twice = Target(Sign.at_most, 0.0)
    beside_many = Line("sent twice", "messages", (0.0,), (1000.0,), none_twice)
    beside_none = Line("sent twice", "messages", (0.0,), (0.0,), none_twice)
    one_of_ours = Line("sent twice", "messages", (1.0,), (0.0,), none_twice)
    assert [line.is_met for line in (beside_many, beside_none, one_of_ours)] == [True, True, False]
    assert beside_none.ratios == ()


def test_the_contract_is_a_column_where_a_line_has_one() -> None:
    plain = Line("engine", "touches/s", (1.0,), (2.0,), None)
    told = Line("peers: x", "touches/s", (1.0,), (2.0,), None, contract="ours: asks. x: does not")
    assert "contract" not in rows_of([Outcome((plain,))])[0]
    assert [row["contract"] for row in rows_of([Outcome((plain, told))])] == [None, told.contract]
    assert [line["contract"] for line in report_of([Outcome((plain, told))], {})["benchmarks"]] == [None, told.contract]


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit"])
def test_a_server_that_answers_before_a_commit_is_on_the_disk_is_no_ground_for_a_comparison(setting: str) -> None:
    good = {"fsync": "on", "synchronous_commit": "on"}
    assert durable(good) == good
    with pytest.raises(RuntimeError, match="fsync"):
        durable(good | {setting: "off"})
