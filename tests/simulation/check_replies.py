"""What people of the client wrote back: it ended, once, or was closed with a word; and what was taken back stays."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.simulation.check_sends import REPLY, is_armed
from tests.simulation.evidence import Evidence, Line, broken, instant
from tests.simulation.history import Event
from tests.simulation.outcome import Violation

SLACK = timedelta(hours=1)
"""How long after its time a reply may be closed: it is tried again twice an hour, by sweeps that die or are missed."""


def answered_or_closed(evidence: Evidence) -> Iterator[Violation]:
    """I22: each reply leaves by its time or is closed, and then says why; nothing of it leaves after that."""
    replies: dict[str, Line] = {}
    last: dict[str, Line] = {}
    heard: dict[str, list[datetime]] = {}
    for event in evidence.history:
        if event["op"] != "row" or event["after"] is None:
            continue
        after = event["after"]
        if event["table"] == "replies":
            replies[after["id"]] = after
        if event["table"] == "touches" and after["origin"] == REPLY:
            if is_armed(event):
                yield from _may_leave(event, replies.get(after["origin_id"]))
            last[after["id"]] = after
            heard.setdefault(after["origin_id"], []).append(instant(event["t"]))
    for known, reply in replies.items():
        left = any(one["origin_id"] == known and one["state"] != "not_sent" for one in last.values())
        if reply["closed_at"] is None and not left:
            yield broken("I22", evidence.ended_at, f"reply {known} waits at the end")
        # one that was on its way is closed only when it is known that it was not sent
        known_at = max([instant(reply["send_by"]), *heard.get(known, [])])
        if reply["closed_at"] and instant(reply["closed_at"]) > known_at + SLACK:
            yield broken("I22", reply["closed_at"], f"reply {known} was closed long after its time")


def _may_leave(event: Event, reply: Line | None) -> Iterator[Violation]:
    touch = event["after"]
    if reply is None:
        yield broken("I22", event["t"], f"touch {touch['id']} was armed for a reply that nobody wrote")
    elif reply["closed_at"]:
        yield broken("I22", event["t"], f"touch {touch['id']} was armed for a reply that was closed")
    elif instant(touch["armed_at"]) >= instant(reply["send_by"]):
        yield broken("I22", event["t"], f"touch {touch['id']} was armed after its reply's time")
    elif (touch["client_id"], touch["contact_id"]) != (reply["client_id"], reply["contact_id"]):
        yield broken("I22", event["t"], f"touch {touch['id']} goes to somebody else than its reply")


def told_is_kept(evidence: Evidence) -> Iterator[Violation]:
    """I22: whoever was told that it is written down finds it, and what they took back had not left, nor leaves."""
    written = {event["after"]["id"] for event in evidence.rows("replies") if event["before"] is None and event["after"]}
    left: dict[str, str] = {}
    for event in evidence.history:
        if event["op"] == "wrote_back" and event["reply"] not in written:
            yield broken("I22", event["t"], f"reply {event['reply']} was told to be written, and is not there")
        elif event["op"] == "row" and event["table"] == "touches" and event["after"]:
            after = event["after"]
            if after["origin"] == REPLY:
                left[after["origin_id"]] = after["state"]
        elif event["op"] == "took_back" and left.get(event["reply"], "not_sent") != "not_sent":
            yield broken("I22", event["t"], f"reply {event['reply']} was told not to leave, and was on its way")


CHECKS = (answered_or_closed, told_is_kept)
