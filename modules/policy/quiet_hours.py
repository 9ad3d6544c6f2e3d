"""Local hours, for a person whose time zone may be any of several."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from modules.labels import ChannelName
from modules.policy.models import OpenWindow

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
CALLING_HOURS = OpenWindow(EVERY_DAY, 8 * 60, 21 * 60)
"""8 a.m. to 9 p.m. at the called person's place: 47 CFR 64.1200(c)(1), read 2026-11-20."""

_STEP = timedelta(minutes=15)
_DAYS = 9  # today, and the eight after it


def is_open(windows: Sequence[OpenWindow], zones: Sequence[str], at: datetime) -> bool:
    """True when `at` lies inside one of the windows in every one of the zones; more zones never widen."""
    return all(any(_inside(window, at.astimezone(ZoneInfo(zone))) for window in windows) for zone in zones)


def next_opening(windows: Sequence[OpenWindow], zones: Sequence[str], after: datetime) -> datetime | None:
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


def seconds_left(windows: Sequence[OpenWindow], zones: Sequence[str], at: datetime) -> int:
    """Seconds until the window closes, counted in whole quarters of an hour and never past the real end; 0 if shut."""
    if not is_open(windows, zones, at):
        return 0
    end = _quarter_after(at)
    while is_open(windows, zones, end - timedelta(seconds=1)) and end - at <= timedelta(hours=24):
        end += _STEP
    end -= _STEP
    return max(0, int((end - at).total_seconds()))


def window_seconds(channel: ChannelName, zones: Sequence[str] | None, now: datetime) -> int | None:
    """How long the provider may still deliver; None where no hour is quiet (e-mail)."""
    if channel is ChannelName.email or not zones:
        return None
    return seconds_left((CALLING_HOURS,), zones, now)


def _inside(window: OpenWindow, local: datetime) -> bool:
    minute = local.hour * 60 + local.minute
    return local.isoweekday() in window.days and window.start_minute <= minute < window.end_minute


def _quarter_after(at: datetime) -> datetime:
    floor = at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
    return floor + _STEP
