"""The job runner's own processes, really killed; every crashpoint and provider is tried in test_kill_matrix.py."""

import pytest

from scripts.conductor.conduct import conduct
from scripts.conductor.stage import Stage
from scripts.jobs import ProcessPlatform, run_sweep, schedule_of
from tests.cast import gather_cast, rows, story
from tests.flow.outside import play_on

KILLED = "-9"


async def sweep_and_die(stage: Stage, crashpoint: str) -> bool:
    """One sweep in a process of its own; True when it was killed at the crashpoint, False when it never got there."""
    platform = ProcessPlatform({**stage.environment, "OMNIFY_CRASH_AT": crashpoint})
    try:
        await platform.run(schedule_of("sweep"))
    except RuntimeError as error:
        if not str(error).endswith(KILLED):
            raise
        return True
    return False


@pytest.mark.parametrize(
    ("point", "states"),
    [
        ("after_arm", ["expired", "delivered"]),
        ("after_send", ["delivered", "delivered"]),
        ("before_confirm_commit", ["delivered", "delivered"]),
    ],
)
async def test_a_job_that_the_platform_saw_killed_is_gone_on_with_by_the_next(
    stage: Stage, point: str, states: list[str]
) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms", "sms"))
    kills = 0

    async def job() -> dict[str, int]:
        nonlocal kills
        if kills:
            return await run_sweep(stage.deps)
        kills += await sweep_and_die(stage, point)
        return {"killed": kills}

    async for _ in conduct(stage, job):
        pass
    touches = await play_on(stage)
    assert kills == 1
    assert [touch["state"] for touch in touches] == states
    assert [row["status"] for row in await rows(stage.deps, "enrollments")] == ["finished"]
