"""A person's orders on a real database: followed and recorded together, or neither; what comes later is not lost."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from modules.ids import ClientId, ContactId, EnrollmentId, TouchId
from modules.inbox import held_by_reply
from modules.labels import TouchState
from modules.sequences import ControlVerb, EnrollmentState, Order, hold, lock_and_load_snapshots, write_enrollments
from modules.touches import News
from tests.cast import Cast, gather_cast, join, rows, story
from tests.databases import Database
from tests.db.controlling import obey, read, write
from tests.db.erasing import erase
from tests.db.rig import MONDAY, arm_all, open_rig, text_account
from utils.db import Connection
from utils.errors import AppError, Conflict, NotFound
from workers.confirm import confirm
from workers.context import Deps
from workers.control import Target
from workers.release import release_person

V = ControlVerb


@pytest.fixture
async def deps(database: Database) -> AsyncIterator[Deps]:
    async with open_rig(database.url) as opened:
        yield opened


async def test_an_order_is_recorded_with_who_why_and_from_where_to_where_and_never_rewritten(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms", "sms"))
    await obey(deps, cast.enrollments[0], Order(V.skip))
    [line] = await read(deps, "actions")
    assert (line["verb"], line["acted_by"], line["reason"], line["at"]) == ("skip", "ada", "they asked for it", MONDAY)
    assert [line[f"from_{name}"] for name in ("status", "step", "visit", "due_at")] == ["active", "sms-0", 0, MONDAY]
    tomorrow = MONDAY + timedelta(days=1)
    assert [line[f"to_{name}"] for name in ("status", "step", "visit", "due_at")] == ["active", "sms-1", 1, tomorrow]
    for block in ("rewrite_who", "rewrite_why"):
        with pytest.raises(psycopg.errors.CheckViolation):
            await write(deps, block)
    await write(deps, "erase_why")
    assert [row["reason"] for row in await read(deps, "actions")] == [None]


async def test_what_is_refused_changes_and_records_nothing(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms", "sms"))
    await arm_all(deps, cast.client_id, await text_account(deps, cast.client_id), 1)
    before = await rows(deps, "enrollments")
    soon = MONDAY + timedelta(hours=2)
    orders = [Order(V.skip), Order(V.jump, step="sms-1"), Order(V.jump, step="none"), Order(V.reschedule, at=soon)]
    for order in orders:
        with pytest.raises(Conflict):
            await obey(deps, cast.enrollments[0], order)
    with pytest.raises(Conflict):
        await obey(deps, cast.enrollments[0], Order(V.move), Target("story"))
    with pytest.raises(NotFound):
        await obey(deps, EnrollmentId(cast.client_id), Order(V.pause))
    assert await rows(deps, "enrollments") == before
    assert await read(deps, "actions") == []


async def test_late_news_of_a_step_that_was_left_by_hand_is_recorded_and_turns_nobodys_way(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms", "sms", "sms", on_failure="{go_to: sms-1}"))
    await arm_all(deps, cast.client_id, await text_account(deps, cast.client_id), 1)
    touch = TouchId((await rows(deps, "touches"))[0]["id"])
    await confirm(deps, [News(touch, None, provider_id="SM1", provider_status="queued")])
    await obey(deps, cast.enrollments[0], Order(V.jump, step="sms-2"))
    await confirm(deps, [News(touch, TouchState.failed, provider_id="SM1", evidence_id="SM1:failed")])
    [place], [told] = await rows(deps, "enrollments"), await rows(deps, "touches")
    assert (told["state"], told["evidence_id"]) == ("failed", "SM1:failed")
    assert (place["step"], place["visit"], place["last_touch_id"]) == ("sms-2", 2, None)


@pytest.mark.parametrize("verb", [V.pause, V.stop])
async def test_a_fact_that_comes_after_a_pause_or_a_stop_is_recorded_all_the_same(
    deps: Deps, verb: ControlVerb
) -> None:
    cast = await gather_cast(deps, None, story("sms", "sms"))
    account = await text_account(deps, cast.client_id)
    await arm_all(deps, cast.client_id, account, 1)
    touch = TouchId((await rows(deps, "touches"))[0]["id"])
    await obey(deps, cast.enrollments[0], Order(verb))
    await confirm(deps, [News(touch, TouchState.delivered, provider_id="SM1", evidence_id="SM1:delivered")])
    [told], [place] = await rows(deps, "touches"), await rows(deps, "enrollments")
    assert told["state"] == "delivered"
    if verb is V.stop:
        assert (place["status"], place["status_reason"], place["step"]) == ("stopped", "by_hand", None)
        return
    assert (place["status"], place["step"], place["visit"], place["waiting"]) == ("paused", "sms-1", 1, False)
    done = await obey(deps, cast.enrollments[0], Order(V.resume))
    assert (done.action.to_status, done.action.to_step) == ("active", "sms-1")


async def test_what_may_have_been_a_wish_to_hear_no_more_outlives_a_pause(deps: Deps) -> None:
    """A doubtful call that ends during the pause: when it ends, the enrollment is held until somebody has listened."""
    cast = await gather_cast(deps, None, story("sms", "sms"))
    await arm_all(deps, cast.client_id, await text_account(deps, cast.client_id), 1)
    touch = TouchId((await rows(deps, "touches"))[0]["id"])
    await obey(deps, cast.enrollments[0], Order(V.pause))
    doubtful = News(touch, TouchState.delivered, provider_id="SM1", evidence_id="SM1:delivered", doubtful=True)
    await confirm(deps, [doubtful])
    done = await obey(deps, cast.enrollments[0], Order(V.resume))
    [place] = await rows(deps, "enrollments")
    assert (done.action.to_status, place["status"], place["status_reason"]) == ("held", "held", "reply_waiting")
    with pytest.raises(Conflict, match="scripts/omnify release"):
        await obey(deps, cast.enrollments[0], Order(V.resume))


async def test_a_doubtful_call_of_a_step_that_was_left_by_hand_holds_all_the_same(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms", "sms", "sms"))
    await arm_all(deps, cast.client_id, await text_account(deps, cast.client_id), 1)
    touch = TouchId((await rows(deps, "touches"))[0]["id"])
    await confirm(deps, [News(touch, None, provider_id="SM1", provider_status="queued")])
    await obey(deps, cast.enrollments[0], Order(V.skip))
    doubtful = News(touch, TouchState.delivered, provider_id="SM1", evidence_id="SM1:delivered", doubtful=True)
    await confirm(deps, [doubtful])
    [place] = await rows(deps, "enrollments")
    assert (place["status"], place["status_reason"], place["step"]) == ("held", "reply_waiting", "sms-2")


async def test_a_provider_that_took_what_we_called_not_sent_is_remembered_over_a_pause(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms", "sms"))
    account = await text_account(deps, cast.client_id)
    await arm_all(deps, cast.client_id, account, 1)
    touch = TouchId((await rows(deps, "touches"))[0]["id"])
    await confirm(deps, [News(touch, TouchState.not_sent, reason="connect_error")])
    await obey(deps, cast.enrollments[0], Order(V.pause))
    await confirm(deps, [News(touch, None, provider_id="SM1", provider_status="queued", evidence_id="SM1:queued")])
    done = await obey(deps, cast.enrollments[0], Order(V.resume))
    await arm_all(deps, cast.client_id, account, 1)
    [place] = await rows(deps, "enrollments")
    assert (done.action.to_status, place["status_reason"]) == ("held", "broken_promise")
    assert len(await rows(deps, "touches")) == 1
    with pytest.raises(Conflict, match="arrive twice"):
        await obey(deps, cast.enrollments[0], Order(V.resume))
    past = await obey(deps, cast.enrollments[0], Order(V.skip))
    assert (past.action.to_status, past.action.to_step) == ("active", "sms-1")


async def test_a_move_ends_here_and_begins_there_or_does_neither(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms", "sms"), 2)
    await join(deps, cast.client_id, story("sms", "email", slug="nurture"), [cast.contacts[1]])
    done = await obey(deps, cast.enrollments[0], Order(V.move), Target("nurture", "email-1"))
    assert done.moved_to is not None
    places = {row["id"]: row for row in await rows(deps, "enrollments")}
    left, there = places[cast.enrollments[0]], places[done.moved_to.enrollment_id]
    assert (left["status"], left["status_reason"], left["due_at"]) == ("stopped", "moved", None)
    assert (there["status"], there["step"], there["next_channel"], there["visit"]) == ("active", "email-1", "email", 0)
    assert there["due_at"] == MONDAY + timedelta(days=1)
    for target, words in (
        (Target("nurture"), "run in 'nurture' already"),
        (Target("none"), "no sequence 'none'"),
        (Target("story"), "omnify jump"),
    ):
        with pytest.raises(AppError, match=words):
            await obey(deps, cast.enrollments[1], Order(V.move), target)
    again = {row["id"]: row for row in await rows(deps, "enrollments")}
    assert again[cast.enrollments[1]]["status"] == "active"
    assert len(await read(deps, "actions")) == 1


async def test_who_is_paused_stays_paused_where_they_are_moved_to(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms", "sms"))
    await join(deps, cast.client_id, story("sms", slug="nurture"), [])
    await obey(deps, cast.enrollments[0], Order(V.pause))
    done = await obey(deps, cast.enrollments[0], Order(V.move), Target("nurture"))
    assert done.moved_to is not None
    assert done.moved_to.status == "paused"
    armed = await arm_all(deps, cast.client_id, await text_account(deps, cast.client_id), 10)
    assert armed == []


async def test_a_person_who_is_erased_takes_the_words_of_every_reason_along(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms"))
    await obey(deps, cast.enrollments[0], Order(V.pause))
    await erase(deps, cast, cast.contacts[0])
    [line] = await read(deps, "actions")
    assert (line["verb"], line["acted_by"], line["reason"]) == ("pause", "ada", None)


async def test_what_was_read_during_a_pause_holds_nothing_when_the_pause_ends(deps: Deps) -> None:
    cast = await gather_cast(deps, None, story("sms", "sms"))
    await arm_all(deps, cast.client_id, await text_account(deps, cast.client_id), 1)
    touch = TouchId((await rows(deps, "touches"))[0]["id"])
    await obey(deps, cast.enrollments[0], Order(V.pause))
    await confirm(
        deps, [News(touch, TouchState.delivered, provider_id="SM1", evidence_id="SM1:delivered", doubtful=True)]
    )
    before = (await rows(deps, "enrollments"))[0]
    async with deps.database.transaction() as conn:
        await release_person(conn, cast.client_id, cast.contacts[0], "ada", deps.clock.now())
    [place] = await rows(deps, "enrollments")
    assert (before["status_reason"], place["status"], place["status_reason"]) == ("reply_waiting", "paused", None)
    assert (place["step"], place["due_at"]) == (before["step"], before["due_at"])
    resumed = await obey(deps, cast.enrollments[0], Order(V.resume))
    assert resumed.action.to_status == "active"


async def test_who_is_held_for_another_reason_while_they_are_released_stays_held(
    deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = await gather_cast(deps, None, story("sms", "sms"))
    await hold_for(deps, cast, "reply_waiting")

    async def listed(conn: Connection, client_id: ClientId, contact_id: ContactId) -> list[EnrollmentId]:
        found = await held_by_reply(conn, client_id, contact_id)
        await hold_for(deps, cast, "broken_promise")
        return found

    monkeypatch.setattr("workers.release.held_by_reply", listed)
    async with deps.database.transaction() as conn:
        await release_person(conn, cast.client_id, cast.contacts[0], "ada", deps.clock.now())
    [place] = await rows(deps, "enrollments")
    assert (place["status"], place["status_reason"]) == ("paused", "broken_promise")


async def hold_for(deps: Deps, cast: Cast, reason: str) -> None:
    """Who is paused remembers that they have to wait for a person."""
    async with deps.database.transaction() as conn:
        for one in await lock_and_load_snapshots(conn, list(cast.enrollments)):
            row, *_ = hold(one, reason)
            await write_enrollments(conn, [replace(row, status=EnrollmentState.paused)], deps.clock.now())
