"""What a confirmed touch costs in row-writes, and what an idle sweep costs, counted by PostgreSQL over all tables.

The plans that people really have count database writes, so they are a budget: at most five a touch from arm to proof
(touch: insert, accepted, terminal; enrollment: timer, advance), and none at all for looking around.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from modules.labels import ChannelName, NextChannel, Provider
from modules.sequences import DueGroup
from scripts.bench.ground import Ground, open_ground
from scripts.bench.models import Line, Outcome, Plan, Sign, Target
from scripts.bench.world import (
    NUMBER,
    SID,
    START,
    TOKEN,
    VAPI_NUMBER,
    World,
    count_states,
    phone_of,
    plant_world,
    slot_at,
)
from scripts.conductor.stage import Stage, open_stage
from utils.clock import monotonic
from utils.http import send_client
from workers.accounts_in_use import load_accounts_in_use
from workers.arm import MOST, arm_batch
from workers.confirm import confirm
from workers.send import send_batch
from workers.sweep import sweep

TARGET, IDLE_TARGET = Target(Sign.at_most, 5.0), Target(Sign.at_most, 0.0)
CASES = ((Provider.twilio, ChannelName.sms), (Provider.vapi, ChannelName.voice))
IDLE_SWEEPS = 3
PATIENCE_SECONDS = 10.0
HTTP_SECONDS = "15"


async def count_writes(ground: Ground, database: str) -> int:
    """Row-writes so far, once everybody has left: a backend hands in its last counts when it goes."""
    until = monotonic() + PATIENCE_SECONDS
    while ground.ask_all("others", database)[0]["n"]:
        if monotonic() > until:
            raise RuntimeError("a connection to the benchmark's database did not end")
        await asyncio.sleep(0.05)
    return sum(row["n"] for row in ground.ask_all("row_writes", database))


@asynccontextmanager
async def on_stage(dsn: str) -> AsyncIterator[Stage]:
    with tempfile.TemporaryDirectory(prefix="omnify-bench-") as folder:
        async with open_stage(Path(folder), dsn, START, timeout=HTTP_SECONDS) as stage:
            yield stage


def register(stage: Stage, provider: Provider, world: World) -> None:
    """The account as the twin has to know it; everybody who is called answers and speaks."""
    if provider is Provider.twilio:
        stage.twin.add_twilio(SID, TOKEN, [NUMBER])
        return
    stage.twin.add_vapi(TOKEN, {VAPI_NUMBER: NUMBER}, concurrency_limit=10 * world.people)
    for number in range(1, world.people + 1):
        stage.twin.person(phone_of(number), "answers")


async def arm_and_send(stage: Stage, world: World, channel: ChannelName, limit: int) -> int:
    """What a sweep does with one group, at this batch size; how many were sent."""
    async with stage.deps.database.transaction() as conn:
        account = (await load_accounts_in_use(stage.deps, conn)).of(world.client.id, NextChannel(channel))
    if account is None:
        raise RuntimeError("the benchmark's account cannot be used")
    group, after, sent = DueGroup(world.client.id, NextChannel(channel)), None, 0
    async with send_client(stage.deps.settings.http_timeout_seconds) as client:
        while True:
            armed = await arm_batch(stage.deps, group, account, after, limit)
            if armed.last is None:
                return sent
            after, sent = armed.last, sent + len(armed.messages)
            async for answers in send_batch(client, account, armed.messages, armed.send_by):
                await confirm(stage.deps, [news for news, _ in answers])


async def play_to_the_end(stage: Stage) -> None:
    """Every webhook there is to come."""
    _, following = await asyncio.to_thread(stage.twin.advance, stage.clock.now())
    while following is not None:
        stage.clock.set(following)
        _, following = await asyncio.to_thread(stage.twin.advance, following)


async def measure_case(ground: Ground, provider: Provider, channel: ChannelName, limit: int, people: int) -> Line:
    database = f"{provider}_{limit}"
    dsn = ground.copy(database)
    async with on_stage(dsn) as stage:
        world = await plant_world(stage.deps, provider, people, people)
    before = await count_writes(ground, database)
    async with on_stage(dsn) as stage:
        register(stage, provider, world)
        await arm_and_send(stage, world, channel, limit)
        await play_to_the_end(stage)
        states = await count_states(stage.deps)
    confirmed = states.get("delivered", 0) + states.get("completed", 0)
    if confirmed != people:
        raise RuntimeError(f"{people} touches were to be confirmed and came to {states}")
    spent = (await count_writes(ground, database) - before) / confirmed
    return Line(f"writes: {provider} {channel}, batch {limit}", "row-writes", (spent,), (), TARGET, {"people": people})


async def measure_idle(ground: Ground, people: int) -> Line:
    """Half of the people wait for their step, half for their proof, and nothing is due."""
    dsn = ground.copy("idle")
    async with on_stage(dsn) as stage:
        world = await plant_world(stage.deps, Provider.twilio, 2 * people, people)
        register(stage, Provider.twilio, world)
        await sweep(stage.deps)
    before = await count_writes(ground, "idle")
    async with on_stage(dsn) as stage:
        register(stage, Provider.twilio, world)
        stage.clock.set(slot_at(0))
        done = [(await sweep(stage.deps)).as_dict() for _ in range(IDLE_SWEEPS)]
    if any(done):
        raise RuntimeError(f"the sweeps were to be idle and did: {done}")
    spent = float(await count_writes(ground, "idle") - before)
    return Line("writes: idle sweeps", "row-writes", (spent,), (), IDLE_TARGET, {"sweeps": IDLE_SWEEPS})


async def measure_all(ground: Ground, people: int) -> Outcome:
    cases = [
        await measure_case(ground, provider, channel, limit, people)
        for provider, channel in CASES
        for limit in (1, MOST)
    ]
    idle = await measure_idle(ground, people)
    worst = max(line.value for line in cases)
    facts = {"row_writes_per_confirmed_touch": worst, "idle_sweep_row_writes": int(idle.value)}
    return Outcome((*cases, idle), facts)


def bench_writes(plan: Plan) -> Outcome:
    """Counts are the same with and without fsync, so it is off here."""
    with open_ground(fsync=False) as ground:
        return asyncio.run(measure_all(ground, plan.pick(MOST, 6)))
