"""One (client, channel) group of a sweep: batch after batch is armed, sent and recorded, until its end or its time.

While the last answers of a batch are awaited and written down, the next batch is armed: the database and the provider
are waited for at the same time, not one after the other. At a fast account that begins as soon as the provider has
answered some of a batch that is larger than its places. Never earlier: no more than one batch (and at a fast account
what waits for a place of the one before) is armed and not yet at its sockets, so a process that is killed leaves no
more behind than that, and a provider that hangs gets no second one.
"""

import asyncio
from collections import Counter
from datetime import datetime
from uuid import UUID

import httpx

from modules.accounts import Account
from modules.sequences import DueGroup
from utils.clock import monotonic
from workers.accounts_in_use import AccountsInUse
from workers.arm import Armed, arm_batch, batch_size
from workers.context import Deps
from workers.gate import ask_gate
from workers.record import record_answers
from workers.send import AT_ONCE, send_batch
from workers.vet import vet

BUSY_ROUNDS = 3
EARLY_SECONDS = 1.0
"""A batch is armed no sooner before its account may send again: what is armed must leave within 10 s."""


async def work_group(
    deps: Deps,
    client: httpx.AsyncClient,
    reader: httpx.AsyncClient,
    group: DueGroup,
    accounts: AccountsInUse,
    gate: asyncio.Semaphore,
    until: float,
    deadline: float,
    counts: Counter[str],
) -> bool:
    """Arms no more after `until`; True when there was more to do. What it did is counted in `counts`. What is armed is
    sent and recorded even if the next batch then fails, or the one before could not be recorded; the failure is raised
    after that."""
    account = accounts.of(group.client_id, group.channel)
    size = batch_size(account)
    after: tuple[datetime, UUID] | None = None
    busy = vetted = 0
    batches: list[asyncio.Task[None]] = []
    places = asyncio.Semaphore(AT_ONCE)
    try:
        while await _in_time(deps, account, until) and busy < BUSY_ROUNDS and not any(map(_has_failed, batches)):
            permissions = await ask_gate(deps, reader, group, account, after, size) if account else {}
            vetted = await _vet(vetted, deps, reader, group, accounts, after, size, counts)
            async with gate:
                armed = await arm_batch(deps, group, account, after, _fitting(size, account, deadline), permissions)
            if armed.busy:
                busy += 1
                continue
            if armed.last is None:
                return False
            after, vetted = armed.last, vetted - 1
            counts["decided"] += armed.decided
            if account and armed.messages:
                counts["armed"] += len(armed.messages)
                if batches[:-1]:
                    await asyncio.wait(batches[:-1])  # what was sent is written down before more is sent
                nearly_done = asyncio.Event()
                sending = _send(deps, client, account, armed, deadline, counts, places, nearly_done)
                batches = [one for one in batches if not one.done() or _has_failed(one)]
                batches.append(asyncio.create_task(sending))
                # while that batch is sent: the database has nothing else to do
                vetted = await _vet(vetted, deps, reader, group, accounts, after, size, counts)
                await nearly_done.wait()
        return busy < BUSY_ROUNDS
    except asyncio.CancelledError:
        for batch in batches:
            batch.cancel()
        raise
    finally:
        if batches:
            await asyncio.wait(batches)  # all of them, before the first failure is heard
        await asyncio.gather(*batches)


async def _vet(
    vetted: int,
    deps: Deps,
    reader: httpx.AsyncClient,
    group: DueGroup,
    accounts: AccountsInUse,
    after: tuple[datetime, UUID] | None,
    size: int,
    counts: Counter[str],
) -> int:
    """For how many batches the numbers have been looked over; once that is for none, for the next ones."""
    if vetted > 0 or accounts.of(group.client_id, group.channel) is None:
        return vetted
    told = await vet(deps, reader, group, accounts, after, size)
    counts.update({"vetted": told.answers} if told.answers else {})
    return told.batches


async def _in_time(deps: Deps, account: Account | None, until: float) -> bool:
    """Waits until the account may send again before long; False when the time is over by then."""
    begin = deps.pace_of(account).free_at - EARLY_SECONDS if account else 0.0
    if (pause := min(begin, until) - monotonic()) > 0:
        await asyncio.sleep(pause)
    return monotonic() < until


def _fitting(size: int, account: Account | None, deadline: float) -> int:
    """At the sweep's end no more than can leave by then, so that the next one finds its minute's beginning free."""
    return size if account is None else max(1, min(size, int(account.sends_per_second * (deadline - monotonic()))))


def _has_failed(batch: asyncio.Task[None]) -> bool:
    return batch.done() and (batch.cancelled() or batch.exception() is not None)


async def _send(
    deps: Deps,
    client: httpx.AsyncClient,
    account: Account,
    armed: Armed,
    deadline: float,
    counts: Counter[str],
    places: asyncio.Semaphore,
    nearly_done: asyncio.Event,
) -> None:
    pace = deps.pace_of(account)
    try:
        async for answers in send_batch(client, account, armed.messages, armed.send_by, places, nearly_done, pace):
            await record_answers(deps, answers, deadline, counts)
    finally:
        nearly_done.set()
