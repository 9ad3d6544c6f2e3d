"""The same number at two clients: what one was allowed, and what it sent, says nothing of the other."""

from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import SQL, gather_cast, join, rows, story
from tests.flow.outside import sweep_after
from utils.db import execute


async def test_a_consent_to_one_client_lets_no_other_client_write(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("sms"))
    calm = await gather_cast(stage.deps, stage.twin, story("sms"), slug="calm")
    assert calm.phones == acme.phones
    async with stage.deps.database.transaction() as conn:
        await execute(conn, SQL["forget_consents"], {"contact_id": calm.contacts[0]})
    await run_sweep(stage.deps)
    assert [touch["client_id"] for touch in await rows(stage.deps, "touches")] == [acme.client_id]
    (skipped,) = [row for row in await rows(stage.deps, "enrollments") if row["client_id"] == calm.client_id]
    assert skipped["decision"]["reason"] == "no_consent"


async def test_the_cap_of_one_client_is_not_filled_by_another(stage: Stage) -> None:
    """Each client answers for itself (rule H-3: by tenant); what the person wants no more of, they say to each."""
    acme = await gather_cast(stage.deps, stage.twin, story("sms"))
    calm = await gather_cast(stage.deps, stage.twin, story("sms"), slug="calm")
    for place in range(5):
        await join(stage.deps, acme.client_id, story("sms", slug=f"more-{place}"), acme.contacts)
        await sweep_after(stage, minutes=10)
    sent = [touch["client_id"] for touch in await rows(stage.deps, "touches")]
    assert sent.count(calm.client_id) == 1
    assert sent.count(acme.client_id) < 6
    waiting = {row["decision"]["reason"] for row in await rows(stage.deps, "enrollments") if row["status"] == "active"}
    assert waiting == {"contact_cap"}
