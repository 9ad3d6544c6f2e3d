"""The hours in which a client lets a sequence send, for a person whose zone may be any of several."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from modules.policy.models import OpenWindow

_DAYS = 9  # today, and the eight after it


def is_open(windows: Sequence[OpenWindow], zones: Collection[str], at: datetime) -> bool:
    """True when `at` lies inside one of the windows in every one of the zones; more zones never widen."""
    return all(any(_inside(window, at.astimezone(ZoneInfo(zone))) for window in windows) for zone in zones)


def next_opening(windows: Sequence[OpenWindow], zones: Collection[str], after: datetime) -> datetime | None:
    """The first instant at or after `after` that is open everywhere; None when eight days hold none.

    Where several zones have to be open, the first instant is always the beginning of a window in one of them.
    """
    if is_open(windows, zones, after):
        return after
    beginnings = {_begins(window, zone, after, day) for window in windows for zone in zones for day in range(_DAYS)}
    return next((at for at in sorted(beginnings) if at > after and is_open(windows, zones, at)), None)


def _begins(window: OpenWindow, zone: str, after: datetime, days_later: int) -> datetime:
    local_zone = ZoneInfo(zone)
    day = after.astimezone(local_zone).date() + timedelta(days=days_later)
    start = time(window.start_minute // 60, window.start_minute % 60)
    return datetime.combine(day, start, local_zone).astimezone(UTC)


def _inside(window: OpenWindow, local: datetime) -> bool:
    minute = local.hour * 60 + local.minute
    return local.isoweekday() in window.days and window.start_minute <= minute < window.end_minute
