"""The work of one sweep: arm and send what is due, then look at what has not been settled.

Apart from `sweep`, which asks first whether there is any: this loads the whole engine.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import httpx

from modules.agenda import Waiting
from modules.content import load_liquid
from modules.health import EngineState
from modules.ids import ClientId
from modules.labels import NextChannel
from modules.sequences import DueGroup, due_groups
from utils.clock import monotonic
from utils.http import read_client, send_client
from utils.memory import keep_what_is_loaded
from workers.accounts_in_use import AccountsInUse, load_accounts_in_use
from workers.answer import answer_due
from workers.canary import check_due
from workers.context import Deps
from workers.reply import reply_due
from workers.resolve import resolve
from workers.watch import watch
from workers.work_group import work_group

ARMING_AT_ONCE = 4
GROUP_SECONDS = 15.0
"""So long a group is worked while others of its client and channel wait; and the looking waits no longer for all."""


async def work_due(
    deps: Deps, counts: Counter[str], deadline: float, state: EngineState | None, waits: Waiting
) -> list[BaseException]:
    """One round within its time, counted in `counts`; the failures, the first first.

    Every client's channels work side by side, so that one hung account starves nobody; of one client and channel the
    urgent go first, 15 s each in turn. They go on until the end of the time, at their provider's pace: to leave work to
    the next minute would leave the rest of this one unused. While the engine is disarmed (`state` None) nothing leaves;
    what has left is looked after all the same.
    """
    async with deps.database.transaction() as conn:
        groups = await due_groups(conn, deps.clock.now()) if state else []
        accounts = await load_accounts_in_use(deps, conn) if groups else AccountsInUse({}, {})
    if groups:
        load_liquid()
        keep_what_is_loaded()
    timeout = deps.settings.http_timeout_seconds
    async with send_client(timeout, deps.transport) as client, read_client(timeout, deps.transport) as reader:
        # no more than the few connections can serve soon: what has been sent must get through to be recorded
        gate = asyncio.Semaphore(ARMING_AT_ONCE)
        work = (_work_in_turn(deps, client, reader, turn, accounts, gate, deadline, counts) for turn in _turns(groups))
        answering = answer_due(deps, client, reader, deadline, state.gap_until) if state else _nothing()
        rest = [part for part, any_of_it in ((reply_due, waits.replies), (check_due, waits.canaries)) if any_of_it]
        besides = [part(deps, client, reader, deadline, state.gap_until) for part in rest] if state else []
        working = asyncio.gather(answering, *besides, *work, return_exceptions=True)
        looked = await _look_beside(deps, reader, deadline, working)
        outcomes = [*await working, *looked]
        for seen in outcomes:
            if isinstance(seen, Counter):
                counts.update(seen)
    return [outcome for outcome in outcomes if isinstance(outcome, BaseException)]


async def _look_beside(
    deps: Deps, reader: httpx.AsyncClient, deadline: float, working: asyncio.Future[list[Any]]
) -> list[Counter[str] | BaseException]:
    """What has not been settled is looked at after the groups, or beside those that go on for longer than 15 s."""
    try:
        await asyncio.wait([working], timeout=GROUP_SECONDS)
        looked: list[Counter[str] | BaseException] = []
        for look in (resolve, watch):
            looked += await asyncio.gather(look(deps, reader, deadline), return_exceptions=True)
    except asyncio.CancelledError:
        working.cancel()
        await asyncio.wait([working])  # what they have begun is theirs to end
        raise
    return looked


def _turns(groups: Sequence[DueGroup]) -> list[list[DueGroup]]:
    """Groups that are worked one after the other, by priority."""
    turns: dict[tuple[ClientId, NextChannel], list[DueGroup]] = {}
    for group in groups:
        turns.setdefault((group.client_id, group.channel), []).append(group)
    return [sorted(turn, key=lambda group: group.priority) for turn in turns.values()]


async def _work_in_turn(
    deps: Deps,
    client: httpx.AsyncClient,
    reader: httpx.AsyncClient,
    turn: Sequence[DueGroup],
    accounts: AccountsInUse,
    gate: asyncio.Semaphore,
    deadline: float,
    counts: Counter[str],
) -> None:
    """Until nobody has more to do, or the time is over."""
    waiting = list(turn)
    while waiting and monotonic() < deadline:
        group = waiting.pop(0)
        until = min(deadline, monotonic() + GROUP_SECONDS) if waiting else deadline
        if await work_group(deps, client, reader, group, accounts, gate, until, deadline, counts):
            waiting.append(group)


async def _nothing() -> Counter[str]:
    return Counter()
