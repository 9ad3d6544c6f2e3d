"""The times in a sequence file: waits, durations, windows."""

import re
from datetime import time, timedelta

from modules.content import is_variable
from modules.labels import MILESTONE_NAME
from modules.sequences.freeze_times import DAY_NAMES
from modules.sequences.models import Wait, Window
from modules.sequences.models_of_rules import Otherwise, Until
from modules.sequences.read_yaml import Fields

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_UNITS = {"minutes": 525_600, "hours": 8_760, "days": 365}
_UNTIL = '{field: contact.closing_on, days: -3, at: "09:00"}'
_DAYS_AWAY = 730
_WAIT_UNITS = {**_UNITS, "business_days": 260}


def read_time(fields: Fields, name: str) -> time | None:
    """A local time such as 09:30; quoted or not."""
    found = fields.text(name)
    if found is None:
        return None
    match = _TIME.fullmatch(found.value)
    if match is None:
        fields.say(name, f"'{found.value}' is not a time of day; write it like \"09:30\"")
        return None
    return time(int(match[1]), int(match[2]))


def read_milestone(fields: Fields, name: str) -> str | None:
    """A milestone's name; None, with a problem, when it is none."""
    found = fields.text(name, needed=f"name the milestone: {name}: showing")
    if found and not re.fullmatch(MILESTONE_NAME, found.value):
        fields.say(
            name, f"'{found.value}' is no milestone; lower-case letters, digits and _, such as {name}: market_analysis"
        )
        return None
    return found.value if found else None


def read_wait(step: Fields) -> Wait:
    """How long the step waits after the one before; nothing there means at once."""
    example = '{days: 1, at: "09:30"}'
    group = step.group("wait", example)
    if group is None:
        return Wait()
    if group.has("until"):
        return _until(group)
    group.allow((*_WAIT_UNITS, "at"))
    units = [name for name in _WAIT_UNITS if group.has(name)]
    if len(units) > 1:
        step.say("wait", f"use one of {', '.join(_WAIT_UNITS)}, not {' and '.join(units)} together")
    if not units and not group.has("at"):
        step.say("wait", f"say how long, for example {example}; leave 'wait' out to send at once")
    if group.has("at") and ("minutes" in units or "hours" in units):
        group.say("at", "'at' goes with days or business_days only; minutes and hours are counted exactly")
    minutes, hours, days, business_days = (
        (group.number(name, 0, most) or 0) if name in units else 0 for name, most in _WAIT_UNITS.items()
    )
    return Wait(minutes, hours, days, business_days, read_time(group, "at"))


def _until(wait: Fields) -> Wait:
    """Until a date of the contact's own, some days before or after it."""
    wait.allow(("until",))
    group = wait.group("until", _UNTIL)
    if group is None:
        return Wait()
    group.allow(("field", "milestone", "days", "at", "otherwise"))
    milestone = read_milestone(group, "milestone") if group.has("milestone") else None
    if milestone and group.has("field"):
        group.say("milestone", "wait until a field's date or until a milestone, not both")
    needed = (
        f"name the field that holds the date: until: {_UNTIL}; or a milestone: until: {{milestone: showing, days: 1}}"
    )
    name = None if group.has("milestone") else group.text("field", needed=needed)
    if name and not (is_variable(name.value) and name.value.startswith("contact.")):
        group.say("field", f"'{name.value}' is not a field of a contact, such as contact.closing_on")
    days = group.number("days", -_DAYS_AWAY, _DAYS_AWAY) or 0
    told = group.text("otherwise")
    if told and told.value not in tuple(Otherwise):
        group.say("otherwise", f"'{told.value}' is not known; write skip (the default), end or now")
        told = None
    otherwise = Otherwise(told.value) if told else Otherwise.skip
    field = None if milestone else name.value if name else ""
    return Wait(until=Until(field, days, read_time(group, "at"), otherwise, milestone))


def read_duration(fields: Fields, name: str, example: str) -> timedelta | None:
    """One of minutes, hours, days, and more than nothing."""
    group = fields.group(name, example)
    if group is None:
        if not fields.has(name):
            fields.say(name, f"say how long: {name}: {example}")
        return None
    return duration_of(group, example)


def duration_of(group: Fields, example: str) -> timedelta | None:
    """The duration that this very group stands for."""
    group.allow(tuple(_UNITS))
    units = [unit for unit in _UNITS if group.has(unit)]
    if len(units) != 1:
        group.blame(f"use exactly one of {', '.join(_UNITS)}, for example {example}")
        return None
    amount = group.number(units[0], 1, _UNITS[units[0]])
    return None if amount is None else timedelta(**{units[0]: amount})


def read_windows(top: Fields) -> tuple[Window, ...]:
    """The local hours in which steps may leave; none means any hour that policy allows."""
    groups = top.groups("windows", '- {days: [mon, tue], from: "09:00", to: "17:00"}')
    return tuple(window for window in map(_window, groups) if window is not None)


def _window(group: Fields) -> Window | None:
    group.allow(("days", "from", "to"))
    days = _days(group)
    for name in ("from", "to"):
        if not group.has(name):
            group.say(name, f"'{name}' is missing; write for example {name}: \"09:00\"")
    start, end = read_time(group, "from"), read_time(group, "to")
    if start is None or end is None or not days:
        return None
    if start >= end:
        group.say("to", f"the window ends at {end:%H:%M}, before it begins; for a night, write two windows")
        return None
    return Window(days, start, end)


def _days(group: Fields) -> tuple[int, ...]:
    example = "[mon, tue, wed, thu, fri]"
    texts = group.texts("days", example)
    for text in texts:
        if text.value not in DAY_NAMES:
            group.say("days", f"'{text.value}' is not a day; write {', '.join(DAY_NAMES)}")
    if not texts:
        group.say("days", f"name at least one day, for example days: {example}")
    return tuple(sorted({DAY_NAMES.index(text.value) + 1 for text in texts if text.value in DAY_NAMES}))
