"""Real processes, really killed: at every crashpoint, for every provider, once and twice; then the next sweeps."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from modules.labels import ChannelName, Provider
from scripts.conductor.check import attribute, count_duplicates, count_unarmed, count_unproven
from scripts.conductor.conduct import conduct
from scripts.conductor.stage import Stage
from scripts.jobs import ProcessPlatform, run_sweep, schedule_of
from tests.cast import BY, gather_cast, rows, story
from utils.db import Row

PLAIN = ("after_arm", "after_send", "before_confirm_commit")
REST = ("before_facts", "before_arm_commit", "before_send", "after_confirm", "after_repeat_check")
WAYS = {
    "twilio": (Provider.twilio, ChannelName.sms),
    "resend": (Provider.resend, ChannelName.email),
    "vapi": (Provider.vapi, ChannelName.voice),
    "retell": (Provider.retell, ChannelName.voice),
    "ghl sms": (Provider.ghl, ChannelName.sms),
    "ghl email": (Provider.ghl, ChannelName.email),
}
KEYED = ("resend", "retell")
"""They take the same bytes under the same key again and count them once."""
KILLED = "-9"
LOST_BY = {"after_arm": 1, "before_send": 1, "after_repeat_check": 1}
"""Killed between the row and the request: without an idempotency key the touch is never sent, visibly."""
WORKERS = Path(__file__).resolve().parents[2] / "workers"


def is_plain(point: str, way: str, reruns: int) -> bool:
    """Played in every run of the suite; the rest with `--full`."""
    return point in PLAIN and (way in ("twilio", "resend") or (point == "after_send" and not reruns))


CASES = [
    pytest.param(point, way, reruns, marks=() if is_plain(point, way, reruns) else pytest.mark.full)
    for point in (*PLAIN, *REST)
    for way in WAYS
    for reruns in (0, 1)
    if point != "after_repeat_check" or way in KEYED or not reruns  # where nothing is repeated once is enough
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


async def play(stage: Stage, crashpoint: str, way: str, reruns: int) -> End:
    """Two steps of one channel for one person. Sweeps are killed wherever they reach the crashpoint, `1 + reruns`
    times; the conductor plays on with killable processes until then, and with whole sweeps after."""
    provider, channel = WAYS[way]
    await gather_cast(stage.deps, stage.twin, story(channel, channel), by={**BY, channel: provider})
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
    truth = attribute(touches, stage.twin.ledger())
    steps = {str(touch["id"]): touch["step"] for touch in touches}
    assert count_duplicates(touches, truth) == 0, truth
    assert count_unproven(touches, truth) == 0, touches
    assert count_unarmed(touches, truth) == 0, truth
    statuses = [row["status"] for row in await rows(stage.deps, "enrollments")]
    return End(touches, statuses, Counter(steps[line["touch"]] for line in truth), kills)


@pytest.mark.parametrize(("crashpoint", "way", "reruns"), CASES)
async def test_a_killed_sweep_never_sends_twice_and_leaves_nothing_stuck(
    stage: Stage, crashpoint: str, way: str, reruns: int
) -> None:
    end = await play(stage, crashpoint, way, reruns)

    states = [touch["state"] for touch in end.touches]
    print(f"\n{crashpoint} {way} re-runs {reruns}: {end.kills} kills, {states}, accepted {dict(end.acceptances)}")
    never_repeated = crashpoint == "after_repeat_check" and way not in KEYED
    expected = 1 if never_repeated else 1 + reruns + (crashpoint == "after_repeat_check")
    assert end.kills == expected, end
    assert end.statuses == ["finished"], end
    assert len(end.touches) == 2, end
    for touch in end.touches:
        accepted = end.acceptances[touch["step"]]
        if accepted:
            good = "completed" if touch["channel"] == ChannelName.voice else "delivered"
            assert (accepted, touch["state"]) == (1, good), touch
        else:
            assert way not in KEYED, touch
            assert (touch["state"], touch["reason"]) == ("expired", "unresolved"), touch
    lost = states.count("expired")
    assert lost == (way not in KEYED) * LOST_BY.get(crashpoint, 0) * end.kills, end


def test_the_matrix_holds_every_crashpoint_for_every_provider_once_and_twice() -> None:
    """What is written as crashpoint("…") in the engine is in the matrix, so a new one cannot be forgotten."""
    texts = [file.read_text(encoding="utf-8") for file in WORKERS.glob("*.py")]
    named = {name for text in texts for name in re.findall(r'crashpoint\("(\w+)"\)', text)}
    print(f"\n{len(named)} crashpoints, {len(CASES)} cases")
    assert named == {*PLAIN, *REST}
    assert len(CASES) == len(named) * len(WAYS) * 2 - (len(WAYS) - len(KEYED))
