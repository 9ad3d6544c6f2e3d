"""When people begin by portions: so many in each span of the hours in which their sequence may send."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.policy import OpenWindow, is_open
from modules.sequences.admit import portions
from modules.sequences.models_of_rules import Drip
from modules.sequences.models_of_runs import Portion
from tests.pure.touches import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EAST, WEST = "America/New_York", "America/Los_Angeles"
ZONES = (EAST, WEST, "Pacific/Honolulu", "Europe/Madrid")
WEEK, DAILY = (1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6, 7)
NOTHING = Portion(None, 0)


def window(begin: str, end: str, days: tuple[int, ...] = WEEK) -> OpenWindow:
    start, stop = (int(one[:2]) * 60 + int(one[3:]) for one in (begin, end))
    return OpenWindow(days, start, stop)


OFFICE = (window("09:00", "18:00"),)


def local(text: str, zone: str = EAST) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def queue(begin: str, people: int, windows: tuple[OpenWindow, ...], every: timedelta = HOUR) -> list[str]:
    """The local beginnings of portions of two, in order."""
    starts, _ = portions(Drip(2, every), NOTHING, [(local(begin), EAST)] * people, windows)
    begun = Counter(f"{start.astimezone(ZoneInfo(EAST)):%a %d %H:%M}" for start in starts)
    assert starts == sorted(starts)
    assert set(list(begun.values())[:-1]) <= {2}
    return list(begun)


def test_portions_are_counted_on_when_each_could_have_the_first_step() -> None:
    drip = Drip(2, HOUR)
    # ten in the morning here, and three hours later on the other coast
    ten, one = [(NOW, EAST)] * 3, [(NOW + 3 * HOUR, WEST)] * 3
    starts, onward = portions(drip, NOTHING, [*ten, *one], ())
    assert [(start - NOW) / HOUR for start in starts] == [0, 0, 1, 3, 3, 4]
    later, _ = portions(drip, onward, ten, ())
    assert [(start - NOW) / HOUR for start in later] == [4, 5, 5]
    assert portions(drip, onward, [], ()) == ([], onward)


@pytest.mark.parametrize(
    ("begin", "windows", "starts"),
    [
        # a night, and a weekend: the next one is counted on from the opening
        ("2026-11-05T16:30", OFFICE, ["Thu 05 16:30", "Thu 05 17:30", "Fri 06 09:00", "Fri 06 10:00"]),
        ("2026-11-06T16:00", OFFICE, ["Fri 06 16:00", "Fri 06 17:00", "Mon 09 09:00", "Mon 09 10:00"]),
        ("2026-11-07T12:00", OFFICE, ["Mon 09 09:00", "Mon 09 10:00", "Mon 09 11:00", "Mon 09 12:00"]),
        ("2026-11-05T04:10", OFFICE, ["Thu 05 09:00", "Thu 05 10:00", "Thu 05 11:00", "Thu 05 12:00"]),
        # shut at noon
        (
            "2026-11-05T10:45",
            (window("09:00", "12:00"), window("13:30", "18:00")),
            ["Thu 05 10:45", "Thu 05 11:45", "Thu 05 13:30", "Thu 05 14:30"],
        ),
        # open for less than one span: a portion at each opening
        (
            "2026-11-05T09:10",
            (window("09:00", "09:30"), window("17:00", "17:20")),
            ["Thu 05 09:10", "Thu 05 17:00", "Fri 06 09:00", "Fri 06 17:00"],
        ),
        (
            "2026-11-05T12:00",
            (window("09:00", "12:00", (4,)),),
            ["Thu 12 09:00", "Thu 12 10:00", "Thu 12 11:00", "Thu 19 09:00"],
        ),
        # nothing is shut
        ("2026-11-05T22:30", (), ["Thu 05 22:30", "Thu 05 23:30", "Fri 06 00:30", "Fri 06 01:30"]),
        # clocks go back on 1 November 2026 at two, and on on 14 March 2027: openings are local, hours are hours
        (
            "2026-10-31T09:15",
            (window("09:00", "10:30", DAILY),),
            ["Sat 31 09:15", "Sat 31 10:15", "Sun 01 09:00", "Sun 01 10:00"],
        ),
        (
            "2027-03-13T09:15",
            (window("09:00", "10:30", DAILY),),
            ["Sat 13 09:15", "Sat 13 10:15", "Sun 14 09:00", "Sun 14 10:00"],
        ),
        (
            "2027-03-14T00:30",
            (window("00:00", "06:00", DAILY),),
            ["Sun 14 00:30", "Sun 14 01:30", "Sun 14 03:30", "Sun 14 04:30"],
        ),
    ],
)
def test_a_portion_that_would_fall_outside_the_hours_begins_when_they_open(
    begin: str, windows: tuple[OpenWindow, ...], starts: list[str]
) -> None:
    assert queue(begin, 8, windows) == starts


def test_the_hour_that_comes_twice_has_its_portion_twice() -> None:
    begin = local("2026-11-01T00:30")
    starts, _ = portions(Drip(1, HOUR), NOTHING, [(begin, EAST)] * 4, (window("00:00", "06:00", DAILY),))
    assert [(start - begin) / HOUR for start in starts] == [0, 1, 2, 3]


def test_a_portion_of_a_day_keeps_to_the_hours_when_clocks_change() -> None:
    days = ["Fri 30 09:00", "Sat 31 09:00", "Sun 01 09:00", "Mon 02 09:00"]
    assert queue("2026-10-30T09:00", 8, (window("09:00", "12:00", DAILY),), DAY) == days
    onward = ["Fri 12 09:00", "Sat 13 09:00", "Sun 14 10:00", "Mon 15 10:00"]  # 24 hours, as without hours
    assert queue("2027-03-12T09:00", 8, (window("09:00", "12:00", DAILY),), DAY) == onward


def test_who_comes_later_joins_the_queue_where_it_stands() -> None:
    drip, begin = Drip(2, HOUR), local("2026-11-05T17:00")
    _, onward = portions(drip, NOTHING, [(begin, EAST)] * 3, OFFICE)
    assert onward == Portion(local("2026-11-06T09:00"), 1)
    starts, onward = portions(drip, onward, [(begin + HOUR, EAST)] * 2, OFFICE)
    assert starts == [local("2026-11-06T09:00"), local("2026-11-06T10:00")]
    starts, _ = portions(drip, onward, [(begin + 9 * DAY, EAST)], OFFICE)
    assert starts == [local("2026-11-16T09:00")]


def test_everybody_begins_in_the_hours_of_their_own_zone_and_the_east_goes_first() -> None:
    morning = (window("09:00", "11:00"),)
    both = [(local("2026-11-05T08:00"), zone) for _ in range(4) for zone in (WEST, EAST)]
    starts, onward = portions(Drip(1, HOUR), NOTHING, both, morning)
    west, east = sorted(starts[0::2]), sorted(starts[1::2])
    assert east == [local(f"2026-11-{day}") for day in ("05T09:00", "05T10:00", "06T09:00", "06T10:00")]
    assert west == [local(f"2026-11-{day}", WEST) for day in ("06T09:00", "06T10:00", "09T09:00", "09T10:00")]
    assert onward == Portion(local("2026-11-09T10:00", WEST), 1)


def test_a_place_that_is_left_in_a_portion_is_taken_when_their_hours_open_within_it() -> None:
    drip, windows = Drip(3, 4 * HOUR), OFFICE
    nine = local("2026-11-05T09:00")
    starts, onward = portions(drip, NOTHING, [(nine, WEST), (nine, EAST), (nine, EAST)], windows)
    assert starts == [nine + 3 * HOUR, nine, nine]
    assert onward == Portion(nine, 3)


@given(
    st.lists(st.tuples(st.integers(0, 24 * 60), st.sampled_from(ZONES)), max_size=40),
    st.integers(1, 3),
    st.integers(1, 72).map(lambda count: count * timedelta(minutes=20)),
    st.lists(
        st.builds(
            lambda days, begin, length: OpenWindow(tuple(days), begin, min(begin + length, 1439)),
            st.sets(st.integers(1, 7), min_size=1),
            st.integers(0, 1400),
            st.integers(20, 700),
        ),
        min_size=1,
        max_size=3,
    ),
)
def test_nobody_begins_too_soon_or_while_it_is_shut_and_never_too_many_in_a_span(
    people: list[tuple[int, str]], count: int, every: timedelta, windows: list[OpenWindow]
) -> None:
    drip, known = Drip(count, every), [(NOW + timedelta(minutes=late), zone) for late, zone in people]
    starts, _ = portions(drip, NOTHING, known, windows)
    for (earliest, zone), start in zip(known, starts, strict=True):
        assert start >= earliest
        assert is_open(windows, (zone,), start)
    for begin in starts:  # a portion may be joined late, so that its end and the whole next one come together
        assert sum(begin <= one < begin + every for one in starts) <= 2 * count
    here = [(NOW, EAST)] * len(people)
    together, _ = portions(drip, NOTHING, here, windows)
    assert all(sum(begin <= one < begin + every for one in together) <= count for begin in together)
