"""The engine by the clocks of people: nights in which they change, Navajo, leap days, and no known place."""

from datetime import timedelta

import pytest

from modules.consents import ConsentGiven
from modules.contacts import ContactDraft, add_contact
from modules.labels import ChannelName, ConsentKind
from scripts.conductor.stage import Stage
from tests.cast import join, rows, story
from tests.flow.outside import sweep_at
from tests.flow.people import gather, gone, utc

SECOND = timedelta(seconds=1)
NAVAJO, FLAGSTAFF = {"zip": "86515"}, {"zip": "86001"}
DENVER_NUMBER, PHOENIX_NUMBER, ARIZONA_NUMBER = "+13035550147", "+16025550148", "+19285550149"
TOLL_FREE, NEW_YORKER, NO_PLACE = "+18005550199", "+12125550151", "+15005550152"


@pytest.mark.parametrize(
    ("night", "morning"),
    [
        (("2027-03-14T06:59:59", "2027-03-14T07:00:00", "2027-03-14T07:30:00"), "2027-03-14T12:00:00"),
        (("2027-11-07T05:30:00", "2027-11-07T06:30:00", "2027-11-07T12:00:00"), "2027-11-07T13:00:00"),
    ],
    ids=["forward", "back"],
)
async def test_in_a_night_in_which_the_clocks_change_nothing_leaves_before_eight(
    stage: Stage, night: tuple[str, ...], morning: str
) -> None:
    """In March 12:00 UTC is 8:00 in New York (the day before it was 7:00); in November it is 7:00, and was 8:00."""
    await gather(stage, utc(night[0]), [(NEW_YORKER, {})])
    for instant in night:
        await sweep_at(stage, utc(instant))
        (row,) = await rows(stage.deps, "enrollments")
        assert (row["due_at"], row["decision"]["reason"]) == (utc(morning), "quiet_hours")
    await sweep_at(stage, utc(morning) - SECOND)
    assert await gone(stage) == set()
    await sweep_at(stage, utc(morning))
    assert await gone(stage) == {NEW_YORKER}


@pytest.mark.parametrize(("last", "next_day"), [("2027-03-15T00:44:59", "2027-03-15T12:00:00"),
                                                ("2027-11-08T01:44:59", "2027-11-08T13:00:00")])  # fmt: skip
async def test_the_evening_after_ends_a_quarter_before_nine_by_the_new_clock(
    stage: Stage, last: str, next_day: str
) -> None:
    cast, _ = await gather(stage, utc(last), [(NEW_YORKER, {})])
    await sweep_at(stage, utc(last))
    assert await gone(stage) == {NEW_YORKER}
    (touch,) = await rows(stage.deps, "touches")
    assert touch["decision"]["window_seconds"] == 15 * 60 + 1
    async with stage.deps.database.transaction() as conn:
        given = ConsentGiven(ChannelName.sms, "yes", "form", ConsentKind.written, at=utc(last))
        late = await add_contact(conn, cast.client_id, ContactDraft(phone="+12125550153", consents=(given,)), utc(last))
    await join(stage.deps, cast.client_id, story("sms", slug="late"), [late])
    await sweep_at(stage, utc(last) + SECOND)
    assert [row["due_at"] for row in await rows(stage.deps, "enrollments") if row["contact_id"] == late] == [
        utc(next_day)
    ]


@pytest.mark.parametrize(
    ("start", "second"),
    [("2027-03-13T15:00:00", "2027-03-14T14:00:00"), ("2027-11-06T14:00:00", "2027-11-07T15:00:00")],
)
async def test_a_day_later_is_the_same_hour_by_the_persons_clock(stage: Stage, start: str, second: str) -> None:
    """Ten in the morning and again ten in the morning: 23 hours later in March, 25 in November."""
    await gather(stage, utc(start), [(NEW_YORKER, {})], story("sms", "sms", slug="days"))
    for instant in (utc(start), utc(start) + timedelta(minutes=5), utc(second) - SECOND):
        await sweep_at(stage, instant)
    assert len(await rows(stage.deps, "touches")) == 1
    await sweep_at(stage, utc(second))
    assert len(await rows(stage.deps, "touches")) == 2


async def test_the_navajo_nation_keeps_summer_time_within_arizona(stage: Stage) -> None:
    """In July 14:00 UTC is 8:00 in Window Rock (86515) and 7:00 in Flagstaff and Phoenix."""
    people = {DENVER_NUMBER: NAVAJO, PHOENIX_NUMBER: FLAGSTAFF, ARIZONA_NUMBER: NAVAJO, "+16025550150": NAVAJO}
    await gather(stage, utc("2026-07-08T13:59:59"), list(people.items()))
    await sweep_at(stage, utc("2026-07-08T13:59:59"))
    assert await gone(stage) == set()
    await sweep_at(stage, utc("2026-07-08T14:00:00"))
    assert await gone(stage) == {DENVER_NUMBER}
    await sweep_at(stage, utc("2026-07-08T14:59:59"))
    assert await gone(stage) == {DENVER_NUMBER}
    await sweep_at(stage, utc("2026-07-08T15:00:00"))
    assert await gone(stage) == set(people)


async def test_in_the_evening_of_a_summer_day_navajo_is_an_hour_ahead_of_flagstaff(stage: Stage) -> None:
    people = {DENVER_NUMBER: NAVAJO, PHOENIX_NUMBER: FLAGSTAFF, ARIZONA_NUMBER: NAVAJO}
    await gather(stage, utc("2026-07-09T02:45:00"), list(people.items()))
    await sweep_at(stage, utc("2026-07-09T02:45:00"))
    assert await gone(stage) == {PHOENIX_NUMBER}


async def test_where_no_place_is_known_every_zone_must_be_awake(stage: Stage) -> None:
    """A toll-free number may be in Honolulu, one of no area anywhere between New York and Los Angeles."""
    people: dict[str, dict[str, str]] = {TOLL_FREE: {}, NO_PLACE: {}, NEW_YORKER: {}}
    await gather(stage, utc("2026-12-02T15:59:59"), list(people.items()))
    await sweep_at(stage, utc("2026-12-02T15:59:59"))
    assert await gone(stage) == {NEW_YORKER}
    await sweep_at(stage, utc("2026-12-02T16:00:00"))
    assert await gone(stage) == {NEW_YORKER, NO_PLACE}
    await sweep_at(stage, utc("2026-12-02T17:59:59"))
    assert TOLL_FREE not in await gone(stage)
    await sweep_at(stage, utc("2026-12-02T18:00:00"))
    assert await gone(stage) == set(people)


async def test_a_consent_of_a_leap_day_is_asked_about_by_that_day_once_it_is_old(stage: Stage) -> None:
    """Given on 2028-02-29: good on that day, young 44 days later by the person's clock, asked about after that."""
    given = utc("2028-02-29T15:00:00")
    steps = story("sms", "sms", "sms", wait="days: 44", slug="leap")
    await gather(stage, given, [(NEW_YORKER, {})], steps, agreed=given)
    for instant in (given, given + timedelta(minutes=5), utc("2028-04-13T14:00:00")):
        await sweep_at(stage, instant)
    assert len(await rows(stage.deps, "touches")) == 2
    assert stage.twin.looked_up() == []
    await sweep_at(stage, utc("2028-04-13T14:05:00"))
    await sweep_at(stage, utc("2028-05-27T14:00:00"))
    (asked,) = stage.twin.looked_up()
    assert (asked["number"], asked["last_verified_date"]) == (NEW_YORKER, "20280229")
    assert len(await rows(stage.deps, "touches")) == 3
