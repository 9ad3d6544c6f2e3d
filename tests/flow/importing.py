"""A client at home whose people come in by files, and what is in its database."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.flow.house import House
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("import_file.sql"))
CLIENT = ("--client", "bright-dental")
WORDING = "I agree to texts and calls, also by an artificial voice, from Bright Dental."
PROOF = ("--wording", WORDING, "--source", "web form", "--attest", "Eva Klein")
HEADER = "Reference,First Name,Phone,E-Mail,Zip,Agreed\n"
ADA, BOB = "1,Ada,+12125550101,ada@x.example,02139,2026-02-03\n", "2,Bob,(212) 555-0102,,,\n"


def found(house: House, name: str, values: Mapping[str, object] | None = None) -> list[dict[str, Any]]:
    """What a query of import_file.sql says; nothing for one that writes."""
    with psycopg.connect(house.environment["DATABASE_URL"], row_factory=dict_row) as connection:
        cursor = connection.execute(SQL[name], values)
        return list(cursor.fetchall()) if cursor.description else []


def take(house: House, text: str, *more: str) -> dict[str, Any]:
    """The facts of an import that must succeed."""
    facts: dict[str, Any] = house.ok("import", house.file("people.csv", text), *CLIENT, *more)
    return facts


def refused(house: House, text: str, *more: str) -> str:
    """The sentence of an import that must refuse, and leave nothing of anybody."""
    sentence = house.refused("import", house.file("people.csv", text), *CLIENT, *more)
    assert set(found(house, "count_everything")[0].values()) == {0}
    assert found(house, "imports") == []
    return sentence


def rows_of(path: Path) -> list[dict[str, str]]:
    """A CSV file of ours."""
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8"), newline="")))
