"""The COMMIT was done and its answer was lost: what may be armed is not sent, what was learned is told again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from scripts.conductor.conduct import conduct
from scripts.conductor.stage import Stage, open_stage
from scripts.jobs import run_sweep
from tests.cast import gather_cast, rows, story
from tests.databases import Database
from tests.db.contending import at, once_each
from tests.db.cutting import Line, line_to
from tests.db.rig import MONDAY
from tests.flow.outside import database_down
from utils.db import Database as Pool
from utils.errors import Unavailable
from workers.context import Deps
from workers.sweep import sweep

PEOPLE = 4
ARMS, RECORDS = b"house.arm_touches_", b"house.record_changes_"
"""What a connection says when it arms, and when it records (both are kept statements)."""


@pytest.fixture
async def stage(database: Database, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, database.url, MONDAY, timeout="5") as running:
        yield running


@pytest.fixture
async def line(database: Database) -> AsyncIterator[Line]:
    async with line_to(database.url) as opened:
        yield opened


@pytest.fixture
async def behind(stage: Stage, line: Line) -> AsyncIterator[Deps]:
    """What a sweep has whose line can be cut."""
    deps = replace(stage.deps, database=Pool(line.url))
    await deps.database.open()
    yield deps
    await deps.database.close()


def cut_behind(line: Line, words: bytes) -> None:
    line.armed = words


async def test_what_may_have_been_armed_is_not_sent_when_the_answer_to_the_commit_is_lost(
    stage: Stage, line: Line, behind: Deps
) -> None:
    """The rows stand as `sending`; nobody knows that but the next sweep, which finds nothing at the provider."""
    await gather_cast(stage.deps, stage.twin, story("sms", "sms"), PEOPLE)
    with at("before_arm_commit", lambda: cut_behind(line, ARMS)), pytest.raises(Unavailable):
        await run_sweep(behind)
    assert line.cut == 1
    touches = await rows(stage.deps, "touches")
    assert {touch["state"] for touch in touches} == {"sending"}
    assert stage.twin.ledger() == []
    stage.clock.set(stage.clock.now() + timedelta(minutes=6))
    await run_sweep(stage.deps)
    assert {touch["state"] for touch in await rows(stage.deps, "touches")} == {"unknown"}
    async for _ in conduct(stage, lambda: run_sweep(stage.deps)):
        pass
    ends = {(touch["step"], touch["state"], touch["reason"]) for touch in await once_each(stage, PEOPLE)}
    assert ends == {("sms-0", "expired", "unresolved"), ("sms-1", "delivered", None)}


async def test_what_was_recorded_is_recorded_once_when_the_answer_to_the_commit_is_lost(
    stage: Stage, line: Line, behind: Deps
) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"), PEOPLE)
    with at("before_confirm_commit", lambda: cut_behind(line, RECORDS)) as once:
        report = await run_sweep(behind)
    assert (line.cut, report["accepted"]) == (1, PEOPLE)
    assert once.visits > 1, "it was told again"
    assert {touch["state"] for touch in await rows(stage.deps, "touches")} == {"accepted"}
    stage.clock.set(stage.clock.now() + timedelta(minutes=5))
    await asyncio.to_thread(stage.twin.advance, stage.clock.now())
    assert {touch["state"] for touch in await once_each(stage, PEOPLE)} == {"delivered"}


@pytest.mark.full
async def test_answers_that_found_no_database_until_the_sweep_was_over_are_told_by_the_provider(
    stage: Stage, database: Database
) -> None:
    """Everything was sent, nothing could be written down: a row before each request is what saves it."""
    await gather_cast(stage.deps, stage.twin, story("sms"), PEOPLE)
    with (
        ExitStack() as down,
        at("after_send", lambda: down.enter_context(database_down(database))),
        pytest.raises(Unavailable, match="does not answer"),
    ):
        await sweep(stage.deps, budget_seconds=2)
    assert {touch["state"] for touch in await rows(stage.deps, "touches")} == {"sending"}
    assert len(stage.twin.ledger()) == PEOPLE
    async for _ in conduct(stage, lambda: run_sweep(stage.deps)):
        pass
    assert {touch["state"] for touch in await once_each(stage, PEOPLE)} == {"delivered"}
