"""One row of a file: taken with its texts as they stand, or left out for one plain reason."""

from datetime import UTC, datetime

import pytest

from modules.imports import AgreementPlan, Column, DateOrder, Fault, Record, read_columns
from modules.imports.agreement import read_agreement, read_instant
from modules.imports.check import check_row
from modules.imports.models import Agreement, Person, Refusal
from modules.imports.words import tell
from modules.labels import ChannelName, ConsentKind

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HEADER = ("Reference", "First Name", "Phone", "Email", "Time Zone", "Zip", "Note")
COLUMNS: tuple[Column, ...] = read_columns(HEADER, {})
GOOD = {"Reference": "1", "First Name": "Ada", "Phone": "(212) 555-0101", "Zip": "02139"}
WORDING = "I agree."
PLAN = AgreementPlan((ChannelName.sms, ChannelName.email), "form", ConsentKind.express, "Eva", wording=WORDING)


def cells(**given: str) -> tuple[str, ...]:
    return tuple(
        (GOOD | {name.replace("_", " "): value for name, value in given.items()}).get(name, "") for name in HEADER
    )


def check(**given: str) -> Person | Refusal:
    return check_row(Record(2, cells(**given)), COLUMNS)


def person(**given: str) -> Person:
    found = check(**given)
    assert isinstance(found, Person)
    return found


def test_texts_stay_texts_and_addresses_take_their_normal_form() -> None:
    found = person(Email=" Ada@X.Example ", Note="'=1+1")
    assert (found.phone, found.email) == ("+12125550101", "ada@x.example")
    assert found.fields == {"zip": "02139", "note": "=1+1"}
    assert (found.external_ref, found.first_name, found.time_zone) == ("1", "Ada", None)


@pytest.mark.parametrize("formula", ["=1+1", "'=1+1", "+A1", "@SUM(1)", '=HYPERLINK("http://x")'])
def test_a_formula_is_its_own_characters(formula: str) -> None:
    assert person(Note=formula).fields["note"] == formula.removeprefix("'")


@pytest.mark.parametrize(
    "phone", ["'+12125550101", "+12125550101", "2125550101", "1 (212) 555-0101", "８００ 555 0199"]
)
def test_a_number_is_read_as_people_write_it(phone: str) -> None:
    assert person(Phone=phone).phone in ("+12125550101", "+18005550199")


def test_a_toll_free_number_is_a_number() -> None:
    assert person(Phone="800-555-0199").phone == "+18005550199"


@pytest.mark.parametrize(
    ("given", "fault", "field"),
    [
        ({"Phone": "123"}, Fault.bad_phone, "Phone"),
        ({"Phone": "2.125550101E+09"}, Fault.bad_phone, "Phone"),
        ({"Phone": "=2125550101*1"}, Fault.bad_phone, "Phone"),
        ({"Phone": "+1 415 555 0100 ext. 5"}, Fault.extension, "Phone"),
        ({"Phone": "415-555-0100 x12", "Email": "ada@x.example"}, Fault.extension, "Phone"),
        ({"Email": "ada at x"}, Fault.bad_email, "Email"),
        ({"Phone": "", "Email": ""}, Fault.no_address, "Phone"),
        ({"Time_Zone": "America/Gotham"}, Fault.unknown_zone, "Time Zone"),
        ({"Time_Zone": "../../etc/passwd"}, Fault.unknown_zone, "Time Zone"),
        ({"Note": "a\x00b"}, Fault.nul, "Note"),
    ],
)
def test_a_row_is_left_out_for_the_cell_that_is_no_good(given: dict[str, str], fault: Fault, field: str) -> None:
    found = check(**given)
    assert isinstance(found, Refusal)
    assert (found.fault, found.field) == (fault, field)


def test_a_row_that_is_not_as_wide_as_the_header_is_left_out_unless_only_blanks_are_too_much() -> None:
    whole = cells()
    assert check_row(Record(2, whole[:-1]), COLUMNS) == Refusal(Fault.too_short, None, "6 of 7")
    assert check_row(Record(2, (*whole, "", "x")), COLUMNS) == Refusal(Fault.too_wide, None, "9 of 7")
    assert isinstance(check_row(Record(2, (*whole, "", " ")), COLUMNS), Person)
    assert check_row(Record(2, whole, long_cell=6), COLUMNS) == Refusal(Fault.too_long, "Note")


def test_every_reason_has_words_and_a_way_out() -> None:
    for fault in Fault:
        reason, way_out = tell(fault, "phone", "x", 7)
        assert reason
        assert way_out
        assert "{" not in reason


@pytest.mark.parametrize(
    ("text", "order", "instant"),
    [
        ("2024-02-29", DateOrder.iso, datetime(2024, 2, 29, tzinfo=UTC)),
        ("2026-03-04T10:00:00-05:00", DateOrder.iso, datetime(2026, 3, 4, 15, tzinfo=UTC)),
        ("2026-03-04 10:00", DateOrder.iso, datetime(2026, 3, 4, 10, tzinfo=UTC)),
        ("03/04/2026", DateOrder.mdy, datetime(2026, 3, 4, tzinfo=UTC)),
        ("03/04/2026", DateOrder.dmy, datetime(2026, 4, 3, tzinfo=UTC)),
        ("2/29/2024", DateOrder.mdy, datetime(2024, 2, 29, tzinfo=UTC)),
        # a day ahead of ours is today somewhere; it counts as now
        ("2026-11-21 22:30", DateOrder.iso, NOW),
    ],
)
def test_a_day_of_consent_is_read_as_it_is_meant(text: str, order: DateOrder, instant: datetime) -> None:
    assert read_instant(text, order, NOW) == instant


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.no_date),
        ("2023-02-29", Fault.bad_date),
        ("2026-13-01", Fault.bad_date),
        ("03/04/2026", Fault.bad_date),
        ("46000", Fault.bad_date),
        ("yesterday", Fault.bad_date),
        ("0001-01-01T00:00:00+05:30", Fault.bad_date),
        ("9999-12-31T23:59:59-05:00", Fault.bad_date),
        ("1900-01-01", Fault.bad_date),
        ("0000-00-00", Fault.bad_date),
        ("2026-11-23", Fault.future_date),
        ("2026-11-21T09:00:01Z", Fault.future_date),
    ],
)
def test_a_day_that_cannot_be_is_no_consent(text: str, fault: Fault) -> None:
    assert read_instant(text, DateOrder.iso, NOW) is fault


def test_a_29th_of_february_that_never_was_is_no_consent_in_any_order() -> None:
    assert read_instant("29/02/2025", DateOrder.dmy, NOW) is Fault.bad_date


def test_an_agreement_is_for_the_channels_that_the_row_has_an_address_for() -> None:
    assert read_agreement(PLAN, cells(), person(), NOW) == Agreement((ChannelName.sms,))
    both = cells(Email="ada@x.example")
    assert read_agreement(PLAN, both, person(Email="ada@x.example"), NOW).channels == PLAN.channels


def test_a_row_that_does_not_say_yes_agrees_to_nothing() -> None:
    plan = AgreementPlan(
        (ChannelName.sms,), "form", ConsentKind.express, "Eva", wording=WORDING, only_if=(6, frozenset({"yes", "y"}))
    )
    for said, channels in (("yes", 1), (" Y ", 1), ("no", 0), ("", 0), ("yes please", 0)):
        found = read_agreement(plan, cells(Note=said), person(), NOW)
        assert (len(found.channels), found.fault) == (channels, None)


def test_a_row_without_its_words_or_its_day_is_told_and_agrees_to_nothing() -> None:
    own = AgreementPlan((ChannelName.sms,), "form", ConsentKind.express, "Eva", wording_column=6)
    assert read_agreement(own, cells(), person(), NOW) == Agreement(fault=Fault.no_wording)
    assert read_agreement(own, cells(Note="'=I agree"), person(), NOW).wording == "=I agree"
    dated = AgreementPlan((ChannelName.sms,), "form", ConsentKind.express, "Eva", wording=WORDING, at_column=6)
    assert read_agreement(dated, cells(Note="soon"), person(), NOW) == Agreement(fault=Fault.bad_date, detail="soon")
