"""Design, labels: an opt-out of any scope ends every running enrollment of that person at that client."""

from datetime import timedelta

import pytest

from modules.channels import Fact
from modules.labels import SuppressionReason, TouchState, UnknownPolicy
from modules.touches import News
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import gather_cast, join, rows, story
from tests.flow.outside import play_on, standing, sweep_after
from workers.confirm import confirm, news_of_fact


async def test_a_stop_by_text_ends_the_mails_that_were_planned_before_it(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms", "email", "email"), 2)
    await run_sweep(stage.deps)
    stage.twin.text_us(cast.sid, cast.phones[0], cast.number, "STOP")

    touches = await play_on(stage)

    mails = [touch["to_address"] for touch in touches if touch["channel"] == "email"]
    assert mails == [cast.mails[1]] * 2
    assert await standing(stage) == {"stopped:suppressed": 1, "finished": 1}


async def test_who_stopped_texts_may_still_join_a_sequence_of_mails_later(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("sms", "sms"))
    await run_sweep(stage.deps)
    stage.twin.text_us(cast.sid, cast.phones[0], cast.number, "STOP")
    await play_on(stage)
    await sweep_after(stage, hours=1)

    await join(stage.deps, cast.client_id, story("email", slug="letters"), cast.contacts)
    touches = await play_on(stage)

    assert [(touch["channel"], touch["state"]) for touch in touches] == [("sms", "delivered"), ("email", "delivered")]


async def test_a_complaint_is_written_over_a_bounce_and_ends_what_runs(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, story("email", "sms"))
    stage.twin.script("resend", "complained")

    touches = await play_on(stage)

    assert [touch["state"] for touch in touches] == ["complained"]
    addresses = {row["value"]: row["suppressed_reason"] for row in await rows(stage.deps, "addresses")}
    assert addresses[cast.mails[0]] == SuppressionReason.complained
    assert await standing(stage) == {"stopped:suppressed": 1}


async def test_an_acceptance_of_what_we_called_not_sent_holds_the_next_attempt_for_a_person(stage: Stage) -> None:
    """The provider broke assumption A1: without the hold, the second attempt would reach the person twice."""
    await gather_cast(stage.deps, stage.twin, story("email"))
    stage.twin.script("resend", "429")
    await run_sweep(stage.deps)
    (touch,) = await rows(stage.deps, "touches")
    assert touch["state"] == "not_sent"

    late = Fact(None, "late-id", "sent", "msg_late", reference=touch["id"])
    await confirm(stage.deps, [news_of_fact(touch["id"], late)])
    await sweep_after(stage, minutes=10)

    assert [row["state"] for row in await rows(stage.deps, "touches")] == ["not_sent"]
    assert await standing(stage) == {"held:broken_promise": 1}
    assert [row["event"] for row in await rows(stage.deps, "logs")] == ["broken_promise"]
    policies = {row["provider"]: row["unknown_policy"] for row in await rows(stage.deps, "accounts")}
    assert policies["resend"] == UnknownPolicy.never_rearm


@pytest.mark.parametrize("asked", [1800, 7200])
async def test_a_providers_wish_for_a_longer_pause_is_heeded(stage: Stage, asked: int) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms"))
    stage.twin.script("twilio", "500_before_accept")
    await run_sweep(stage.deps)
    (touch,) = await rows(stage.deps, "touches")
    news = News(touch["id"], TouchState.not_sent, reason="http_429", retry_after=timedelta(seconds=asked))
    await confirm(stage.deps, [news])

    (enrollment,) = await rows(stage.deps, "enrollments")
    assert enrollment["due_at"] == stage.clock.now() + timedelta(seconds=asked)
