"""What became of it: proven, in time, in order, nobody stuck, and the books complete."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from modules.touches import SUCCESS, TERMINAL
from scripts.conductor.check import DELIVERED_FACTS, RUNNING, count_unproven
from tests.simulation.check_sends import delivered_long_before
from tests.simulation.evidence import Evidence, Line, broken, instant
from tests.simulation.outcome import Violation

SLACK = timedelta(minutes=20)
"""How long after its deadline a touch may end: the grace of four minutes, and sweeps that die or are missed."""
REVIEW = timedelta(days=7)
OVERDUE = timedelta(minutes=30)
LOST = ("expired", "failed")
FAILED = ("failed", "bounced", "complained", "expired", "not_sent", "cancelled")
ENDED = ("finished", "stopped", "quarantined")
ENDS = {"request": ("answer", "no_answer", "not_heard"), "webhook": ("webhook_answered",)}


def proven(evidence: Evidence) -> Iterator[Violation]:
    """I3: no success without its evidence, which the provider's truth knows, and knew by then."""
    held = {
        (line["provider_id"], one): instant(fact["at"])
        for line in evidence.truth
        for fact in line["facts"]
        if fact["status"] in DELIVERED_FACTS
        for one in fact["evidence_ids"]
    }
    for event in evidence.rows("touches"):
        after = event["after"]
        if after["state"] in SUCCESS and (event["before"] or {}).get("state") != after["state"]:
            since = held.get((after["provider_id"], after["evidence_id"]))
            if since is None or since > instant(event["t"]):
                yield broken("I3", event["t"], f"touch {after['id']} became {after['state']} without a fact")
    for touch in evidence.touches:
        if count_unproven([touch], evidence.truth):
            yield broken("I3", touch["armed_at"], f"touch {touch['id']} is {touch['state']} without a fact")


def ended_in_time(evidence: Evidence) -> Iterator[Violation]:
    """I4: what was accepted or unknown is terminal by its deadline, a person's question a week later, or soon after the
    provider has told at last that it took it."""
    deadlines: dict[str, Any] = {}
    told_at: dict[str, datetime] = {}
    for event in evidence.rows("touches"):
        after, asked = event["after"], (event["before"] or {}).get("state") == "review"
        if after["state"] not in TERMINAL:
            by = instant(after["confirm_by"])
            if after["state"] == "review":
                by += REVIEW
            elif asked:
                told_at[after["id"]] = instant(event["t"])
            deadlines[after["id"]] = told_at.get(after["id"], by) + SLACK
        elif after["id"] in deadlines and instant(event["t"]) > deadlines.pop(after["id"]):
            yield broken("I4", event["t"], f"touch {after['id']} ended after its deadline")
    for touch, deadline in deadlines.items():
        yield broken("I4", deadline, f"touch {touch} has not ended")


def nobody_stuck(evidence: Evidence) -> Iterator[Violation]:
    """I6: whoever is active is looked at when it is due, and at the end nobody runs any more."""
    last: dict[str, Any] = {}
    for event in evidence.rows("sequence_enrollments"):
        after, before = event["after"], last.get(event["after"]["id"])
        late = before and before["status"] == "active" and instant(event["t"]) - instant(before["due_at"])
        if late and late > OVERDUE:
            yield broken("I6", event["t"], f"enrollment {after['id']} was overdue by {late}")
        last[after["id"]] = after
    for one in last.values():
        if one["status"] in (*RUNNING, "quarantined"):
            yield broken("I6", evidence.ended_at, f"enrollment {one['id']} is {one['status']} at the end")


def one_step_at_a_time(evidence: Evidence) -> Iterator[Violation]:
    """I7: each attempt at a visit advances at most once, in order; who has ended moves no more. A step that was left as
    accepted and fails before the next one is armed is taken up again: back by one, to the visit that failed. Who is
    taken over to another version may find their step under another name."""
    left: set[tuple[str, int, str | None]] = set()
    touches: dict[str, Line] = {}
    adopted = {(event["tx"], one["enrollment_id"]) for event, one in evidence.actions() if one["verb"] == "adopt"}
    for event in evidence.history:
        if event["op"] != "row" or event["after"] is None:
            continue
        before, after = event["before"], event["after"]
        if event["table"] == "touches":
            touches[after["id"]] = after
        if event["table"] != "sequence_enrollments" or before is None:
            continue
        moved, mark = after["visit"] - before["visit"], (after["id"], before["visit"], before["last_touch_id"])
        again = mark in left and moved == 1
        if moved == 1:
            left.add(mark)
        if moved == -1:
            last = touches.get(after["last_touch_id"] or "")
            again = last is None or last["part"] != after["visit"] or last["state"] not in FAILED
            left.discard((after["id"], after["visit"], after["last_touch_id"]))
        jumped = moved == 0 and after["step"] != before["step"] and after["status"] == "active"
        jumped = jumped and (event["tx"], after["id"]) not in adopted
        if again or jumped or moved not in (-1, 0, 1):
            yield broken(
                "I7", event["t"], f"enrollment {after['id']} went from visit {before['visit']} to {after['visit']}"
            )
        if before["status"] in ENDED and (moved or after["status"] != before["status"]):
            yield broken("I7", event["t"], f"enrollment {after['id']} moved after it had {before['status']}")
    yield from _attempts_in_order(evidence)


def _attempts_in_order(evidence: Evidence) -> Iterator[Violation]:
    attempts: dict[tuple[str, int], int] = {}
    for event in evidence.rows("touches"):
        touch = event["after"]
        if event["before"] is None and touch["enrollment_id"]:
            where = touch["enrollment_id"], touch["part"]
            if touch["attempt"] != attempts.get(where, 0) + 1:
                yield broken("I7", event["t"], f"touch {touch['id']} is attempt {touch['attempt']} of its step")
            attempts[where] = touch["attempt"]


def moved_by_its_fact(evidence: Evidence) -> Iterator[Violation]:
    """I6: an enrollment that waits for a touch goes on in the very commit that ends it; between two commits lies a
    crash after which nobody would know that it should. In a later visit it waits for a person's task."""
    runs: dict[str, Line] = {}
    ended: dict[str, Line] = {}
    commit = None
    for event in [*evidence.history, {"op": "end"}]:
        if event["op"] != "row" or event.get("tx") != commit:
            for known, last in ended.items():
                if runs[known]["status"] == "active" and runs[known]["waiting"]:
                    yield broken("I6", last["t"], f"enrollment {known} still waits for the touch that has ended")
            ended, commit = {}, event.get("tx")
        after = event.get("after")
        if after and event["table"] == "sequence_enrollments":
            runs[after["id"]] = after
        if after and event["table"] == "touches" and after["state"] in TERMINAL:
            run = runs.get(after["enrollment_id"] or "")
            if run and run["last_touch_id"] == after["id"] and run["visit"] == after["part"]:
                ended[run["id"]] = event


def not_lost_although_delivered(evidence: Evidence) -> Iterator[Violation]:
    """I8: never expired or failed while the provider held a delivery half an hour before the deadline."""
    for touch in evidence.touches:
        own = [line for line in evidence.truth if str(line["touch"]) == str(touch["id"])]
        if touch["state"] in LOST and any(delivered_long_before(line, touch["confirm_by"]) for line in own):
            yield broken("I8", touch["confirm_by"], f"touch {touch['id']} is {touch['state']}, and was delivered")


def told_twice_is_told_once(evidence: Evidence) -> Iterator[Violation]:
    """I12: all webhooks again change no row."""
    for table in evidence.changed:
        yield broken("I12", evidence.ended_at, f"the webhooks told again changed {table}")


def complete(evidence: Evidence) -> Iterator[Violation]:
    """I14: what began has an end in the history, and every row's story is without a gap."""
    began = {(event["op"], event["number"]) for event in evidence.history if event["op"] in ENDS}
    for beginning, endings in ENDS.items():
        ended = {(beginning, event["number"]) for event in evidence.history if event["op"] in endings}
        for _, number in sorted(one for one in began ^ ended if one[0] == beginning):
            yield broken("I14", evidence.ended_at, f"{beginning} {number} has no beginning or no end")
    state: dict[str, str] = {}
    for event in evidence.rows("touches"):
        touch, before = event["after"], (event["before"] or {}).get("state")
        if state.get(touch["id"]) != before:
            yield broken("I14", event["t"], f"touch {touch['id']} left {before}, which it had not reached")
        state[touch["id"]] = touch["state"]
    for row in evidence.touches:
        if state.get(str(row["id"])) != row["state"]:
            yield broken("I14", evidence.ended_at, f"touch {row['id']} is {row['state']}, which no line tells")
    told = {event["provider_id"] for event in evidence.history if event["op"] == "accepted"}
    for line in evidence.truth:
        if line["provider_id"] not in told:
            yield broken("I14", line["accepted_at"], f"no line tells of {line['provider_id']}")


CHECKS = (
    *(proven, ended_in_time, nobody_stuck, moved_by_its_fact, one_step_at_a_time, not_lost_although_delivered),
    *(told_twice_is_told_once, complete),
)
