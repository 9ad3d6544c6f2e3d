"""Ten thousand people opt out at once: how long it takes, what the sweeps beside it do, and that no lock breaks."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest

from modules.contacts import close_address
from modules.labels import AddressKind, SuppressionReason
from modules.touches import suppress_claimed
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database, Engine
from tests.db.rig import MONDAY, arm_all, open_rig, text_account
from tests.db.test_races import SQL, linger_before_writing, tell
from utils.db import Connection, fetch_all, fetch_one
from workers.context import Deps

pytestmark = pytest.mark.race

STOPPED = SuppressionReason.opted_out


async def close_all(deps: Deps, conn: Connection, cast: Cast, phones: list[str]) -> dict[str, int]:
    """How many touches each number had when its lock was held."""
    pepper, seen = await deps.pepper(conn), dict[str, int]()
    for phone in phones:
        await close_address(conn, pepper, cast.client_id, AddressKind.phone, phone, STOPPED, MONDAY)
        await suppress_claimed(conn, cast.client_id, phone, STOPPED, MONDAY)
        row = await fetch_one(conn, SQL["count_touches"], {"value": phone})
        seen[phone] = int(row["n"]) if row else 0
    return seen


async def in_one_transaction(deps: Deps, cast: Cast, phones: list[str]) -> dict[str, int]:
    async with deps.database.transaction() as conn:
        return await close_all(deps, conn, cast, phones)


async def one_by_one(deps: Deps, cast: Cast, phones: list[str]) -> dict[str, int]:
    seen: dict[str, int] = {}
    for phone in phones:
        seen |= await in_one_transaction(deps, cast, [phone])
    return seen


@dataclass
class Crowd:
    """What happened: touches of each number when it was closed, and at the end; how long the closing took."""

    leaving: list[str]
    staying: list[str]
    seen: dict[str, int] = field(default_factory=dict)
    after: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    armed_beside: int = 0


async def crowd_out(deps: Deps, people: int, at_once: bool) -> Crowd:
    """As many who stay as who stop: two sweeps arm them all while the stops come in, and once more at the end."""
    cast = await gather_cast(deps, None, story("sms"), 2 * people, rate=10.0 * people)
    account = await text_account(deps, cast.client_id)
    crowd, done = Crowd(list(cast.phones[::2]), list(cast.phones[1::2])), asyncio.Event()

    async def sweep() -> None:
        while not done.is_set():
            crowd.armed_beside += sum(len(one.messages) for one in await arm_all(deps, cast.client_id, account, 50))
            await asyncio.sleep(0)

    async def stop() -> None:
        started = time.monotonic()
        crowd.seen = await (in_one_transaction if at_once else one_by_one)(deps, cast, crowd.leaving)
        crowd.seconds = time.monotonic() - started
        done.set()

    await asyncio.gather(stop(), sweep(), sweep())
    await arm_all(deps, cast.client_id, account, 50)
    async with deps.database.transaction() as conn:
        crowd.after = {row["to_address"]: row["n"] for row in await fetch_all(conn, SQL["touches_by_address"])}
    return crowd


async def check(
    database: Database, engine: Engine, people: int, at_once: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    async with open_rig(database.url) as deps:
        crowd = await crowd_out(deps, people, at_once)
        async with deps.database.transaction() as conn:
            deadlocks = await fetch_one(conn, SQL["deadlocks"])
        closed = sum(row["suppressed_reason"] == STOPPED for row in await rows(deps, "addresses"))
        statuses = Counter(row["status"] for row in await rows(deps, "enrollments"))
    how, armed = "in one transaction" if at_once else "one by one", sum(crowd.seen.values())
    line = (
        f"{engine.origin}: {people} opt-outs {how} in {crowd.seconds:.1f} s ({armed} of them armed before); beside them"
    )
    tell(capsys, f"{line} {crowd.armed_beside} armed, {deadlocks} deadlocks, {dict(statuses)}")
    assert closed == people
    assert 0 < armed < people, "the race was no race"
    assert {phone: crowd.after.get(phone, 0) for phone in crowd.leaving} == crowd.seen, "armed after the stop"
    assert {crowd.after.get(phone) for phone in crowd.staying} == {1}, "somebody who stays was not reached once"
    assert deadlocks == {"n": 0}
    assert set(statuses) == {"active", "stopped"}


@pytest.mark.parametrize("at_once", [True, False], ids=["one-transaction", "one-by-one"])
async def test_many_opt_outs_at_once_hold_up_nobody_else(
    database: Database,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    at_once: bool,
) -> None:
    linger_before_writing(monkeypatch)
    await check(database, engine, 150, at_once, capsys)


@pytest.mark.full
@pytest.mark.parametrize("at_once", [True, False], ids=["one-transaction", "one-by-one"])
async def test_ten_thousand_opt_outs_at_once_hold_up_nobody_else(
    database: Database, engine: Engine, capsys: pytest.CaptureFixture[str], at_once: bool
) -> None:
    await check(database, engine, 10_000 if engine.origin == "embedded" else 3000, at_once, capsys)
