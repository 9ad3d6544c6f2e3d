"""The one list of scheduled jobs; `modal_app.py`, `omnify up` and the demo read it. Five at most: the plan's limit."""

from datetime import datetime, timedelta
from typing import NamedTuple

MINUTE = timedelta(minutes=1)


def full_minute(instant: datetime) -> datetime:
    """The first full minute that is not earlier: crons fire on minutes."""
    over = timedelta(seconds=instant.second, microseconds=instant.microsecond)
    return instant - over + MINUTE if over else instant


class Schedule(NamedTuple):
    """A job's name, its cron in UTC, and when the platform kills it."""

    name: str
    cron: str
    timeout: timedelta


SCHEDULES: tuple[Schedule, ...] = (
    Schedule("sweep", "* * * * *", timedelta(seconds=120)),  # assumption A1 rests on these 120 s; it alone sends
    Schedule("guardian", "*/5 * * * *", timedelta(seconds=60)),
    Schedule("reconcile", "*/15 * * * *", timedelta(seconds=240)),
    Schedule("learn", "7 * * * *", timedelta(seconds=120)),
    Schedule("lifecycle", "17 * * * *", timedelta(seconds=120)),
)
