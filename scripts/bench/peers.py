"""The sweep beside other queues of PostgreSQL: the same rows for the same people, sent by the same transport, in turns.

Each contestant works on a copy of its own of one world, on one server with fsync on. A queue's jobs are enqueued before
its time begins, and its statements are prepared, which ours may not be behind a pooler. Everybody must have written the
same number of the same rows in the end, or the numbers would mean nothing. What each promises is the line's contract.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from uuid import UUID

import uvloop
from psycopg import AsyncConnection, AsyncRawCursor

from modules.labels import Provider
from scripts.bench.circle import in_circle
from scripts.bench.engine import sweep_slot
from scripts.bench.ground import Ground, open_ground
from scripts.bench.libraries import GRAPHILE
from scripts.bench.models import Line, Outcome, Plan, Scale, Sign, Target
from scripts.bench.peer import (
    AS_INSTALLED,
    CONTESTANTS,
    CONTRACT,
    OURS,
    PGQUEUER,
    PROCRASTINATE,
    copy_for,
    facts_of,
    need,
    start_peer,
)
from scripts.bench.peer_errand import until
from scripts.bench.provider import InProcess
from scripts.bench.raw_worker import CONTRACT as RAW_CONTRACT
from scripts.bench.raw_worker import NAME as RAW
from scripts.bench.raw_worker import work_raw
from scripts.bench.rounds import seconds_of
from scripts.bench.world import START, World, plant_world, settings_for, slot_at
from workers.arm import MOST
from workers.context import open_deps

FIVE_TIMES = Target(Sign.at_least, 5.0)
TARGETS = {AS_INSTALLED: FIVE_TIMES, PROCRASTINATE: FIVE_TIMES, PGQUEUER: Target(Sign.at_least, 1.0)}
ALL, SMALL = (PROCRASTINATE, PGQUEUER, GRAPHILE), (PROCRASTINATE,)
"""Small is for tests, whose environment has Procrastinate: PgQueuer would bring another event loop to everything."""
PATIENCE_SECONDS = 10.0
VOLUME_MS = 1.0
"""What a flush takes on a cloud's general volume, by its order: Amazon is quoted with "single-digit milliseconds" for
its general purpose volumes (second hand, 2026-11-21). The disk under our own measurements takes 0.02 ms
(pg_test_fsync)."""
COMPARED = ("touches", "sequence_enrollments")
Turn = Callable[[int], Awaitable[float]]


@dataclass(frozen=True)
class Stadium:
    """The server with the planted world, and who may be compared with libraries from where."""

    ground: Ground
    world: World
    people: int
    libraries: Mapping[str, Path]

    @property
    def names(self) -> tuple[str, ...]:
        return ("ours", RAW, *self.libraries)

    def enrollments(self, number: int) -> list[str]:
        """Who is due in a slot, as ids; slot 0 was the warm-up of the world."""
        first = 1 + self.people * (number + 1)
        return [str(UUID(int=one)) for one in range(first, first + self.people)]


@asynccontextmanager
async def our_turn(stadium: Stadium, dsn: str) -> AsyncIterator[Turn]:
    async with open_deps(settings_for(dsn), dsn) as deps:

        async def turn(number: int) -> float:
            work = sweep_slot(replace(deps, transport=InProcess(number + 1)), number + 1, stadium.people)
            return await seconds_of(work)

        yield turn


@asynccontextmanager
async def raw_turn(stadium: Stadium, dsn: str) -> AsyncIterator[Turn]:
    conn = await AsyncConnection.connect(dsn, autocommit=True, prepare_threshold=None, cursor_factory=AsyncRawCursor)
    async with conn:

        async def turn(number: int) -> float:
            return await seconds_of(work_raw(conn, stadium.world.client.id, slot_at(number + 1), number + 1))

        yield turn


@asynccontextmanager
async def peers_turn(name: str, stadium: Stadium, dsn: str) -> AsyncIterator[Turn]:
    at_once = CONTESTANTS[name].at_once
    with start_peer(name, stadium.libraries[name], dsn, START, concurrency=at_once) as peer:
        await asyncio.to_thread(peer.ask, "prepare")

        async def turn(number: int) -> float:
            await asyncio.to_thread(peer.ask, "enqueue", enrollments=stadium.enrollments(number))
            stadium.ground.settle(copy_of(name))
            return await peer.work(stadium.people)

        yield turn


def copy_of(name: str) -> str:
    """The database of a contestant."""
    return name.lower().replace(" ", "_").replace("-", "_")


async def play(stadium: Stadium, rounds: int) -> dict[str, tuple[float, ...]]:
    """Touches a second of everybody, round by round."""
    async with AsyncExitStack() as stack:
        turns: list[Turn] = []
        for name in stadium.names:
            opened = {"ours": our_turn, RAW: raw_turn}.get(name) or partial(peers_turn, name)
            seconds = await stack.enter_async_context(opened(stadium, copy_for(stadium.ground, copy_of(name))))
            turns.append(partial(_speed, stadium, seconds))
        kept = await in_circle(rounds, turns)
    await check_rows(stadium, rounds)
    return dict(zip(stadium.names, kept, strict=True))


async def _speed(stadium: Stadium, seconds: Turn, number: int) -> float:
    return stadium.people / await seconds(number)


async def check_rows(stadium: Stadium, rounds: int) -> None:
    """Everybody wrote four rows a touch (armed, timed, recorded, moved on), by the database's own counters.

    A connection hands in its last counts when it ends, so all of them have ended.
    """
    touches = stadium.people * (rounds + 1)
    for name in stadium.names:
        await until("The end of all connections", partial(_is_alone, stadium.ground, copy_of(name)), PATIENCE_SECONDS)
        found = {row["name"]: row["n"] for row in stadium.ground.ask_all("row_writes", copy_of(name))}
        written = [found.get(table) for table in COMPARED]
        if written != [2 * touches] * len(COMPARED):
            raise RuntimeError(f"{name} was to write {2 * touches} rows each of {COMPARED} and wrote {written}")


async def _is_alone(ground: Ground, database: str) -> bool:
    return not ground.ask_all("others", database)[0]["n"]


async def compare(
    ground: Ground, plan: Plan, libraries: Mapping[str, Path], what: str, commit_ms: float
) -> tuple[Line, ...]:
    people = plan.pick(1_000, 60)
    async with open_deps(settings_for(ground.dsn), ground.dsn) as deps:
        world = await plant_world(deps, Provider.twilio, (plan.rounds + 2) * people, people)
        await sweep_slot(replace(deps, transport=InProcess(0)), 0, people)  # a ledger that is in use: see engine.py
    ground.settle()
    if commit_ms:
        ground.slow_down_commits(commit_ms)
    speeds = await play(Stadium(ground, world, people, libraries), plan.rounds)
    shared = durable(ground.settings()) | {"people_a_round": people}
    return tuple(_line(what, name, speeds, shared) for name in speeds if name != "ours")


def _line(what: str, name: str, speeds: Mapping[str, tuple[float, ...]], shared: Mapping[str, object]) -> Line:
    own = {"batch": MOST} if name == RAW else facts_of(name) | {"at_once": CONTESTANTS[name].at_once}
    contract = f"{OURS}. {name}: {RAW_CONTRACT if name == RAW else CONTRACT}"
    return Line(
        f"{what}: {name}", "touches/s", speeds["ours"], speeds[name], TARGETS.get(name), {**shared, **own}, contract
    )


def durable(settings: Mapping[str, object]) -> dict[str, object]:
    """The same settings; RuntimeError unless a commit is on the disk when it is answered."""
    if settings["fsync"] != "on" or settings["synchronous_commit"] != "on":
        raise RuntimeError(f"this must be measured with fsync and synchronous_commit on, not with {settings}")
    return dict(settings)


def names_for(plan: Plan) -> Sequence[str]:
    return ALL if plan.scale is Scale.full else SMALL


def bench_peers(plan: Plan) -> Outcome:
    return _bench(plan, "peers", 0)


def bench_volume(plan: Plan) -> Outcome:
    return _bench(plan, "volume", VOLUME_MS)


def _bench(plan: Plan, what: str, commit_ms: float) -> Outcome:
    names = names_for(plan)
    libraries = need([*names, AS_INSTALLED] if plan.scale is Scale.full else names)
    with open_ground(fsync=True) as ground:
        return Outcome(uvloop.run(compare(ground, plan, libraries, what, commit_ms)))
