"""Reminders that shut hours put off until the day has begun which they are to come before."""

from collections.abc import Iterator
from datetime import timedelta

from modules.sequences.check_lateness import bears, due_until, is_belated, said
from modules.sequences.models import Definition, Step
from modules.sequences.models_of_rules import Until
from modules.sequences.open_hours import DAY, WEEK, OpenHours, open_hours

_HOURS_BEFORE = 4
"""By how many hours such a reminder's `max_lateness` is to fall short of its days, where its time of day is open."""


def find_belated(definition: Definition) -> Iterator[tuple[str, str]]:
    """Step and words of each. One without `at` may be due late in the evening, so that some hours always put it off:
    it is told only where its `max_lateness` leaves it whole days."""
    for step in definition.steps:
        until = step.wait.until
        hours = open_hours(definition.windows, step.channel) if step.channel is not None else None
        if until is None or until.days >= 0 or hours is None:
            continue
        put_off = _put_off(step, until, hours)
        if put_off and (until.at is not None or bears(step) >= -until.days * DAY):
            yield step.key, _words(until, hours, min(put_off, key=put_off.__getitem__))


def _put_off(step: Step, until: Until, hours: OpenHours) -> dict[int, int]:
    """The minutes of the week at which it may be due, with the minutes it waits then, if it leaves too late for its
    day and all the same leaves."""
    waits = {minute: hours.wait_at(minute) for minute in due_until(until)}
    return {
        minute: wait
        for minute, wait in sorted(waits.items())
        if wait <= bears(step) and is_belated(until, minute, wait)
    }


def _words(until: Until, hours: OpenHours, minute: int) -> str:
    wait = hours.wait_at(minute)
    opens = said((minute + wait) % WEEK)
    return (
        f"due on {said(minute)}, it waits for the hours to open ({opens}), when the day it is to come before has "
        f"begun; {_way_out(until, hours, wait)}, or let it leave more days before"
    )


def _way_out(until: Until, hours: OpenHours, wait: int) -> str:
    """To be skipped on such days, unless it is shut at that time of every day: then it would be skipped always."""
    late = timedelta(minutes=wait - 1) if until.at else timedelta(days=-until.days, hours=-_HOURS_BEFORE)
    whole = late // timedelta(hours=1)
    room = timedelta(hours=whole) if whole else timedelta(minutes=max(wait - 1, 1))
    if all(hours.wait_at(minute) > room / timedelta(minutes=1) for minute in due_until(until)):
        return "move its 'at' into the hours"
    amount = f"{{hours: {whole}}}" if whole else f"{{minutes: {room // timedelta(minutes=1)}}}"
    return f"write max_lateness: {amount}, so that it is skipped then"
