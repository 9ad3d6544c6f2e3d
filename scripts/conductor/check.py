"""Holds our ledger against the twin's: the invariants of the delivery protocol, counted."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from modules.content import CONFIRM_WITHIN, Language, help_answer, opt_out_confirmation
from modules.labels import OWN_WORD
from modules.touches import SUCCESS, TERMINAL
from scripts.conductor.stage import Stage
from utils.db import fetch_all
from utils.sql import queries

SQL = queries(__file__)
RUNNING = ("active", "paused")
FAILED_FACTS = {"failed", "undelivered", "canceled", "bounced", "suppressed"}
NOT_COMPLETED = "not_completed:"
DELIVERED_FACTS = {"delivered", "read", "opened", "clicked", "completed"}
CONFIRMATION, HELP = "confirmation", "help"
NEVER_LEFT = ("claimed", "not_sent", "suppressed")
ANYONE = "somebody"
Line = Mapping[str, Any]


@dataclass(frozen=True)
class Result:
    """The last line of `scripts/demo --check`; everything from `unproven_success` to `changed_bytes` must be 0."""

    enrollments: int
    touches: int
    delivered: int
    failed: int
    suppressed: int
    expired: int
    unproven_success: int
    duplicates: int
    sent_after_opt_out: int
    stuck: int
    unarmed: int
    changed_bytes: int
    simulated_days: float
    seconds: float
    delivered_by_channel: Mapping[str, int]

    def holds(self) -> bool:
        """True when no invariant is broken and something was really delivered."""
        broken = (self.unproven_success, self.duplicates, self.sent_after_opt_out, self.stuck)
        return not any(broken) and not self.unarmed and not self.changed_bytes and self.delivered > 0

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


async def check(stage: Stage, started: datetime, seconds: float) -> Result:
    """Compares both ledgers now."""
    async with stage.deps.database.transaction() as conn:
        touches: Sequence[Line] = await fetch_all(conn, SQL["all_touches"])
        counts: Sequence[Line] = await fetch_all(conn, SQL["enrollment_counts"])
    truth = attribute(touches, stage.twin.ledger())
    now = stage.clock.now()
    states = [touch["state"] for touch in touches]
    ended_by_opt_out = sum(row["how_many"] for row in counts if row["reason"] == "suppressed")
    return Result(
        enrollments=sum(row["how_many"] for row in counts),
        touches=len(touches),
        delivered=sum(state in SUCCESS for state in states),
        failed=sum(state in ("failed", "bounced", "complained") for state in states),
        suppressed=states.count("suppressed") + ended_by_opt_out,
        expired=states.count("expired"),
        unproven_success=count_unproven(touches, truth),
        duplicates=count_duplicates(touches, truth),
        sent_after_opt_out=count_after_opt_out(touches),
        stuck=count_stuck(touches, counts, now),
        unarmed=count_unarmed(touches, truth),
        changed_bytes=count_changed(touches, truth),
        simulated_days=round((now - started) / timedelta(days=1), 2),
        seconds=round(seconds, 1),
        delivered_by_channel=dict(Counter(touch["channel"] for touch in touches if touch["state"] in SUCCESS)),
    )


def attribute(touches: Sequence[Line], truth: Sequence[Line]) -> list[Line]:
    """The provider's lines with our touch in each.

    Where the provider carries no reference of ours (GoHighLevel): the one with its message id, else the last touch to
    this person with these words that was armed before the acceptance.
    """
    by_id = {touch["provider_id"]: str(touch["id"]) for touch in touches if touch["provider_id"]}
    by_words: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for touch in sorted(touches, key=lambda one: one["armed_at"]):
        by_words[touch["to_address"], touch["body_hash"]].append(touch)
    found: list[Line] = []
    for line in truth:
        ours = line["touch"] or by_id.get(line["provider_id"])
        if ours is None:
            at = datetime.fromisoformat(line["accepted_at"])
            alike = by_words[line["to"], line["body_hash"]]
            ours = next((str(one["id"]) for one in reversed(alike) if one["armed_at"] <= at), None)
        found.append({**line, "touch": ours})
    return found


def count_unproven(touches: Sequence[Line], truth: Sequence[Line]) -> int:
    """I3: a success of ours whose evidence the provider does not know as a delivery."""
    known = {
        (line["provider_id"], evidence)
        for line in truth
        for fact in line["facts"]
        if fact["status"] in DELIVERED_FACTS
        for evidence in fact["evidence_ids"]
    }
    return sum(
        touch["state"] in SUCCESS and (touch["provider_id"], touch["evidence_id"]) not in known for touch in touches
    )


def count_duplicates(touches: Sequence[Line], truth: Sequence[Line]) -> int:
    """I1: a second acceptance for one (origin, part) without the proven failure of the one before."""
    place = {str(touch["id"]): (touch["origin_id"], touch["part"]) for touch in touches}
    accepted: dict[object, list[Line]] = defaultdict(list)
    for line in sorted(truth, key=lambda one: str(one["accepted_at"])):
        accepted[place.get(str(line["touch"]), line["touch"])].append(line)
    return sum(
        not any(_is_failure(fact["status"]) for fact in before["facts"])
        for lines in accepted.values()
        for before in lines[:-1]
    )


def _is_failure(status: str) -> bool:
    return status in FAILED_FACTS or status.startswith(NOT_COMPLETED)


def count_after_opt_out(touches: Sequence[Line]) -> int:
    """I2: armed after the opt-out was committed, other than one confirmation and answers to HELP, in the code's words.

    A second confirmation of one opt-out, one that came too late and one in other words count, whenever they were armed.
    """
    owed = {id(touch) for touch in _first_confirmations(touches)}
    return sum(
        id(touch) not in owed
        if touch["origin"] == CONFIRMATION
        else _is_after_opt_out(touch) and not (touch["origin"] == HELP and _is_help(touch))
        for touch in touches
        if touch["state"] not in NEVER_LEFT
    )


def _is_after_opt_out(touch: Line) -> bool:
    return (
        touch["suppressed_at"] is not None
        and touch["suppressed_reason"] in OWN_WORD
        and touch["armed_at"] > touch["suppressed_at"]
    )


def _first_confirmations(touches: Sequence[Line]) -> list[Line]:
    """The lawful ones: the first of each closing of an address (a reopening begins another), asked for by an opt-out at
    most five minutes before, in the code's own words."""
    firsts: dict[tuple[object, str, int], Line] = {}
    for touch in sorted(touches, key=lambda one: one["armed_at"]):
        if touch["origin"] == CONFIRMATION and touch["state"] not in NEVER_LEFT:
            firsts.setdefault((touch["client_id"], touch["to_address"], touch["reopened"]), touch)
    return [touch for touch in firsts.values() if _is_in_time(touch) and _is_confirmation(touch)]


def _is_in_time(touch: Line) -> bool:
    if touch["asked_at"] is None or not touch["asked_to_stop"]:
        return False
    waited: timedelta = touch["armed_at"] - touch["asked_at"]
    return timedelta(0) <= waited <= CONFIRM_WITHIN


def _is_confirmation(touch: Line) -> bool:
    return touch["body"] in {opt_out_confirmation(touch["brand"], language) for language in Language}


def _is_help(touch: Line) -> bool:
    """The code's answer, whatever contact it names."""
    if touch["asked_at"] is None:
        return False
    parts = [help_answer(touch["brand"], ANYONE, language).split(ANYONE) for language in Language]
    return any(touch["body"].startswith(before) and touch["body"].endswith(after) for before, after in parts)


def count_stuck(touches: Sequence[Line], counts: Sequence[Line], now: datetime) -> int:
    """I4 and I6: at the end nothing runs and nothing is open."""
    running = sum(row["how_many"] for row in counts if row["status"] in RUNNING)
    quarantined = sum(row["how_many"] for row in counts if row["status"] == "quarantined")
    return int(running + quarantined) + sum(touch["state"] not in TERMINAL for touch in touches)


def count_unarmed(touches: Sequence[Line], truth: Sequence[Line]) -> int:
    """I5: an acceptance without a row that was armed before it."""
    armed = {str(touch["id"]): touch["armed_at"] for touch in touches}
    return sum(
        line["touch"] not in armed or armed[line["touch"]] > datetime.fromisoformat(line["accepted_at"])
        for line in truth
    )


def count_changed(touches: Sequence[Line], truth: Sequence[Line]) -> int:
    """I10: bytes accepted are the bytes stored."""
    stored = {str(touch["id"]): touch["body_hash"] for touch in touches}
    return sum(line["touch"] in stored and line["body_hash"] != stored[line["touch"]] for line in truth)
