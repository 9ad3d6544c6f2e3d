"""Answers by code when something goes wrong: never two, never late, and what is lost is seen."""

import asyncio
from datetime import timedelta

import pytest

from modules.channels import Message
from modules.touches import load_touches
from scripts.conductor.stage import Stage
from scripts.jobs import ProcessPlatform, run_sweep, schedule_of
from tests.cast import Cast, gather_cast, rows, story
from tests.flow.answering import CONFIRMED, HELPED, SQL, answers, change, is_lawful, reached, write
from tests.flow.outside import play_on, sweep_after
from tests.flow.speaking import told
from utils.db import fetch_all
from workers.accounts_in_use import load_accounts_in_use
from workers.repeat import repeat_same_key

KILLED = "-9"


@pytest.fixture
async def cast(stage: Stage) -> Cast:
    """One person whose only text was delivered."""
    acme = await gather_cast(stage.deps, stage.twin, story("sms"))
    await run_sweep(stage.deps)
    await sweep_after(stage, minutes=2)
    return acme


async def lost(stage: Stage) -> list[str]:
    """The answers that were written down as lost."""
    logs = await rows(stage.deps, "logs")
    return [row["detail"]["answer"] for row in logs if row["event"] == "answer_too_late"]


async def test_a_confirmation_that_would_come_too_late_is_not_sent_and_seen_once(stage: Stage, cast: Cast) -> None:
    await write(stage, cast, "stop texting me")
    await sweep_after(stage, minutes=5)
    await play_on(stage)

    assert (await answers(stage), reached(stage, CONFIRMED)) == ([], 0)
    assert [row["answer"] for row in await told(stage)] == ["too_late"]
    assert await lost(stage) == ["confirmation"]


async def test_at_the_last_moment_it_still_leaves_and_the_provider_keeps_it_no_longer(stage: Stage, cast: Cast) -> None:
    await write(stage, cast, "stop texting me")
    await sweep_after(stage, minutes=4, seconds=50)

    (answer,) = await answers(stage)
    assert (answer["state"], answer["envelope"]["validity_seconds"]) == ("accepted", "10")
    assert await is_lawful(stage)


async def test_help_is_not_answered_hours_later(stage: Stage, cast: Cast) -> None:
    await write(stage, cast, "help!")
    await sweep_after(stage, hours=2)

    assert (await answers(stage), await lost(stage)) == ([], ["help"])


async def test_two_sweeps_at_once_answer_once(stage: Stage, cast: Cast) -> None:
    await write(stage, cast, "stop texting me")
    await asyncio.gather(*(run_sweep(stage.deps) for _ in range(4)))
    await play_on(stage)

    assert (len(await answers(stage)), reached(stage, CONFIRMED)) == (1, 1)
    assert await is_lawful(stage)


async def test_while_somebody_else_holds_the_person_it_waits_for_the_next_minute(stage: Stage, cast: Cast) -> None:
    await write(stage, cast, "stop texting me")
    async with stage.deps.database.transaction() as conn:
        await fetch_all(conn, SQL["hold_contact"], {"id": cast.contacts[0]})
        await run_sweep(stage.deps)
        assert reached(stage, CONFIRMED) == 0
    await sweep_after(stage, minutes=1)

    assert reached(stage, CONFIRMED) == 1


@pytest.mark.parametrize(
    ("crashpoint", "sent"), [("before_arm_commit", 1), ("after_arm", 0), ("before_send", 0), ("after_send", 1)]
)
async def test_a_killed_sweep_never_answers_twice(stage: Stage, cast: Cast, crashpoint: str, sent: int) -> None:
    await write(stage, cast, "stop texting me")
    platform = ProcessPlatform({**stage.environment, "OMNIFY_CRASH_AT": crashpoint})
    with pytest.raises(RuntimeError, match=KILLED):
        await platform.run(schedule_of("sweep"))
    await play_on(stage)

    (answer,) = await answers(stage)
    assert (reached(stage, CONFIRMED), answer["state"]) == (sent, "delivered" if sent else "expired")
    assert await is_lawful(stage)


async def test_what_was_provably_not_sent_leaves_at_the_next_try(stage: Stage, cast: Cast) -> None:
    stage.twin.script("twilio", "429")
    await write(stage, cast, "stop texting me")
    await play_on(stage)

    assert [(one["attempt"], one["state"]) for one in await answers(stage)] == [(1, "not_sent"), (2, "delivered")]
    assert await is_lawful(stage)


async def test_after_three_tries_it_is_lost_and_seen(stage: Stage, cast: Cast) -> None:
    stage.twin.script("twilio", "429", times=9)
    await write(stage, cast, "stop texting me")
    for _ in range(7):
        await sweep_after(stage, minutes=1)

    assert [(one["attempt"], one["state"]) for one in await answers(stage)] == [(n, "not_sent") for n in (1, 2, 3)]
    assert await lost(stage) == ["confirmation"]


@pytest.mark.parametrize("fault", ["timeout_after_accept", "reset_before_accept"])
async def test_what_nobody_knows_of_is_never_sent_again(stage: Stage, cast: Cast, fault: str) -> None:
    stage.twin.script("twilio", fault)
    await write(stage, cast, "stop texting me")
    await play_on(stage)

    assert len(await answers(stage)) == 1
    assert reached(stage, CONFIRMED) == (fault == "timeout_after_accept")
    assert await is_lawful(stage)


async def test_a_confirmation_is_not_repeated_even_under_the_same_key(stage: Stage, cast: Cast) -> None:
    stage.twin.script("twilio", "timeout_after_accept")
    await write(stage, cast, "stop texting me")
    await run_sweep(stage.deps)
    (answer,) = await answers(stage)
    async with stage.deps.database.transaction() as conn:
        account = (await load_accounts_in_use(stage.deps, conn)).by_id[answer["account_id"]]
        (touch,) = await load_touches(conn, [answer["id"]])
    message = Message(touch.id, touch.to_address, None, touch.body, touch.envelope)

    assert touch.state == "unknown"
    assert await repeat_same_key(stage.deps, account, touch, message) is None
    assert reached(stage, CONFIRMED) == 1


async def test_nothing_is_answered_while_sending_is_stopped(stage: Stage, cast: Cast) -> None:
    await change(stage, "stop_sending", client_id=cast.client_id, at=stage.clock.now())
    await write(stage, cast, "stop texting me", "help!")
    await sweep_after(stage, minutes=1)
    assert await answers(stage) == []
    await change(stage, "stop_sending", client_id=cast.client_id, at=None)
    await play_on(stage)

    assert (reached(stage, CONFIRMED), reached(stage, HELPED)) == (1, 1)
    assert await is_lawful(stage)


async def test_it_waits_for_what_is_on_its_way_to_the_number(stage: Stage, cast: Cast) -> None:
    stage.twin.script("twilio", "reset_before_accept")
    await write(stage, cast, "help!")
    await run_sweep(stage.deps)
    await write(stage, cast, "stop texting me")
    await sweep_after(stage, minutes=1)
    assert [one["state"] for one in await answers(stage)] == ["unknown"]
    await play_on(stage)

    assert [one["origin"] for one in await answers(stage)] == ["help"]
    assert await lost(stage) == ["confirmation"]


async def test_an_idle_sweep_has_nothing_to_say_of_answers(stage: Stage, cast: Cast) -> None:
    await write(stage, cast, "stop texting me")
    await play_on(stage)
    stage.clock.set(stage.clock.now() + timedelta(minutes=30))

    assert await run_sweep(stage.deps) == {}
