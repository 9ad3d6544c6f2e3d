"""A milestone is written down just when somebody comes to the branch that waits for it: nobody sleeps through it."""

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
from tests.flow.test_milestones import START, branch
from tests.flow.test_sequence_language import file, text
from workers.context import open_deps
from workers.note import Told, note_event
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
