"""Accounts at the providers: sealed in the row, opened for use, sealed again under a newer key."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from modules.accounts import (
    Account,
    AccountDraft,
    AccountOpener,
    Role,
    add_account,
    add_client,
    add_local_user,
    add_member,
    environment_accounts,
    find_account_by_key,
    find_client,
    list_clients,
    memberships_of,
    reseal_secrets,
    stored_accounts,
)
from modules.ids import ClientId
from modules.labels import ChannelName, Provider, UnknownPolicy
from tests.databases import Database as Scratch
from utils.db import Connection, Database, fetch_all
from utils.errors import BadInput, Conflict, NotFound, SettingsError
from utils.signing import Sealer
from utils.sql import Queries

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
OLD = Sealer.from_setting("the older key of this test, long enough".replace(",", ""))
BOTH = Sealer((Sealer.from_setting("the newer key of this test which is longer").keys[0], *OLD.keys))
NEW = Sealer(BOTH.keys[:1])
URLS = {Provider.twilio: "http://127.0.0.1:1/twilio", Provider.resend: "http://127.0.0.1:1/resend"}
SECRETS = {"auth_token": "very secret"}
WALLS = Queries(Path(__file__).with_name("walls.sql"))


@pytest.fixture
async def conn(database: Scratch) -> AsyncIterator[Connection]:
    """One transaction as the owner."""
    pool = Database(database.url)
    await pool.open()
    async with pool.transaction() as connection:
        yield connection
    await pool.close()


def opener(sealer: Sealer) -> AccountOpener:
    return AccountOpener(sealer, URLS, {})


async def in_service(conn: Connection, sealer: Sealer) -> list[Account]:
    rows = [row for row in await stored_accounts(conn) if row.retired_at is None]
    return [opener(sealer).open(row) for row in rows]


def draft(client_id: ClientId, secrets: dict[str, str] | None = SECRETS) -> AccountDraft:
    return AccountDraft(
        client_id, Provider.twilio, ChannelName.sms, {"account_sid": "x"}, secrets, UnknownPolicy.never_rearm, 2
    )


@pytest.mark.parametrize(("hook", "opens"), [("https://hooks.example/1", False), ("http://127.0.0.1:1/hook", True)])
async def test_a_real_workflow_is_nowhere_beside_a_twin(conn: Connection, hook: str, opens: bool) -> None:
    """Its address is a whole one, which no base URL turns to the twin."""
    client = await add_client(conn, "bright", "Bright", NOW)
    told = {"location_id": "x", "workflow_hook": hook}
    by = replace(draft(client.id, {"token": "t"}), provider=Provider.ghl, settings=told)
    await add_account(conn, OLD, by, NOW)
    [row] = await stored_accounts(conn)
    twin = AccountOpener(OLD, {Provider.ghl: "http://127.0.0.1:1/ghl"}, {})
    real = AccountOpener(OLD, {Provider.ghl: "https://services.example"}, {})
    assert real.open(row).settings["workflow_hook"] == hook
    if opens:
        assert twin.open(row).settings["workflow_hook"] == hook
        return
    with pytest.raises(SettingsError, match="nothing leaves by it here"):
        twin.open(row)


async def test_secrets_are_sealed_in_the_row_and_open_for_use(conn: Connection) -> None:
    client = await add_client(conn, "bright", "Bright", NOW)
    account_id = await add_account(conn, OLD, draft(client.id), NOW)
    stored = (await fetch_all(conn, WALLS["read_seals"]))[0]["sealed_secrets"]
    assert b"very secret" not in bytes(stored)
    [account] = await in_service(conn, OLD)
    assert (account.id, account.secrets, account.base_url) == (account_id, SECRETS, URLS[Provider.twilio])
    assert await find_account_by_key(conn, opener(OLD), account.account_key) == account
    assert await find_account_by_key(conn, opener(OLD), "0" * 32) is None
    assert "very secret" not in repr(account) + repr(draft(client.id))


async def test_rotation_seals_once_and_then_the_old_key_can_go(conn: Connection) -> None:
    client = await add_client(conn, "bright", "Bright", NOW)
    await add_account(conn, OLD, draft(client.id), NOW)
    with pytest.raises(SettingsError, match="OMNIFY_SECRET_KEY"):
        await in_service(conn, NEW)
    assert await reseal_secrets(conn, BOTH) == 1
    assert await reseal_secrets(conn, BOTH) == 0
    assert [account.secrets for account in await in_service(conn, NEW)] == [SECRETS]


async def test_a_new_account_retires_the_one_before_but_its_hook_still_knows_it(conn: Connection) -> None:
    client = await add_client(conn, "bright", "Bright", NOW)
    await add_account(conn, OLD, draft(client.id), NOW)
    [before] = await in_service(conn, OLD)
    second = await add_account(conn, OLD, draft(client.id), NOW)
    assert [account.id for account in await in_service(conn, OLD)] == [second]
    assert await find_account_by_key(conn, opener(OLD), before.account_key) == before


async def test_the_environments_account_takes_the_environments_secrets_or_names_what_is_missing(
    conn: Connection,
) -> None:
    client = await add_client(conn, "bright", "Bright", NOW)
    await add_account(conn, OLD, draft(client.id, None), NOW)
    with pytest.raises(SettingsError, match="TWILIO_ACCOUNT_SID is missing") as refused:
        await environment_accounts(conn, opener(OLD), Provider.twilio)
    assert refused.value.field == "TWILIO_ACCOUNT_SID"
    given = AccountOpener(OLD, URLS, {Provider.twilio: ({"messaging_service_sid": "m"}, SECRETS)})
    [account] = await environment_accounts(conn, given, Provider.twilio)
    assert account.settings == {"account_sid": "x", "messaging_service_sid": "m"}
    assert account.secrets == SECRETS
    assert await environment_accounts(conn, given, Provider.resend) == []


async def test_a_client_needs_a_free_and_plain_slug(conn: Connection) -> None:
    client = await add_client(conn, "bright", "Bright", NOW)
    with pytest.raises(Conflict):
        await add_client(conn, "bright", "Other", NOW)
    for slug in ("", "Bright", "-x", "a b", "ä", "x" * 64):
        with pytest.raises(BadInput):
            await add_client(conn, slug, "Name", NOW)
    with pytest.raises(NotFound, match="no client 'nobody'"):
        await find_client(conn, "nobody")
    assert await find_client(conn, "bright") == client
    assert await list_clients(conn) == [client]


async def test_a_person_has_the_role_given_last(conn: Connection) -> None:
    client = await add_client(conn, "bright", "Bright", NOW)
    user_id = await add_local_user(conn, "Ada@Example.com", "long enough words", NOW)
    await add_member(conn, client.id, user_id, Role.viewer, NOW)
    await add_member(conn, client.id, user_id, Role.owner, NOW)
    assert [(one.client, one.role) for one in await memberships_of(conn, user_id)] == [(client, Role.owner)]
    with pytest.raises(Conflict):
        await add_local_user(conn, "ada@example.com", "long enough words", NOW)
    for email, password in (("nobody", "long enough words"), ("bob@example.com", "short")):
        with pytest.raises(BadInput):
            await add_local_user(conn, email, password, NOW)
