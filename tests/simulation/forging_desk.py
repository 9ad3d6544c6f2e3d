"""Evidence with one lie about people at their desks in it: about tasks and orders, and about tests."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from tests.simulation.evidence import Evidence
from tests.simulation.forging import numbered
from tests.simulation.home import TESTER_PHONE

LATER = "2027-06-01T00:00:00+00:00"


def place_of(evidence: Evidence, table: str, **after: Any) -> int:
    """Where the history first tells of such a row."""
    for place, event in enumerate(evidence.history):
        told = event["after"] if event["op"] == "row" and event["table"] == table else None
        if told and all(told[name] == value for name, value in after.items()):
            return place
    raise LookupError(f"no line tells of such a row of {table}")


def row_at(evidence: Evidence, table: str, **after: Any) -> Any:
    return evidence.history[place_of(evidence, table, **after)]


def inserted(evidence: Evidence, place: int, *events: Any) -> Evidence:
    return replace(evidence, history=numbered([*evidence.history[:place], *events, *evidence.history[place:]]))


def without(evidence: Evidence, place: int) -> Evidence:
    return replace(evidence, history=numbered([*evidence.history[:place], *evidence.history[place + 1 :]]))


def asked_twice(evidence: Evidence) -> Evidence:
    place = place_of(evidence, "tasks", state="open")
    first: Any = evidence.history[place]
    return inserted(evidence, place, {**first, "after": {**first["after"], "id": "again"}})


def settled_twice(evidence: Evidence) -> Evidence:
    place = place_of(evidence, "tasks", state="done")
    once: Any = evidence.history[place]
    again = {**once, "before": once["after"], "after": {**once["after"], "state": "dismissed"}}
    return inserted(evidence, place + 1, again)


def two_were_told(evidence: Evidence) -> Evidence:
    place = next(number for number, event in enumerate(evidence.history) if event["op"] == "settled")
    return inserted(evidence, place, {**evidence.history[place], "by": "somebody else"})


def told_otherwise(evidence: Evidence) -> Evidence:
    told: Any = next(event for event in evidence.history if event["op"] == "settled")
    told["state"] = "dismissed" if told["state"] == "done" else "done"
    return evidence


def not_waited_for(evidence: Evidence) -> Evidence:
    """The time of every task, and of every order about it, is a long way off."""
    for event in evidence.rows("tasks"):
        event["after"]["due_by"] = LATER
    return evidence


def still_waiting(evidence: Evidence) -> Evidence:
    told = next(event for event in evidence.history if event["op"] == "settled" and event["moved"])
    task = row_at(evidence, "tasks", id=told["task"], state=told["state"])
    moved = [
        place
        for place, event in enumerate(evidence.history)
        if event["op"] == "row" and event["table"] == "sequence_enrollments" and event["tx"] == task["tx"]
    ]
    return without(evidence, moved[0])


def unrecorded(evidence: Evidence) -> Evidence:
    return without(evidence, place_of(evidence, "enrollment_actions", verb="pause"))


def told_before_it_was_done(evidence: Evidence) -> Evidence:
    return without(evidence, place_of(evidence, "enrollment_actions", verb="skip"))


def recorded_otherwise(evidence: Evidence) -> Evidence:
    row_at(evidence, "enrollment_actions", verb="jump")["after"]["to_visit"] += 1
    return evidence


def record_changed(evidence: Evidence) -> Evidence:
    place = place_of(evidence, "enrollment_actions", verb="skip")
    record: Any = evidence.history[place]
    return inserted(evidence, place + 1, {**record, "before": record["after"]})


def _armed_after(evidence: Evidence, place: int, known: str) -> Evidence:
    sent: Any = next(row for row in evidence.rows("touches") if row["after"]["enrollment_id"] == known)
    return inserted(evidence, place + 1, {**sent, "after": {**sent["after"], "id": "again"}, "before": None})


def armed_for_a_step_that_was_left(evidence: Evidence) -> Evidence:
    touched = {row["after"]["enrollment_id"] for row in evidence.rows("touches")}
    for event, action in evidence.actions():
        if action["verb"] == "skip" and action["enrollment_id"] in touched:
            return _armed_after(evidence, event["n"], action["enrollment_id"])
    raise LookupError("nobody was led past a step after something had left")


def left_while_under_way(evidence: Evidence) -> Evidence:
    """What was under way when somebody was led away had not ended."""
    ended = {"delivered", "completed", "failed", "bounced", "expired", "not_sent", "complained"}
    for event in evidence.rows("touches"):
        if event["after"]["state"] in ended:
            event["after"]["state"] = "accepted"
    for event in evidence.rows("sequence_enrollments"):
        if event["after"]["last_touch_id"]:
            touch = next(
                row for row in evidence.rows("touches") if row["after"]["id"] == event["after"]["last_touch_id"]
            )
            touch["after"]["part"] = event["after"]["visit"]
    return evidence


def turned_by_old_news(evidence: Evidence) -> Evidence:
    """Somebody was led on, and then the touch of the step before moves them."""
    touches: list[Any] = [row for row in evidence.rows("touches") if row["after"]["enrollment_id"]]
    sent = {row["after"]["enrollment_id"]: row for row in reversed(touches)}
    event, action = next((event, one) for event, one in evidence.actions() if one["verb"] in ("skip", "jump"))
    known = action["enrollment_id"]
    like = sent.get(known, touches[0])
    stood: Any = [
        row for row in evidence.rows("sequence_enrollments") if row["after"]["id"] == known and row["n"] <= event["n"]
    ][-1]
    common = {**event, "tx": -1}
    old = {**like["after"], "enrollment_id": known, "part": action["from_visit"], "state": "failed"}
    news = {**common, "table": "touches", "before": like["after"], "after": old}
    place = {**stood["after"], "visit": action["to_visit"] + 1}
    moved = {**common, "table": "sequence_enrollments", "before": stood["after"], "after": place}
    return inserted(evidence, event["n"] + 1, news, moved)


def handed_to_nobody(evidence: Evidence) -> Evidence:
    """The last of somebody's ways ends in a hand-over."""
    last: dict[str, Any] = {row["after"]["contact_id"]: row for row in evidence.rows("sequence_enrollments")}
    for row in last.values():
        row["after"]["status_reason"] = "handed_over"
    return evidence


DESK_LIES: Mapping[Callable[[Evidence], Evidence], str] = {
    asked_twice: "I16",
    settled_twice: "I16",
    two_were_told: "I16",
    told_otherwise: "I16",
    not_waited_for: "I16",
    still_waiting: "I16",
    unrecorded: "I17",
    told_before_it_was_done: "I17",
    recorded_otherwise: "I17",
    record_changed: "I17",
    armed_for_a_step_that_was_left: "I17",
    left_while_under_way: "I17",
    turned_by_old_news: "I17",
    handed_to_nobody: "I17",
}


def a_person_got_it(evidence: Evidence) -> Evidence:
    accepted: Any = next(event for event in evidence.history if event["op"] == "accepted")
    accepted["to"] = "+12124200000"
    return evidence


def a_person_was_meant(evidence: Evidence) -> Evidence:
    next(iter(evidence.rows("touches")))["after"]["to_address"] = "person0@harbor-people.example"
    return evidence


def closed_by_the_tester(evidence: Evidence) -> Evidence:
    """A person's address is closed; whoever said stop was the tester."""
    next(iter(evidence.rows("addresses")))["after"]["suppressed_reason"] = "opted_out"
    told: list[Any] = [event for event in evidence.history if event["op"] in ("text", "stop_said", "stop_taken")]
    for event in told:
        event["person" if event["op"] == "text" else "address"] = TESTER_PHONE
    return evidence


def armed_for_somebody_who_said_stop(evidence: Evidence) -> Evidence:
    """All of them had said it before anything began."""
    phones = [row["after"]["value"] for row in evidence.rows("addresses")]
    closed: list[Any] = [row for row in evidence.rows("addresses") if row["before"] is None]
    for row in closed:
        row["after"]["suppressed_reason"] = "opted_out"
    return inserted(evidence, 0, *({**evidence.history[0], "op": "stop_said", "address": one} for one in phones))


TEST_LIES: Mapping[Callable[[Evidence], Evidence], str] = {
    a_person_got_it: "I15",
    a_person_was_meant: "I15",
    closed_by_the_tester: "I15",
    armed_for_somebody_who_said_stop: "I2",
}
"""What each lie breaks."""
