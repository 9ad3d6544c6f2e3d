"""Time zones by their names, and local times as instants."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


@lru_cache(maxsize=1024)
def find_zone(name: str) -> ZoneInfo:
    """The zone of this IANA name; ValueError for any other."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"'{name}' is not a time zone such as America/New_York") from error


def instant_of(day: date, at: time, zone: ZoneInfo, *, fold: int = 0) -> datetime:
    """Aware UTC. A local time that a clock change skips moves forward by what was skipped; one that happens twice means
    the first (PEP 495, fold 0) unless `fold` is 1."""
    return datetime.combine(day, at.replace(fold=fold, tzinfo=None), zone).astimezone(UTC)
