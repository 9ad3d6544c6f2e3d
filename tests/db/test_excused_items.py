"""A message whose fate is unknown may be what a list shows: it excuses that item, no other one, and not for ever.

GoHighLevel's list names a person's id and no number, so there whom an item went to is told by that id alone.
"""

from datetime import timedelta

from modules.health import unplaced_people
from modules.labels import ChannelName, Provider
from scripts.conductor.stage import Stage
from tests.cast import BY, Cast, gather_cast, rows, story
from tests.databases import Database
from tests.db.rig import MONDAY, arm_all, text_account
from tests.db.test_inbound import deps as deps
from tests.db.test_reconcile import SQL, findings, pass_minutes, text_past_us
from tests.db.test_reconcile import stage as stage
from tests.db.test_write_economy import row_versions
from utils.db import execute
from utils.http import send_client
from workers.context import Deps
from workers.reconcile import reconcile
from workers.sweep import sweep

BY_GHL = {**BY, ChannelName.sms: Provider.ghl}


async def past_us(stage: Stage, cast: Cast, person: int = 0) -> str:
    """Somebody writes to one of these people with our GoHighLevel account, and we have no row of it."""
    phone = cast.phones[person]
    body = {"type": "SMS", "contactId": cast.who.ref_of(phone), "message": "not from us"}
    body |= {"fromNumber": cast.number, "toNumber": phone}
    headers = {"Authorization": f"Bearer pit-{cast.token}", "Version": "2021-04-15"}
    async with send_client(5.0) as client:
        answer = await client.post(f"{stage.twin.ghl_url}/conversations/messages", json=body, headers=headers)
    return str(answer.json()["messageId"])


async def lose_one(stage: Stage, people: int = 1) -> Cast:
    """A client whose first text got lost on its way out, so that nobody knows whether it was taken."""
    cast = await gather_cast(stage.deps, stage.twin, story("sms"), people, by=BY_GHL)
    stage.twin.script("ghl", "webhook_lost", op="webhook", times=1000)
    stage.twin.script("ghl", "reset_before_accept", times=1)
    await sweep(stage.deps)
    assert [touch["state"] for touch in await rows(stage.deps, "touches")].count("unknown") == 1
    return cast


async def ghosts(stage: Stage) -> list[str]:
    return [row["provider_id"] for row in await findings(stage) if row["kind"] == "ghost"]


async def test_one_clients_unknown_text_hides_no_other_clients_ghost(stage: Stage) -> None:
    await lose_one(stage)
    calm = await gather_cast(stage.deps, stage.twin, story("sms"), by=BY_GHL, slug="calm")
    ghost = await past_us(stage, calm)
    await pass_minutes(stage, 6)
    assert (await reconcile(stage.deps))["ghosts"] == 1
    assert await ghosts(stage) == [ghost]
    assert {row["client_id"] for row in await findings(stage)} == {calm.client_id}


async def test_an_unknown_text_hides_no_ghost_of_another_person(stage: Stage) -> None:
    cast = await lose_one(stage, people=2)
    [lost] = [touch for touch in await rows(stage.deps, "touches") if touch["state"] == "unknown"]
    ghost = await past_us(stage, cast, person=1 - cast.phones.index(lost["to_address"]))
    await pass_minutes(stage, 6)
    assert (await reconcile(stage.deps))["ghosts"] == 1
    assert await ghosts(stage) == [ghost]


async def test_what_an_unknown_text_excuses_is_told_before_it_leaves_the_list(stage: Stage, database: Database) -> None:
    ghost = await past_us(stage, await lose_one(stage))
    for _ in range(3):
        await pass_minutes(stage, 15)
        assert "ghosts" not in await reconcile(stage.deps), "it may be the text whose fate is unknown"
    await pass_minutes(stage, 15)
    assert (await reconcile(stage.deps))["ghosts"] == 1
    assert await ghosts(stage) == [ghost]
    before = row_versions(database)
    assert "ghosts" not in await reconcile(stage.deps)
    assert row_versions(database) == before


async def test_what_was_told_for_nothing_asks_nobody_once_its_touch_turns_up(stage: Stage) -> None:
    """Nobody looked for it in its first hour; the next look finds in the list what became of the text."""
    await gather_cast(stage.deps, stage.twin, story("sms"), by=BY_GHL)
    stage.twin.script("ghl", "webhook_lost", op="webhook", times=1000)
    stage.twin.script("ghl", "timeout_after_accept")
    await sweep(stage.deps)
    await pass_minutes(stage, 61)
    stage.deps.watched.clear()
    assert (await reconcile(stage.deps))["ghosts"] == 1
    await pass_minutes(stage, 20)
    await sweep(stage.deps)
    assert "unknown" not in {touch["state"] for touch in await rows(stage.deps, "touches")}
    assert (await reconcile(stage.deps))["explained"] == 1
    assert [row["settled_as"] for row in await findings(stage)] == ["explained"]


async def test_the_same_address_at_another_client_excuses_nothing(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("sms"))
    stage.twin.script("twilio", "reset_before_accept", times=1)
    await sweep(stage.deps)
    assert [touch["state"] for touch in await rows(stage.deps, "touches")] == ["unknown"]
    calm = await gather_cast(stage.deps, stage.twin, story("sms"), slug="calm")
    ghost = await text_past_us(stage, calm, acme.phones[0])
    await pass_minutes(stage, 6)
    assert (await reconcile(stage.deps))["ghosts"] == 1
    assert await ghosts(stage) == [ghost]


async def test_who_shares_the_environments_account_shares_what_may_be_in_its_list(deps: Deps) -> None:
    acme = await gather_cast(deps, None, story("sms"))
    calm = await gather_cast(deps, None, story("sms"), slug="calm")
    await arm_all(deps, acme.client_id, await text_account(deps, acme.client_id), 1)
    since, by = MONDAY - timedelta(days=1), (Provider.twilio, ChannelName.sms)
    async with deps.database.transaction() as conn:
        assert await unplaced_people(conn, *by, [calm.client_id], since, shared=True) == set()
        await execute(conn, SQL["make_shared"], {"id": acme.texts})
        assert await unplaced_people(conn, *by, [calm.client_id], since, shared=True) == {acme.phones[0]}
        assert await unplaced_people(conn, *by, [calm.client_id], since, shared=False) == set()
