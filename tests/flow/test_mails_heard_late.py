"""Mails that no webhook told are read one by one: what was read counts, also when the rest could not be."""

from datetime import timedelta

from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import gather_cast, rows, story
from tests.flow.outside import play_on, standing, sweep_after
from tests.flow.speaking import hear_all, told
from workers.reconcile import reconcile


async def test_one_mail_that_cannot_be_read_keeps_no_earlier_stop_from_counting(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("email", "sms"), 2)
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=3)
    stage.twin.script("resend", "webhook_lost", op="webhook", times=2)
    stage.twin.script("resend", "500_before_accept", op="fetch", times=1000, match={"to": "hello@later.example"})
    for person, to, words in ((0, "hello@acme.example", "unsubscribe"), (1, "hello@later.example", "Call me")):
        stage.twin.mail_us(f"re_{acme.token}", acme.mails[person], to, "Re: email-0", words)
        await hear_all(stage)
        stage.clock.set(stage.clock.now() + timedelta(minutes=10))
    report = await reconcile(stage.deps)
    assert (report["heard"], report["cannot_tell"]) == (1, 1)
    assert [row["body"] for row in await told(stage)] == ["unsubscribe"]
    marks = {row["provider"]: row["replies_read_to"] for row in await rows(stage.deps, "accounts")}
    assert marks["resend"] is None, "not all was read"
    stage.twin.clear_faults()
    assert (await reconcile(stage.deps))["heard"] == 1
    assert {touch["channel"] for touch in await play_on(stage)} == {"email"}
    assert await standing(stage) == {"stopped:suppressed": 1, "stopped:replied": 1}
