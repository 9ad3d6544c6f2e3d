"""Branches, goals and the rules of entry as plain values, and back; beside freeze.py, in the same shape."""

from datetime import timedelta
from typing import Any

from modules.sequences.freeze_times import duration_out, time_in, time_out
from modules.sequences.models_of_rules import (
    ANYBODY,
    Case,
    Clicked,
    Compare,
    Condition,
    Drip,
    Entry,
    FieldIs,
    Goal,
    MilestoneIs,
    Otherwise,
    Outcome,
    OutcomeIs,
    ReEntry,
    Replied,
    Stalled,
    Until,
)

Json = dict[str, Any]


def until_out(until: Until) -> Json:
    told: Json = {"milestone": until.milestone} if until.milestone else {"field": until.field}
    if until.days:
        told["days"] = until.days
    if until.at is not None:
        told["at"] = time_out(until.at)
    return told | {"otherwise": until.otherwise.value}


def until_in(value: Json) -> Until:
    at = time_in(value["at"]) if "at" in value else None
    milestone = value.get("milestone")
    return Until(value.get("field"), value.get("days", 0), at, Otherwise(value["otherwise"]), milestone)


def case_out(case: Case) -> Json:
    return {**condition_out(case.condition), "go_to": case.go_to}


def case_in(value: Json) -> Case:
    return Case(condition_in(value), value["go_to"])


def condition_out(condition: Condition) -> Json:
    if isinstance(condition, OutcomeIs):
        return {"outcome": {"step": condition.step, "is": condition.outcome.value}}
    if isinstance(condition, Replied):
        return {"replied": condition.yes, **_since_out(condition.within)}
    if isinstance(condition, MilestoneIs):
        return {"milestone": condition.milestone, **_since_out(condition.within)}
    if isinstance(condition, Stalled):
        return {"stalled": duration_out(condition.quiet_for)}
    if isinstance(condition, Clicked):
        return {"clicked": condition.step}
    return {"field": condition.field, condition.compare.value: _asked(condition)}


def condition_in(value: Json) -> Condition:
    if "outcome" in value:
        return OutcomeIs(value["outcome"]["step"], Outcome(value["outcome"]["is"]))
    if "replied" in value:
        return Replied(value["replied"], _since_in(value))
    if "milestone" in value:
        return MilestoneIs(value["milestone"], _since_in(value))
    if "stalled" in value:
        return Stalled(timedelta(**value["stalled"]))
    return Clicked(value["clicked"]) if "clicked" in value else _field_in(value)


def goal_in(value: Json) -> Goal:
    goal = condition_in(value)
    if not isinstance(goal, FieldIs | Replied | MilestoneIs):
        raise ValueError("a goal asks for a field, a milestone or a reply")
    return goal


def _since_out(within: timedelta | None) -> Json:
    return {} if within is None else {"since": duration_out(within)}


def _since_in(value: Json) -> timedelta | None:
    return timedelta(**value["since"]) if "since" in value else None


def entry_out(entry: Entry) -> Json:
    """Only what differs from the usual."""
    told: Json = {}
    if entry.again is not ANYBODY.again:
        again = entry.again
        told["re_entry"] = {"after": duration_out(again)} if isinstance(again, timedelta) else again.value
    if entry.exclusive_with:
        told["exclusive_with"] = list(entry.exclusive_with)
    if entry.exclusive is not None:
        told["exclusive"] = entry.exclusive
    if entry.gap is not None:
        told["gap"] = duration_out(entry.gap)
    if entry.most_running is not None:
        told["most_running"] = entry.most_running
    if entry.drip is not None:
        told["drip"] = {"people": entry.drip.people, "every": duration_out(entry.drip.every)}
    return told


def entry_in(value: Json) -> Entry:
    again = value.get("re_entry", ReEntry.after_end)
    return Entry(
        timedelta(**again["after"]) if isinstance(again, dict) else ReEntry(again),
        tuple(value.get("exclusive_with", ())),
        value.get("exclusive"),
        timedelta(**value["gap"]) if "gap" in value else None,
        value.get("most_running"),
        Drip(value["drip"]["people"], timedelta(**value["drip"]["every"])) if "drip" in value else None,
    )


def _asked(condition: FieldIs) -> object:
    if condition.days is not None:
        return {"days": condition.days}
    if condition.compare is Compare.one_of:
        return list(condition.values)
    (value,) = condition.values
    return value == "true" if condition.compare is Compare.exists else value


def _field_in(value: Json) -> FieldIs:
    compare = next(one for one in Compare if one.value in value)
    asked = value[compare.value]
    if isinstance(asked, dict):
        return FieldIs(value["field"], compare, (), asked["days"])
    if isinstance(asked, list):
        return FieldIs(value["field"], compare, tuple(asked))
    return FieldIs(value["field"], compare, (str(asked).lower() if isinstance(asked, bool) else asked,))
