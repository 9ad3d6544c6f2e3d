"""Whatever the lists and the hooks tell is told on: no limit of one run, no other row and no other client hides it."""

import pytest

from modules.accounts import add_account, add_client
from modules.channels import Accepted, Message, channel_for
from modules.contacts import ContactDraft, add_contact
from modules.ids import TouchId
from modules.labels import ChannelName, Provider, TouchState
from modules.touches import News, load_touches
from scripts.conductor.stage import Stage
from tests.cast import SQL as CAST
from tests.cast import Cast, gather_cast, join, rows, story
from tests.cast_accounts import Given, draft_of
from tests.databases import Database
from tests.db.restoring import BY
from tests.db.test_findings import keep_orphan
from tests.db.test_reconcile import findings, pass_minutes, text_past_us, warnings
from tests.db.test_reconcile import stage as stage
from tests.db.test_write_economy import row_versions
from tests.flow.ghl_stage import ZONE
from utils.db import execute
from utils.http import send_client
from utils.uuid7 import uuid7
from workers import reconcile as job
from workers import take_in
from workers.accounts_in_use import load_accounts_in_use
from workers.confirm import confirm
from workers.interlock import disarm
from workers.rearm import rearm
from workers.reconcile import reconcile
from workers.sweep import sweep
from workers.take_in import rejoin_orphans

CALLS = {ChannelName.voice: Provider.vapi}


async def join_beside(stage: Stage, acme: Cast) -> None:
    """Another client with the same account at Vapi, and somebody of theirs who is called now."""
    deps, now, phone = stage.deps, stage.clock.now(), "+12127770001"
    async with deps.database.transaction() as conn:
        calm = await add_client(conn, "calm", "Calm", now)
        shared = draft_of(acme.who, calm.id, Provider.vapi, ChannelName.voice, Given(), 1000.0)
        await add_account(conn, deps.sealer, shared, now)
        await execute(conn, CAST["plant_permits"], {"client_id": calm.id, "now": now})
        person = [await add_contact(conn, calm.id, ContactDraft(first_name="Ada", phone=phone, time_zone=ZONE), now)]
        parameters = {"client_id": calm.id, "now": now, "id": [uuid7(now)], "contact_id": person}
        await execute(conn, CAST["plant_call_consents"], parameters)
    await join(deps, calm.id, story("voice"), person)


async def send_again(stage: Stage, touch_id: TouchId) -> None:
    """As if a promise of ours were broken: the same call is placed a second time."""
    async with stage.deps.database.transaction() as conn:
        [touch] = await load_touches(conn, [touch_id])
        account = (await load_accounts_in_use(stage.deps, conn)).by_id[touch.account_id]
    message = Message(touch.id, touch.to_address, touch.subject, touch.body, touch.envelope)
    async with send_client(5.0) as client:
        answer = await channel_for(account.provider, account.channel).send(client, account, message)
    assert isinstance(answer, Accepted), answer


async def test_a_second_acceptance_is_told_to_the_client_whose_touch_it_was(stage: Stage) -> None:
    """Two clients with one account at the provider: the list is read once, for the first of them."""
    acme = await gather_cast(stage.deps, stage.twin, story("voice"), by=CALLS)
    await join_beside(stage, acme)
    await sweep(stage.deps)
    await pass_minutes(stage, 1)
    touches = await rows(stage.deps, "touches")
    assert len({one["client_id"] for one in touches}) == len([one for one in touches if one["provider_id"]]) == 2
    for touch in touches:
        await send_again(stage, touch["id"])
    await pass_minutes(stage, 6)
    assert (await reconcile(stage.deps))["ghosts"] == 2
    told = {(row["client_id"], row["touch_id"], row["kind"]) for row in await findings(stage)}
    assert told == {(one["client_id"], one["id"], "ghost") for one in touches}


async def test_a_second_acceptance_in_a_gap_keeps_nobody_from_arming(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("voice"), by=CALLS)
    await join_beside(stage, acme)
    await sweep(stage.deps)
    await pass_minutes(stage, 1)
    touches = await rows(stage.deps, "touches")
    for touch in touches:
        await send_again(stage, touch["id"])
    async with stage.deps.database.transaction() as conn:
        await disarm(conn, "restore", BY, stage.clock.now())
    await pass_minutes(stage, 6)
    done = await rearm(stage.deps, BY, "restored")
    assert (done.armed, done.counts["lost"]) == (True, 2)
    named = {(row["client_id"], row["touch_id"]) for row in await findings(stage) if row["touch_id"]}
    assert named == {(one["client_id"], one["id"]) for one in touches}


async def test_what_one_run_has_no_room_for_the_next_ones_tell(stage: Stage, database: Database) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms"))
    sids = [await text_past_us(stage, cast, f"+121255501{n:02d}") for n in range(job.MOST_FINDINGS + 2)]
    await pass_minutes(stage, 6)
    assert (await reconcile(stage.deps))["ghosts"] == job.MOST_FINDINGS
    assert (await reconcile(stage.deps))["ghosts"] == 2
    assert {row["provider_id"] for row in await findings(stage)} == set(sids)
    assert await warnings(stage) == {"ghosts_found": 2}
    before = row_versions(database)
    assert "ghosts" not in await reconcile(stage.deps)
    assert row_versions(database) == before


async def test_what_is_known_already_keeps_no_later_fact_waiting(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list told of the first two before their own events were told again: they stay for three days."""
    monkeypatch.setattr(take_in, "AT_MOST", 2)
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), 3)
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=1000)
    await sweep(stage.deps)
    *known, last = sorted(await rows(stage.deps, "touches"), key=lambda one: str(one["id"]))
    for touch in known:
        sid = touch["provider_id"]
        await confirm(stage.deps, [News(touch["id"], TouchState.delivered, sid, "delivered", f"poll:{sid}:delivered")])
    for touch in (*known, last):
        await keep_orphan(stage, cast, touch["provider_id"])
        await pass_minutes(stage, 1)
    assert await rejoin_orphans(stage.deps) == {"orphans_rejoined": 1}
    assert [touch["state"] for touch in await rows(stage.deps, "touches")] == ["delivered"] * 3
    assert await rejoin_orphans(stage.deps) == {}


async def test_a_fact_that_names_one_touch_and_has_the_id_of_another_is_about_the_other(stage: Stage) -> None:
    """As when its webhook comes; and it keeps no later fact waiting."""
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), 3)
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=1000)
    stage.twin.script("twilio", "reset_before_accept")
    await sweep(stage.deps)
    touches = await rows(stage.deps, "touches")
    [lost] = [touch for touch in touches if touch["provider_id"] is None]
    first, second = [touch for touch in touches if touch["provider_id"]]
    await keep_orphan(stage, cast, first["provider_id"], lost["id"])
    await pass_minutes(stage, 1)
    await keep_orphan(stage, cast, second["provider_id"])
    assert await rejoin_orphans(stage.deps) == {"orphans_rejoined": 2}
    states = {touch["id"]: touch["state"] for touch in await rows(stage.deps, "touches")}
    assert states == {lost["id"]: "unknown", first["id"]: "delivered", second["id"]: "delivered"}


async def test_a_fact_that_the_database_refuses_keeps_no_later_one_waiting(stage: Stage) -> None:
    """One client's hook names its own touch, and the id of another client's message, which that client's touch has."""
    acme = await gather_cast(stage.deps, stage.twin, story("sms"))
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=1000)
    await sweep(stage.deps)
    [taken] = await rows(stage.deps, "touches")
    calm = await gather_cast(stage.deps, stage.twin, story("sms"), 2, slug="calm")
    stage.twin.script("twilio", "reset_before_accept")
    await sweep(stage.deps)
    theirs = [touch for touch in await rows(stage.deps, "touches") if touch["client_id"] == calm.client_id]
    [lost], [sent] = ([one for one in theirs if (one["provider_id"] is None) is gone] for gone in (True, False))
    await keep_orphan(stage, calm, taken["provider_id"], lost["id"])
    await pass_minutes(stage, 1)
    await keep_orphan(stage, calm, sent["provider_id"])
    assert await rejoin_orphans(stage.deps) == {"orphans_refused": 1, "orphans_rejoined": 1}
    states = {touch["id"]: touch["state"] for touch in await rows(stage.deps, "touches")}
    assert states == {taken["id"]: "accepted", lost["id"]: "unknown", sent["id"]: "delivered"}
    assert acme.client_id == taken["client_id"]


async def test_one_accounts_many_orphans_hide_no_other_accounts(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "MOST_FINDINGS", 2)
    casts = [await gather_cast(stage.deps, stage.twin, story("sms"), slug=slug) for slug in ("acme", "calm")]
    for place, cast in enumerate(casts):
        for number in range(3):
            await keep_orphan(stage, cast, f"SM{place}{number}" + "7" * 30)
    await pass_minutes(stage, 61)
    assert (await reconcile(stage.deps))["orphans"] == 4
    assert {row["client_id"] for row in await findings(stage)} == {cast.client_id for cast in casts}
    assert (await reconcile(stage.deps))["orphans"] == 2
