"""Migrations are applied once, in order, whole or not at all, in the ledger of the Supabase CLI."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from psycopg import sql

from scripts.cli.app import main
from scripts.database.connect import connect
from scripts.database.errors import DatabaseProblem
from scripts.database.migrate import MIGRATIONS, migrate, read_migrations
from tests.databases import Database, Engine
from utils.sql import queries

SQL = queries(__file__)
FIRST = "20260101000000_create_one.sql"
SECOND = "20260102000000_create_two.sql"
THIRD = "20260103000000_create_three.sql"


@pytest.fixture
def empty(engine: Engine) -> Iterator[Database]:
    with engine.fresh_database("template0") as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / FIRST).write_text("-- why: 100 % certain\ncreate table one (id int);\n")
    (tmp_path / SECOND).write_text("create table two (id int);\ninsert into two values (1), (2);\n")
    return tmp_path


def tables(database: Database) -> list[str]:
    with connect(database.url) as connection:
        return [row["name"] for row in connection.execute(SQL["tables"])]


def ledger(database: Database) -> list[tuple[str, str, list[str]]]:
    with connect(database.url) as connection:
        return [(row["version"], row["name"], row["statements"]) for row in connection.execute(SQL["ledger"])]


def test_every_migration_of_the_project_is_applied_and_there_is_nothing_left_to_do(database: Database) -> None:
    assert [version for version, *_ in ledger(database)] == [migration.version for migration in read_migrations()]
    assert migrate(database.url) == []


def test_new_files_are_applied_in_order_and_recorded_with_version_name_and_text(empty: Database, folder: Path) -> None:
    assert migrate(empty.url, folder) == [FIRST.removesuffix(".sql"), SECOND.removesuffix(".sql")]
    assert ledger(empty) == [
        ("20260101000000", "create_one", [(folder / FIRST).read_text()]),
        ("20260102000000", "create_two", [(folder / SECOND).read_text()]),
    ]
    assert migrate(empty.url, folder) == []
    (folder / THIRD).write_text("create table three (id int);")
    assert migrate(empty.url, folder) == [THIRD.removesuffix(".sql")]
    assert tables(empty) == ["one", "three", "two"]


def test_a_failing_file_is_named_with_its_line_and_leaves_nothing_while_the_one_before_stays(
    empty: Database, folder: Path
) -> None:
    (folder / SECOND).write_text("create table two (id int);\n\nselect nothing_such\nfrom two;\n")
    with pytest.raises(DatabaseProblem) as problem:
        migrate(empty.url, folder)
    assert problem.value.detail == (
        f'Migration {SECOND}, line 3 failed and changed nothing. PostgreSQL says: column "nothing_such" does not exist'
    )
    assert tables(empty) == ["one"]
    assert [version for version, *_ in ledger(empty)] == ["20260101000000"]
    (folder / SECOND).write_text("create table two (id int);")
    assert migrate(empty.url, folder) == [SECOND.removesuffix(".sql")]


def test_an_applied_version_that_the_folder_lacks_is_named_and_nothing_is_done(empty: Database, folder: Path) -> None:
    migrate(empty.url, folder)
    (folder / FIRST).unlink()
    (folder / THIRD).write_text("create table three (id int);")
    with pytest.raises(DatabaseProblem, match=r"has the migration 20260101000000, which .* lacks"):
        migrate(empty.url, folder)
    assert tables(empty) == ["one", "two"]


def test_a_file_older_than_the_last_applied_one_is_refused_as_the_cli_does(empty: Database, folder: Path) -> None:
    migrate(empty.url, folder)
    (folder / "20260101120000_create_late.sql").write_text("create table late (id int);")
    with pytest.raises(DatabaseProblem, match="20260101120000_create_late is older than the applied 20260102000000"):
        migrate(empty.url, folder)
    assert tables(empty) == ["one", "two"]


def test_a_version_that_another_tool_recorded_without_a_name_is_not_applied_again(
    empty: Database, folder: Path
) -> None:
    migrate(empty.url, folder)
    with connect(empty.url) as connection:
        connection.execute(SQL["forget_name"])
    assert migrate(empty.url, folder) == []


def test_two_runs_at_once_apply_every_file_once(empty: Database, folder: Path) -> None:
    """Both are held at the lock of the first file, then let go together."""
    migrate(empty.url, folder)
    (folder / THIRD).write_text("create table three (id int);")
    with ThreadPoolExecutor(2) as pool, connect(empty.superuser_url) as watcher:
        with connect(empty.superuser_url) as holder, holder.transaction():
            holder.execute(SQL["lock_migrations"])
            runs = [pool.submit(migrate, empty.url, folder) for _ in range(2)]
            while (row := watcher.execute(SQL["count_waiting"]).fetchone()) and row["waiting"] < len(runs):
                assert not any(run.done() for run in runs)
        results = sorted(run.result() for run in runs)
    assert results == [[], [THIRD.removesuffix(".sql")]]


def test_a_setting_of_one_file_does_not_reach_the_next(empty: Database, folder: Path) -> None:
    (folder / FIRST).write_text("set statement_timeout = '7s';")
    (folder / SECOND).write_text("create table seen as select current_setting('statement_timeout') as value;")
    migrate(empty.url, folder)
    with connect(empty.url) as connection:
        assert connection.execute(SQL["seen"]).fetchall() == [{"value": "0"}]


@pytest.mark.parametrize("name", ["create_one.sql", "2026_create_one.sql", "20260103000000-three.sql", "notes.sql"])
def test_a_file_whose_name_is_no_migration_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_text("select 1;")
    with pytest.raises(DatabaseProblem, match=f"{name} is no name of a migration"):
        read_migrations(folder)


def test_a_version_that_stands_twice_is_refused(folder: Path) -> None:
    (folder / "20260102000000_create_other.sql").write_text("select 1;")
    with pytest.raises(DatabaseProblem, match="have the version 20260102000000"):
        read_migrations(folder)


@pytest.mark.parametrize("line", ["begin;", "COMMIT;", "start transaction;", "  rollback ;", "commit work;"])
def test_a_file_with_a_transaction_of_its_own_is_refused(folder: Path, line: str) -> None:
    (folder / THIRD).write_text(f"create table three (id int);\n{line}\n")
    with pytest.raises(DatabaseProblem, match="is run as one transaction"):
        read_migrations(folder)


def test_a_plpgsql_block_is_no_transaction(folder: Path) -> None:
    (folder / THIRD).write_text("do $$\nbegin\n    perform 1;\nend $$;\n")
    assert len(read_migrations(folder)) == 3


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatabaseProblem, match=r"no folder .*nowhere"):
        read_migrations(tmp_path / "nowhere")


def test_a_database_that_does_not_answer_is_one_sentence_without_the_password(folder: Path) -> None:
    with pytest.raises(DatabaseProblem, match="PostgreSQL cannot be reached") as problem:
        migrate("postgresql://omnify_owner:hush@127.0.0.1:1/omnify", folder)
    assert "hush" not in problem.value.detail


def test_the_projects_own_migrations_are_named_as_the_rule_says() -> None:
    assert read_migrations(MIGRATIONS)


@pytest.fixture(params=["LATIN1", "SQL_ASCII", "EUC_JP"])
def encoded(engine: Engine, request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """An empty database whose text is of another encoding, and that encoding."""
    name = f"encoded_{request.param.lower()}"
    names = {"database": sql.Identifier(name), "encoding": sql.Literal(request.param)}
    with connect(engine.cluster.superuser_url()) as connection:
        connection.execute(sql.SQL(SQL["create_encoded"]).format(**names))
        try:
            yield engine.cluster.superuser_url(name), request.param
        finally:
            connection.execute(sql.SQL(SQL["drop_encoded"]).format(**names))


def test_a_database_that_cannot_keep_every_letter_is_refused_before_anything_is_changed(
    encoded: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dsn, encoding = encoded
    monkeypatch.setenv("DATABASE_URL", dsn)
    told = (
        f"The database encoded_{encoding.lower()} keeps text as {encoding}; names and messages need UTF8. "
        "Nothing was changed. Make another one (CREATE DATABASE name TEMPLATE template0 ENCODING 'UTF8'; an encoding "
        "cannot be changed later) and name it in DATABASE_URL."
    )
    assert main(["migrate"]) == 1
    assert tuple(capsys.readouterr()) == ("", f"{told}\n")
    with pytest.raises(DatabaseProblem) as problem:
        migrate(dsn)
    assert problem.value.detail == told
    with connect(dsn) as connection:
        left = connection.execute(SQL["count_schemas"]).fetchone()
    assert left == {"schemas": 1}, "public, as it came"
