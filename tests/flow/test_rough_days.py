"""Whole sample worlds under seeded faults of both providers, judged against the twin's ledger."""

from pathlib import Path

import pytest

from scripts.conductor.check import check
from scripts.conductor.conduct import conduct
from scripts.conductor.sample import build_world
from scripts.conductor.stage import open_stage
from scripts.jobs import run_sweep
from tests.databases import Database
from tests.flow.conftest import START

DAYS = [
    pytest.param("mild", "11", 20),
    pytest.param("mild", "12", 20, marks=pytest.mark.full),
    pytest.param("harsh", "21", 20, marks=pytest.mark.full),
    pytest.param("harsh", "22", 20, marks=pytest.mark.full),
]


@pytest.mark.parametrize(("faults", "seed", "people"), DAYS)
async def test_a_rough_day_breaks_no_promise(
    database: Database, tmp_path: Path, faults: str, seed: str, people: int
) -> None:
    async with open_stage(tmp_path, database.url, START, seed=seed, faults=faults) as stage:
        await build_world(stage.deps, stage.twin, people, seed)
        beats = [beat async for beat in conduct(stage, lambda: run_sweep(stage.deps))]
        result = await check(stage, START, 0.0)
    print(f"\n{faults} {seed}: {len(beats)} instants, {result}")
    assert result.holds(), result
