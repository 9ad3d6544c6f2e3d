"""The hours of a week in which steps of a channel may leave at the widest: the file's windows and the federal hours.

A week is minutes from Monday, midnight, in the contact's calendar. States, holidays and other zones only take away from
these hours, so what is shut here is shut for everybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from modules.labels import ChannelName
from modules.policy import Hours, OpenWindow, is_allowed, next_allowed
from modules.sequences.models import Definition, Window

DAY = 1440
WEEK = 7 * DAY
_MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_NOWHERE = "UTC"
_EVERY_HOUR = Window((1, 2, 3, 4, 5, 6, 7), time(0), time(23, 59))


@dataclass(frozen=True)
class OpenHours:
    """`spans`: begin and end (exclusive) of each, in minutes of the week."""

    spans: tuple[tuple[int, int], ...]

    def wait_at(self, minute: int) -> int:
        """How many minutes it is shut from this minute of the week on; 0 where it is open."""
        return min(max(0, begin - minute) if minute < end else begin + WEEK - minute for begin, end in self.spans)


def windows_of(definition: Definition) -> tuple[OpenWindow, ...]:
    """The hours a client wants its sequence to keep to."""
    return tuple(
        OpenWindow(one.days, one.start.hour * 60 + one.start.minute, one.end.hour * 60 + one.end.minute)
        for one in definition.windows
    )


def open_hours(windows: Sequence[Window], channel: ChannelName) -> OpenHours | None:
    """None where there is no such hour; without windows and law it is always open."""
    if not windows and channel is ChannelName.email:
        return OpenHours(((0, WEEK),))
    spans = [_span(window, day, channel) for window in windows or (_EVERY_HOUR,) for day in window.days]
    found = sorted({span for span in spans if span is not None})
    return OpenHours(tuple(found)) if found else None


def _span(window: Window, day: int, channel: ChannelName) -> tuple[int, int] | None:
    date = _MONDAY + timedelta(days=day - 1)
    begin, end = datetime.combine(date, window.start, UTC), datetime.combine(date, window.end, UTC)
    if channel is not ChannelName.email:
        hours = Hours(frozenset({_NOWHERE}), frozenset(), channel, holidays=False)
        begin = max(begin, next_allowed(hours, begin) or end)
        while begin < end and not is_allowed(hours, end - _MINUTE):
            end -= _MINUTE
    return ((begin - _MONDAY) // _MINUTE, (end - _MONDAY) // _MINUTE) if begin < end else None
