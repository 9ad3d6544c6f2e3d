"""Calls take lines, and numbers that cannot dial rest: both counted under locks, on real connections."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from modules.accounts import Account
from modules.health import close_breaker, open_breaker, open_breakers
from modules.ids import AccountId, TouchId
from modules.labels import CallEnd, ChannelName, Provider, TouchState
from modules.touches import News, calls_under_way
from tests.cast import BY, Cast, gather_cast, rows, story
from tests.cast_accounts import Given
from tests.databases import Database, Engine
from tests.db.rig import MONDAY, account_of, arm_all, open_rig
from tests.db.test_races import linger_before_writing
from utils.db import Connection
from workers import arm as arming
from workers.confirm import confirm
from workers.context import Deps
from workers.senders import Senders, free_lines, usable_senders

voice = pytest.mark.parametrize("provider", [Provider.vapi, Provider.retell])
MINUTE = timedelta(minutes=1)
LINES = Given({"concurrent_calls": "12", "reserved_for_inbound": "2"}, second_number=True)
FREE = 10


async def callers(deps: Deps, provider: Provider, people: int) -> tuple[Cast, Account]:
    """A client of twelve lines and two numbers, two lines kept for inbound; everybody is due for a call."""
    by = {**BY, ChannelName.voice: provider}
    given = {ChannelName.voice: LINES}
    cast = await gather_cast(deps, None, story("voice"), people, by=by, given=given)
    return cast, await account_of(deps, cast.client_id, ChannelName.voice)


async def arm_by_four(deps: Deps, cast: Cast, account: Account) -> int:
    """Four armings at once; how many calls are under way then."""
    await asyncio.gather(*(arm_all(deps, cast.client_id, account, limit) for limit in (1, 3, 7, 50)))
    async with deps.database.transaction() as conn:
        return await calls_under_way(conn, account.id)


async def armed_ids(deps: Deps) -> list[TouchId]:
    return [touch["id"] for touch in await rows(deps, "touches") if touch["state"] == "sending"]


def told(touch_id: TouchId, state: TouchState, reason: CallEnd | None = None) -> News:
    word = "customer-ended-call" if reason is None else "call.start.error-get-transport"
    call_id = f"call-{touch_id}"
    return News(
        touch_id, state, provider_id=call_id, provider_status=word, evidence_id=f"{call_id}:{word}", reason=reason
    )


async def fault(deps: Deps, touches: Sequence[TouchId]) -> None:
    """Each of these calls could not be dialled, told by as many webhooks at once."""
    news = [told(one, TouchState.failed, CallEnd.transport_fault) for one in touches]
    await asyncio.gather(*(confirm(deps, [one]) for one in news))


@voice
async def test_armings_at_once_never_take_more_lines_than_are_free(
    database: Database, engine: Engine, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    linger_before_writing(monkeypatch)
    async with open_rig(database.url) as deps:
        cast, account = await callers(deps, provider, 40)
        first = await arm_by_four(deps, cast, account)
        again = await arm_by_four(deps, cast, account)
        ended = (await armed_ids(deps))[:4]
        await confirm(deps, [told(one, TouchState.completed) for one in ended])
        refilled = await arm_by_four(deps, cast, account)
        async with deps.database.transaction() as conn:
            left = await free_lines(conn, account)
        touches = await rows(deps, "touches")
    print(f"\n{engine.origin} {provider}: {first}, {again}, after four ends {refilled}, {len(touches)} calls")
    assert (first, again, refilled, left) == (FREE, FREE, FREE, 0)
    assert len({touch["contact_id"] for touch in touches}) == len(touches) == FREE + 4


async def test_without_the_senders_lock_the_same_armings_take_too_many(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof that the test above can fail: two armings that have both counted before either has written."""
    both_counted, counted = asyncio.Barrier(2), list[int | None]()

    async def always(*_: Any) -> bool:
        return True

    async def count_together(conn: Connection, account: Account) -> int | None:
        lines = await free_lines(conn, account)
        counted.append(lines)
        if len(counted) <= both_counted.parties:
            await both_counted.wait()
        return lines

    monkeypatch.setattr(arming, "try_sender", always)
    monkeypatch.setattr(arming, "free_lines", count_together)
    async with open_rig(database.url) as deps:
        cast, account = await callers(deps, Provider.vapi, 200)
        await asyncio.gather(*(arm_all(deps, cast.client_id, account, 50) for _ in range(2)))
        async with deps.database.transaction() as conn:
            taken = await calls_under_way(conn, account.id)
    assert counted[:2] == [FREE, FREE]
    assert taken >= 2 * FREE, taken


async def test_texts_know_no_lines(database: Database) -> None:
    async with open_rig(database.url) as deps:
        cast, _ = await callers(deps, Provider.vapi, 1)
        texts = await account_of(deps, cast.client_id, ChannelName.sms)
        async with deps.database.transaction() as conn:
            assert await free_lines(conn, texts) is None


@voice
async def test_ten_faults_at_once_open_one_breaker_with_one_alarm(
    database: Database, engine: Engine, provider: Provider
) -> None:
    async with open_rig(database.url) as deps:
        cast, account = await callers(deps, provider, 10)
        await arm_by_four(deps, cast, account)
        async with deps.database.transaction() as conn:
            before = await usable_senders(conn, account, MONDAY)
        await fault(deps, await armed_ids(deps))
        (breaker,) = await rows(deps, "breakers")
        alarms = [row["event"] for row in await rows(deps, "logs")]
        async with deps.database.transaction() as conn:
            after = await usable_senders(conn, account, MONDAY)
    assert (breaker["sender"], breaker["faults"], breaker["opened_at"]) == (before.first, 1, MONDAY)
    assert breaker["closes_at"] == MONDAY + 30 * MINUTE
    assert alarms == ["number_cannot_dial"]
    assert (before.spare, after.spare, after.none_until) == (1, 0, None)
    assert after.first not in (None, before.first)


async def test_a_breaker_doubles_each_time_up_to_eight_hours_and_a_call_that_got_through_closes_it(
    database: Database,
) -> None:
    async with open_rig(database.url) as deps:
        cast, account = await callers(deps, Provider.vapi, 2)
        number = account.settings["phone_number_id"]
        rests, at = list[float](), MONDAY
        for _ in range(7):
            opened, within = await trip(deps, cast, account.id, number, at), at + MINUTE
            assert (opened, await trip(deps, cast, account.id, number, within)) == (True, False)
            (breaker,) = await rows(deps, "breakers")
            rests.append((breaker["closes_at"] - breaker["opened_at"]) / timedelta(hours=1))
            at = breaker["closes_at"]
        async with deps.database.transaction() as conn:
            await close_breaker(conn, account.id, number)
        await trip(deps, cast, account.id, number, MONDAY - 31 * MINUTE)  # it rested until a minute ago
        await arm_by_four(deps, cast, account)
        got_through, fails = await armed_ids(deps)
        await confirm(deps, [told(got_through, TouchState.completed)])
        closed = await rows(deps, "breakers")
        await fault(deps, [fails])
        (again,) = await rows(deps, "breakers")
    assert rests == [0.5, 1, 2, 4, 8, 8, 8]
    assert closed == []
    assert (again["sender"], again["faults"], again["closes_at"]) == (number, 1, MONDAY + 30 * MINUTE)


async def test_while_both_numbers_rest_none_is_usable_until_the_first_of_them_is(database: Database) -> None:
    async with open_rig(database.url) as deps:
        cast, account = await callers(deps, Provider.vapi, 1)
        numbers = [account.settings[name] for name in ("phone_number_id", "second_phone_number_id")]
        await trip(deps, cast, account.id, numbers[0], MONDAY)
        await trip(deps, cast, account.id, numbers[1], MONDAY - 10 * MINUTE)
        async with deps.database.transaction() as conn:
            both_rest = await usable_senders(conn, account, MONDAY)
            one_rests = await usable_senders(conn, account, MONDAY + 20 * MINUTE)
            await close_breaker(conn, account.id, numbers[0])
            left = await open_breakers(conn, account.id, MONDAY)
        await arm_by_four(deps, cast, account)
        (touch,) = await rows(deps, "touches")
    assert both_rest == Senders(None, 0, MONDAY + 20 * MINUTE)
    assert one_rests == Senders(numbers[1], 0, None)
    assert list(left) == [numbers[1]]
    assert touch["sender"] == numbers[0]


async def trip(deps: Deps, cast: Cast, account_id: AccountId, number: str, at: datetime) -> bool:
    async with deps.database.transaction() as conn:
        return await open_breaker(conn, cast.client_id, account_id, number, CallEnd.transport_fault, at)
