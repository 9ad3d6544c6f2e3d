"""What each column of a file is taken for, and what is refused instead of guessed."""

from collections.abc import Mapping

import pytest

from modules.imports import read_columns
from utils.errors import BadInput


def words(*header: str, only_mapped: bool = False, **maps: str) -> list[str]:
    return [column.words for column in read_columns(header, maps, only_mapped)]


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        *[
            (name, "phone")
            for name in ("Phone", "MOBILE", "Cell Phone", "phone_number", "Teléfono", "Móvil", "Téléphone")
        ],
        *[(name, "email") for name in ("E-mail", "Email Address", "Correo electrónico", "Courriel", "Adresse e-mail")],
        *[(name, "first_name") for name in ("First Name", "firstname", "Given name", "Nombre", "Prénom")],
        *[(name, "last_name") for name in ("Last name", "Surname", "Apellidos", "Nom de famille")],
        *[(name, "time_zone") for name in ("Time Zone", "timezone", "Zona horaria", "Fuseau horaire")],
        *[(name, "reference") for name in ("Reference", "Customer ID", "Référence", "Referencia")],
        *[(name, "fields.zip") for name in ("ZIP", "Zip Code", "Postal Code", "Código Postal", "Code postal")],
        ("State", "fields.state"),
        ("Lieblingsfarbe", "fields.lieblingsfarbe"),
        ("Next Visit (2026)", "fields.next_visit_2026"),
        ("fields.Odd = Name", "fields.Odd = Name"),
        ("omnify.consent_sms", "(not taken)"),
    ],
)
def test_a_column_is_known_by_what_people_call_it(header: str, meant: str) -> None:
    known = {"phone": "email", "email": "phone"}.get(meant, "phone")
    assert words(header, known) == [meant, known]


def test_a_map_wins_over_a_name_and_the_other_column_becomes_a_field() -> None:
    header = ("Phone", "Cell Phone", "Notes")
    columns = read_columns(header, {"cell phone": "phone", "Notes": "drop"})
    assert [column.words for column in columns] == ["fields.phone", "phone", "(not taken)"]


def test_only_what_is_known_or_mapped_is_taken_on_demand() -> None:
    columns = read_columns(("Phone", "Zip", "Notes"), {}, only_mapped=True)
    assert [column.words for column in columns] == ["phone", "fields.zip", "(not taken)"]


@pytest.mark.parametrize(
    ("header", "maps", "sentence"),
    [
        (("Name", "Zip"), {}, "No column is a phone number or an e-mail address; there is 'Name', 'Zip'"),
        (("Phone", "Mobile"), {}, "'Phone' and 'Mobile' would both be phone"),
        (("Phone", "phone"), {}, "Columns 1 and 2 are both named 'phone'"),
        (("Phone", "", "Zip"), {}, "Column 2 has no name"),
        (("Phone", "Zip", "Postal code"), {}, "would both be fields.zip"),
        (("Phone", "電話"), {}, "has no name that a template can use"),
        (("Phone",), {"Fax": "email"}, "--map names a column 'Fax'"),
        (("Phone", "Fax"), {"Fax": "fax"}, "a column can be phone, email"),
        (("Phone", "Fax"), {"Fax": "fields."}, "a column can be phone, email"),
        (("Phone", "x" * 101), {}, "is the first row the header"),
    ],
)
def test_a_header_that_leaves_a_doubt_is_refused(
    header: tuple[str, ...], maps: Mapping[str, str], sentence: str
) -> None:
    with pytest.raises(BadInput) as refused:
        read_columns(header, maps)
    assert sentence in refused.value.detail
