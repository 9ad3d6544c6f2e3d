"""Today's planner decides recorded histories as the planner did that lived them, or says why not (declared.json)."""

import json
from collections import Counter
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest

from modules.sequences import Snapshot
from tests.golden.histories import (
    Difference,
    differences,
    histories,
    read_declared,
    read_history,
    undeclared,
)
from tests.golden.plain import KINDS, as_plain, from_plain

FILES = histories()


def test_today_s_planner_decides_every_golden_history_alike_or_the_difference_is_declared() -> None:
    found = [one for file in FILES for one in differences(file)]
    assert undeclared(found, read_declared()) == []


def test_the_histories_hold_every_kind_of_plan_and_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [line for file in FILES for line in read_history(file)]
    verbs, plans = Counter(line.verb for line in lines), Counter(line.plan["plan"] for line in lines)
    with capsys.disabled():
        print(f"\ngolden histories: {len(lines)} decisions in {len(FILES)} runs {dict(verbs)} {dict(plans)}")
    assert len(lines) >= 300
    assert set(verbs) == {"decide", "settle", "skip"}
    assert set(KINDS) - set(plans) <= {"Hold"}, "nothing was awaited longer than its deadline in these runs"


def test_a_planner_that_decides_otherwise_is_caught_until_somebody_says_why() -> None:
    lines = {line.place: line for line in read_history(FILES[0])}
    place, line = next((place, one) for place, one in lines.items() if one.plan["plan"] == "Move")
    told = json.loads(json.dumps(line.plan))
    later = replace(line, at=line.at + timedelta(hours=1)).decide_again()
    assert later != told
    found = [Difference(place, told, later)]
    assert undeclared(found, {}) == [f"{place}: was {json.dumps(told)}, is {json.dumps(later)}"]
    declared = {place: {"reason": "an hour later on purpose", "plan": later}}
    assert undeclared(found, declared) == []
    assert undeclared(found, {place: {"reason": "", "plan": later}}) != []
    assert undeclared(found, {place: {"reason": "another one", "plan": told}}) != []
    assert undeclared([], declared) == [f"{place} is declared and does not differ"]


def test_a_snapshot_without_later_fields_takes_their_defaults_and_a_lost_field_is_left_out() -> None:
    line = next(read_history(FILES[0]))
    plain = as_plain(line.snapshot)
    assert from_plain(Snapshot, {**plain, "field_of_long_ago": 1}) == line.snapshot
    optional = {one.name for one in fields(Snapshot)} & {"fields", "outcomes", "replied_at", "back_on", "addresses"}
    bare = from_plain(Snapshot, {name: one for name, one in plain.items() if name not in optional})
    assert (bare.fields, bare.outcomes, bare.replied_at, bare.addresses) == ({}, {}, None, 0)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_recorded_reads_back_to_the_very_line(file: Path) -> None:
    texts = [json.loads(text) for text in file.read_text(encoding="utf-8").splitlines()]
    recorded = [value["snapshot"] for value in texts if "snapshot" in value]
    assert [as_plain(from_plain(Snapshot, value)) for value in recorded] == recorded
