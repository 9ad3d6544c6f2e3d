"""Cases of a branch that are never followed, because something that comes first holds whenever they do."""

from collections.abc import Iterator, Sequence

from modules.labels import BOOKED
from modules.sequences.models import Definition, Step
from modules.sequences.models_of_rules import (
    Case,
    Compare,
    Condition,
    FieldIs,
    MilestoneIs,
    Replied,
    Stalled,
    StopOn,
)
from modules.sequences.read_yaml import Fields, Problem

_OF_VALUES = (Compare.equals, Compare.one_of)


def check_covered(fields: Fields, step: Step, definition: Definition) -> Iterator[Problem]:
    """Each at its line. What ends a sequence is looked at before a branch, and its cases in their order."""
    lines, cases = fields.lines("when"), step.branch.cases if step.branch else ()
    for number, case in enumerate(cases, 1):
        words = _ended(case.condition, definition) or _earlier(case.condition, cases[: number - 1])
        if words:
            yield Problem(lines[number - 1], f"{fields.path}.when.{number}", words)


def covers(first: Condition, later: Condition) -> bool:
    """Whether `first` is certain to hold whenever `later` does, for everybody and at any time.

    A milestone without `since` counts from the enrollment on, with it also before, so neither contains the other; a
    reply before the enrollment is never seen.
    """
    if first == later:
        return True
    if isinstance(first, Replied) and isinstance(later, Replied) and first.yes is later.yes:
        longer, shorter = (first, later) if first.yes else (later, first)
        return longer.within is None or (shorter.within is not None and shorter.within <= longer.within)
    if isinstance(first, MilestoneIs) and isinstance(later, MilestoneIs) and first.milestone == later.milestone:
        return first.within is not None and later.within is not None and later.within <= first.within
    if isinstance(first, Stalled) and isinstance(later, Stalled):
        return first.quiet_for <= later.quiet_for
    if isinstance(first, FieldIs) and isinstance(later, FieldIs) and first.field == later.field:
        return _field_covers(first, later)
    return False


def _field_covers(first: FieldIs, later: FieldIs) -> bool:
    if first.compare is Compare.exists:
        return first.values == ("true",) and later.compare is not Compare.exists
    both = first.compare in _OF_VALUES and later.compare in _OF_VALUES
    return both and _folded(later.values) <= _folded(first.values)


def _folded(values: Sequence[str]) -> set[str]:
    return {value.strip().casefold() for value in values}


def _ended(asked: Condition, definition: Definition) -> str:
    if definition.goal is not None and covers(definition.goal, asked):
        return (
            "the goal is met whenever this holds, and ends the sequence first, so this is never followed; remove the "
            "case or the goal"
        )
    if StopOn.booking in definition.stop_on and covers(MilestoneIs(BOOKED), asked):
        return (
            "stop_on: [booking] ends the sequence whenever this holds, so this is never followed; remove the case, or "
            "take booking out of stop_on"
        )
    return ""


def _earlier(asked: Condition, before: Sequence[Case]) -> str:
    number = next((number for number, case in enumerate(before, 1) if covers(case.condition, asked)), None)
    if number is None:
        return ""
    if before[number - 1].condition == asked:
        return f"case {number} asks the same and comes first, so this one is never followed; change or remove it"
    return (
        f"case {number} holds whenever this one does and comes first, so this one is never followed; put this one "
        f"before it, or remove it"
    )
