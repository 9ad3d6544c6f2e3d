"""Accounts ready for use; one that cannot be opened is reported and stays out, the others go on."""

from collections.abc import Sequence
from dataclasses import dataclass

from modules.accounts import Account, stored_accounts, unit_price_micros
from modules.channels import channel_for
from modules.ids import AccountId, ClientId
from modules.labels import NextChannel
from utils.db import Connection
from utils.errors import AppError
from utils.log import logger
from workers.context import Deps

LOG = logger("accounts")


@dataclass(frozen=True)
class AccountsInUse:
    """`by_channel` holds those in service, `by_id` the retired ones too: their messages are still being proven. One in
    service whose price cannot be read is in `by_id` alone: what left is proven, and nothing new leaves. `in_service`
    names all that are not retired, for their lists may show what left."""

    by_channel: dict[tuple[ClientId, str], Account]
    by_id: dict[AccountId, Account]
    in_service: frozenset[AccountId] = frozenset()

    def of(self, client_id: ClientId, channel: NextChannel) -> Account | None:
        return self.by_channel.get((client_id, str(channel)))

    def ids(self) -> Sequence[AccountId]:
        return list(self.by_id)


async def load_accounts_in_use(deps: Deps, conn: Connection) -> AccountsInUse:
    by_channel: dict[tuple[ClientId, str], Account] = {}
    by_id: dict[AccountId, Account] = {}
    stored = await stored_accounts(conn)
    for row in stored:
        try:
            account = deps.opener.open(row)
            channel_for(account.provider, account.channel).check_account(account.settings, account.secrets)
            by_id[account.id] = account
            if row.retired_at is None:
                unit_price_micros(account.settings)  # else the batch that asks for it would fail the whole sweep
                by_channel[account.client_id, str(account.channel)] = account
        except AppError as error:
            LOG.error("account_unusable", account_id=str(row.id), client_id=str(row.client_id), reason=error.detail)
    return AccountsInUse(by_channel, by_id, frozenset(row.id for row in stored if row.retired_at is None))
