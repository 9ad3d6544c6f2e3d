"""Providers whose lists repeat themselves or lag for an hour: nothing is told twice, nothing given up early."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from modules.labels import ChannelName, Provider, TouchState
from modules.touches import SUCCESS
from scripts.conductor.check import attribute, count_duplicates, count_unarmed, count_unproven
from scripts.conductor.conduct import conduct
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import BY, gather_cast, rows, story
from tests.databases import Database
from tests.db.test_write_economy import row_versions
from tests.flow.killing import WAYS
from workers.reconcile import reconcile

AS_WAYS = [pytest.param(way, marks=() if way in ("twilio", "retell") else pytest.mark.full) for way in WAYS]
HOUR = 3600.0
PEOPLE = 3


async def send_unheard(stage: Stage, way: str, people: int = PEOPLE) -> Provider:
    """Everybody was sent to, the answers were lost and so is every webhook: only asking can tell."""
    provider, channel = WAYS[way]
    by = {**BY, ChannelName.voice: Provider.vapi, channel: provider}
    await gather_cast(stage.deps, stage.twin, story(channel), people, by=by)
    stage.twin.script(provider, "timeout_after_accept", times=people)
    stage.twin.script(provider, "webhook_lost", op="webhook", times=1000)
    await run_sweep(stage.deps)
    assert {touch["state"] for touch in await rows(stage.deps, "touches")} == {"unknown"}
    return provider


async def compare(stage: Stage) -> list[dict[str, object]]:
    touches = await rows(stage.deps, "touches")
    truth = attribute(touches, stage.twin.ledger())
    assert count_duplicates(touches, truth) == 0, truth
    assert count_unproven(touches, truth) == 0, touches
    assert count_unarmed(touches, truth) == 0, truth
    return touches


@pytest.mark.parametrize("way", AS_WAYS)
async def test_what_a_list_shows_twice_is_neither_a_ghost_nor_news_twice(
    stage: Stage, database: Database, way: str
) -> None:
    provider = await send_unheard(stage, way)
    stage.twin.misprint(provider, "doubled")
    stage.clock.set(stage.clock.now() + timedelta(minutes=7))
    await asyncio.to_thread(stage.twin.advance, stage.clock.now())
    first = await reconcile(stage.deps)
    await run_sweep(stage.deps)
    again = await reconcile(stage.deps)
    states = Counter(str(touch["state"]) for touch in await compare(stage))
    before = row_versions(database)
    third = await reconcile(stage.deps)
    print(f"\n{way}: {first}, then {again}, then {third}, {dict(states)}")
    assert row_versions(database) == before
    assert "ghosts" not in first | again | third
    async for _ in conduct(stage, lambda: run_sweep(stage.deps)):
        pass
    assert {touch["state"] for touch in await compare(stage)} <= SUCCESS
    assert len(stage.twin.ledger()) == PEOPLE


@pytest.mark.parametrize("way", AS_WAYS)
async def test_what_a_list_shows_an_hour_late_is_found_then_and_nothing_is_given_up_before_its_deadline(
    stage: Stage, way: str
) -> None:
    """Hidden from every list for an hour after its acceptance; each moment is compared with the provider's truth."""
    provider, _ = WAYS[way]
    stage.twin.script(provider, "list_lag", op="send", times=PEOPLE, delay=HOUR)
    await send_unheard(stage, way)
    async for beat in conduct(stage, lambda: run_sweep(stage.deps)):
        for touch in await compare(stage):
            early = beat.at < touch["confirm_by"]  # type: ignore[operator]
            assert not (early and touch["state"] == TouchState.expired), (beat.at, touch)
    touches = await compare(stage)
    print(f"\n{way}: {Counter((str(one['state']), str(one['reason'])) for one in touches)}")
    assert {touch["state"] for touch in touches} <= SUCCESS, touches
    assert len(stage.twin.ledger()) == PEOPLE
