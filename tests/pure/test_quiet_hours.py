"""The hours of the law: the table of expected windows, then what holds for every place, channel and instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.labels import ChannelName
from modules.policy import Hours, is_allowed, next_allowed, rule_named, sentence_of
from modules.policy.models import Place
from modules.policy.places import evidence_of_phone, evidence_of_state, evidence_of_zip, find_place, join
from modules.policy.quiet_hours import LOOK_AHEAD, NOT_THE_LAST, RINGS, binding_rule, seconds_left, window_seconds
from modules.policy.rules import FEDERAL, GRADES, READ_AS_LAW, rules_of
from modules.policy.us_hours import RULES
from modules.policy.us_states import STATES, UNKNOWN
from tests.pure.candidates import NEW_YORK, in_zone

SMS, VOICE = ChannelName.sms, ChannelName.voice
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
WED, SAT, SUN, MON = "2026-12-02", "2026-12-05", "2026-12-06", "2026-12-07"

NY, FL_MIAMI, CA, CT = "10001", "33101", "90001", "06103"


def of(*zones: str, states: str = "") -> Place:
    return Place(frozenset(zones), frozenset(states.split()))


DENVER, CHICAGO = "America/Denver", "America/Chicago"
# the place, the channel, the day, and the window by a clock in New York; computed apart from this program, 2026-11-20
EXPECTED = [
    ("New York zip and number", find_place("+12125550123", (NY,)), SMS, WED, "08:00-21:00"),
    ("Florida zip and number", find_place("+13055550123", (FL_MIAMI,)), SMS, WED, "08:00-20:00"),
    ("Panama City and 850", find_place("+18505550123", ("32401",)), SMS, WED, "09:00-20:00"),
    ("California zip, 212", find_place("+12125550123", (CA,)), SMS, WED, "11:00-21:00"),
    ("the same by voice", find_place("+12125550123", (CA,)), VOICE, WED, "12:00-21:00"),
    ("Connecticut and California", find_place("+12035550123", (CA,)), SMS, WED, "12:00-20:00"),
    ("Texas on Sunday", of(DENVER, CHICAGO, states="TX"), SMS, SUN, "14:00-22:00"),
    ("Texas on Monday", of(CHICAGO, states="TX"), SMS, MON, "10:00-22:00"),
    ("Rhode Island on Saturday", find_place("+14015550123"), SMS, SAT, "10:00-17:00"),
    ("Rhode Island on Sunday", find_place("+14015550123"), SMS, SUN, "none"),
    ("Louisiana on Sunday", find_place("+15045550123"), SMS, SUN, "none"),
    ("Hawaii number, New York zip", find_place("+18085550123", (NY,)), SMS, WED, "13:00-21:00"),
    ("the same in summer", find_place("+18085550123", (NY,)), SMS, "2026-07-08", "14:00-21:00"),
    ("Guam number, New York zip", find_place("+16715550123", (NY,)), SMS, WED, "17:00-21:00"),
    ("Washington by voice", find_place("+12065550123"), VOICE, WED, "none"),
    ("Maine by voice", find_place("+12075550123"), VOICE, WED, "09:00-17:00"),
    ("South Dakota by voice on Saturday", find_place("+16055550123"), VOICE, SAT, "none"),
    ("Kentucky 270", find_place("+12705550123"), SMS, WED, "11:00-21:00"),
    ("Arizona 928 in summer", find_place("+19285550123"), SMS, "2026-07-08", "11:00-23:00"),
    ("Rhode Island and California", find_place("+14015550123", (CA,)), SMS, WED, "12:00-18:00"),
    ("an unknown number", find_place("+15005550006"), SMS, WED, "11:00-21:00"),
    ("toll-free", find_place("+18005550199"), SMS, WED, "13:00-21:00"),
    ("the clock goes forward", find_place("+12125550123"), SMS, "2027-03-14", "08:00-21:00"),
    ("the clock goes back", find_place("+12125550123"), SMS, "2027-11-07", "08:00-21:00"),
    ("a leap day", find_place("+12125550123"), SMS, "2028-02-29", "08:00-21:00"),
    ("Navajo zip in summer", find_place(None, ("86515",)), SMS, "2026-07-08", "10:00-23:00"),
    ("Florida, which half is not told", find_place(None, (), None, ("Florida",)), SMS, WED, "09:00-20:00"),
]


@pytest.mark.parametrize(
    ("place", "channel", "day", "window"), [row[1:] for row in EXPECTED], ids=[r[0] for r in EXPECTED]
)
def test_each_expected_window_begins_and_ends_to_the_second(
    place: Place, channel: ChannelName, day: str, window: str
) -> None:
    hours = Hours(place.zones, place.states, channel)
    morning = in_zone(f"{day}T00:30")
    if window == "none":
        assert not any(is_allowed(hours, morning + n * 15 * MINUTE) for n in range(96))
        return
    begin, end = (in_zone(f"{day}T{part}") for part in window.split("-"))
    last = end - NOT_THE_LAST[channel]
    assert next_allowed(hours, morning) == begin
    answers = [is_allowed(hours, at) for at in (begin - SECOND, begin, last - SECOND, last, end)]
    assert answers == [False, True, True, False, False]
    until = end - RINGS if channel is VOICE else end
    assert seconds_left(hours, begin) == (until - begin).total_seconds()
    assert seconds_left(hours, last) == 0


def test_an_instant_that_occurs_twice_and_one_that_never_does_are_both_night() -> None:
    hours = Hours(frozenset({NEW_YORK}), frozenset({"NY"}), SMS)
    for instant in ("2027-11-07T05:30", "2027-11-07T06:30", "2027-03-14T07:30"):
        at = datetime.fromisoformat(instant).replace(tzinfo=UTC)
        assert not is_allowed(hours, at)
        assert next_allowed(hours, at) == in_zone(f"{instant[:10]}T08:00")


def test_mail_has_no_end_of_its_hours_and_neither_has_an_unknown_place() -> None:
    noon, states = in_zone("2026-11-23T12:00"), frozenset({"NY"})
    assert window_seconds(ChannelName.email, frozenset({NEW_YORK}), states, noon) is None
    assert window_seconds(SMS, None, states, noon) is None
    assert window_seconds(SMS, frozenset({NEW_YORK}), states, noon) == 9 * 3600
    assert rules_of(states, ChannelName.email) == ()


def test_places_without_a_common_hour_are_never_open_and_nothing_is_promised() -> None:
    hours = Hours(frozenset({NEW_YORK, "Asia/Kolkata", "Pacific/Auckland"}), frozenset(), SMS)
    assert next_allowed(hours, in_zone("2026-11-23T12:00")) is None


# what holds for all ---------------------------------------------------------------------------------------------------

ZIPS = (NY, FL_MIAMI, CA, CT, "32401", "86515", "96910", "79912", "02903", "70112", "09001")
AREAS = ("212", "850", "671", "808", "401", "504", "713", "915", "270", "928", "207", "605", "500", "800", "416")
evidence = st.one_of(
    st.sampled_from(ZIPS).flatmap(lambda text: st.sampled_from(evidence_of_zip(text))),
    st.sampled_from(AREAS).flatmap(lambda area: st.sampled_from(evidence_of_phone(f"+1{area}5550123"))),
    st.sampled_from(sorted(STATES)).flatmap(lambda code: st.sampled_from(evidence_of_state(code))),
)
zoned = st.lists(evidence, min_size=1, max_size=4).filter(lambda known: any(one.zones for one in known))
channels = st.sampled_from([SMS, VOICE])
WEEKS = ("2026-03-05", "2026-11-22", "2026-12-22", "2026-10-29", "2027-07-01", "2028-02-26")
instants = st.builds(
    lambda day, seconds: datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(seconds=seconds),
    st.sampled_from(WEEKS),
    st.integers(0, 7 * 86_400),
)


def hours_of(known: list[object], channel: ChannelName) -> Hours:
    place = join(known)  # type: ignore[arg-type]
    return Hours(place.zones, place.states, channel)


@given(zoned, channels, instants)
def test_nothing_is_ever_allowed_in_the_quiet_hours_of_any_rule_in_any_zone(
    known: list[object], channel: ChannelName, at: datetime
) -> None:
    hours = hours_of(known, channel)
    if not is_allowed(hours, at):
        return
    for zone in hours.zones:
        local = at.astimezone(ZoneInfo(zone))
        minute = local.hour * 60 + local.minute
        assert 8 * 60 <= minute < 21 * 60
        for rule in rules_of(hours.states, channel):
            span = rule.days[local.weekday()]
            assert span is not None
            assert span[0] <= minute < span[1]


@given(zoned, evidence, channels, instants)
def test_more_evidence_never_widens_the_hours(
    known: list[object], more: object, channel: ChannelName, at: datetime
) -> None:
    before, after = hours_of(known, channel), hours_of([*known, more], channel)
    if before.zones <= after.zones:  # all but a zip that tells which part of a stated state
        assert before.states <= after.states
        assert is_allowed(before, at) or not is_allowed(after, at)
        assert seconds_left(after, at) <= seconds_left(before, at)
        first, second = next_allowed(before, at), next_allowed(after, at)
        assert second is None or (first is not None and first <= second)


@given(st.permutations(sorted({one for text in ZIPS for one in evidence_of_zip(text)}, key=str)))
def test_the_order_of_evidence_changes_nothing(known: list[object]) -> None:
    assert join(known) == join(reversed(known))  # type: ignore[arg-type]


@given(zoned, channels, instants, st.integers(1, 40))
def test_the_next_allowed_instant_is_allowed_and_nothing_before_it_is(
    known: list[object], channel: ChannelName, at: datetime, parts: int
) -> None:
    hours = hours_of(known, channel)
    found = next_allowed(hours, at)
    end = found or at + LOOK_AHEAD
    assert end >= at
    assert found is None or is_allowed(hours, found)
    for part in range(parts):
        between = at + (end - at) * part / parts
        assert between == end or not is_allowed(hours, between)
    if found and found > at:
        assert not is_allowed(hours, found - SECOND)


@given(zoned, channels, instants)
def test_what_is_left_is_exact_and_nothing_when_shut(known: list[object], channel: ChannelName, at: datetime) -> None:
    hours = hours_of(known, channel)
    left = seconds_left(hours, at)
    assert (left > 0) == is_allowed(hours, at)
    if left:
        end = at + left * SECOND + (RINGS if channel is VOICE else timedelta(0))
        assert not is_allowed(hours, end - NOT_THE_LAST[channel])
        assert is_allowed(hours, end - NOT_THE_LAST[channel] - SECOND) or end - at <= NOT_THE_LAST[channel] + SECOND


@given(zoned, channels, instants)
def test_the_rule_that_is_named_is_one_that_speaks(known: list[object], channel: ChannelName, at: datetime) -> None:
    hours = hours_of(known, channel)
    rule = binding_rule(hours, at)
    assert rule is not None
    assert rule.state in hours.states | {FEDERAL}
    assert rule_named(rule.name) is rule


# the table ------------------------------------------------------------------------------------------------------------


def test_every_state_has_its_row_and_every_row_its_source_date_and_grade() -> None:
    stated = {rule.state for rule in RULES if rule.reach == "any"}
    assert stated == set(STATES) | {FEDERAL, UNKNOWN}
    assert len(STATES) == 56
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.source
        assert rule.dated
        assert rule.grade in GRADES
        for span in rule.days:
            assert span is None or 8 * 60 <= span[0] < span[1] <= 21 * 60


def test_only_what_was_read_is_called_law() -> None:
    for rule in RULES:
        words = sentence_of(rule)
        assert rule.source in words
        assert words.startswith("The law of") == (rule.grade in READ_AS_LAW)
        assert ("Our own caution" in words) == (rule.grade in {"C", "D", "F"})
    print(*(sentence_of(rule) for rule in RULES), sep="\n")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "tx_any",
            "The law of Texas, as those who cite it tell it: texts and calls 9 a.m. to 9 p.m., Sunday noon to 9 p.m. "
            "(Tex. SB 140, Bus. & Com. Code ch. 301-305, 2025-09-01).",
        ),
        (
            "mi_any",
            "Our own caution for Michigan: texts and calls 9 a.m. to 9 p.m.; a vendor's table says so; the law was not "
            "seen (table of the vendor dropcowboy.com, 2025-11-01).",
        ),
        (
            "ri_any",
            "The law of Rhode Island: texts and calls 9 a.m. to 6 p.m., Saturday 10 a.m. to 5 p.m., Sunday not at all, "
            "holidays not at all (R.I. Gen. Laws 5-61-2(2), 5-61-3.6).",
        ),
    ],
)
def test_a_rule_is_said_in_plain_words(name: str, words: str) -> None:
    rule = rule_named(name)
    assert rule is not None
    assert sentence_of(rule) == words
