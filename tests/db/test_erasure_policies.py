"""The law that nobody forgets: every table, and every column that could hold words, has a declared erasure policy."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from modules.erasure import POLICIES, Fate
from scripts.database.connect import connect
from tests.databases import Database
from utils.sql import Queries

SQL = Queries(Path(__file__).with_name("erasure.sql"))
WORDS = ("text", "jsonb", "json", "bytea")
PERSONAL = frozenset(
    {
        *(
            "contact_id",
            "address_id",
            "address",
            "to_address",
            "from_address",
            "phone",
            "email",
            "value",
            "external_ref",
        ),
        *("body", "subject", "text", "message", "transcript", "recording", "summary", "wording", "payload", "note"),
        *("first_name", "last_name", "full_name", "cells"),
    }
)
"""Columns that no table without contacts has."""

Tables = Mapping[str, Mapping[str, str]]


def tables_of(database: Database) -> Tables:
    """Columns and their types, by table."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    with connect(database.url) as conn:
        for row in conn.execute(SQL["tables"]).fetchall():
            found[row["name"]][row["column"]] = row["type"]
    return found


def undeclared(tables: Tables) -> Iterator[str]:
    """One sentence for each table or column about which nobody has said what an erasure does to it."""
    yield from (f"{name} is declared and does not exist" for name in sorted(POLICIES.keys() - tables.keys()))
    for name, columns in sorted(tables.items()):
        policy = POLICIES.get(name)
        if policy is None:
            yield f"{name} has no erasure policy"
            continue
        told = policy.emptied | policy.codes
        yield from (f"{name}.{one} is declared and does not exist" for one in sorted(told - columns.keys()))
        if policy.fate is Fate.nobody:
            yield from (f"{name}.{one} may name a contact" for one in sorted(PERSONAL & columns.keys()))
        elif policy.fate not in (Fate.deleted, Fate.passing):
            words = {one for one, kind in columns.items() if kind in WORDS}
            yield from (f"{name}.{one} has no erasure policy" for one in sorted(words - told))


def test_every_table_and_every_column_that_could_hold_words_has_an_erasure_policy(database: Database) -> None:
    assert list(undeclared(tables_of(database))) == []


def test_a_later_table_or_column_without_one_breaks_the_law(database: Database) -> None:
    with connect(database.url) as conn:
        conn.execute(SQL["add_table"])
        conn.execute(SQL["add_column"])
        conn.commit()
    assert list(undeclared(tables_of(database))) == [
        "later_notes has no erasure policy",
        "touches.nickname has no erasure policy",
    ]


def test_a_column_that_names_a_contact_stands_in_no_table_said_to_hold_nobody(database: Database) -> None:
    tables = {name: dict(columns) for name, columns in tables_of(database).items()}
    tables["imports"]["contact_id"] = "uuid"
    assert list(undeclared(tables)) == ["imports.contact_id may name a contact"]


def test_a_policy_that_empties_says_what_and_one_that_keeps_empties_nothing() -> None:
    assert all(policy.emptied for policy in POLICIES.values() if policy.fate is Fate.emptied)
    assert not any(policy.emptied for policy in POLICIES.values() if policy.fate is not Fate.emptied)
