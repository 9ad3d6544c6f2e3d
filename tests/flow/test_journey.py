"""The whole way: enroll, arm, send, webhook, proof, next step, end."""

import pytest

from scripts.conductor.check import check
from scripts.conductor.conduct import conduct
from scripts.conductor.sample import build_world
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep


@pytest.mark.full
async def test_twenty_people_reach_the_end_and_every_success_is_proven(stage: Stage) -> None:
    started = stage.clock.now()
    await build_world(stage.deps, stage.twin, 20, "7")

    beats = [beat async for beat in conduct(stage, lambda: run_sweep(stage.deps))]

    result = await check(stage, started, 0.0)
    print(result, len(beats))
    assert result.holds()
    assert result.enrollments == 20
    assert result.delivered > 50
