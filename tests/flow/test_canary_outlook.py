"""What holds a check of ours back is said in words, whatever it is."""

from datetime import timedelta
from typing import Any

import pytest

from modules.canaries import LONGEST
from modules.health import open_breaker
from modules.labels import ChannelName, Provider
from scripts.conductor.stage import Stage
from tests.cast import BY, Cast, gather_cast, rows, story
from tests.cast_accounts import Given
from tests.flow.answering import NIGHT, change
from tests.flow.checking import HOUR, SMS, checks, later, looks, started
from tests.flow.outside import sweep_after
from workers.accounts_in_use import load_accounts_in_use
from workers.foretell_canary import Outlook, foretell_canary, why_silent
from workers.interlock import disarm

VOICE = ChannelName.voice
CALLS = {**BY, VOICE: Provider.vapi}


async def outlook(stage: Stage, cast: Cast) -> Outlook:
    [look] = await looks(stage, cast)
    async with stage.deps.database.transaction() as conn:
        return await foretell_canary(stage.deps, conn, await load_accounts_in_use(stage.deps, conn), look)


async def said(stage: Stage, cast: Cast) -> str | None:
    """As `canary list` says it."""
    [look] = await looks(stage, cast)
    return why_silent(look, await outlook(stage, cast), stage.clock.now())


async def cast_of(stage: Stage, channel: ChannelName, **more: Any) -> Cast:
    cast = await gather_cast(stage.deps, stage.twin, later(), by=CALLS, **more)
    await started(stage, cast, channel)
    return cast


async def test_of_one_that_would_leave_nothing_is_said(stage: Stage) -> None:
    cast = await cast_of(stage, SMS)
    assert await outlook(stage, cast) == Outlook(None)


async def test_whose_phone_is_gone_is_told_although_a_mailbox_is_left(stage: Stage) -> None:
    cast = await cast_of(stage, SMS)
    await change(stage, "take_phone", contact_id=cast.contacts[0])
    await sweep_after(stage, minutes=1)
    assert await checks(stage) == []
    assert await said(stage, cast) == "The person has no phone number any more."


async def test_a_disarmed_engine_is_told_with_its_way_out(stage: Stage) -> None:
    cast = await cast_of(stage, SMS)
    async with stage.deps.database.transaction() as conn:
        await disarm(conn, "restore", "by_hand:ann", stage.clock.now())
    assert "disarmed: nothing leaves until somebody runs `scripts/omnify arm`" in str(await said(stage, cast))


async def test_numbers_that_rest_are_told_with_the_end_of_it(stage: Stage) -> None:
    cast = await cast_of(stage, VOICE)
    number = next(row for row in await rows(stage.deps, "accounts") if row["channel"] == "voice")
    async with stage.deps.database.transaction() as conn:
        now, sender = stage.clock.now(), number["settings"]["phone_number_id"]
        await open_breaker(conn, cast.client_id, cast.calls_by, sender, "transport_fault", now)
    told = await outlook(stage, cast)
    assert told.held_back == "Every number that calls could leave from is resting after faults."
    assert told.until is not None
    assert told.until > now


async def test_lines_that_are_taken_are_told(stage: Stage) -> None:
    lines = {VOICE: Given({"concurrent_calls": "1", "reserved_for_inbound": "0"})}
    cast = await gather_cast(stage.deps, stage.twin, story("voice"), 2, by=CALLS, given=lines)
    stage.twin.script("vapi", "slow_queue", delay=600)
    await sweep_after(stage, minutes=0)
    await started(stage, cast, VOICE)
    assert await said(stage, cast) == "Every line for calls is taken at the moment."


async def test_where_the_provider_has_the_last_word_that_is_told_when_a_turn_passed_without_one(stage: Stage) -> None:
    cast = await gather_cast(stage.deps, stage.twin, later(), by={**BY, SMS: Provider.ghl})
    stage.twin.put_ghl_contact(cast.who.location, id=cast.who.ref_of(cast.phones[0]), dnd=True)
    await started(stage, cast)
    assert (await outlook(stage, cast), await said(stage, cast)) == (Outlook(None, asked=True), None)
    for _ in range(12):
        await sweep_after(stage, minutes=1)
    assert await checks(stage) == []
    assert "asked for its own Do Not Disturb just before each, and may say no" in str(await said(stage, cast))
    await change(stage, "stop_sending", client_id=cast.client_id, at=stage.clock.now())
    assert await said(stage, cast) == "All sending of this client is stopped."


async def test_one_from_before_whose_turns_are_all_at_night_is_told_how_to_go_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.clock.set(NIGHT)
    cast = await gather_cast(stage.deps, stage.twin, later(), by=CALLS)
    with monkeypatch.context() as before:
        before.setitem(LONGEST, SMS, timedelta(days=1))
        await started(stage, cast, every=24 * HOUR)
    told = await said(stage, cast)
    assert str(told).endswith("stop it and start it with `--every 12` or less.")
