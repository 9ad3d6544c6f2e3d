"""Design, section 8: writes are a budget. Counted by PostgreSQL itself over all tables, against real HTTP."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from modules.labels import ChannelName, NextChannel, Provider
from scripts.bench.economy import Bill, bill_of, metered
from scripts.bench.touching import arm_and_send, play_to_the_end
from scripts.bench.writes import CASES, HTTP_SECONDS, IDLE_SWEEPS, MOST_OF_AN_IDLE_SWEEP
from scripts.conductor.stage import open_stage
from scripts.database.connect import connect
from scripts.database.launcher import Cluster
from tests.cast import BY, gather_cast, register_at_twin, rows, story
from tests.cast_accounts import Given
from tests.databases import Database, Engine
from tests.db.rig import MONDAY
from utils.sql import Queries
from workers.arm import MOST
from workers.sweep import sweep

SQL = Queries(Path(__file__).with_name("write_economy.sql"))
PEOPLE = 50
ANSWERED = {ChannelName.voice: "completed"}
TEXTS, CALLS = CASES


def row_versions(database: Database) -> dict[str, list[Any]]:
    """The physical version of every row of every table: equal before and after means that nothing was written."""
    with connect(database.superuser_url) as conn:
        tables = [row["name"] for row in conn.execute(SQL["user_tables"]).fetchall()]
        statement = sql.SQL(SQL["versions"])
        return {name: conn.execute(statement.format(table=sql.SQL(name))).fetchall() for name in tables}


async def bill_of_touches(
    cluster: Cluster,
    database: Database,
    folder: Path,
    way: tuple[Provider, ChannelName],
    limit: int,
    *,
    doubled: bool = False,
) -> Bill:
    """What each of 50 touches costs from arm to proof; `doubled`: every webhook comes twice."""
    provider, channel = way
    by, lines = {**BY, channel: provider}, {"concurrent_calls": str(2 * PEOPLE)}
    given = {channel: Given(lines if channel is ChannelName.voice else {})}
    async with open_stage(folder, database.url, MONDAY, timeout=HTTP_SECONDS) as stage:
        story_of_two = story(str(channel), str(channel))
        cast = await gather_cast(stage.deps, stage.twin, story_of_two, PEOPLE, by=by, given=given)
    with metered(cluster, database.name) as spent:
        async with open_stage(folder, database.url, MONDAY, timeout=HTTP_SECONDS) as stage:
            register_at_twin(stage.deps, stage.twin, cast)
            if doubled:
                stage.twin.script(provider, "webhook_doubled", op="webhook", times=PEOPLE * 10)
            sent = await arm_and_send(stage, cast.client_id, NextChannel(channel), limit)
            webhooks = await play_to_the_end(stage)
            states = Counter(touch["state"] for touch in await rows(stage.deps, "touches"))
    bill = bill_of(spent, PEOPLE)
    print(f"\n{provider} {channel} batch {limit}, {webhooks} webhooks, each touch: {bill} {dict(spent.rows)}")
    assert (sent, states) == (PEOPLE, {ANSWERED.get(channel, "delivered"): PEOPLE}), states
    return bill


@pytest.mark.parametrize(("limit", "doubled"), [pytest.param(1, False, marks=pytest.mark.full), pytest.param(50, True)])
@pytest.mark.parametrize(
    ("provider", "channel", "cost"),
    [
        pytest.param(Provider.twilio, ChannelName.sms, 5),
        pytest.param(Provider.resend, ChannelName.email, 5, marks=pytest.mark.full),
        pytest.param(Provider.ghl, ChannelName.sms, 5, marks=pytest.mark.full),
        pytest.param(Provider.vapi, ChannelName.voice, 5),
        pytest.param(Provider.retell, ChannelName.voice, 6, marks=pytest.mark.full),
    ],
)
async def test_a_confirmed_touch_costs_exactly_five_row_writes_and_a_call_at_retell_six(
    engine: Engine,
    database: Database,
    tmp_path: Path,
    provider: Provider,
    channel: ChannelName,
    cost: int,
    limit: int,
    doubled: bool,
) -> None:
    """Touch: insert, accepted, delivered. Enrollment: timer, advance. Duplicates of webhooks cost nothing. A call of
    Retell's costs one more: its summary comes after its end, in a webhook of its own."""
    way = (provider, channel)
    bill = await bill_of_touches(engine.cluster, database, tmp_path, way, limit, doubled=doubled)
    assert bill.row_writes == cost


@pytest.mark.parametrize("way", [TEXTS, pytest.param(CALLS, marks=pytest.mark.full)], ids=str)
async def test_a_confirmed_touch_stays_within_its_statements_commits_and_bytes_of_wal(
    engine: Engine, database: Database, tmp_path: Path, way: tuple[Provider, ChannelName]
) -> None:
    """In whole batches; the bounds are the benchmark's."""
    bill = await bill_of_touches(engine.cluster, database, tmp_path, way, MOST)
    assert bill.exceeds(CASES[way][MOST]) == []
    assert min(vars(bill).values()) > 0, "a count that stands at zero counts nothing"


async def test_an_idle_sweep_asks_a_handful_of_questions_and_writes_nothing(
    engine: Engine, database: Database, tmp_path: Path
) -> None:
    """Nobody is due, and the proof of 20 texts is awaited."""
    async with open_stage(tmp_path, database.url, MONDAY, timeout=HTTP_SECONDS) as stage:
        await gather_cast(stage.deps, stage.twin, story("sms", "email"), 20)
        assert (await sweep(stage.deps)).counts["armed"] == 20
    with metered(engine.cluster, database.name) as spent:
        async with open_stage(tmp_path, database.url, MONDAY + timedelta(minutes=1), timeout=HTTP_SECONDS) as stage:
            idle = [(await sweep(stage.deps)).as_dict() for _ in range(IDLE_SWEEPS)]
    bill = bill_of(spent, IDLE_SWEEPS)
    print(f"\neach idle sweep: {bill}")
    assert idle == [{}] * IDLE_SWEEPS
    assert bill.exceeds(MOST_OF_AN_IDLE_SWEEP) == []
    assert bill.statements > 1


async def test_a_fruitless_poll_and_an_idle_sweep_write_nothing(database: Database, tmp_path: Path) -> None:
    async with open_stage(tmp_path, database.url, MONDAY, timeout=HTTP_SECONDS) as stage:
        await gather_cast(stage.deps, stage.twin, story("sms", "email"), 20)
        stage.twin.script("twilio", "no_dlr", times=20)
        await sweep(stage.deps)
        await play_to_the_end(stage)
        before = row_versions(database)
        looked = 0
        for minutes in (10, 60):
            stage.clock.set(MONDAY + timedelta(minutes=minutes))
            looked += (await sweep(stage.deps)).counts["looked"]
        after_polls = row_versions(database)
        stage.clock.set(MONDAY + timedelta(minutes=70))
        idle = [(await sweep(stage.deps)).as_dict() for _ in range(3)]
        after_idle = row_versions(database)
    counted = sum(len(found) for found in before.values())
    print(f"\n{looked} fruitless polls, idle sweeps {idle}: {counted} rows in {len(before)} tables unchanged")
    assert looked == 40
    assert idle == [{}, {}, {}]
    assert after_polls == before
    assert after_idle == before
