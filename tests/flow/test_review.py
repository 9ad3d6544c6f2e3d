"""What nobody can prove: lost at its deadline, shown to a person first, or sent again where that was allowed."""

from datetime import datetime, timedelta

import pytest

from modules.labels import ChannelName, Provider, UnknownPolicy
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import BY, Cast, gather_cast, rows, story
from tests.cast_accounts import Given
from tests.flow.calling import alarms, ends
from tests.flow.outside import play_on, standing, states_of, sweep_at

REVIEW = timedelta(days=7)
DAY = 24 * 3600.0
asked = pytest.mark.parametrize(
    ("provider", "channel", "deadline"),
    [
        (Provider.vapi, ChannelName.voice, timedelta(hours=1)),
        (Provider.twilio, ChannelName.sms, timedelta(hours=5)),
        (Provider.ghl, ChannelName.sms, timedelta(hours=5)),
    ],
)
never_same_key = pytest.mark.parametrize(
    ("provider", "channel"), [(Provider.vapi, ChannelName.voice), (Provider.twilio, ChannelName.sms)]
)


async def one_person(stage: Stage, provider: Provider, channel: ChannelName, given: Given) -> Cast:
    """A step on this channel, and a mail after it."""
    by = {**BY, channel: provider}
    return await gather_cast(stage.deps, stage.twin, story(str(channel), "email"), by=by, given={channel: given})


async def wait_until(stage: Stage, instant: datetime) -> None:
    """Every minute in which something is due until then, at the latest half an hour from one to the next."""
    while stage.clock.now() < instant:
        await sweep_at(stage, min(instant, stage.clock.now() + timedelta(minutes=30)))


@asked
async def test_what_nobody_can_prove_waits_for_a_person_and_ends_after_seven_days(
    stage: Stage, provider: Provider, channel: ChannelName, deadline: timedelta
) -> None:
    await one_person(stage, provider, channel, Given(review=True))
    stage.twin.script(provider, "reset_before_accept")
    armed_at = stage.clock.now()
    await run_sweep(stage.deps)
    await wait_until(stage, armed_at + deadline)
    (shown,) = await rows(stage.deps, "touches")
    told = await alarms(stage)
    await wait_until(stage, armed_at + deadline + timedelta(days=2))
    later = await states_of(stage)
    lost, mail = await play_on(stage)
    assert (shown["state"], shown["reason"]) == ("review", "unresolved")
    assert (told, await alarms(stage)) == (["needs_review"], ["needs_review"])
    assert later == ["review"]
    assert ends([lost, mail])[0][1:] == ("expired", "unresolved")
    assert lost["changed_at"] - armed_at == deadline + REVIEW
    assert mail["state"] == "delivered"
    assert mail["armed_at"] >= lost["changed_at"]
    assert len(stage.twin.ledger()) == 1
    assert await standing(stage) == {"finished": 1}


@pytest.mark.parametrize(
    ("provider", "channel", "deadline"),
    [
        (Provider.vapi, ChannelName.voice, timedelta(hours=1)),
        (Provider.twilio, ChannelName.sms, timedelta(hours=5)),
    ],
)
async def test_a_webhook_that_comes_days_late_still_settles_what_a_person_was_asked_about(
    stage: Stage, provider: Provider, channel: ChannelName, deadline: timedelta
) -> None:
    await one_person(stage, provider, channel, Given(review=True))
    stage.twin.script(provider, "timeout_after_accept")
    stage.twin.script(provider, "list_lag", delay=30 * DAY)
    stage.twin.script(provider, "webhook_delayed", op="webhook", delay=2 * DAY, times=20)
    armed_at = stage.clock.now()
    await run_sweep(stage.deps)
    await wait_until(stage, armed_at + deadline)
    before = await states_of(stage)
    first, mail = await play_on(stage)
    assert before == ["review"]
    assert first["state"] in ("delivered", "completed")
    assert first["changed_at"] - armed_at >= timedelta(days=2)
    assert mail["armed_at"] - armed_at >= timedelta(days=3)
    assert await standing(stage) == {"finished": 1}


@never_same_key
async def test_where_a_person_allowed_it_what_was_absent_twice_is_sent_again_once(
    stage: Stage, provider: Provider, channel: ChannelName
) -> None:
    await one_person(stage, provider, channel, Given(policy=UnknownPolicy.rearm_after_absent))
    stage.twin.script(provider, "reset_before_accept")
    lost, again, mail = await play_on(stage)
    assert ends([lost])[0][1:] == ("not_sent", "absent_twice")
    assert lost["changed_at"] - lost["absent_at"] >= timedelta(seconds=60)
    assert lost["absent_at"] - lost["armed_at"] >= timedelta(minutes=5)
    assert again["state"] in ("delivered", "completed")
    assert (again["attempt"], again["armed_at"] > lost["changed_at"]) == (2, True)
    assert mail["state"] == "delivered"
    assert [line["touch"] for line in stage.twin.ledger(provider=provider)] == [str(again["id"])]


@never_same_key
async def test_what_shows_up_between_the_two_looks_is_not_sent_again(
    stage: Stage, provider: Provider, channel: ChannelName
) -> None:
    await one_person(stage, provider, channel, Given(policy=UnknownPolicy.rearm_after_absent))
    stage.twin.script(provider, "timeout_after_accept")
    stage.twin.script(provider, "list_lag", delay=400)
    stage.twin.script(provider, "webhook_lost", op="webhook", times=20)
    first, mail = await play_on(stage)
    assert first["absent_at"] is not None
    assert first["state"] in ("delivered", "completed")
    assert mail["state"] == "delivered"
    assert len(stage.twin.ledger(provider=provider)) == 1


@never_same_key
async def test_without_that_permission_nothing_unknown_is_ever_sent_again(
    stage: Stage, provider: Provider, channel: ChannelName
) -> None:
    await one_person(stage, provider, channel, Given(policy=UnknownPolicy.never_rearm))
    stage.twin.script(provider, "reset_before_accept")
    lost, mail = await play_on(stage)
    assert ends([lost])[0][1:] == ("expired", "unresolved")
    assert lost["absent_at"] is None
    assert mail["state"] == "delivered"
    assert stage.twin.ledger(provider=provider) == []
