"""An out-of-office note tells when the person is back: what can be read is believed, what cannot is not."""

from datetime import date, timedelta

import pytest

from modules.inbox import return_date
from modules.inbox.away import FARTHEST

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "back_on"),
    [
        ("I am out of the office until December 4 and will be back on Monday, December 7.", date(2026, 12, 7)),
        ("I am away until the 4th of December.", date(2026, 12, 4)),
        ("Out of office through 11/30/2026.", date(2026, 12, 1)),
        ("I will return on Dec. 3rd, 2026. Call 555-0100.", date(2026, 12, 3)),
        ("I'll be back tomorrow", date(2026, 11, 25)),
        ("Back next Monday!", date(2026, 11, 30)),
        ("I'm back Tuesday", date(2026, 12, 1)),
        ("Back in the office on 2026-12-01", date(2026, 12, 1)),
        ("I will be back on 12/05", date(2026, 12, 5)),
        ("Back on January 5", date(2027, 1, 5)),
        ("Back on 01/02", date(2027, 1, 2)),  # the first of February would be too far away
        ("Estoy de vacaciones y vuelvo el 3 de diciembre.", date(2026, 12, 3)),
        ("Estaré fuera hasta el lunes", date(2026, 11, 30)),
        ("Regreso el 3 de diciembre de 2026, gracias", date(2026, 12, 3)),
        ("Je suis absente jusqu'au 2 décembre 2026", date(2026, 12, 2)),
        ("De retour le lundi 7 décembre", date(2026, 12, 7)),
        ("Je reviens demain", date(2026, 11, 25)),
        ("Back March 3", TUESDAY + FARTHEST),
        ("Back on 03/12, at 9.30", date(2026, 12, 3)),
        ("Volveré mañana por la mañana", date(2026, 11, 25)),
        ("I am on leave until October 30, 2027", TUESDAY + FARTHEST),
    ],
)
def test_a_phrase_of_coming_back_with_a_date_behind_it_is_read(text: str, back_on: date) -> None:
    assert return_date(text, TUESDAY) == back_on


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I am out of the office.",
        "Thanks, we have your ticket of 12/05.",
        "I will get back to you by Friday",
        "We will return your call by Monday",
        "I was away until November 20, 2026",
        "I am back on 30 February",
        "I am away until November 20.",  # and forgot to switch it off
        "I am out of the office until November 24",
        "Regreso el 20 de noviembre",
        "Back on 11/20",
        "Back at 3.30 pm",
        "In a meeting until 12.30 pm",
        "Vuelvo a las 5.30",
        "Call us back 24/7",
        "Vuelvo por la mañana",
        "Back on 99/99 or 2026-99-99",
        "Away until March 3rd, 2029",
        "Back on 12/01",  # the first of December or the twelfth of January
        "Contact Bob on Monday",
    ],
)
def test_what_is_no_date_or_could_be_two_is_not_made_one(text: str) -> None:
    assert return_date(text, TUESDAY) is None


@pytest.mark.parametrize(
    "text", ["back " * 2000, "until " + "1/" * 4000, "back on " + "January " * 900, "\x00 until 1"]
)
def test_a_strange_text_gives_no_date_and_no_error(text: str) -> None:
    found = return_date(text, TUESDAY)
    assert found is None or TUESDAY < found <= TUESDAY + timedelta(days=60)
