"""Does claiming slow down as a house grows? Peek and claim at batch 100, among many enrollments and among few.

Both worlds have the same work due, scattered over the table; everybody has had a touch before. The claim is the
engine's own (`due_groups`, `peek_due`, `claim_due`), rolled back each time, so that every round finds the same world.
The ratio is the time among many by the time among few.
"""

from datetime import datetime
from uuid import UUID

import psycopg
import uvloop
from psycopg.rows import dict_row

from modules.labels import NextChannel, Provider
from modules.sequences import DueGroup, claim_due, due_groups, peek_due
from scripts.bench.ground import Ground, open_ground
from scripts.bench.models import Line, Outcome, Plan, Sign, Target
from scripts.bench.rounds import in_turns, seconds_of
from scripts.bench.world import SQL, START, backstage, plant_world, settings_for
from scripts.database.launcher import DATABASE
from utils.db import Connection
from workers.context import open_deps

TARGET = Target(Sign.at_most, 1.3)
BATCH = 100
BATCHES = 20
"""A round claims so many batches, each after the last one seen."""
PLANTED = ("plant_contacts", "plant_addresses", "plant_links", "plant_backlog", "scatter_due")


async def plant_backlog(ground: Ground, database: str, people: int) -> None:
    """Everybody beside the one of `plant_world`, by the superuser with triggers at rest (a million takes minutes)."""
    async with backstage(ground.cluster.superuser_url(database), people) as (conn, values):
        values["due"] = BATCH * BATCHES
        for block in PLANTED:
            await conn.execute(SQL[block], values)
    ground.settle(database)


async def claim_all(conn: Connection) -> None:
    """Every due batch of the largest group, as a sweep would meet them."""
    [group, *_] = await due_groups(conn, START)
    after: tuple[datetime, UUID] | None = None
    for _ in range(BATCHES):
        peeked = await peek_due(conn, group, START, after, BATCH)
        claimed = await claim_due(conn, group, START, after, BATCH)
        if not len(peeked) == len(claimed) == BATCH or group != DueGroup(group.client_id, NextChannel.sms):
            raise RuntimeError(f"a batch of {len(claimed)} was claimed and {len(peeked)} peeked at, not {BATCH}")
        last = claimed[-1]
        after = (last.due_at or START, last.enrollment_id)
    await conn.rollback()


async def compare(ground: Ground, plan: Plan) -> Line:
    many, few = plan.pick(1_000_000, 10_000), plan.pick(10_000, 3_000)
    async with open_deps(settings_for(ground.dsn), ground.dsn) as deps:
        await plant_world(deps, Provider.twilio, 1, 1)
    few_dsn = ground.copy("few")
    await plant_backlog(ground, "few", few)
    await plant_backlog(ground, DATABASE, many)
    connect = psycopg.AsyncConnection[dict[str, object]].connect
    async with (
        await connect(ground.dsn, prepare_threshold=None, row_factory=dict_row) as among_many,
        await connect(few_dsn, prepare_threshold=None, row_factory=dict_row) as among_few,
    ):

        async def ours(_: int) -> float:
            return 1000 * await seconds_of(claim_all(among_many)) / BATCHES

        async def baseline(_: int) -> float:
            return 1000 * await seconds_of(claim_all(among_few)) / BATCHES

        rounds = await in_turns(plan.rounds, ours, baseline)
    settings = ground.settings() | {"batch": BATCH, "enrollments": many, "baseline_enrollments": few}
    return Line("claim", "ms/batch", *rounds, TARGET, settings)


def bench_claim(plan: Plan) -> Outcome:
    with open_ground(fsync=True) as ground:
        return Outcome((uvloop.run(compare(ground, plan)),))
