"""What a sequence file asks about a contact: the cases of a branch, and the goal."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from modules.content import is_variable
from modules.sequences.contact_fields import read_day
from modules.sequences.models import Branch
from modules.sequences.models_of_rules import (
    Case,
    Clicked,
    Compare,
    Condition,
    FieldIs,
    Goal,
    MilestoneIs,
    Outcome,
    OutcomeIs,
    Replied,
    Stalled,
)
from modules.sequences.read_follow import read_follow
from modules.sequences.read_times import read_duration, read_milestone
from modules.sequences.read_yaml import Fields

_CASE = "{field: contact.language, equals: es, go_to: STEP}"
_GOAL = "{field: contact.stage, in: [won]}, {milestone: closing}, or {replied: true}"
_ASKS = ("field", "outcome", "replied", "milestone", "stalled", "clicked")
_OF_A_GOAL = ("field", "milestone", "replied")
_OF_A_TIME = ("replied", "milestone")
_COMPARES = tuple(str(one) for one in Compare)
_DAYS = 3650


def read_branch(fields: Fields) -> Branch:
    """The cases of a step of `channel: branch` in their order, and where it goes when none of them holds."""
    cases = tuple(_cases(fields))
    if not fields.has("when") or (fields.is_list("when") and not fields.lines("when")):
        fields.say("when", f"a branch asks something; write when: [{_CASE}]")
    if not fields.has("otherwise"):
        fields.say("otherwise", "say what happens when no case holds: otherwise: next, end or {go_to: STEP}")
    return Branch(cases, read_follow(fields, "otherwise"))


def read_goal(top: Fields) -> Goal | None:
    """What ends the sequence as soon as it is so; looked at before each step."""
    group = top.group("goal", _GOAL)
    if group is None:
        return None
    group.allow(("field", "replied", "milestone", "since", *_COMPARES))
    found = _condition(group, _GOAL, _OF_A_GOAL)
    if isinstance(found, Replied) and not found.yes:
        group.say("replied", "a goal that nobody replied is met at once; write replied: true, or leave the goal out")
    return found if isinstance(found, FieldIs | Replied | MilestoneIs) else None


def read_field_name(group: Fields, name: str) -> str:
    """The dotted name of a contact's field; empty, with a problem, when it is none."""
    found = group.text(name, needed=f"name the field: {name}: contact.closing_on")
    if found is None:
        return ""
    if not is_variable(found.value) or not found.value.startswith("contact."):
        group.say(name, f"'{found.value}' is not a field of a contact, such as contact.language")
        return ""
    return found.value


def _cases(fields: Fields) -> Iterator[Case]:
    for group in fields.groups("when", f"[{_CASE}]"):
        group.allow((*_ASKS, *_COMPARES, "since", "go_to"))
        condition = _condition(group, _CASE)
        step = group.text("go_to", needed="say where this case leads: go_to: STEP")
        if condition is not None and step is not None:
            yield Case(condition, step.value)


def _condition(group: Fields, example: str, asks: tuple[str, ...] = _ASKS) -> Condition | None:
    asked = [name for name in asks if group.has(name)]
    if len(asked) != 1:
        group.blame(f"this asks exactly one of {', '.join(asks)}; write for example {example}")
        return None
    if group.has("since") and asked[0] not in _OF_A_TIME:
        group.say("since", "'since' goes with replied and milestone only")
    stray = [one for one in _COMPARES if group.has(one)]
    if stray and asked != ["field"]:
        group.say(stray[0], f"'{stray[0]}' goes with field only")
    read: dict[str, Callable[[Fields], Condition | None]] = {
        "field": _field,
        "outcome": _outcome,
        "replied": _replied,
        "milestone": _milestone,
        "stalled": _stalled,
        "clicked": _clicked,
    }
    return read[asked[0]](group)


def _milestone(group: Fields) -> MilestoneIs | None:
    name, within = read_milestone(group, "milestone"), _since(group)
    return MilestoneIs(name, within) if name else None


def _stalled(group: Fields) -> Stalled | None:
    quiet_for = read_duration(group, "stalled", "{days: 14}")
    return Stalled(quiet_for) if quiet_for else None


def _clicked(group: Fields) -> Clicked | None:
    step = group.text("clicked", needed="name the e-mail step whose link is asked about: clicked: STEP")
    return Clicked(step.value) if step else None


def _since(group: Fields) -> timedelta | None:
    return read_duration(group, "since", "{days: 2}") if group.has("since") else None


def _field(group: Fields) -> FieldIs | None:
    name = read_field_name(group, "field")
    asked = [one for one in Compare if group.has(one)]
    if len(asked) != 1:
        group.blame(f"compare the field by exactly one of {', '.join(_COMPARES)}")
        return None
    compare = asked[0]
    if compare is Compare.one_of:
        values = tuple(one.value for one in group.texts("in", "[won, lost]"))
        if not values:
            group.say("in", "name at least one value: in: [won, lost]")
        return FieldIs(name, compare, values)
    if compare in (Compare.before, Compare.after) and group.is_group(compare):
        return _days_from_today(group, name, compare)
    text = group.text(compare, needed="write what it is compared with")
    if text is None:
        return None
    if compare is Compare.exists and text.value not in ("true", "false"):
        group.say("exists", f"'{text.value}' is not known; write exists: true or exists: false")
    if compare in (Compare.before, Compare.after) and read_day(text.value, "UTC") is None:
        group.say(compare, f"'{text.value}' is not a date; write {compare}: \"2026-12-31\", or {compare}: {{days: 7}}")
    return FieldIs(name, compare, (text.value,))


def _days_from_today(group: Fields, name: str, compare: Compare) -> FieldIs | None:
    inner = group.group(compare, "{days: 7}")
    if inner is None:
        return None
    inner.allow(("days",))
    days = inner.number("days", -_DAYS, _DAYS)
    if not inner.has("days"):
        inner.blame(f"say how many days from today: {compare}: {{days: 7}}")
    return None if days is None else FieldIs(name, compare, (), days)


def _outcome(group: Fields) -> OutcomeIs | None:
    inner = group.group("outcome", "{step: STEP, is: delivered}")
    if inner is None:
        return None
    inner.allow(("step", "is"))
    step = inner.text("step", needed="name the step whose outcome is asked: step: STEP")
    told = inner.text("is", needed=f"say which outcome: is: {', '.join(Outcome)}")
    if told is not None and told.value not in tuple(Outcome):
        inner.say("is", f"'{told.value}' is no outcome; one of {', '.join(Outcome)}")
        return None
    return OutcomeIs(step.value, Outcome(told.value)) if step and told else None


def _replied(group: Fields) -> Replied | None:
    text = group.text("replied")
    if text is None or text.value not in ("true", "false"):
        group.say("replied", "write replied: true or replied: false")
        return None
    return Replied(text.value == "true", _since(group))
