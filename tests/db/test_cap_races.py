"""The last place of a person's day, wanted by several enrollments at once by different senders: one gets it."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from modules.ids import TouchId
from modules.labels import ChannelName, Provider
from modules.policy import GuardReason
from modules.policy.law_guards import TOUCHES_A_DAY
from tests.cast import BY, Cast, gather_cast, join, rows, story
from tests.cast_accounts import Given
from tests.databases import Database, Engine
from tests.db.contending import SQL
from tests.db.rig import MONDAY, account_of, arm_all, open_rig
from tests.db.test_races import drop_row_locks, linger_before_writing
from utils.db import execute
from utils.uuid7 import uuid7
from workers.context import Deps

pytestmark = pytest.mark.race

SMS, VOICE = ChannelName.sms, ChannelName.voice
PEOPLE = 40
BY_TEXT_AND_CALL = {**BY, VOICE: Provider.vapi}
MANY_LINES = {VOICE: Given(settings={"concurrent_calls": str(4 * PEOPLE)})}
EARLIER = MONDAY - timedelta(hours=5)


async def nearly_full(deps: Deps) -> Cast:
    """Everybody has one place left today, and two enrollments that want it: one by text, one by call."""
    cast = await gather_cast(deps, None, story("sms"), PEOPLE, rate=10_000, by=BY_TEXT_AND_CALL, given=MANY_LINES)
    await join(deps, cast.client_id, story("voice", slug="calls"), cast.contacts)
    mine = {"client_id": cast.client_id, "account_id": cast.texts, "channel": "sms", "provider": "twilio"}
    for _ in range(TOUCHES_A_DAY - 1):
        ids = [TouchId(uuid7(EARLIER)) for _ in cast.contacts]
        people = {"id": ids, "contact_id": list(cast.contacts), "value": list(cast.phones)}
        async with deps.database.transaction() as conn:
            await execute(conn, SQL["plant_accepted"], mine | people | {"at": EARLIER})
            await execute(conn, SQL["accept_planted"])
            await execute(conn, SQL["expire_planted"])
    return cast


async def race(deps: Deps, sweeps: int) -> Counter[int]:
    """How many touches of the day a person has -> how many persons, after so many sweeps by each sender at once."""
    cast = await nearly_full(deps)
    accounts = [await account_of(deps, cast.client_id, channel) for channel in (SMS, VOICE)]
    armings = [arm_all(deps, cast.client_id, account, 7) for account in accounts for _ in range(sweeps)]
    await asyncio.gather(*armings)
    for account in accounts:  # whom somebody else held was left for the next sweep
        await arm_all(deps, cast.client_id, account, 7)
    return Counter(Counter(touch["contact_id"] for touch in await rows(deps, "touches")).values())


@pytest.mark.parametrize("sweeps", [1, 4])
async def test_a_text_and_a_call_do_not_both_take_the_last_place_of_a_day(
    database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch, sweeps: int
) -> None:
    linger_before_writing(monkeypatch)
    async with open_rig(database.url, 16) as deps:
        counts = await race(deps, sweeps)
        touches = await rows(deps, "touches")
        waiting = Counter(
            row["decision"]["reason"]
            for row in await rows(deps, "enrollments")
            if row["decision"] and row["decision"].get("reason")
        )
    taken = Counter(touch["channel"] for touch in touches if touch["armed_at"] == MONDAY)
    print(f"\n{engine.origin}, {sweeps} sweeps a sender: {dict(taken)} took the last place, who waits: {dict(waiting)}")
    assert counts == {TOUCHES_A_DAY: PEOPLE}, counts
    assert waiting == {GuardReason.contact_cap: PEOPLE}, waiting


async def test_without_the_row_locks_both_take_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof that the test above can fail."""
    linger_before_writing(monkeypatch)
    drop_row_locks(monkeypatch)
    async with open_rig(database.url, 16) as deps:
        counts = await race(deps, 1)
    assert counts[TOUCHES_A_DAY + 1] > 0, counts
