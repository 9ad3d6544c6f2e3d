"""Accounts at the providers: sealed when stored, opened when used."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from modules.accounts import store
from modules.accounts.models import Account, AccountDraft, StoredAccount
from modules.ids import AccountId, ClientId
from modules.labels import Provider
from utils.config import is_loopback
from utils.db import Connection
from utils.errors import SettingsError
from utils.signing import Sealer
from utils.uuid7 import random_key, uuid7

# One name a provider, for the sentence that says what is missing; .env.example tells the rest.
_SETTING = {
    Provider.twilio: "TWILIO_ACCOUNT_SID",
    Provider.resend: "RESEND_API_KEY",
    Provider.ghl: "GHL_TOKEN",
    Provider.vapi: "VAPI_API_KEY",
    Provider.retell: "RETELL_API_KEY",
}


@dataclass(frozen=True)
class AccountOpener:
    """Turns a row into an Account that adapters can use.

    `environment`: per provider the settings and secrets that the environment gives; a row's own settings win over them.
    """

    sealer: Sealer
    base_urls: Mapping[Provider, str]
    environment: Mapping[Provider, tuple[Mapping[str, str], Mapping[str, str]]] = field(repr=False)

    def open(self, row: StoredAccount) -> Account:
        """SettingsError when the environment lacks what the row relies on, or no key opens its secrets."""
        settings, secrets = self._own(row) if row.sealed_secrets is not None else self._environments(row)
        hook = settings.get("workflow_hook")
        if hook and is_loopback(self.base_urls[row.provider]) and not is_loopback(hook):
            raise SettingsError(
                f"The {row.channel} account {row.id} hands its texts to a real workflow while {row.provider} is a twin "
                "on this machine; nothing leaves by it here",
                field="workflow_hook",
            )
        return Account(
            id=row.id,
            client_id=row.client_id,
            provider=row.provider,
            channel=row.channel,
            account_key=row.account_key,
            settings=settings,
            unknown_policy=row.unknown_policy,
            sends_per_second=row.sends_per_second,
            base_url=self.base_urls[row.provider],
            secrets=secrets,
            review_unknown=row.review_unknown,
            from_environment=row.sealed_secrets is None,
        )

    def _own(self, row: StoredAccount) -> tuple[Mapping[str, str], Mapping[str, str]]:
        plain = self.sealer.open(row.sealed_secrets or b"", seal_context(row.client_id, row.id))
        return row.settings, json.loads(plain)

    def _environments(self, row: StoredAccount) -> tuple[Mapping[str, str], Mapping[str, str]]:
        given = self.environment.get(row.provider)
        if given is None:
            name = _SETTING[row.provider]
            raise SettingsError(
                f"{name} is missing: the {row.channel} account {row.id} uses the environment's own "
                f"{row.provider} credentials. Set {name} and what belongs to it, or give the client its own account.",
                field=name,
            )
        settings, secrets = given
        return {**settings, **row.settings}, secrets


def seal_context(client_id: ClientId, account_id: AccountId) -> str:
    """Bound into the seal, so that secrets copied to another row do not open there."""
    return f"{client_id}/{account_id}"


async def add_account(conn: Connection, sealer: Sealer, draft: AccountDraft, now: datetime) -> AccountId:
    """Puts a new account into service and retires the client's previous one of that channel.

    The caller has asked the channel's adapter (`check_account`) whether settings and secrets are complete.
    """
    account_id = AccountId(uuid7(now))
    sealed = None
    if draft.secrets is not None:
        plain = json.dumps(dict(draft.secrets)).encode()
        sealed = sealer.seal(plain, seal_context(draft.client_id, account_id))
    await store.retire_account(conn, draft.client_id, draft.channel, now)
    await store.add_account(conn, account_id, random_key(), draft, sealed, now)
    return account_id


async def find_account_by_key(conn: Connection, opener: AccountOpener, key: str) -> Account | None:
    """The account that a hook's address names, retired ones included: the provider may still be telling the truth
    about messages that left before. None for a key that nobody has."""
    row = await store.find_account_by_key(conn, key)
    return None if row is None else opener.open(row)


async def environment_accounts(conn: Connection, opener: AccountOpener, provider: Provider) -> list[Account]:
    """The accounts that share the environment's credentials at this provider (the bare hook address is theirs)."""
    return [opener.open(row) for row in await store.environment_accounts(conn, provider)]


async def reseal_secrets(conn: Connection, sealer: Sealer) -> int:
    """Seals under the newest key what is not yet; how many. Afterwards the older keys can be taken out of
    OMNIFY_SECRET_KEY."""
    resealed = 0
    for secret in await store.lock_sealed(conn):
        if sealer.is_current(secret.sealed):
            continue
        context = seal_context(secret.client_id, secret.id)
        await store.write_seal(conn, secret.id, sealer.seal(sealer.open(secret.sealed, context), context))
        resealed += 1
    return resealed
