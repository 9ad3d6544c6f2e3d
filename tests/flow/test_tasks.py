"""Steps that a person does: given once, waited for, done, dismissed, late, taken back; and what they record."""

from datetime import UTC, datetime, timedelta

import pytest

from modules.sequences import ControlVerb, Order
from modules.tasks import ListedTask, list_tasks
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, rows
from tests.flow.outside import play_on, standing, sweep_after, sweep_at
from tests.flow.speaking import post_text
from tests.flow.test_sequence_language import file, know, text
from utils.errors import Conflict
from workers.control import Whose, control_enrollment
from workers.settle_task import Settled, Word, settle

START = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ASK = """  - key: prepare
    channel: task
    content: {title: "Prepare {{ contact.first_name | default: 'their' }} analysis", instructions: "Street by street."}
    records: market_analysis
    within: {days: 2}
    on_failure: {go_to: sorry}
"""
AFTER = (text("ready", more=", on_success: end"), text("sorry"))


async def tasks(stage: Stage, cast: Cast, *, settled: bool = False) -> list[ListedTask]:
    async with stage.deps.database.transaction() as conn:
        return await list_tasks(conn, cast.client_id, stage.clock.now(), 10, settled=settled)


async def say(stage: Stage, task: ListedTask, *, done: bool) -> Settled:
    async with stage.deps.database.transaction() as conn:
        return await settle(stage.deps, conn, task.id, Word("Jo", "on paper"), done=done)


async def milestones(stage: Stage) -> list[str]:
    return [row["name"] for row in await rows(stage.deps, "milestones")]


async def test_a_task_is_given_once_and_the_sequence_waits_until_it_is_done(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(ASK, *AFTER))
    await know(stage, acme, first_name="ignored")
    for _ in range(3):
        await sweep_after(stage, minutes=1)
    (task,) = await tasks(stage, acme)
    assert task.title == "Prepare Ada analysis"
    assert (task.blocks, task.is_overdue, task.instructions) == (True, False, "Street by street.")
    assert await rows(stage.deps, "touches") == []
    end = await say(stage, task, done=True)
    assert (end.moved, end.recorded) == (True, "market_analysis")
    assert await milestones(stage) == ["market_analysis"]
    assert [touch["step"] for touch in await play_on(stage)] == ["ready"]
    (settled,) = await tasks(stage, acme, settled=True)
    assert (settled.state, settled.settled_by, settled.note) == ("done", "Jo", "on paper")
    with pytest.raises(Conflict, match="settled already"):
        await say(stage, task, done=False)
    assert await milestones(stage) == ["market_analysis"]


async def test_a_task_that_cannot_be_done_leads_the_other_way_and_records_nothing(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(ASK, *AFTER))
    await run_sweep(stage.deps)
    (task,) = await tasks(stage, acme)
    assert (await say(stage, task, done=False)).moved
    assert [touch["step"] for touch in await play_on(stage)] == ["sorry"]
    assert await milestones(stage) == []


async def test_a_task_that_nobody_does_in_time_leads_the_other_way_and_may_still_be_done(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(ASK, *AFTER))
    await run_sweep(stage.deps)
    await sweep_at(stage, START + timedelta(days=2) - timedelta(minutes=1))
    assert await rows(stage.deps, "touches") == []
    assert [touch["step"] for touch in await play_on(stage)] == ["sorry"]
    (task,) = await tasks(stage, acme)
    assert task.is_overdue
    end = await say(stage, task, done=True)
    assert (end.moved, end.recorded) == (False, "market_analysis")
    assert [touch["step"] for touch in await play_on(stage)] == ["sorry"]


async def test_a_task_that_does_not_block_is_given_and_the_sequence_goes_on(stage: Stage) -> None:
    ask = "  - {key: note, channel: task, blocks: false, content: {title: Look them up}}\n"
    acme = await gather_cast(stage.deps, stage.twin, file(ask, text("hello")))
    assert [touch["step"] for touch in await play_on(stage)] == ["hello"]
    (task,) = await tasks(stage, acme)
    assert (task.title, task.blocks, task.due_by, task.is_overdue) == ("Look them up", False, None, False)
    assert await standing(stage) == {"finished": 1}


async def test_a_reply_before_a_task_ends_the_sequence_and_nobody_is_given_one(stage: Stage) -> None:
    later = ASK.replace("    channel: task\n", "    channel: task\n    wait: {days: 1}\n")
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), later, *AFTER))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    assert post_text(stage, acme, acme.phones[0], "Tell me more") == 200
    await play_on(stage)
    assert await standing(stage) == {"stopped:replied": 1}
    assert await tasks(stage, acme) == []


async def test_a_task_for_somebody_who_said_stop_is_not_given(stage: Stage) -> None:
    ask = "  - {key: note, channel: task, on_reply: continue, wait: {days: 1}, content: {title: Call them}}\n"
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), ask))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    assert post_text(stage, acme, acme.phones[0], "Please remove me from everything, never contact me again") == 200
    await play_on(stage)
    assert await tasks(stage, acme) == []
    assert [end.split(":")[0] for end in await standing(stage)] == ["stopped"]


async def test_leaving_a_step_by_hand_takes_its_task_back(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(ASK, *AFTER))
    await run_sweep(stage.deps)
    async with stage.deps.database.transaction() as conn:
        await control_enrollment(stage.deps, conn, acme.enrollments[0], Order(ControlVerb.skip), Whose("Jo"))
    assert await tasks(stage, acme) == []
    (taken,) = await tasks(stage, acme, settled=True)
    assert taken.state == "withdrawn"
    assert [touch["step"] for touch in await play_on(stage)] == ["ready"]


async def test_who_gives_a_task_more_time_moves_what_everybody_reads_of_it(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(ASK, *AFTER))
    await run_sweep(stage.deps)
    wanted = START + timedelta(days=5)
    async with stage.deps.database.transaction() as conn:
        later = Order(ControlVerb.reschedule, at=wanted)
        await control_enrollment(stage.deps, conn, acme.enrollments[0], later, Whose("Jo"))
    assert [task.due_by for task in await tasks(stage, acme)] == [wanted]
    await sweep_at(stage, wanted - timedelta(minutes=1))
    assert await rows(stage.deps, "touches") == []
    assert [touch["step"] for touch in await play_on(stage)] == ["sorry"]


async def test_a_paused_contact_s_task_may_be_done_and_nothing_leaves_until_the_resume(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, file(ASK, *AFTER))
    await run_sweep(stage.deps)

    async def order(verb: ControlVerb) -> None:
        async with stage.deps.database.transaction() as conn:
            await control_enrollment(stage.deps, conn, acme.enrollments[0], Order(verb), Whose("Jo"))

    await order(ControlVerb.pause)
    (task,) = await tasks(stage, acme)
    assert (await say(stage, task, done=True)).moved
    await sweep_after(stage, minutes=5)
    assert await rows(stage.deps, "touches") == []
    await order(ControlVerb.resume)
    assert [touch["step"] for touch in await play_on(stage)] == ["ready"]


async def test_a_plain_stop_is_no_answer_that_a_branch_makes_a_task_of(stage: Stage) -> None:
    turns = (
        "  - {key: any-sign, channel: branch, wait: {days: 1}, when: [{replied: true, go_to: thank}], otherwise: end}\n"
    )
    thank = "  - {key: thank, channel: task, blocks: false, on_reply: continue, content: {title: Thank them}}\n"
    acme = await gather_cast(stage.deps, stage.twin, file(text("hello"), turns, thank))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    assert post_text(stage, acme, acme.phones[0], "STOP") == 200
    await play_on(stage)
    assert await tasks(stage, acme) == []
    assert await standing(stage) == {"stopped:suppressed": 1}


async def test_a_skip_of_a_later_step_takes_no_task_back_that_is_overdue(stage: Stage) -> None:
    """What nobody did in time may still be done, whatever becomes of the steps behind it."""
    later = text("sorry", "days: 1")
    acme = await gather_cast(stage.deps, stage.twin, file(ASK, AFTER[0], later, text("bye")))
    await run_sweep(stage.deps)
    await sweep_at(stage, START + timedelta(days=2))
    for verb in (Order(ControlVerb.skip), Order(ControlVerb.jump, step="ready")):
        async with stage.deps.database.transaction() as conn:
            done = await control_enrollment(stage.deps, conn, acme.enrollments[0], verb, Whose("Jo"))
        assert done.action.from_step in ("sorry", "bye")
        (task,) = await tasks(stage, acme)
        assert task.is_overdue
