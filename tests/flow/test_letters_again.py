"""Webhooks of every provider, told a thousand times, days late, in any order, or by whom they do not concern.

What came is kept byte by byte and posted again, so that nothing here is our idea of a webhook.
"""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from modules.labels import ChannelName, Provider
from modules.touches import SUCCESS
from scripts.conductor.check import attribute, count_duplicates, count_unproven
from scripts.conductor.conduct import conduct
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import BY, Cast, gather_cast, rows, story
from tests.databases import Database
from tests.db.test_write_economy import row_versions
from tests.flow.killing import WAYS
from tests.flow.letters import Letterbox, post_all, post_in_order, resigned
from utils.chance import Draw

REPEATS, FEW = 1000, 60
AS_WAYS = [pytest.param(way, marks=() if way in ("resend", "vapi") else pytest.mark.full) for way in WAYS]


@pytest.fixture
def letterbox(monkeypatch: pytest.MonkeyPatch) -> Letterbox:
    box = Letterbox()
    box.watch(monkeypatch)
    return box


async def gather_way(stage: Stage, way: str, steps: int = 2, slug: str = "acme") -> Cast:
    provider, channel = WAYS[way]
    by = {**BY, ChannelName.voice: Provider.vapi, channel: provider}
    return await gather_cast(stage.deps, stage.twin, story(*[channel] * steps), by=by, slug=slug)


async def play_out(stage: Stage) -> None:
    async for _ in conduct(stage, lambda: run_sweep(stage.deps)):
        pass


async def tell(stage: Stage, box: Letterbox, **later: float) -> None:
    """Time goes on at the provider."""
    stage.clock.set(stage.clock.now() + timedelta(**later))
    await asyncio.to_thread(stage.twin.advance, stage.clock.now())


async def replay(stage: Stage, box: Letterbox, database: Database, times: int) -> Counter[int]:
    """Everything that came again and again, shuffled anew each time; not one row may be written."""
    letters = list(box.letters)
    box.letters.clear()
    before = row_versions(database)
    answers = Counter[int]()
    for turn in range(-(-times // len(letters))):
        draw = Draw(str(turn))
        shuffled = sorted(letters, key=lambda one: draw.number(one.path, one.body.decode("latin-1"), str(turn)))
        answers.update(await asyncio.to_thread(post_all, stage, shuffled))
    assert row_versions(database) == before
    assert sum(answers.values()) >= times
    return answers


@pytest.mark.full
@pytest.mark.parametrize("way", WAYS)
async def test_a_thousand_replays_of_all_that_a_provider_told_write_no_row(
    stage: Stage, database: Database, letterbox: Letterbox, way: str
) -> None:
    await gather_way(stage, way)
    await play_out(stage)
    answers = await replay(stage, letterbox, database, REPEATS)
    print(f"\n{way}: {dict(answers)}")
    assert set(answers) <= {200, 204}, answers


@pytest.mark.parametrize("way", AS_WAYS)
async def test_webhooks_that_come_days_later_and_backwards_change_no_end_and_no_second_time_anything(
    stage: Stage, database: Database, letterbox: Letterbox, way: str
) -> None:
    """Nothing is heard until all is over by asking alone; then everything is told at once, the last word first."""
    await gather_way(stage, way)
    letterbox.shut = True
    await play_out(stage)
    await tell(stage, letterbox, days=3)
    before = {touch["id"]: touch["state"] for touch in await rows(stage.deps, "touches")}
    standing = await rows(stage.deps, "enrollments")
    letterbox.shut = False
    late = list(reversed(letterbox.letters))
    assert late
    answers = set(await asyncio.to_thread(post_in_order, stage, late))
    touches = await rows(stage.deps, "touches")
    truth = attribute(touches, stage.twin.ledger())
    print(f"\n{way}: {len(late)} letters, {Counter(before.values())} -> {Counter(one['state'] for one in touches)}")
    assert answers <= {200, 204}, answers
    assert {touch["state"] for touch in touches} <= SUCCESS
    assert {touch["id"]: touch["state"] for touch in touches} == before
    assert (count_duplicates(touches, truth), count_unproven(touches, truth)) == (0, 0)
    assert await rows(stage.deps, "enrollments") == standing
    letterbox.letters[:] = late
    await replay(stage, letterbox, database, FEW)


@pytest.mark.parametrize("way", AS_WAYS)
async def test_facts_that_come_backwards_before_anybody_has_asked_end_where_they_end_in_order(
    stage: Stage, letterbox: Letterbox, way: str
) -> None:
    """One day later, the provider's first words come last."""
    await gather_way(stage, way, steps=1)
    letterbox.shut = True
    await run_sweep(stage.deps)
    await tell(stage, letterbox, days=1)
    letterbox.shut = False
    backwards = list(reversed(letterbox.letters))
    assert set(await asyncio.to_thread(post_in_order, stage, backwards)) <= {200, 204}
    (touch,) = await rows(stage.deps, "touches")
    (enrollment,) = await rows(stage.deps, "enrollments")
    assert touch["state"] in SUCCESS
    assert not touch["evidence_id"].startswith("poll:"), touch["evidence_id"]
    assert enrollment["status"] == "finished"


@pytest.mark.parametrize("way", AS_WAYS)
async def test_what_another_client_validly_signs_about_a_touch_that_is_not_theirs_changes_nothing_of_it(
    stage: Stage, letterbox: Letterbox, way: str
) -> None:
    whose, author = await gather_way(stage, way), await gather_way(stage, way, slug="calm")
    letterbox.shut = True
    await run_sweep(stage.deps)
    await tell(stage, letterbox, hours=1)
    letterbox.shut = False
    key = whose.keys[WAYS[way][0]]
    about = [one for one in letterbox.letters if key in one.path]
    assert about
    before = {name: await rows(stage.deps, name) for name in ("touches", "enrollments", "addresses")}
    foreign = [resigned(stage, letter, author, whose) for letter in about]
    answers = set(await asyncio.to_thread(post_in_order, stage, foreign))
    kept = await rows(stage.deps, "inbox")
    print(f"\n{way}: answers {answers}, kept {Counter(row['kind'] for row in kept)}")
    assert answers <= {200, 204}, "validly signed: taken, and kept as nobody's we know"
    assert {name: await rows(stage.deps, name) for name in before} == before
    assert {row["client_id"] for row in kept} <= {author.client_id}
    assert {touch["state"] for touch in before["touches"]} == {"accepted"}
    # and their own words about it still count
    assert set(await asyncio.to_thread(post_in_order, stage, about)) <= {200, 204}
    assert {
        touch["state"] for touch in await rows(stage.deps, "touches") if touch["client_id"] == whose.client_id
    } <= SUCCESS
