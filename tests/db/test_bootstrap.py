"""A plain PostgreSQL looks like Supabase to our migrations; a real Supabase is left alone."""

import json
from collections.abc import Iterator

import pytest

from scripts.database.bootstrap import OWNER, bootstrap
from scripts.database.connect import connect
from scripts.database.errors import DatabaseProblem
from tests.databases import Database, Engine
from utils.sql import queries

SQL = queries(__file__)
API_ROLES = ("anon", "authenticated", "service_role")
USER = "018f0000-0000-7000-8000-000000000001"


@pytest.fixture
def plain(engine: Engine) -> Iterator[Database]:
    """An empty database: the server has the roles, the database has nothing."""
    with engine.fresh_database("template0") as empty:
        yield empty


@pytest.fixture
def prepared(plain: Database) -> Database:
    assert bootstrap(plain.superuser_url, OWNER)
    return plain


def test_the_roles_of_supabase_have_its_rights(engine: Engine) -> None:
    with connect(engine.cluster.superuser_url()) as connection:
        roles = {row.pop("rolname"): row for row in connection.execute(SQL["api_roles"])}
        memberships = {row["line"] for row in connection.execute(SQL["memberships"])}
    plain = {"rolcanlogin": False, "rolinherit": True, "rolbypassrls": False, "rolsuper": False}
    assert roles == {
        "anon": plain,
        "authenticated": plain,
        "service_role": plain | {"rolbypassrls": True},
        "authenticator": plain | {"rolcanlogin": True, "rolinherit": False},
    }
    assert memberships == {
        *(f"authenticator in {role}" for role in API_ROLES),
        *(f"{OWNER} in {role}" for role in (*API_ROLES, "authenticator")),
    }


def test_it_leaves_the_migrations_ledger_to_the_cli_and_to_migrate(prepared: Database) -> None:
    with connect(prepared.url) as connection:
        assert [row["name"] for row in connection.execute(SQL["schemas"])] == ["auth", "extensions"]


@pytest.mark.parametrize("role", API_ROLES)
def test_what_the_owner_creates_is_open_to_the_data_api_until_a_migration_revokes_it(
    prepared: Database, role: str
) -> None:
    with connect(prepared.url) as connection:
        connection.execute(SQL["make_probe_table"])
        connection.execute(SQL["make_probe_function"])
        rights = connection.execute(SQL["may"], {"role": role}).fetchone()
    assert rights == {"use_table": True, "use_sequence": True, "run_function": True}


def test_a_second_bootstrap_gives_nothing_back_that_a_migration_revoked(prepared: Database) -> None:
    with connect(prepared.url) as connection:
        connection.execute(SQL["revoke_defaults"])
        assert bootstrap(prepared.superuser_url, OWNER)
        connection.execute(SQL["make_probe_table"])
        connection.execute(SQL["make_probe_function"])
        rights = connection.execute(SQL["may"], {"role": "anon"}).fetchone()
    assert rights == {"use_table": False, "use_sequence": True, "run_function": True}


@pytest.mark.parametrize(
    ("settings", "uid", "role", "email", "jwt"),
    [
        ({}, None, None, None, None),
        ({"request.jwt.claims": ""}, None, None, None, None),
        (
            {"request.jwt.claims": json.dumps({"sub": USER, "role": "authenticated", "email": "a@example.com"})},
            USER,
            "authenticated",
            "a@example.com",
            {"sub": USER, "role": "authenticated", "email": "a@example.com"},
        ),
        (
            {"request.jwt.claim.sub": USER, "request.jwt.claims": json.dumps({"sub": "other", "role": "anon"})},
            USER,
            "anon",
            None,
            {"sub": "other", "role": "anon"},
        ),
    ],
)
def test_the_caller_is_read_from_the_single_claim_first_then_from_all_claims(
    prepared: Database, settings: dict[str, str], uid: str, role: str, email: str, jwt: dict[str, str]
) -> None:
    with connect(prepared.url) as connection, connection.transaction():
        for name, value in settings.items():
            connection.execute(SQL["set_setting"], {"name": name, "value": value})
        seen = connection.execute(SQL["claims"]).fetchone()
    assert seen == {"uid": uid, "role": role, "email": email, "jwt": jwt}


def test_a_real_supabase_is_left_alone(plain: Database) -> None:
    with connect(plain.superuser_url) as connection:
        connection.execute(SQL["make_supabase_admin"])
        try:
            assert not bootstrap(plain.superuser_url)
        finally:
            connection.execute(SQL["drop_supabase_admin"])
        assert connection.execute(SQL["schemas"]).fetchall() == []


def test_a_role_that_may_not_prepare_an_empty_database_says_who_could(plain: Database) -> None:
    with pytest.raises(DatabaseProblem, match=f"{OWNER} may not create them: put a superuser's address"):
        bootstrap(plain.url)


def test_a_role_without_rights_is_content_with_a_prepared_database(prepared: Database) -> None:
    assert not bootstrap(prepared.url)


def test_without_a_named_owner_the_caller_is_the_one_who_migrates(plain: Database) -> None:
    assert bootstrap(plain.superuser_url)
    with connect(plain.superuser_url) as connection:
        connection.execute(SQL["make_probe_table"])
        connection.execute(SQL["make_probe_function"])
        rights = connection.execute(SQL["may"], {"role": "anon"}).fetchone()
    assert rights == {"use_table": True, "use_sequence": True, "run_function": True}
