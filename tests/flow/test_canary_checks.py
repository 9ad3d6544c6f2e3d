"""Checks of ours: each turn leaves once, by every guard and on every channel, and what is not proven is told."""

import asyncio

import pytest

from modules.health import open_breaker
from modules.labels import ChannelName, Provider
from scripts.conductor.stage import Stage
from scripts.jobs import ProcessPlatform, run_sweep, schedule_of
from tests.cast import BY, Cast, gather_cast, rows, story
from tests.cast_accounts import Given
from tests.flow.answering import NIGHT, change, is_lawful, write
from tests.flow.checking import HOUR, SMS, checks, later, looks, started, troubles
from tests.flow.outside import play_on, sweep_after, sweep_at
from utils.errors import NotFound
from workers.erase import erase_person
from workers.start_canary import end_canary, start_canary

KILLED = "-9"


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    """One person of the house with a phone and a mailbox; the sequence they are in begins in a month."""
    by = {**BY, ChannelName.voice: Provider.vapi}
    return await gather_cast(stage.deps, stage.twin, later(), by=by)


async def test_each_hour_one_leaves_and_is_proven(stage: Stage, cast: Cast) -> None:
    assert (await started(stage, cast)).fresh
    for _ in range(3 * 60 + 5):
        await sweep_after(stage, minutes=1)
    touches = await checks(stage)
    assert [(one["part"], one["attempt"], one["state"]) for one in touches] == [
        (part, 1, "delivered") for part in range(len(touches))
    ]
    assert len(touches) == 4  # at once, and after each hour: more than the three that others get in a day
    assert {(one["to_address"], one["contact_id"]) for one in touches} == {(cast.phones[0], cast.contacts[0])}
    assert "a check of ours that texts arrive" in touches[1]["body"]
    (look,) = await looks(stage, cast)
    assert (look.sent, look.proven, look.newest_state) == (4, 4, "delivered")
    assert look.median_seconds is not None
    assert 0 <= look.median_seconds < 120
    assert (await troubles(stage), await is_lawful(stage)) == ([], True)


@pytest.mark.parametrize(
    ("channel", "provider", "state"),
    [
        ("sms", "twilio", "delivered"),
        ("sms", "ghl", "delivered"),
        ("email", "resend", "delivered"),
        ("email", "ghl", "delivered"),
        ("voice", "vapi", "completed"),
        ("voice", "retell", "completed"),
    ],
)
async def test_every_channel_is_checked_by_whoever_carries_it(
    stage: Stage, channel: str, provider: str, state: str
) -> None:
    name = ChannelName(channel)
    acme = await gather_cast(stage.deps, stage.twin, later(), by={**BY, name: Provider(provider)})
    await started(stage, acme, name)
    for _ in range(30):
        await sweep_after(stage, minutes=1)
    [touch] = await checks(stage)
    assert (touch["channel"], touch["provider"], touch["state"]) == (channel, provider, state)
    assert touch["evidence_id"]
    assert (await looks(stage, acme))[0].newest_is_proven


async def test_a_call_leaves_from_a_number_that_does_not_rest(stage: Stage) -> None:
    by, two = {**BY, ChannelName.voice: Provider.vapi}, {ChannelName.voice: Given(second_number=True)}
    acme = await gather_cast(stage.deps, stage.twin, later(), by=by, given=two)
    account = next(row for row in await rows(stage.deps, "accounts") if row["channel"] == "voice")
    first, second = account["settings"]["phone_number_id"], account["settings"]["second_phone_number_id"]
    await rest(stage, acme, first)
    await started(stage, acme, ChannelName.voice)
    await sweep_after(stage, minutes=1)
    assert [one["sender"] for one in await checks(stage)] == [second]

    await sweep_after(stage, minutes=57)
    await rest(stage, acme, first)
    await rest(stage, acme, second)
    await sweep_after(stage, minutes=3)
    assert len(await checks(stage)) == 1


async def rest(stage: Stage, cast: Cast, number: str) -> None:
    async with stage.deps.database.transaction() as conn:
        await open_breaker(conn, cast.client_id, cast.calls_by, number, "transport_fault", stage.clock.now())


async def test_while_every_line_is_taken_no_check_calls(stage: Stage) -> None:
    by = {**BY, ChannelName.voice: Provider.vapi}
    lines = {ChannelName.voice: Given({"concurrent_calls": "1", "reserved_for_inbound": "0"})}
    acme = await gather_cast(stage.deps, stage.twin, story("voice"), 2, by=by, given=lines)
    stage.twin.script("vapi", "slow_queue", delay=600)
    await sweep_after(stage, minutes=0)
    [called] = await rows(stage.deps, "touches")
    free = next(one for one in acme.contacts if one != called["contact_id"])
    async with stage.deps.database.transaction() as conn:
        await start_canary(stage.deps, conn, acme.client_id, free, ChannelName.voice, HOUR, "by_hand:ann")
    await sweep_after(stage, minutes=1)
    assert [one["origin"] for one in await rows(stage.deps, "touches")] == ["step"]


async def test_four_sweeps_at_once_send_it_once(stage: Stage, cast: Cast) -> None:
    await started(stage, cast)
    await asyncio.gather(*(run_sweep(stage.deps) for _ in range(4)))
    await sweep_after(stage, minutes=1)
    assert (len(await checks(stage)), len(stage.twin.ledger())) == (1, 1)


async def test_a_provider_that_delivers_nothing_is_told_once(stage: Stage, cast: Cast) -> None:
    stage.twin.script("twilio", "status_undelivered", code="30003", times=3)
    await started(stage, cast)
    for _ in range(22):
        await sweep_after(stage, minutes=1)
    assert await troubles(stage) == [("canary_unproven", "sms")]
    assert await troubles(stage) == [("canary_unproven", "sms")]


async def test_the_last_proof_is_of_one_that_arrived(stage: Stage, cast: Cast) -> None:
    """An end that was told of one that did not arrive is a word of the provider's, too, and proves nothing."""
    begun = stage.clock.now()
    await started(stage, cast)
    await sweep_after(stage, minutes=1)
    stage.twin.script("twilio", "status_undelivered", code="30003", times=3)
    await sweep_at(stage, begun + HOUR)
    await sweep_after(stage, minutes=22)
    first, second = await checks(stage)
    assert (first["state"], second["state"], second["confirmed_at"] is None) == ("delivered", "failed", False)
    (look,) = await looks(stage, cast)
    assert (look.newest_state, look.proven_at) == ("failed", first["confirmed_at"])
    await troubles(stage)
    [told] = [one for one in await rows(stage.deps, "logs") if one["event"] == "canary_unproven"]
    assert told["detail"]["proven_last"] == first["confirmed_at"].isoformat()


async def test_a_provider_that_is_away_is_told_although_nothing_left(stage: Stage, cast: Cast) -> None:
    stage.twin.script("twilio", "429", times=99)
    await started(stage, cast)
    for _ in range(26):
        await sweep_after(stage, minutes=1)
    assert [(one["attempt"], one["state"]) for one in await checks(stage)] == [
        (attempt, "not_sent") for attempt in (1, 2, 3)
    ]
    assert await troubles(stage) == [("canary_unproven", "sms")]


async def test_what_nobody_has_heard_of_yet_is_no_trouble_until_its_time(stage: Stage, cast: Cast) -> None:
    stage.twin.script("twilio", "webhook_lost", op="webhook", times=99)
    stage.twin.script("twilio", "timeout_after_accept", times=1)
    await started(stage, cast)
    await sweep_after(stage, minutes=1)
    assert await troubles(stage) == []


@pytest.mark.parametrize("fault", ["timeout_after_accept", "reset_before_accept"])
async def test_what_nobody_knows_of_is_not_sent_again_in_its_turn(stage: Stage, cast: Cast, fault: str) -> None:
    stage.twin.script("twilio", fault)
    await started(stage, cast)
    for _ in range(15):
        await sweep_after(stage, minutes=1)
    assert len(await checks(stage)) == 1
    assert len(stage.twin.ledger()) == (fault == "timeout_after_accept")


async def test_at_night_turns_are_left_out_and_not_made_up_for(stage: Stage, cast: Cast) -> None:
    stage.clock.set(NIGHT)
    await started(stage, cast)
    for _ in range(10):
        await sweep_after(stage, minutes=30)
    # eight in the morning in New York is five hours later
    assert [one["part"] for one in await checks(stage)] == [5]


async def test_who_never_lets_one_leave_is_told_after_a_day(stage: Stage, cast: Cast) -> None:
    await started(stage, cast)
    await sweep_after(stage, minutes=1)
    await write(stage, cast, "STOP")
    for _ in range(26):
        await sweep_after(stage, hours=1)
    assert len(await checks(stage)) == 1
    assert ("canary_silent", "sms") in await troubles(stage)
    assert await is_lawful(stage)


async def test_a_stopped_client_checks_nothing_until_it_may_again(stage: Stage, cast: Cast) -> None:
    await change(stage, "stop_sending", client_id=cast.client_id, at=stage.clock.now())
    begun = stage.clock.now()
    await started(stage, cast)
    await sweep_after(stage, minutes=1)
    assert await checks(stage) == []
    await change(stage, "stop_sending", client_id=cast.client_id, at=None)
    await sweep_after(stage, minutes=20)
    assert await checks(stage) == []
    await sweep_at(stage, begun + HOUR)
    assert [one["part"] for one in await checks(stage)] == [1]


@pytest.mark.parametrize(
    ("crashpoint", "sent"), [("before_arm_commit", 1), ("after_arm", 0), ("before_send", 0), ("after_send", 1)]
)
async def test_a_killed_sweep_never_sends_one_turn_twice(stage: Stage, cast: Cast, crashpoint: str, sent: int) -> None:
    await started(stage, cast)
    platform = ProcessPlatform({**stage.environment, "OMNIFY_CRASH_AT": crashpoint})
    with pytest.raises(RuntimeError, match=KILLED):
        await platform.run(schedule_of("sweep"))
    for _ in range(12):
        await sweep_after(stage, minutes=1)
    assert (len(stage.twin.ledger()), len(await checks(stage))) == (sent, 1)
    assert await is_lawful(stage)


async def test_stopped_no_more_leave(stage: Stage, cast: Cast) -> None:
    told = await started(stage, cast)
    await sweep_after(stage, minutes=1)
    async with stage.deps.database.transaction() as conn:
        assert await end_canary(conn, cast.client_id, SMS, "by_hand:ann", stage.clock.now()) == told.id
    await sweep_after(stage, hours=1)
    assert len(await checks(stage)) == 1
    (look,) = await looks(stage, cast)
    assert (look.stopped_by, look.newest_state) == ("by_hand:ann", "delivered")
    async with stage.deps.database.transaction() as conn:
        with pytest.raises(NotFound, match="No check of texts runs"):
            await end_canary(conn, cast.client_id, SMS, "by_hand:ann", stage.clock.now())


async def test_an_erased_person_takes_the_canary_along(stage: Stage, cast: Cast) -> None:
    await started(stage, cast)
    async with stage.deps.database.transaction() as conn:
        done = await erase_person(stage.deps, conn, cast.client_id, cast.contacts[0], "by_hand:ann", stage.clock.now())
    assert done.counts["canaries"] == 1
    await sweep_after(stage, minutes=1)
    assert (await looks(stage, cast), stage.twin.ledger()) == ([], [])


async def test_a_sequence_beside_it_goes_on_by_its_own_plan(stage: Stage) -> None:
    """The person of the house may be in a sequence, too; a check neither ends nor moves it."""
    acme = await gather_cast(stage.deps, stage.twin, story("sms", "sms"))
    await started(stage, acme)
    touches = await play_on(stage)
    assert [one["state"] for one in touches if one["origin"] == "step"] == ["delivered", "delivered"]
