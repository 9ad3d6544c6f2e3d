"""Design, section 8: writes are a budget. Counted by PostgreSQL itself over all tables, against real HTTP."""

import asyncio
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from modules.labels import ChannelName, NextChannel, Provider
from modules.sequences import DueGroup
from scripts.conductor.stage import Stage, open_stage
from scripts.database.connect import connect
from tests.cast import BY, Cast, gather_cast, register_at_twin, rows, story
from tests.cast_accounts import Given
from tests.databases import Database
from tests.db.rig import MONDAY
from utils.clock import monotonic
from utils.http import send_client
from utils.sql import Queries
from workers.accounts_in_use import load_accounts_in_use
from workers.arm import arm_batch
from workers.confirm import confirm
from workers.gate import ask_gate
from workers.send import send_batch
from workers.sweep import sweep

SQL = Queries(Path(__file__).with_name("write_economy.sql"))
PEOPLE = 50
PATIENCE = 10.0


def row_writes(database: Database) -> Counter[str]:
    """By table, once every backend of this database has gone and left its counts behind."""
    until = monotonic() + PATIENCE
    with psycopg.connect(database.superuser_url, autocommit=True, row_factory=dict_row) as conn:
        others = 1
        while others:
            assert monotonic() < until, f"{others} backends are still connected"
            found = conn.execute(SQL["others"]).fetchone()
            others = found["n"] if found else 0
        conn.execute(SQL["flush"])
        return Counter({row["name"]: row["n"] for row in conn.execute(SQL["row_writes"]).fetchall()})


def row_versions(database: Database) -> dict[str, list[Any]]:
    """The physical version of every row of every table: equal before and after means that nothing was written."""
    with connect(database.superuser_url) as conn:
        tables = [row["name"] for row in conn.execute(SQL["user_tables"]).fetchall()]
        statement = sql.SQL(SQL["versions"])
        return {name: conn.execute(statement.format(table=sql.SQL(name))).fetchall() for name in tables}


async def arm_and_send(stage: Stage, cast: Cast, channel: NextChannel, limit: int) -> int:
    """What a sweep does with one group, at this batch size; how many were sent."""
    async with stage.deps.database.transaction() as conn:
        account = (await load_accounts_in_use(stage.deps, conn)).by_channel[cast.client_id, str(channel)]
    group, after, sent = DueGroup(cast.client_id, channel), None, 0
    async with send_client(5.0) as client:
        while True:
            permissions = await ask_gate(stage.deps, client, group, account, after, limit)
            armed = await arm_batch(stage.deps, group, account, after, limit, permissions)
            if armed.last is None:
                return sent
            after, sent = armed.last, sent + len(armed.messages)
            async for answers in send_batch(client, account, armed.messages, armed.send_by):
                await confirm(stage.deps, [news for news, _ in answers])


async def play_to_the_end(stage: Stage) -> int:
    """Every webhook there is to come; how many came."""
    fired, following = await asyncio.to_thread(stage.twin.advance, stage.clock.now())
    while following is not None:
        stage.clock.set(following)
        more, following = await asyncio.to_thread(stage.twin.advance, following)
        fired += more
    return fired


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
    database: Database, tmp_path: Path, provider: Provider, channel: ChannelName, cost: int, limit: int, doubled: bool
) -> None:
    """Touch: insert, accepted, delivered. Enrollment: timer, advance. Duplicates of webhooks cost nothing. A call of
    Retell's costs one more: its summary comes after its end, in a webhook of its own."""
    by, lines = {**BY, channel: provider}, {"concurrent_calls": str(2 * PEOPLE)}
    given = {channel: Given(lines if channel is ChannelName.voice else {})}
    async with open_stage(tmp_path, database.url, MONDAY) as stage:
        story_of_two = story(str(channel), str(channel))
        cast = await gather_cast(stage.deps, stage.twin, story_of_two, PEOPLE, by=by, given=given)
    before = row_writes(database)
    async with open_stage(tmp_path, database.url, MONDAY) as stage:
        register_at_twin(stage.deps, stage.twin, cast)
        if doubled:
            stage.twin.script(provider, "webhook_doubled", op="webhook", times=PEOPLE * 10)
        sent = await arm_and_send(stage, cast, NextChannel(channel), limit)
        webhooks = await play_to_the_end(stage)
        states = Counter(touch["state"] for touch in await rows(stage.deps, "touches"))
    writes = row_writes(database)
    writes.subtract(before)
    spent = {name: n for name, n in writes.items() if n}
    each = sum(spent.values()) / PEOPLE
    print(f"\n{provider} {channel} batch {limit}, {webhooks} webhooks: {each} row-writes per confirmed touch {spent}")
    assert (sent, states) == (PEOPLE, {"completed" if channel is ChannelName.voice else "delivered": PEOPLE}), states
    assert each == cost, spent


async def test_a_fruitless_poll_and_an_idle_sweep_write_nothing(database: Database, tmp_path: Path) -> None:
    async with open_stage(tmp_path, database.url, MONDAY) as stage:
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
