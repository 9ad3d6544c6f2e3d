"""House sections 4 and 7: migrations."""

import pytest

from tests.architecture import laws_migrations as laws
from tests.architecture.tree import Source, broken, holds, project

MIGRATIONS = project("supabase/migrations", ending=".sql")
HEADER = "-- Why: people.\n-- Lock risk: none.\n-- Undo: drop table a.\n"
SOUND = (
    HEADER + "set lock_timeout = '5s';\ncreate table a (\n  id uuid primary key,\n  made_at timestamptz not null\n);\n"
)


def migration(text: str, name: str = "20261121000100_create_clients.sql") -> Source:
    return Source(f"supabase/migrations/{name}", text)


@pytest.mark.parametrize("source", MIGRATIONS, ids=lambda source: source.file)
def test_each_migration_explains_itself_and_waits_for_no_lock(source: Source) -> None:
    holds(laws.ill_named(source), laws.unexplained(source), laws.waits_for_locks(source))


@pytest.mark.parametrize("source", MIGRATIONS, ids=lambda source: source.file)
def test_each_migration_runs_on_plain_postgresql_17_and_reads_no_clock(source: Source) -> None:
    holds(laws.banned_defaults(source), laws.needs_more_than_plain_postgres(source), laws.ill_named_time(source))


def test_there_are_migrations_and_no_two_of_the_same_instant() -> None:
    assert MIGRATIONS
    holds(laws.same_instant(MIGRATIONS))


def test_a_sound_migration_breaks_no_law() -> None:
    source = migration(SOUND)
    holds(laws.ill_named(source), laws.unexplained(source), laws.waits_for_locks(source), laws.banned_defaults(source))
    holds(laws.needs_more_than_plain_postgres(source), laws.ill_named_time(source), laws.same_instant([source]))


@pytest.mark.parametrize("name", ["2026_create_a.sql", "20261121000100_clients.sql", "20261121000100_clients_new.sql"])
def test_a_name_without_its_verb_is_found(name: str) -> None:
    assert broken(laws.ill_named(migration(SOUND, name)))


@pytest.mark.parametrize("line", HEADER.splitlines())
def test_a_header_that_leaves_something_out_is_found(line: str) -> None:
    assert broken(laws.unexplained(migration(SOUND.replace(line + "\n", ""))))
    assert broken(laws.unexplained(migration(SOUND.replace(line, line.partition(":")[0] + ":"))))


def test_a_migration_that_could_wait_for_a_lock_is_found() -> None:
    assert broken(laws.waits_for_locks(migration(SOUND.replace("set lock_timeout = '5s';\n", ""))))
    assert broken(laws.waits_for_locks(migration(HEADER + "alter table a add b int;\nset lock_timeout = '5s';")))


@pytest.mark.parametrize("default", ["now()", "gen_random_uuid()", "current_timestamp", "(now() + interval '1 day')"])
def test_a_default_that_reads_a_clock_is_found(default: str) -> None:
    assert broken(laws.banned_defaults(migration(f"{SOUND}create table b (at timestamptz default {default}, c int);")))


@pytest.mark.parametrize(
    "statement", ["create extension citext;", "select uuidv7();", "create role omnify_api nologin;"]
)
def test_a_need_beyond_plain_postgresql_is_found(statement: str) -> None:
    assert broken(laws.needs_more_than_plain_postgres(migration(SOUND + statement)))


@pytest.mark.parametrize("column", ["created timestamptz", "made_at timestamp", "birthday date", "when_at date"])
def test_a_time_that_does_not_say_what_it_is_is_found(column: str) -> None:
    assert broken(laws.ill_named_time(migration(f"create table b (\n  id uuid,\n  {column} not null\n);")))


def test_two_migrations_of_one_instant_are_found() -> None:
    pair = [migration(SOUND, "20261121000100_create_a.sql"), migration(SOUND, "20261121000100_create_b.sql")]
    assert broken(laws.same_instant(pair))
