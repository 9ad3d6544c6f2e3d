"""What is said on our own call holds as much as what is written: a plain wish ends, a doubtful one waits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from modules.channels import Fact
from modules.ids import TouchId
from modules.labels import CallDetails, ChannelName, Provider, TouchState
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, rows, story
from tests.flow.calling import call_cast
from tests.flow.outside import standing
from workers.confirm import confirm, news_of_fact


async def tell_end(stage: Stage, words: str) -> None:
    """The call's final report, as an adapter would read it, with these words of the person."""
    (touch,) = [row for row in await rows(stage.deps, "touches") if row["channel"] == ChannelName.voice]
    details = CallDetails(transcript=f"AI: Hello.\nUser: {words}", summary="They spoke.")
    call_id = touch["provider_id"]
    fact = Fact(TouchState.completed, call_id, "customer-ended-call", f"{call_id}:customer-ended-call", call=details)
    await confirm(stage.deps, [news_of_fact(TouchId(touch["id"]), fact)])


async def called(stage: Stage) -> Cast:
    cast = await call_cast(stage, Provider.vapi, story("voice", "sms"))
    await run_sweep(stage.deps)
    return cast


@pytest.mark.parametrize("words", ["cancel", "no, stop, I'm busy"])
async def test_a_doubtful_wish_on_a_call_holds_what_comes_next(stage: Stage, words: str) -> None:
    await called(stage)
    await tell_end(stage, words)
    assert await standing(stage) == {"held:reply_waiting": 1}


async def test_no_contact_at_all_closes_the_person_and_not_only_the_number(stage: Stage) -> None:
    await called(stage)
    await tell_end(stage, "Do not contact me ever again by any means.")
    (contact,) = await rows(stage.deps, "contacts")
    assert contact["suppressed_reason"] == "opted_out"


async def test_a_stop_that_comes_with_a_later_report_of_an_ended_call_is_heard_once(stage: Stage) -> None:
    cast = await called(stage)
    (touch,) = await rows(stage.deps, "touches")
    first = Fact(TouchState.failed, touch["provider_id"], "error", f"{touch['provider_id']}:error", reason="broken_off")
    told = news_of_fact(TouchId(touch["id"]), first)
    await confirm(stage.deps, [told])
    stop = CallDetails(transcript="AI: Hello.\nUser: stop calling me", summary="They asked us to stop.")
    for _ in "ab":
        stage.clock.set(stage.clock.now() + timedelta(minutes=1))
        await confirm(stage.deps, [replace(news_of_fact(TouchId(touch["id"]), replace(first, call=stop)))])
    (closed,) = [row for row in await rows(stage.deps, "addresses") if row["value"] == cast.phones[0]]
    assert closed["suppressed_reason"] == "opted_out"
    assert closed["suppressed_at"] == stage.clock.now() - timedelta(minutes=1)
