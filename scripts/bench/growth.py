"""What grows with the house? Claim, sweep and idle sweep among many enrollments, against the same among 10,000.

All worlds have the same work due, scattered over the table; everybody has had a touch before. A claim is rolled back; a
sweep really arms, sends (without a network) and records. Ten million take a third of an hour and some thirty gigabytes
to plant, so they are measured with `--scale huge` only.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from uuid import UUID

import psycopg
import uvloop
from psycopg.rows import dict_row

from modules.labels import Provider
from modules.sequences import claim_due, due_groups, peek_due
from scripts.bench.economy import count_row_writes
from scripts.bench.engine import sweep_slot
from scripts.bench.ground import Ground, open_ground
from scripts.bench.models import Line, Outcome, Plan, Scale, Sign, Target
from scripts.bench.provider import InProcess
from scripts.bench.rounds import in_turns, seconds_of
from scripts.bench.world import SQL as WORLD
from scripts.bench.world import START, backstage, plant_world, settings_for, slot_at
from utils.clock import FixedClock
from utils.db import Connection
from utils.errors import Unavailable
from utils.sql import Queries
from workers.context import Deps, open_deps
from workers.sweep import sweep

SQL = Queries(Path(__file__).with_name("growth.sql"))
FLAT, IDLE_MS, NOTHING = Target(Sign.at_most, 1.3), Target(Sign.at_most, 5.0), Target(Sign.at_most, 0.0)
BATCH, IDLE_SWEEPS = 100, 20
CONTRACT = "both sides: the engine's own statements; baseline: the same among few"
PLANTED = ("plant_contacts", "plant_addresses", "plant_links", "plant_consents", "plant_backlog")
BYTES_EACH = 4_000
"""What a person takes on the disk, with a reserve."""
QUIET = START - timedelta(hours=1)
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class House:
    """One world, open: `pid` is its server."""

    deps: Deps
    conn: Connection
    pid: int
    slot: int

    async def idle_ms(self) -> float:
        """The median of some sweeps that find nothing to do."""
        idle, took = replace(self.deps, clock=FixedClock(QUIET)), []
        for _ in range(IDLE_SWEEPS):
            took.append(await seconds_of(nothing_to_do(idle)))
        return 1000 * median(took)

    async def claim_ms(self, at: datetime) -> float:
        """The median of all batches of what is due, each after the last one seen, as a sweep would meet them."""
        [group, *_] = await due_groups(self.conn, at)
        after: tuple[datetime, UUID] | None = None
        took: list[float] = []

        async def claim() -> None:
            nonlocal after
            await peek_due(self.conn, group, at, after, BATCH)
            claimed = await claim_due(self.conn, group, at, after, BATCH)
            after = (claimed[-1].due_at or at, claimed[-1].enrollment_id) if len(claimed) == BATCH else None

        while not took or after:
            took.append(await seconds_of(claim()))
        await self.conn.rollback()
        return 1000 * median(took)

    async def sweep_cpu_ms(self, number: int) -> float:
        """Processor time of one slot's sweep for each of its people: ours and the server's."""
        before = own_cpu() + cpu_below(self.pid)
        await sweep_slot(replace(self.deps, transport=InProcess(number + 1)), number, self.slot)
        return 1000 * (own_cpu() + cpu_below(self.pid) - before) / self.slot


async def nothing_to_do(deps: Deps) -> None:
    if done := (await sweep(deps)).as_dict():
        raise RuntimeError(f"the sweep was to be idle and did: {done}")


def own_cpu() -> float:
    spent = os.times()
    return spent.user + spent.system


def cpu_below(pid: int) -> float:
    """Seconds of all processes that this one started, those included that have ended."""
    total = 0.0
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            fields = stat_of(folder)
            if folder.name == str(pid):
                total += sum(map(int, fields[13:15])) / CLOCK_TICKS
            elif fields and int(fields[1]) == pid:
                total += sum(map(int, fields[11:13])) / CLOCK_TICKS
    return total


def stat_of(folder: Path) -> list[str]:
    """The fields of proc(5) from the third on; empty when the process has just ended."""
    try:
        return (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


async def plant(ground: Ground, database: str, people: int, due: int, slot: int) -> None:
    """Everybody beside the one of `plant_world`, by the superuser with triggers at rest."""
    async with backstage(ground.cluster.superuser_url(database), people) as (conn, values):
        values |= {"channel": "sms", "due": due, "slot": slot}
        for block in PLANTED:
            await conn.execute(WORLD[block], values)
        await conn.execute(SQL["plant_slots"], values)
    ground.settle(database)


@asynccontextmanager
async def live_in(dsn: str, slot: int) -> AsyncIterator[House]:
    connect = psycopg.AsyncConnection[dict[str, object]].connect
    async with (
        open_deps(settings_for(dsn), dsn) as deps,
        await connect(dsn, prepare_threshold=None, row_factory=dict_row) as conn,
    ):
        [own] = await (await conn.execute(SQL["own_process"])).fetchall()
        await conn.rollback()
        server = int(stat_of(Path("/proc") / str(own["pid"]))[1])
        yield House(deps, conn, server, slot)


async def compare(ground: Ground, plan: Plan, sizes: tuple[int, int], slot: int) -> Outcome:
    """The first size is what the other one is measured against."""
    slots = plan.rounds + 1
    due = slots * slot
    async with open_deps(settings_for(ground.dsn), ground.dsn) as deps:
        await plant_world(deps, Provider.twilio, 1, 1)
        # the one of `plant_world` has had their turn, and the ledger is in use
        await sweep_slot(replace(deps, transport=InProcess(1_000)), 0, 1)
    names = {people: f"among_{people}" for people in sizes}
    dsns = {people: ground.copy(name) for people, name in names.items()}
    for people in sizes:
        await plant(ground, names[people], people, due, slot)
    return Outcome(tuple(await measure(ground, plan, dsns, names, sizes, slot)))


async def measure(
    ground: Ground, plan: Plan, dsns: dict[int, str], names: dict[int, str], sizes: tuple[int, int], slot: int
) -> list[Line]:
    few, many = sizes
    writes = count_row_writes(ground.cluster.superuser_url(names[many])).total()
    async with live_in(dsns[many], slot) as large:
        idle = [await large.idle_ms() for _ in range(plan.rounds + 1)][1:]
    writes = count_row_writes(ground.cluster.superuser_url(names[many])).total() - writes
    last = slot_at(plan.rounds)
    async with AsyncExitStack() as stack:
        small = await stack.enter_async_context(live_in(dsns[few], slot))
        large = await stack.enter_async_context(live_in(dsns[many], slot))
        small_idle = await small.idle_ms()
        claims = await in_turns(plan.rounds, lambda _: large.claim_ms(last), lambda _: small.claim_ms(last))
        swept = await in_turns(plan.rounds, large.sweep_cpu_ms, small.sweep_cpu_ms)
    [size] = ground_size(ground, names[many])
    settings = ground.settings() | {"enrollments": many, "baseline_enrollments": few, "database_mb": size}
    where = f"growth, {many:,}"
    return [
        Line(f"{where}: claim p50", "ms/batch", *claims, FLAT, settings | {"batch": BATCH}, CONTRACT),
        Line(f"{where}: sweep", "CPU ms/touch", *swept, FLAT, settings | {"touches_a_round": slot}, CONTRACT),
        Line(f"{where}: idle sweep", "ms", tuple(idle), (), IDLE_MS, settings | {"ms_among_few": round(small_idle, 2)}),
        Line(f"{where}: idle sweeps", "row-writes", (float(writes),), (), NOTHING, settings),
    ]


def ground_size(ground: Ground, database: str) -> list[int]:
    with psycopg.connect(ground.cluster.superuser_url(database), row_factory=dict_row) as conn:
        return [row["bytes"] // 1_000_000 for row in conn.execute(SQL["database_size"]).fetchall()]


def bench_growth(plan: Plan) -> Outcome:
    """Unavailable when the disk is too small for so many people."""
    sizes = (plan.pick(10_000, 3_000), plan.pick(1_000_000, 6_000))
    if plan.scale is Scale.huge:
        sizes = (sizes[0], 10_000_000)
    wanted, free = sum(sizes) * BYTES_EACH, shutil.disk_usage(tempfile.gettempdir()).free
    if free < wanted:
        raise Unavailable(f"Planting {sizes[-1]:,} people takes {wanted >> 30} GiB on the disk; {free >> 30} are free.")
    with open_ground(fsync=True) as ground:
        return uvloop.run(compare(ground, plan, sizes, plan.pick(400, 20)))
