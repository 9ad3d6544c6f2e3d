"""Tenants with a person, an account, a contact and touches, for tests of walls and of the API."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from modules.accounts import (
    AccountDraft,
    Client,
    Role,
    add_account,
    add_client,
    add_local_user,
    add_member,
)
from modules.ids import AccountId, UserId
from modules.labels import ChannelName, Provider, UnknownPolicy
from utils.db import Connection, execute
from utils.signing import Sealer
from utils.sql import Queries
from utils.uuid7 import uuid7

SQL = Queries(Path(__file__).with_name("tenants.sql"))
PASSWORD = "correct horse battery"
SECRETS = {"auth_token": "not-a-real-token"}


@dataclass(frozen=True)
class Tenant:
    client: Client
    user_id: UserId
    email: str
    account_id: AccountId
    contact_id: UUID


async def add_tenant(conn: Connection, sealer: Sealer, slug: str, now: datetime) -> Tenant:
    """A client with one owner (password PASSWORD), one Twilio account of its own and one contact."""
    client = await add_client(conn, slug, slug.title(), now)
    email = f"{slug}@example.com"
    user_id = await add_local_user(conn, email, PASSWORD, now)
    await add_member(conn, client.id, user_id, Role.owner, now)
    draft = AccountDraft(
        client_id=client.id,
        provider=Provider.twilio,
        channel=ChannelName.sms,
        settings={"account_sid": slug},
        secrets=SECRETS,
        unknown_policy=UnknownPolicy.never_rearm,
        sends_per_second=1,
    )
    account_id = await add_account(conn, sealer, draft, now)
    contact_id = uuid7(now)
    await execute(conn, SQL["add_contact"], {"id": contact_id, "client_id": client.id, "now": now})
    return Tenant(client, user_id, email, account_id, contact_id)


async def add_touch(conn: Connection, tenant: Tenant, to_address: str, now: datetime) -> UUID:
    """A touch that is being sent."""
    touch_id = uuid7(now)
    params = {
        "id": touch_id,
        "client_id": tenant.client.id,
        "account_id": tenant.account_id,
        "contact_id": tenant.contact_id,
        "to_address": to_address,
        "now": now,
    }
    await execute(conn, SQL["add_touch"], params)
    return touch_id


async def move_touch(conn: Connection, touch_id: UUID, state: str, now: datetime, evidence_id: str | None) -> None:
    """Writes a state as the workers would; the database refuses what may not be."""
    confirmed_at = now if evidence_id else None
    params = {"id": touch_id, "state": state, "now": now, "evidence_id": evidence_id, "confirmed_at": confirmed_at}
    await execute(conn, SQL["move_touch"], params)


async def remove_members(conn: Connection, tenant: Tenant) -> None:
    await execute(conn, SQL["remove_members"], {"client_id": tenant.client.id})
