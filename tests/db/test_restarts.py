"""The server goes away in the middle of a sweep, politely or not, and comes back: nobody is doubled or forgotten."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from modules.touches import SUCCESS
from scripts.conductor.conduct import conduct
from scripts.conductor.stage import Stage, open_stage
from scripts.jobs import run_sweep
from tests.cast import gather_cast, rows, story
from tests.databases import Database, Engine
from tests.db.conftest import BOTH
from tests.db.contending import at, crash_and_start, durable_engine, once_each, stop_and_start
from tests.db.rig import MONDAY
from utils.errors import Unavailable
from workers.reconcile import reconcile

PEOPLE = 12
POINTS = ("before_facts", "before_arm_commit", "after_arm", "before_send", "after_send", "before_confirm_commit")
HOW: dict[str, Callable[[Engine], None]] = {"stopped": stop_and_start, "crashed": crash_and_start}
PLAIN = {("before_arm_commit", "crashed"), ("after_send", "stopped")}


@pytest.fixture(scope="module", params=BOTH)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with durable_engine(request.param) as running:
        yield running


@pytest.fixture
async def stage(database: Database, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, database.url, MONDAY, timeout="5") as running:
        yield running


@pytest.mark.parametrize(
    ("point", "how"),
    [
        pytest.param(point, how, marks=() if (point, how) in PLAIN else pytest.mark.full)
        for point in POINTS
        for how in HOW
    ],
)
async def test_a_server_that_goes_away_in_the_middle_of_a_sweep_costs_no_message_and_doubles_none(
    stage: Stage, engine: Engine, point: str, how: str
) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"), PEOPLE)
    with at(point, partial(HOW[how], engine)) as once:
        [outcome] = await asyncio.gather(run_sweep(stage.deps), return_exceptions=True)
    assert once.visits, f"nobody reached {point}"
    assert isinstance(outcome, Unavailable | dict), outcome
    stage.clock.set(stage.clock.now() + timedelta(minutes=6))
    await run_sweep(stage.deps)
    await reconcile(stage.deps)
    async for _ in conduct(stage, lambda: run_sweep(stage.deps)):
        pass
    touches = await rows(stage.deps, "touches")
    states = Counter(str(touch["state"]) for touch in touches)
    print(f"\n{engine.origin}, {how} {point}: {outcome!r}, then {dict(states)}")
    assert sum(states[state] for state in SUCCESS) == PEOPLE, states
    assert len({touch["enrollment_id"] for touch in touches if touch["state"] in SUCCESS}) == PEOPLE
    await once_each(stage, PEOPLE)
