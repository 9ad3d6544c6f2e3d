"""What left, and when: never twice, never after a stop, never unannounced, in time, in measure, in the stored words."""

from bisect import bisect_right
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
REPLY, CANARY = "reply", "canary"
RATE_SECONDS, BATCH_SECONDS = 10, 7
START = "START"
CLOSED_THERE = ("21610",)


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
    if late := sum(count_after_opt_out(touches) for touches in _by_person(evidence)):
        yield broken("I2", evidence.ended_at, f"{late} touches were armed after an opt-out, by their own instants")


def _by_person(evidence: Evidence) -> list[list[Line]]:
    """Together; but in a test, where the tester gets what each of the people would have got, apart."""
    whose = {event["after"]["id"]: event["after"]["contact_id"] for event in evidence.rows("touches") if evidence.test}
    groups: dict[object, list[Line]] = defaultdict(list)
    for touch in evidence.touches:
        groups[whose.get(str(touch["id"]))].append(touch)
    return list(groups.values())


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
        if is_armed(event) and after["origin"] not in BY_CODE:
            for one in (after["to_address"], after["contact_id"]):
                if (after["client_id"], one) in closed:
                    yield broken("I2", event["t"], f"touch {after['id']} was armed after the opt-out")


def is_armed(event: Line) -> bool:
    """Whether this row says that a touch may leave now."""
    return event["after"]["state"] == "sending" and (event["before"] or {}).get("state") in (None, "claimed")


def never_after_they_said_stop(evidence: Evidence) -> Iterator[Violation]:
    """I2, by the truth of the world instead of our rows: a stop that we answered 2xx to, one that a call brought us, a
    complaint, a number that the provider told us is closed. A START that was said later opens the telephone again."""
    closed: dict[str, str] = {}
    wishes: dict[str, str] = {}
    for event in evidence.history:
        match event["op"]:
            case "person":
                wishes[f"calls {event['person']}"] = event["on_calls"]
            case "text":
                wishes[event["person"]] = event["words"]
                if event["words"] == START:
                    closed.pop(event["person"], None)
            case "stop_taken" if wishes.get(event["address"]) != START:
                closed.setdefault(event["address"], "they said stop")
            case "row" if event["table"] == "touches" and event["after"]:
                touch = event["after"]
                if is_armed(event) and touch["origin"] not in BY_CODE and touch["to_address"] in closed:
                    said = closed[touch["to_address"]]
                    yield broken("I2", event["t"], f"touch {touch['id']} was armed although {said}")
                if (why := _why_closed(touch, wishes)) and wishes.get(touch["to_address"]) != START:
                    closed.setdefault(touch["to_address"], why)


def _why_closed(touch: Line, wishes: dict[str, str]) -> str | None:
    """What the end of this touch has told us."""
    if touch["state"] == "complained":
        return "they complained"
    if touch["reason"] in CLOSED_THERE:
        return "the provider says that they are closed"
    told = touch["state"] == "completed" and wishes.get(f"calls {touch['to_address']}") == "opts_out"
    return "they said stop in a call" if told and touch["channel"] == "voice" else None


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
    """I9: texts and calls between 8 and 21, in the sequence's hours where it has some; at most so many in 24 hours,
    but for what is written back to somebody who wrote within a day, and for checks of ours, which count for the
    others."""
    states: dict[str, str] = {}
    sent: list[Line] = []
    wrote = [event["after"] for event in evidence.rows("inbound") if event["after"]]
    for event in evidence.rows("touches"):
        touch = event["after"]
        states[touch["id"]] = touch["state"]
        if event["before"] is not None or touch["origin"] in BY_CODE:
            continue
        at = instant(touch["armed_at"])
        local = at.astimezone(ZONE)
        if touch["channel"] != "email" and not 8 <= local.hour < 21:
            yield broken("I9", event["t"], f"touch {touch['id']} was armed at {local:%H:%M} of the person's clock")
        if (
            touch["client_id"] in evidence.windowed
            and touch["origin"] not in (REPLY, CANARY)
            and not (local.isoweekday() <= 5 and 9 <= local.hour < 18)
        ):
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
        asked = touch["origin"] == CANARY or (touch["origin"] == REPLY and _wrote_lately(wrote, touch, at))
        if len(alike) >= MOST_A_DAY[touch["channel"]] and not asked:
            yield broken("I9", event["t"], f"touch {touch['id']} is number {len(alike) + 1} within 24 hours")
        sent.append(touch)


def _wrote_lately(wrote: list[Line], touch: Line, at: Any) -> bool:
    mine = (one for one in wrote if one["contact_id"] == touch["contact_id"])
    return any(timedelta(0) <= at - instant(one["at"]) < DAY for one in mine)


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
    """I11: in any ten seconds no more is armed than the accounts of a provider may send, and the rest of one batch: the
    throttle asks before a batch whether there is room, not how much. And no more leaves than that and one batch more:
    what is armed leaves within ten seconds, at its pace. What several sweeps repeat at once counts once, for each
    process keeps a pace for itself and nothing is written of a repetition.
    """
    repeated: dict[str, tuple[Any, str]] = {}
    armed: dict[str, dict[str, Any]] = defaultdict(dict)
    sent: dict[str, list[Any]] = defaultdict(list)
    for event in evidence.history:
        if event["op"] == "row" and event["table"] == "touches" and event["after"]:
            armed[event["after"]["provider"]][event["after"]["id"]] = instant(event["after"]["armed_at"])
        if event["op"] == "request" and event["sends"]:
            at, (last, by) = instant(event["t"]), repeated.get(event["touch"], (None, ""))
            if last is None or by == event["who"] or at - last >= timedelta(seconds=RATE_SECONDS):
                sent[event["provider"]].append(at)
                if event["touch"] is not None:
                    repeated[event["touch"]] = at, event["who"]
    for provider, rate in evidence.rates.items():
        batch = max(1.0, rate * BATCH_SECONDS)
        most = max(1.0, rate * RATE_SECONDS) - 1 + batch
        yield from _too_many(provider, "armed", sorted(armed[provider].values()), most)
        yield from _too_many(provider, "sent", sent[provider], most + batch)


def _too_many(provider: str, what: str, times: list[Any], most: float) -> Iterator[Violation]:
    for place, at in enumerate(times):
        many = place + 1 - bisect_right(times, at - timedelta(seconds=RATE_SECONDS))
        if many > most:
            yield broken("I11", at, f"{many} were {what} in {RATE_SECONDS} s at {provider}, {most:g} are allowed")
            return


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


def one_in_flight(evidence: Evidence) -> Iterator[Violation]:
    """I13: nothing is armed for an address while the fate of something else on its way there is unknown: a provider's
    list could not tell the one from the other."""
    flying: dict[tuple[str, str, str], str] = {}
    for event in evidence.rows("touches"):
        touch = event["after"]
        if touch is None:
            continue
        where = touch["client_id"], touch["channel"], touch["to_address"]
        before = flying.get(where, touch["id"])
        if before != touch["id"] and touch["state"] in OPEN_STATES:
            yield broken("I13", event["t"], f"touch {touch['id']} was armed while {before} was on its way there")
        if touch["state"] in OPEN_STATES:
            flying[where] = touch["id"]
        elif before == touch["id"]:
            flying.pop(where, None)


def delivered_long_before(line: Line, deadline: Any) -> bool:
    """Whether the provider held a delivery half an hour before this instant."""
    until = instant(deadline) - timedelta(minutes=30)
    return any(fact["status"] in DELIVERED_FACTS and instant(fact["at"]) <= until for fact in line["facts"])


CHECKS = (
    *(never_twice, never_after_a_stop, never_after_they_said_stop, armed_before, within_hours_and_caps),
    *(in_stored_words, within_rates, no_switch_from_unknown, one_in_flight),
)
