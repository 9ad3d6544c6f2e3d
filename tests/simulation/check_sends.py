"""What left, and when: never twice, never after a stop, never unannounced, in time, in measure, in the stored words."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from modules.labels import OWN_WORD
from scripts.conductor.check import DELIVERED_FACTS, FAILED_FACTS, NOT_COMPLETED, count_after_opt_out, count_changed
from tests.simulation.evidence import Evidence, Line, broken, instant
from tests.simulation.outcome import Violation

ZONE = ZoneInfo("America/New_York")
"""Where everybody of tests/cast.py lives."""
DAY = timedelta(hours=24)
MOST_A_DAY = {"sms": 3, "voice": 3, "email": 4}
"""Our rule H-3 (texts and calls together) and the mails' cap, said again here: a checker that imports the rule it
checks would agree with any mistake in it."""
OPEN_STATES = ("claimed", "sending", "unknown")
NEVER_LEFT = ("not_sent", "suppressed", "cancelled")
BY_CODE = ("confirmation", "help")
RATE_SECONDS = 10
REPEATABLE = ("claimed", "sending")


def never_twice(evidence: Evidence) -> Iterator[Violation]:
    """I1: a second acceptance for one (origin, origin_id, part) only after the proven failure of the one before."""
    place = {str(one["id"]): (one["origin"], str(one["origin_id"]), one["part"]) for one in evidence.touches}
    accepted: dict[object, list[Line]] = defaultdict(list)
    for line in sorted(evidence.truth, key=lambda one: str(one["accepted_at"])):
        accepted[place.get(str(line["touch"]), line["touch"])].append(line)
    for where, lines in accepted.items():
        for before, after in pairwise(lines):
            failed = [fact for fact in before["facts"] if is_failure(fact["status"])]
            if not any(instant(fact["at"]) <= instant(after["accepted_at"]) for fact in failed):
                yield broken(
                    "I1", after["accepted_at"], f"{where}: {after['provider_id']} after {before['provider_id']}"
                )


def is_failure(status: str) -> bool:
    return status in FAILED_FACTS or status.startswith(NOT_COMPLETED)


def never_after_a_stop(evidence: Evidence) -> Iterator[Violation]:
    """I2: no arm, and no repetition under the same key, after the commit of an opt-out; answers by code as allowed."""
    closed: dict[tuple[str, str], int] = {}
    rows: dict[str, Any] = {}
    for event in evidence.history:
        if event["op"] == "row":
            yield from _note_row(event, closed, rows)
        if event["op"] == "request" and event["allowed"] is not None and event["touch"] in rows:
            touch = rows[event["touch"]]
            stops = [closed.get((touch["client_id"], one)) for one in (touch["to_address"], touch["contact_id"])]
            if any(stop is not None and stop < event["allowed"] for stop in stops):
                yield broken("I2", event["t"], f"touch {event['touch']} was repeated after the opt-out")
    if late := count_after_opt_out(evidence.touches):
        yield broken("I2", evidence.ended_at, f"{late} touches were armed after an opt-out, by their own instants")


def _note_row(event: Line, closed: dict[tuple[str, str], int], rows: dict[str, Any]) -> Iterator[Violation]:
    after = event["after"]
    if after is None:
        return
    if event["table"] in ("addresses", "contacts"):
        who = after["client_id"], after.get("value") or after["id"]
        if after["suppressed_reason"] in OWN_WORD:
            closed.setdefault(who, event["n"])
        else:
            closed.pop(who, None)
    if event["table"] == "inbound" and after["opted_out"] and event["before"] is None:
        closed.setdefault((after["client_id"], f"asked {after['from_address']}"), event["n"])
    if event["table"] == "touches":
        rows[after["id"]] = after
        armed = after["state"] == "sending" and (event["before"] or {}).get("state") in (None, "claimed")
        if armed and after["origin"] not in BY_CODE:
            for one in (after["to_address"], after["contact_id"]):
                if (after["client_id"], one) in closed:
                    yield broken("I2", event["t"], f"touch {after['id']} was armed after the opt-out")


def armed_before(evidence: Evidence) -> Iterator[Violation]:
    """I5: every acceptance has a row that was committed before it."""
    armed = {event["after"]["id"]: event["n"] for event in evidence.rows("touches") if event["before"] is None}
    known = {str(one["id"]): one for one in evidence.touches}
    for event in evidence.history:
        if event["op"] == "accepted" and event["touch"] and armed.get(event["touch"], event["n"]) >= event["n"]:
            yield broken("I5", event["t"], f"{event['provider_id']} was accepted before its row was committed")
    for line in evidence.truth:
        touch = known.get(str(line["touch"]))
        if touch is None or instant(touch["armed_at"]) > instant(line["accepted_at"]):
            yield broken("I5", line["accepted_at"], f"{line['provider']} accepted {line['provider_id']} without a row")


def within_hours_and_caps(evidence: Evidence) -> Iterator[Violation]:
    """I9: texts and calls between 8 and 21, in the sequence's hours where it has some; at most so many in 24 hours."""
    states: dict[str, str] = {}
    sent: list[Line] = []
    for event in evidence.rows("touches"):
        touch = event["after"]
        states[touch["id"]] = touch["state"]
        if event["before"] is not None or touch["origin"] in BY_CODE:
            continue
        at = instant(touch["armed_at"])
        local = at.astimezone(ZONE)
        if touch["channel"] != "email" and not 8 <= local.hour < 21:
            yield broken("I9", event["t"], f"touch {touch['id']} was armed at {local:%H:%M} of the person's clock")
        if touch["client_id"] in evidence.windowed and not (local.isoweekday() <= 5 and 9 <= local.hour < 18):
            yield broken("I9", event["t"], f"touch {touch['id']} was armed outside its sequence's hours")
        kind = ("email",) if touch["channel"] == "email" else ("sms", "voice")
        alike = [
            one
            for one in sent
            if one["contact_id"] == touch["contact_id"]
            and one["channel"] in kind
            and at - instant(one["armed_at"]) < DAY
            and states[one["id"]] not in NEVER_LEFT
        ]
        if len(alike) >= MOST_A_DAY[touch["channel"]]:
            yield broken("I9", event["t"], f"touch {touch['id']} is number {len(alike) + 1} within 24 hours")
        sent.append(touch)


def in_stored_words(evidence: Evidence) -> Iterator[Violation]:
    """I10: the bytes accepted are the bytes stored, from the first commit on."""
    first: dict[str, str] = {}
    for event in evidence.rows("touches"):
        words = event["after"]["body_hash"]
        if first.setdefault(event["after"]["id"], words) != words:
            yield broken("I10", event["t"], f"the words of touch {event['after']['id']} were changed")
    for line in evidence.truth:
        if count_changed(evidence.touches, [line]):
            yield broken("I10", line["accepted_at"], f"{line['provider_id']} has other words than its row")


def within_rates(evidence: Evidence) -> Iterator[Violation]:
    """I11: in any ten seconds no more requests that send than the accounts of a provider may make."""
    sends: dict[str, list[Line]] = defaultdict(list)
    for event in evidence.history:
        if event["op"] == "request" and event["sends"]:
            sends[event["provider"]].append(event)
    for provider, events in sends.items():
        times = [instant(event["t"]) for event in events]
        most = max(1.0, evidence.rates[provider] * RATE_SECONDS)
        for place, at in enumerate(times):
            many = place + 1 - bisect_left(times, at - timedelta(seconds=RATE_SECONDS))
            if many > most:
                yield broken(
                    "I11", at, f"{provider} was sent {many} requests in {RATE_SECONDS} s, {most:g} are allowed"
                )
                break


def no_switch_from_unknown(evidence: Evidence) -> Iterator[Violation]:
    """I13: while the fate of an enrollment's touch is unknown nothing else is armed for it, and it does not move on."""
    open_now: dict[str, str] = {}
    visits: dict[str, int] = {}
    for event in evidence.history:
        if event["op"] != "row" or event["after"] is None:
            continue
        after = event["after"]
        if event["table"] == "touches" and after["enrollment_id"]:
            before = open_now.get(after["enrollment_id"])
            if event["before"] is None and before not in (None, after["id"]):
                yield broken("I13", event["t"], f"touch {after['id']} was armed while {before} was unknown")
            if after["state"] in OPEN_STATES:
                open_now[after["enrollment_id"]] = after["id"]
            elif before == after["id"]:
                del open_now[after["enrollment_id"]]
        if event["table"] == "sequence_enrollments":
            moved = after["visit"] > visits.get(after["id"], after["visit"])
            if moved and after["id"] in open_now:
                yield broken("I13", event["t"], f"enrollment {after['id']} went on while its touch was unknown")
            visits[after["id"]] = after["visit"]


def delivered_long_before(line: Line, deadline: Any) -> bool:
    """Whether the provider held a delivery half an hour before this instant."""
    until = instant(deadline) - timedelta(minutes=30)
    return any(fact["status"] in DELIVERED_FACTS and instant(fact["at"]) <= until for fact in line["facts"])


CHECKS = (
    *(never_twice, never_after_a_stop, armed_before, within_hours_and_caps, in_stored_words, within_rates),
    no_switch_from_unknown,
)
