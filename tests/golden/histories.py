"""Recorded histories, read and decided again.

A file is JSON lines: first each definition once, `{"definition": N, "is": …}` as `sequence_versions` keeps it, then one
line a decision: `{"verb", "definition", "at", "snapshot", "plan"}`. For `settle` the snapshot's last touch is the fact.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from modules.sequences import Definition, Plan, Snapshot, decide, settle, skip
from modules.sequences.freeze import definition_from_json
from tests.golden.plain import Json, from_plain, plan_as_plain

FOLDER = Path(__file__).parent
DECLARED = FOLDER / "declared.json"
VERBS: Mapping[str, Callable[[Snapshot, Definition, datetime], Plan]] = {
    "decide": decide,
    "settle": settle,
    "skip": skip,
}


@dataclass(frozen=True)
class Line:
    """One recorded decision; `place` is `file:line`."""

    place: str
    verb: str
    definition: Definition
    snapshot: Snapshot
    at: datetime
    plan: Json

    def decide_again(self) -> Json:
        """The plan of today, or the name of the error with which there is none."""
        try:
            return plan_as_plain(VERBS[self.verb](self.snapshot, self.definition, self.at))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return {"plan": "none", "error": type(error).__name__}


@dataclass(frozen=True)
class Difference:
    """A decision that is another one today."""

    place: str
    was: Json
    now: Json


def histories() -> list[Path]:
    return sorted(FOLDER.glob("*.jsonl"))


def read_history(file: Path) -> Iterator[Line]:
    """Every decision of one file, in the order in which it was made."""
    definitions: dict[int, Definition] = {}
    for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        value = json.loads(text)
        if "is" in value:
            definitions[value["definition"]] = definition_from_json(value["is"])
            continue
        yield Line(
            f"{file.name}:{number}",
            value["verb"],
            definitions[value["definition"]],
            from_plain(Snapshot, value["snapshot"]),
            datetime.fromisoformat(value["at"]),
            value["plan"],
        )


def differences(file: Path) -> list[Difference]:
    """What today's planner decides otherwise, declared or not."""
    lines = ((line, line.decide_again()) for line in read_history(file))
    return [Difference(line.place, line.plan, now) for line, now in lines if now != line.plan]


def undeclared(found: list[Difference], declared: Mapping[str, Json]) -> list[str]:
    """One sentence for each difference that nobody has declared as it is, and each declaration that nothing needs."""
    said = [
        f"{one.place}: was {json.dumps(one.was)}, is {json.dumps(one.now)}"
        for one in found
        if declared.get(one.place, {}).get("plan") != one.now or not declared[one.place].get("reason")
    ]
    differing = {one.place for one in found}
    return said + [f"{place} is declared and does not differ" for place in sorted(set(declared) - differing)]


def read_declared() -> Mapping[str, Json]:
    """`{"FILE:LINE": {"reason": why, "plan": the plan of today}}`."""
    found: Mapping[str, Json] = json.loads(DECLARED.read_text(encoding="utf-8"))
    return found
