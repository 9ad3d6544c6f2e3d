"""Evidence with one lie in it, for each invariant: a checker that is not shown to see anything has not been tested."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.simulation.evidence import Evidence, instant
from tests.simulation.history import Event

DELIVERED = "delivered"


def copy_of(evidence: Evidence) -> Evidence:
    """A copy whose lines may be changed."""

    def plain(lines: Any) -> list[dict[str, Any]]:
        copied: list[dict[str, Any]] = json.loads(json.dumps(list(lines), default=str))
        return copied

    touches = [dict(row) for row in evidence.touches]
    return replace(evidence, history=plain(evidence.history), truth=plain(evidence.truth), touches=touches)


def numbered(events: list[Any]) -> list[Event]:
    return [{**event, "n": place} for place, event in enumerate(events)]


def proven(evidence: Evidence) -> tuple[Any, Any]:
    """A step's touch that was delivered, and the provider's line of it."""
    touch = next(one for one in evidence.touches if one["state"] == DELIVERED and one["origin"] == "step")
    return touch, next(line for line in evidence.truth if str(line["touch"]) == str(touch["id"]))


def row_of(evidence: Evidence, touch_id: object, state: str) -> tuple[int, Any]:
    """Where the history tells that a touch became so."""
    for place, event in enumerate(evidence.history):
        if event["op"] == "row" and event["table"] == "touches":
            after = event["after"]
            if after["id"] == str(touch_id) and after["state"] == state:
                return place, event
    raise LookupError(f"no line tells that {touch_id} became {state}")


def twice(evidence: Evidence) -> Evidence:
    _, line = proven(evidence)
    later = (instant(line["accepted_at"]) + timedelta(minutes=10)).isoformat()
    return replace(evidence, truth=[*evidence.truth, {**line, "provider_id": "second", "accepted_at": later}])


def after_a_stop(evidence: Evidence) -> Evidence:
    touch, _ = proven(evidence)
    place, event = row_of(evidence, touch["id"], "sending")
    after = {
        "client_id": event["after"]["client_id"],
        "value": event["after"]["to_address"],
        "suppressed_reason": "opted_out",
    }
    stop = {"t": event["t"], "who": "web", "op": "row", "table": "addresses", "before": None, "after": after}
    events = [*evidence.history[:place], stop, *evidence.history[place:]]
    return replace(evidence, history=numbered(events))


def repeated_after_a_stop(evidence: Evidence) -> Evidence:
    touch, _ = proven(evidence)
    place, event = row_of(evidence, touch["id"], "sending")
    after = {
        "client_id": event["after"]["client_id"],
        "value": event["after"]["to_address"],
        "suppressed_reason": "opted_out",
    }
    common = {"t": event["t"], "who": "sweep"}
    stop = {**common, "op": "row", "table": "addresses", "before": None, "after": after}
    again = {**common, "op": "request", "number": 0, "provider": "resend", "sends": False, "touch": str(touch["id"])}
    heard = {**common, "op": "answer", "number": 0}
    begun = evidence.history[: place + 1]
    events = [*begun, stop, {**again, "allowed": place + 2}, heard, *evidence.history[place + 1 :]]
    return replace(evidence, history=numbered(events))


def after_their_own_word(evidence: Evidence) -> Evidence:
    touch, _ = proven(evidence)
    place, event = row_of(evidence, touch["id"], "sending")
    stop = {"t": event["t"], "who": "world", "op": "stop_taken", "address": event["after"]["to_address"]}
    return replace(evidence, history=numbered([*evidence.history[:place], stop, *evidence.history[place:]]))


def after_a_stop_in_a_call(evidence: Evidence) -> Evidence:
    call = next(one for one in evidence.touches if one["state"] == "completed")
    place, event = row_of(evidence, call["id"], "completed")
    _, armed = row_of(evidence, call["id"], "sending")
    again = {**armed, "t": event["t"], "after": {**armed["after"], "id": "again"}}
    begun = [{**one, "on_calls": "opts_out"} if one["op"] == "person" else one for one in evidence.history[: place + 1]]
    return replace(evidence, history=numbered([*begun, again, *evidence.history[place + 1 :]]))


def unproven(evidence: Evidence) -> Evidence:
    _, line = proven(evidence)
    line["facts"] = [fact for fact in line["facts"] if fact["status"] != DELIVERED]
    return evidence


def never_ended(evidence: Evidence) -> Evidence:
    touch, _ = proven(evidence)
    place, _ = row_of(evidence, touch["id"], DELIVERED)
    events = [event for number, event in enumerate(evidence.history) if number != place]
    return replace(evidence, history=numbered(events))


def unannounced(evidence: Evidence) -> Evidence:
    touch, _ = proven(evidence)
    return replace(evidence, touches=[one for one in evidence.touches if one["id"] != touch["id"]])


def stuck(evidence: Evidence) -> Evidence:
    last = [event for event in evidence.history if event["op"] == "row" and event["table"] == "sequence_enrollments"][
        -1
    ]
    last["after"]["status"] = "active"
    return evidence


def overdue(evidence: Evidence) -> Evidence:
    for event in evidence.rows("sequence_enrollments"):
        if event["before"] is None:
            event["after"]["due_at"] = "2026-11-01T00:00:00+00:00"
    return evidence


def two_steps_at_once(evidence: Evidence) -> Evidence:
    moved = next(
        event for event in evidence.rows("sequence_enrollments") if event["before"] and event["after"]["visit"] == 1
    )
    moved["after"]["visit"] = 3
    return evidence


def left_waiting(evidence: Evidence) -> Evidence:
    """The commit that ended the touch does not move its enrollment."""
    touch = next(one for one in evidence.touches if one["state"] == "completed")
    _, event = row_of(evidence, touch["id"], "completed")
    kept = [
        one
        for one in evidence.history
        if not (one["op"] == "row" and one["table"] == "sequence_enrollments" and one["tx"] == event["tx"])
    ]
    return replace(evidence, history=numbered(kept))


def advanced_twice(evidence: Evidence) -> Evidence:
    place, moved = next(
        (number, event)
        for number, event in enumerate(evidence.history)
        if event["op"] == "row"
        and event["table"] == "sequence_enrollments"
        and event["before"]
        and event["after"]["visit"] == event["before"]["visit"] + 1
    )
    return replace(evidence, history=numbered([*evidence.history[: place + 1], moved, *evidence.history[place + 1 :]]))


def lost_although_delivered(evidence: Evidence) -> Evidence:
    touch, _ = proven(evidence)
    touch["state"] = "expired"
    return evidence


def at_night(evidence: Evidence) -> Evidence:
    touch = next(one for one in evidence.touches if one["channel"] == "sms" and one["origin"] == "step")
    _, event = row_of(evidence, touch["id"], "sending")
    event["after"]["armed_at"] = "2026-11-24T08:00:00+00:00"
    return evidence


def too_often(evidence: Evidence) -> Evidence:
    touch, _ = proven(evidence)
    place, event = row_of(evidence, touch["id"], "sending")
    more = [{**event, "after": {**event["after"], "id": f"more-{number}"}} for number in range(5)]
    return replace(evidence, history=numbered([*evidence.history[: place + 1], *more, *evidence.history[place + 1 :]]))


def other_words(evidence: Evidence) -> Evidence:
    _, line = proven(evidence)
    line["body_hash"] = "0" * 64
    return evidence


def too_fast(evidence: Evidence) -> Evidence:
    return replace(evidence, rates=dict.fromkeys(evidence.rates, 0.0001), history=[*evidence.history] * 3)


def told_twice(evidence: Evidence) -> Evidence:
    return replace(evidence, changed=["public.touches"])


def switched_from_unknown(evidence: Evidence) -> Evidence:
    touch, _ = proven(evidence)
    place, event = row_of(evidence, touch["id"], "sending")
    other = {**event, "after": {**event["after"], "id": "other", "channel": "email"}}
    return replace(evidence, history=numbered([*evidence.history[: place + 1], other, *evidence.history[place + 1 :]]))


def two_on_their_way(evidence: Evidence) -> Evidence:
    touch, _ = proven(evidence)
    place, event = row_of(evidence, touch["id"], "sending")
    other = {**event, "after": {**event["after"], "id": "other", "enrollment_id": "other"}}
    return replace(evidence, history=numbered([*evidence.history[: place + 1], other, *evidence.history[place + 1 :]]))


def a_line_is_missing(evidence: Evidence) -> Evidence:
    place = next(number for number, event in enumerate(evidence.history) if event["op"] == "answer")
    return replace(evidence, history=numbered([*evidence.history[:place], *evidence.history[place + 1 :]]))


def an_acceptance_is_missing(evidence: Evidence) -> Evidence:
    return replace(evidence, history=numbered([event for event in evidence.history if event["op"] != "accepted"]))


LIES: Mapping[Callable[[Evidence], Evidence], str] = {
    twice: "I1",
    after_a_stop: "I2",
    repeated_after_a_stop: "I2",
    after_their_own_word: "I2",
    after_a_stop_in_a_call: "I2",
    unproven: "I3",
    never_ended: "I4",
    unannounced: "I5",
    stuck: "I6",
    overdue: "I6",
    two_steps_at_once: "I7",
    left_waiting: "I6",
    advanced_twice: "I7",
    lost_although_delivered: "I8",
    at_night: "I9",
    too_often: "I9",
    other_words: "I10",
    too_fast: "I11",
    told_twice: "I12",
    switched_from_unknown: "I13",
    two_on_their_way: "I13",
    a_line_is_missing: "I14",
    an_acceptance_is_missing: "I14",
}
"""What each lie breaks."""
