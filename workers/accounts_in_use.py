"""Accounts ready for use; one that cannot be opened is reported and stays out, the others go on."""

from collections.abc import Sequence
from dataclasses import dataclass

from modules.accounts import Account, stored_accounts
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
    """`by_channel` holds those in service, `by_id` the retired ones too: their messages are still being proven."""

    by_channel: dict[tuple[ClientId, str], Account]
    by_id: dict[AccountId, Account]

    def of(self, client_id: ClientId, channel: NextChannel) -> Account | None:
        return self.by_channel.get((client_id, str(channel)))

    def ids(self) -> Sequence[AccountId]:
        return list(self.by_id)


async def load_accounts_in_use(deps: Deps, conn: Connection) -> AccountsInUse:
    by_channel: dict[tuple[ClientId, str], Account] = {}
    by_id: dict[AccountId, Account] = {}
    for row in await stored_accounts(conn):
        try:
            account = deps.opener.open(row)
            channel_for(account.provider, account.channel).check_account(account.settings, account.secrets)
        except AppError as error:
            LOG.error("account_unusable", account_id=str(row.id), reason=error.detail)
            continue
        by_id[account.id] = account
        if row.retired_at is None:
            by_channel[account.client_id, str(account.channel)] = account
    return AccountsInUse(by_channel, by_id)
