"""Checks of ours do leave: a turn in whose time sweeps worked undisturbed, and nothing stood in its way, has left."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from tests.simulation.check_canaries import HOUR, PUNCTUAL
from tests.simulation.check_sends import CANARY, ZONE
from tests.simulation.evidence import Evidence, Line, broken, instant
from tests.simulation.history import Event
from tests.simulation.outcome import Violation

SETTLED = ("delivered", "completed", "not_sent")
"""Nothing is in the way behind a touch that ended like that."""
TROUBLES = (
    *("crash", "frozen", "failed", "cron_missed", "connection_lost", "commit_lost", "no_answer", "not_heard"),
    *("checks_started", "checks_stopped"),
)
WORDS = ("text", "click", "stop_said", "stop_taken")
SWEEPS = 2
"""One may find that somebody else holds the person or the sender."""


@dataclass(frozen=True)
class Turn:
    """The time in which a check of this canary could leave, `opens` to `closes`."""

    canary: Line
    number: int
    opens: datetime
    closes: datetime


def a_free_turn_leaves(evidence: Evidence) -> Iterator[Violation]:
    """I23: what a canary is for happens, once each turn, where nobody and nothing is in the way. A test is not asked:
    there one address stands for everybody."""
    if evidence.test is not None:
        return
    armed = {(one["origin_id"], one["part"]) for one in _touches(evidence) if one["origin"] == CANARY}
    for turn in _turns(evidence):
        if (turn.canary["id"], turn.number) in armed or not _within_hours(turn):
            continue
        lines = [event for event in evidence.history if instant(event["t"]) <= turn.closes]
        now = [event for event in lines if instant(event["t"]) >= turn.opens]
        known = evidence.people[turn.canary["contact_id"]]
        if _swept(now) >= SWEEPS and not any(map(_is_trouble, now)) and not _in_the_way(lines, turn, known):
            yield broken("I23", turn.closes, f"turn {turn.number} of check {turn.canary['id']} did not leave")


def _touches(evidence: Evidence) -> Iterator[Line]:
    return (event["after"] for event in evidence.rows("touches") if event["after"])


def _turns(evidence: Evidence) -> Iterator[Turn]:
    """Those that were over before their canary was stopped."""
    began = {one["after"]["id"]: one for one in evidence.rows("canaries") if one["before"] is None}
    ended = {one["after"]["id"]: instant(one["t"]) for one in evidence.rows("canaries") if one["after"]["stopped_at"]}
    for known, event in began.items():
        canary, until = event["after"], ended.get(known, instant(evidence.ended_at))
        number, begins = 0, instant(canary["started_at"])
        while begins + PUNCTUAL < until:
            yield Turn(canary, number, max(begins, instant(event["t"])), begins + PUNCTUAL)
            number, begins = number + 1, begins + canary["every_hours"] * HOUR


def _within_hours(turn: Turn) -> bool:
    hours = {at.astimezone(ZONE).hour for at in (turn.opens, turn.closes)}
    return turn.canary["channel"] == "email" or all(8 <= hour < 21 for hour in hours)


def _swept(now: list[Event]) -> int:
    """Sweeps that began and ended in this time."""
    sweeps = [event for event in now if event["who"].startswith("sweep-")]
    began = {event["who"] for event in sweeps if event["op"] == "start"}
    return len(began & {event["who"] for event in sweeps if event["op"] == "end"})


def _is_trouble(event: Event) -> bool:
    return event["op"] in TROUBLES or (event["op"] == "answer" and event["status"] >= 400)


def _in_the_way(lines: list[Event], turn: Turn, known: frozenset[str]) -> bool:
    """Something of this account, or to this person, is under way or came to a bad end; or they said something, or are
    closed. Rather too much is excused than too little."""
    canary, states = turn.canary, dict[str, str]()
    for event in lines:
        after = event.get("after") or {}
        lately = instant(event["t"]) >= turn.opens
        theirs = after.get("contact_id", after.get("id")) == canary["contact_id"] or bool(
            known & {after.get(name) for name in ("to_address", "value", "from_address")}
        )
        said = event["op"] in WORDS and event.get("person", event.get("address")) in known
        if said or (theirs and _closes(event)):
            return True
        if event.get("table") == "touches":
            if lately and (theirs or after["channel"] == canary["channel"]):
                return True
            states |= {after["id"]: after["state"]} if theirs else {}
    return any(state not in SETTLED for state in states.values())


def _closes(event: Event) -> bool:
    if event["table"] in ("addresses", "contacts"):
        return event["after"]["suppressed_reason"] is not None
    return bool(event["table"] == "inbound")


CHECKS = (a_free_turn_leaves,)
