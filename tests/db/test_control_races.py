"""A person's orders beside sweeps: whoever comes first, the other sees it; nothing is sent twice, nothing is lost."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from modules.contacts import store as contacts_store
from modules.ids import EnrollmentId
from modules.policy import Facts, load_facts
from modules.sequences import ControlVerb, Order, control_store, store
from tests.cast import Cast, gather_cast, join, rows, story
from tests.databases import Database, Engine
from tests.db.controlling import ADA, SQL, obey, read
from tests.db.rig import arm_all, open_rig, text_account
from utils.db import Connection, fetch_one
from utils.errors import Conflict
from workers import arm as arming
from workers.context import Deps
from workers.control import Controlled, Target, control_enrollment

pytestmark = pytest.mark.race

V = ControlVerb
UNDER_WAY = {
    "Nothing was changed",
    "Please try again when it is; it is settled by 2026-11-23 20:00 UTC at the latest.",
}


@pytest.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


def linger_before_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between what an arming has read and what it writes."""

    async def load_slowly(conn: Connection, *known: Any) -> list[Facts]:
        facts = await load_facts(conn, *known)
        await fetch_one(conn, SQL["linger"])
        return facts

    monkeypatch.setattr(arming, "load_facts", load_slowly)


async def pause_all(deps: Deps, cast: Cast, counted: dict[EnrollmentId, int]) -> None:
    """Pauses everybody; notes how many touches each had when the pause was about to be committed."""
    for enrollment in cast.enrollments:
        async with deps.database.transaction() as conn:
            await control_enrollment(deps, conn, enrollment, Order(V.pause), ADA)
            row = await fetch_one(conn, SQL["count_touches"], {"id": enrollment})
            counted[enrollment] = int(row["n"]) if row else 0


async def test_nothing_is_armed_after_a_pause_was_committed_while_two_sweeps_run(
    database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    linger_before_writing(monkeypatch)
    people = 400 if engine.origin == "embedded" else 150
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("sms", "sms"), people)
        account = await text_account(deps, cast.client_id)
        counted: dict[EnrollmentId, int] = {}
        sweeps = (arm_all(deps, cast.client_id, account, 10) for _ in range(2))
        await asyncio.gather(pause_all(deps, cast, counted), *sweeps)
        await arm_all(deps, cast.client_id, account, 10)
        touches = Counter(row["enrollment_id"] for row in await rows(deps, "touches"))
        standing = Counter(row["status"] for row in await rows(deps, "enrollments"))
        acted = len(await read(deps, "actions"))
    before = sum(counted.values())
    print(f"\n{engine.origin}: {before} of {people} were armed before their pause")
    assert [one for one in cast.enrollments if touches[one] != counted[one]] == []
    assert (standing, acted) == ({"paused": people}, people)
    assert 0 < before < people, "the race was no race"


async def jump_everybody(deps: Deps, cast: Cast) -> Counter[str]:
    """Everybody is sent to the third step at once, from the last to the first, while two sweeps arm what is due."""
    account = await text_account(deps, cast.client_id)
    seen: Counter[str] = Counter()

    async def jump(share: int) -> None:
        for enrollment in list(reversed(cast.enrollments))[share::2]:
            try:
                await obey(deps, enrollment, Order(V.jump, step="sms-2", at_once=True))
                seen["jumped"] += 1
            except Conflict as refusal:
                seen["refused" if set(refusal.detail.split(". ")) >= UNDER_WAY else refusal.detail] += 1

    await asyncio.gather(jump(0), jump(1), *(arm_all(deps, cast.client_id, account, 10) for _ in range(2)))
    await arm_all(deps, cast.client_id, account, 10)
    return seen


async def test_a_jump_beside_an_arming_either_comes_before_it_or_sees_its_touch(
    database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    linger_before_writing(monkeypatch)
    people = 300 if engine.origin == "embedded" else 120
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("sms", "sms", "sms"), people)
        seen = await jump_everybody(deps, cast)
        armed = Counter(" ".join(row["steps"]) for row in await read(deps, "steps"))
        [lost] = await read(deps, "deadlocks")
    print(f"\n{engine.origin}: {dict(seen)}, armed {dict(armed)}")
    assert armed == {"sms-0@0": seen["refused"], "sms-2@1": seen["jumped"]}
    assert min(seen["refused"], seen["jumped"]) > 0, "the race was no race"
    assert lost["n"] == 0


async def meet_an_arming(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A jump begins when an arming has read its facts and not yet written; what became of the jump, and where they
    stand."""
    cast = await gather_cast(deps, None, story("sms", "sms", "sms"))
    account = await text_account(deps, cast.client_id)
    jumping: list[asyncio.Task[Controlled]] = []

    async def load_and_meet(conn: Connection, *known: Any) -> list[Facts]:
        facts = await load_facts(conn, *known)
        if not jumping:
            order = Order(V.jump, step="sms-2", at_once=True)
            jumping.append(asyncio.create_task(obey(deps, cast.enrollments[0], order)))
            async with asyncio.timeout(10):
                # each look lets the jump go on
                while not jumping[0].done() and not (await read(deps, "waiting"))[0]["n"]:
                    pass
        return facts

    monkeypatch.setattr(arming, "load_facts", load_and_meet)
    await arm_all(deps, cast.client_id, account, 10)
    [answer] = await asyncio.gather(*jumping, return_exceptions=True)
    [place] = await rows(deps, "enrollments")
    assert [touch["step"] for touch in await rows(deps, "touches")] == ["sms-0"]
    return type(answer).__name__, place["step"]


async def test_a_jump_that_begins_in_the_middle_of_an_arming_waits_and_sees_its_touch(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await meet_an_arming(deps, monkeypatch) == ("Conflict", "sms-0")


async def test_without_the_locks_the_same_meeting_leaves_a_step_that_is_under_way(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof that the test above can fail."""
    for sql, name in (
        (control_store.SQL, "lock_enrollment"),
        (store.SQL, "lock_and_load_snapshots"),
        (contacts_store.SQL, "await_contacts"),
        (contacts_store.SQL, "await_addresses"),
    ):
        monkeypatch.setitem(sql.blocks, name, sql.blocks[name].split("for no key update")[0])
    assert await meet_an_arming(deps, monkeypatch) == ("Controlled", "sms-2")


async def test_two_moves_of_one_person_at_once_never_deadlock_and_never_double(database: Database) -> None:
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("sms"), 40)
        others = await join(deps, cast.client_id, story("sms", slug="nurture"), cast.contacts)
        await join(deps, cast.client_id, story("sms", slug="third"), [])
        outcomes: Counter[str] = Counter()

        async def move(enrollments: list[EnrollmentId], slug: str) -> None:
            for enrollment in enrollments:
                try:
                    await obey(deps, enrollment, Order(V.move), Target(slug))
                    outcomes["moved"] += 1
                except Conflict:
                    outcomes["refused"] += 1

        await asyncio.gather(move(list(cast.enrollments), "third"), move(list(others), "third"))
        standing = Counter(row["status"] for row in await rows(deps, "enrollments"))
        [lost] = await read(deps, "deadlocks")
    assert outcomes == {"moved": 40, "refused": 40}
    assert standing == {"stopped": 40, "active": 80}
    assert lost["n"] == 0
