"""Every minute: arm and send what is due, then look at what has not been settled."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import httpx

from modules.sequences import DueGroup, due_groups
from utils.clock import monotonic
from utils.http import read_client, send_client
from utils.log import logger
from workers.accounts_in_use import AccountsInUse, load_accounts_in_use
from workers.answer import answer_due
from workers.arm import arm_batch, batch_size
from workers.context import Deps
from workers.gate import ask_gate
from workers.record import confirm_surely
from workers.resolve import resolve
from workers.send import send_batch
from workers.vet import vet
from workers.watch import watch

LOG = logger("sweep")
BUDGET_SECONDS = 45.0
GROUP_SECONDS = 15.0
BUSY_ROUNDS = 3
ARMING_AT_ONCE = 4


@dataclass
class SweepReport:
    """What one sweep did; an idle one did nothing and wrote nothing."""

    counts: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, int]:
        return dict(sorted(self.counts.items()))


async def sweep(deps: Deps, budget_seconds: float = BUDGET_SECONDS) -> SweepReport:
    """One sweep within its budget; what is left goes to the next minute.

    Every (client, channel) group works side by side with its own 15 s, so that one hung account starves nobody.
    """
    report, deadline = SweepReport(), monotonic() + budget_seconds
    async with deps.database.transaction() as conn:
        groups = await due_groups(conn, deps.clock.now())
        accounts = await load_accounts_in_use(deps, conn) if groups else AccountsInUse({}, {})
    timeout = deps.settings.http_timeout_seconds
    async with send_client(timeout, deps.transport) as client, read_client(timeout) as reader:
        # no more than the few connections can serve soon: what has been sent must get through to be recorded
        gate = asyncio.Semaphore(ARMING_AT_ONCE)
        work = (_work_group(deps, client, reader, group, accounts, gate, deadline, report) for group in groups)
        answering = answer_due(deps, client, reader, deadline)
        [answered, *outcomes] = await asyncio.gather(answering, *work, return_exceptions=True)
        if isinstance(answered, BaseException):
            outcomes.append(answered)
        else:
            report.counts.update(answered)
        for look in (resolve(deps, reader, deadline), watch(deps, reader, deadline)):
            [seen] = await asyncio.gather(look, return_exceptions=True)
            if isinstance(seen, BaseException):
                outcomes.append(seen)
            else:
                report.counts.update(seen)
    if report.counts:
        LOG.info("swept", **report.as_dict())
    # the others have done their minute; now the first failure is heard
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return report


async def _work_group(
    deps: Deps,
    client: httpx.AsyncClient,
    reader: httpx.AsyncClient,
    group: DueGroup,
    accounts: AccountsInUse,
    gate: asyncio.Semaphore,
    deadline: float,
    report: SweepReport,
) -> None:
    account = accounts.of(group.client_id, group.channel)
    until = min(deadline, monotonic() + GROUP_SECONDS)
    after: tuple[datetime, UUID] | None = None
    busy = 0
    while monotonic() < until and busy < BUSY_ROUNDS:
        permissions = await ask_gate(deps, reader, group, account, after, batch_size(account)) if account else {}
        if account and (told := await vet(deps, reader, group, accounts, after, batch_size(account))):
            report.counts["vetted"] += told
        async with gate:
            armed = await arm_batch(deps, group, account, after, batch_size(account), permissions)
        if armed.busy:
            busy += 1
            continue
        if armed.last is None:
            return
        after = armed.last
        report.counts["decided"] += armed.decided
        if account and armed.messages:
            report.counts["armed"] += len(armed.messages)
            async for answers in send_batch(client, account, armed.messages, armed.send_by):
                await confirm_surely(deps, [news for news, _ in answers], deadline)
                report.counts.update(type(answer).__name__.lower() for _, answer in answers)
