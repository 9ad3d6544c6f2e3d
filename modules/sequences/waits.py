"""When the next step is due: minutes and hours are exact, days are days of the contact's calendar."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from modules.sequences.models import Wait

_DAY = timedelta(days=1)
_SATURDAY = 6  # ISO weekday


def due_after(wait: Wait, start: datetime, zone: str) -> datetime:
    """The instant `wait` after `start`, aware UTC, never before `start`.

    Minutes and hours count first and exactly; then days and business days (Monday to Friday; holidays are a matter of
    policy) move the local date and keep the local time; `at` then sets the local time, on the next day when that is not
    after the start. A local time that a clock change skips moves forward by what was skipped; one that happens twice
    means the first (PEP 495, fold 0). ValueError for an unknown zone or a naive start.
    """
    if start.tzinfo is None:
        raise ValueError("start has no time zone")
    exact = start.astimezone(UTC) + timedelta(hours=wait.hours, minutes=wait.minutes)
    local_zone = find_zone(zone)
    if not wait.days and not wait.business_days and wait.at is None:
        return exact
    local = exact.astimezone(local_zone)
    day = _add_business_days(local.date() + wait.days * _DAY, wait.business_days)
    at = local.time() if wait.at is None else wait.at
    due = _instant(day, at, local_zone)
    while due < exact or (wait.at is not None and due == exact):
        day += _DAY
        due = _instant(day, at, local_zone)
    return due


@lru_cache(maxsize=1024)
def find_zone(name: str) -> ZoneInfo:
    """The zone of this IANA name; ValueError for any other."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"'{name}' is not a time zone such as America/New_York") from error


def _add_business_days(day: date, count: int) -> date:
    for _ in range(count):
        day += _DAY
        while day.isoweekday() >= _SATURDAY:
            day += _DAY
    return day


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at.replace(fold=0, tzinfo=None), zone).astimezone(UTC)
