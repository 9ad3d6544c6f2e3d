"""A task is done while the same person is paused elsewhere, and a milestone comes while a touch is being settled."""

import asyncio
from uuid import UUID

import pytest

from modules.labels import NextChannel
from modules.sequences import ControlVerb, DueGroup, Order
from modules.tasks import KnownTask, list_tasks, lock_task
from tests.cast import gather_cast, join, rows
from tests.databases import Database
from tests.db.controlling import obey, read
from tests.db.rig import open_rig
from utils.db import Connection
from workers import settle_task
from workers.arm import arm_batch
from workers.control import Controlled

pytestmark = pytest.mark.race

ASK = """name: Ask
slug: story
steps:
  - {key: ask, channel: task, content: {title: Prepare it}, records: showing}
  - {key: text, channel: sms, content: {body: ready}}
"""
WAIT = """name: Wait
slug: wait
steps:
  - key: seen
    channel: branch
    wait: {days: 14}
    wait_for: {milestone: showing}
    when: [{milestone: showing, go_to: more}]
    otherwise: end
  - {key: more, channel: sms, content: {body: more}}
"""


async def test_a_task_is_done_while_the_person_is_paused_elsewhere_and_neither_waits_for_ever(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, ASK)
        [other] = await join(deps, cast.client_id, WAIT, cast.contacts)
        group = DueGroup(cast.client_id, NextChannel.task)
        assert (await arm_batch(deps, group, None, None, 1)).decided == 1
        async with deps.database.transaction() as conn:
            [task] = await list_tasks(conn, cast.client_id, deps.clock.now(), 2)
        pausing: list[asyncio.Task[Controlled]] = []

        async def lock_and_meet(conn: Connection, task_id: UUID) -> KnownTask | None:
            if not pausing:
                pausing.append(asyncio.create_task(obey(deps, other, Order(ControlVerb.pause))))
                async with asyncio.timeout(10):
                    # each look lets the pause go on, until it waits for a lock of ours
                    while not (await read(deps, "waiting"))[0]["n"]:
                        pass
            return await lock_task(conn, task_id)

        monkeypatch.setattr(settle_task, "lock_task", lock_and_meet)
        async with deps.database.transaction() as conn:
            done = await settle_task.settle(deps, conn, task.id, settle_task.Word("Jo"), done=True)
        await asyncio.gather(*pausing)
        [lost] = await read(deps, "deadlocks")
        [place] = [row for row in await rows(deps, "enrollments") if row["id"] == other]
        now = deps.clock.now()
    assert (done.moved, lost["n"]) == (True, 0)
    assert (place["status"], place["due_at"]) == ("paused", now)
