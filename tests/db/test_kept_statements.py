"""Kept statements: the database has the very texts, and plans each once for a connection."""

from pathlib import Path

import psycopg
import pytest

from scripts.database.connect import connect
from scripts.database.errors import DatabaseProblem
from scripts.database.keep_statements import Kept, list_kept, write_function
from scripts.database.migrate import read_migrations
from tests.databases import Database
from utils.sql import Queries, call_of

SQL = Queries(Path(__file__).with_name("kept.sql"))
MINE = Path("modules/mine/queries.sql")


def test_the_migrations_keep_each_statement_with_the_columns_it_returns(database: Database) -> None:
    kept, written = list_kept(), "\n".join(one.text for one in read_migrations())
    assert "load_facts" in [one.block for one in kept]
    with connect(database.url) as connection:
        assert [one.block for one in kept if write_function(connection, one) not in written] == []


def test_a_kept_statement_is_planned_once_for_a_connection(database: Database) -> None:
    kept = next(one for one in list_kept() if one.block == "lock_contacts")
    question = Queries(kept.file)["lock_contacts"]
    with psycopg.connect(database.superuser_url, prepare_threshold=None) as connection:
        for _ in range(2):
            assert connection.execute(question, {"ids": []}).fetchall() == []
        plans = [str(ident) for (ident,) in connection.execute(SQL["kept_plans"])]
    assert len([one for one in plans if "for no key update of c skip locked" in one]) == 1


def test_who_writes_is_told_how_many_rows(database: Database) -> None:
    kept = Kept(MINE, "mark", "update engine_state set reason = %(reason)s::text")
    with connect(database.url) as connection:
        connection.execute(write_function(connection, kept))
        told = connection.execute(call_of(kept.block, kept.statement), {"reason": "seen"})
        assert told.rowcount == 1


def test_a_statement_that_the_database_does_not_understand_is_refused_by_its_name(database: Database) -> None:
    with connect(database.url) as connection:
        with pytest.raises(DatabaseProblem, match=r"-- find_words -- .*nowhere"):
            write_function(connection, Kept(MINE, "find_words", "select word from nowhere"))
        with pytest.raises(DatabaseProblem, match="-- find_words -- cast 'now'"):
            write_function(connection, Kept(MINE, "find_words", "select %(now)s"))
