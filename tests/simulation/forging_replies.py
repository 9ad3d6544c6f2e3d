"""Evidence with one lie in it about what people wrote back."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.simulation.evidence import Evidence
from tests.simulation.forging_desk import LATER, inserted, place_of, row_at, without


def sent(evidence: Evidence) -> tuple[int, Any]:
    """The place of the row that armed a reply, and the row."""
    place = place_of(evidence, "touches", origin="reply", state="sending")
    event: Any = evidence.history[place]
    return place, event["after"]


def written(evidence: Evidence, reply: str) -> tuple[int, Any]:
    place = place_of(evidence, "replies", id=reply, closed_at=None)
    event: Any = evidence.history[place]
    return place, event


def armed_although_closed(evidence: Evidence) -> Evidence:
    place, touch = sent(evidence)
    _, event = written(evidence, touch["origin_id"])
    closed = {**event["after"], "closed_at": event["t"], "closed_reason": "taken_back"}
    return inserted(evidence, place, {**event, "before": event["after"], "after": closed})


def armed_for_nobody(evidence: Evidence) -> Evidence:
    _, touch = sent(evidence)
    place, _ = written(evidence, touch["origin_id"])
    return without(evidence, place)


def armed_after_its_time(evidence: Evidence) -> Evidence:
    _, touch = sent(evidence)
    _, event = written(evidence, touch["origin_id"])
    event["after"]["send_by"] = event["after"]["written_at"]
    return evidence


def armed_for_somebody_else(evidence: Evidence) -> Evidence:
    _, touch = sent(evidence)
    touch["contact_id"] = "somebody else"
    return evidence


def waiting_at_the_end(evidence: Evidence) -> Evidence:
    closed = row_at(evidence, "replies", closed_reason="too_late")
    return without(evidence, place_of(evidence, "replies", id=closed["after"]["id"], closed_reason="too_late"))


def closed_long_after(evidence: Evidence) -> Evidence:
    row_at(evidence, "replies", closed_reason="too_late")["after"]["closed_at"] = LATER
    return evidence


def told_and_not_there(evidence: Evidence) -> Evidence:
    told: Any = next(event for event in evidence.history if event["op"] == "wrote_back")
    told["reply"] = "another"
    return evidence


def taken_back_on_its_way(evidence: Evidence) -> Evidence:
    place, touch = sent(evidence)
    told: Any = {"t": touch["armed_at"], "who": "desk", "op": "took_back", "reply": touch["origin_id"]}
    return inserted(evidence, place + 1, told)


_LIES = (
    *(armed_although_closed, armed_for_nobody, armed_after_its_time, armed_for_somebody_else),
    *(waiting_at_the_end, closed_long_after, told_and_not_there, taken_back_on_its_way),
)
REPLY_LIES: Mapping[Callable[[Evidence], Evidence], str] = dict.fromkeys(_LIES, "I22")
"""What each lie breaks."""
