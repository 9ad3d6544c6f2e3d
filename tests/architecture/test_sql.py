"""House sections 3, 4 and 7: queries."""

import pytest

from tests.architecture import laws_sql as laws
from tests.architecture.tree import ENGINE, Source, broken, holds, project

FACES = {face.folder: face for face in project("modules") if face.is_face}
QUERIES = project("modules", ending="queries.sql")


def queries(text: str) -> Source:
    return Source("modules/touches/queries.sql", text)


def test_no_sql_stands_in_python() -> None:
    sources = [
        source for source in project(*ENGINE, "scripts", "tests") if not source.name.startswith("tests/architecture/")
    ]
    holds(*map(laws.sql_in_python, sources))


@pytest.mark.parametrize(
    "sql",
    [
        "select 1",
        "select id, name from clients",
        "SELECT * FROM clients WHERE id = %s",
        "select set_config('role', 'omnify_api', true)",
        "\n   insert into touches (id) values (%s)",
        "update touches t set state = 'sending'",
        "delete from touches",
        "with due as (select 1) select * from due",
        "create table clients (id uuid)",
        "create unique index i on t (a)",
        "alter role omnify_api nologin",
        "set lock_timeout = '200ms'",
        "BEGIN",
        "grant select on clients to omnify_api",
    ],
)
def test_sql_in_python_is_found(sql: str) -> None:
    assert broken(laws.sql_in_python(Source("modules/touches/store.py", f"SQL = {sql!r}")))


@pytest.mark.parametrize(
    "words",
    [
        "Select a client first",
        "Update your address",
        "select",
        "set",
        "begin here",
        "delete from your list?",
        "with due care",
    ],
)
def test_a_plain_sentence_is_not_taken_for_sql(words: str) -> None:
    capital = words[0].upper() + words[1:]
    assert not broken(laws.sql_in_python(Source("modules/notices/words.py", f"TEXT = {capital!r}")))


def test_a_query_that_a_test_runs_from_python_is_found() -> None:
    assert broken(laws.sql_in_python(Source("tests/db/test_walls.py", "c.execute('select 1')")))
    assert not broken(laws.sql_in_python(Source("tests/db/test_migrate.py", "plant('create table one (id int);')")))


def test_a_docstring_may_speak_of_sql() -> None:
    assert not broken(laws.sql_in_python(Source("utils/db.py", '"""select 1 asks whether anybody is there."""')))


def test_each_query_has_one_function_of_its_name() -> None:
    # queries.sql goes with store.py, imported_queries.sql with imported_store.py
    stores = {store.name: store for store in project("modules", ending="store.py")}
    pairs = [(source, stores.get(source.name.removesuffix("queries.sql") + "store.py")) for source in QUERIES]
    holds(*(laws.unpaired(*pair) for pair in pairs), *map(laws.untold, QUERIES))


@pytest.mark.parametrize(
    ("sql", "store"),
    [
        ("-- arm --\n-- Arms.\nselect 1", "async def record(c): return SQL['record']"),
        ("-- arm --\n-- Arms.\nselect 1", "async def arm(c): return SQL['arm']\ndef more(c): return SQL['more']"),
        ("-- arm --\n-- Arms.\nselect 1", "async def arm(c): return SQL['other']"),
    ],
)
def test_a_query_without_its_function_or_the_other_way_round_is_found(sql: str, store: str) -> None:
    assert broken(laws.unpaired(queries(sql), Source("modules/touches/store.py", store)))
    assert broken(laws.unpaired(queries(sql), None))


def test_a_pair_of_block_and_function_holds() -> None:
    store = "async def arm(c): return await fetch_all(c, SQL['arm'])\ndef _touch(row): ..."
    assert not broken(
        laws.unpaired(queries("-- arm --\n-- Arms.\nselect 1"), Source("modules/touches/store.py", store))
    )


@pytest.mark.parametrize(
    "text", ["-- arm --\nselect 1", "-- arm --\n-- Arms.\nselect 1\n-- arm --\n-- Again.\nselect 2", "select 1"]
)
def test_a_query_without_a_name_or_a_word_about_itself_is_found(text: str) -> None:
    assert broken(laws.untold(queries(text)))


def test_a_module_writes_only_the_tables_it_owns() -> None:
    owned = {folder: laws.owned_tables(face) for folder, face in FACES.items()}
    holds(*(laws.writes_foreign_tables(source, owned.get(source.folder, [])) for source in QUERIES))


@pytest.mark.parametrize(
    "statement",
    [
        "insert into contacts (id) values (1)",
        "update contacts c set first_name = 'A'",
        "UPDATE only public.contacts SET a = 1",
        "delete from contacts where id = 1",
        "with gone as (delete from contacts returning id) select * from gone",
        "insert into touches select 1 on conflict do nothing; update contacts set a = 1",
    ],
)
def test_writing_somebody_elses_table_is_found(statement: str) -> None:
    assert broken(laws.writes_foreign_tables(queries(f"-- q --\n-- Q.\n{statement}"), ["touches"]))
    assert not broken(laws.writes_foreign_tables(queries(f"-- q --\n-- Q.\n{statement}"), ["touches", "contacts"]))


def test_locking_and_upserting_are_not_taken_for_foreign_writes() -> None:
    text = """-- q --
    -- Locks what it reads; delete from contacts is only spoken of here.
    insert into touches (id, body)
    select id, 'update contacts set' from contacts for no key update of contacts skip locked
    on conflict (id) do update set state = excluded.state"""
    assert not broken(laws.writes_foreign_tables(queries(text), ["touches"]))


def test_each_table_has_one_owner_and_exists() -> None:
    holds(laws.owned_twice(list(FACES.values())))
    made = "\n".join(laws.bare(source.text) for source in project("supabase/migrations", ending=".sql"))
    lost = [
        face.says(f"owns {table}, which no migration creates")
        for face in FACES.values()
        for table in laws.owned_tables(face)
        # the bootstrap makes auth.users where Supabase does not
        if not table.startswith("auth.")
        and f"create table {table} " not in made
        and f"create table public.{table} " not in made
    ]
    holds(lost)


def test_a_table_with_two_owners_is_found() -> None:
    faces = [Source(f"modules/{name}/__init__.py", '"""Why.\n\nTables: touches\n"""') for name in ("touches", "inbox")]
    assert broken(laws.owned_twice(faces))


def test_a_face_may_explain_its_tables() -> None:
    tables = "`touches` (the outbox, and the proof), price_list\n  - touch_moves: allowed moves"
    text = f'"""Why.\n\nTables: {tables}\nVerbs: arm\n"""'
    assert laws.owned_tables(Source("modules/touches/__init__.py", text)) == ["touches", "price_list", "touch_moves"]
    assert laws.owned_tables(Source("modules/policy/__init__.py", '"""Why.\n\nTables: none.\nVerbs: guard"""')) == []


def test_queries_take_time_ids_and_chance_as_parameters() -> None:
    holds(*map(laws.banned_sql, QUERIES))


@pytest.mark.parametrize(
    "statement",
    [
        "select now()",
        "select NOW ( )",
        "select current_timestamp",
        "select current_date - 1",
        "select current_setting('a')",
        "select clock_timestamp()",
        "select gen_random_uuid()",
        "select random()",
        "select pg_try_advisory_lock(1)",
        "create temp table a (b int)",
        "select 1; drop table a",
        "select * from contact_interactions where channel = 'sms'",
    ],
)
def test_a_query_that_reads_a_clock_or_keeps_a_session_is_found(statement: str) -> None:
    assert broken(laws.banned_sql(queries(f"-- q --\n-- Q.\n{statement}")))


def test_words_that_only_look_like_a_clock_are_left_alone() -> None:
    statement = "select current_step, known(a), 'now()' from t where pg_try_advisory_xact_lock(1)"
    text = f"-- q --\n-- Asks now() nothing.\n{statement}"
    assert not broken(laws.banned_sql(queries(text)))
