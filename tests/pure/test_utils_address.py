"""Phone numbers as E.164, e-mail addresses as they are compared."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE
from phonenumbers.tzdata import TIMEZONE_DATA

from utils import address
from utils.address import HasExtension, is_abroad, normalise_email, normalise_phone, phone_time_zones


@pytest.mark.parametrize(
    "text",
    ["+12125550123", "(212) 555-0123", "212.555.0123", " 1 212 555 0123 ", "+1 (212) 555‑0123", "tel:+1-212-555-0123"],
)
def test_one_number_has_one_way_to_be_written(text: str) -> None:
    assert normalise_phone(text) == "+12125550123"


def test_a_number_without_country_code_belongs_to_the_region() -> None:
    assert normalise_phone("020 7946 0018", "GB") == "+442079460018"
    assert normalise_phone("+44 20 7946 0018") == "+442079460018"


@pytest.mark.parametrize(
    "text", ["", "hello", "911", "123", "+1212555012", "+1 000 000 0000", "+999 123456789", "1" * 40]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        normalise_phone(text)


@pytest.mark.parametrize("end", ["ext. 5", "x5", "#5", "extension 12", ";ext=0"])
def test_a_number_with_an_extension_is_nobodys_own_but_says_who_wrote(end: str) -> None:
    with pytest.raises(HasExtension, match="give the person's own number"):
        normalise_phone(f"+1 415 555 0100 {end}")
    assert normalise_phone(f"+1 415 555 0100 {end}", cut_extension=True) == "+14155550100"


@given(st.text(max_size=25))
def test_any_text_is_a_number_in_one_form_or_a_value_error(text: str) -> None:
    try:
        number = normalise_phone(text)
    except ValueError:
        return
    assert normalise_phone(number) == number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (" Ada@Example.COM ", "ada@example.com"),
        ("a.b+tag@mail.example.co.uk", "a.b+tag@mail.example.co.uk"),
        ("o'neil@example.com\n", "o'neil@example.com"),
    ],
)
def test_addresses_are_compared_in_small_letters_and_without_spaces_around(text: str, value: str) -> None:
    assert normalise_email(text) == value


@pytest.mark.parametrize(
    "text",
    [
        *("", "ada", "@example.com", "ada@", "ada@localhost", "a b@example.com", "a@b@example.com", "a@-example.com"),
        *("Ada <ada@example.com>", "a@example.com,b@example.com", "a@example..com", "a@example.c", "x" * 65 + "@a.com"),
        *(
            "a\x00@example.com",
            "a\u200b@example.com",
            "\u202ea@example.com",
            "a\x7f@example.com",
            "a@" + "b." * 130 + "com",
        ),
    ],
)
def test_what_is_no_address_is_refused_and_so_is_what_hides_a_sign(text: str) -> None:
    with pytest.raises(ValueError, match="not an e-mail address"):
        normalise_email(text)


@given(st.emails())
def test_a_normal_form_stays_as_it_is(text: str) -> None:
    try:
        value = normalise_email(text)
    except ValueError:
        return
    assert normalise_email(value) == value


def test_a_number_tells_every_zone_it_may_be_in_by_names_that_exist() -> None:
    assert phone_time_zones("+12125550123") == ("America/New_York",)
    anywhere = phone_time_zones("+18005550199")
    assert {"America/New_York", "America/Los_Angeles"} <= set(anywhere)
    for zone in anywhere:
        assert ZoneInfo(zone).key == zone
    assert phone_time_zones("+88216000000") == ()  # a satellite phone


def test_a_plain_number_is_read_as_the_library_reads_it() -> None:
    """It is read without the library, for reading was most of the price of each question about a number."""
    numbers = [f"+1{area}{rest}" for area in range(200, 1000) for rest in ("2000000", "5550123", "0000000", "1112222")]
    assert all(address._parsed(number) == phonenumbers.parse(number) for number in numbers)


def test_a_number_is_where_its_exchange_is() -> None:
    """The place is looked up once an exchange; each number by itself is where the library says."""
    numbers = [f"+1{area}{rest}" for area in range(200, 1000) for rest in ("2000000", "5550123", "6064999", "5219999")]
    for number in (*numbers, "+18766060123", "+12465210123", "+441212345678", "+1212", "+12120550123"):
        assert is_abroad(number) == address._is_abroad.__wrapped__(number), number
        assert phone_time_zones(number) == address._time_zones.__wrapped__(number), number


def test_the_library_knows_no_finer_place_than_an_exchange_but_where_we_ask_it_for_each_number() -> None:
    regions = [phonenumbers.PhoneMetadata.metadata_for_region(one) for one in COUNTRY_CODE_TO_REGION_CODE[1]]
    kinds = ("fixed_line", "mobile", "toll_free", "premium_rate", "personal_number", "voip", "pager", "uan")
    found = [getattr(region, kind) for region in regions for kind in kinds]
    patterns = [one.national_number_pattern for one in found if one and one.national_number_pattern]
    ways = [way for pattern in patterns for way in whole_ways(pattern)]
    assert len(ways) > 100
    assert {way[:3] for way in ways if not re.search(r"\\d\{[4-9]\}\)?$", way)} <= {"246", "876"}
    assert max(len(prefix) for prefix in TIMEZONE_DATA if prefix.startswith("1")) == len("1212555")


def whole_ways(pattern: str) -> list[str]:
    """The alternatives of a pattern that stand in no bracket."""
    depth, ways = 0, [""]
    for letter in pattern:
        depth += (letter in "([") - (letter in ")]")
        if letter == "|" and not depth:
            ways.append("")
        else:
            ways[-1] += letter
    return ways
