"""Many sweeps at once, backends that are ended in the middle, a pool without a free connection (tests of tier T2)."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import psycopg
import pytest

from scripts.conductor.stage import Stage, open_stage
from scripts.jobs import run_sweep
from tests.cast import gather_cast, join, rows, story
from tests.databases import Database
from tests.db.contending import SQL, at, containers, cut_transactions, once_each, sweep_to_the_end, waiting
from tests.db.rig import MONDAY
from tests.db.test_races import SQL as RACES
from utils.db import Database as Pool
from utils.db import fetch_one
from utils.errors import Unavailable

pytestmark = pytest.mark.race

PEOPLE = 20


@pytest.fixture
async def stage(database: Database, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, database.url, MONDAY, timeout="5") as running:
        yield running


@pytest.mark.parametrize("many", [2, pytest.param(4, marks=pytest.mark.full), pytest.param(8, marks=pytest.mark.full)])
async def test_sweeps_side_by_side_reach_everybody_once_by_every_channel(stage: Stage, many: int) -> None:
    """Each person is in two sequences, one of texts and one of mails: two groups want the same people at once."""
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), 60)
    await join(stage.deps, cast.client_id, story("email", slug="letters"), cast.contacts)
    async with containers(stage, many) as sweeping:
        reports = await asyncio.gather(*(run_sweep(deps) for deps in sweeping))
    await sweep_to_the_end(stage)
    touches = await once_each(stage, 120)
    async with stage.deps.database.transaction() as conn:
        deadlocks = await fetch_one(conn, RACES["deadlocks"])
    shares = [report.get("armed", 0) for report in reports]
    print(f"\n{many} sweeps: shares {shares}, {Counter(touch['state'] for touch in touches)}")
    assert len({touch["enrollment_id"] for touch in touches}) == len(touches) == 120
    assert deadlocks == {"n": 0}


@pytest.mark.parametrize("point", ["before_facts", "before_arm_commit"])
async def test_a_backend_that_is_ended_while_it_arms_has_sent_nothing_and_loses_nobody(
    stage: Stage, database: Database, point: str
) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"), PEOPLE)
    cuts = list[int]()
    with (
        at(point, lambda: cuts.append(cut_transactions(database))),
        pytest.raises(Unavailable, match="does not answer"),
    ):
        await run_sweep(stage.deps)
    assert cuts == [1]
    assert (await rows(stage.deps, "touches"), stage.twin.ledger()) == ([], [])
    await sweep_to_the_end(stage)
    assert len(await once_each(stage, PEOPLE)) == PEOPLE


async def test_an_answer_whose_backend_is_ended_before_the_commit_is_written_down_all_the_same(
    stage: Stage, database: Database
) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"), 3)
    cuts = list[int]()
    with at("before_confirm_commit", lambda: cuts.append(cut_transactions(database))):
        report = await run_sweep(stage.deps)
    assert (report["armed"], report["accepted"], cuts) == (3, 3, [1])
    assert {touch["state"] for touch in await rows(stage.deps, "touches")} == {"accepted"}
    await once_each(stage, 3)


async def test_two_armings_of_one_client_are_ended_in_the_middle_and_the_others_go_on(
    stage: Stage, database: Database
) -> None:
    """Four sweeps; whoever is in a transaction when the first is about to commit is ended, the rest finish."""
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), PEOPLE)
    await join(stage.deps, cast.client_id, story("email", slug="letters"), cast.contacts)
    async with containers(stage, 4) as sweeping:
        with at("before_arm_commit", partial(cut_transactions, database)):
            outcomes = await asyncio.gather(*(run_sweep(deps) for deps in sweeping), return_exceptions=True)
    failed = [one for one in outcomes if isinstance(one, BaseException)]
    assert failed, outcomes
    assert all(isinstance(one, Unavailable) for one in failed), failed
    await sweep_to_the_end(stage)
    await once_each(stage, 2 * PEOPLE)


async def test_a_sweep_that_gets_no_connection_says_so_and_loses_nothing(stage: Stage) -> None:
    """Everything its pool has is in use by somebody who does not give it back."""
    await gather_cast(stage.deps, stage.twin, story("sms"), PEOPLE)
    small = replace(stage.deps, database=Pool(stage.dsn, max_size=2, connect_timeout=1))
    await small.database.open()
    try:
        async with AsyncExitStack() as held:
            for _ in range(2):
                await held.enter_async_context(small.database.transaction())
            with pytest.raises(Unavailable, match=r"The database does not answer\. Nothing"):
                await run_sweep(small)
            assert (await waiting(stage), stage.twin.ledger()) == (PEOPLE, [])
        assert (await run_sweep(small))["accepted"] == PEOPLE
    finally:
        await small.database.close()
    await once_each(stage, PEOPLE)


async def test_a_server_that_lets_in_too_few_for_all_sweeps_still_reaches_everybody_once(
    stage: Stage, database: Database
) -> None:
    """Six sweeps, three connections for all of them, two of which our own hooks and this test hold on to."""
    await gather_cast(stage.deps, stage.twin, story("sms"), PEOPLE)
    with psycopg.connect(database.superuser_url, autocommit=True) as conn:
        conn.execute(SQL["limit_connections"])
        try:
            async with containers(stage, 6) as sweeping:
                impatient = [replace(deps, database=Pool(stage.dsn, connect_timeout=1)) for deps in sweeping]
                for deps in impatient:
                    await deps.database.open()
                outcomes = await asyncio.gather(*(run_sweep(deps) for deps in impatient), return_exceptions=True)
                for deps in impatient:
                    await deps.database.close()
        finally:
            conn.execute(SQL["lift_limit"])
    failed = [one for one in outcomes if isinstance(one, BaseException)]
    print(f"\n{len(failed)} of 6 sweeps had no connection: {[str(one) for one in failed][:1]}")
    assert failed, outcomes
    assert all(isinstance(one, Unavailable) for one in failed), failed
    await sweep_to_the_end(stage)
    await once_each(stage, PEOPLE)
