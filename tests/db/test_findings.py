"""What the lists and the ledger disagree about: closed by itself when explained, else a question until it is answered.

Lists page wrongly, repeat themselves or lag; none of that may accuse anybody twice or lose anything.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from modules.channels import CannotTell, Fact
from modules.channels.twilio_sms import TwilioSms
from modules.health import Finding, FindingKind, Settled, keep_lost
from modules.ids import EnrollmentId, TouchId
from modules.inbox import EventKind, keep_event, pack_fact
from modules.labels import AddressKind, ChannelName, NextChannel, Provider, TouchState
from modules.sequences import ControlVerb, DueGroup, Order, Snapshot, lock_and_load_snapshots
from scripts.conductor.stage import Stage
from tests.cast import Cast, gather_cast, rows, story
from tests.databases import Database
from tests.db.controlling import obey
from tests.db.rig import MONDAY, account_of, arm_all, open_rig, text_account
from tests.db.test_reconcile import SQL, findings, pass_minutes, text_past_us, warnings
from tests.db.test_reconcile import stage as stage
from tests.db.test_write_economy import row_versions
from utils.db import Connection, Row, fetch_all
from utils.errors import BadInput, Conflict, NotFound
from utils.http import read_client
from utils.uuid7 import uuid7
from workers import arm as arming
from workers.context import Deps
from workers.findings import Answered, answer_findings
from workers.reconcile import reconcile
from workers.sweep import sweep

STRANGER = "+12125550177"


async def answer(stage: Stage, prefix: str, word: Settled, *, every: bool = False) -> Answered:
    async with stage.deps.database.transaction() as conn:
        now = stage.clock.now()
        return await answer_findings(stage.deps, conn, None, prefix, word, "ada", "asked", now, every=every)


async def keep_orphan(stage: Stage, cast: Cast, provider_id: str, reference: TouchId | None = None) -> None:
    """Twilio told us of a message that no row of ours knows."""
    evidence = f"{provider_id}:delivered"
    fact = Fact(TouchState.delivered, provider_id, "delivered", evidence, reference=reference)
    async with stage.deps.database.transaction() as conn:
        key, kind, now = fact.evidence_id, EventKind.unknown_touch, stage.clock.now()
        await keep_event(conn, cast.texts, key, cast.client_id, kind, Provider.twilio, pack_fact(fact), now)


async def test_an_event_whose_touch_does_not_turn_up_is_told_once_after_an_hour(
    stage: Stage, database: Database
) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    await keep_orphan(stage, cast, "SM" + "7" * 32)
    assert await reconcile(stage.deps) == {}
    await pass_minutes(stage, 61)
    assert await reconcile(stage.deps) == {"orphans": 1}
    assert [(row["kind"], row["provider_id"]) for row in await findings(stage)] == [("orphan", "SM" + "7" * 32)]
    assert await warnings(stage) == {"orphans_found": 1}
    before = row_versions(database)
    assert await reconcile(stage.deps) == {}
    assert row_versions(database) == before


async def test_an_id_of_ours_without_a_row_is_an_alarm_that_asks_whether_the_database_was_restored(
    stage: Stage,
) -> None:
    """Of files that were put back in place nothing else tells."""
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    await keep_orphan(stage, cast, "SM" + "7" * 32, TouchId(uuid7(stage.clock.now())))
    await pass_minutes(stage, 61)
    assert await reconcile(stage.deps) == {"orphans": 1}
    [alarm] = [row for row in await rows(stage.deps, "logs") if row["level"] == "alarm"]
    assert (alarm["event"], alarm["client_id"]) == ("rows_missing", cast.client_id)
    assert "omnify disarm" in alarm["detail"]["way_out"]


async def test_an_item_that_stands_as_a_ghost_is_not_told_again_as_an_orphan(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    sid = await text_past_us(stage, cast, STRANGER)
    await keep_orphan(stage, cast, sid)
    await pass_minutes(stage, 61)
    assert await reconcile(stage.deps) == {"ghosts": 1, "listed": 1}


async def test_an_orphan_is_told_to_its_touch_when_that_turns_up_and_its_finding_closes(
    stage: Stage, database: Database
) -> None:
    """The answer to the send was lost with the list; an hour and more later the list shows which message it was."""
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    stage.twin.script("twilio", "timeout_after_accept")
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=1000)
    stage.twin.script("twilio", "500_before_accept", op="list", times=1000)
    await sweep(stage.deps)
    [sent] = stage.twin.ledger()
    await keep_orphan(stage, cast, sent["provider_id"])
    await pass_minutes(stage, 62)
    assert (await reconcile(stage.deps))["orphans"] == 1
    stage.twin.clear_faults()
    await sweep(stage.deps)
    await pass_minutes(stage, 1)
    assert (await reconcile(stage.deps)).get("explained") == 1
    assert [touch["state"] for touch in await rows(stage.deps, "touches")] == ["delivered"]
    [row] = await findings(stage)
    assert (row["settled_as"], row["settled_by"]) == ("explained", "reconcile")
    before = row_versions(database)
    assert await reconcile(stage.deps) == {"listed": 1}
    assert row_versions(database) == before


async def test_what_was_silent_and_is_heard_of_later_asks_nobody_any_more(stage: Stage, database: Database) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"), 2)
    stage.twin.script("twilio", "list_lag", delay=1500)
    stage.twin.script("twilio", "no_dlr", times=2)
    await sweep(stage.deps)
    await pass_minutes(stage, 11)
    assert await reconcile(stage.deps) == {"listed": 1, "silent": 1}
    await pass_minutes(stage, 15)
    assert await reconcile(stage.deps) == {"explained": 1, "listed": 2}
    assert [row["settled_as"] for row in await findings(stage)] == ["explained"]
    before = row_versions(database)
    assert await reconcile(stage.deps) == {"listed": 2}
    assert row_versions(database) == before


async def test_a_list_that_leaves_lines_out_accuses_for_a_while_and_takes_it_back(stage: Stage) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"), 4)
    stage.twin.script("twilio", "no_dlr", times=4)
    await sweep(stage.deps)
    await pass_minutes(stage, 11)
    stage.twin.script("twilio", "list_skips", op="list", times=3)
    assert await reconcile(stage.deps) == {"listed": 2, "silent": 2}
    await pass_minutes(stage, 15)
    assert await reconcile(stage.deps) == {"explained": 2, "listed": 4}
    assert {row["settled_as"] for row in await findings(stage)} == {"explained"}


async def test_a_list_that_repeats_itself_tells_everything_once(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), 3)
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=1000)
    await sweep(stage.deps)
    sid = await text_past_us(stage, cast, STRANGER)
    await pass_minutes(stage, 6)
    stage.twin.script("twilio", "list_repeats", op="list", times=3)
    assert await reconcile(stage.deps) == {"changed": 3, "ghosts": 1, "listed": 4}
    assert [row["provider_id"] for row in await findings(stage)] == [sid]


async def test_a_list_without_an_end_is_given_up_and_accuses_nobody(stage: Stage, database: Database) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    await text_past_us(stage, cast, STRANGER)
    await pass_minutes(stage, 11)
    stage.twin.script("twilio", "list_loops", op="list", times=1000)
    assert await reconcile(stage.deps) == {"cannot_tell": 1}
    assert await findings(stage) == []
    assert [row["event"] for row in await rows(stage.deps, "logs")] == ["list_not_read"]
    before = row_versions(database)
    assert await reconcile(stage.deps) == {"cannot_tell": 1}
    assert row_versions(database) == before


async def test_a_list_that_lags_for_an_hour_shows_its_ghost_when_it_has_caught_up(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    await text_past_us(stage, cast, STRANGER)
    stage.twin.script("twilio", "list_lag", op="list", delay=3600, times=12)
    for _ in range(3):
        await pass_minutes(stage, 15)
        assert "ghosts" not in await reconcile(stage.deps)
    await pass_minutes(stage, 15)
    assert (await reconcile(stage.deps))["ghosts"] == 1


async def test_a_person_answers_a_ghost_once_and_only_with_a_word_that_answers_it(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    sid = await text_past_us(stage, cast, STRANGER)
    await text_past_us(stage, cast, "+12125550178")
    await pass_minutes(stage, 6)
    await reconcile(stage.deps)
    with pytest.raises(BadInput, match="--as seen"):
        await answer(stage, sid, Settled.sent)
    with pytest.raises(Conflict, match="Several findings"):
        await answer(stage, "SM", Settled.seen)
    assert await answer(stage, sid, Settled.seen) == Answered(settled=1, moved=0, released=0, left=0)
    with pytest.raises(NotFound, match=sid):
        await answer(stage, sid, Settled.seen)
    said = {row["provider_id"]: (row["settled_as"], row["settled_by"]) for row in await findings(stage)}
    assert said.pop(sid) == ("seen", "ada")
    assert set(said.values()) == {(None, None)}
    assert (await answer(stage, "", Settled.not_ours, every=True)).settled == 1


async def test_what_people_texted_is_read_again_page_by_page_or_not_at_all(stage: Stage) -> None:
    """After a restore: under the keys of their webhooks, so that what we know already changes nothing."""
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), 5)
    for phone in cast.phones:
        stage.twin.text_us(cast.sid, phone, cast.number, f"Hello from {phone}")
        await pass_minutes(stage, 1)
    await sweep(stage.deps)
    account = await account_of(stage.deps, cast.client_id, ChannelName.sms)
    since, until = MONDAY + timedelta(seconds=30), stage.clock.now()
    async with read_client(5.0) as client:
        heard = await TwilioSms(page_size=2).heard(client, account, since, until)
        assert not isinstance(heard, CannotTell)
        assert [one.from_address for one in heard] == list(cast.phones[1:])
        known = {row["event_key"] for row in await asked(stage, "inbound_keys")}
        assert {one.event_key for one in heard} <= known
        for fault in ("500_before_accept", "list_loops"):
            stage.twin.script("twilio", fault, op="list", times=1000)
            assert isinstance(await TwilioSms(page_size=2).heard(client, account, since, until), CannotTell)
            stage.twin.clear_faults()


async def asked(stage: Stage, block: str) -> list[Row]:
    async with stage.deps.database.transaction() as conn:
        return await fetch_all(conn, SQL[block])


async def lose(deps: Deps, cast: Cast) -> None:
    """Something left for the first person that no row explains."""
    async with deps.database.transaction() as conn:
        hashed = (await deps.pepper(conn)).hash(cast.client_id, AddressKind.phone, cast.phones[0])
        lost = Finding(cast.client_id, cast.texts, FindingKind.lost, "SMlost", None, {}, ChannelName.sms, hashed)
        await keep_lost(conn, [lost], MONDAY)


async def test_who_was_held_by_a_question_that_had_just_been_answered_goes_on_at_the_next_reconciliation(
    stage: Stage,
) -> None:
    cast, deps = await gather_cast(stage.deps, stage.twin, story("sms")), stage.deps
    await lose(deps, cast)
    account, group = await text_account(deps, cast.client_id), DueGroup(cast.client_id, NextChannel.sms)
    async with deps.database.transaction() as conn:
        await arming._arm(deps, conn, group, account, None, 1, {})
        assert (await answer(stage, "SMlost", Settled.not_ours)).released == 0
    assert [one["status_reason"] for one in await rows(deps, "enrollments")] == ["possibly_sent"]
    assert (await reconcile(deps))["released"] == 1
    assert [one["status"] for one in await rows(deps, "enrollments")] == ["active"]
    assert "released" not in await reconcile(deps)


async def test_what_was_skipped_meanwhile_does_not_count_as_sent_one_step_further(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One says that it was sent; another has just skipped the step: the next one has not been sent."""
    async with open_rig(database.url) as deps:
        cast = await gather_cast(deps, None, story("sms", "sms", "sms"))
        await lose(deps, cast)
        await arm_all(deps, cast.client_id, await text_account(deps, cast.client_id), 1)
        first = [True]

        async def later(conn: Connection, ids: Sequence[EnrollmentId], **more: Any) -> list[Snapshot]:
            if first:
                first.clear()
                await obey(deps, cast.enrollments[0], Order(ControlVerb.skip))
            return await lock_and_load_snapshots(conn, ids, **more)

        monkeypatch.setattr("workers.findings.lock_and_load_snapshots", later)
        async with deps.database.transaction() as conn:
            await answer_findings(deps, conn, None, "SMlost", Settled.sent, "ada", None, MONDAY)
        (place,) = await rows(deps, "enrollments")
        assert (place["step"], place["visit"]) == ("sms-1", 1)
