"""Local hours for a person who may be in any of several zones, over clock changes too."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.labels import ChannelName
from modules.policy import OpenWindow, is_open, next_opening
from modules.policy.quiet_hours import CALLING_HOURS, EVERY_DAY, seconds_left, window_seconds
from tests.pure.candidates import LOS_ANGELES, NEW_YORK, ZONES, in_zone

SECOND = timedelta(seconds=1)
# weeks around clock changes in both hemispheres, and plain ones
WEEKS = ("2026-03-05", "2026-03-26", "2026-10-01", "2026-10-22", "2026-10-29", "2027-02-11", "2027-04-01")
instants = st.builds(
    lambda day, seconds: datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(seconds=seconds),
    st.sampled_from(WEEKS),
    st.integers(0, 7 * 86_400),
)
zone_sets = st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True).map(tuple)
starts = st.integers(0, 1438)
any_window = starts.flatmap(
    lambda start: st.builds(
        OpenWindow,
        st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True).map(tuple),
        st.just(start),
        st.integers(start + 1, 1439),
    )
)


@pytest.mark.parametrize(
    ("local", "open_now"),
    [("07:59:59", False), ("08:00:00", True), ("20:59:59", True), ("21:00:00", False), ("00:00:00", False)],
)
def test_calling_hours_begin_at_eight_and_end_before_nine_in_the_evening(local: str, open_now: bool) -> None:
    for day in ("2026-03-08", "2026-07-04", "2026-11-01", "2026-11-26"):
        assert is_open((CALLING_HOURS,), (NEW_YORK,), in_zone(f"{day}T{local}")) is open_now


def test_two_zones_share_the_hours_that_both_have() -> None:
    both = (NEW_YORK, LOS_ANGELES)
    assert not is_open((CALLING_HOURS,), both, in_zone("2026-11-23T10:59"))
    assert is_open((CALLING_HOURS,), both, in_zone("2026-11-23T11:00"))
    assert is_open((CALLING_HOURS,), both, in_zone("2026-11-23T20:59"))
    assert seconds_left((CALLING_HOURS,), both, in_zone("2026-11-23T20:30")) == 1800


def test_zones_half_a_world_apart_share_no_hour_and_nothing_is_promised() -> None:
    zones = ("America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Pacific/Honolulu")
    assert next_opening((CALLING_HOURS,), zones, in_zone("2026-11-23T12:00")) is None


def test_the_morning_after_a_clock_change_opens_at_eight_by_the_new_time() -> None:
    for day, hours in (("2026-03-08", 10), ("2026-11-01", 12)):
        evening = in_zone(f"{day}T00:00") - timedelta(hours=3)
        opening = next_opening((CALLING_HOURS,), (NEW_YORK,), evening)
        assert opening == in_zone(f"{day}T08:00")
        assert opening - evening == timedelta(hours=hours)


@given(st.lists(any_window, min_size=1, max_size=3).map(tuple), zone_sets, instants)
def test_what_is_left_never_reaches_past_the_end_of_an_open_hour(
    windows: tuple[OpenWindow, ...], zones: tuple[str, ...], at: datetime
) -> None:
    left = seconds_left(windows, zones, at)
    assert left >= 0
    for second in {0, *range(0, left, 60), max(0, left - 1)}:
        assert left == 0 or is_open(windows, zones, at + second * SECOND)


@given(zone_sets, instants)
def test_what_is_left_of_calling_hours_is_exact_and_nothing_when_shut(zones: tuple[str, ...], at: datetime) -> None:
    left = seconds_left((CALLING_HOURS,), zones, at)
    assert (left > 0) == is_open((CALLING_HOURS,), zones, at)
    ends = [datetime.combine(at.astimezone(ZoneInfo(z)), time(21), ZoneInfo(z)).astimezone(UTC) for z in zones]
    if left:
        assert at + left * SECOND == min(ends)
        assert not is_open((CALLING_HOURS,), zones, at + left * SECOND)


@given(st.lists(any_window, min_size=1, max_size=2).map(tuple), zone_sets, st.sampled_from(ZONES), instants)
def test_one_zone_more_never_widens_a_window(
    windows: tuple[OpenWindow, ...], zones: tuple[str, ...], zone: str, at: datetime
) -> None:
    more = (*zones, zone)
    assert is_open(windows, zones, at) or not is_open(windows, more, at)
    assert seconds_left(windows, more, at) <= seconds_left(windows, zones, at)
    opening, later = next_opening(windows, zones, at), next_opening(windows, more, at)
    assert later is None or (opening is not None and opening <= later)


@given(st.lists(any_window, min_size=1, max_size=2).map(tuple), zone_sets, instants)
def test_the_next_opening_is_open_and_not_before_now(
    windows: tuple[OpenWindow, ...], zones: tuple[str, ...], at: datetime
) -> None:
    opening = next_opening(windows, zones, at)
    if opening is not None:
        assert opening >= at
        assert is_open(windows, zones, opening)


@given(st.sampled_from(ZONES), instants)
def test_calling_hours_open_again_within_a_day(zone: str, at: datetime) -> None:
    opening = next_opening((CALLING_HOURS,), (zone,), at)
    assert opening is not None
    assert opening - at <= timedelta(hours=12, minutes=15)


def test_mail_has_no_end_of_its_hours_and_neither_has_an_unknown_place() -> None:
    noon = in_zone("2026-11-23T12:00")
    assert window_seconds(ChannelName.email, (NEW_YORK,), noon) is None
    assert window_seconds(ChannelName.sms, None, noon) is None
    assert window_seconds(ChannelName.sms, (NEW_YORK,), noon) == 9 * 3600
    assert set(CALLING_HOURS.days) == set(EVERY_DAY)
