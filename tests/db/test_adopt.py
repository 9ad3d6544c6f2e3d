"""Taking people over to a newer version on real databases: recorded, in portions, nothing lost, nothing sent twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from modules.ids import EnrollmentId, TouchId
from modules.labels import TouchState
from modules.sequences import ControlVerb, Fate, Order, publish_sequence
from modules.sequences.adopt_store import SQL as ADOPT_SQL
from modules.touches import News
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database
from tests.db.controlling import obey
from tests.db.erasing import erase
from tests.db.rig import MONDAY, arm_all, open_rig, text_account
from utils.db import Row, execute, fetch_all
from utils.errors import BadInput, NotFound
from utils.sql import Queries
from utils.uuid7 import uuid7
from workers.adopt import Adopted, AdoptOrder, adopt_runs, foresee_adoption
from workers.confirm import confirm
from workers.context import Deps

SQL = Queries(Path(__file__).with_name("versions.sql"))
OLD = story("sms", "sms", "sms")
NEW = OLD.replace("sms-1 from", "sms-1 news from")
UNLIKE = OLD.replace("key: sms-1", "key: other")


@pytest.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


async def publish(deps: Deps, cast: Cast, text: str) -> None:
    async with deps.database.transaction() as conn:
        await publish_sequence(conn, cast.client_id, text, MONDAY)


async def adopt(deps: Deps, cast: Cast, portion: int = 500, **more: object) -> Adopted:
    order = AdoptOrder(cast.client_id, "story", "ada", "a better text", **more)  # type: ignore[arg-type]
    return await adopt_runs(deps, order, portion)


async def read(deps: Deps, block: str) -> list[Row]:
    async with deps.database.transaction() as conn:
        return await fetch_all(conn, SQL[block])


async def write(deps: Deps, block: str, **values: object) -> None:
    async with deps.database.transaction() as conn:
        await execute(conn, SQL[block], values)


async def sent(deps: Deps, cast: Cast) -> TouchId:
    """The first step has left; the touch."""
    await arm_all(deps, cast.client_id, await text_account(deps, cast.client_id), 10)
    return TouchId((await rows(deps, "touches"))[0]["id"])


async def test_who_waits_goes_on_at_the_same_step_and_instant_and_it_is_recorded(deps: Deps) -> None:
    cast = await gather_cast(deps, None, OLD)
    touch = await sent(deps, cast)
    await confirm(deps, [News(touch, TouchState.delivered, provider_id="SM1", evidence_id="SM1:delivered")])
    [before] = await rows(deps, "enrollments")
    await publish(deps, cast, NEW)
    done = await adopt(deps, cast)
    [after], [line] = await rows(deps, "enrollments"), await read(deps, "adopted")
    assert (done.version, done.fates) == (2, {Fate.adopts: 1})
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"version", "changed_at"}
    assert (after["version"], after["step"], after["visit"]) == (2, "sms-1", 1)
    assert after["due_at"] == MONDAY + timedelta(days=1)
    assert (line["acted_by"], line["reason"], line["at"]) == ("ada", "a better text", MONDAY)
    assert [line[name] for name in ("from_version", "to_version", "from_step", "to_step")] == [1, 2, "sms-1", "sms-1"]
    assert (line["from_due_at"], line["to_due_at"]) == (before["due_at"], before["due_at"])
    with pytest.raises(psycopg.errors.CheckViolation):
        await write(deps, "adopt_back")


async def test_a_touch_that_has_left_keeps_them_until_it_has_settled(deps: Deps) -> None:
    cast = await gather_cast(deps, None, OLD)
    touch = await sent(deps, cast)
    await publish(deps, cast, NEW)
    before = await rows(deps, "enrollments")
    assert (await adopt(deps, cast)).fates == {Fate.under_way: 1}
    assert await rows(deps, "enrollments") == before
    assert await read(deps, "adopted") == []
    await confirm(deps, [News(touch, TouchState.delivered, provider_id="SM1", evidence_id="SM1:delivered")])
    [settled] = await rows(deps, "enrollments")
    assert (settled["version"], settled["step"]) == (1, "sms-1")
    assert (await adopt(deps, cast)).fates == {Fate.adopts: 1}
    assert (await adopt(deps, cast)).fates == {}


async def test_a_pause_stays_a_pause_and_a_hold_stays_a_hold(deps: Deps) -> None:
    cast = await gather_cast(deps, None, OLD, 3)
    await obey(deps, cast.enrollments[0], Order(ControlVerb.pause))
    await write(deps, "pause_first", id=cast.enrollments[1], status="held", reason="reply_waiting")
    await obey(deps, cast.enrollments[2], Order(ControlVerb.stop))
    await publish(deps, cast, NEW)
    assert (await adopt(deps, cast)).fates == {Fate.adopts: 2}
    told = {row["id"]: (row["version"], row["status"], row["status_reason"]) for row in await rows(deps, "enrollments")}
    assert [told[one] for one in cast.enrollments] == [
        (2, "paused", None),
        (2, "held", "reply_waiting"),
        (1, "stopped", "by_hand"),
    ]


async def test_late_news_of_a_step_that_is_gone_is_recorded_and_sets_nobody_aside(deps: Deps) -> None:
    cast = await gather_cast(deps, None, OLD)
    touch = await sent(deps, cast)
    await confirm(deps, [News(touch, None, provider_id="SM1", provider_status="queued")])
    await publish(deps, cast, OLD.replace("key: sms-0", "key: first"))
    assert (await adopt(deps, cast)).fates == {Fate.adopts: 1}
    await confirm(deps, [News(touch, TouchState.failed, provider_id="SM1", evidence_id="SM1:failed")])
    [place], [told] = await rows(deps, "enrollments"), await rows(deps, "touches")
    assert (place["status"], place["version"], place["step"], place["last_touch_id"]) == ("active", 2, "sms-1", None)
    assert (told["state"], told["evidence_id"]) == ("failed", "SM1:failed")


async def test_without_forgetting_the_touch_the_same_news_would_set_them_aside(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof that the test above can fail."""
    block = ADOPT_SQL.blocks["write_adoptions"]
    monkeypatch.setitem(
        ADOPT_SQL.blocks, "write_adoptions", block.replace("when v.lets_go then null", "when false then null")
    )
    cast = await gather_cast(deps, None, OLD)
    touch = await sent(deps, cast)
    await confirm(deps, [News(touch, None, provider_id="SM1", provider_status="queued")])
    await publish(deps, cast, OLD.replace("key: sms-0", "key: first"))
    await adopt(deps, cast)
    await confirm(deps, [News(touch, TouchState.failed, provider_id="SM1", evidence_id="SM1:failed")])
    assert [row["status"] for row in await rows(deps, "enrollments")] == ["quarantined"]


async def test_a_step_that_was_replaced_is_named_and_a_wrong_name_is_refused(deps: Deps) -> None:
    cast = await gather_cast(deps, None, OLD, 2)
    await write(deps, "place_at", ids=list(cast.enrollments), step="sms-1", visit=1)
    await publish(deps, cast, UNLIKE)
    for mapping, words in (({"sms-9": "other"}, "No older version"), ({"sms-1": "none"}, "it has sms-0, other, sms-2")):
        with pytest.raises(BadInput, match=words):
            await adopt(deps, cast, mapping=mapping)
    with pytest.raises(BadInput, match="no older version of 'story': 2 is current"):
        await adopt(deps, cast, only=2)
    with pytest.raises(NotFound):
        await adopt_runs(deps, AdoptOrder(cast.client_id, "none", "ada"))
    assert (await adopt(deps, cast)).fates == {Fate.step_gone: 2}
    assert (await adopt(deps, cast, mapping={"sms-1": "other"})).fates == {Fate.adopts: 2}
    assert {(row["version"], row["step"]) for row in await rows(deps, "enrollments")} == {(2, "other")}


async def test_what_they_are_due_for_and_how_soon_goes_with_the_new_version(deps: Deps) -> None:
    cast = await gather_cast(deps, None, OLD)
    await publish(deps, cast, "priority: high\n" + story("email", "sms").replace("key: email-0", "key: sms-0"))
    assert (await adopt(deps, cast)).fates == {Fate.adopts: 1}
    [place] = await rows(deps, "enrollments")
    assert (place["next_channel"], place["priority"]) == ("email", 1)
    assert await arm_all(deps, cast.client_id, await text_account(deps, cast.client_id), 10) == []


@pytest.mark.parametrize(("state", "fate"), [("done", Fate.would_repeat), ("withdrawn", Fate.adopts)])
async def test_a_task_that_was_asked_is_not_asked_again_by_a_new_order(deps: Deps, state: str, fate: Fate) -> None:
    look = "  - {key: look, channel: task, blocks: false, content: {title: Look at it}}\n"
    cast = await gather_cast(deps, None, OLD.replace("steps:\n", "steps:\n" + look))
    await write(deps, "place_at", ids=list(cast.enrollments), step="sms-0", visit=1)
    who = {"client_id": cast.client_id, "contact_id": cast.contacts[0], "enrollment_id": cast.enrollments[0]}
    await write(deps, "plant_task", id=uuid7(MONDAY), step="look", state=state, now=MONDAY, **who)
    await publish(deps, cast, OLD + look)
    assert (await adopt(deps, cast)).fates == {fate: 1}


async def test_only_one_older_version_is_taken_when_it_is_named(deps: Deps) -> None:
    cast = await gather_cast(deps, None, OLD, 3)
    await publish(deps, cast, NEW)
    assert (await adopt(deps, cast, portion=1)).fates == {Fate.adopts: 3}
    await publish(deps, cast, OLD)
    assert (await adopt(deps, cast, only=1)).fates == {}
    assert (await adopt(deps, cast, only=2)).fates == {Fate.adopts: 3}


async def test_what_would_happen_is_told_and_nothing_is_written(deps: Deps) -> None:
    cast = await gather_cast(deps, None, OLD, 5)
    await arm_all(deps, cast.client_id, await text_account(deps, cast.client_id), 10)
    [first, *_] = await rows(deps, "touches")
    await confirm(deps, [News(TouchId(first["id"]), TouchState.delivered, provider_id="SM1", evidence_id="SM1:d")])
    turned = story("sms", "sms", "sms").replace("sms-0", "sms-x").replace("sms-1", "sms-0").replace("sms-x", "sms-1")
    await publish(deps, cast, turned)
    before = await rows(deps, "enrollments")
    told = await foresee_adoption(deps, AdoptOrder(cast.client_id, "story", "ada"))
    assert told.fates == {Fate.under_way: 4, Fate.would_repeat: 1}
    assert [(line.step, line.people, line.repeats) for line in told.lines] == [
        ("sms-0", 4, ()),
        ("sms-1", 1, ("sms-0",)),
    ]
    assert (await rows(deps, "enrollments"), await read(deps, "adopted")) == (before, [])
    assert (await adopt(deps, cast)).fates == told.fates


@pytest.mark.parametrize("portion", [1, 3, 7, 500])
async def test_portions_of_any_size_look_at_everybody_once(deps: Deps, portion: int) -> None:
    cast = await gather_cast(deps, None, OLD, 7)
    await write(deps, "place_at", ids=list(cast.enrollments[2:5]), step="sms-1", visit=1)
    await publish(deps, cast, UNLIKE)
    async with asyncio.timeout(30):  # those who stay must not be looked at for ever
        done = await adopt(deps, cast, portion)
    assert done.fates == {Fate.adopts: 4, Fate.step_gone: 3}
    assert len(await read(deps, "adopted")) == 4
    versions = {row["id"]: row["version"] for row in await rows(deps, "enrollments")}
    assert [versions[one] for one in cast.enrollments] == [2, 2, 1, 1, 1, 2, 2]


async def test_a_failed_portion_leaves_those_before_it_taken_over_and_the_rest_as_they_were(deps: Deps) -> None:
    cast = await gather_cast(deps, None, OLD, 6)
    await publish(deps, cast, NEW)
    portions: list[int] = []
    known = deps.clock.now

    class Tired(Exception):
        pass

    def now_and_then() -> object:
        portions.append(1)
        if len(portions) == 2:
            raise Tired
        return known()

    tired = type("Clock", (), {"now": staticmethod(now_and_then)})()
    with pytest.raises(Tired):
        await adopt_runs(replace(deps, clock=tired), AdoptOrder(cast.client_id, "story", "ada"), 2)
    assert len(await read(deps, "adopted")) == 2
    assert (await adopt(deps, cast)).fates == {Fate.adopts: 4}


async def test_a_person_who_is_erased_takes_the_words_of_the_reason_along(deps: Deps) -> None:
    cast = await gather_cast(deps, None, OLD)
    await publish(deps, cast, NEW)
    await adopt(deps, cast)
    await erase(deps, cast, cast.contacts[0])
    [line] = await read(deps, "adopted")
    assert (line["acted_by"], line["reason"], line["to_version"]) == ("ada", None, 2)


async def test_clients_see_and_move_their_own_people_only(deps: Deps) -> None:
    ours, theirs = await gather_cast(deps, None, OLD, 2), await gather_cast(deps, None, OLD, 2, slug="other")
    await publish(deps, ours, NEW)
    await publish(deps, theirs, NEW)
    assert (await adopt(deps, ours)).fates == {Fate.adopts: 2}
    told: dict[EnrollmentId, int] = {row["id"]: row["version"] for row in await rows(deps, "enrollments")}
    assert [told[one] for one in (*ours.enrollments, *theirs.enrollments)] == [2, 2, 1, 1]
