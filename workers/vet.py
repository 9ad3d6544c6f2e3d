"""Asks, before the locks, whether a number was given to somebody else since its owner agreed to be reached there."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import httpx

from modules.accounts import ClientStatus
from modules.channels import Asker, CannotTell, NumberCheck, TwilioLookups
from modules.consents import withdraw_consents
from modules.contacts import lock_person
from modules.ids import ClientId, ContactId
from modules.labels import ChannelName, CheckAnswer, NextChannel, Provider
from modules.permits import NumberToCheck, Receipt, numbers_to_check, record_checks
from modules.sequences import DueGroup, peek_due
from utils.log import logger
from workers.accounts_in_use import AccountsInUse
from workers.context import Deps, environment_accounts_of

LOG = logger("vet")
SERVICE: NumberCheck = TwilioLookups()
VET_SECONDS = 10.0
"""A service that hangs uses up its own group's time only; nobody is reached without an answer."""
ASKED_AT_ONCE = 5
AHEAD = 4
"""Batches that are looked over at once."""
GIVEN_AWAY = "The number was given to somebody else."
SOURCE = "reassigned_number"
LOST_CHANNELS = (ChannelName.sms, ChannelName.voice)
_CHANNELS = {NextChannel.sms: ChannelName.sms, NextChannel.voice: ChannelName.voice}


@dataclass(frozen=True)
class Vetted:
    """How many answers were written down, and for how many batches, this one included, everybody may now be armed."""

    answers: int = 0
    batches: int = 1


async def vet(
    deps: Deps,
    client: httpx.AsyncClient,
    group: DueGroup,
    accounts: AccountsInUse,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Vetted:
    """Asks about the numbers that need it among the next `limit` people of a group.

    Most need nothing, so it looks several batches ahead and says for how many it need not be called again. Whoever
    comes in between has no answer yet, and waits like anybody without one.

    Read without a lock and without an open transaction. What came in before the time was up is kept, for it was paid
    for; whoever has no answer waits, because an unknown fact never allows. Where the number is somebody else's now, the
    person's consent to texts and calls ends with the answer, in one transaction.
    """
    channel, now = _CHANNELS.get(group.channel), deps.clock.now()
    if channel is None:
        return Vetted()
    async with deps.database.transaction() as conn:
        contact_ids = await peek_due(conn, group, now, after, AHEAD * limit)
        people = await numbers_to_check(conn, group.client_id, channel, contact_ids, _sending(deps), now)
    if not people:
        return Vetted(batches=max(1, len(contact_ids) // limit))
    first = set(contact_ids[:limit])
    people = [one for one in people if one.contact_id in first]
    return Vetted(await _ask_and_write(deps, client, accounts, group.client_id, people, now))


async def vet_people(
    deps: Deps,
    client: httpx.AsyncClient,
    accounts: AccountsInUse,
    client_id: ClientId,
    channel: ChannelName,
    contact_ids: Sequence[ContactId],
) -> int:
    """Asks about the numbers of these people that need it; how many answers were written down."""
    now = deps.clock.now()
    async with deps.database.transaction() as conn:
        people = await numbers_to_check(conn, client_id, channel, contact_ids, _sending(deps), now)
    return await _ask_and_write(deps, client, accounts, client_id, people, now)


async def _ask_and_write(
    deps: Deps,
    client: httpx.AsyncClient,
    accounts: AccountsInUse,
    client_id: ClientId,
    people: Sequence[NumberToCheck],
    now: datetime,
) -> int:
    if not people:
        return 0
    asker = asker_of(deps, accounts, client_id)
    if asker is None:
        LOG.warning("numbers_not_asked", client_id=str(client_id), reason="no_twilio_account", waiting=len(people))
        return 0
    receipts = await _ask_all(client, asker, people, client_id)
    await write_down(deps, client_id, people, receipts, now)
    return len(receipts)


def _sending(deps: Deps) -> list[ClientStatus]:
    """A client in test sends only where everything goes to the tester."""
    return [ClientStatus.live, *([ClientStatus.test] if deps.settings.test_redirect else [])]


def asker_of(deps: Deps, accounts: AccountsInUse, client_id: ClientId) -> Asker | None:
    """The client's own Twilio account, else the environment's; None where there is neither."""
    url, account = deps.settings.lookups_url, accounts.of(client_id, NextChannel.sms)
    if account is not None and account.provider is Provider.twilio:
        settings, secrets = account.settings, account.secrets
    else:
        settings, secrets = environment_accounts_of(deps.settings).get(Provider.twilio, ({}, {}))
    user, password = settings.get("account_sid"), secrets.get("auth_token")
    return Asker(user, password, url) if user and password else None


async def _ask_all(
    client: httpx.AsyncClient, asker: Asker, people: Sequence[NumberToCheck], client_id: ClientId
) -> list[Receipt]:
    """What was told in time. Of several people with one number the one whose proof is oldest is asked about first: a
    `no` since then is a no for all of them."""
    receipts: list[Receipt] = []
    silent: Counter[str] = Counter()
    gate = asyncio.Semaphore(ASKED_AT_ONCE)

    async def ask(one: NumberToCheck) -> None:
        async with gate:
            told = await SERVICE.check_reassigned(client, asker, one.phone, one.consented_on)
        if isinstance(told, CannotTell):
            silent[told.reason] += 1
        else:
            receipts.append(Receipt(one.address_id, told, one.consented_on, SERVICE.source))

    oldest = {one.address_id: one for one in sorted(people, key=lambda one: one.consented_on, reverse=True)}
    try:
        async with asyncio.timeout(VET_SECONDS):
            await asyncio.gather(*map(ask, oldest.values()))
    except TimeoutError:
        silent["no_time_left"] += len(oldest) - len(receipts) - silent.total()
    if silent:
        reasons = dict(sorted(silent.items()))
        LOG.warning("numbers_not_told", client_id=str(client_id), asked=len(oldest), reasons=reasons)
    return receipts


async def write_down(
    deps: Deps, client_id: ClientId, people: Sequence[NumberToCheck], receipts: Sequence[Receipt], now: datetime
) -> None:
    """Nothing of a number that was erased since it was asked about; the other answers stay."""
    if not receipts:
        return
    given_away = {(one.address_id, one.consented_on) for one in receipts if one.answer is CheckAnswer.yes}
    lost = sorted({one.contact_id for one in people if (one.address_id, one.consented_on) in given_away})
    async with deps.database.transaction() as conn:
        await lock_person(conn, lost)  # the person before the number, as everybody locks
        await record_checks(conn, client_id, receipts, now)
        for contact_id in lost:
            await withdraw_consents(conn, client_id, contact_id, LOST_CHANNELS, GIVEN_AWAY, SOURCE, now)
    LOG.info("numbers_asked", client_id=str(client_id), answered=len(receipts), given_away=len(lost))
