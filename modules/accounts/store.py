"""One function a query."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from modules.accounts.models import (
    AccountDraft,
    Client,
    ClientChange,
    ClientStatus,
    LocalUser,
    Membership,
    Profile,
    Role,
    SealedSecret,
    StoredAccount,
    Unheard,
)
from modules.ids import AccountId, ClientId, UserId
from modules.labels import ChannelName, Provider, UnknownPolicy
from utils.db import Connection, execute, fetch_all, fetch_one
from utils.sql import queries

SQL = queries(__file__)


def _client(row: Mapping[str, Any]) -> Client:
    return Client(ClientId(row["id"]), row["slug"], row["name"], ClientStatus(row["status"]))


def _account(row: Mapping[str, Any]) -> StoredAccount:
    sealed = row["sealed_secrets"]
    return StoredAccount(
        id=AccountId(row["id"]),
        client_id=ClientId(row["client_id"]),
        provider=Provider(row["provider"]),
        channel=ChannelName(row["channel"]),
        account_key=row["account_key"],
        settings=row["settings"],
        sealed_secrets=None if sealed is None else bytes(sealed),
        unknown_policy=UnknownPolicy(row["unknown_policy"]),
        sends_per_second=float(row["sends_per_second"]),
        retired_at=row.get("retired_at"),
        review_unknown=row["review_unknown"],
    )


async def add_client(conn: Connection, client: Client, now: datetime) -> bool:
    """False when the slug is taken."""
    params = {"id": client.id, "slug": client.slug, "name": client.name, "status": client.status.value, "now": now}
    return await execute(conn, SQL["add_client"], params) > 0


async def list_clients(conn: Connection) -> list[Client]:
    return [_client(row) for row in await fetch_all(conn, SQL["list_clients"])]


async def find_client(conn: Connection, slug: str) -> Client | None:
    row = await fetch_one(conn, SQL["find_client"], {"slug": slug})
    return None if row is None else _client(row)


async def change_client(conn: Connection, client_id: ClientId, change: ClientChange) -> bool:
    """True when something is new."""
    params = {
        "id": client_id,
        "status": change.status and change.status.value,
        "seller": change.seller,
        "postal_address": change.postal_address,
        "help_contact": change.help_contact,
        "daily_budget_micros": change.daily_budget_micros,
        "unlimited": change.unlimited,
    }
    return await execute(conn, SQL["change_client"], params) > 0


async def load_profile(conn: Connection, client_id: ClientId) -> Profile | None:
    row = await fetch_one(conn, SQL["load_profile"], {"id": client_id})
    return None if row is None else Profile(**row | {"status": ClientStatus(row["status"])})


async def add_member(conn: Connection, client_id: ClientId, user_id: UserId, role: Role, now: datetime) -> None:
    params = {"client_id": client_id, "user_id": user_id, "role": role.value, "now": now}
    await execute(conn, SQL["add_member"], params)


async def memberships_of(conn: Connection, user_id: UserId) -> list[Membership]:
    rows = await fetch_all(conn, SQL["memberships_of"], {"user_id": user_id})
    return [Membership(_client(row), UserId(row["user_id"]), Role(row["role"])) for row in rows]


async def member_ids_of(conn: Connection, client_id: ClientId) -> frozenset[UserId]:
    rows = await fetch_all(conn, SQL["member_ids_of"], {"client_id": client_id})
    return frozenset(UserId(row["user_id"]) for row in rows)


async def retire_account(conn: Connection, client_id: ClientId, channel: ChannelName, now: datetime) -> int:
    params = {"client_id": client_id, "channel": channel.value, "now": now}
    return await execute(conn, SQL["retire_account"], params)


async def add_account(
    conn: Connection, account_id: AccountId, account_key: str, draft: AccountDraft, sealed: bytes | None, now: datetime
) -> None:
    params = {
        "id": account_id,
        "client_id": draft.client_id,
        "provider": draft.provider.value,
        "channel": draft.channel.value,
        "account_key": account_key,
        "settings": json.dumps(dict(draft.settings)),
        "sealed_secrets": sealed,
        "from_environment": draft.from_environment,
        "unknown_policy": draft.unknown_policy.value,
        "sends_per_second": draft.sends_per_second,
        "review_unknown": draft.review_unknown,
        "now": now,
    }
    await execute(conn, SQL["add_account"], params)


async def distrust_account(conn: Connection, account_id: AccountId) -> int:
    return await execute(conn, SQL["distrust_account"], {"id": account_id})


async def unheard_accounts(conn: Connection) -> dict[AccountId, Unheard]:
    return {
        AccountId(row["id"]): Unheard(row["unheard_since"], row["heard_until"], row["looks_stuck"])
        for row in await fetch_all(conn, SQL["unheard_accounts"])
    }


async def note_unheard(conn: Connection, account_id: AccountId, mark: Unheard) -> int:
    params = {"id": account_id, "since": mark.since, "until": mark.until, "stuck": mark.stuck}
    return await execute(conn, SQL["note_unheard"], params)


async def note_heard(conn: Connection, account_ids: Sequence[AccountId], since: datetime) -> int:
    return await execute(conn, SQL["note_heard"], {"ids": list(account_ids), "since": since})


async def replies_read_to(conn: Connection, account_ids: Sequence[AccountId]) -> dict[AccountId, datetime]:
    """Of those that were ever read."""
    rows = await fetch_all(conn, SQL["replies_read_to"], {"ids": list(account_ids)})
    return {AccountId(row["id"]): row["replies_read_to"] for row in rows}


async def note_replies_read(conn: Connection, account_id: AccountId, until: datetime) -> int:
    return await execute(conn, SQL["note_replies_read"], {"id": account_id, "until": until})


async def stored_accounts(conn: Connection) -> list[StoredAccount]:
    return [_account(row) for row in await fetch_all(conn, SQL["stored_accounts"])]


async def find_account_by_key(conn: Connection, account_key: str) -> StoredAccount | None:
    row = await fetch_one(conn, SQL["find_account_by_key"], {"account_key": account_key})
    return None if row is None else _account(row)


async def environment_accounts(conn: Connection, provider: Provider) -> list[StoredAccount]:
    rows = await fetch_all(conn, SQL["environment_accounts"], {"provider": provider.value})
    return [_account(row) for row in rows]


async def lock_sealed(conn: Connection) -> list[SealedSecret]:
    rows = await fetch_all(conn, SQL["lock_sealed"])
    return [SealedSecret(AccountId(r["id"]), ClientId(r["client_id"]), bytes(r["sealed_secrets"])) for r in rows]


async def write_seal(conn: Connection, account_id: AccountId, sealed: bytes) -> None:
    await execute(conn, SQL["write_seal"], {"id": account_id, "sealed_secrets": sealed})


async def find_local_user(conn: Connection, email: str) -> LocalUser | None:
    row = await fetch_one(conn, SQL["find_local_user"], {"email": email})
    return None if row is None else LocalUser(UserId(row["id"]), row["email"], row["encrypted_password"] or "")


async def add_local_user(conn: Connection, user: LocalUser, now: datetime) -> bool:
    """False when the e-mail address is taken."""
    params = {"id": user.id, "email": user.email, "encrypted_password": user.password_hash, "now": now}
    return await execute(conn, SQL["add_local_user"], params) > 0


async def count_attempt(conn: Connection, email_hash: str, since: datetime, now: datetime, at_most: int) -> bool:
    """False when there were so many since."""
    params = {"email_hash": email_hash, "since": since, "now": now, "at_most": at_most}
    return await fetch_one(conn, SQL["count_attempt"], params) is not None


async def forget_attempts(conn: Connection, before: datetime, at_most: int) -> int:
    return await execute(conn, SQL["forget_attempts"], {"before": before, "at_most": at_most})
