"""A database is restored while the providers have gone on: nothing leaves, then nobody gets anything twice."""

import shutil
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import pytest_asyncio

from modules.health import Settled
from scripts.conductor.stage import Stage, open_stage
from scripts.database.bootstrap import OWNER, bootstrap
from scripts.database.migrate import MIGRATIONS, migrate
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database, Engine
from tests.db.restoring import (
    BY,
    SQL,
    answer,
    armed,
    ask,
    do,
    dump,
    let_leave_again,
    live_on,
    pass_time,
    restore_anew,
    restore_in_place,
    standing,
    taken,
)
from tests.db.rig import MONDAY
from tests.db.test_reconcile import text_past_us
from tests.db.test_write_economy import row_versions
from workers.guardian import watch as guard_house
from workers.rearm import rearm
from workers.reconcile import reconcile
from workers.sweep import sweep

PATIENT = "2.0"
"""Seconds of real time for one answer of the twin: what is told here must not depend on how busy the machine is."""
RESTORES = {"in_place": restore_in_place, "anew": restore_anew}


@pytest_asyncio.fixture
async def stage(database: Database, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, database.url, MONDAY, timeout=PATIENT) as running:
        yield running


async def play_and_restore(
    stage: Stage, engine: Engine, database: Database, file: Path, how: str = "in_place"
) -> tuple[Cast, Counter[tuple[str, str]]]:
    """A text, then the backup; then a mail and a text that the backup does not know, and one person says STOP."""
    cast = await gather_cast(stage.deps, stage.twin, story("sms", "email", "sms"), 3)
    await live_on(stage)
    await pass_time(stage, hours=1)
    dump(engine, database, file)
    await live_on(stage, days=1)
    await live_on(stage, days=1)
    stage.twin.text_us(cast.sid, cast.phones[2], cast.number, "STOP")
    await pass_time(stage, minutes=1)
    before = taken(stage)
    assert sum(before.values()) == len(before) == 9
    RESTORES[how](engine, database, file)
    return cast, before


@pytest.mark.parametrize("how", list(RESTORES))
async def test_after_a_restore_nothing_leaves_until_a_reconcile_and_then_nobody_gets_anything_twice(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path, how: str
) -> None:
    _, before = await play_and_restore(stage, engine, database, tmp_path / "backup", how)
    assert (await sweep(stage.deps)).as_dict() == {}
    assert not await armed(stage)
    await live_on(stage, minutes=3)
    assert taken(stage) == before, "the mails were due again, and nothing left"
    await pass_time(stage, minutes=3)
    done = await rearm(stage.deps, BY, "restored")
    assert (done.armed, done.counts["lost"], done.counts["heard"], done.missing) == (True, 6, 1, [])
    await live_on(stage)
    assert taken(stage) == before
    assert await standing(stage) == {"held:possibly_sent": 2, "stopped:suppressed": 1}
    first = await answer(stage, Settled.sent)
    assert (first.settled, first.moved, first.left) == (2, 2, 4)
    await live_on(stage, days=1)
    assert taken(stage) == before
    assert await standing(stage) == {"held:possibly_sent": 2, "stopped:suppressed": 1}
    assert (await answer(stage, Settled.sent)).moved == 2
    await live_on(stage, days=1)
    assert await standing(stage) == {"finished": 2, "stopped:suppressed": 1}
    assert taken(stage) == before
    still = [row for row in await ask(stage, "findings") if row["settled_as"] is None]
    assert len(still) == 2, "what went to the one who stopped stays a question; nothing is dropped"


async def test_what_was_none_of_ours_leaves_after_all(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path
) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms", "sms"), 2)
    await live_on(stage)
    dump(engine, database, tmp_path / "backup")
    await live_on(stage, days=1)
    before = taken(stage)
    restore_in_place(engine, database, tmp_path / "backup")
    assert (await let_leave_again(stage)).counts["lost"] == 2
    await live_on(stage)
    [one] = [line["provider_id"] for line in stage.twin.ledger(to=cast.phones[0])][1:]
    said = await answer(stage, Settled.not_ours, one, every=False)
    assert (said.settled, said.released) == (1, 1)
    await live_on(stage, minutes=1)
    assert sum((taken(stage) - before).values()) == 1
    assert await standing(stage) == {"finished": 1, "held:possibly_sent": 1}


async def test_what_a_backup_caught_on_its_way_explains_itself_and_asks_nobody(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path
) -> None:
    """Its row says only that it was being sent; the provider's list carries no reference of ours."""
    await gather_cast(stage.deps, stage.twin, story("sms", "sms"))
    stage.twin.script("twilio", "timeout_after_accept")
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=1000)
    await sweep(stage.deps)
    dump(engine, database, tmp_path / "backup")
    restore_in_place(engine, database, tmp_path / "backup")
    done = await let_leave_again(stage)
    assert (done.armed, done.counts["lost"]) == (True, 1)
    await live_on(stage, minutes=6)
    assert await reconcile(stage.deps) == {"explained": 1, "listed": 1}
    assert [(row["kind"], row["settled_as"]) for row in await ask(stage, "findings")] == [("lost", "explained")]
    await live_on(stage, days=1)
    assert await standing(stage) == {"finished": 1}
    assert set(taken(stage).values()) == {1}


@pytest.mark.parametrize("block", ["copy_state", "move_to_other_cluster", "move_to_other_timeline", "forget_state"])
async def test_every_sign_of_a_restore_disarms_and_the_house_is_told_once(
    stage: Stage, database: Database, block: str
) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"))
    await do(stage, block)
    assert (await sweep(stage.deps)).as_dict() == {}
    assert not await armed(stage)
    assert stage.twin.ledger() == []
    logs = [row for row in await rows(stage.deps, "logs") if row["event"] == "engine_disarmed"]
    assert [(row["level"], row["client_id"]) for row in logs] == [("alarm", None)]
    before = row_versions(database)
    await sweep(stage.deps)
    assert row_versions(database) == before
    assert await guard_house(stage.deps) == {"troubles": 1, "told": 1}
    assert await guard_house(stage.deps) == {"troubles": 1}


async def test_an_account_that_cannot_be_read_leaves_the_engine_disarmed_unless_a_person_says_why(
    stage: Stage, database: Database
) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    await do(stage, "move_to_other_timeline")
    stage.twin.script("twilio", "500_before_accept", op="list", times=1000)
    done = await let_leave_again(stage)
    assert (done.armed, [one.account_id for one in done.missing]) == (False, [cast.texts])
    await live_on(stage)
    assert stage.twin.ledger() == []
    done = await rearm(stage.deps, BY, "test account", without={cast.texts: "nothing leaves by it"})
    assert (done.armed, [one.account_id for one in done.left_out]) == (True, [cast.texts])
    await live_on(stage)
    assert len(stage.twin.ledger()) == 1


async def test_arming_waits_until_the_lists_must_show_what_left_last(stage: Stage) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"))
    await do(stage, "move_to_other_timeline")
    early = await rearm(stage.deps, BY, "restored")
    assert (early.armed, early.not_before) == (False, MONDAY + timedelta(minutes=5))
    await pass_time(stage, minutes=5)
    assert (await rearm(stage.deps, BY, "restored")).armed
    assert (await rearm(stage.deps, BY, "restored")).was_armed


async def test_a_list_that_lagged_when_the_gap_was_read_is_heard_in_time_all_the_same(
    stage: Stage, engine: Engine, database: Database, tmp_path: Path
) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms", "sms", wait="minutes: 30"))
    await live_on(stage)
    dump(engine, database, tmp_path / "backup")
    await live_on(stage, minutes=25)
    await live_on(stage, minutes=3)
    before = taken(stage)
    assert len(before) == 2
    restore_in_place(engine, database, tmp_path / "backup")
    stage.twin.script("twilio", "list_lag", op="list", delay=3600, times=3)
    done = await let_leave_again(stage)
    assert (done.armed, done.counts["lost"]) == (True, 0)
    stage.twin.clear_faults()
    assert (await reconcile(stage.deps))["lost"] == 1
    await live_on(stage, minutes=1)
    assert await standing(stage) == {"held:possibly_sent": 1}
    assert taken(stage) == before


async def test_a_disarmed_engine_hears_and_polls_and_reconciles_as_ever(stage: Stage) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"), 2)
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=3)
    await sweep(stage.deps)
    await do(stage, "move_to_other_timeline")
    await live_on(stage, minutes=12)
    assert {touch["state"] for touch in await rows(stage.deps, "touches")} == {"delivered"}
    assert not await armed(stage)


async def test_one_item_that_is_a_ghost_and_lost_has_one_answer(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms", wait="hours: 1"))
    await live_on(stage)
    sid = await text_past_us(stage, cast, cast.phones[0])
    await pass_time(stage, minutes=6)
    assert (await reconcile(stage.deps))["ghosts"] == 1
    await do(stage, "move_to_other_cluster")
    assert (await let_leave_again(stage)).counts["lost_new"] == 1
    assert (await answer(stage, Settled.not_ours, sid, every=False)).settled == 2
    assert {row["settled_as"] for row in await ask(stage, "findings")} == {"not_ours"}


def test_a_ledger_older_than_the_interlock_is_armed_by_a_person(engine: Engine, tmp_path: Path) -> None:
    """A backup from before may be read in and then migrated; a new database begins armed."""
    older = tmp_path / "older"
    older.mkdir()
    for file in sorted(MIGRATIONS.glob("*.sql")):
        if file.name < "20261121001800":
            shutil.copy(file, older)
    with engine.fresh_database("template0") as fresh:
        bootstrap(fresh.superuser_url, OWNER)
        migrate(fresh.url, older)
        with psycopg.connect(fresh.url, autocommit=True) as connection:
            connection.execute(SQL["plant_touch"])
        migrate(fresh.url)
        with psycopg.connect(fresh.url) as connection:
            found = connection.execute(SQL["engine_state"]).fetchone()
        assert found is not None
        assert found[:3] == (False, "upgraded", "migration")
