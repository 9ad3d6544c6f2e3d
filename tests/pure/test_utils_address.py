"""Phone numbers as E.164, e-mail addresses as they are compared."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from utils import address
from utils.address import normalise_email, normalise_phone, phone_time_zones


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
