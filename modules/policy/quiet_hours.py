"""When the law and our caution let a person be reached, wherever they may be: every rule in every zone has to agree.

All of it is intervals of UTC, one a zone and local day, so that clock changes need no care: windows lie between 8 in
the morning and 9 in the evening, and no clock changes then. Many people of a batch are in the same place at the same
instant, so what was worked out for one is kept for the next.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from modules.labels import ChannelName
from modules.policy.calendars import holidays_of
from modules.policy.models import Rule, Span
from modules.policy.rules import GRADES, rules_of

NOT_THE_LAST = {ChannelName.sms: timedelta(minutes=15), ChannelName.voice: timedelta(minutes=1)}
"""Nothing leaves in the last minutes of a window: carriers queue a text, and a telephone rings (rule H-1 of our notes
on the law, 2026-11-20). What did leave may still arrive until the window's true end."""
RINGS = timedelta(minutes=1)
LOOK_AHEAD = timedelta(days=8)
"""Whoever has no common hour in a week and a day has none at all; a person decides."""

_DAY = timedelta(days=1)
_Interval = tuple[datetime, datetime]


class Hours(NamedTuple):
    """Whose hours: every zone and state the person may be in, and the channel. Days without an hour in any are shut.

    A tuple, since it is the key of everything that is kept here.
    """

    zones: frozenset[str]
    states: frozenset[str]
    channel: ChannelName
    holidays: bool = True
    """False leaves holidays to a guard of their own, so that each reason is told by its name."""


@lru_cache(maxsize=4096)
def is_allowed(hours: Hours, at: datetime) -> bool:
    """True when every zone is inside the hours of its day, and not in their last minutes."""
    return all(_next_in_zone(hours, zone, at) == at for zone in hours.zones)


def next_allowed(hours: Hours, after: datetime) -> datetime | None:
    """The first instant at or after `after` at which `is_allowed`; None when eight days hold none."""
    at, end = after, after + LOOK_AHEAD
    while at <= end:
        openings = [_next_in_zone(hours, zone, at) for zone in hours.zones]
        if None in openings:
            return None
        latest = max((opening for opening in openings if opening), default=at)
        if latest == at:
            return at
        at = latest
    return None


@lru_cache(maxsize=4096)
def seconds_left(hours: Hours, at: datetime) -> int:
    """Whole seconds in which a text may still arrive or a call begin; 0 where nothing may leave."""
    if not hours.zones or not is_allowed(hours, at):
        return 0
    end = min(end for zone in hours.zones for _, end in [_interval_at(hours, zone, at)])
    return int((end - (RINGS if hours.channel is ChannelName.voice else timedelta(0)) - at).total_seconds())


def window_seconds(
    channel: ChannelName, zones: frozenset[str] | None, states: frozenset[str], now: datetime
) -> int | None:
    """How long the provider may still deliver; None where no hour is quiet (e-mail) or the place is not known."""
    if channel is ChannelName.email or not zones:
        return None
    return seconds_left(Hours(frozenset(zones), states, channel), now)


@lru_cache(maxsize=4096)
def binding_rule(hours: Hours, at: datetime) -> Rule | None:
    """The rule that forbids this instant, else the one that ends today's hours first; the best founded of several."""
    found = [
        (_end_of(rule, hours, zone, at), GRADES.index(rule.grade), rule.name, rule)
        for rule in rules_of(hours.states, hours.channel)
        for zone in hours.zones
    ]
    return min(found, key=lambda one: one[:3])[3] if found else None


def _end_of(rule: Rule, hours: Hours, zone: str, at: datetime) -> datetime:
    """The end of the rule's hours around `at`; the beginning of time when nothing may leave by them."""
    day = at.astimezone(ZoneInfo(zone)).date()
    span = _span_on(rule, day, hours.holidays)
    begin, end = _in_utc(zone, day, span) if span else (at, at)
    return end if begin <= at < end - NOT_THE_LAST[hours.channel] else datetime.min.replace(tzinfo=UTC)


def _next_in_zone(hours: Hours, zone: str, at: datetime) -> datetime | None:
    """The first instant from `at` on that this zone allows."""
    day = at.astimezone(ZoneInfo(zone)).date()
    for _ in range(LOOK_AHEAD.days + 1):
        if interval := _interval(hours, zone, day):
            opening = max(at, interval[0])
            if opening < interval[1] - NOT_THE_LAST[hours.channel]:
                return opening
        day += _DAY
    return None


def _interval_at(hours: Hours, zone: str, at: datetime) -> _Interval:
    return _interval(hours, zone, at.astimezone(ZoneInfo(zone)).date()) or (at, at)


@lru_cache(maxsize=65_536)
def _interval(hours: Hours, zone: str, day: date) -> _Interval | None:
    """What all rules together leave of one local day."""
    spans = [_span_on(rule, day, hours.holidays) for rule in rules_of(hours.states, hours.channel)]
    begin = max((span[0] for span in spans if span), default=0)
    end = min((span[1] for span in spans if span), default=0)
    return _in_utc(zone, day, (begin, end)) if None not in spans and begin < end else None


def _span_on(rule: Rule, day: date, with_holidays: bool) -> Span | None:
    if with_holidays and rule.knows_holidays and day in holidays_of(rule.state, day.year):
        usual = rule.days[day.weekday()]
        kept = rule.on_holidays
        return (max(usual[0], kept[0]), min(usual[1], kept[1])) if usual and kept else None
    return rule.days[day.weekday()]


@lru_cache(maxsize=65_536)
def _in_utc(zone: str, day: date, span: Span) -> _Interval:
    begin, end = (
        datetime.combine(day, time(minute // 60, minute % 60), ZoneInfo(zone)).astimezone(UTC) for minute in span
    )
    return begin, end
