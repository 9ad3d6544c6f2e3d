"""Checks of ours: each turn leaves once at most, in its time, to whom it was started for, while it runs."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta

from tests.simulation.check_sends import CANARY, is_armed
from tests.simulation.evidence import Evidence, Line, broken, instant
from tests.simulation.history import Event
from tests.simulation.outcome import Violation

PUNCTUAL = timedelta(minutes=10)
"""A turn leaves within so long or not at all; said again here, as every rule is that the checker checks."""
HOUR = timedelta(hours=1)
Turn = tuple[str, int]


def each_turn_once(evidence: Evidence) -> Iterator[Violation]:
    """I23: what a canary arms belongs to the turn it is in, and again only when it is proven that nothing left."""
    canaries: dict[str, Line] = {}
    tried: dict[Turn, dict[str, str]] = defaultdict(dict)
    for event in evidence.history:
        if event["op"] != "row" or (after := event["after"]) is None:
            continue
        if event["table"] == "canaries":
            canaries[after["id"]] = after
        if event["table"] == "touches" and after["origin"] == CANARY:
            turn = after["origin_id"], after["part"]
            if is_armed(event):
                yield from _may_leave(event, canaries.get(after["origin_id"]))
                if any(state != "not_sent" for known, state in tried[turn].items() if known != after["id"]):
                    yield broken("I23", event["t"], f"touch {after['id']} was armed for a turn that had left")
            tried[turn][after["id"]] = after["state"]


def _may_leave(event: Event, canary: Line | None) -> Iterator[Violation]:
    touch = event["after"]
    if canary is None:
        yield broken("I23", event["t"], f"touch {touch['id']} was armed for a check that nobody started")
        return
    if canary["stopped_at"]:
        yield broken("I23", event["t"], f"touch {touch['id']} was armed for a check that was stopped")
    begins = instant(canary["started_at"]) + touch["part"] * canary["every_hours"] * HOUR
    if not begins <= instant(touch["armed_at"]) < begins + PUNCTUAL:
        yield broken("I23", event["t"], f"touch {touch['id']} was armed at another time than its turn's")
    if any(touch[name] != canary[name] for name in ("client_id", "contact_id", "channel")):
        yield broken("I23", event["t"], f"touch {touch['id']} goes to somebody else than its check, or by another way")


def accepted_once(evidence: Evidence) -> Iterator[Violation]:
    """I23: of each turn a provider has taken one message at most, whatever became of it."""
    turns = {str(one["id"]): (one["origin_id"], one["part"]) for one in evidence.touches if one["origin"] == CANARY}
    taken = Counter(turns[line["touch"]] for line in evidence.truth if line["touch"] in turns)
    for (canary, number), times in taken.items():
        if times > 1:
            yield broken("I23", evidence.ended_at, f"turn {number} of check {canary} was accepted {times} times")


def told_is_so(evidence: Evidence) -> Iterator[Violation]:
    """I23: whoever was told that checks leave, or leave no more, finds it so; and a channel has one that runs."""
    canaries: dict[str, Line] = {}
    for event in evidence.history:
        after = event.get("after")
        if after and event["table"] == "canaries":
            alike = [one for one in canaries.values() if _runs_beside(one, after)]
            if alike and event["before"] is None:
                yield broken("I23", event["t"], f"check {after['id']} was started beside {alike[0]['id']}")
            canaries[after["id"]] = after
        if event["op"] == "checks_started" and event["canary"] not in canaries:
            yield broken("I23", event["t"], f"check {event['canary']} was told to be started, and is not there")
        if event["op"] == "checks_stopped" and not canaries.get(event["canary"], {}).get("stopped_at"):
            yield broken("I23", event["t"], f"check {event['canary']} was told to be stopped, and runs")


def _runs_beside(one: Line, other: Line) -> bool:
    same = all(one[name] == other[name] for name in ("client_id", "channel"))
    return same and one["id"] != other["id"] and not one["stopped_at"]


CHECKS = (each_turn_once, accepted_once, told_is_so)
