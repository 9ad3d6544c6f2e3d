"""House section 6 by catalogue: tenants are walled off in the database, and Supabase's Data API reaches nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from scripts.database.connect import Connection as SyncConnection
from scripts.database.connect import connect
from tests.databases import Database as Scratch
from tests.tenants import Tenant, add_tenant, add_touch, move_touch
from utils.db import Connection, Database, execute, fetch_all
from utils.signing import Sealer
from utils.sql import Queries
from utils.uuid7 import uuid7
from utils.web import Who, as_caller

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SQL = Queries(Path(__file__).with_name("walls.sql"))
SEALER = Sealer.from_setting("a secret key for tests that is long enough")
OUTSIDERS = ("anon", "authenticated")


@pytest.fixture
async def pool(database: Scratch) -> AsyncIterator[Database]:
    opened = Database(database.url)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def tenants(pool: Database) -> tuple[Tenant, Tenant]:
    async with pool.transaction() as conn:
        return await add_tenant(conn, SEALER, "bright", NOW), await add_tenant(conn, SEALER, "calm", NOW)


@asynccontextmanager
async def as_owner_of(pool: Database, tenant: Tenant) -> AsyncIterator[Connection]:
    async with as_caller(pool, Who(tenant.user_id, tenant.email)) as conn:
        yield conn


def run_as(conn: SyncConnection, role: str, query: sql.Composed) -> None:
    with conn.transaction():
        conn.execute(SQL["become"], {"role": role})
        conn.execute(query)


async def refused(pool: Database, tenant: Tenant, touch: UUID, state: str, evidence: str | None) -> str | None:
    with pytest.raises(psycopg.IntegrityError) as error:
        async with pool.transaction() as conn:
            await move_touch(conn, touch, state, NOW, evidence)
    return error.value.sqlstate


def test_every_table_has_row_level_security(database: Scratch) -> None:
    with connect(database.url) as conn:
        assert conn.execute(SQL["tables_without_walls"]).fetchall() == []


def test_every_reference_between_tenant_tables_names_the_client(database: Scratch) -> None:
    with connect(database.url) as conn:
        assert conn.execute(SQL["loose_references"]).fetchall() == []


@pytest.mark.parametrize("role", OUTSIDERS)
def test_the_data_api_reads_no_relation_of_ours(database: Scratch, role: str) -> None:
    with connect(database.url) as conn:
        relations = conn.execute(SQL["relations"], {}).fetchall()
        assert len(relations) > 10
        for relation in relations:
            name = sql.SQL(relation["name"])
            if relation["kind"] == "S":
                query = sql.SQL(SQL["draw_number"]).format(relation=sql.Literal(relation["name"]))
            else:
                query = sql.SQL(SQL["read_relation"]).format(relation=name)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                run_as(conn, role, query)


@pytest.mark.parametrize("role", OUTSIDERS)
def test_the_data_api_calls_no_function_of_ours_not_even_a_later_one(database: Scratch, role: str) -> None:
    with connect(database.url) as conn:
        conn.execute(SQL["make_late_function"])
        functions = conn.execute(SQL["functions"], {}).fetchall()
        assert {"late_function()", "house.my_clients()"} <= {function["name"] for function in functions}
        for function in functions:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                run_as(conn, role, sql.SQL(SQL["call_function"]).format(call=sql.SQL(function["call"])))


async def test_a_row_of_two_tenants_is_refused_even_for_the_owner(
    pool: Database, tenants: tuple[Tenant, Tenant]
) -> None:
    bright, calm = tenants
    for account, contact in ((bright.account_id, calm.contact_id), (calm.account_id, bright.contact_id)):
        params = {
            "id": uuid7(NOW),
            "client_id": bright.client.id,
            "account_id": account,
            "contact_id": contact,
            "now": NOW,
        }
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            async with pool.transaction() as conn:
                await execute(conn, SQL["add_foreign_touch"], params)


async def test_success_without_evidence_and_illegal_moves_are_refused(
    pool: Database, tenants: tuple[Tenant, Tenant]
) -> None:
    async with pool.transaction() as conn:
        touch = await add_touch(conn, tenants[0], "+12025550100", NOW)
    assert await refused(pool, tenants[0], touch, "delivered", None) == "23514"
    assert await refused(pool, tenants[0], touch, "suppressed", None) == "23514"
    async with pool.transaction() as conn:
        await move_touch(conn, touch, "delivered", NOW, "SM1:delivered")
    assert await refused(pool, tenants[0], touch, "sending", "SM1:delivered") == "23514"
    assert await refused(pool, tenants[0], touch, "accepted", "SM1:delivered") == "23514"


async def test_the_api_role_never_reads_sealed_secrets(pool: Database, tenants: tuple[Tenant, Tenant]) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with as_owner_of(pool, tenants[0]) as conn:
            await fetch_all(conn, SQL["read_seals"])


async def test_members_see_their_own_client_and_strangers_see_none(
    pool: Database, tenants: tuple[Tenant, Tenant]
) -> None:
    bright, calm = tenants
    for tenant in tenants:
        async with as_owner_of(pool, tenant) as conn:
            accounts = await fetch_all(conn, SQL["read_accounts"])
            members = await fetch_all(conn, SQL["read_members"])
        assert [(row["id"], row["client_id"]) for row in accounts] == [(tenant.account_id, tenant.client.id)]
        assert [(row["user_id"], row["client_id"]) for row in members] == [(tenant.user_id, tenant.client.id)]
    async with as_caller(pool, Who(uuid7(NOW), None)) as conn:
        assert await fetch_all(conn, SQL["read_accounts"]) == []
        assert await fetch_all(conn, SQL["read_members"]) == []
    assert bright.client != calm.client
