"""Waits for a date, conditions and rules of entry in words; beside show.py."""

from collections.abc import Iterator
from datetime import timedelta

from modules.sequences.models_of_rules import (
    Clicked,
    Compare,
    Condition,
    Entry,
    FieldIs,
    MilestoneIs,
    Otherwise,
    OutcomeIs,
    ReEntry,
    Replied,
    Stalled,
    Until,
)

_WITHOUT = {Otherwise.skip: "it is skipped", Otherwise.end: "the sequence ends", Otherwise.now: "it leaves at once"}


def until_said(until: Until) -> str:
    moved = f"{count_said(abs(until.days), 'day')} {'before' if until.days < 0 else 'after'}" if until.days else "on"
    at = f" at {until.at:%H:%M}" if until.at else ""
    day = f"the {until.milestone}" if until.milestone else f"the date in {until.field}"
    return f"{moved} {day}{at} (without one {_WITHOUT[until.otherwise]})"


def condition_said(condition: Condition) -> str:
    if isinstance(condition, OutcomeIs):
        return f"{condition.step} is {condition.outcome}"
    if isinstance(condition, MilestoneIs):
        since = f" in the last {duration_said(condition.within)}" if condition.within else ""
        return f"the milestone '{condition.milestone}' has happened{since}"
    if isinstance(condition, Stalled):
        return f"nothing has happened with the contact for {duration_said(condition.quiet_for)}"
    if isinstance(condition, Clicked):
        return f"the contact has followed a link in {condition.step}"
    if isinstance(condition, Replied):
        since = f" in the last {duration_said(condition.within)}" if condition.within else ""
        return f"the contact has {'' if condition.yes else 'not '}replied{since}"
    return _field_said(condition)


def entry_said(entry: Entry) -> Iterator[str]:
    """One sentence for each rule that differs from the usual."""
    if isinstance(entry.again, timedelta):
        yield f"Nobody enters again within {duration_said(entry.again)} after the end."
    elif entry.again is ReEntry.never:
        yield "Nobody enters twice."
    if entry.exclusive_with:
        yield f"Nobody enters who runs in {' or '.join(entry.exclusive_with)}."
    if entry.exclusive is not None:
        yield f"Nobody enters who runs in another sequence of the group '{entry.exclusive}'."
    if entry.gap is not None:
        yield f"Nobody enters within {duration_said(entry.gap)} after another sequence."
    if entry.most_running is not None:
        yield f"At most {entry.most_running:,} run in it at a time."
    if entry.drip is not None:
        yield f"At most {entry.drip.people:,} begin every {duration_said(entry.drip.every).removeprefix('1 ')}."


def duration_said(duration: timedelta) -> str:
    minutes = duration // timedelta(minutes=1)
    for size, unit in ((1440, "day"), (60, "hour")):
        if minutes and minutes % size == 0:
            return count_said(minutes // size, unit)
    return count_said(minutes, "minute")


def count_said(amount: int, unit: str) -> str:
    return f"{amount} {unit}" if amount == 1 else f"{amount} {unit}s"


def _field_said(condition: FieldIs) -> str:
    name, asked = condition.field, condition.compare
    if asked is Compare.exists:
        return f"{name} is {'there' if condition.values == ('true',) else 'missing'}"
    if asked is Compare.equals:
        return f"{name} is '{condition.values[0]}'"
    if asked is Compare.one_of:
        return f"{name} is one of {', '.join(condition.values)}"
    if condition.days is None:
        return f"{name} is {asked} {condition.values[0]}"
    ago = "ago" if condition.days < 0 else "from today"
    return f"{name} is {asked} the day {count_said(abs(condition.days), 'day')} {ago}"
