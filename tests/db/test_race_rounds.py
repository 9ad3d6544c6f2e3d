"""A STOP against two sweeps, round by round: in each round all three want the same person at the same moment."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from modules.labels import ChannelName, NextChannel
from modules.sequences import DueGroup
from tests.cast import gather_cast, story
from tests.databases import Database, Engine
from tests.db.rig import MONDAY, account_of, open_rig
from tests.db.test_races import SQL, drop_row_locks, linger_before_writing, opt_out, tell
from utils.clock import FixedClock
from utils.db import execute, fetch_all, fetch_one
from workers.arm import arm_batch
from workers.context import Deps

pytestmark = pytest.mark.race

SECOND = timedelta(seconds=1)
TURNS = 16
"""How many questions to the database a stop may come later than the sweeps: an arming takes fewer to the end."""


async def play_rounds(deps: Deps, rounds: int) -> Counter[str]:
    """In round n only person n is due. Who begins goes round, and so does how far the sweeps are let go before."""
    cast = await gather_cast(deps, None, story("sms"), rounds, rate=10_000)
    account = await account_of(deps, cast.client_id, ChannelName.sms)
    group, due = DueGroup(cast.client_id, NextChannel.sms), [MONDAY + n * SECOND for n in range(rounds)]
    async with deps.database.transaction() as conn:
        await execute(conn, SQL["spread_due"], {"id": list(cast.enrollments), "due_at": due})
        owners = await fetch_all(conn, SQL["phones_of_runs"], {"id": list(cast.enrollments)})
    phones = {row["id"]: row["phone"] for row in owners}
    counted: dict[str, int] = {}
    seen = Counter[str]()

    async def stop(phone: str, turns: int) -> None:
        async with deps.database.transaction() as conn:
            for _ in range(turns):
                await fetch_one(conn, SQL["count_touches"], {"value": phone})
        counted[phone] = await opt_out(deps, cast, phone)

    for n, enrollment_id in enumerate(cast.enrollments):
        phone, then = phones[enrollment_id], replace(deps, clock=FixedClock(due[n]))
        arm = partial(arm_batch, then, group, account, None, 5)
        racers: list[Callable[[], Awaitable[object]]] = [arm, arm]
        racers.insert(n % 3, partial(stop, phone, n % TURNS))
        answers = await asyncio.gather(*(run() for run in racers))
        seen["locked out"] += sum(getattr(one, "busy", False) for one in answers)
    async with deps.database.transaction() as conn:
        after = {row["to_address"]: row["n"] for row in await fetch_all(conn, SQL["touches_by_address"])}
    seen["rounds"] = len(counted)
    seen["armed first"] = sum(counted.values())
    seen["stopped first"] = sum(not n for n in counted.values())
    seen["armed after the stop"] = sum(after.get(phone, 0) != n for phone, n in counted.items())
    seen["armed twice"] = sum(n > 1 for n in after.values())
    return seen


async def check(
    database: Database, engine: Engine, rounds: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    linger_before_writing(monkeypatch)
    async with open_rig(database.url) as deps:
        seen = await play_rounds(deps, rounds)
    tell(capsys, f"{engine.origin}: a stop against two sweeps, {dict(seen)}")
    assert seen["rounds"] == rounds
    assert (seen["armed after the stop"], seen["armed twice"]) == (0, 0)
    assert min(seen["armed first"], seen["stopped first"]) > rounds // 20, "the race was no race"


async def test_whoever_wins_a_round_nobody_is_armed_after_their_stop_was_committed(
    database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await check(database, engine, 80, monkeypatch, capsys)


@pytest.mark.full
async def test_in_a_thousand_rounds_nobody_is_armed_after_their_stop_was_committed(
    database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    await check(database, engine, 1000, monkeypatch, capsys)


async def test_without_the_row_locks_the_same_rounds_are_lost(
    database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The proof that the test above can fail."""
    linger_before_writing(monkeypatch)
    drop_row_locks(monkeypatch)
    async with open_rig(database.url) as deps:
        seen = await play_rounds(deps, 48)
    tell(capsys, f"{engine.origin}: the same without the row locks, {dict(seen)}")
    assert seen["armed after the stop"] > 0
