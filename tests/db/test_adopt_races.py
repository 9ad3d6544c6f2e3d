"""Taking people over beside sweeps: whoever comes first, the other sees it; each step leaves once, in the words of the
version that the enrollment is on."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from modules.contacts import store as contacts_store
from modules.labels import TouchState
from modules.policy import Facts, load_facts
from modules.sequences import Fate, adopt_store, publish_sequence
from modules.touches import News
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database, Engine
from tests.db.controlling import SQL, read
from tests.db.rig import MONDAY, arm_all, open_rig, text_account
from utils.db import Connection, execute, fetch_one
from utils.sql import Queries
from workers import arm as arming
from workers.adopt import Adopted, AdoptOrder, adopt_runs
from workers.confirm import confirm
from workers.context import Deps

pytestmark = pytest.mark.race

VERSIONS = Queries(Path(__file__).with_name("versions.sql"))
OLD = story("sms", "sms")
NEW = OLD.replace("sms-0 from", "brand new from")


@pytest.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


async def publish_new(deps: Deps, cast: Cast) -> None:
    async with deps.database.transaction() as conn:
        await publish_sequence(conn, cast.client_id, NEW, MONDAY)


async def adopt(deps: Deps, cast: Cast, portion: int) -> Adopted:
    return await adopt_runs(deps, AdoptOrder(cast.client_id, "story", "ada"), portion)


def linger_before_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between what an arming has read and what it writes."""

    async def load_slowly(conn: Connection, *known: Any) -> list[Facts]:
        facts = await load_facts(conn, *known)
        await fetch_one(conn, SQL["linger"])
        return facts

    monkeypatch.setattr(arming, "load_facts", load_slowly)


async def words_and_versions(deps: Deps) -> Counter[tuple[int, bool]]:
    """How many enrollments are on which version, and whether what left for them were the new words."""
    versions = {row["id"]: row["version"] for row in await rows(deps, "enrollments")}
    return Counter((versions[row["enrollment_id"]], "brand new" in row["body"]) for row in await rows(deps, "touches"))


async def test_beside_two_sweeps_each_step_leaves_once_in_the_words_of_its_own_version(
    database: Database, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    linger_before_writing(monkeypatch)
    people = 300 if engine.origin == "embedded" else 120
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, OLD, people)
        account = await text_account(deps, cast.client_id)
        await publish_new(deps, cast)
        async with deps.database.transaction() as conn:
            await execute(conn, VERSIONS["turn_round"])  # they come towards each other
        taking = asyncio.create_task(adopt(deps, cast, 5))
        await asyncio.gather(taking, *(arm_all(deps, cast.client_id, account, 10) for _ in range(2)))
        done = taking.result()
        await arm_all(deps, cast.client_id, account, 10)
        told = await words_and_versions(deps)
        standing = Counter(row["version"] for row in await rows(deps, "enrollments"))
        acted, [lost] = len(await read(deps, "actions")), (await read(deps, "deadlocks"))
    adopted, pinned = done.fates.get(Fate.adopts, 0), done.fates.get(Fate.under_way, 0)
    print(f"\n{engine.origin}: {adopted} taken over, {pinned} were under way")
    assert told == {(2, True): adopted, (1, False): pinned}
    assert (standing, acted) == ({2: adopted, 1: pinned}, adopted)
    assert adopted + pinned == people
    assert min(adopted, pinned) > 0, "the race was no race"
    assert lost["n"] == 0


async def test_two_who_take_over_at_once_beside_news_move_everybody_once(database: Database) -> None:
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, OLD, 60)
        await arm_all(deps, cast.client_id, await text_account(deps, cast.client_id), 10)
        touches = await rows(deps, "touches")
        await publish_new(deps, cast)

        async def tell() -> None:
            for number, row in enumerate(reversed(touches)):
                sid = f"SM{number}"
                news = News(row["id"], TouchState.delivered, provider_id=sid, evidence_id=f"{sid}:delivered")
                await confirm(deps, [news])

        one, two, _ = await asyncio.gather(adopt(deps, cast, 4), adopt(deps, cast, 6), tell())
        rest = await adopt(deps, cast, 500)
        places = await rows(deps, "enrollments")
        acted, [lost] = await read(deps, "actions"), (await read(deps, "deadlocks"))
    taken = sum(done.fates.get(Fate.adopts, 0) for done in (one, two, rest))
    assert taken == len(acted) == len({row["enrollment_id"] for row in acted}) == 60
    assert {(row["version"], row["step"], row["visit"], row["status"]) for row in places} == {(2, "sms-1", 1, "active")}
    assert lost["n"] == 0


async def meet_an_arming(deps: Deps, monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Counter[tuple[int, bool]]]:
    """A taking over begins when an arming has read its facts and not yet written; what became of both."""
    cast = await gather_cast(deps, None, OLD)
    account = await text_account(deps, cast.client_id)
    await publish_new(deps, cast)
    adopting: list[asyncio.Task[Adopted]] = []

    async def load_and_meet(conn: Connection, *known: Any) -> list[Facts]:
        facts = await load_facts(conn, *known)
        if not adopting:
            adopting.append(asyncio.create_task(adopt(deps, cast, 500)))
            async with asyncio.timeout(10):
                # each look lets it go on
                while not adopting[0].done() and not (await read(deps, "waiting"))[0]["n"]:
                    pass
        return facts

    monkeypatch.setattr(arming, "load_facts", load_and_meet)
    await arm_all(deps, cast.client_id, account, 10)
    done = await adopting[0]
    return done.fates, await words_and_versions(deps)


async def test_in_the_middle_of_an_arming_it_waits_and_sees_the_touch(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await meet_an_arming(deps, monkeypatch) == ({Fate.under_way: 1}, {(1, False): 1})


async def test_without_the_locks_the_same_meeting_leaves_words_of_another_version(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof that the tests above can fail."""
    for sql, name in (
        (adopt_store.SQL, "lock_older_runs"),
        (contacts_store.SQL, "await_contacts"),
        (contacts_store.SQL, "await_addresses"),
    ):
        monkeypatch.setitem(sql.blocks, name, sql.blocks[name].split("for no key update")[0])
    assert await meet_an_arming(deps, monkeypatch) == ({Fate.adopts: 1}, {(2, False): 1})
