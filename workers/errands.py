"""Messages that belong to no sequence: armed one by one, then sent and recorded at their account's pace."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import httpx
import psycopg

from modules.accounts import Account
from modules.channels import Message, Permission
from modules.contacts import Address, Contact, count_addresses, lock_addresses, lock_contacts
from modules.ids import AccountId, ContactId
from modules.labels import AddressKind
from utils.clock import monotonic
from utils.crashpoint import crashpoint
from utils.db import Connection
from utils.log import logger
from workers.accounts_in_use import AccountsInUse
from workers.arm import SEND_WITHIN_SECONDS, batch_size
from workers.context import Deps
from workers.gate import ask_about
from workers.record import record_answers
from workers.send import send_batch

LOG = logger("errands")
ACCOUNT_SECONDS = 15.0
BUSY_ROUNDS = 3
MOST_TRIES = 3


class Standstill(StrEnum):
    """Why nothing was armed: somebody else holds the person or the sender; or it may not leave yet, or no more."""

    busy = "busy"
    wait = "wait"


BUSY, WAIT = Standstill.busy, Standstill.wait


class Errand(Protocol):
    """One message that wants to leave, by whom it is about."""

    @property
    def id(self) -> UUID: ...

    @property
    def contact_id(self) -> ContactId: ...


E = TypeVar("E", bound=Errand)
ArmOne = Callable[[Connection, E, Permission | None], Awaitable[Message | Standstill]]
"""Under the locks of its own transaction: the touch's row and its message, or why there is none."""


@dataclass
class Round(Generic[E]):
    """What one account has armed and not yet sent; `again` was locked elsewhere, and is tried once more."""

    messages: list[Message] = field(default_factory=list)
    again: list[E] = field(default_factory=list)
    send_by: float = 0.0


async def run_owed(
    deps: Deps,
    client: httpx.AsyncClient,
    reader: httpx.AsyncClient,
    accounts: AccountsInUse,
    owed: Mapping[AccountId, Sequence[E]],
    arm_by: Callable[[Account], ArmOne[E]],
    deadline: float,
    counts: Counter[str],
    counted_as: str,
) -> None:
    """Every account's errands side by side, 15 s at the most, so that one that hangs keeps no other waiting."""
    until, work = min(deadline, monotonic() + ACCOUNT_SECONDS), []
    for account_id, own in owed.items():
        account = accounts.by_id[account_id]
        work.append(run_errands(deps, client, reader, account, own, arm_by(account), until, counts, counted_as))
    await gather_all(work)


async def run_errands(
    deps: Deps,
    client: httpx.AsyncClient,
    reader: httpx.AsyncClient,
    account: Account,
    owed: Sequence[E],
    arm: ArmOne[E],
    until: float,
    counts: Counter[str],
    counted_as: str,
) -> None:
    """One account's errands, at its pace; what is left or locked goes to the next minute. `client` sends, `reader`
    asks. What is armed is sent and recorded even if the next one then fails; the failure is raised after that."""
    permissions = await ask_about(deps, reader, account, [one.contact_id for one in owed])
    left, rounds = list(owed), 0
    while left and monotonic() < until and rounds < BUSY_ROUNDS:
        batch, left = left[: batch_size(account)], left[batch_size(account) :]
        done = Round[E](send_by=monotonic() + SEND_WITHIN_SECONDS)
        failure = await _arm_each(deps, batch, arm, permissions, done)
        crashpoint("after_arm")
        counts += Counter({counted_as: len(done.messages)})
        async for answers in send_batch(client, account, done.messages, done.send_by, pace=deps.pace_of(account)):
            await record_answers(deps, answers, until, counts)
        if failure:
            raise failure
        left += done.again
        # what may not leave yet is out of the way at once; only who is locked elsewhere comes again
        rounds += bool(done.again) and not done.messages


async def _arm_each(
    deps: Deps, batch: Sequence[E], arm: ArmOne[E], permissions: Mapping[ContactId, Permission], done: Round[E]
) -> Exception | None:
    """Arms until the first failure, which is told: what stands in `done.messages` is committed and must leave."""
    try:
        for one in batch:
            await _arm_or_wait(deps, one, arm, permissions.get(one.contact_id), done)
    except Exception as error:  # noqa: BLE001 (raised again once that has left)
        return error
    return None


async def _arm_or_wait(deps: Deps, one: E, arm: ArmOne[E], permission: Permission | None, done: Round[E]) -> None:
    """One errand, one transaction: one that cannot be written keeps no other from leaving."""
    try:
        async with deps.database.transaction() as conn:
            message = await arm(conn, one, permission)
            crashpoint("before_arm_commit")
    except psycopg.errors.LockNotAvailable:
        message = BUSY
    except (psycopg.IntegrityError, psycopg.DataError) as error:
        LOG.error("errand_refused", errand_id=str(one.id), error=type(error).__name__)
        return
    if isinstance(message, Message):
        done.messages.append(message)
    elif message is BUSY:
        done.again.append(one)


async def lock_person_whole(
    conn: Connection, contact_id: ContactId
) -> tuple[Contact, dict[AddressKind, Address]] | None:
    """The person and all their addresses, locked in the order of every arming; None when one is locked elsewhere."""
    contact = (await lock_contacts(conn, [contact_id])).get(contact_id)
    locked = (await lock_addresses(conn, [contact_id]))[contact_id] if contact else {}
    if contact is None or len(locked) != await count_addresses(conn, contact_id):
        return None
    return contact, dict(locked)


async def gather_all(work: Sequence[Awaitable[None]]) -> None:
    """All of it to its end, then the first failure."""
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
