"""Real processes, really killed: at every crashpoint, for both providers, once and twice; then the next sweeps."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.conductor.check import count_duplicates, count_unarmed, count_unproven
from scripts.conductor.conduct import conduct
from scripts.conductor.stage import Stage
from scripts.jobs import ProcessPlatform, run_sweep, schedule_of
from tests.cast import gather_cast, rows, story
from utils.db import Row

PLAIN = ("after_arm", "after_send", "before_confirm_commit")
REST = ("before_facts", "before_arm_commit", "before_send", "after_confirm", "after_repeat_check")
CHANNEL = {"twilio": "sms", "resend": "email"}
KILLED = "-9"
LOST_BY = {"after_arm": 1, "before_send": 1, "after_repeat_check": 1}
"""Killed between the row and the request: Twilio has no idempotency key, so the touch is never sent, visibly."""
WORKERS = Path(__file__).resolve().parents[2] / "workers"
CASES = [
    pytest.param(point, provider, reruns, marks=() if point in PLAIN else pytest.mark.full)
    for point in (*PLAIN, *REST)
    for provider in CHANNEL
    for reruns in (0, 1)
]


@dataclass(frozen=True)
class End:
    """How it came out: both touches, the enrollment, and how often the provider accepted something of each step."""

    touches: list[Row]
    statuses: list[str]
    acceptances: Counter[str]
    kills: int


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


async def play(stage: Stage, crashpoint: str, provider: str, reruns: int) -> End:
    """Two steps of one channel for one person. Sweeps are killed wherever they reach the crashpoint, `1 + reruns`
    times; the conductor plays on with killable processes until then, and with whole sweeps after."""
    await gather_cast(stage.deps, stage.twin, story(CHANNEL[provider], CHANNEL[provider]))
    deaths = [crashpoint] * (1 + reruns)
    if crashpoint == "after_repeat_check":
        deaths.insert(0, "after_arm")  # a repeat needs something unknown first
    kills = 0

    async def job() -> dict[str, int]:
        nonlocal kills
        if kills == len(deaths):
            return await run_sweep(stage.deps)
        died = await sweep_and_die(stage, deaths[kills])
        kills += died
        return {"killed": int(died)}

    async for _ in conduct(stage, job):
        pass
    touches = await rows(stage.deps, "touches")
    truth = stage.twin.ledger()
    steps = {str(touch["id"]): touch["step"] for touch in touches}
    assert count_duplicates(touches, truth) == 0, truth
    assert count_unproven(touches, truth) == 0, touches
    assert count_unarmed(touches, truth) == 0, truth
    statuses = [row["status"] for row in await rows(stage.deps, "enrollments")]
    return End(touches, statuses, Counter(steps[line["touch"]] for line in truth), kills)


@pytest.mark.parametrize(("crashpoint", "provider", "reruns"), CASES)
async def test_a_killed_sweep_never_sends_twice_and_leaves_nothing_stuck(
    stage: Stage, crashpoint: str, provider: str, reruns: int
) -> None:
    end = await play(stage, crashpoint, provider, reruns)

    states = [touch["state"] for touch in end.touches]
    print(f"\n{crashpoint} {provider} re-runs {reruns}: {end.kills} kills, {states}, accepted {dict(end.acceptances)}")
    never_repeated = crashpoint == "after_repeat_check" and provider == "twilio"
    expected = 1 if never_repeated else 1 + reruns + (crashpoint == "after_repeat_check")
    assert end.kills == expected, end
    assert end.statuses == ["finished"], end
    assert len(end.touches) == 2, end
    for touch in end.touches:
        accepted = end.acceptances[touch["step"]]
        if accepted:
            assert (accepted, touch["state"]) == (1, "delivered"), touch
        else:
            assert (provider, touch["state"], touch["reason"]) == ("twilio", "expired", "unresolved"), touch
    lost = states.count("expired")
    assert lost == (provider == "twilio") * LOST_BY.get(crashpoint, 0) * end.kills, end


def test_the_matrix_holds_every_crashpoint_for_both_providers_once_and_twice() -> None:
    """What is written as crashpoint("…") in the engine is in the matrix, so a new one cannot be forgotten."""
    texts = [file.read_text(encoding="utf-8") for file in WORKERS.glob("*.py")]
    named = {name for text in texts for name in re.findall(r'crashpoint\("(\w+)"\)', text)}
    print(f"\n{len(named)} crashpoints, {len(CASES)} cases")
    assert named == {*PLAIN, *REST}
    assert len(CASES) == len(named) * 2 * 2
