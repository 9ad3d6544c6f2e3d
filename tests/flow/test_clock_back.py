"""The clock is set back an hour between two sweeps: nothing is sent twice, nothing gets stuck, and a stop is a stop."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from modules.consents import withdraw_consents
from modules.labels import ChannelName, Provider
from modules.preview import explain
from scripts.conductor.stage import Stage
from scripts.jobs import run_sweep
from tests.cast import Cast, gather_cast, rows, story
from tests.flow.outside import play_on, standing, states_of, sweep_after, sweep_at
from tests.flow.speaking import post_text, told
from utils.clock import Clock

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    """Three people whose first text was accepted; then the clock was set back by an hour."""
    acme = await gather_cast(stage.deps, stage.twin, story("sms", "email", wait="minutes: 30"), 3)
    await run_sweep(stage.deps)
    stage.clock.set(stage.clock.now() - HOUR)
    return acme


async def test_nothing_is_sent_twice_and_everything_reaches_its_end(stage: Stage, cast: Cast) -> None:
    assert await states_of(stage) == ["accepted"] * 3
    for _ in range(3):
        assert await sweep_after(stage, minutes=1) == {}
    assert len(stage.twin.ledger()) == 3

    touches = await play_on(stage)

    ended = [(touch["channel"], touch["state"]) for touch in touches]
    assert ended == [("sms", "delivered")] * 3 + [("email", "delivered")] * 3
    assert await standing(stage) == {"finished": 3}
    assert await rows(stage.deps, "logs") == []


@pytest.mark.parametrize(("fault", "became"), [("timeout_after_accept", "delivered"), ("500_before_accept", "expired")])
async def test_an_answer_that_was_lost_is_settled_once_however_the_clock_goes(
    stage: Stage, fault: str, became: str
) -> None:
    await gather_cast(stage.deps, stage.twin, story("sms", "email"), 2)
    stage.twin.script("twilio", fault)
    start = stage.clock.now()
    await run_sweep(stage.deps)
    for instant in (start - HOUR, start - HOUR + 3 * MINUTE, start + MINUTE, start - HOUR):
        await sweep_at(stage, instant)
    touches = await play_on(stage)
    assert sorted(touch["state"] for touch in touches) == sorted(["delivered"] * 3 + [became])
    assert await standing(stage) == {"finished": 2}
    assert len(stage.twin.ledger()) == (4 if became == "delivered" else 3)


@pytest.mark.parametrize(("back", "text"), [(HOUR, "STOP"), (HOUR, "pls quit textin me"), (MINUTE, "stop")])
async def test_a_stop_ends_the_mails_too_although_they_were_planned_later_than_now(
    stage: Stage, cast: Cast, back: timedelta, text: str
) -> None:
    stage.clock.set(stage.clock.now() + HOUR - back)
    assert post_text(stage, cast, cast.phones[0], text) == 200
    (heard,) = await told(stage)
    assert heard["opted_out"]
    touches = await play_on(stage)
    assert cast.mails[0] not in {touch["to_address"] for touch in touches}
    assert await standing(stage) == {"stopped:suppressed": 1, "finished": 2}


async def test_a_reply_stops_what_was_planned_later_than_now(stage: Stage, cast: Cast) -> None:
    assert post_text(stage, cast, cast.phones[0], "Who is this?") == 200
    touches = await play_on(stage)
    assert cast.mails[0] not in {touch["to_address"] for touch in touches}
    assert await standing(stage) == {"stopped:replied": 1, "finished": 2}


async def test_a_consent_that_is_withdrawn_is_withdrawn_although_it_was_given_later_than_now(stage: Stage) -> None:
    acme = await gather_cast(stage.deps, stage.twin, story("sms"), 2)
    stage.clock.set(stage.clock.now() - HOUR)
    async with stage.deps.database.transaction() as conn:
        one, now = acme.contacts[0], stage.clock.now()
        assert await withdraw_consents(conn, acme.client_id, one, [ChannelName.sms], "no", "test", now) == 1
    touches = await play_on(stage)
    assert [touch["contact_id"] for touch in touches] == [acme.contacts[1]]


async def test_why_still_answers_with_what_went_and_the_next_instant(stage: Stage, cast: Cast) -> None:
    async with stage.deps.database.transaction() as conn:
        pepper = await stage.deps.pepper(conn)
        answer = await explain(conn, pepper, cast.client_id, cast.contacts[0], stage.clock.now())
    went, waits = answer.entries
    assert "Text to" in went.title
    assert "at step 'email-1': active" in waits.title
    assert waits.next_at == went.at + timedelta(minutes=30)


@dataclass(frozen=True)
class Ahead:
    """A clock that is wrong, until it is set back."""

    right: Clock
    by: timedelta

    def now(self) -> datetime:
        return self.right.now() + self.by


@pytest.mark.parametrize(
    ("channel", "provider", "back"),
    [("voice", Provider.retell, 9 * MINUTE), ("email", Provider.resend, 21 * HOUR)],
)
async def test_a_key_is_not_used_beyond_its_life_at_the_provider(
    stage: Stage, channel: str, provider: Provider, back: timedelta
) -> None:
    """It was taken and nobody heard; the provider, whose clock is right, is silent until the last look that repeats."""
    await gather_cast(stage.deps, stage.twin, story(channel), by={ChannelName(channel): provider})
    stage.twin.script(provider.value, "reset_after_accept")
    armed = stage.clock.now() + back
    await run_sweep(replace(stage.deps, clock=Ahead(stage.clock, back)))
    last = 50 * MINUTE if provider is Provider.retell else 2 * HOUR
    for op in ("send", "list"):
        stage.twin.script(provider.value, "500_before_accept", op=op, times=50)
    for after in (5 * MINUTE, 20 * MINUTE, 30 * MINUTE):
        stage.clock.set(armed + after)
        await run_sweep(stage.deps)
    assert await states_of(stage) == ["unknown"]
    stage.twin.clear_faults()
    stage.clock.set(armed + last)
    await run_sweep(stage.deps)
    assert await states_of(stage) == ["accepted"]
    assert len(stage.twin.ledger()) == 1
