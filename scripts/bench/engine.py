"""Arm, send, record: the whole sweep with a provider that answers in this process, against its own writes alone.

The baseline does literally the same writes. One run of the engine is recorded (the four statements that write, with
their values); played back on a copy of the same world, they need no decision, no lock, no guard and no words, and they
need only two commits a batch: one that arms it, one that records all its answers. Only the sweep's own statements for
many rows are used, so this is also the fastest SQL that we know for these rows.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import uvloop
from psycopg import AsyncCursor
from psycopg.rows import DictRow, dict_row

from modules.labels import Provider
from scripts.bench.ground import Ground, open_ground
from scripts.bench.models import Line, Outcome, Plan, Sign, Target
from scripts.bench.provider import InProcess
from scripts.bench.rounds import in_turns, seconds_of
from scripts.bench.world import plant_clients, settings_for, slot_at
from scripts.database.launcher import PROJECT
from utils.clock import FixedClock
from utils.db import Connection, Database
from utils.sql import Queries
from workers.arm import MOST
from workers.context import Deps, open_deps
from workers.sweep import sweep

TARGET = Target(Sign.at_least, 0.5)
CLIENTS = 4
"""Of an agency that has their people due in the same minute. A sweep works clients side by side: while the database
writes for one, the others are decided and sent. With one client alone nothing is there to be done meanwhile."""
TOUCHES = Queries(PROJECT / "modules/touches/queries.sql")
ENROLLMENTS = Queries(PROJECT / "modules/sequences/queries.sql")
Params = dict[str, Any]


@dataclass(frozen=True)
class Batch:
    """The parameters of one batch's writes: touches armed, timers set, answers recorded, enrollments moved on."""

    armed: Params
    timers: Params
    recorded: Params = field(default_factory=dict)
    moved: Params = field(default_factory=dict)


class Recording(AsyncCursor[DictRow]):
    """A cursor that notes what is written. The answers of a batch come while the next one is armed already, so each
    write is told by whose it is, not by when it comes."""

    batches: list[Batch]

    async def execute(self, query: Any, params: Any = None, **more: Any) -> "Recording":
        if query == TOUCHES["arm_touches"]:
            self.batches.append(Batch(dict(params), {}))
        elif query == TOUCHES["record_changes"]:
            extend(self.batch_with("id", params["id"][0]).recorded, params)
        elif query == ENROLLMENTS["write_enrollments"]:
            batch = self.batch_with("enrollment_id", params["id"][0])
            extend(batch.moved if batch.timers else batch.timers, params)
        await super().execute(query, params, **more)
        return self

    def batch_with(self, column: str, value: UUID) -> Batch:
        """The batch that armed this touch, or a touch for this enrollment."""
        return next(batch for batch in self.batches if value in batch.armed[column])


def extend(params: Params, more: Params) -> None:
    """Columns grow; what is no column (the instant) is the same in both."""
    for name, value in more.items():
        params[name] = [*params.get(name, []), *value] if isinstance(value, list) else value


class RecordedDatabase(Database):
    """The engine's own database, every connection of which notes what is written."""

    def __init__(self, dsn: str, batches: list[Batch]) -> None:
        super().__init__(dsn)
        self.cursor = type("Recording", (Recording,), {"batches": batches})

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with super().transaction() as conn:
            conn.cursor_factory = self.cursor
            yield conn


async def sweep_slot(deps: Deps, number: int, people: int) -> None:
    """One sweep at this slot's minute; it must have sent to all of its people, or the numbers would mean nothing."""
    report = await sweep(replace(deps, clock=FixedClock(slot_at(number))))
    if report.counts["accepted"] != people or report.counts["not_recorded"]:
        raise RuntimeError(f"the sweep was to send {people} and did: {report.as_dict()}")


async def record(dsn: str, rounds: int, people: int) -> list[list[Batch]]:
    """What the engine writes in each slot but the first."""
    found: list[list[Batch]] = []
    for number in range(1, rounds + 1):
        batches: list[Batch] = []
        database = RecordedDatabase(dsn, batches)
        await database.open()
        async with open_deps(settings_for(dsn), dsn) as deps:
            await sweep_slot(replace(deps, database=database, transport=InProcess(number)), number, people)
        await database.close()
        found.append(batches)
    return found


async def play_back(conn: Connection, batches: list[Batch]) -> None:
    for batch in batches:
        for steps in (
            ((TOUCHES["arm_touches"], batch.armed), (ENROLLMENTS["write_enrollments"], batch.timers)),
            ((TOUCHES["record_changes"], batch.recorded), (ENROLLMENTS["write_enrollments"], batch.moved)),
        ):
            await _transact(conn, steps)


async def _transact(conn: Connection, steps: tuple[tuple[LiteralString, Params], ...]) -> None:
    async with conn.transaction():
        for statement, params in steps:
            await conn.execute(statement, params)


async def compare(ground: Ground, plan: Plan, name: str, clients: int, people: int) -> Line:
    slots = plan.rounds + 2
    async with open_deps(settings_for(ground.dsn), ground.dsn) as deps:
        await plant_clients(deps, Provider.twilio, clients, slots * people, people)
        # a ledger that is in use: over an empty one PostgreSQL plans the foreign keys' checks without statistics, and
        # reads all of a client's touches for each row until the first autovacuum (measured: 0.8 ms a row)
        await sweep_slot(replace(deps, transport=InProcess(0)), 0, people)
    ground.settle()
    recorded = await record(ground.copy("recorded"), plan.rounds + 1, people)
    ours_dsn, raw_dsn = ground.copy("ours"), ground.copy("raw")
    raw = await psycopg.AsyncConnection.connect(raw_dsn, autocommit=True, prepare_threshold=None, row_factory=dict_row)
    async with raw, open_deps(settings_for(ours_dsn), ours_dsn) as deps:

        async def ours(number: int) -> float:
            work = sweep_slot(replace(deps, transport=InProcess(number + 1)), number + 1, people)
            return people / await seconds_of(work)

        async def baseline(number: int) -> float:
            return people / await seconds_of(play_back(raw, recorded[number]))

        ours_rounds, raw_rounds = await in_turns(plan.rounds, ours, baseline)
    same_rows(ground)
    sides = {"batch": MOST, "clients": clients, "people_a_round": people, "baseline": "the same writes as raw SQL"}
    return Line(name, "touches/s", ours_rounds, raw_rounds, TARGET, ground.settings() | sides)


def same_rows(ground: Ground) -> None:
    """Both sides must have ended with the same rows."""
    ours, raw = (ground.ask_all("row_writes", name) for name in ("ours", "raw"))
    if sorted(map(str, ours)) != sorted(map(str, raw)):
        raise RuntimeError(f"the sides wrote different rows: ours {ours}, raw {raw}")


def bench_engine(plan: Plan) -> Outcome:
    """With an agency's clients, and with one alone; and, to be told, where the database shares our processors."""
    lines: list[Line] = []
    for name, clients, apart in (
        ("engine", CLIENTS, True),
        ("engine, one client", 1, True),
        ("engine, processors shared", CLIENTS, False),
    ):
        with open_ground(fsync=True, apart=apart) as ground:
            line = uvloop.run(compare(ground, plan, name, clients, plan.pick(2000, 60)))
            lines.append(line if apart else replace(line, target=None))
    return Outcome(tuple(lines))
