"""After a restore, GoHighLevel's list names people by its own ids, and leaves out what a workflow sent: nobody is
written twice all the same."""

from pathlib import Path

import pytest

from modules.health import Settled
from modules.labels import ChannelName, Provider
from scripts.conductor.stage import Stage
from tests.cast import Cast, gather_cast, join, rows, story
from tests.databases import Database, Engine
from tests.db.restoring import (
    BY,
    add_people,
    answer,
    ask,
    do,
    dump,
    let_leave_again,
    live_on,
    pass_time,
    restore_in_place,
    standing,
    taken,
)
from tests.db.test_restore import stage as stage
from tests.flow.ghl_stage import gather_ghl, sample_of, tell
from workers.rearm import HANDED_OVER, NAMES_NOBODY, rearm
from workers.reconcile import reconcile
from workers.sweep import sweep

BOTH = pytest.mark.parametrize("channel", [ChannelName.sms, ChannelName.email])


async def write_first_in_the_gap(
    stage: Stage, engine: Engine, database: Database, file: Path, channel: ChannelName = ChannelName.sms
) -> Cast:
    """One message, to somebody whose id at GHL was learned after the backup; then the backup is restored."""
    cast = await gather_cast(stage.deps, stage.twin, story(channel), by={channel: Provider.ghl})
    await do(stage, "forget_refs")
    dump(engine, database, file)
    for _ in range(2):
        await live_on(stage, minutes=10)
    assert len(taken(stage)) == len(stage.twin.ledger()) == 1
    restore_in_place(engine, database, file)
    return cast


async def nobody_gets_it_twice(stage: Stage) -> None:
    for _ in range(3):
        await live_on(stage, minutes=10)
    assert len(stage.twin.ledger()) == 1
    assert await standing(stage) == {"held:possibly_sent": 1}


@BOTH
async def test_somebody_whose_id_was_learned_in_the_gap_is_asked_for_and_not_written_twice(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path, channel: ChannelName
) -> None:
    await write_first_in_the_gap(stage, engine, database, tmp_path / "backup", channel)
    done = await let_leave_again(stage)
    assert (done.armed, done.counts["lost"], done.counts["nameless"], done.missing) == (True, 1, 0, [])
    await nobody_gets_it_twice(stage)
    assert (await answer(stage, Settled.sent)).moved == 1
    assert await standing(stage) == {"finished": 1}


async def test_somebody_who_was_added_in_the_gap_is_held_by_the_number_that_ghl_has(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path
) -> None:
    by = {ChannelName.sms: Provider.ghl}
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), by=by)
    await live_on(stage, minutes=10)
    dump(engine, database, tmp_path / "backup")
    await join(stage.deps, cast.client_id, story("sms", slug="second"), await add_people(stage, cast, "+12125550144"))
    for _ in range(2):
        await live_on(stage, minutes=10)
    before = taken(stage)
    assert len(before) == 2
    restore_in_place(engine, database, tmp_path / "backup")
    done = await let_leave_again(stage)
    assert (done.armed, done.counts["nameless"]) == (True, 0)
    await join(stage.deps, cast.client_id, story("sms", slug="second"), await add_people(stage, cast, "+12125550144"))
    for _ in range(2):
        await live_on(stage, minutes=10)
    assert taken(stage) == before
    assert (await standing(stage))["held:possibly_sent"] == 1


async def test_while_ghl_does_not_say_who_it_was_nothing_leaves_and_a_later_answer_is_enough(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path
) -> None:
    """The reconciliation comes first here, and keeps the question before anybody can be named."""
    cast = await write_first_in_the_gap(stage, engine, database, tmp_path / "backup")
    stage.twin.script("ghl", "500_before_accept", op="fetch", times=999)
    await sweep(stage.deps)
    await pass_time(stage, minutes=6)
    assert (await reconcile(stage.deps))["lost"] == 1
    [told] = [row for row in await rows(stage.deps, "logs") if row["event"] == "lost_found"]
    assert (told["level"], told["detail"]["name_nobody"]) == ("alarm", "1")
    done = await rearm(stage.deps, BY, "restored")
    assert (done.armed, done.counts["nameless"]) == (False, 1)
    assert [(one.account_id, one.reason) for one in done.missing] == [(cast.texts, NAMES_NOBODY)]
    await live_on(stage, minutes=10)
    stage.twin.clear_faults()
    done = await rearm(stage.deps, BY, "restored")
    assert (done.armed, done.counts["nameless"], done.counts["lost_new"]) == (True, 0, 0)
    await nobody_gets_it_twice(stage)


async def test_what_the_reconciliation_finds_while_nothing_leaves_holds_the_person_already(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path
) -> None:
    await write_first_in_the_gap(stage, engine, database, tmp_path / "backup")
    await sweep(stage.deps)
    await pass_time(stage, minutes=6)
    assert (await reconcile(stage.deps))["lost"] == 1
    stage.twin.script("ghl", "500_before_accept", op="fetch", times=999)
    assert (await rearm(stage.deps, BY, "restored")).armed, "whom it is about stands in the question by now"
    stage.twin.clear_faults()
    await nobody_gets_it_twice(stage)


async def test_somebody_whom_ghl_cannot_name_is_let_pass_by_a_person_alone(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path
) -> None:
    cast = await write_first_in_the_gap(stage, engine, database, tmp_path / "backup")
    stage.twin.script("ghl", "500_before_accept", op="fetch", times=999)
    assert not (await let_leave_again(stage)).armed
    done = await rearm(stage.deps, BY, "looked", without={cast.texts: "it was a test"})
    assert (done.armed, [one.reason for one in done.left_out]) == (True, [NAMES_NOBODY])


async def test_a_question_about_nobody_that_has_its_answer_is_no_reason_to_stay_disarmed(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path
) -> None:
    await write_first_in_the_gap(stage, engine, database, tmp_path / "backup")
    stage.twin.script("ghl", "500_before_accept", op="fetch", times=999)
    assert not (await let_leave_again(stage)).armed
    assert (await answer(stage, Settled.not_ours)).settled == 1
    done = await rearm(stage.deps, BY, "restored")
    assert (done.armed, done.counts["nameless"]) == (True, 0)


async def test_a_list_that_lagged_names_the_person_when_the_reconciliation_reads_it(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path
) -> None:
    await write_first_in_the_gap(stage, engine, database, tmp_path / "backup")
    await do(stage, "wait_an_hour")
    stage.twin.script("ghl", "list_lag", op="list", delay=7200, times=99)
    done = await let_leave_again(stage)
    assert (done.armed, done.counts["listed"]) == (True, 0)
    stage.twin.clear_faults()
    assert (await reconcile(stage.deps))["lost"] == 1
    [finding] = await ask(stage, "findings")
    assert finding["kind"] == "lost"
    await live_on(stage, hours=1)
    await nobody_gets_it_twice(stage)


async def hand_over_one(stage: Stage, workflow: str) -> None:
    """Somebody whose text is due goes to a workflow of the location, which does so with it."""
    hook = f"{stage.twin.ghl_url}/hooks/{sample_of('acme').location}/webhook-trigger/5f0c"
    ghl = await gather_ghl(stage, workflow_hook=hook)
    tell(stage, ghl, workflow=workflow)
    await join(stage.deps, ghl.client_id, story("sms"), ghl.contacts)


async def test_what_was_handed_to_a_workflow_is_missed_in_no_list(stage: Stage) -> None:
    """No list could show it, so a list says nothing about it; its own polls and its deadline do."""
    await hand_over_one(stage, "sends")
    await sweep(stage.deps)
    await pass_time(stage, minutes=12)
    assert [touch["state"] for touch in await rows(stage.deps, "touches")] == ["accepted"]
    assert "silent" not in await reconcile(stage.deps)


async def test_what_was_handed_to_a_workflow_keeps_the_engine_disarmed_until_a_person_lets_it_pass(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path
) -> None:
    """A workflow's message stands in no list as ours; the mails of the same location do."""
    await hand_over_one(stage, "sends")
    dump(engine, database, tmp_path / "backup")
    for _ in range(2):
        await live_on(stage, minutes=10)
    before = taken(stage)
    assert sum(before.values()) == 1
    restore_in_place(engine, database, tmp_path / "backup")
    done = await let_leave_again(stage)
    assert (done.armed, done.counts["lost"]) == (False, 0)
    assert [(one.channel, one.reason) for one in done.missing] == [(ChannelName.sms, HANDED_OVER)]
    for _ in range(2):
        await live_on(stage, minutes=10)
    assert taken(stage) == before
    [left_out] = done.missing
    done = await rearm(stage.deps, BY, "skipped them", without={left_out.account_id: "skipped by hand"})
    assert (done.armed, [one.reason for one in done.left_out]) == (True, [HANDED_OVER])
