"""What a confirmed touch costs a database, and what an idle sweep costs, counted by PostgreSQL itself.

The plans that people really have count database writes, so they are a budget: at most five a touch from arm to proof
(touch: insert, accepted, terminal; enrollment: timer, advance), and none at all for looking around. Statements, commits
and bytes of WAL are what the server has to do for it.
"""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields
from pathlib import Path

import uvloop

from modules.labels import ChannelName, NextChannel, Provider
from scripts.bench.economy import Bill, bill_of, metered
from scripts.bench.ground import Ground, open_ground
from scripts.bench.models import Line, Outcome, Plan, Sign, Target
from scripts.bench.report import round_off
from scripts.bench.touching import arm_and_send, play_to_the_end
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
from workers.arm import MOST
from workers.sweep import sweep

CASES = {
    (Provider.twilio, ChannelName.sms): {1: Bill(5.0, 45.0, 8.0, 11_000.0), MOST: Bill(5.0, 24.0, 6.0, 11_000.0)},
    (Provider.vapi, ChannelName.voice): {1: Bill(5.0, 66.0, 13.0, 14_000.0), MOST: Bill(5.0, 44.0, 11.0, 14_000.0)},
}
"""By batch size, what a touch may cost at most: row-writes are a promise, the others a third above what was measured on
2026-11-21. Most of it is webhooks: two tell of a text and four of a call, in two transactions each."""
MOST_OF_AN_IDLE_SWEEP = Bill(0.0, 6.0, 2.0, 500.0)
UNITS = {"row_writes": "row-writes", "statements": "statements", "commits": "commits", "wal_bytes": "bytes of WAL"}
IDLE_SWEEPS = 10
HTTP_SECONDS = "15"


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


async def measure_case(
    ground: Ground, provider: Provider, channel: ChannelName, limit: int, people: int, most: Bill
) -> tuple[Line, ...]:
    database = f"{provider}_{limit}"
    dsn = ground.copy(database)
    async with on_stage(dsn) as stage:
        world = await plant_world(stage.deps, provider, people, people)
    with metered(ground.cluster, database) as spent:
        async with on_stage(dsn) as stage:
            register(stage, provider, world)
            await arm_and_send(stage, world.client.id, NextChannel(channel), limit)
            await play_to_the_end(stage)
            states = await count_states(stage.deps)
    confirmed = states.get("delivered", 0) + states.get("completed", 0)
    if confirmed != people:
        raise RuntimeError(f"{people} touches were to be confirmed and came to {states}")
    name = f"writes: {provider} {channel}, batch {limit}"
    return lines_of(name, bill_of(spent, confirmed), most, {"people": people})


async def measure_idle(ground: Ground, people: int) -> tuple[Line, ...]:
    """Half of the people wait for their step, half for their proof, and nothing is due."""
    dsn = ground.copy("idle")
    async with on_stage(dsn) as stage:
        world = await plant_world(stage.deps, Provider.twilio, 2 * people, people)
        register(stage, Provider.twilio, world)
        await sweep(stage.deps)
    with metered(ground.cluster, "idle") as spent:
        async with on_stage(dsn) as stage:
            register(stage, Provider.twilio, world)
            stage.clock.set(slot_at(0))
            done = [(await sweep(stage.deps)).as_dict() for _ in range(IDLE_SWEEPS)]
    if any(done):
        raise RuntimeError(f"the sweeps were to be idle and did: {done}")
    return lines_of("writes: idle sweep", bill_of(spent, IDLE_SWEEPS), MOST_OF_AN_IDLE_SWEEP, {"sweeps": IDLE_SWEEPS})


def lines_of(name: str, bill: Bill, most: Bill, settings: dict[str, int]) -> tuple[Line, ...]:
    """One line a count, each with its own bound."""
    values, limits = vars(bill), vars(most)
    return tuple(
        Line(name, UNITS[one.name], (values[one.name],), (), Target(Sign.at_most, limits[one.name]), settings)
        for one in fields(Bill)
    )


async def measure_all(ground: Ground, people: int) -> Outcome:
    cases = [
        line
        for (provider, channel), limits in CASES.items()
        for limit, most in limits.items()
        for line in await measure_case(ground, provider, channel, limit, people, most)
    ]
    idle = await measure_idle(ground, people)
    facts = {f"{name}_per_confirmed_touch": worst(cases, unit) for name, unit in UNITS.items()}
    of_idle = {f"idle_sweep_{name}": worst(idle, unit) for name, unit in UNITS.items()}
    return Outcome((*cases, *idle), facts | of_idle)


def worst(lines: Sequence[Line], unit: str) -> float:
    return round_off(max(line.value for line in lines if line.unit == unit))


def bench_writes(plan: Plan) -> Outcome:
    """Counts are the same with and without fsync, so it is off here."""
    with open_ground(fsync=False) as ground:
        return uvloop.run(measure_all(ground, plan.pick(MOST, 6)))
