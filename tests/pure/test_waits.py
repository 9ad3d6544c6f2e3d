"""When the next step is due, across clock changes and week-ends."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.sequences.models import Wait
from modules.sequences.models_of_rules import Until
from modules.sequences.waits import due_after

ZONES = (
    *("America/New_York", "America/Los_Angeles", "America/Phoenix", "Europe/Oslo", "Asia/Kolkata", "Asia/Kathmandu"),
    *("Australia/Lord_Howe", "Pacific/Apia", "Pacific/Chatham", "America/Sao_Paulo", "Africa/Casablanca", "UTC"),
)
starts = st.integers(0, 30 * 365 * 86_400).map(
    lambda seconds: datetime(2005, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
zones = st.sampled_from(ZONES)
times = st.times().map(lambda value: value.replace(second=0, microsecond=0))


def in_new_york(text: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/New_York"), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("wait", "start", "due"),
    [
        (Wait(), "2026-11-20T10:00", "2026-11-20T10:00"),
        (Wait(minutes=90), "2026-11-20T10:00", "2026-11-20T11:30"),
        (Wait(days=1), "2026-11-20T10:00", "2026-11-21T10:00"),
        (Wait(days=1, at=time(9, 30)), "2026-11-20T23:50", "2026-11-21T09:30"),
        (Wait(days=1, at=time(9, 30)), "2026-11-20T00:10", "2026-11-21T09:30"),
        (Wait(at=time(9, 30)), "2026-11-20T08:00", "2026-11-20T09:30"),
        (Wait(at=time(9, 30)), "2026-11-20T09:30", "2026-11-21T09:30"),
        (Wait(at=time(9, 30)), "2026-11-20T10:00", "2026-11-21T09:30"),
        (Wait(business_days=1), "2026-11-20T10:00", "2026-11-23T10:00"),  # Friday
        (Wait(business_days=1), "2026-11-21T10:00", "2026-11-23T10:00"),  # Saturday
        (Wait(business_days=1), "2026-11-22T10:00", "2026-11-23T10:00"),  # Sunday
        (Wait(business_days=5, at=time(8)), "2026-11-18T10:00", "2026-11-25T08:00"),  # Wednesday
        (Wait(days=1), "2026-03-07T12:00", "2026-03-08T12:00"),  # a day of 23 hours
        (Wait(days=1), "2026-10-31T12:00", "2026-11-01T12:00"),  # a day of 25 hours
        (Wait(days=1, at=time(2, 30)), "2026-03-07T12:00", "2026-03-08T03:30"),  # a time that does not exist
    ],
)
def test_a_wait_ends_at_the_local_time_it_says(wait: Wait, start: str, due: str) -> None:
    assert due_after(wait, in_new_york(start), "America/New_York") == in_new_york(due)


def test_hours_are_exact_when_the_clocks_change() -> None:
    start = in_new_york("2026-03-08T01:30")
    assert due_after(Wait(hours=24), start, "America/New_York") == start + timedelta(hours=24)


def test_a_local_time_that_happens_twice_means_the_first() -> None:
    due = due_after(Wait(days=1, at=time(1, 30)), in_new_york("2026-10-31T12:00"), "America/New_York")
    assert due == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize("told", ["2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00"])
def test_an_instant_that_was_told_is_waited_for_in_either_of_two_equal_hours(told: str) -> None:
    start, at = in_new_york("2026-10-20T12:00"), datetime.fromisoformat(told).astimezone(UTC)
    of_field, of_milestone = Wait(until=Until("contact.meeting")), Wait(until=Until(None, milestone="meeting"))
    assert due_after(of_field, start, "America/New_York", {"meeting": told}) == at
    assert due_after(of_milestone, start, "America/New_York", {}, {"meeting": (at,)}) == at
    day_before = Wait(until=Until("contact.meeting", days=-1))
    assert due_after(day_before, start, "America/New_York", {"meeting": told}) == in_new_york("2026-10-31T01:30")


def test_a_start_in_the_second_of_two_equal_hours_moves_on_to_the_next_day() -> None:
    start = in_new_york("2026-11-01T01:15", fold=1)
    assert due_after(Wait(at=time(1, 30)), start, "America/New_York") == in_new_york("2026-11-02T01:30")


def test_a_day_that_a_zone_left_out_moves_forward() -> None:
    start = datetime(2011, 12, 29, 20, 0, tzinfo=ZoneInfo("Pacific/Apia")).astimezone(UTC)
    due = due_after(Wait(days=1, at=time(9)), start, "Pacific/Apia").astimezone(ZoneInfo("Pacific/Apia"))
    assert (due.month, due.day, due.hour) == (12, 31, 9)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "America", "../etc/passwd", "New York", "/etc/localtime"])
def test_an_unknown_zone_is_a_value_error_and_no_guess(zone: str) -> None:
    with pytest.raises(ValueError, match="is not a time zone"):
        due_after(Wait(), datetime(2026, 1, 1, tzinfo=UTC), zone)


def test_a_start_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        due_after(Wait(), datetime(2026, 1, 1), "UTC")  # noqa: DTZ001 - that is what is refused


@given(
    starts,
    zones,
    st.builds(
        Wait,
        minutes=st.integers(0, 2000),
        hours=st.integers(0, 200),
        days=st.integers(0, 60),
        business_days=st.integers(0, 20),
        at=st.none() | times,
    ),
)
def test_no_wait_ends_before_its_start(start: datetime, zone: str, wait: Wait) -> None:
    due = due_after(wait, start, zone)
    assert due >= start + timedelta(minutes=wait.minutes, hours=wait.hours)
    assert due.tzinfo is UTC


@given(starts, zones, st.integers(0, 90), st.none() | times)
def test_one_day_more_is_never_sooner(start: datetime, zone: str, days: int, at: time | None) -> None:
    assert due_after(Wait(days=days, at=at), start, zone) <= due_after(Wait(days=days + 1, at=at), start, zone)


@given(starts, zones, st.integers(0, 30), times)
def test_the_time_of_day_is_kept_unless_it_does_not_exist(start: datetime, zone: str, days: int, at: time) -> None:
    local = due_after(Wait(days=days, at=at), start, zone).astimezone(ZoneInfo(zone))
    wanted = local.replace(hour=at.hour, minute=at.minute, fold=0)
    exists = wanted.astimezone(UTC).astimezone(ZoneInfo(zone)).time() == at
    assert local.time() == at or not exists
    assert local.fold == 0 or not exists


@given(starts, zones, st.integers(1, 30))
def test_business_days_end_from_monday_to_friday(start: datetime, zone: str, count: int) -> None:
    due = due_after(Wait(business_days=count, at=time(12)), start, zone)
    assert due.astimezone(ZoneInfo(zone)).isoweekday() <= 5
