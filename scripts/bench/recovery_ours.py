"""Our sweep, killed by SIGKILL while many answers are outstanding, and what it takes until all of them are known.

A fleet of clients, each with an account and as many people as a sweep has at its sockets at once, so that all requests
are out at the same time; the twin has taken every one and says nothing. No webhook ever comes: only asking can tell.
"""

import asyncio
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from modules.accounts import AccountDraft, add_account, add_client
from modules.labels import ChannelName, Provider, UnknownPolicy
from modules.sequences import publish_sequence
from scripts.bench.ground import Ground
from scripts.bench.peer import SQL
from scripts.bench.peer_errand import until
from scripts.bench.world import (
    ACCOUNTS,
    CONTENT,
    SEQUENCE,
    START,
    STEP,
    TOKEN,
    UNHURRIED,
    count_states,
    plant_people,
)
from scripts.bench.world import SQL as WORLD_SQL
from scripts.bench.writes import on_stage
from scripts.conductor.stage import Stage
from scripts.database.launcher import PROJECT
from scripts.sandbox.remote import Twin
from utils.clock import monotonic
from utils.db import Connection, execute, fetch_all
from workers.jobs import run_sweep
from workers.reconcile import reconcile

SMS, TWILIO = ChannelName.sms, Provider.twilio
KILLED = -9
PATIENCE_SECONDS = 14.0
"""The requests give up after 15."""
MINUTE = timedelta(minutes=1)
INSTANTS = [*(MINUTE * n for n in range(11)), *(MINUTE * n for n in range(15, 376, 15))]
"""Business time after the kill at which sweeps run: each minute at first, then with each reconcile until every deadline
is over."""
RECONCILE_EVERY = 15 * MINUTE


@dataclass(frozen=True)
class Fleet:
    """So many clients with so many people each, all due at once."""

    clients: int
    people: int
    sent: int
    """How many of a client's people have a request out at the kill; the others are armed and wait for a place."""

    @property
    def armed(self) -> int:
        return self.clients * self.people


@dataclass(frozen=True)
class Recovered:
    """`minutes` of business time until nothing was open any more, and the real seconds of work that took."""

    minutes: float
    seconds: float
    taken: int
    duplicates: int
    states: Mapping[str, int]


async def recover_ours(
    ground: Ground, name: str, fleet: Fleet, policy: UnknownPolicy = UnknownPolicy.never_rearm
) -> Recovered:
    """One kill and what follows, on a copy of the empty world with this name."""
    dsn = ground.copy(name)
    async with on_stage(dsn) as stage:
        await plant_fleet(stage, fleet, policy)
        ground.settle(name)
        taken = fleet.clients * fleet.sent
        stage.twin.script(TWILIO, "timeout_after_accept", times=taken)
        stage.twin.script(TWILIO, "webhook_lost", op="webhook", times=100 * fleet.armed)
        await kill_a_sweep(stage, taken)
        if await count_open(stage) != fleet.armed:
            raise RuntimeError(f"{fleet.armed} were to be in flight at the kill, and {await count_open(stage)} were")
        minutes, seconds = await settle(stage)
        duplicates = count_duplicates(stage.twin)
        return Recovered(minutes, seconds, taken, duplicates, await count_states(stage.deps))


async def plant_fleet(stage: Stage, fleet: Fleet, policy: UnknownPolicy) -> None:
    text = SEQUENCE + STEP.format(key="first", channel=SMS, wait="minutes: 0", content=CONTENT[SMS])
    text += STEP.format(key="second", channel=SMS, wait="days: 1", content=CONTENT[SMS])
    async with stage.deps.database.transaction() as conn:
        await stage.deps.pepper(conn)
        for number in range(fleet.clients):
            await _plant_client(stage, conn, number, text, fleet.people, policy)


async def _plant_client(
    stage: Stage, conn: Connection, number: int, text: str, people: int, policy: UnknownPolicy
) -> None:
    sid, phone = f"AC{number:032x}", f"+1206555{100 + number:04d}"
    stage.twin.add_twilio(sid, TOKEN, [phone])
    client = await add_client(conn, f"bench-{number}", f"Bench {number}", START)
    settings = {**ACCOUNTS[TWILIO][1], "account_sid": sid, "from_number": phone}
    draft = AccountDraft(client.id, TWILIO, SMS, settings, ACCOUNTS[TWILIO][2], policy, UNHURRIED)
    await add_account(conn, stage.deps.sealer, draft, START)
    await execute(conn, WORLD_SQL["plant_permits"], {"client_id": client.id, "now": START})
    published = await publish_sequence(conn, client.id, text, START)
    found = {"sequence_id": published.sequence_id, "version": published.version, "step": "first"}
    first = number * people + 1
    await plant_people(conn, client.id, first, first + people - 1, channel=SMS, slot=people, **found)


async def kill_a_sweep(stage: Stage, taken: int) -> None:
    """A sweep in a process of its own, killed as soon as the provider has taken so many and has answered none."""
    environment = {**os.environ, **stage.environment, "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, "-m", "scripts.jobs", "sweep"]
    silence = subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(
        *command, cwd=PROJECT, env=environment, stdout=silence, stderr=silence
    )

    async def has_taken() -> bool:
        return process.returncode is not None or await taken_by(stage.twin) >= taken

    try:
        await until("The last request", has_taken, PATIENCE_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
        code = await process.wait()
    if code != KILLED:
        raise RuntimeError(f"the sweep was to be killed and ended by itself with {code}")


async def settle(stage: Stage) -> tuple[float, float]:
    """Sweeps as a platform would start them from the kill on, until every deadline is over; business minutes and real
    seconds until nothing was open any more. RuntimeError when something stays open."""
    found: tuple[float, float] | None = None
    seconds, reconciled = 0.0, timedelta()
    for after in INSTANTS:
        now = START + after
        stage.clock.set(now)
        await asyncio.to_thread(stage.twin.advance, now)
        started = monotonic()
        await run_sweep(stage.deps)
        if after - reconciled >= RECONCILE_EVERY:
            reconciled = after
            await reconcile(stage.deps)
        seconds += monotonic() - started
        if found is None and not await count_open(stage):
            found = after / MINUTE, seconds
    if found is None:
        raise RuntimeError(f"{await count_open(stage)} touches stayed open")
    return found


async def count_open(stage: Stage) -> int:
    async with stage.deps.database.transaction() as conn:
        return int((await fetch_all(conn, SQL["still_open"]))[0]["n"])


async def taken_by(twin: Twin) -> int:
    return len(await asyncio.to_thread(twin.ledger, TWILIO))


def count_duplicates(twin: Twin) -> int:
    """By the provider's own ledger: everybody was to get one message."""
    return sum(n - 1 for n in Counter(line["to"] for line in twin.ledger(TWILIO)).values())
