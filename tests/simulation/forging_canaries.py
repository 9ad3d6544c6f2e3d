"""Evidence with one lie in it about checks of ours."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.simulation.check_canaries import HOUR
from tests.simulation.evidence import Evidence, instant
from tests.simulation.forging import numbered
from tests.simulation.forging_desk import inserted, place_of, row_at, without


def sent(evidence: Evidence) -> tuple[int, Any]:
    """The place of the row that armed a text of a check, and the row's event."""
    place = place_of(evidence, "touches", origin="canary", channel="sms", state="sending")
    return place, evidence.history[place]


def check_of(evidence: Evidence) -> tuple[int, Any]:
    """Where that check was started."""
    place = place_of(evidence, "canaries", id=sent(evidence)[1]["after"]["origin_id"])
    return place, evidence.history[place]


def armed_although_stopped(evidence: Evidence) -> Evidence:
    place, touch = sent(evidence)
    _, event = check_of(evidence)
    return inserted(evidence, place, {**event, "before": event["after"], "after": _stopped(event, touch)})


def _stopped(event: Any, touch: Any) -> Any:
    return {**event["after"], "stopped_at": touch["t"]}


def armed_for_nobody(evidence: Evidence) -> Evidence:
    return without(evidence, check_of(evidence)[0])


def armed_before_it_was_started(evidence: Evidence) -> Evidence:
    place, _ = sent(evidence)
    start, started = check_of(evidence)
    return inserted(without(evidence, start), place, started)


def armed_in_another_turn(evidence: Evidence) -> Evidence:
    sent(evidence)[1]["after"]["part"] += 1
    return evidence


def armed_late(evidence: Evidence) -> Evidence:
    """In its turn, but when that had begun long before."""
    after = sent(evidence)[1]["after"]
    after["armed_at"] = (instant(after["armed_at"]) + timedelta(minutes=11)).isoformat()
    return evidence


def armed_early(evidence: Evidence) -> Evidence:
    after = check_of(evidence)[1]["after"]
    after["started_at"] = (instant(after["started_at"]) + HOUR).isoformat()
    return evidence


def armed_for_somebody_else(evidence: Evidence) -> Evidence:
    sent(evidence)[1]["after"]["contact_id"] = "somebody else"
    return evidence


def armed_by_another_way(evidence: Evidence) -> Evidence:
    check_of(evidence)[1]["after"]["channel"] = "voice"
    return evidence


def armed_again_although_it_had_left(evidence: Evidence) -> Evidence:
    touch = row_at(evidence, "touches", origin="canary", channel="sms", state="delivered")
    place = evidence.history.index(touch)
    again = {**touch["after"], "id": "again", "attempt": 2, "state": "sending"}
    return inserted(evidence, place + 1, {**touch, "before": None, "after": again})


def accepted_twice(evidence: Evidence) -> Evidence:
    """Although the first is proven to have failed: I1 would let that pass."""
    known = {str(one["id"]) for one in evidence.touches if one["origin"] == "canary"}
    line = next(one for one in evidence.truth if one["touch"] in known)
    failed = {"status": "failed", "at": line["accepted_at"], "evidence_ids": []}
    first = {**line, "facts": [failed]}
    rest = [one for one in evidence.truth if one is not line]
    return replace(evidence, truth=[*rest, first, {**line, "provider_id": "second"}])


def two_run_at_once(evidence: Evidence) -> Evidence:
    place, event = check_of(evidence)
    return inserted(evidence, place + 1, {**event, "after": {**event["after"], "id": "another"}})


def told_and_not_there(evidence: Evidence) -> Evidence:
    told: Any = next(event for event in evidence.history if event["op"] == "checks_started")
    told["canary"] = "another"
    return evidence


def told_and_not_stopped(evidence: Evidence) -> Evidence:
    told: Any = next(event for event in evidence.history if event["op"] == "checks_stopped")
    kept = [
        event
        for event in evidence.history
        if not (event["op"] == "row" and event["table"] == "canaries" and event["after"]["stopped_at"])
        or event["after"]["id"] != told["canary"]
    ]
    return replace(evidence, history=numbered(kept))


def one_never_left(evidence: Evidence) -> Evidence:
    """The second of one canary, although sweeps came by twice."""
    place = place_of(evidence, "touches", origin="canary", part=1, state="sending")
    last: Any = evidence.history[place]
    kept = [
        event
        for event in evidence.history
        if not (event["op"] == "row" and event["table"] == "touches" and event["after"]["id"] == last["after"]["id"])
    ]
    place = next(number for number, event in enumerate(kept) if event["n"] > last["n"])
    sweeps: list[Any] = [
        {"t": last["t"], "op": op, "who": f"sweep-more-{one}"} for one in range(2) for op in ("start", "end")
    ]
    return replace(evidence, history=numbered([*kept[:place], *sweeps, *kept[place:]]))


def armed_after_their_stop(evidence: Evidence) -> Evidence:
    place, event = sent(evidence)
    after = {
        "client_id": event["after"]["client_id"],
        "value": event["after"]["to_address"],
        "suppressed_reason": "opted_out",
    }
    stop = {"t": event["t"], "who": "web", "op": "row", "table": "addresses", "before": None, "after": after}
    return inserted(evidence, place, stop)


def armed_at_night(evidence: Evidence) -> Evidence:
    sent(evidence)[1]["after"]["armed_at"] = "2026-11-24T08:00:00+00:00"
    return evidence


def counted_for_nobody_else(evidence: Evidence) -> Evidence:
    """After four checks that left somebody gets a step's text, which is one too many."""
    place, event = sent(evidence)
    checks = [{**event, "after": {**event["after"], "id": f"check-{number}"}} for number in range(4)]
    step = {**event, "after": {**event["after"], "id": "step", "origin": "step"}}
    return inserted(evidence, place + 1, *checks, step)


_LIES = (
    *(armed_although_stopped, armed_for_nobody, armed_before_it_was_started, armed_in_another_turn, armed_late),
    *(armed_early, armed_for_somebody_else, armed_by_another_way, armed_again_although_it_had_left, accepted_twice),
    *(two_run_at_once, told_and_not_there, told_and_not_stopped, one_never_left),
)
CANARY_LIES: Mapping[Callable[[Evidence], Evidence], str] = {
    **dict.fromkeys(_LIES, "I23"),
    armed_after_their_stop: "I2",
    armed_at_night: "I9",
    counted_for_nobody_else: "I9",
}
"""What each lie breaks."""
