"""Evidence with one lie in it about branches and what they wait for."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.simulation.evidence import Evidence, instant
from tests.simulation.forging_desk import inserted, without

LONG = timedelta(days=40)


def left(evidence: Evidence) -> tuple[int, Any]:
    """The place of the row with which somebody to whom no order was given left a branch, and the row's event."""
    ordered = {one["enrollment_id"] for _, one in evidence.actions()}
    for place, event in enumerate(evidence.history):
        before, after = (event["before"], event["after"]) if event["op"] == "row" else (None, None)
        if not before or not after or before.get("step") not in evidence.forks or after["id"] in ordered:
            continue
        if after["status"] == "active" and after["visit"] == before["visit"] + 1:
            return place, event
    raise LookupError("nobody left a branch")


def told(evidence: Evidence) -> tuple[int, int, Any]:
    """The places of a milestone that woke such a one, and of their row; and that row's event."""
    ordered = {one["enrollment_id"] for _, one in evidence.actions()}
    for place, event in enumerate(evidence.history):
        if event["op"] == "row" and event["table"] == "milestones" and event["before"] is None:
            for then, other in enumerate(evidence.history[place:], place):
                same = other["op"] == "row" and other["tx"] == event["tx"]
                run = other["after"] if same and other["table"] == "sequence_enrollments" else None
                if run and run["step"] in evidence.forks and run["id"] not in ordered:
                    return place, then, other
    raise LookupError("no milestone woke anybody")


def led_astray(evidence: Evidence) -> Evidence:
    _, event = left(evidence)
    event["after"]["step"] = "elsewhere"
    return evidence


def ended_instead(evidence: Evidence) -> Evidence:
    _, event = left(evidence)
    event["after"].update(status="finished", step=None)
    return evidence


def it_never_happened(evidence: Evidence) -> Evidence:
    """Whoever was woken went on for nothing."""
    place, _, _ = told(evidence)
    name = evidence.history[place]["after"]["name"]
    places = [at for at, one in enumerate(evidence.history) if one["op"] == "row" and one["table"] == "milestones"]
    for at in reversed([at for at in places if (evidence.history[at]["after"] or {}).get("name") == name]):
        evidence = without(evidence, at)
    return evidence


def not_told(evidence: Evidence) -> Evidence:
    _, _, event = told(evidence)
    event["after"]["due_at"] = (instant(event["t"]) + LONG).isoformat()
    return evidence


def slept_through(evidence: Evidence) -> Evidence:
    """It was written down while the step before was under way."""
    for place, event in enumerate(evidence.history):
        before, after = (event["before"], event["after"]) if event["op"] == "row" else (None, None)
        fork = evidence.forks.get((after or {}).get("step") or "")
        if before and after and fork and fork.waits_for and before["visit"] + 1 == after["visit"]:
            known = {"id": "one", "contact_id": after["contact_id"], "name": fork.waits_for, "taken_back_at": None}
            after["due_at"] = (instant(event["t"]) + LONG).isoformat()
            said = {**event, "tx": "another", "table": "milestones", "before": None}
            return inserted(evidence, place, {**said, "after": {**known, "at": event["t"]}})
    raise LookupError("nobody came to a branch that waits for something")


def left_too_early(evidence: Evidence) -> Evidence:
    """Nothing happened, and its wait is longer."""
    place, event = left(evidence)
    key = event["before"]["step"]
    milestones = [at for at, one in enumerate(evidence.history) if one["op"] == "row" and one["table"] == "milestones"]
    for at in reversed([at for at in milestones if at < place]):
        evidence = without(evidence, at)
    return replace(evidence, forks={**evidence.forks, key: replace(evidence.forks[key], wait="days: 9")})


_LIES = (led_astray, ended_instead, it_never_happened, not_told, slept_through, left_too_early)
FORK_LIES: Mapping[Callable[[Evidence], Evidence], str] = dict.fromkeys(_LIES, "I24")
"""What each lie breaks."""
