"""The same for what code answers by itself: a confirmation of a STOP is sent once or is visibly lost, whoever dies."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from modules.labels import ChannelName, Provider
from scripts.conductor.check import check
from scripts.conductor.conduct import conduct
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import BY, Cast, gather_cast, story
from tests.databases import Database
from tests.flow.conftest import Tally
from tests.flow.forking import Forge, open_forge
from tests.flow.killing import Run, open_patient_stage, settle

POINTS = ("before_arm_commit", "after_arm", "before_send", "after_send", "before_confirm_commit", "after_confirm")
"""Where answers pass: their facts have no crashpoint of their own, and an opt-out's confirmation is never repeated."""
LOST = ("after_arm", "before_send")
RERUNS = (0, 1, 2)
WAYS = (Provider.twilio, Provider.ghl)
WORDS = "Stop please"
"""No provider answers these by itself."""
PLAIN = {("after_send", Provider.twilio, 0)}
CASES = [(point, way, reruns) for point in POINTS for way in WAYS for reruns in RERUNS]


@pytest.fixture(scope="module")
def forge() -> Iterator[Forge]:
    with open_forge() as running:
        yield running


@pytest_asyncio.fixture
async def stage(database: Database, tmp_path: Path, leaving: list[threading.Thread]) -> AsyncIterator[Stage]:
    async with open_patient_stage(tmp_path, database, leaving) as running:
        yield running


def marked(point: str, way: Provider, reruns: int) -> object:
    return pytest.param(point, way, reruns, marks=() if (point, way, reruns) in PLAIN else pytest.mark.full)


def say_stop(stage: Stage, cast: Cast, way: Provider, place: int) -> None:
    if way is Provider.twilio:
        stage.twin.text_us(cast.sid, cast.phones[place], cast.number, WORDS)
    else:
        stage.twin.write_ghl(cast.who.location, cast.who.ref_of(cast.phones[place]), "SMS", WORDS)


async def pass_minutes(stage: Stage, minutes: int) -> None:
    stage.clock.set(stage.clock.now() + timedelta(minutes=minutes))
    await asyncio.to_thread(stage.twin.advance, stage.clock.now())


@pytest.mark.parametrize(("point", "way", "reruns"), [marked(*case) for case in CASES])
async def test_a_confirmation_is_sent_once_or_visibly_lost_whoever_dies(
    stage: Stage, forge: Forge, tally: Tally, point: str, way: Provider, reruns: int
) -> None:
    """One person after the other says STOP; each time the sweep dies that would confirm it."""
    started = stage.clock.now()
    by = {**BY, ChannelName.sms: way}
    cast = await gather_cast(stage.deps, stage.twin, story("sms", "sms"), 1 + reruns, by=by)
    await run_sweep(stage.deps)
    await pass_minutes(stage, 30)
    run = Run(stage, forge, [point] * (1 + reruns))
    for place in range(1 + reruns):
        say_stop(stage, cast, way, place)
        await pass_minutes(stage, 1)
        await run.sweep()
    assert run.all_died, run.kills
    await run_sweep(stage.deps)
    await settle(run)
    async for _ in conduct(stage, lambda: run_sweep(stage.deps)):
        pass
    await run.compare()
    result = await check(stage, started, 0)
    own = [touch for touch in run.touches if touch["origin"] == "confirmation"]
    states = [touch["state"] for touch in own]
    print(f"\n{point} {way} re-runs {reruns}: {run.kills} kills, confirmations {states}")
    assert result.holds(), result
    assert len(own) == 1 + reruns, states
    for touch in own:
        taken = run.acceptances[str(touch["id"])]
        assert (taken, touch["state"]) in ((1, "delivered"), (0, "expired")), touch
    assert states.count("expired") == (point in LOST) * (1 + reruns), states
    tally.note(f"answer {point} {way} re-runs {reruns}", run.kills)


def test_the_matrix_of_answers_is_whole() -> None:
    print(f"\n{len(CASES)} cases of answers")
    assert len(CASES) == len(POINTS) * len(WAYS) * len(RERUNS) == 36
