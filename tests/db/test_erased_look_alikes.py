"""What was sent to somebody who was erased since is nobody else's proof, and keeps nobody else from finding theirs.

Where their address stood the ledger holds a mark, which is compared with nothing; their message at the provider is
still there, with the same words to the same number.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from modules.contacts import ContactDraft, add_contact
from modules.ids import ClientId, ContactId
from modules.labels import TouchState
from scripts.conductor.stage import Stage, open_stage
from tests.cast import Cast, gather_cast, join, rows, story
from tests.databases import Database
from tests.db.restoring import pass_time
from tests.db.rig import MONDAY
from tests.db.test_one_proof_each import LOST, PATIENT, TEXT, join_beside, live_on
from tests.flow.ghl_stage import AGREED, ZONE, gather_ghl, sample_of, tell
from workers.erase import erase_person
from workers.sweep import sweep

HANDED = (TouchState.expired, "unconfirmed")


@pytest_asyncio.fixture
async def stage(database: Database, tmp_path: Path) -> AsyncIterator[Stage]:
    async with open_stage(tmp_path, database.url, MONDAY, timeout=PATIENT) as running:
        yield running


@pytest_asyncio.fixture
async def acme(stage: Stage) -> Cast:
    return await gather_cast(stage.deps, stage.twin, TEXT)


async def erase(stage: Stage, client_id: ClientId, contact_id: ContactId) -> None:
    async with stage.deps.database.transaction() as conn:
        await erase_person(stage.deps, conn, client_id, contact_id, "by_hand:ada", stage.deps.clock.now())


async def end_of(stage: Stage, client_id: ClientId) -> tuple[object, object, object]:
    (touch,) = [one for one in await rows(stage.deps, "touches") if one["client_id"] == client_id]
    return touch["state"], touch["reason"], touch["provider_id"]


async def calm_of(stage: Stage, acme: Cast) -> ClientId:
    """The other client, whose text went beside acme's."""
    others = [one for one in await rows(stage.deps, "touches") if one["client_id"] != acme.client_id]
    return ClientId(others[0]["client_id"])


@pytest.mark.parametrize("fate", ["timeout_after_accept", "500_before_accept"])
async def test_the_message_of_somebody_erased_is_not_taken_for_ours_and_does_not_hide_ours(
    stage: Stage, acme: Cast, fate: str
) -> None:
    """Theirs was delivered and they were erased, before the other client looks for the fate of its own."""
    await sweep(stage.deps)
    await pass_time(stage, seconds=20)
    await join_beside(stage, acme)
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=1000)
    stage.twin.script("twilio", fate)
    await sweep(stage.deps)
    calm = await calm_of(stage, acme)
    theirs, *ours = [line["provider_id"] for line in stage.twin.ledger()]
    await erase(stage, acme.client_id, acme.contacts[0])
    refused = 0
    for _ in range(32):
        await pass_time(stage, minutes=10)
        refused += (await sweep(stage.deps)).counts["refused"]
    assert refused == 0
    assert await end_of(stage, calm) == ((TouchState.delivered, None, *ours) if ours else LOST)
    assert (await end_of(stage, acme.client_id))[2] == theirs


async def test_a_text_that_was_lost_for_somebody_erased_leaves_its_message_to_nobody_else(
    stage: Stage, acme: Cast
) -> None:
    """It ends half a minute before the other one, and the person is erased in between."""
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=1000)
    stage.twin.script("twilio", "timeout_after_accept")
    await sweep(stage.deps)
    await pass_time(stage, seconds=30)
    await join_beside(stage, acme)
    stage.twin.script("twilio", "500_before_accept")
    await sweep(stage.deps)
    calm = await calm_of(stage, acme)
    await live_on(stage, minutes=300, every=10)
    while await end_of(stage, acme.client_id) != LOST:
        await live_on(stage, minutes=0.25, every=0.25)
    assert (await end_of(stage, calm))[0] == TouchState.unknown
    await erase(stage, acme.client_id, acme.contacts[0])
    await live_on(stage, minutes=5, every=0.25)
    assert await end_of(stage, calm) == LOST


@pytest.mark.parametrize("again", [True, False])
async def test_a_hand_over_to_somebody_erased_casts_doubt_on_the_same_person_only(stage: Stage, again: bool) -> None:
    """Of the first the workflow makes a text. The second is for the same person, who came back at once and whose text
    the workflow drops; or for another person, whose text it sends."""
    hook = f"{stage.twin.ghl_url}/hooks/{sample_of('acme').location}/webhook-trigger/5f0c"
    ghl = await gather_ghl(stage, workflow_hook=hook, people=2)
    tell(stage, ghl, workflow="sends")
    await join(stage.deps, ghl.client_id, story("sms"), ghl.contacts[:1])
    await sweep(stage.deps)
    await pass_time(stage, seconds=40)
    assert len(stage.twin.ledger()) == 1
    await erase(stage, ghl.client_id, ghl.contacts[0])
    draft = ContactDraft(first_name="Ada", phone=ghl.phones[0], email=ghl.mails[0], time_zone=ZONE, consents=AGREED)
    async with stage.deps.database.transaction() as conn:
        back = await add_contact(conn, ghl.client_id, draft, stage.deps.clock.now())
    tell(stage, ghl, workflow="drops" if again else "sends")
    await join(stage.deps, ghl.client_id, story("sms", slug="again"), [back if again else ghl.contacts[1]])
    await sweep(stage.deps)
    await live_on(stage, minutes=320, every=10)
    first, last = await rows(stage.deps, "touches")
    assert first["body_hash"] == last["body_hash"]
    assert (last["state"], last["reason"]) == (HANDED if again else (TouchState.delivered, None))
