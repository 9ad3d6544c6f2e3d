"""People from a GoHighLevel sub-account: everybody who is there, as they are there."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import httpx

from modules.accounts import Account, Client, find_client
from modules.channels import CannotTell, ContactSeen, Hint, HintKind, Reader, channel_for, list_ghl_contacts
from modules.labels import Provider
from scripts.cli.home import in_transaction, open_home
from scripts.cli.output import note, say
from utils.config import Settings
from utils.db import Connection
from utils.errors import NotFound, Unavailable
from utils.http import read_client
from workers.accounts_in_use import load_accounts_in_use
from workers.context import Deps, open_deps
from workers.follow_dates import follow_dates
from workers.meet import meet
from workers.take_in import post_of_account

MOST_SHOWN = 20
AT_ONCE = 8
PATIENCE_SECONDS = 15.0
"""Longer than the interval of GoHighLevel's rate: with somebody waiting, a refused read is worth a second try."""


def import_from_ghl(client: str, dry_run: bool, as_json: bool) -> None:
    """All pages, then all people in one transaction, new or changed. They agree to be reached only as the account's
    `consent_wording` says, if it has one."""
    with open_home() as (settings, dsn):
        people = asyncio.run(_read_everybody(settings, dsn, client))
    usable = [one for one in people if one.phone or one.email]
    refused = [one.ref for one in people if not (one.phone or one.email)]
    counts: Counter[str] = Counter()
    if not dry_run:
        counts = in_transaction(lambda deps, conn: _take(deps, conn, client, usable))
        with open_home() as (settings, dsn):
            asyncio.run(_follow_dates(settings, dsn, client, usable))
    for ref in refused[:MOST_SHOWN]:
        note(f"Left out {ref}: neither phone nor e-mail.")
    if len(refused) > MOST_SHOWN:
        note(f"And {len(refused) - MOST_SHOWN} more without phone or e-mail.")
    facts = {"read": len(people), "usable": len(usable), "left_out": refused, "dry_run": dry_run, **counts}
    done = f"{counts['met'] + counts['enrolled']} new or changed, {counts['enrolled']} of them enrolled by a tag"
    words = "nothing was written" if dry_run else done
    say(f"Read {len(people)} people at GoHighLevel, {len(usable)} can be reached: {words}.", as_json, facts)


async def _account(deps: Deps, conn: Connection, slug: str) -> tuple[Client, Account]:
    client = await find_client(conn, slug)
    accounts = await load_accounts_in_use(deps, conn)
    for account in accounts.by_channel.values():
        if account.client_id == client.id and account.provider is Provider.ghl:
            return client, account
    raise NotFound(
        f"{slug} has no GoHighLevel account; add one: scripts/omnify client account add --client {slug} --provider ghl",
        field="account",
    )


async def _read_everybody(settings: Settings, dsn: str, slug: str) -> list[ContactSeen]:
    """All pages before anything is written; Unavailable when they cannot be read to the end."""
    people: list[ContactSeen] = []
    async with open_deps(settings, dsn) as deps, _reader(settings) as client:
        async with deps.database.transaction() as conn:
            _, account = await _account(deps, conn, slug)
        async for page in list_ghl_contacts(client, account):
            if isinstance(page, CannotTell):
                raise Unavailable(
                    f"GoHighLevel did not give the whole list ({page.reason}). Nothing was changed; try again"
                )
            people += page
        gate = asyncio.Semaphore(AT_ONCE)
        return list(await asyncio.gather(*(_whole(client, account, gate, one) for one in people)))


def _reader(settings: Settings) -> httpx.AsyncClient:
    return read_client(settings.http_timeout_seconds, longest_pause=PATIENCE_SECONDS)


async def _whole(
    client: httpx.AsyncClient, account: Account, gate: asyncio.Semaphore, seen: ContactSeen
) -> ContactSeen:
    """The person with what a list does not show: on which channels they may not be reached."""
    reader = channel_for(account.provider, account.channel)
    if seen.dnd_channels is not None or not isinstance(reader, Reader):
        return seen
    async with gate:
        found = await reader.reread(client, account, Hint(HintKind.contact, seen.ref, f"import:{seen.ref}"))
    if not isinstance(found, ContactSeen):
        raise Unavailable(f"GoHighLevel did not tell everything about {seen.ref}. Nothing was changed; try again")
    return found


async def _take(deps: Deps, conn: Connection, slug: str, people: Sequence[ContactSeen]) -> Counter[str]:
    _, account = await _account(deps, conn, slug)
    post, now, pepper = await post_of_account(conn, account), deps.clock.now(), await deps.pepper(conn)
    return Counter([await meet(conn, pepper, post, one, now) for one in people])


async def _follow_dates(settings: Settings, dsn: str, slug: str, people: Sequence[ContactSeen]) -> None:
    """Dates that were told anew move the steps that wait for them."""
    async with open_deps(settings, dsn) as deps:
        async with deps.database.transaction() as conn:
            _, account = await _account(deps, conn, slug)
            post = await post_of_account(conn, account)
        await follow_dates(deps, post, people)
