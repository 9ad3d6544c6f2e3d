"""Design, section 4: arms, confirmations and opt-outs side by side on real connections; the locks close every gap."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from modules.contacts import close_address
from modules.contacts import store as contacts_store
from modules.ids import ContactId, TouchId
from modules.labels import AddressKind, ChannelName, NextChannel, SuppressionReason, TouchState
from modules.policy import Facts, load_facts
from modules.policy.law_guards import TOUCHES_A_DAY
from modules.sequences import DueGroup
from modules.touches import News, suppress_claimed
from tests.cast import SQL as CAST
from tests.cast import Cast, gather_cast, join, rows, story
from tests.databases import Database, Engine
from tests.db.rig import MONDAY, account_of, arm_all, open_rig, text_account
from utils.chance import Draw
from utils.db import Connection, execute, fetch_all, fetch_one
from utils.sql import Queries
from utils.uuid7 import uuid7
from workers import arm as arming
from workers.confirm import confirm
from workers.context import Deps

pytestmark = pytest.mark.race

SQL = Queries(Path(__file__).with_name("races.sql"))
OPT_OUT_TASKS = 1
MIXED_SECONDS = 4.0
ENOUGH = 100


@dataclass(frozen=True)
class Outcome:
    """`before` addresses were armed when they opted out, `violations` were armed after that was committed."""

    opt_outs: int
    before: int
    armed: int
    violations: int


async def opt_out(deps: Deps, cast: Cast, phone: str, watched: str | None = None) -> int:
    """As the inbound hook does it; answers how many touches this address had (or `watched`) when the lock was held."""
    async with deps.database.transaction() as conn:
        kind, reason = AddressKind.phone, SuppressionReason.opted_out
        await close_address(conn, await deps.pepper(conn), cast.client_id, kind, phone, reason, MONDAY)
        await suppress_claimed(conn, cast.client_id, phone, reason, MONDAY)
        row = await fetch_one(conn, SQL["count_touches"], {"value": watched or phone})
    return int(row["n"]) if row else 0


async def race_opt_outs(deps: Deps, people: int, channel: ChannelName = ChannelName.sms) -> Outcome:
    """Everybody texts STOP while two sweeps arm what `channel` sends them."""
    cast = await gather_cast(deps, None, story(channel), people)
    account = await account_of(deps, cast.client_id, channel)
    counted: dict[str, int] = {}
    watched = dict(zip(cast.phones, cast.phones if channel is ChannelName.sms else cast.mails, strict=True))

    async def stop_some(share: int) -> None:
        for phone in cast.phones[share::OPT_OUT_TASKS]:
            counted[watched[phone]] = await opt_out(deps, cast, phone, watched[phone])

    stopping = [stop_some(share) for share in range(OPT_OUT_TASKS)]
    await asyncio.gather(*stopping, *(arm_all(deps, cast.client_id, account, 25) for _ in range(2)))
    async with deps.database.transaction() as conn:
        found = await fetch_all(conn, SQL["touches_by_address"])
    after = {row["to_address"]: row["n"] for row in found}
    violations = sum(after.get(address, 0) != n for address, n in counted.items())
    return Outcome(len(counted), sum(counted.values()), sum(after.values()), violations)


def linger_before_writing(monkeypatch: pytest.MonkeyPatch, times: int = 1) -> None:
    """Three milliseconds (`times` over) between what an arming has read and what it writes: the gap the locks close."""

    async def load_slowly(conn: Connection, *known: Any) -> list[Facts]:
        facts = await load_facts(conn, *known)
        for _ in range(times):
            await fetch_one(conn, SQL["linger"])
        return facts

    monkeypatch.setattr(arming, "load_facts", load_slowly)


def tell(capsys: pytest.CaptureFixture[str], line: str) -> None:
    """Numbers that whoever runs the tests shall see, also when all is well."""
    with capsys.disabled():
        print(f"\n{line}")


def drop_row_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("lock_contacts", "lock_addresses"):
        statement = contacts_store.SQL.blocks[name]
        monkeypatch.setitem(contacts_store.SQL.blocks, name, statement.split("for no key update")[0])


async def test_nothing_is_armed_after_an_opt_out_was_committed(
    database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A crowd: everybody's STOP comes while two sweeps work through them all (round by round: test_race_rounds.py)."""
    linger_before_writing(monkeypatch)
    people = 1000 if engine.origin == "embedded" else 300
    async with open_rig(database.url) as deps:
        seen = await race_opt_outs(deps, people)
    tell(capsys, f"{engine.origin}: opt-out against two sweeps, {seen}")
    assert seen.opt_outs == people, seen
    assert seen.violations == 0, seen
    assert 0 < seen.before < people, f"the race was no race: {seen}"


async def test_no_mail_is_armed_after_its_reader_texted_stop(
    database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The opt-out closes the phone; an arming of mail must see it all the same."""
    linger_before_writing(monkeypatch)
    people = 400 if engine.origin == "embedded" else 150
    async with open_rig(database.url) as deps:
        seen = await race_opt_outs(deps, people, ChannelName.email)
    print(f"\n{engine.origin}, mail: {seen}")
    assert seen.opt_outs == people, seen
    assert seen.violations == 0, seen
    assert 0 < seen.before < people, f"the race was no race: {seen}"


async def test_without_the_row_locks_the_same_race_is_lost(
    database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The proof that the test above can fail: the gap is so wide that the stops keep up with the sweeps anywhere."""
    linger_before_writing(monkeypatch, times=10)
    drop_row_locks(monkeypatch)
    async with open_rig(database.url) as deps:
        seen = await race_opt_outs(deps, 600)
    tell(capsys, f"{engine.origin}: the same with the row locks dropped, {seen}")
    assert seen.violations > 0, seen


async def test_four_sweeps_arm_two_thousand_enrollments_once_each(database: Database, engine: Engine) -> None:
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("sms"), 2000)
        account = await text_account(deps, cast.client_id)
        started, shares = time.monotonic(), Counter[int]()

        async def sweep(number: int) -> None:
            for armed in await arm_all(deps, cast.client_id, account, 50):
                shares[number] += len(armed.messages)

        await asyncio.gather(*(sweep(number) for number in range(4)))
        seconds = time.monotonic() - started
        touches = await rows(deps, "touches")
    print(f"\n{engine.origin}: {len(touches)} armed by {dict(shares)} in {seconds:.2f} s")
    assert len(touches) == 2000, len(touches)
    assert {touch["enrollment_id"] for touch in touches} == set(cast.enrollments)
    assert sum(shares.values()) == 2000, shares


async def test_two_sweeps_do_not_pass_one_cap_for_people_who_share_a_number(database: Database, engine: Engine) -> None:
    """Three touches today, a cap of four, three enrollments of two people at one number: exactly one more leaves."""
    people = 150
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("sms"), people)
        account = await text_account(deps, cast.client_id)
        await join(deps, cast.client_id, story("sms", slug="second"), cast.contacts)
        others = [ContactId(uuid7(MONDAY)) for _ in cast.contacts]
        mine = {"client_id": cast.client_id, "now": MONDAY}
        async with deps.database.transaction() as conn:
            await execute(conn, CAST["plant_contacts"], mine | {"id": others, "ref": [str(one) for one in others]})
            consents = {"id": [uuid7(MONDAY) for _ in others], "contact_id": others}
            await execute(conn, CAST["plant_consents"], mine | consents)
            await execute(conn, SQL["share_phone"], mine | {"contact_id": others, "value": list(cast.phones)})
            for _ in range(TOUCHES_A_DAY - 1):
                ids = [uuid7(MONDAY) for _ in cast.contacts]
                values = {"id": ids, "contact_id": list(cast.contacts), "value": list(cast.phones)}
                await execute(conn, SQL["plant_touch"], mine | values | {"account_id": account.id})
                await execute(conn, SQL["accept_all"])
        await join(deps, cast.client_id, story("sms"), others)
        await asyncio.gather(*(arm_all(deps, cast.client_id, account, 7) for _ in range(2)))
        async with deps.database.transaction() as conn:
            found = await fetch_all(conn, SQL["touches_by_address"])
    counts = Counter(row["n"] for row in found)
    print(f"\n{engine.origin}: touches a number -> numbers: {dict(counts)}")
    assert counts == {TOUCHES_A_DAY: people}, counts


async def test_arming_confirming_and_opting_out_at_once_never_deadlocks(database: Database, engine: Engine) -> None:
    """Nothing is caught here: a deadlock, a unique violation or any other error would fail the test."""
    seconds, people = (MIXED_SECONDS, 1500) if engine.origin == "embedded" else (1.5, 600)
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("sms", "sms", "sms", wait="minutes: 0"), people)
        account = await text_account(deps, cast.client_id)
        draw, armed, done = Draw(engine.origin), list[TouchId](), Counter[str]()
        # something to confirm from the first moment on, however slow the machine is
        first = await arming.arm_batch(deps, DueGroup(cast.client_id, NextChannel.sms), account, None, 20)
        armed.extend(message.touch_id for message in first.messages)
        end = time.monotonic() + seconds

        def goes_on() -> bool:
            """Until the time is over and enough of each was done; a slow machine gets a minute more."""
            few = min(done["armed"], done["confirms"], done["opt_outs"]) <= ENOUGH
            return time.monotonic() < end + (60 if few else 0)

        async def arm() -> None:
            while goes_on():
                for batch in await arm_all(deps, cast.client_id, account, 20):
                    armed.extend(message.touch_id for message in batch.messages)
                    done["armed"] += len(batch.messages)
                await asyncio.sleep(0)

        async def settle(number: int) -> None:
            while goes_on():
                done["rounds"] += 1
                mark = draw.number(str(number), str(done["rounds"]))
                chosen = {armed[int(mark * len(armed)) - place] for place in range(min(3, len(armed)))}
                await confirm(deps, [news_of(touch_id, mark) for touch_id in chosen])
                done["confirms"] += len(chosen)
                await asyncio.sleep(0)

        async def stop() -> None:
            for phone in cast.phones[::2]:
                if goes_on():
                    await opt_out(deps, cast, phone)
                    done["opt_outs"] += 1

        await asyncio.gather(arm(), arm(), settle(1), settle(2), stop(), stop())
        async with deps.database.transaction() as conn:
            deadlocks = await fetch_one(conn, SQL["deadlocks"])
        quarantined = [row for row in await rows(deps, "enrollments") if row["status"] == "quarantined"]
    print(f"\n{engine.origin}: {dict(done)}, deadlocks {deadlocks}, quarantined {len(quarantined)}")
    assert min(done["armed"], done["confirms"], done["opt_outs"]) > ENOUGH, done
    assert deadlocks is not None, done
    assert deadlocks["n"] == 0, done
    assert not quarantined, f"{len(quarantined)}: {quarantined[0]}"


def news_of(touch_id: TouchId, mark: float) -> News:
    """Accepted, delivered, failed with a suppression, or not sent: whatever the mark says."""
    sid = str(touch_id)
    if mark < 0.4:
        return News(touch_id, None, provider_id=sid, provider_status="queued")
    if mark < 0.8:
        return News(touch_id, TouchState.delivered, provider_id=sid, evidence_id=f"{sid}:delivered")
    if mark < 0.9:
        reason = SuppressionReason.provider_opt_out
        return News(touch_id, TouchState.failed, provider_id=sid, evidence_id=f"{sid}:failed", suppress=reason)
    return News(touch_id, TouchState.not_sent, reason="connect_error")
