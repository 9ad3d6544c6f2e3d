"""When the next step is due: minutes and hours are exact, days are days of the contact's calendar."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType

from modules.sequences.contact_fields import field_text, read_moment
from modules.sequences.models import Wait
from modules.sequences.models_of_rules import Milestones, Until
from modules.sequences.zones import find_zone, instant_of

_DAY = timedelta(days=1)
_SATURDAY = 6  # ISO weekday


_NO_FIELDS: Mapping[str, object] = MappingProxyType({})
_NO_MILESTONES: Milestones = MappingProxyType({})
_MORNING = time(9)


def due_after(
    wait: Wait,
    start: datetime,
    zone: str,
    fields: Mapping[str, object] = _NO_FIELDS,
    milestones: Milestones = _NO_MILESTONES,
) -> datetime:
    """The instant `wait` after `start`, aware UTC, never before `start`; or, where it waits `until` a date of the
    contact's `fields` or `milestones`, that instant, which may lie before (`start` when there is no such date: the step
    itself says what happens then).

    Minutes and hours count first and exactly; then days and business days (Monday to Friday; holidays are a matter of
    policy) move the local date and keep the local time; `at` then sets the local time, on the next day when that is not
    after the start. A local time that a clock change skips moves forward by what was skipped; one that happens twice
    means the first (PEP 495, fold 0). ValueError for an unknown zone or a naive start.
    """
    if start.tzinfo is None:
        raise ValueError("start has no time zone")
    if wait.until is not None:
        return until_instant(wait.until, zone, fields, milestones) or start.astimezone(UTC)
    exact = start.astimezone(UTC) + timedelta(hours=wait.hours, minutes=wait.minutes)
    local_zone = find_zone(zone)
    if not wait.days and not wait.business_days and wait.at is None:
        return exact
    local = exact.astimezone(local_zone)
    day = _add_business_days(local.date() + wait.days * _DAY, wait.business_days)
    at = local.time() if wait.at is None else wait.at
    due = instant_of(day, at, local_zone)
    while due < exact or (wait.at is not None and due == exact):
        day += _DAY
        due = instant_of(day, at, local_zone)
    return due


def until_instant(
    until: Until, zone: str, fields: Mapping[str, object], milestones: Milestones = _NO_MILESTONES
) -> datetime | None:
    """The instant that a date field or the latest milestone names, moved by whole days of the contact's calendar, aware
    UTC; None when it is missing or no date. The time of day is `at`, else its own, else nine in the morning."""
    if until.milestone is not None:
        known = milestones.get(until.milestone)
        text = known[-1].isoformat() if known else None
    else:
        text = field_text(fields, until.field or "")
    moment = read_moment(text, zone) if text else None
    if moment is None:
        return None
    day, own = moment
    # an instant that was told is itself, also in an hour that happens twice
    fold = own.fold if own is not None and until.at is None and not until.days else 0
    return instant_of(day + until.days * _DAY, until.at or own or _MORNING, find_zone(zone), fold=fold)


def nine_o_clock(day: str, zone: str) -> datetime | None:
    """Nine in the morning of this ISO day in the zone, aware UTC; None for what is no day."""
    moment = read_moment(day, zone)
    return None if moment is None else instant_of(moment[0], _MORNING, find_zone(zone))


def _add_business_days(day: date, count: int) -> date:
    for _ in range(count):
        day += _DAY
        while day.isoweekday() >= _SATURDAY:
            day += _DAY
    return day
