"""What somebody of the client has ordered holds from its commit on, and its record says what was done."""

from collections.abc import Iterator

from tests.simulation.check_tasks import UNDER_WAY
from tests.simulation.evidence import Evidence, Line, broken
from tests.simulation.outcome import Violation

UNSETTLED = ("claimed", "sending", "unknown", "accepted", "review")
LEAVES = ("skip", "jump", "reschedule", "move", "adopt")
BY_HAND = ("by_hand", "moved")
Runs = dict[str, Line]


def as_confirmed(evidence: Evidence) -> Iterator[Violation]:
    """I17: every order that somebody was told is done has its record, and nobody changes a record afterwards."""
    known = {one["id"]: one["verb"] for _, one in evidence.actions()}
    for event in evidence.history:
        if event["op"] == "ordered" and known.get(event["action"]) != event["verb"]:
            yield broken("I17", event["t"], f"no record tells of the {event['verb']} of {event['enrollment']}")
    for event in evidence.rows("enrollment_actions"):
        if event["before"] is not None:
            yield broken("I17", event["t"], f"the record {event['before']['id']} was changed")


def armed_where_it_stands(evidence: Evidence) -> Iterator[Violation]:
    """I17: what is armed for an enrollment is armed for the step and the visit at which it stands just then, and only
    while it runs: nothing after a stop or a move, nothing while it is paused, nothing for a step that was left."""
    runs: Runs = {}
    touches: Runs = {}
    rested: dict[str, int] = {}
    for event in evidence.history:
        if event["op"] == "request" and event["allowed"] is not None:
            touch = touches.get(event["touch"] or "", {})
            if rested.get(touch.get("enrollment_id") or "", event["allowed"]) < event["allowed"]:
                yield broken("I17", event["t"], f"touch {touch['id']} was repeated although its enrollment rests")
        after = event.get("after")
        if after and event["table"] == "sequence_enrollments":
            runs[after["id"]] = after
            if after["status"] == "active":
                rested.pop(after["id"], None)
            else:
                rested.setdefault(after["id"], event["n"])
        if after and event["table"] == "touches":
            touches[after["id"]] = after
        if after and event["table"] == "touches" and event["before"] is None and after["enrollment_id"]:
            run = runs.get(after["enrollment_id"], {})
            place = tuple(run.get(name) for name in ("status", "step", "visit", "waiting"))
            if place != ("active", after["step"], after["part"], False):
                yield broken("I17", event["t"], f"touch {after['id']} was armed while its enrollment was at {place}")


def as_recorded(evidence: Evidence) -> Iterator[Violation]:
    """I17: an order's record is written in the commit that does it and says from where to where; by an order nobody
    leaves a step whose touch is not settled; and nobody is paused, resumed, stopped or moved without a record."""
    runs: Runs = {}
    touches: Runs = {}
    for rows in evidence.commits():
        at, before = rows[0]["t"], dict(runs)
        runs |= {row["after"]["id"]: row["after"] for row in rows if row["table"] == "sequence_enrollments"}
        actions = [row["after"] for row in rows if row["table"] == "enrollment_actions"]
        for action in actions:
            for wrong in _wrong(action, before[action["enrollment_id"]], runs, touches):
                yield broken("I17", at, f"the record {action['id']} of a {action['verb']} {wrong}")
        touches |= {row["after"]["id"]: row["after"] for row in rows if row["table"] == "touches"}
        recorded = {action["enrollment_id"] for action in actions}
        for known in {row["after"]["id"] for row in rows if row["table"] == "sequence_enrollments"} - recorded:
            if _by_hand(before.get(known), runs[known]):
                yield broken("I17", at, f"enrollment {known} became {runs[known]['status']} without a record")


def _wrong(action: Line, before: Line, runs: Runs, touches: Runs) -> Iterator[str]:
    for side, run in (("from", before), ("to", runs[action["enrollment_id"]])):
        told = tuple(action[f"{side}_{name}"] for name in ("status", "step", "visit"))
        if told != (run["status"], run["step"], run["visit"]):
            yield f"says {side} {told}, and it was {run['status']}, {run['step']}, {run['visit']}"
    last = touches.get(before["last_touch_id"] or "")
    if action["verb"] in LEAVES and last and last["part"] == before["visit"] and last["state"] in UNSETTLED:
        yield f"left a step whose touch was {last['state']}"
    if action["verb"] == "move" and runs.get(action["moved_to"], {}).get("status") not in UNDER_WAY:
        yield "leads nowhere"


def _by_hand(before: Line | None, after: Line) -> bool:
    """Only a person's order does this to an enrollment."""
    if before is None or before["status"] == after["status"]:
        return False
    if after["status"] == "stopped":
        return after["status_reason"] in BY_HAND
    return "paused" in (before["status"], after["status"]) and after["status"] in UNDER_WAY


def turned_by_nothing_old(evidence: Evidence) -> Iterator[Violation]:
    """I17: who was led to another step by hand is turned no more by news of what was sent before."""
    led: dict[str, int] = {}
    runs: Runs = {}
    for rows in evidence.commits():
        news = [row["after"] for row in rows if row["table"] == "touches" and row["before"] is not None]
        for row in [one for one in rows if one["table"] == "sequence_enrollments"]:
            run, before = row["after"], runs.get(row["after"]["id"])
            runs[run["id"]] = run
            told = [one["part"] for one in news if one["enrollment_id"] == run["id"]]
            moved = before is not None and run["visit"] != before["visit"] and run["id"] in led
            if moved and told and max(told) < led[run["id"]]:
                yield broken(
                    "I17", row["t"], f"enrollment {run['id']} was turned by news from before visit {led[run['id']]}"
                )
        for row in rows:
            if row["table"] == "enrollment_actions" and row["after"]["verb"] in ("skip", "jump"):
                led[row["after"]["enrollment_id"]] = row["after"]["to_visit"]


def handed_over(evidence: Evidence) -> Iterator[Violation]:
    """I17: who is handed over to another sequence runs there in the very commit that ends this one."""
    runs: Runs = {}
    for rows in evidence.commits():
        fresh = {row["after"]["id"]: row["after"] for row in rows if row["table"] == "sequence_enrollments"}
        runs |= fresh
        for run in fresh.values():
            there = [one for one in runs.values() if one["contact_id"] == run["contact_id"]]
            if run["status_reason"] == "handed_over" and not any(one["status"] in UNDER_WAY for one in there):
                yield broken("I17", rows[0]["t"], f"enrollment {run['id']} was handed over, and nobody took them")


CHECKS = (handed_over, as_confirmed, armed_where_it_stands, as_recorded, turned_by_nothing_old)
