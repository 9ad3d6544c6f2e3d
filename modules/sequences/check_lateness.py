"""Steps that come due at hours which are shut for longer than they may be late: skipped on some days, or on all.

When a step may come due is followed through the week: from an enrollment at any time, by the waits and the ways on.
What is found can happen; holidays, the hours of states and what takes its time at a provider only make it worse.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import time, timedelta

from modules.sequences.models import Definition, Step, Wait
from modules.sequences.models_of_rules import AfterWindow, Otherwise, Until
from modules.sequences.open_hours import DAY, WEEK, OpenHours, open_hours
from modules.sequences.show_rules import count_said, duration_said
from modules.sequences.ways import ways_of, ways_when_skipped

DAY_WORDS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ANY_TIME = frozenset(range(0, WEEK, 15))
_NINE = time(9)
_BUSINESS_DAYS = 5
_ROUNDS = 3
"""A circle may bring more hours with every round; what is found after a few is enough to tell."""


@dataclass(frozen=True)
class Late:
    """`always`: it can never leave on time. `words`: what is wrong and the way out."""

    step: str
    words: str
    always: bool


def find_late(definition: Definition) -> Iterator[Late]:
    """Steps whose hours are shut for longer than they may be late; of hours that are never open others speak."""
    hours = {
        step.key: found
        for step in definition.steps
        if step.channel is not None and (found := open_hours(definition.windows, step.channel))
    }
    short = [step for step in definition.steps if step.key in hours and _may_be_late(step, hours[step.key])]
    due = _due(definition, hours) if short else {}
    for step in short:
        dripped = definition.entry.drip is not None and step is definition.steps[0]
        only = set() if dripped else _only_at(step.wait)
        if only and all(hours[step.key].wait_at(minute) > bears(step) for minute in only):
            yield Late(step.key, _always(step, hours[step.key], min(only)), always=True)
        elif step.after_window is AfterWindow.hold:
            waits = {minute: hours[step.key].wait_at(minute) for minute in due[step.key]}
            late = {
                minute: wait
                for minute, wait in waits.items()
                if wait > bears(step) and not _is_meant(step, minute, wait)
            }
            if late:
                yield Late(step.key, _sometimes(step, late), always=False)


def bears(step: Step) -> float:
    """Minutes that it waits for the hours at most."""
    bears = step.max_lateness if step.after_window is AfterWindow.hold else min(step.max_lateness, step.max_hold)
    return bears / timedelta(minutes=1)


def is_belated(until: Until, minute: int, wait: int) -> bool:
    """Whether a reminder that is due at this minute of the week, and waits so long, leaves when its day has begun."""
    return until.days < 0 and (minute % DAY + wait) // DAY >= -until.days


def said(minute: int) -> str:
    """A minute of the week: `Monday 09:00`."""
    return f"{DAY_WORDS[minute // DAY]} {minute % DAY // 60:02}:{minute % 60:02}"


def _is_meant(step: Step, minute: int, wait: int) -> bool:
    """A reminder that its hours would bring too late for its day is skipped as it should be."""
    until = step.wait.until
    return until is not None and until.otherwise is not Otherwise.now and is_belated(until, minute, wait)


def _may_be_late(step: Step, hours: OpenHours) -> bool:
    return max(hours.wait_at(end % WEEK) for _, end in hours.spans) > bears(step)


def _always(step: Step, hours: OpenHours, minute: int) -> str:
    at = f"{minute % DAY // 60:02}:{minute % 60:02}"
    name = "max_lateness" if step.after_window is AfterWindow.hold else "max_hold"
    most = duration_said(timedelta(minutes=bears(step)))
    return (
        f"'{step.key}' is due at {at}, when by the windows or the law it may not leave, and bears a wait of {most} at "
        f"most, so it is always skipped; move its 'at' into the hours, or raise its {name} above "
        f"{_hours(hours.wait_at(minute))}"
    )


def _sometimes(step: Step, late: Mapping[int, int]) -> str:
    days = [DAY_WORDS[day] for day in sorted({minute // DAY for minute in late})]
    told = "any day" if len(days) == len(DAY_WORDS) else " or ".join(filter(None, (", ".join(days[:-1]), days[-1])))
    minute, wait = max(late.items(), key=lambda one: one[1])
    opens = said((minute + wait) % WEEK)
    room = math.ceil((wait + 60) / DAY)
    return (
        f"due on {told}, it may have to wait {_hours(wait)} for the hours to open ({opens}); as that is more than "
        f"{duration_said(step.max_lateness)}, it is skipped then; write max_lateness: {{days: {room}}}, open the "
        f"windows sooner, or say that it is not to wait for them: after_window: skip"
    )


def _hours(minutes: int) -> str:
    return count_said(math.ceil(minutes / 60), "hour")


def _due(definition: Definition, hours: Mapping[str, OpenHours]) -> dict[str, set[int]]:
    """The minutes of the week at which each step may come due."""
    steps = definition.steps
    ways, skipped = ways_of(steps), ways_when_skipped(steps)
    begins: dict[str, set[int]] = {step.key: set() for step in steps}
    begins[steps[0].key] |= _ANY_TIME
    for _ in range(_ROUNDS):
        before = sum(map(len, begins.values()))
        for step in steps:
            due = _after(step.wait, begins[step.key])
            left = _left(step, due, hours.get(step.key))
            for key in ways[step.key]:
                begins[key] |= left
            for key in skipped.get(step.key, ()):
                begins[key] |= due | left
        if sum(map(len, begins.values())) == before:
            break
    return {step.key: _after(step.wait, begins[step.key]) for step in steps}


def _left(step: Step, due: set[int], hours: OpenHours | None) -> set[int]:
    """When the step before the next one may be over: what is sent, in the hours; a task or an event, at any time."""
    if hours is not None:
        return {(minute + wait) % WEEK for minute in due if (wait := hours.wait_at(minute)) <= bears(step)}
    takes_its_time = step.wait_for is not None or (step.task is not None and step.task.blocks)
    return set(_ANY_TIME) if takes_its_time and due else due


def _after(wait: Wait, begins: set[int]) -> set[int]:
    if not begins:
        return set()
    if wait.until is not None:
        days = due_until(wait.until)
        return days | begins if wait.until.otherwise is Otherwise.now else days
    exact = {(minute + wait.hours * 60 + wait.minutes + wait.days * DAY) % WEEK for minute in begins}
    there = {_business_days_on(minute, wait.business_days) for minute in exact}
    if wait.at is None:
        return there
    at = wait.at.hour * 60 + wait.at.minute
    same_day = wait.days or wait.business_days
    return {(minute - minute % DAY + at + (0 if same_day or minute % DAY < at else DAY)) % WEEK for minute in there}


def due_until(until: Until) -> set[int]:
    """The minutes of the week that such a day may name: a milestone has a time of its own, a date mostly has none."""
    if until.at is None and until.milestone is not None:
        return set(_ANY_TIME)
    return _at(until.at or _NINE, range(len(DAY_WORDS)))


def _business_days_on(minute: int, count: int) -> int:
    day = minute // DAY
    for _ in range(count):
        day = (day + 1) % len(DAY_WORDS)
        while day >= _BUSINESS_DAYS:
            day = (day + 1) % len(DAY_WORDS)
    return day * DAY + minute % DAY


def _at(at: time, days: range) -> set[int]:
    return {day * DAY + at.hour * 60 + at.minute for day in days}


def _only_at(wait: Wait) -> set[int]:
    """The only minutes of the week at which it can come due by itself, as far as the file says; empty if any may be."""
    if wait.until is not None:
        fixed = wait.until.at if wait.until.otherwise is not Otherwise.now else None
        return _at(fixed, range(len(DAY_WORDS))) if fixed else set()
    return _at(wait.at, range(_BUSINESS_DAYS if wait.business_days else len(DAY_WORDS))) if wait.at else set()
