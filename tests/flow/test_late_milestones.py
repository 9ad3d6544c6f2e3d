"""A milestone is written down, or taken back, just when somebody comes to the branch that waits for it."""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import timedelta

import pytest

from modules.milestones import Source
from modules.tasks import list_tasks
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, rows
from tests.db.controlling import read
from tests.flow.outside import sweep_after
from tests.flow.test_milestones import START, branch, happens
from tests.flow.test_sequence_language import file, text
from workers.context import open_deps
from workers.note import Noted, Told, note_event, take_back
from workers.settle_task import Word, settle

pytestmark = pytest.mark.race

SEEN = branch("seen", "wait: {days: 14}, wait_for: {milestone: showing}", when="{milestone: showing, go_to: thanks}")
AFTER = (SEEN, text("nudge", more=", on_success: end"), text("thanks"))
ASK = "  - {key: ask, channel: task, content: {title: Prepare it}}\n"
SOON = START + timedelta(minutes=2)


async def meets_a_milestone(stage: Stage, cast: Cast, deed: Awaitable[object]) -> None:
    """The deed waits for a lock of who writes the milestone down, and goes on once that is committed."""
    async with stage.deps.database.transaction() as conn:
        told = Told(Source.person, "Jo")
        await note_event(stage.deps, conn, cast.client_id, cast.contacts[0], "showing", stage.clock.now(), told)
        doing = asyncio.ensure_future(deed)
        async with asyncio.timeout(10):
            while not (await read(stage.deps, "waiting"))[0]["n"]:
                pass  # each look lets the deed go on
    await doing


async def test_while_a_text_is_confirmed(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello", more=", waits_for: ended"), *AFTER))
    await run_sweep(stage.deps)
    stage.clock.set(SOON)
    await meets_a_milestone(stage, acme, asyncio.to_thread(stage.twin.advance, SOON))
    [run] = await rows(stage.deps, "enrollments")
    assert (run["step"], run["due_at"]) == ("seen", SOON)


async def test_while_a_task_is_done(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(ASK, *AFTER))
    await run_sweep(stage.deps)
    stage.clock.set(SOON)

    async with stage.deps.database.transaction() as conn:
        [task] = await list_tasks(conn, acme.client_id, SOON, 2)

    async def done() -> None:
        """Somebody at another machine."""
        async with (
            open_deps(stage.deps.settings, stage.dsn) as elsewhere,
            elsewhere.database.transaction() as conn,
        ):
            await settle(replace(elsewhere, clock=stage.clock), conn, task.id, Word("Jo"), done=True)

    await meets_a_milestone(stage, acme, done())
    [run] = await rows(stage.deps, "enrollments")
    assert (run["step"], run["due_at"]) == ("seen", SOON)


async def test_what_is_taken_back_before_the_branch_has_gone_on_is_waited_for_again(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), *AFTER))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    assert await happens(stage, acme, "showing", ref="visit-1") == Noted(fresh=True, moved=1)
    async with stage.deps.database.transaction() as conn:
        assert await take_back(conn, acme.client_id, Told(Source.person, ref="visit-1"))
    await sweep_after(stage, minutes=1)
    [run] = await rows(stage.deps, "enrollments")
    assert (run["step"], run["due_at"] - START > timedelta(days=13)) == ("seen", True)
    assert (await happens(stage, acme, "showing")).moved == 1
    await sweep_after(stage, minutes=1)
    [run] = await rows(stage.deps, "enrollments")
    assert run["step"] == "thanks"


async def test_what_happens_between_two_attempts_of_the_step_before_counts(stage: Stage) -> None:
    again = text("hello", more=", waits_for: ended")
    acme = await gather_cast(stage.deps, stage.twin, file(again, *AFTER))
    stage.twin.script("twilio", "429")
    await run_sweep(stage.deps)
    stage.clock.set(START + timedelta(seconds=30))
    assert (await happens(stage, acme, "showing")).moved == 0
    for _ in range(12):
        await sweep_after(stage, minutes=1)
    touches = await rows(stage.deps, "touches")
    assert [(one["step"], one["attempt"]) for one in touches][:2] == [("hello", 1), ("hello", 2)]
    assert touches[-1]["step"] == "thanks"
