"""Where a person may be: every source counts, none is preferred, and what is not known is not made up."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from phonenumbers import geocoder, parse

from modules.policy import Place, email_place, find_place
from modules.policy.us_states import ANYWHERE, CONTIGUOUS, MISSED_ZONES, STATE_OF_AREA, STATES, UNKNOWN, state_code
from utils.address import area_code, area_zones, is_time_zone, is_toll_free, places_of_zip

NEW_YORK, CHICAGO, DENVER, PHOENIX = "America/New_York", "America/Chicago", "America/Denver", "America/Phoenix"
LOS_ANGELES = "America/Los_Angeles"

CASES: list[tuple[Place, set[str], set[str]]] = [
    (find_place("+12125550123", ("10001",)), {NEW_YORK}, {"NY"}),
    (find_place("+12125550123", ("90001",)), {NEW_YORK, LOS_ANGELES}, {"NY", "CA"}),
    (find_place("+12125550123", (), "America/Chicago"), {NEW_YORK, CHICAGO}, {"NY"}),
    (find_place("+12125550123", (), None, ("Oregon",)), {NEW_YORK, LOS_ANGELES, DENVER}, {"NY", "OR"}),
    (find_place("+14235550123"), {NEW_YORK, CHICAGO}, {"TN"}),
    (find_place("+14325550123"), {CHICAGO, DENVER}, {"TX"}),
    (find_place("+19155550123"), {CHICAGO, DENVER}, {"TX"}),  # El Paso, and the clock that Texas may count by
    (find_place("+19285550123"), {PHOENIX, DENVER}, {"AZ"}),
    (find_place("+14485550123"), {NEW_YORK, CHICAGO}, {"FL"}),
    (find_place("+16715550123"), {"Pacific/Guam"}, {"GU"}),
    (find_place("+18005550199"), set(ANYWHERE), {UNKNOWN}),
    (find_place("+18005550199", ("10001",)), set(ANYWHERE), {UNKNOWN, "NY"}),
    (find_place("+15005550006"), set(CONTIGUOUS), {UNKNOWN}),
    (find_place("+442079460018"), {"Europe/London"}, {UNKNOWN}),
    (find_place("+88216000000"), set(), {UNKNOWN}),
    (find_place(None), set(), set()),
    (find_place(None, ("86515",)), {DENVER}, {"AZ"}),  # Navajo Nation keeps daylight saving time
    (find_place(None, ("85001",)), {PHOENIX}, {"AZ"}),
    (find_place(None, (), None, ("AZ",)), {PHOENIX, DENVER}, {"AZ"}),
    (find_place(None, ("33101",), None, ("FL",)), {NEW_YORK}, {"FL"}),  # the zip says where in the state
    (find_place(None, ("33101",), None, ("TN",)), {NEW_YORK, CHICAGO}, {"FL", "TN"}),
    (find_place(None, ("2139",)), {NEW_YORK}, {"MA"}),  # a table editor dropped the 0
    (find_place(None, ("02139-4307",)), {NEW_YORK}, {"MA"}),
    (find_place(None, ("SW1A 1AA", "99999", "", "1234567")), set(), set()),
    (find_place(None, ("09001",)), set(), {UNKNOWN}),  # the forces abroad
    (find_place("+12125550123", (), "Mars/Olympus", ("Bavaria",)), {NEW_YORK}, {"NY"}),
]


@pytest.mark.parametrize(("place", "zones", "states"), CASES)
def test_each_source_adds_its_zones_and_states(place: Place, zones: set[str], states: set[str]) -> None:
    def clocks(names: set[str] | frozenset[str]) -> set[str]:
        same = {"America/Boise": DENVER, "America/North_Dakota/Center": CHICAGO}
        return {same.get(name, name) for name in names}

    assert clocks(place.zones) == zones
    assert place.states == states


def test_the_evidence_tells_which_source_said_what_and_holds_no_number_and_no_zip() -> None:
    place = find_place("+12125550123", ("90001",), "America/Denver", ("Texas",))
    told = {one.source: (sorted(one.zones), sorted(one.states)) for one in place.evidence}
    assert told == {
        "area_code": ([NEW_YORK], ["NY"]),
        "number": ([NEW_YORK], []),
        "state": ([CHICAGO, DENVER], ["TX"]),
        "stated_zone": ([DENVER], []),
        "zip": ([LOS_ANGELES], ["CA"]),
    }
    assert "5550123" not in repr(place)
    assert "90001" not in repr(place)


def test_texas_counts_its_own_clock_wherever_the_person_is() -> None:
    place = find_place(None, ("79912",))
    assert place.zones == {CHICAGO, DENVER}
    assert [one.source for one in place.evidence] == ["state_clock", "zip"]


def test_mail_knows_one_zone_and_no_state() -> None:
    assert email_place(NEW_YORK) == Place(frozenset({NEW_YORK}), frozenset())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((" ny ", "NY"), ("N.Y.", "NY"), ("new  york", "NY"), ("District of Columbia", "DC"), ("PR", "PR")),
        *(("", None), ("Ontario", None), ("XX", None), ("US", None), ("unknown", None)),
    ],
)
def test_a_state_is_read_by_its_letters_or_its_name(text: str, code: str | None) -> None:
    assert state_code(text) == code


def test_every_state_is_read_by_its_own_name_and_by_the_others_that_people_write() -> None:
    assert {one.name: state_code(one.name) for one in STATES.values()} == {
        one.name: one.code for one in STATES.values()
    }
    for text, code in (("Virgin Islands", "VI"), ("US Virgin Islands", "VI"), ("Washington, D.C.", "DC")):
        assert state_code(text) == code


def test_area_codes_are_where_the_library_places_them() -> None:
    """A new release that moves or adds one shows here."""
    names = {one.name: one.code for one in STATES.values()}
    names |= {"Washington State": "WA", "Washington D.C.": "DC"}
    differ = {}
    for area in range(200, 1000):
        words = geocoder.description_for_number(parse(f"+1{area}5550123"), "en")
        state = names.get(words) or (words[-2:] if words[-4:-2] == ", " and words[-2:] in STATES else None)
        if state and STATE_OF_AREA.get(str(area)) != state:
            differ[area] = words
    assert differ == {}


def test_every_zone_named_anywhere_exists_and_every_code_has_one_state() -> None:
    named = {zone for one in STATES.values() for zone in one.zones} | ANYWHERE
    named |= {zone for zones in MISSED_ZONES.values() for zone in zones}
    for zone in named:
        assert ZoneInfo(zone).key == zone
    assert sum(len(one.area_codes) for one in STATES.values()) == len(STATE_OF_AREA)
    assert set(MISSED_ZONES) <= set(STATE_OF_AREA)
    for area, zones in MISSED_ZONES.items():
        assert not zones <= set(area_zones(area)), f"the library knows {area} now"


def test_numbers_and_zips_are_read_without_guessing() -> None:
    assert [area_code(text) for text in ("+12125550123", "+442079460018", "+1212555", "")] == ["212", None, None, None]
    assert area_zones("423") == (CHICAGO, NEW_YORK)
    assert area_zones("500") == ()
    assert [is_toll_free(text) for text in ("+18005550199", "+18335550123", "+12125550123", "x")] == [
        *(True, True, False, False)
    ]
    assert [is_time_zone(text) for text in (NEW_YORK, "", "Napakiak", "../etc/passwd", "a\x00b")] == [
        *(True, False, False, False, False)
    ]
    assert places_of_zip("10001") == (("NY", NEW_YORK),)
    assert places_of_zip("no zip") == ()
    assert places_of_zip("１２３４５") == places_of_zip("١٢٣٤٥") == ()  # digits that are none of ours
